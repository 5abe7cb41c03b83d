// SPDX-License-Identifier: Apache-2.0
/*
 * The run queue, in the order of virtual time; switches from thread to thread,
 * and the idle loop.
 */
#include "guest-runtime/proc/sched.h"

#include "guest-runtime/entry/vcpu.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/cpu-timer.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal-fpu.h"
#include "guest-runtime/proc/thread.h"
#include "guest-runtime/proc/tick.h"
#include "guest-runtime/trace/trace.h"

static struct list ready = LIST_INIT(ready); /* struct thread.run: without the one that runs */
static struct thread *ended;		     /* the last thread, if it is not needed any more */
static uint64_t switches;
static uint64_t now_time; /* virtual time of those that want the CPU; never goes back */
static uint64_t turn_ns;  /* CPU time that current has used in its turn, when last charged */

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
	thread->share.woken = false;
	turn_ns = 0;
	tick_changed();
	cpu_timers_start();
}

static void charge(struct thread *thread)
{
	uint64_t now = (uint64_t)clock_cpu_ns(), used = now - thread->on_cpu_since;

	thread->on_cpu_since = now;
	thread->cpu_ns += used;
	turn_ns += used;
	share_charge(&thread->share, used);
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
	thread->rseq.due = true;
	charge(thread);
}

static void run(struct thread *next)
{
	struct thread *thread = current();

	list_remove(&next->run);
	if (next == thread) {
		cpu_timers_start();
		return;
	}
	if (trace_on)
		trace_switch();
	cpu_timers_stop();
	must(thread->guard == THREAD_GUARD);
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

static struct thread *thread_of(struct list *node)
{
	return container_of(node, struct thread, run);
}

static struct thread *first(void)
{
	return list_empty(&ready) ? NULL : thread_of(ready.next);
}

/*
 * Behind those with the same time. Who was woken is often the first, who has
 * had its turn the last.
 */
static void enqueue(struct thread *thread)
{
	struct list *before = &ready;

	if (first() && share_before(&thread->share, &first()->share))
		before = ready.next;
	else
		while (before->prev != &ready &&
		       share_before(&thread->share, &thread_of(before->prev)->share))
			before = before->prev;
	list_add_before(before, &thread->run);
}

void sched_leave(void)
{
	current()->voluntary++;
	if (!first())
		cpu_timers_stop();
	while (!first())
		tick_idle();
	run(first());
}

void sched_give_way(void)
{
	struct thread *thread = current();

	if (!first())
		return;
	charge(thread);
	struct thread *next = first();
	enqueue(thread);
	run(next);
}

void sched_yield(void)
{
	struct share *share = &current()->share;

	if (!first())
		return;
	charge(current());
	if (!share_before(&first()->share, share))
		share->time = first()->share.time + 1;
	sched_give_way();
}

/* The least virtual time of those that want the CPU. */
static uint64_t find_time(void)
{
	struct thread *thread = current();
	const struct share *least = first() ? &first()->share : NULL;

	charge(thread);
	if (thread->state == THREAD_READY && (!least || share_before(&thread->share, least)))
		least = &thread->share;
	if (least && (int64_t)(least->time - now_time) > 0)
		now_time = least->time;
	return now_time;
}

void sched_ready(struct thread *thread)
{
	if (thread->state == THREAD_READY || thread->state == THREAD_ENDED)
		return;
	share_wake(&thread->share, find_time());
	thread->state = THREAD_READY;
	enqueue(thread);
	tick_changed();
}

void thread_start(struct thread *thread, bool soon)
{
	struct thread *parent = current(), *next = first();

	charge(parent);
	share_inherit(&thread->share, &parent->share);
	if (soon && next && share_before(&next->share, &thread->share))
		thread->share.time = next->share.time;
	if (soon)
		list_add_before(next ? &next->run : &ready, &thread->run);
	else
		enqueue(thread);
	tick_changed();
}

uint64_t sched_turn_left(void)
{
	struct thread *thread = current(), *next = first();

	if (!next)
		return UINT64_MAX;
	charge(thread);
	uint64_t turn = share_turn(&thread->share, &next->share);
	/* Past the other's time, not just at it: two that compute take turns, not steps. */
	uint64_t until = share_until(&thread->share, next->share.time + 1);
	return MAX(turn > turn_ns ? turn - turn_ns : 0, until);
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
