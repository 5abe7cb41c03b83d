// SPDX-License-Identifier: Apache-2.0
/* The run queue, switches from thread to thread, and the idle loop. */
#include "guest-runtime/proc/sched.h"

#include "guest-runtime/entry/vcpu.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal-fpu.h"
#include "guest-runtime/proc/thread.h"
#include "guest-runtime/proc/tick.h"
#include "guest-runtime/trace/trace.h"

static struct list ready = LIST_INIT(ready); /* struct thread.run: without the one that runs */
static uint64_t switches;
static struct thread *ended; /* the last thread, if it is not needed any more */

/* What the next thread does first, on its own stack. */
static void arrive(void)
{
	struct thread *thread = current();

	if (ended)
		thread_free(ended);
	ended = NULL;
	__asm__ volatile("wrfsbase %0\n\twrgsbase %1"
			 :
			 : "r"(thread->fs_base), "r"(thread->gs_base));
	fpu_load(thread->fpu);
	thread->on_cpu_since = (uint64_t)clock_cpu_ns();
	tick_begin_slice();
}

/* What every thread that leaves the CPU keeps of it. */
static void leave(struct thread *thread)
{
	if (thread->state == THREAD_ENDED) {
		ended = thread;
		return;
	}
	__asm__ volatile("rdfsbase %0\n\trdgsbase %1"
			 : "=r"(thread->fs_base), "=r"(thread->gs_base));
	fpu_keep(thread->fpu);
	thread->cpu_ns += (uint64_t)clock_cpu_ns() - thread->on_cpu_since;
}

static void run(struct thread *next)
{
	struct thread *thread = current();

	list_remove(&next->run);
	if (next == thread)
		return;
	if (trace_on)
		trace_switch();
	leave(thread);
	switches++;
	vcpu0->kstack_top = (uint64_t)next + KSTACK_SIZE - 8;
	mm_activate(next->process->mm);
	thread_switch(&thread->kernel_rsp, next->kernel_rsp);
	arrive();
}

_Noreturn void thread_begin(void)
{
	arrive();
	thread_enter_program();
}

static struct thread *first(void)
{
	return list_empty(&ready) ? NULL : container_of(ready.next, struct thread, run);
}

void sched_leave(void)
{
	current()->voluntary++;
	while (!first())
		tick_idle();
	run(first());
}

void sched_yield(void)
{
	struct thread *thread = current();

	if (list_empty(&ready))
		return;
	list_add_before(&ready, &thread->run);
	run(first());
}

void sched_ready(struct thread *thread)
{
	if (thread->state == THREAD_READY || thread->state == THREAD_ENDED)
		return;
	thread->state = THREAD_READY;
	list_add_before(&ready, &thread->run);
	tick_changed();
}

void thread_start(struct thread *thread, bool soon)
{
	list_add_before(soon ? ready.next : &ready, &thread->run);
	tick_changed();
}

uint64_t sched_switches(void)
{
	return switches;
}

bool sched_is_wanted(void)
{
	return !list_empty(&ready);
}

uint64_t thread_cpu_ns(const struct thread *thread)
{
	uint64_t now = thread == current() ? (uint64_t)clock_cpu_ns() - thread->on_cpu_since : 0;

	return thread->cpu_ns + now;
}
