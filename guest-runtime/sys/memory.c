// SPDX-License-Identifier: Apache-2.0
/* System calls on the address space: arguments are checked here, mm/ acts. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>

#define PROT_KNOWN (PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM)

static struct mm *mm_current(void)
{
	return current()->process->mm;
}

/* Page-aligned length that fits the address space; 0: it does not. */
static uint64_t page_length(uint64_t length)
{
	return length > GUEST_USER_END ? 0 : ALIGN_UP(length, PAGE_SIZE);
}

static int check_file(struct file *file, uint32_t prot, uint32_t flags)
{
	uint32_t access = file_access(file);

	if (access == O_WRONLY)
		return -EACCES;
	if ((flags & MAP_TYPE) != MAP_PRIVATE && (prot & PROT_WRITE) && access != O_RDWR)
		return -EACCES;
	/* Shared writable pages of files need write-back. */
	if ((flags & MAP_TYPE) != MAP_PRIVATE && access == O_RDWR)
		return -ENODEV;
	return 0;
}

long sys_mmap(const uint64_t *a)
{
	uint64_t length = page_length(a[1]);
	uint32_t prot = (uint32_t)a[2], flags = (uint32_t)a[3];
	struct file *file = NULL;
	int error = 0;

	if (a[5] % PAGE_SIZE)
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		file = files_get(current()->process->files, (int)a[4]);
		if (!file)
			return -EBADF;
	}
	if (a[1] == 0 || (flags & MAP_TYPE) == 0 || (flags & MAP_TYPE) > MAP_SHARED_VALIDATE)
		error = -EINVAL;
	else if (!length || a[5] + length < a[5])
		error = -ENOMEM;
	else if ((flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) && a[0] % PAGE_SIZE)
		error = -EINVAL;
	else if (file)
		error = check_file(file, prot, flags);
	if (!error && !mm_could_fit(length, prot, flags))
		error = -ENOMEM;
	long result = error;
	if (!error)
		result = mm_map(mm_current(), ALIGN_DOWN(a[0], PAGE_SIZE), length,
				prot & PROT_KNOWN, flags, file, a[5]);
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
	uint64_t length = page_length(a[1]);

	if (a[0] % PAGE_SIZE || (a[2] & ~(uint64_t)(PROT_KNOWN | PROT_GROWSDOWN | PROT_GROWSUP)))
		return -EINVAL;
	if (a[1] == 0)
		return 0;
	if (!length || a[0] > GUEST_USER_END || length > GUEST_USER_END - a[0])
		return -ENOMEM;
	return mm_protect(mm_current(), a[0], length, (uint32_t)a[2] & PROT_KNOWN);
}

long sys_brk(const uint64_t *a)
{
	return (long)mm_brk(mm_current(), a[0]);
}

long sys_mremap(const uint64_t *a)
{
	uint64_t old_length = page_length(a[1]), new_length = page_length(a[2]);
	uint64_t flags = a[3];

	if ((flags & ~(uint64_t)(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) ||
	    ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE)) ||
	    ((flags & MREMAP_DONTUNMAP) && old_length != new_length) || a[0] % PAGE_SIZE ||
	    !new_length || !old_length)
		return -EINVAL;
	if ((flags & MREMAP_FIXED) &&
	    (a[4] % PAGE_SIZE || a[4] > GUEST_USER_END || new_length > GUEST_USER_END - a[4]))
		return -EINVAL;
	return mm_remap(mm_current(), a[0], old_length, new_length, (uint32_t)flags, a[4]);
}

static bool known_advice(int advice)
{
	switch (advice) {
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_WILLNEED:
	case MADV_DONTNEED:
	case MADV_FREE:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_MERGEABLE:
	case MADV_UNMERGEABLE:
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return true;
	default:
		return false;
	}
}

long sys_madvise(const uint64_t *a)
{
	uint64_t length = page_length(a[1]);

	if (a[0] % PAGE_SIZE || !known_advice((int)a[2]) || (a[1] && !length))
		return -EINVAL;
	if (!length)
		return 0;
	if (a[0] > GUEST_USER_END || length > GUEST_USER_END - a[0])
		return -ENOMEM;
	return mm_advise(mm_current(), a[0], length, (int)a[2]);
}
