/* SPDX-License-Identifier: Apache-2.0 */
/* System V message queues. */
#ifndef GUEST_IPC_MSG_H
#define GUEST_IPC_MSG_H

#include "guest-runtime/ipc/object.h"
#include "guest-runtime/lib/list.h"
#include "guest-runtime/proc/wait.h"

#include <stddef.h>

#define MSG_SIZE_MAX   8192  /* kernel.msgmax: bytes of one message */
#define MSG_BYTES_MAX  16384 /* kernel.msgmnb: of a new queue */
#define MSG_QUEUES_MAX 32000 /* kernel.msgmni */

struct message {
	struct list node;
	long type;
	size_t length;
	char bytes[];
};

struct msg_queue {
	struct ipc_object object;
	struct list messages;	/* oldest first */
	struct list receivers;	/* struct receiver, in the order in which they came */
	struct wait_queue room; /* senders */
	uint64_t bytes, count, most_bytes;
	int64_t sent_at, received_at, changed_at;
	int sender, receiver; /* pids of the last */
};

extern struct ipc_table msg_table;
extern uint64_t msg_bytes, msg_count; /* of all queues */

int msg_get(int key, uint32_t flags);
void msg_remove(struct msg_queue *queue);
/* IPC_SET: queues may have more or less now. */
void msg_resize(struct msg_queue *queue, uint64_t most_bytes);

/* NULL: no memory, or too much of it is in messages. */
struct message *message_create(size_t length);
void message_free(struct message *message);

/* Sends it: 0, and it is the queue's; else -errno, and it is the caller's. flags: IPC_NOWAIT. */
long msg_send(int id, struct message *message, uint32_t flags);
/*
 * The message, which is the caller's then (with MSG_COPY, a copy); or NULL and *error. room: bytes
 * that it may have, unless MSG_NOERROR cuts it.
 */
struct message *msg_receive(int id, long type, size_t room, uint32_t flags, long *error);

static inline struct msg_queue *msg_queue_of(struct ipc_object *object)
{
	return (struct msg_queue *)object;
}

#endif
