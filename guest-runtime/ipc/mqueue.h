/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX message queues (mq_overview(7)): files with names of their own, messages by priority. */
#ifndef GUEST_IPC_MQUEUE_H
#define GUEST_IPC_MQUEUE_H

#include "guest-runtime/fs/vfs.h"

#include <linux/mqueue.h>

struct process;

#define MQ_PRIORITIES	32768 /* MQ_PRIO_MAX */
#define MQ_MESSAGES_MAX 10    /* fs.mqueue.msg_max and msg_default */
#define MQ_SIZE_MAX	8192  /* fs.mqueue.msgsize_max and msgsize_default: bytes */
#define MQ_QUEUES_MAX	256   /* fs.mqueue.queues_max */

struct mq_message {
	struct list node;
	uint32_t priority;
	size_t length;
	char bytes[];
};

/* mq_notify(2): once, when a message comes into the empty queue and nobody waits for it. */
struct mq_notification {
	struct process *process; /* a reference; NULL: nobody wants it */
	int how;		 /* SIGEV_SIGNAL or SIGEV_NONE */
	int signo;
	uint64_t value;
};

struct mqueue {
	struct inode inode;
	struct list node;		/* of all there are */
	bool linked;			/* has its name */
	struct list messages;		/* the highest priority first, then the oldest */
	uint32_t count, most;		/* messages */
	size_t size;			/* bytes of one, at most */
	uint64_t charged;		/* bytes of its user's RLIMIT_MSGQUEUE */
	struct list senders, receivers; /* struct mq_sleeper */
	struct mq_notification notification;
	struct wait_queue queue; /* for poll */
	char name[];
};

extern const struct file_ops mqueue_ops;

/* attr NULL: the usual. A file, or NULL and *error. */
struct file *mqueue_open(const char *name, uint32_t flags, uint32_t mode,
			 const struct mq_attr *attr, int *error);
int mqueue_unlink(const char *name);
struct mqueue *mqueue_of(const struct file *file); /* NULL: it is none */

/* NULL: no memory. */
struct mq_message *mq_message_create(size_t length);
void mq_message_free(struct mq_message *message);

/* 0, and the message is the queue's; else -errno, and it is the caller's. */
long mqueue_send(struct mqueue *queue, struct mq_message *message, bool nonblocking,
		 int64_t deadline);
/* The message, which is the caller's then, or NULL and *error. */
struct mq_message *mqueue_receive(struct mqueue *queue, bool nonblocking, int64_t deadline,
				  long *error);
/* A signal for current's process; NULL: not any more. 0 or -EBUSY. */
int mqueue_notify(struct mqueue *queue, const struct mq_notification *wanted);

#endif
