// SPDX-License-Identifier: Apache-2.0
/* What is pending for a thread or a process, and the actions that processes share. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/sched.h>

#define BIT SIGNAL_BIT
/* Acted on before others: what the program's next instruction did. */
#define SYNCHRONOUS \
	(BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE) | BIT(SIGSYS))

#define HANDLER_IGNORE 1 /* SIG_IGN as a number */

struct entry {
	struct list node;
	struct signal_info info;
};

static struct entry *entry_of(struct list *node)
{
	return container_of(node, struct entry, node);
}

void signal_queue_init(struct signal_queue *queue)
{
	queue->set = 0;
	list_init(&queue->entries);
}

static uint64_t length(const struct signal_queue *queue)
{
	uint64_t count = 0;

	list_for_each (node, &queue->entries)
		count++;
	return count;
}

int signal_queue_add(struct signal_queue *queue, const struct signal_info *info, uint64_t most)
{
	sigmask_t bit = BIT(info->signo);
	bool standard = info->signo < SIGRTMIN;
	struct entry *entry = NULL;

	if (standard && (queue->set & bit))
		return 0;
	if (standard || length(queue) < most)
		entry = kmalloc(sizeof(*entry));
	if (!entry && !standard)
		return -EAGAIN;
	/* A standard signal without memory for its information is still a signal. */
	queue->set |= bit;
	if (entry) {
		entry->info = *info;
		list_add_before(&queue->entries, &entry->node);
	}
	return 0;
}

bool signal_queue_take(struct signal_queue *queue, sigmask_t set, struct signal_info *info)
{
	sigmask_t ready = queue->set & set;
	struct entry *found = NULL;
	bool more = false;

	if (!ready)
		return false;
	ready = ready & SYNCHRONOUS ? ready & SYNCHRONOUS : ready;
	int signo = __builtin_ctzll(ready) + 1;
	list_for_each (node, &queue->entries) {
		if (entry_of(node)->info.signo != signo)
			continue;
		more = found;
		if (more)
			break;
		found = entry_of(node);
	}
	if (!more)
		queue->set &= ~BIT(signo);
	if (!found) {
		*info = (struct signal_info){ .signo = signo, .code = SI_USER };
		return true;
	}
	*info = found->info;
	list_remove(&found->node);
	kfree(found);
	return true;
}

void signal_queue_drop(struct signal_queue *queue, sigmask_t set)
{
	struct list *next;

	for (struct list *node = queue->entries.next; node != &queue->entries; node = next) {
		next = node->next;
		if (!(BIT(entry_of(node)->info.signo) & set))
			continue;
		list_remove(node);
		kfree(entry_of(node));
	}
	queue->set &= ~set;
}

void signal_queue_clear(struct signal_queue *queue)
{
	signal_queue_drop(queue, ~(sigmask_t)0);
}

struct signal_actions *signal_actions_create(const struct signal_actions *like, bool clear)
{
	struct signal_actions *actions = kmalloc(sizeof(*actions));

	if (!actions)
		return NULL;
	for (int i = 0; like && i < SIGNALS; i++)
		if (!clear || like->action[i].handler == HANDLER_IGNORE)
			actions->action[i] = like->action[i];
	actions->references = 1;
	return actions;
}

void signal_actions_put(struct signal_actions *actions)
{
	if (--actions->references == 0)
		kfree(actions);
}

void signal_inherit(struct thread *thread, const struct thread *parent, uint64_t clone_flags)
{
	const struct signal_state *from = &parent->signals;
	struct signal_state *to = &thread->signals;

	to->blocked = from->mask_saved ? from->saved : from->blocked;
	if ((clone_flags & CLONE_VM) && !(clone_flags & CLONE_VFORK))
		return;
	to->altstack_base = from->altstack_base;
	to->altstack_size = from->altstack_size;
	to->altstack_flags = from->altstack_flags;
}
