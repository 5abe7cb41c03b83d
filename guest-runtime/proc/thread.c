// SPDX-License-Identifier: Apache-2.0
/* Threads made and freed, and a new one's first steps. */
#include "guest-runtime/proc/thread.h"

#include "guest-runtime/entry/sites.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal-fpu.h"
#include "guest-runtime/proc/tick.h"

/* What thread_switch() pops, and where it returns to. */
struct switch_frame {
	uint64_t registers[6];
	uint64_t rip;
};

#define SPARES	16 /* kept: runs of frames are hard to find when memory is short */
#define RESERVE 64 /* frames that threads leave to the runtime, as mm/fault.c does */

static struct list spares = LIST_INIT(spares); /* struct thread.run */
static uint32_t spare_count;

static void put_stack(gpa_t stack)
{
	for (unsigned int i = 0; i < 1u << KSTACK_ORDER; i++)
		page_put(stack + i * PAGE_SIZE);
}

/* All zero but for `fpu`. */
static struct thread *take_spare(void)
{
	struct thread *thread = container_of(spares.next, struct thread, run);
	void *fpu = thread->fpu;

	list_remove(&thread->run);
	spare_count--;
	memset(thread, 0, sizeof(*thread));
	thread->fpu = fpu;
	return thread;
}

static struct thread *allocate(void)
{
	if (spare_count > 0)
		return take_spare();
	gpa_t stack = page_free() > RESERVE ? page_alloc_run(KSTACK_ORDER) : 0;
	gpa_t fpu = stack ? page_alloc() : 0;
	if (!fpu) {
		if (stack)
			put_stack(stack);
		return NULL;
	}
	struct thread *thread = gpa_to_pointer(stack);
	thread->fpu = gpa_to_pointer(fpu);
	return thread;
}

struct thread *thread_create(void)
{
	const struct thread *parent = current();
	struct thread *thread = allocate();

	if (!thread)
		return NULL;
	char *top = (char *)thread + KSTACK_SIZE - 8;
	thread->guard = THREAD_GUARD;
	fpu_keep(thread->fpu);
	thread->frame = (struct frame *)top - 1;
	*thread->frame = *parent->frame;
	struct switch_frame *begin = (struct switch_frame *)thread->frame - 1;
	begin->rip = (uint64_t)thread_entry;
	thread->kernel_rsp = (uint64_t)begin;
	signal_queue_init(&thread->signals.pending);
	thread->memory_policy = parent->memory_policy;
	memcpy(thread->name, parent->name, sizeof(thread->name));
	return thread;
}

void thread_free(struct thread *thread)
{
	if (spare_count < SPARES) {
		spare_count++;
		list_add_before(&spares, &thread->run);
		return;
	}
	page_put(pointer_to_gpa(thread->fpu));
	put_stack(pointer_to_gpa(thread));
}

_Noreturn void thread_enter_program(void)
{
	struct thread *thread = current();

	if (thread->set_child_tid)
		copy_to_user(thread->set_child_tid, &thread->tid, sizeof(thread->tid));
	thread->set_child_tid = 0;
	tick_return();
	/* The call that made it, or another thread since, may have had its site rewritten. */
	thread->frame->rip = sites_return(thread->frame->rip);
	signal_deliver(thread);
	frame_return_full(thread->frame);
}
