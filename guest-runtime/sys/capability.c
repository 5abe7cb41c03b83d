// SPDX-License-Identifier: Apache-2.0
/* capget and capset: looking at capabilities and giving them up for good. */
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

long sys_capget(const uint64_t *a)
{
	const uint64_t permitted = credentials_permitted(), effective = credentials_effective();
	struct __user_cap_data_struct data[2];
	int count, pid;
	int error = words(a[0], &count, &pid);

	if (error) /* asking only for the version is fine */
		return error == -EINVAL && !a[1] ? 0 : error;
	if (pid < 0)
		return -EINVAL;
	if (pid && !thread_find(pid) && !process_find(pid))
		return -ESRCH;
	for (int i = 0; i < count; i++)
		data[i] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(effective >> 32 * i),
			.permitted = (uint32_t)(permitted >> 32 * i),
		};
	return a[1] ? copy_to_user(a[1], data, (size_t)count * sizeof(data[0])) : 0;
}

long sys_capset(const uint64_t *a)
{
	struct process *process = current()->process;
	struct __user_cap_data_struct data[2] = { 0 };
	const uint64_t old = credentials_permitted();
	int count, pid;
	int error = words(a[0], &count, &pid);

	if (error)
		return error;
	if (pid && pid != process->pid)
		return -EPERM;
	if (copy_from_user(data, a[1], (size_t)count * sizeof(data[0])))
		return -EFAULT;
	uint64_t permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	uint64_t effective = data[0].effective | (uint64_t)data[1].effective << 32;
	uint64_t inherited = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	/* Nothing is ever inherited: there is no exec that would. */
	if ((permitted & ~old) || (effective & ~permitted) || inherited)
		return -EPERM;
	process->caps_dropped |= ~permitted;
	process->caps_lowered = ~effective;
	return 0;
}
