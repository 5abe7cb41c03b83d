// SPDX-License-Identifier: Apache-2.0
/* Messages in and out of POSIX queues, who waits for them, and notifications. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/ipc/mqueue.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"

#include <asm/siginfo.h>
#include <linux/poll.h>

/*
 * Of a queue that is full a sender, with its message; of an empty one a
 * receiver, which gets one.
 */
struct mq_sleeper {
	struct list node;
	struct thread *thread;
	struct mq_message *message;
	bool done;
};

struct mq_message *mq_message_create(size_t length)
{
	struct mq_message *message = kmalloc(sizeof(*message) + length);

	if (message)
		message->length = length;
	return message;
}

void mq_message_free(struct mq_message *message)
{
	kfree(message);
}

static void put(struct mqueue *queue, struct mq_message *message)
{
	struct list *before = &queue->messages;

	while (before->prev != &queue->messages &&
	       container_of(before->prev, struct mq_message, node)->priority < message->priority)
		before = before->prev;
	list_add_before(before, &message->node);
	queue->count++;
}

static struct mq_message *take(struct mqueue *queue)
{
	struct mq_message *message = container_of(queue->messages.next, struct mq_message, node);

	list_remove(&message->node);
	queue->count--;
	return message;
}

static struct mq_sleeper *first(struct list *sleepers)
{
	return list_empty(sleepers) ? NULL : container_of(sleepers->next, struct mq_sleeper, node);
}

static void finish(struct mq_sleeper *sleeper)
{
	list_remove(&sleeper->node);
	sleeper->done = true;
	wait_wake_thread(sleeper->thread);
}

/* 0, -ERESTARTSYS or -ETIMEDOUT. */
static long sleep(struct mq_sleeper *sleeper, struct list *sleepers, int64_t deadline)
{
	long ended = 0;

	sleeper->thread = current();
	list_add_before(sleepers, &sleeper->node);
	while (!sleeper->done && !ended)
		ended = wait_sleep(deadline);
	if (sleeper->done)
		return 0;
	list_remove(&sleeper->node);
	return ended == -EINTR ? -ERESTARTSYS : ended;
}

static void forget(struct mqueue *queue)
{
	struct process *process = queue->notification.process;

	queue->notification.process = NULL;
	if (process)
		process_put(process);
}

static void notify_process(struct mqueue *queue)
{
	const struct mq_notification *wanted = &queue->notification;
	struct signal_info info = { .signo = wanted->signo, .code = SI_MESGQ };

	if (!wanted->process)
		return;
	info.kill.pid = current()->process->pid;
	info.kill.uid = current()->process->uid;
	info.kill.value = wanted->value;
	if (wanted->how == SIGEV_SIGNAL && wanted->signo)
		signal_send_process(wanted->process, &info);
	forget(queue);
}

long mqueue_send(struct mqueue *queue, struct mq_message *message, bool nonblocking,
		 int64_t deadline)
{
	struct mq_sleeper *receiver = first(&queue->receivers);
	struct mq_sleeper self = { .message = message };

	if (queue->count >= queue->most)
		return nonblocking ? -EAGAIN : sleep(&self, &queue->senders, deadline);
	inode_touch(&queue->inode, true);
	if (receiver) {
		receiver->message = message;
		finish(receiver);
		return 0;
	}
	put(queue, message);
	if (queue->count == 1)
		notify_process(queue);
	wait_queue_wake(&queue->queue, POLLIN | POLLRDNORM);
	return 0;
}

struct mq_message *mqueue_receive(struct mqueue *queue, bool nonblocking, int64_t deadline,
				  long *error)
{
	struct mq_sleeper *sender = first(&queue->senders);
	struct mq_sleeper self = { .message = NULL };

	*error = 0;
	if (queue->count == 0) {
		*error = nonblocking ? -EAGAIN : sleep(&self, &queue->receivers, deadline);
		return self.message;
	}
	struct mq_message *message = take(queue);
	inode_touch(&queue->inode, true);
	if (sender) {
		put(queue, sender->message);
		finish(sender);
	} else {
		wait_queue_wake(&queue->queue, POLLOUT | POLLWRNORM);
	}
	return message;
}

int mqueue_notify(struct mqueue *queue, const struct mq_notification *wanted)
{
	struct process *process = current()->process;

	if (!wanted) {
		if (queue->notification.process == process)
			forget(queue);
		return 0;
	}
	if (queue->notification.process)
		return -EBUSY;
	queue->notification = *wanted;
	queue->notification.process = process_get(process);
	return 0;
}

/* Which closes a descriptor. */
static void forget_process(struct file *file)
{
	mqueue_notify(mqueue_of(file), NULL);
}

/* What read(2) gives: the state as a text. */
static long read_state(struct file *file, struct uio *uio, int64_t *offset)
{
	const struct mqueue *queue = mqueue_of(file);
	const struct mq_notification *wanted = &queue->notification;
	char text[96];
	uint64_t bytes = 0;

	list_for_each (node, &queue->messages)
		bytes += container_of(node, struct mq_message, node)->length;
	int length =
		format(text, sizeof(text), "QSIZE:%-10lu NOTIFY:%-5d SIGNO:%-5d NOTIFY_PID:%-6d\n",
		       bytes, wanted->process ? wanted->how : 0,
		       wanted->process && wanted->how == SIGEV_SIGNAL ? wanted->signo : 0,
		       wanted->process ? wanted->process->pid : 0);
	if (*offset < 0 || *offset >= length)
		return 0;
	long got = uio_fill(uio, text + *offset, (size_t)(length - *offset));
	if (got > 0)
		*offset += got;
	return got;
}

static int64_t seek(struct file *file, int64_t offset, int whence)
{
	return seek_plain(file, offset, whence, file->inode->attr.size);
}

static uint32_t poll(struct file *file)
{
	const struct mqueue *queue = mqueue_of(file);

	return (queue->count > 0 ? POLLIN | POLLRDNORM : 0) |
	       (queue->count < queue->most ? POLLOUT | POLLWRNORM : 0);
}

static struct wait_queue *poll_queue(struct file *file)
{
	return &mqueue_of(file)->queue;
}

const struct file_ops mqueue_ops = {
	.read = read_state,
	.seek = seek,
	.poll = poll,
	.queue = poll_queue,
	.flush = forget_process,
	.positioned = true,
};
