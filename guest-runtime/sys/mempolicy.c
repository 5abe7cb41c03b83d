// SPDX-License-Identifier: Apache-2.0
/*
 * get_mempolicy and set_mempolicy: which memory nodes a thread's pages come from. There is one
 * node: a policy is checked and kept, and all come to the same.
 */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <linux/errno.h>
#include <linux/mempolicy.h>

#define NODES	  1u /* node 0 */
#define MASK_BITS 64u
#define BITS_MAX  (GUEST_PAGE_SIZE * 8)

/* A mask of the program: of nodes that there could be, which is all that it may name. */
static int get_mask(uva_t from, uint64_t bits, uint64_t *mask)
{
	*mask = 0;
	if (bits <= 1 || !from)
		return 0;
	bits--;
	if (bits > BITS_MAX)
		return -EINVAL;
	for (uint64_t at = 0; at < bits; at += MASK_BITS) {
		uint64_t word;

		if (copy_from_user(&word, from + at / 8, sizeof(word)))
			return -EFAULT;
		if (bits - at < MASK_BITS)
			word &= ((uint64_t)1 << (bits - at)) - 1;
		if (at == 0)
			*mask = word;
		else if (word)
			return -EINVAL;
	}
	return 0;
}

static int put_mask(uva_t to, uint64_t bits, uint64_t mask)
{
	uint64_t bytes = ALIGN_UP(bits - 1, (uint64_t)MASK_BITS) / 8;

	if (bytes > GUEST_PAGE_SIZE)
		return -EINVAL;
	if (bytes > sizeof(mask) && clear_user(to + sizeof(mask), bytes - sizeof(mask)))
		return -EFAULT;
	return copy_to_user(to, &mask, MIN(bytes, sizeof(mask)));
}

long sys_set_mempolicy(const uint64_t *a)
{
	uint32_t flags = (uint32_t)a[0] & MPOL_MODE_FLAGS;
	uint32_t mode = (uint32_t)a[0] & ~(uint32_t)MPOL_MODE_FLAGS;
	uint64_t mask;

	if (mode >= MPOL_MAX || (flags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES)) ==
					(MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES))
		return -EINVAL;
	if ((flags & MPOL_F_NUMA_BALANCING) && mode != MPOL_BIND)
		return -EINVAL;
	int error = get_mask(a[1], a[2], &mask);
	if (error)
		return error;
	if (mode == MPOL_PREFERRED && !mask && !flags)
		mode = MPOL_LOCAL;
	if (mode == MPOL_DEFAULT || mode == MPOL_LOCAL) {
		if (mask || flags)
			return -EINVAL;
	} else if (!(mask & ((1u << NODES) - 1))) {
		return -EINVAL;
	}
	current()->memory_policy = (uint16_t)(mode | flags);
	return 0;
}

static int find_policy(const uint64_t *a, uint32_t flags, int *policy, uint64_t *mask)
{
	uint32_t own = current()->memory_policy, mode = own & ~(uint32_t)MPOL_MODE_FLAGS;

	*mask = 0;
	if (flags & MPOL_F_MEMS_ALLOWED) {
		*policy = 0;
		*mask = (1u << NODES) - 1;
		return flags & (MPOL_F_NODE | MPOL_F_ADDR) ? -EINVAL : 0;
	}
	if (flags & MPOL_F_ADDR) {
		if (!mm_find(current()->process->mm, a[3]))
			return -EFAULT;
		own = mode = MPOL_DEFAULT; /* no mapping has one of its own */
	} else if (a[3]) {
		return -EINVAL;
	}
	if ((flags & MPOL_F_NODE) && !(flags & MPOL_F_ADDR) && mode != MPOL_INTERLEAVE)
		return -EINVAL;
	*policy = flags & MPOL_F_NODE ? 0 : (int)own;
	*mask = mode == MPOL_DEFAULT || mode == MPOL_LOCAL ? 0 : (1u << NODES) - 1;
	return 0;
}

long sys_get_mempolicy(const uint64_t *a)
{
	uint32_t flags = (uint32_t)a[4];
	uint64_t mask;
	int policy;

	if (a[1] && a[2] < NODES)
		return -EINVAL;
	if (a[4] & ~(uint64_t)(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED))
		return -EINVAL;
	int error = find_policy(a, flags, &policy, &mask);
	if (!error && a[0])
		error = copy_to_user(a[0], &policy, sizeof(policy));
	return !error && a[1] ? put_mask(a[1], a[2], mask) : error;
}
