// SPDX-License-Identifier: Apache-2.0
/* System calls of process, user and group ids. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"

#include <linux/capability.h>
#include <linux/errno.h>

#define GROUPS_MAX 65536
#define UNCHANGED  UINT32_MAX

#define GETTER(name, value) \
	long sys_##name(const uint64_t *a) \
	{ \
		(void)a; \
		return (long)current()->value; \
	}

GETTER(getpid, process->pid)
GETTER(gettid, tid)
GETTER(getuid, process->uid)
GETTER(geteuid, process->euid)
GETTER(getgid, process->gid)
GETTER(getegid, process->egid)

long sys_getppid(const uint64_t *a)
{
	(void)a;
	return process_ppid(current()->process);
}

/* Real, effective and saved id of users or of groups. */
struct ids {
	uint32_t *real, *effective, *saved;
	int capability;
};

static struct ids user_ids(void)
{
	struct process *p = current()->process;

	return (struct ids){ &p->uid, &p->euid, &p->suid, CAP_SETUID };
}

static struct ids group_ids(void)
{
	struct process *p = current()->process;

	return (struct ids){ &p->gid, &p->egid, &p->sgid, CAP_SETGID };
}

static bool may_become(const struct ids *ids, uint32_t id)
{
	return id == UNCHANGED || id == *ids->real || id == *ids->effective || id == *ids->saved ||
	       credentials_capable(ids->capability);
}

static long set_one(struct ids ids, uint32_t id)
{
	if (id == UNCHANGED)
		return -EINVAL;
	if (credentials_capable(ids.capability)) {
		*ids.real = *ids.effective = *ids.saved = id;
		return 0;
	}
	if (id != *ids.real && id != *ids.saved)
		return -EPERM;
	*ids.effective = id;
	return 0;
}

static long set_three(struct ids ids, const uint64_t *a)
{
	const uint32_t real = (uint32_t)a[0], effective = (uint32_t)a[1], saved = (uint32_t)a[2];

	if (!may_become(&ids, real) || !may_become(&ids, effective) || !may_become(&ids, saved))
		return -EPERM;
	*ids.real = real == UNCHANGED ? *ids.real : real;
	*ids.effective = effective == UNCHANGED ? *ids.effective : effective;
	*ids.saved = saved == UNCHANGED ? *ids.saved : saved;
	return 0;
}

/* setreuid: the saved id follows the effective one, unless nothing real changed. */
static long set_two(struct ids ids, const uint64_t *a)
{
	const uint32_t old = *ids.real, real = (uint32_t)a[0], effective = (uint32_t)a[1];
	bool follow = real != UNCHANGED || (effective != UNCHANGED && effective != old);
	bool able = credentials_capable(ids.capability);

	if (!able && real != UNCHANGED && real != *ids.real && real != *ids.effective)
		return -EPERM;
	const uint64_t three[3] = { real, effective, UNCHANGED };
	long error = set_three(ids, three);
	if (!error && follow)
		*ids.saved = *ids.effective;
	return error;
}

static long get_three(struct ids ids, const uint64_t *a)
{
	if (copy_to_user(a[0], ids.real, sizeof(*ids.real)) ||
	    copy_to_user(a[1], ids.effective, sizeof(*ids.effective)) ||
	    copy_to_user(a[2], ids.saved, sizeof(*ids.saved)))
		return -EFAULT;
	return 0;
}

/* setfsuid: the file system id is always the effective one; says so, changes nothing. */
static long set_fs(struct ids ids)
{
	return (long)*ids.effective;
}

#define SETTER(name, call) \
	long sys_##name(const uint64_t *a) \
	{ \
		return call; \
	}

/* What the change of user ids takes and gives, too. */
#define USER_SETTER(name, call) \
	long sys_##name(const uint64_t *a) \
	{ \
		struct process *process = current()->process; \
		const uint32_t old[3] = { process->uid, process->euid, process->suid }; \
		long error = call; \
		if (!error) \
			credentials_follow_user(process, old); \
		return error; \
	}

USER_SETTER(setuid, set_one(user_ids(), (uint32_t)a[0]))
SETTER(setgid, set_one(group_ids(), (uint32_t)a[0]))
USER_SETTER(setreuid, set_two(user_ids(), a))
SETTER(setregid, set_two(group_ids(), a))
USER_SETTER(setresuid, set_three(user_ids(), a))
SETTER(setresgid, set_three(group_ids(), a))
SETTER(getresuid, get_three(user_ids(), a))
SETTER(getresgid, get_three(group_ids(), a))
SETTER(setfsuid, ((void)a, set_fs(user_ids())))
SETTER(setfsgid, ((void)a, set_fs(group_ids())))

long sys_getgroups(const uint64_t *a)
{
	const struct process *process = current()->process;
	uint32_t count = process->group_count;

	if ((int)a[0] < 0 || (a[0] && (uint32_t)a[0] < count))
		return -EINVAL;
	if (a[0] && copy_to_user(a[1], process->groups, count * sizeof(uint32_t)))
		return -EFAULT;
	return count;
}

long sys_setgroups(const uint64_t *a)
{
	struct process *process = current()->process;
	uint32_t count = (uint32_t)a[0];

	if (!credentials_capable(CAP_SETGID))
		return -EPERM;
	if (count > GROUPS_MAX)
		return -EINVAL;
	uint32_t *groups = kmalloc(count * sizeof(*groups) + 1);
	if (!groups)
		return -ENOMEM;
	if (copy_from_user(groups, a[1], count * sizeof(*groups))) {
		kfree(groups);
		return -EFAULT;
	}
	kfree(process->set_groups);
	process->groups = process->set_groups = groups;
	process->group_count = count;
	return 0;
}
