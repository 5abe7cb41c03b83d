// SPDX-License-Identifier: Apache-2.0
/* What is pending for a thread or a process, and the actions that processes share. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/posix-timer.h"
#include "guest-runtime/proc/process.h"

#include <asm/siginfo.h>
#include <linux/errno.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/signal.h>

#define BIT SIGNAL_BIT
/* Acted on before others: what the program's next instruction did. */
#define SYNCHRONOUS \
	(BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE) | BIT(SIGSYS))

#define QUEUE_MAX 4096 /* entries of a user, whatever RLIMIT_SIGPENDING says: about 1 MiB */

/* Whose processes have entries: they count together. */
struct signal_user {
	struct list node;
	uint32_t uid, count;
};

static struct list users = LIST_INIT(users);

static struct signal_entry *entry_of(struct list *node)
{
	return container_of(node, struct signal_entry, node);
}

/* NULL: out of memory. */
static struct signal_user *user_of(uint32_t uid)
{
	list_for_each (node, &users) {
		struct signal_user *user = container_of(node, struct signal_user, node);

		if (user->uid == uid)
			return user;
	}
	struct signal_user *user = kmalloc(sizeof(*user));
	if (!user)
		return NULL;
	user->uid = uid;
	list_add_before(&users, &user->node);
	return user;
}

static void discount(struct signal_user *user)
{
	if (--user->count > 0)
		return;
	list_remove(&user->node);
	kfree(user);
}

uint32_t signal_queue_count(uint32_t uid)
{
	list_for_each (node, &users) {
		const struct signal_user *user = container_of(node, struct signal_user, node);

		if (user->uid == uid)
			return user->count;
	}
	return 0;
}

bool signal_entry_count(struct signal_entry *entry, const struct process *process, bool always)
{
	uint64_t most = MIN(process->limits[RLIMIT_SIGPENDING].soft, QUEUE_MAX);
	struct signal_user *user = user_of(process->uid);

	if (!user)
		return false;
	user->count++;
	entry->user = user;
	if (always || user->count <= most)
		return true;
	signal_entry_discount(entry);
	return false;
}

void signal_entry_discount(struct signal_entry *entry)
{
	discount(entry->user);
	entry->user = NULL;
}

/* always: whatever the limit. NULL: over the limit, or out of memory. */
static struct signal_entry *create(const struct process *process, bool always)
{
	struct signal_entry *entry = kmalloc(sizeof(*entry));

	if (entry && signal_entry_count(entry, process, always))
		return entry;
	kfree(entry);
	return NULL;
}

void signal_queue_init(struct signal_queue *queue)
{
	queue->set = 0;
	list_init(&queue->entries);
}

void signal_queue_add_entry(struct signal_queue *queue, struct signal_entry *entry)
{
	queue->set |= BIT(entry->info.signo);
	entry->queue = queue;
	list_add_before(&queue->entries, &entry->node);
}

void signal_entry_withdraw(struct signal_entry *entry)
{
	struct signal_queue *queue = entry->queue;

	if (list_empty(&entry->node))
		return;
	list_remove(&entry->node);
	list_for_each (node, &queue->entries)
		if (entry_of(node)->info.signo == entry->info.signo)
			return;
	queue->set &= ~BIT(entry->info.signo);
}

int signal_queue_add(struct signal_queue *queue, const struct signal_info *info,
		     const struct process *process)
{
	bool standard = info->signo < SIGRTMIN;

	if (standard && (queue->set & BIT(info->signo)))
		return 0;
	struct signal_entry *entry = create(process, standard && info->code >= 0);
	if (entry) {
		entry->info = *info;
		signal_queue_add_entry(queue, entry);
		return 0;
	}
	/* Without its information it is still a signal, but for those that were to carry some. */
	if (!standard && info->code != SI_USER && info->code != SI_KERNEL)
		return -EAGAIN;
	queue->set |= BIT(info->signo);
	return 0;
}

static void free_entry(struct signal_entry *entry)
{
	if (entry->timer)
		return;
	signal_entry_discount(entry);
	kfree(entry);
}

bool signal_queue_take(struct signal_queue *queue, sigmask_t set, struct signal_info *info)
{
	sigmask_t ready = queue->set & set;
	struct signal_entry *found = NULL;
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
	list_remove(&found->node);
	*info = found->info;
	if (found->timer)
		posix_timer_taken(found->timer, info);
	free_entry(found);
	return true;
}

void signal_queue_drop(struct signal_queue *queue, sigmask_t set)
{
	struct list *next;

	if (!(queue->set & set))
		return;
	for (struct list *node = queue->entries.next; node != &queue->entries; node = next) {
		next = node->next;
		if (!(BIT(entry_of(node)->info.signo) & set))
			continue;
		list_remove(node);
		if (entry_of(node)->timer)
			posix_timer_dropped(entry_of(node)->timer);
		free_entry(entry_of(node));
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
		if (!clear || like->action[i].handler == SIGNAL_IGNORE)
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
	to->altstack_flags = SS_DISABLE;
	if ((clone_flags & CLONE_VM) && !(clone_flags & CLONE_VFORK))
		return;
	to->altstack_base = from->altstack_base;
	to->altstack_size = from->altstack_size;
	to->altstack_flags = from->altstack_flags;
}
