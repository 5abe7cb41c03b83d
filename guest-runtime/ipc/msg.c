// SPDX-License-Identifier: Apache-2.0
/* Message queues: a message goes to the first that waits for one like it, or lies in the queue. */
#include "guest-runtime/ipc/msg.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"

#include <linux/errno.h>
#include <linux/msg.h>

#define MEMORY_PART 8 /* of the VM's memory, that all messages may take */

struct ipc_table msg_table = { .most = MSG_QUEUES_MAX };
uint64_t msg_bytes, msg_count;

/* One msgrcv that sleeps, on its stack. */
struct receiver {
	struct list node;
	struct thread *thread;
	long type;
	size_t room;
	uint32_t flags;
	bool done;
	struct message *message; /* or NULL and: */
	long error;
};

static void release(struct ipc_object *object)
{
	kfree(object);
}

static struct ipc_object *create(const struct ipc_request *request, int *error)
{
	struct msg_queue *queue = kmalloc(sizeof(*queue));

	(void)request;
	*error = -ENOMEM;
	if (!queue)
		return NULL;
	queue->object.release = release;
	queue->most_bytes = MSG_BYTES_MAX;
	queue->changed_at = ipc_now();
	list_init(&queue->messages);
	list_init(&queue->receivers);
	return &queue->object;
}

static int check(const struct ipc_object *object, const struct ipc_request *request)
{
	(void)object, (void)request;
	return 0;
}

int msg_get(int key, uint32_t flags)
{
	const struct ipc_request request = {
		.key = key, .flags = flags, .create = create, .check = check
	};

	return ipc_get(&msg_table, &request);
}

struct message *message_create(size_t length)
{
	struct message *message;

	if (msg_bytes + length > page_total() * PAGE_SIZE / MEMORY_PART)
		return NULL;
	message = kmalloc(sizeof(*message) + length);
	if (message)
		message->length = length;
	return message;
}

void message_free(struct message *message)
{
	kfree(message);
}

static struct message *message_of(struct list *node)
{
	return container_of(node, struct message, node);
}

/* Does a receiver of this type want it? */
static bool is_wanted(const struct message *message, long type, uint32_t flags)
{
	if (type == 0)
		return true;
	if (type < 0)
		return message->type <= -type;
	return (message->type == type) == !(flags & MSG_EXCEPT);
}

static void put(struct msg_queue *queue, struct message *message)
{
	list_add_before(&queue->messages, &message->node);
	queue->bytes += message->length;
	queue->count++;
	msg_bytes += message->length;
	msg_count++;
}

static void take(struct msg_queue *queue, struct message *message)
{
	list_remove(&message->node);
	queue->bytes -= message->length;
	queue->count--;
	msg_bytes -= message->length;
	msg_count--;
}

static void note_received(struct msg_queue *queue, const struct thread *thread)
{
	queue->receiver = thread->process->pid;
	queue->received_at = ipc_now();
}

static void finish(struct receiver *receiver, struct message *message, long error)
{
	list_remove(&receiver->node);
	receiver->done = true;
	receiver->message = message;
	receiver->error = error;
	wait_wake_thread(receiver->thread);
}

/*
 * To one that waits for it; those whose buffers are too small learn that.
 * False: nobody takes it.
 */
static bool hand_over(struct msg_queue *queue, struct message *message)
{
	struct list *next;

	for (struct list *node = queue->receivers.next; node != &queue->receivers; node = next) {
		struct receiver *receiver = container_of(node, struct receiver, node);

		next = node->next;
		if (!is_wanted(message, receiver->type, receiver->flags))
			continue;
		if (message->length > receiver->room && !(receiver->flags & MSG_NOERROR)) {
			finish(receiver, NULL, -E2BIG);
			continue;
		}
		note_received(queue, receiver->thread);
		finish(receiver, message, 0);
		return true;
	}
	return false;
}

static bool has_room(const struct msg_queue *queue, size_t length)
{
	return queue->bytes + length <= queue->most_bytes && queue->count < queue->most_bytes;
}

