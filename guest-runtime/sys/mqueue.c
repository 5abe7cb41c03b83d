// SPDX-License-Identifier: Apache-2.0
/* System calls of POSIX message queues. */
#include "guest-runtime/ipc/mqueue.h"

#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <asm/siginfo.h>

long sys_mq_open(const uint64_t *a)
{
	struct mq_attr attr;
	char *name;
	int error;

	if (a[3] && copy_from_user(&attr, a[3], sizeof(attr)))
		return -EFAULT;
	error = path_from_user(a[0], false, &name);
	if (!error)
		error = files_room();
	else
		return error;
	struct file *file = error ? NULL
				  : mqueue_open(name, (uint32_t)a[1], (uint32_t)a[2],
						a[3] ? &attr : NULL, &error);
	path_free(name);
	return file ? anon_install(file, true) : error;
}

long sys_mq_unlink(const uint64_t *a)
{
	char *name;
	int error = path_from_user(a[0], false, &name);

	if (error)
		return error;
	error = mqueue_unlink(name);
	path_free(name);
	return error;
}

/* A moment of the realtime clock as one of the other; 0: none. */
static int deadline_of(uva_t from, int64_t *deadline)
{
	int64_t moment;
	int error = from ? timespec_get(from, &moment) : 0;

	*deadline = WAIT_FOREVER;
	if (error || !from)
		return error;
	int64_t left = moment - clock_realtime_ns();
	*deadline = deadline_after(left > 0 ? left : 0);
	return 0;
}

/* The open file of a queue, for this use; NULL: no such thing. */
static struct file *get(uint64_t fd, bool write)
{
	struct file *file = fd_get((int)fd);

	if (!file || (mqueue_of(file) && (write ? file_writable(file) : file_readable(file))))
		return file;
	file_put(file);
	return NULL;
}

static long send(struct file *file, const uint64_t *a, int64_t deadline)
{
	struct mqueue *queue = mqueue_of(file);

	if (a[2] > queue->size)
		return -EMSGSIZE;
	struct mq_message *message = mq_message_create(a[2]);
	if (!message)
		return -ENOMEM;
	message->priority = (uint32_t)a[3];
	long error = copy_from_user(message->bytes, a[1], a[2]);
	if (!error)
		error = mqueue_send(queue, message, file->flags & O_NONBLOCK, deadline);
	if (error)
		mq_message_free(message);
	return error;
}

long sys_mq_timedsend(const uint64_t *a)
{
	int64_t deadline;
	int error = deadline_of(a[4], &deadline);

	if (error)
		return error;
	if ((uint32_t)a[3] >= MQ_PRIORITIES)
		return -EINVAL;
	struct file *file = get(a[0], true);
	if (!file)
		return -EBADF;
	long result = send(file, a, deadline);
	file_put(file);
	return result;
}

static long receive(struct file *file, const uint64_t *a, int64_t deadline)
{
	struct mqueue *queue = mqueue_of(file);
	long result;

	if (a[2] < queue->size)
		return -EMSGSIZE;
	struct mq_message *message =
		mqueue_receive(queue, file->flags & O_NONBLOCK, deadline, &result);
	if (!message)
		return result;
	result = (long)message->length;
	if ((a[3] && copy_to_user(a[3], &message->priority, sizeof(message->priority))) ||
	    copy_to_user(a[1], message->bytes, message->length))
		result = -EFAULT;
	mq_message_free(message);
	return result;
}

long sys_mq_timedreceive(const uint64_t *a)
{
	int64_t deadline;
	int error = deadline_of(a[4], &deadline);

	if (error)
		return error;
	struct file *file = get(a[0], false);
	if (!file)
		return -EBADF;
	long result = receive(file, a, deadline);
	file_put(file);
	return result;
}

/* SIGEV_THREAD tells through a netlink socket: there are none, so signo is no descriptor of one. */
static int check_event(const struct sigevent *event)
{
	if (event->sigev_notify != SIGEV_NONE && event->sigev_notify != SIGEV_SIGNAL &&
	    event->sigev_notify != SIGEV_THREAD)
		return -EINVAL;
	if (event->sigev_notify == SIGEV_SIGNAL &&
	    (event->sigev_signo < 0 || event->sigev_signo > SIGNALS))
		return -EINVAL;
	return event->sigev_notify == SIGEV_THREAD ? -EBADF : 0;
}

long sys_mq_notify(const uint64_t *a)
{
	struct mq_notification wanted = { .process = NULL };
	struct sigevent event;

	if (a[1]) {
		if (copy_from_user(&event, a[1], sizeof(event)))
			return -EFAULT;
		int error = check_event(&event);
		if (error)
			return error;
		wanted.how = event.sigev_notify;
		wanted.signo = event.sigev_signo;
		wanted.value = (uint64_t)event.sigev_value.sival_ptr;
	}
	struct file *file = fd_get((int)a[0]);
	struct mqueue *queue = file ? mqueue_of(file) : NULL;
	int result = queue ? mqueue_notify(queue, a[1] ? &wanted : NULL) : -EBADF;
	if (file)
		file_put(file);
	return result;
}

static long get_set(struct file *file, const uint64_t *a)
{
	const struct mqueue *queue = mqueue_of(file);
	struct mq_attr attr = { 0 };

	if (a[1] && copy_from_user(&attr, a[1], sizeof(attr)))
		return -EFAULT;
	if (a[1] && (attr.mq_flags & ~(long)O_NONBLOCK))
		return -EINVAL;
	const struct mq_attr old = { .mq_flags = file->flags & O_NONBLOCK,
				     .mq_maxmsg = queue->most,
				     .mq_msgsize = (long)queue->size,
				     .mq_curmsgs = queue->count };
	if (a[1])
		file->flags = (file->flags & ~(uint32_t)O_NONBLOCK) | (uint32_t)attr.mq_flags;
	return a[2] ? copy_to_user(a[2], &old, sizeof(old)) : 0;
}

long sys_mq_getsetattr(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);
	long result = file && mqueue_of(file) ? get_set(file, a) : -EBADF;

	if (file)
		file_put(file);
	return result;
}
