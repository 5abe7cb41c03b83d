// SPDX-License-Identifier: Apache-2.0
/* How sets of capabilities change with user ids and programs, capabilities(7). */
#include "guest-runtime/sys/credentials.h"

#include "guest-runtime/proc/process.h"

#include <linux/capability.h>
#include <linux/securebits.h>

#define CAP(n) ((uint64_t)1 << (n))

#define ROOT_CAPS \
	(CAP(CAP_CHOWN) | CAP(CAP_DAC_OVERRIDE) | CAP(CAP_DAC_READ_SEARCH) | CAP(CAP_FOWNER) | \
	 CAP(CAP_FSETID) | CAP(CAP_KILL) | CAP(CAP_SETGID) | CAP(CAP_SETUID) | CAP(CAP_SETPCAP) | \
	 CAP(CAP_IPC_LOCK) | CAP(CAP_IPC_OWNER))

void credentials_start(struct process *process)
{
	bool root = !process->uid;

	process->caps = (struct capabilities){ .bounding = ROOT_CAPS,
					       .permitted = root ? ROOT_CAPS : 0,
					       .effective = root ? ROOT_CAPS : 0 };
}

void credentials_follow_user(struct process *process, const uint32_t old[3])
{
	struct capabilities *caps = &process->caps;
	bool was_root = !old[0] || !old[1] || !old[2];
	bool is_root = !process->uid || !process->euid || !process->suid;

	if (process->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (was_root && !is_root) {
		if (!(process->securebits & SECBIT_KEEP_CAPS))
			caps->permitted = caps->effective = 0;
		caps->ambient = 0;
	}
	if (!old[1] && process->euid)
		caps->effective = 0;
	else if (old[1] && !process->euid)
		caps->effective = caps->permitted;
}

void credentials_execute(struct process *process)
{
	struct capabilities *caps = &process->caps;
	bool root = (!process->uid || !process->euid) && !(process->securebits & SECBIT_NOROOT);

	caps->permitted = root ? caps->inheritable | caps->bounding : caps->ambient;
	caps->effective = root && !process->euid ? caps->permitted : caps->ambient;
	process->securebits &= ~(uint32_t)SECBIT_KEEP_CAPS;
}

bool credentials_capable(int capability)
{
	return current()->process->caps.effective & CAP(capability);
}

bool credentials_may_look(const struct process *process)
{
	const struct process *self = current()->process;
	bool same = self->uid == process->uid && self->uid == process->euid &&
		    self->uid == process->suid && self->gid == process->gid &&
		    self->gid == process->egid && self->gid == process->sgid &&
		    !process->not_dumpable;

	return self == process || same || credentials_capable(CAP_SYS_PTRACE);
}