void msg_remove(struct msg_queue *queue)
{
	ipc_hold(&queue->object);
	ipc_remove(&msg_table, &queue->object);
	while (!list_empty(&queue->receivers))
		finish(container_of(queue->receivers.next, struct receiver, node), NULL, -EIDRM);
	wait_queue_wake(&queue->room, 0);
	while (!list_empty(&queue->messages)) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not see that a freed one left the list */
		struct message *message = message_of(queue->messages.next);

		take(queue, message);
		message_free(message);
	}
	ipc_drop(&queue->object);
}

void msg_resize(struct msg_queue *queue, uint64_t most_bytes)
{
	queue->most_bytes = most_bytes;
	queue->changed_at = ipc_now();
	wait_queue_wake(&queue->room, 0);
}

static long wait_for_room(struct msg_queue *queue, size_t length)
{
	ipc_hold(&queue->object);
	long ended = WAIT_UNTIL(&queue->room, WAIT_FOREVER,
				queue->object.removed || has_room(queue, length));
	long error = ended ? -ERESTARTNOHAND : queue->object.removed ? -EIDRM : 0;
	ipc_drop(&queue->object);
	return error;
}

long msg_send(int id, struct message *message, uint32_t flags)
{
	struct ipc_object *object;
	long error = ipc_find(&msg_table, id, &object);

	if (error)
		return error;
	struct msg_queue *queue = msg_queue_of(object);
	if (!ipc_permits(object, 0222))
		return -EACCES;
	if (!has_room(queue, message->length))
		error = flags & IPC_NOWAIT ? -EAGAIN : wait_for_room(queue, message->length);
	if (error)
		return error;
	queue->sender = current()->process->pid;
	queue->sent_at = ipc_now();
	if (!hand_over(queue, message))
		put(queue, message);
	return 0;
}

/* The one that lies there for a receiver; type with MSG_COPY: its place. */
static struct message *find(struct msg_queue *queue, long type, uint32_t flags)
{
	struct message *best = NULL;
	long place = 0;

	list_for_each (node, &queue->messages) {
		struct message *message = message_of(node);

		if (flags & MSG_COPY) {
			if (place++ == type)
				return message;
		} else if (is_wanted(message, type, flags)) {
			if (type >= 0)
				return message;
			if (!best || message->type < best->type)
				best = message;
		}
	}
	return best;
}

/* A copy is not cut. */
static struct message *copy_of(const struct message *message, size_t room, long *error)
{
	struct message *copy = message->length > room ? NULL : message_create(message->length);

	*error = copy ? 0 : message->length > room ? -EINVAL : -ENOMEM;
	if (copy) {
		copy->type = message->type;
		memcpy(copy->bytes, message->bytes, message->length);
	}
	return copy;
}

static struct message *wait_for_message(struct msg_queue *queue, struct receiver *receiver,
					long *error)
{
	long ended = 0;

	list_add_before(&queue->receivers, &receiver->node);
	ipc_hold(&queue->object);
	while (!receiver->done && !ended)
		ended = wait_sleep(WAIT_FOREVER);
	if (!receiver->done) {
		list_remove(&receiver->node);
		receiver->error = -ERESTARTNOHAND;
	}
	ipc_drop(&queue->object);
	*error = receiver->error;
	return receiver->message;
}

struct message *msg_receive(int id, long type, size_t room, uint32_t flags, long *error)
{
	struct ipc_object *object;

	*error = ipc_find(&msg_table, id, &object);
	if (*error)
		return NULL;
	struct msg_queue *queue = msg_queue_of(object);
	*error = -EACCES;
	if (!ipc_permits(object, 0444))
		return NULL;
	struct message *message = find(queue, type, flags);
	if (!message) {
		struct receiver receiver = {
			.thread = current(), .type = type, .room = room, .flags = flags
		};

		*error = -ENOMSG;
		return flags & IPC_NOWAIT ? NULL : wait_for_message(queue, &receiver, error);
	}
	*error = -E2BIG;
	if (message->length > room && !(flags & MSG_NOERROR))
		return NULL;
	if (flags & MSG_COPY)
		return copy_of(message, room, error);
	*error = 0;
	take(queue, message);
	note_received(queue, current());
	wait_queue_wake(&queue->room, 0);
	return message;
}
