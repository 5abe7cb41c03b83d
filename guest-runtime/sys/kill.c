// SPDX-License-Identifier: Apache-2.0
/* System calls that send signals, and who may. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/pidfd.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/capability.h>
#include <linux/errno.h>

#define INFO_USED 48 /* bytes of siginfo that have a meaning; the others are zero */

/*
 * Root, the same user, or SIGCONT within a session; what the kernel says itself
 * may be said to all.
 */
static int check(const struct process *to, const struct signal_info *info)
{
	const struct process *self = current()->process;

	if (info->signo < 0 || info->signo > SIGNALS)
		return -EINVAL;
	if (info->code > 0 || self == to || self->euid == to->suid || self->euid == to->uid ||
	    self->uid == to->suid || self->uid == to->uid || credentials_capable(CAP_KILL) ||
	    (info->signo == SIGCONT && self->sid == to->sid))
		return 0;
	return -EPERM;
}

static struct signal_info from_self(int signo, int code)
{
	const struct process *self = current()->process;
	struct signal_info info = { .signo = signo, .code = code };

	info.kill.pid = self->pid;
	info.kill.uid = self->uid;
	return info;
}

/* The process of a number, which may be that of any of its threads. */
static struct process *named(int id)
{
	struct thread *thread = thread_find(id);

	return thread ? thread->process : process_find(id);
}

/* NULL: there is none. */
static long send_to(struct process *process, const struct signal_info *info)
{
	long error = process ? check(process, info) : -ESRCH;

	if (!error && info->signo)
		error = signal_send_process(process, info);
	return error;
}

/* One success is success, else the last error counts. */
static long send_to_group(int pgid, const struct signal_info *info)
{
	long result = -ESRCH;

	for_each_process(process)
	{
		if (process->pgid != pgid)
			continue;
		long error = send_to(process, info);
		result = result ? error : 0;
	}
	return result;
}

/* To all but the caller: that some may not be sent to is no error. */
static long send_to_all(const struct signal_info *info)
{
	long result = -ESRCH;

	for_each_process(process)
	{
		if (process == current()->process)
			continue;
		long error = send_to(process, info);
		result = error != -EPERM ? error : result == -ESRCH ? 0 : result;
	}
	return result;
}

long sys_kill(const uint64_t *a)
{
	const struct signal_info info = from_self((int)a[1], SI_USER);
	int pid = (int)a[0];

	if (pid > 0)
		return send_to(named(pid), &info);
	if (pid == INT32_MIN)
		return -ESRCH;
	if (pid == -1)
		return send_to_all(&info);
	return send_to_group(pid ? -pid : current()->process->pgid, &info);
}

/* pid 0: of any process. */
static long send_to_thread(int pid, int tid, const struct signal_info *info)
{
	struct thread *thread = thread_find(tid);
	/* One whose first thread has ended has its number still. */
	const struct process *process = named(tid);

	if (!process || (pid && process->pid != pid))
		return -ESRCH;
	int error = check(process, info);
	if (error || !thread || !info->signo)
		return error;
	return signal_send_thread(thread, info);
}

long sys_tkill(const uint64_t *a)
{
	const struct signal_info info = from_self((int)a[1], SI_TKILL);

	return (int)a[0] <= 0 ? -EINVAL : send_to_thread(0, (int)a[0], &info);
}

long sys_tgkill(const uint64_t *a)
{
	const struct signal_info info = from_self((int)a[2], SI_TKILL);

	if ((int)a[0] <= 0 || (int)a[1] <= 0)
		return -EINVAL;
	return send_to_thread((int)a[0], (int)a[1], &info);
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i])
			return false;
	return true;
}

/* What a program says itself. signo 0: the signal, too. */
static int get_info(struct signal_info *info, int signo, uva_t from)
{
	uint8_t *rest = (uint8_t *)info + INFO_USED;

	if (copy_from_user(info, from, sizeof(*info)))
		return -EFAULT;
	info->signo = signo ? signo : info->signo;
	/* Of a kind that Linux does not know, all of it would count. */
	if (!signal_info_is_known(info) && !is_zero(rest, sizeof(*info) - INFO_USED))
		return -E2BIG;
	memset(rest, 0, sizeof(*info) - INFO_USED);
	return 0;
}

/* What the kernel says, or kill(2), may be said to oneself alone: to this thread's number. */
static bool may_say(const struct signal_info *info, int id)
{
	return (info->code < 0 && info->code != SI_TKILL) || id == current()->tid;
}

long sys_rt_sigqueueinfo(const uint64_t *a)
{
	int pid = (int)a[0];
	struct signal_info info;
	int error = get_info(&info, (int)a[1], a[2]);

	if (error)
		return error;
	info.signo = (int)a[1];
	return may_say(&info, pid) ? send_to(named(pid), &info) : -EPERM;
}

long sys_rt_tgsigqueueinfo(const uint64_t *a)
{
	int tid = (int)a[1];
	struct signal_info info;
	int error = get_info(&info, (int)a[2], a[3]);

	if (error)
		return error;
	if ((int)a[0] <= 0 || tid <= 0)
		return -EINVAL;
	info.signo = (int)a[2];
	return may_say(&info, tid) ? send_to_thread((int)a[0], tid, &info) : -EPERM;
}

static long send_to_pidfd(const struct file *file, int signo, uva_t from)
{
	struct process *process = pidfd_process(file);
	struct signal_info info = from_self(signo, SI_USER);
	int error = 0;

	if (!process)
		process = proc_directory_process(file);
	if (!process)
		return -EBADF;
	if (from)
		error = get_info(&info, 0, from);
	if (error)
		return error;
	if (info.signo != signo)
		return -EINVAL;
	if (from && !may_say(&info, process->pid))
		return -EPERM;
	return send_to(process_is_reaped(process) ? NULL : process, &info);
}

long sys_pidfd_send_signal(const uint64_t *a)
{
	if ((uint32_t)a[3])
		return -EINVAL;
	struct file *file = fd_get((int)a[0]);
	if (!file)
		return -EBADF;
	long result = send_to_pidfd(file, (int)a[1], a[2]);
	file_put(file);
	return result;
}
