// SPDX-License-Identifier: Apache-2.0
/* Signals for I/O: a waiter on the file's own queue, which every change wakes. */
#include "guest-runtime/fs/async.h"

#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/fcntl.h>
#include <linux/poll.h>

struct async {
	struct waiter waiter;
	struct file *file; /* not a reference: it owns this */
	int fd;
};

static struct async *async_of(struct file *file)
{
	return file->async;
}

bool async_able(struct file *file)
{
	const struct inode *inode = file->inode;

	return file->ops && file->ops->queue &&
	       (inode_is(inode, S_IFIFO) || inode_is(inode, S_IFSOCK) || inode_is(inode, S_IFCHR) ||
		inotify_of(file));
}

/* si_code and si_band by what happened, as fs/fcntl.c has them. */
static const struct {
	uint32_t events;
	int code;
	int64_t band;
} bands[] = {
	{ POLLIN, POLL_IN, POLLIN | POLLRDNORM },
	{ POLLOUT, POLL_OUT, POLLOUT | POLLWRNORM | POLLWRBAND },
	{ POLLPRI, POLL_PRI, POLLPRI | POLLRDBAND },
	{ POLLHUP, POLL_HUP, POLLHUP | POLLERR },
};

static void describe(const struct async *async, uint32_t events, struct signal_info *info)
{
	int64_t band = POLLIN | POLLRDNORM;

	if (!async->file->io_signal) {
		info->signo = SIGIO;
		info->code = SI_KERNEL;
		return;
	}
	info->signo = async->file->io_signal;
	info->code = POLL_IN;
	for (size_t i = 0; i < ARRAY_SIZE(bands); i++)
		if (events & bands[i].events) {
			info->code = bands[i].code;
			band = bands[i].band;
			break;
		}
	memcpy(info->bytes, &band, sizeof(band));
	memcpy(info->bytes + sizeof(band), &async->fd, sizeof(async->fd));
}

/* As the rule for kill(2), with the ids of who set the owner. */
static bool may_tell(const struct file *file, const struct process *process)
{
	return !file->owner_euid || file->owner_euid == process->suid ||
	       file->owner_euid == process->uid || file->owner_uid == process->suid ||
	       file->owner_uid == process->uid;
}

static void tell(const struct file *file, const struct signal_info *info)
{
	if (file->owner < 0) {
		for_each_process(process) if (process->pgid == -file->owner &&
					      may_tell(file, process))
			signal_send_process(process, info);
		return;
	}
	struct thread *thread = file->owner_type == F_OWNER_TID ? thread_find(file->owner) : NULL;
	struct process *process = thread ? thread->process : process_find(file->owner);
	if (!process || !file->owner || !may_tell(file, process))
		return;
	if (thread)
		signal_send_thread(thread, info);
	else
		signal_send_process(process, info);
}

static void happened(struct waiter *waiter, uint32_t events)
{
	const struct async *async = container_of(waiter, struct async, waiter);
	struct signal_info info = { 0 };

	describe(async, events, &info);
	tell(async->file, &info);
}

void async_urgent(struct file *file)
{
	const struct signal_info info = { .signo = SIGURG, .code = SI_KERNEL };

	tell(file, &info);
}

int async_set(struct file *file, int fd, bool on)
{
	struct async *async = async_of(file);

	if (on == !!async)
		return 0;
	if (!on) {
		waiter_remove(&async->waiter);
		kfree(async);
		file->async = NULL;
		file->flags &= ~(uint32_t)FASYNC;
		return 0;
	}
	if (!async_able(file))
		return -ENOTTY;
	async = kmalloc(sizeof(*async));
	if (!async)
		return -ENOMEM;
	async->file = file;
	async->fd = fd;
	waiter_add_function(&async->waiter, file->ops->queue(file), 0, happened);
	file->async = async;
	file->flags |= FASYNC;
	return 0;
}

static bool exists(int type, int id)
{
	if (type == F_OWNER_TID)
		return thread_find(id) != NULL;
	if (type == F_OWNER_PID)
		return process_find(id) != NULL;
	for_each_process(process) if (process->pgid == id) return true;
	return false;
}

bool async_owner_exists(const struct file *file)
{
	int id = file->owner < 0 ? -file->owner : file->owner;

	return id && exists(file->owner_type, id);
}

int async_set_owner(struct file *file, int type, int id)
{
	const struct process *self = current()->process;

	if (id == INT32_MIN)
		return -EINVAL;
	id = type == F_OWNER_PGRP && id < 0 ? -id : id;
	if (id != 0 && !exists(type, id))
		return -ESRCH;
	file->owner = type == F_OWNER_PGRP ? -id : id;
	file->owner_type = type;
	file->owner_uid = self->uid;
	file->owner_euid = self->euid;
	return 0;
}
