// SPDX-License-Identifier: Apache-2.0
/* System calls on the address space: arguments are checked here, in Linux's order; mm/ acts. */
#include "guest-runtime/sys/memory.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/mman.h>

#define PROT_KNOWN (PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM)
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 8 /* Linux 6.11 */
#endif

/* What MAP_SHARED ignores if it does not know it, and MAP_SHARED_VALIDATE refuses. */
#define MAP_KNOWN \
	(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE | \
	 MAP_UNINITIALIZED | MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | \
	 MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB | MAP_32BIT | MAP_FIXED_NOREPLACE)

static struct mm *mm_current(void)
{
	return current()->process->mm;
}

/* Page-aligned length that fits the address space; 0: it does not. */
static uint64_t page_length(uint64_t length)
{
	return length > GUEST_USER_END ? 0 : ALIGN_UP(length, PAGE_SIZE);
}

/* What does not depend on the file. */
static int check_place(const uint64_t *a, uint64_t length)
{
	uint32_t flags = (uint32_t)a[3];

	if (a[1] == 0)
		return -EINVAL;
	if (!length)
		return -ENOMEM;
	if ((a[5] >> GUEST_PAGE_SHIFT) + (length >> GUEST_PAGE_SHIFT) > UINT64_MAX >>
	    GUEST_PAGE_SHIFT)
		return -EOVERFLOW;
	if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
		return 0;
	if (a[0] > GUEST_USER_END - length)
		return -ENOMEM;
	if (a[0] % PAGE_SIZE)
		return -EINVAL;
	if (a[0] < MMAP_FLOOR)
		return -EPERM;
	return (flags & MAP_FIXED_NOREPLACE) && !mm_is_free(mm_current(), a[0], length) ? -EEXIST
											: 0;
}

static int check_type(struct file *file, uint32_t flags)
{
	uint32_t type = flags & MAP_TYPE;

	if (type != MAP_SHARED && type != MAP_PRIVATE &&
	    type != (file ? MAP_SHARED_VALIDATE : MAP_DROPPABLE))
		return -EINVAL;
	if (type == MAP_SHARED_VALIDATE && (flags & ~(uint32_t)(MAP_KNOWN | MAP_TYPE)))
		return -EOPNOTSUPP;
	return (flags & MAP_GROWSDOWN) && (file || type != MAP_PRIVATE) ? -EINVAL : 0;
}

static long map(const uint64_t *a, struct file *file)
{
	uint64_t length = page_length(a[1]), offset = a[5];
	uint32_t prot = (uint32_t)a[2] & (PROT_READ | PROT_WRITE | PROT_EXEC),
		 flags = (uint32_t)a[3];
	int error = check_place(a, length);

	if (!error && ((flags & MAP_LOCKED) || mm_current()->future_marks))
		error = memory_may_lock(length);
	if (!error)
		error = check_type(file, flags);
	if (error)
		return error;
	/* Memory that may vanish: ours never has to, and it is not there for a child. */
	if ((flags & MAP_TYPE) == MAP_DROPPABLE)
		flags = (flags & ~(uint32_t)MAP_TYPE) | MAP_PRIVATE | MAP_NORESERVE;
	if (file && file_is_zero(file)) {
		file = NULL;
		flags |= MAP_ANONYMOUS;
	}
	if (!file)
		offset = 0;
	if (!mm_could_fit(length, prot, flags))
		return -ENOMEM;
	return mm_map(mm_current(), ALIGN_DOWN(a[0], PAGE_SIZE), length, prot, flags, file, offset);
}

long sys_mmap(const uint64_t *a)
{
	uint32_t flags = (uint32_t)a[3];
	struct file *file = NULL;

	if (a[5] % PAGE_SIZE)
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		file = files_get(current()->files, (int)a[4]);
		if (!file)
			return -EBADF;
	}
	/* There are no huge pages set aside, as on most systems. */
	long result = flags & MAP_HUGETLB ? (file ? -EINVAL : -ENOMEM) : map(a, file);
	if (file)
		file_put(file);
	return result;
}

