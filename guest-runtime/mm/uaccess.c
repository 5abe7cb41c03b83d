// SPDX-License-Identifier: Apache-2.0
/* Copies to and from program memory, and its translation for host I/O. */
#include "guest-runtime/mm/uaccess.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/table.h"
#include "guest-runtime/proc/process.h"

#include <linux/errno.h>

size_t user_clear(void *to, size_t n);
long user_copy_string(char *to, const char *from, size_t size);

static bool in_user_range(uva_t address, size_t n)
{
	return address < GUEST_USER_END && n <= GUEST_USER_END - address;
}

int copy_from_user(void *to, uva_t from, size_t n)
{
	if (!in_user_range(from, n) || user_copy(to, (const void *)from, n) != 0)
		return -EFAULT;
	return 0;
}

int copy_to_user(uva_t to, const void *from, size_t n)
{
	mm_epoch++;
	if (!in_user_range(to, n) || user_copy((void *)to, from, n) != 0)
		return -EFAULT;
	return 0;
}

int clear_user(uva_t to, size_t n)
{
	mm_epoch++;
	return in_user_range(to, n) && user_clear((void *)to, n) == 0 ? 0 : -EFAULT;
}

long string_from_user(char *to, uva_t from, size_t size)
{
	if (from >= GUEST_USER_END)
		return -EFAULT;
	size_t room = MIN(size, GUEST_USER_END - from);
	long length = user_copy_string(to, (const char *)from, room);

	if (length < 0)
		return -EFAULT;
	if ((size_t)length == room)
		return room < size ? -EFAULT : -ENAMETOOLONG;
	return length;
}

struct hc_segment kernel_segment(const void *address, size_t length)
{
	return (struct hc_segment){ .gpa = pointer_to_gpa(address), .length = length };
}

/* The GPA behind a program address, its page filled for the access; 0: a bad address. */
static gpa_t translate(struct mm *mm, uva_t address, bool write)
{
	mm_epoch++;
	if (pair_hides(mm) && !pair_part(mm))
		return 0;
	for (int tries = 0; tries < 2; tries++) {
		bool huge;
		pte_t *leaf = table_find(mm->pml4, address, &huge);

		if (leaf && (*leaf & PTE_PRESENT) && (!write || (*leaf & PTE_WRITE))) {
			uint64_t size = huge ? HUGE_SIZE : PAGE_SIZE;

			return (*leaf & PTE_FRAME & ~(size - 1)) + address % size;
		}
		if (mm_fault(mm, address, write ? MM_WRITE : MM_READ) != MM_FAULT_DONE)
			return 0;
	}
	return 0;
}

int mm_write(struct mm *mm, uint64_t address, const void *from, size_t n)
{
	while (n > 0) {
		size_t step = MIN(n, PAGE_SIZE - address % PAGE_SIZE);
		gpa_t gpa = in_user_range(address, n) ? translate(mm, address, true) : 0;

		if (!gpa)
			return -EFAULT;
		if (from) {
			memcpy(gpa_to_pointer(gpa), from, step);
			from = (const char *)from + step;
		} else {
			memset(gpa_to_pointer(gpa), 0, step);
		}
		address += step;
		n -= step;
	}
	return 0;
}

int mm_read(struct mm *mm, uint64_t address, void *to, size_t n)
{
	while (n > 0) {
		size_t step = MIN(n, PAGE_SIZE - address % PAGE_SIZE);
		gpa_t gpa = in_user_range(address, n) ? translate(mm, address, false) : 0;

		if (!gpa)
			return -EFAULT;
		memcpy(to, gpa_to_pointer(gpa), step);
		to = (char *)to + step;
		address += step;
		n -= step;
	}
	return 0;
}

int mm_next_string(struct mm *mm, uint64_t address, uint64_t end, uint64_t *next)
{
	while (address < end) {
		size_t step = MIN(end - address, PAGE_SIZE - address % PAGE_SIZE);
		gpa_t gpa = in_user_range(address, step) ? translate(mm, address, false) : 0;
		const char *at = gpa_to_pointer(gpa);

		if (!gpa)
			return -EFAULT;
		for (size_t i = 0; i < step; i++)
			if (!at[i]) {
				*next = address + i + 1;
				return 0;
			}
		address += step;
	}
	return -EFAULT;
}

long user_segments(uva_t address, size_t length, bool write, struct hc_segment *segments,
		   uint32_t max, uint32_t *count)
{
	struct mm *mm = current()->process->mm;
	size_t done = 0;

	*count = 0;
	if (!in_user_range(address, length))
		return -EFAULT;
	while (done < length) {
		gpa_t gpa = translate(mm, address + done, write);
		size_t run = MIN(length - done, PAGE_SIZE - (address + done) % PAGE_SIZE);

		if (!gpa)
			break;
		struct hc_segment *last = *count ? &segments[*count - 1] : NULL;
		if (last && last->gpa + last->length == gpa && !page_is_region_start(gpa)) {
			last->length += run;
		} else if (*count < max) {
			segments[*count] = (struct hc_segment){ .gpa = gpa, .length = run };
			(*count)++;
		} else {
			break;
		}
		done += run;
	}
	return done || !length ? (long)done : -EFAULT;
}
