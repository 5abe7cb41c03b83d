// SPDX-License-Identifier: Apache-2.0
/* signalfd: pending signals, read instead of handled. */
#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/events.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"

#include <asm/signal.h>
#include <linux/poll.h>
#include <linux/signalfd.h>

static sigmask_t *mask_of(struct file *file)
{
	return file->private;
}

static void fill_child(struct signalfd_siginfo *out, const struct signal_info *info)
{
	out->ssi_pid = (uint32_t)info->child.pid;
	out->ssi_uid = info->child.uid;
	out->ssi_status = info->child.status;
	out->ssi_utime = (uint64_t)info->child.user_ticks;
	out->ssi_stime = (uint64_t)info->child.system_ticks;
}

static void fill_more(struct signalfd_siginfo *out, const struct signal_info *info)
{
	switch (signal_info_layout(info)) {
	case SIGNAL_LAYOUT_QUEUE:
		out->ssi_ptr = info->kill.value;
		out->ssi_int = (int32_t)info->kill.value;
		/* fall through */
	case SIGNAL_LAYOUT_KILL:
		out->ssi_pid = (uint32_t)info->kill.pid;
		out->ssi_uid = info->kill.uid;
		break;
	case SIGNAL_LAYOUT_TIMER:
		out->ssi_tid = (uint32_t)info->timer.id;
		out->ssi_overrun = (uint32_t)info->timer.overrun;
		out->ssi_ptr = info->timer.value;
		out->ssi_int = (int32_t)info->timer.value;
		break;
	case SIGNAL_LAYOUT_CHILD:
		fill_child(out, info);
		break;
	case SIGNAL_LAYOUT_FAULT:
		out->ssi_addr = info->fault.address;
		break;
	case SIGNAL_LAYOUT_POLL:
		out->ssi_band = (uint32_t)info->poll.band;
		out->ssi_fd = info->poll.fd;
		break;
	case SIGNAL_LAYOUT_CALL:
		out->ssi_call_addr = info->call.address;
		out->ssi_syscall = info->call.number;
		out->ssi_arch = info->call.arch;
		break;
	}
}

static void fill(struct signalfd_siginfo *out, const struct signal_info *info)
{
	*out = (struct signalfd_siginfo){ .ssi_signo = (uint32_t)info->signo,
					  .ssi_errno = info->error,
					  .ssi_code = info->code };
	fill_more(out, info);
}

static long signal_read(struct file *file, struct uio *uio, int64_t *offset)
{
	struct thread *thread = current();
	struct signal_info info = { 0 };
	long total = 0;

	(void)offset;
	if (uio->left < sizeof(struct signalfd_siginfo))
		return -EINVAL;
	while (uio->left >= sizeof(struct signalfd_siginfo)) {
		struct signalfd_siginfo out;

		wait_timers_run();
		if (!signal_take(thread, *mask_of(file), &info)) {
			if (total > 0)
				break;
			if (file->flags & O_NONBLOCK)
				return -EAGAIN;
			if (WAIT_UNTIL(&thread->process->signalled, WAIT_FOREVER,
				       signal_take(thread, *mask_of(file), &info)))
				return -ERESTARTSYS;
		}
		fill(&out, &info);
		if (uio_fill(uio, &out, sizeof(out)) != sizeof(out))
			return total ? total : -EFAULT;
		total += (long)sizeof(out);
	}
	return total;
}

static uint32_t signal_poll(struct file *file)
{
	wait_timers_run();
	return signal_set_pending(current()) & *mask_of(file) ? POLLIN : 0;
}

static struct wait_queue *signal_queue(struct file *file)
{
	(void)file;
	return &current()->process->signalled;
}

static void signal_release(struct file *file)
{
	kfree(file->private);
}

static void signal_describe(struct file *file, struct text *out)
{
	text_print(out, "sigmask:\t%016lx\n", *mask_of(file));
}

static const struct file_ops signal_ops = {
	.seek = seek_nothing,
	.read = signal_read,
	.poll = signal_poll,
	.queue = signal_queue,
	.describe = signal_describe,
	.release = signal_release,
};

int signalfd_set(struct file *file, uint64_t mask)
{
	if (file->ops != &signal_ops)
		return -EINVAL;
	*mask_of(file) = mask;
	wait_queue_wake(&current()->process->signalled, 0);
	return 0;
}

struct file *signalfd_create(uint64_t mask, uint32_t flags)
{
	sigmask_t *kept = kmalloc(sizeof(*kept));

	if (!kept)
		return NULL;
	*kept = mask;
	struct file *file =
		anon_file("[signalfd]", &signal_ops, kept, O_RDWR | (flags & O_NONBLOCK));
	if (!file)
		kfree(kept);
	return file;
}