long sys_munmap(const uint64_t *a)
{
	uint64_t length = page_length(a[1]);

	if (a[0] % PAGE_SIZE || !length || a[0] > GUEST_USER_END || length > GUEST_USER_END - a[0])
		return -EINVAL;
	return mm_unmap(mm_current(), a[0], length);
}

long sys_mprotect(const uint64_t *a)
{
	const uint64_t grows = PROT_GROWSDOWN | PROT_GROWSUP;
	uint64_t length = ALIGN_UP(a[1], PAGE_SIZE);

	if ((a[2] & grows) == grows || a[0] % PAGE_SIZE)
		return -EINVAL;
	if (a[1] == 0)
		return 0;
	if (!length || a[0] + length <= a[0])
		return -ENOMEM;
	if (a[2] & ~(uint64_t)(PROT_KNOWN | grows))
		return -EINVAL;
	if (a[2] & PROT_GROWSUP)
		return mm_find(mm_current(), a[0]) ? -EINVAL : -ENOMEM;
	return mm_protect(mm_current(), a[0], length, (uint32_t)a[2] & ~(uint32_t)PROT_SEM);
}

long sys_brk(const uint64_t *a)
{
	return (long)mm_brk(mm_current(), a[0]);
}

long sys_mremap(const uint64_t *a)
{
	const uint64_t known = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
	uint64_t old_length = page_length(a[1]), new_length = page_length(a[2]);

	if ((a[3] & ~known) ||
	    ((a[3] & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(a[3] & MREMAP_MAYMOVE)) ||
	    ((a[3] & MREMAP_DONTUNMAP) && old_length != new_length) || a[0] % PAGE_SIZE || !a[2])
		return -EINVAL;
	if (!new_length)
		return -EINVAL;
	if (!mm_find(mm_current(), a[0]) || (!old_length && a[1]))
		return -EFAULT;
	if ((a[3] & MREMAP_FIXED) && (a[4] % PAGE_SIZE || a[4] > GUEST_USER_END - new_length))
		return -EINVAL;
	return mm_remap(mm_current(), a[0], old_length, new_length, (uint32_t)a[3], a[4]);
}

static bool known_advice(int advice)
{
	switch (advice) {
	case MADV_NORMAL ... MADV_DONTNEED:
	case MADV_FREE ... MADV_DOFORK:
	case MADV_MERGEABLE ... MADV_DONTNEED_LOCKED:
		return true;
	default:
		return false;
	}
}

long sys_madvise(const uint64_t *a)
{
	uint64_t length = ALIGN_UP(a[1], PAGE_SIZE);

	if (!known_advice((int)a[2]) || a[0] % PAGE_SIZE || (a[1] && !length) ||
	    a[0] + length < a[0])
		return -EINVAL;
	return length ? mm_advise(mm_current(), a[0], length, (int)a[2]) : 0;
}

long sys_msync(const uint64_t *a)
{
	const uint32_t known = MS_ASYNC | MS_INVALIDATE | MS_SYNC;
	uint32_t flags = (uint32_t)a[2];
	uint64_t length = ALIGN_UP(a[1], PAGE_SIZE);

	if ((flags & ~known) || a[0] % PAGE_SIZE ||
	    (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
		return -EINVAL;
	if (a[0] + length < a[0])
		return -ENOMEM;
	return length ? mm_sync(mm_current(), a[0], length, flags) : 0;
}

long sys_mincore(const uint64_t *a)
{
	uint64_t length = page_length(a[1]);
	uint64_t pages = length >> GUEST_PAGE_SHIFT;

	if (a[0] % PAGE_SIZE)
		return -EINVAL;
	if ((a[1] && !length) || a[0] > GUEST_USER_END || length > GUEST_USER_END - a[0])
		return -ENOMEM;
	if (a[2] > GUEST_USER_END || pages > GUEST_USER_END - a[2])
		return -EFAULT;
	return mm_resident(mm_current(), a[0], length, a[2]);
}
