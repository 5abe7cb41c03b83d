// SPDX-License-Identifier: Apache-2.0
/* Threads made and freed, and a new one's first steps. */
#include "guest-runtime/proc/thread.h"

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

struct thread *thread_create(void)
{
	const struct thread *parent = current();
	gpa_t stack = page_alloc_run(KSTACK_ORDER);
	gpa_t fpu = stack ? page_alloc() : 0;

	if (!fpu) {
		for (unsigned int i = 0; stack && i < 1u << KSTACK_ORDER; i++)
			page_put(stack + i * PAGE_SIZE);
		return NULL;
	}
	struct thread *thread = gpa_to_pointer(stack);
	char *top = (char *)thread + KSTACK_SIZE - 8;
	thread->fpu = gpa_to_pointer(fpu);
	fpu_keep(thread->fpu);
	thread->frame = (struct frame *)top - 1;
	*thread->frame = *parent->frame;
	struct switch_frame *begin = (struct switch_frame *)thread->frame - 1;
	begin->rip = (uint64_t)thread_entry;
	thread->kernel_rsp = (uint64_t)begin;
	signal_queue_init(&thread->signals.pending);
	memcpy(thread->name, parent->name, sizeof(thread->name));
	return thread;
}

void thread_free(struct thread *thread)
{
	gpa_t stack = pointer_to_gpa(thread);

	page_put(pointer_to_gpa(thread->fpu));
	for (unsigned int i = 0; i < 1u << KSTACK_ORDER; i++)
		page_put(stack + i * PAGE_SIZE);
}

_Noreturn void thread_enter_program(void)
{
	struct thread *thread = current();

	if (thread->set_child_tid)
		copy_to_user(thread->set_child_tid, &thread->tid, sizeof(thread->tid));
	thread->set_child_tid = 0;
	tick_return();
	signal_deliver(thread);
	frame_return_full(thread->frame);
}
