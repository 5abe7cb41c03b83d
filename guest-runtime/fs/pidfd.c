// SPDX-License-Identifier: Apache-2.0
/* Descriptors of processes; readable once the process has ended. */
#include "guest-runtime/fs/pidfd.h"

#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/proc/process.h"

#include <linux/poll.h>

static uint32_t pidfd_poll(struct file *file)
{
	const struct process *process = file->private;

	return process->state == PROCESS_ZOMBIE ? POLLIN | POLLRDNORM : 0;
}

static struct wait_queue *pidfd_queue(struct file *file)
{
	struct process *process = file->private;

	return &process->ended;
}

/* -1: it was waited for. */
static void pidfd_describe(struct file *file, struct text *out)
{
	const struct process *process = file->private;
	int pid = process_find(process->pid) == process ? process->pid : -1;

	text_print(out, "Pid:\t%d\nNSpid:\t%d\n", pid, pid);
}

static void pidfd_release(struct file *file)
{
	process_put(file->private);
}

static const struct file_ops pidfd_ops = {
	.seek = seek_nothing,
	.poll = pidfd_poll,
	.queue = pidfd_queue,
	.describe = pidfd_describe,
	.release = pidfd_release,
};

int pidfd_create(struct process *process, uint32_t flags)
{
	struct file *file = anon_file("[pidfd]", &pidfd_ops, process_get(process),
				      O_RDWR | (flags & O_NONBLOCK));

	if (!file)
		process_put(process);
	return (int)anon_install(file, true);
}

struct process *pidfd_process(const struct file *file)
{
	return file->ops == &pidfd_ops ? file->private : NULL;
}
