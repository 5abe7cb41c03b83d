// SPDX-License-Identifier: Apache-2.0
/* The mlock(2) family: who may lock how much. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/memory.h"
#include "guest-runtime/sys/sys.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/mman.h>
#include <linux/resource.h>

/* In bytes, as the limit is. */
static uint64_t limit(void)
{
	return credentials_capable(CAP_IPC_LOCK) ? UINT64_MAX
						 : current()->process->limits[RLIMIT_MEMLOCK].soft;
}

int memory_may_lock(uint64_t bytes)
{
	if (!limit())
		return -EPERM;
	return bytes > limit() - MIN(limit(), current()->process->mm->locked) ? -EAGAIN : 0;
}

/* The whole pages around a range, none for a length that wraps, as on Linux; false: they wrap. */
static bool whole_pages(uint64_t address, uint64_t length, uint64_t *start, uint64_t *size)
{
	*start = ALIGN_DOWN(address, PAGE_SIZE);
	*size = ALIGN_UP(length + (address - *start), PAGE_SIZE);
	return *start + *size >= *start;
}

static long lock(uint64_t address, uint64_t length, uint32_t marks)
{
	struct mm *mm = current()->process->mm;
	uint64_t start, size;

	if (!limit())
		return -EPERM;
	if (!whole_pages(address, length, &start, &size))
		return -EINVAL;
	/* What is locked already counts once. */
	uint64_t new = size > limit() ? size : size - mm_locked(mm, start, start + size);
	if (new > limit() - MIN(limit(), mm->locked))
		return -ENOMEM;
	return size ? mm_lock(mm, start, size, marks) : 0;
}

long sys_mlock(const uint64_t *a)
{
	return lock(a[0], a[1], VMA_LOCKED);
}

long sys_mlock2(const uint64_t *a)
{
	uint32_t flags = (uint32_t)a[2];

	if (flags & ~(uint32_t)MLOCK_ONFAULT)
		return -EINVAL;
	return lock(a[0], a[1], flags ? VMA_LOCKED | VMA_LOCK_ON_FAULT : VMA_LOCKED);
}

long sys_munlock(const uint64_t *a)
{
	uint64_t start, size;

	if (!whole_pages(a[0], a[1], &start, &size))
		return -EINVAL;
	return size ? mm_lock(current()->process->mm, start, size, 0) : 0;
}

long sys_mlockall(const uint64_t *a)
{
	struct mm *mm = current()->process->mm;
	uint32_t flags = (uint32_t)a[0];
	uint32_t marks = flags & MCL_ONFAULT ? VMA_LOCKED | VMA_LOCK_ON_FAULT : VMA_LOCKED;

	if (!flags || (flags & ~(uint32_t)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) ||
	    flags == MCL_ONFAULT)
		return -EINVAL;
	if (!limit())
		return -EPERM;
	if ((flags & MCL_CURRENT) && mm->total > limit())
		return -ENOMEM;
	mm->future_marks = flags & MCL_FUTURE ? marks : 0;
	return flags & MCL_CURRENT ? mm_lock_all(mm, marks) : 0;
}

long sys_munlockall(const uint64_t *a)
{
	struct mm *mm = current()->process->mm;

	(void)a;
	mm->future_marks = 0;
	return mm_lock_all(mm, 0);
}
