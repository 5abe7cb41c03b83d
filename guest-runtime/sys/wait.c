// SPDX-License-Identifier: Apache-2.0
/* Waiting for children: wait4(2), waitid(2). */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/pidfd.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/usage.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/wait.h>

#define CONTINUED 0xffff /* as wait(2) has it */
#define STOPPED	  0x7f

struct wanted {
	int type; /* P_* */
	int id;
	uint32_t options;
};

struct found {
	int pid;
	uint32_t uid;
	int code, status; /* of siginfo */
	int wait_status;  /* of wait4 */
	struct usage usage;
};

static bool matches(const struct process *child, const struct wanted *wanted)
{
	bool clone = child->exit_signal != SIGCHLD;

	if (!(wanted->options & __WALL) && clone != !!(wanted->options & __WCLONE))
		return false;
	if ((wanted->options & __WNOTHREAD) && child->parent_tid != current()->tid)
		return false;
	switch (wanted->type) {
	case P_PID:
		return child->pid == wanted->id;
	case P_PGID:
		return child->pgid == wanted->id;
	default:
		return true;
	}
}

static void describe(struct process *child, struct found *found, int code, int status,
		     int wait_status)
{
	*found = (struct found){ .pid = child->pid,
				 .uid = child->uid,
				 .code = code,
				 .status = status,
				 .wait_status = wait_status };
	process_usage(child, &found->usage);
}

static bool take(struct process *child, const struct wanted *wanted, struct found *found)
{
	bool keep = wanted->options & WNOWAIT;
	int status = child->wait_status;

	if (child->state == PROCESS_ZOMBIE && (wanted->options & WEXITED)) {
		int code = status & 0x80 ? CLD_DUMPED : status & 0x7f ? CLD_KILLED : CLD_EXITED;

		describe(child, found, code, status & 0x7f ? status & 0x7f : status >> 8 & 0xff,
			 status);
		if (!keep)
			process_reap(child);
		return true;
	}
	if (child->reported_stop && (wanted->options & WSTOPPED)) {
		describe(child, found, CLD_STOPPED, child->stop_signal,
			 child->stop_signal << 8 | STOPPED);
		child->reported_stop = keep;
		return true;
	}
	if (child->reported_continue && (wanted->options & WCONTINUED)) {
		describe(child, found, CLD_CONTINUED, SIGCONT, CONTINUED);
		child->reported_continue = keep;
		return true;
	}
	return false;
}

/* 1: found; 0: none yet; -ECHILD: there will be none. */
static long look(struct process *self, const struct wanted *wanted, struct found *found)
{
	long result = -ECHILD;

	list_for_each (node, &self->children) {
		struct process *child = container_of(node, struct process, sibling);

		if (!matches(child, wanted))
			continue;
		if (take(child, wanted, found))
			return 1;
		result = 0;
	}
	return result;
}

/* The same, waiting unless WNOHANG. */
static long wait_for(const struct wanted *wanted, struct found *found)
{
	struct process *self = current()->process;
	struct waiter waiter;
	long result, ended = 0;

	waiter_add(&waiter, &self->child_changed, 0);
	while ((result = look(self, wanted, found)) == 0 && !(wanted->options & WNOHANG) && !ended)
		ended = wait_sleep(WAIT_FOREVER);
	waiter_remove(&waiter);
	return result == 0 && ended ? -ERESTARTSYS : result;
}

long sys_wait4(const uint64_t *a)
{
	int pid = (int)a[0];
	struct wanted wanted = { .options = (uint32_t)a[2] | WEXITED };
	struct found found;

	if ((uint32_t)a[2] &
	    ~(uint32_t)(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (pid == INT32_MIN)
		return -ESRCH;
	wanted.type = pid > 0 ? P_PID : pid == -1 ? P_ALL : P_PGID;
	wanted.id = pid > 0 ? pid : pid == 0 ? current()->process->pgid : -pid;
	long result = wait_for(&wanted, &found);
	if (result <= 0)
		return result;
	if (a[1] && copy_to_user(a[1], &found.wait_status, sizeof(found.wait_status)))
		return -EFAULT;
	if (a[3] && usage_put(a[3], &found.usage))
		return -EFAULT;
	return found.pid;
}

static long put_info(uva_t to, const struct found *found)
{
	struct signal_info info = { 0 };

	if (found) {
		info.signo = SIGCHLD;
		info.code = found->code;
		info.child.pid = found->pid;
		info.child.uid = found->uid;
		info.child.status = found->status;
	}
	return copy_to_user(to, &info, offsetof(struct signal_info, child.user_ticks));
}

/* A pidfd names its process; one that does not block makes the wait not block. */
static int from_pidfd(struct wanted *wanted)
{
	struct file *file = fd_get(wanted->id);
	struct process *process = file ? pidfd_process(file) : NULL;

	if (process) {
		wanted->type = P_PID;
		wanted->id = process->pid;
		wanted->options |= file->flags & O_NONBLOCK ? WNOHANG : 0;
	}
	if (file)
		file_put(file);
	return process ? 0 : -EBADF;
}

long sys_waitid(const uint64_t *a)
{
	struct wanted wanted = { .type = (int)a[0], .id = (int)a[1], .options = (uint32_t)a[3] };
	struct found found;
	bool again = false;
	int error = 0;

	if (wanted.options & ~(uint32_t)(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED |
					 __WNOTHREAD | __WCLONE | __WALL) ||
	    !(wanted.options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	switch (wanted.type) {
	case P_ALL:
		break;
	case P_PID:
		error = wanted.id <= 0 ? -EINVAL : 0;
		break;
	case P_PGID:
		error = wanted.id < 0 ? -EINVAL : 0;
		wanted.id = wanted.id ? wanted.id : current()->process->pgid;
		break;
	case P_PIDFD:
		error = wanted.id < 0 ? -EINVAL : from_pidfd(&wanted);
		again = wanted.options & ~(uint32_t)a[3] & WNOHANG;
		break;
	default:
		error = -EINVAL;
	}
	if (error)
		return error;
	long result = wait_for(&wanted, &found);
	if (result < 0)
		return result;
	if (result == 0 && again)
		return -EAGAIN;
	if (a[2] && put_info(a[2], result ? &found : NULL))
		return -EFAULT;
	return result && a[4] && usage_put(a[4], &found.usage) ? -EFAULT : 0;
}
