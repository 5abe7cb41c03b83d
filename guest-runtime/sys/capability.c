// SPDX-License-Identifier: Apache-2.0
/* capget(2) and capset(2): looking at capabilities, giving them up, taking up what is permitted. */
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"

#include <linux/capability.h>
#include <linux/errno.h>

/* Sets come as low words in data[0], high words in data[1]; version 1 had one. */
static int words(uva_t header, int *count, int *pid)
{
	struct __user_cap_header_struct h;
	const uint32_t preferred = _LINUX_CAPABILITY_VERSION_3;

	if (copy_from_user(&h, header, sizeof(h)))
		return -EFAULT;
	*pid = h.pid;
	switch (h.version) {
	case _LINUX_CAPABILITY_VERSION_1:
		*count = _LINUX_CAPABILITY_U32S_1;
		return 0;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		*count = _LINUX_CAPABILITY_U32S_3;
		return 0;
	default:
		return copy_to_user(header, &preferred, sizeof(preferred)) ? -EFAULT : -EINVAL;
	}
}

static uint64_t word(const uint32_t *low, const uint32_t *high)
{
	return *low | (uint64_t)*high << 32;
}

long sys_capget(const uint64_t *a)
{
	struct __user_cap_data_struct data[2];
	int count, pid;
	int error = words(a[0], &count, &pid);

	if (error) /* asking only for the version is fine */
		return error == -EINVAL && !a[1] ? 0 : error;
	if (pid < 0)
		return -EINVAL;
	const struct thread *thread = pid ? thread_find(pid) : current();
	const struct process *process = thread ? thread->process : process_find(pid);
	if (!process)
		return -ESRCH;
	for (int i = 0; i < count; i++)
		data[i] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(process->caps.effective >> 32 * i),
			.permitted = (uint32_t)(process->caps.permitted >> 32 * i),
			.inheritable = (uint32_t)(process->caps.inheritable >> 32 * i),
		};
	return a[1] ? copy_to_user(a[1], data, (size_t)count * sizeof(data[0])) : 0;
}

/* cap_capset()'s rules (security/commoncap.c). */
static bool may_set(const struct capabilities *old, const struct capabilities *new)
{
	if (!credentials_capable(CAP_SETPCAP) &&
	    (new->inheritable & ~(old->inheritable | old->permitted)))
		return false;
	return !(new->inheritable & ~(old->inheritable | old->bounding)) &&
	       !(new->permitted & ~old->permitted) && !(new->effective & ~new->permitted);
}

long sys_capset(const uint64_t *a)
{
	struct process *process = current()->process;
	struct __user_cap_data_struct data[2] = { 0 };
	struct capabilities new = process->caps;
	int count, pid;
	int error = words(a[0], &count, &pid);

	if (error)
		return error;
	if (pid && pid != process->pid)
		return -EPERM;
	if (copy_from_user(data, a[1], (size_t)count * sizeof(data[0])))
		return -EFAULT;
	new.permitted = word(&data[0].permitted, &data[1].permitted);
	new.effective = word(&data[0].effective, &data[1].effective);
	new.inheritable = word(&data[0].inheritable, &data[1].inheritable);
	if (!may_set(&process->caps, &new))
		return -EPERM;
	new.ambient &= new.permitted &new.inheritable;
	process->caps = new;
	return 0;
}
