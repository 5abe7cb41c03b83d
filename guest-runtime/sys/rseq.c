// SPDX-License-Identifier: Apache-2.0
/* rseq(2), and membarrier(2), which with one CPU has nothing to do but to know who may ask. */
#include "guest-runtime/proc/rseq.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/membarrier.h>
#include <linux/rseq.h>

#define SIZE_FIRST 32 /* the only size before AT_RSEQ_* */

/* Of struct rseq, as far as it is filled. */
struct filled {
	uint32_t cpu_id_start, cpu_id;
	uint64_t sequence;
	uint32_t flags, node_id, mm_cid;
};

static int fill(uva_t to, uint32_t cpu_id)
{
	const struct filled values = { .cpu_id = cpu_id };
	int error = copy_to_user(to, &values, offsetof(struct filled, sequence));

	if (!error)
		error = copy_to_user(to + offsetof(struct filled, node_id), &values.node_id,
				     2 * sizeof(uint32_t));
	return error;
}

static long unregister(struct rseq_state *state, uva_t address, uint32_t size, uint32_t signature)
{
	if (!state->address || state->address != address || state->size != size)
		return -EINVAL;
	if (state->signature != signature)
		return -EPERM;
	if (fill(address, (uint32_t)RSEQ_CPU_ID_UNINITIALIZED))
		return -EFAULT;
	*state = (struct rseq_state){ 0 };
	return 0;
}

static bool fits(uva_t address, uint32_t size)
{
	return size >= RSEQ_FEATURE_SIZE && size >= SIZE_FIRST && address % RSEQ_ALIGN == 0;
}

long sys_rseq(const uint64_t *a)
{
	struct rseq_state *state = &current()->rseq;
	uint32_t size = (uint32_t)a[1], flags = (uint32_t)a[2], signature = (uint32_t)a[3];

	if (flags == RSEQ_FLAG_UNREGISTER)
		return unregister(state, a[0], size, signature);
	if (flags)
		return -EINVAL;
	if (state->address) {
		if (state->address != a[0] || state->size != size)
			return -EINVAL;
		return state->signature != signature ? -EPERM : -EBUSY;
	}
	if (!fits(a[0], size))
		return -EINVAL;
	if (a[0] >= GUEST_USER_END || size > GUEST_USER_END - a[0])
		return -EFAULT;
	*state = (struct rseq_state){ .address = a[0], .size = size, .signature = signature };
	/* As on Linux, where that is done on the way back. */
	if (fill(a[0], 0))
		signal_fault(current(), SIGSEGV, SI_KERNEL, 0);
	return 0;
}

#define GET_REGISTRATIONS 512 /* MEMBARRIER_CMD_GET_REGISTRATIONS */

#define BARRIERS \
	(MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED | \
	 MEMBARRIER_CMD_PRIVATE_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE | \
	 MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ)
#define REGISTRATIONS \
	(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE | \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ)

long sys_membarrier(const uint64_t *a)
{
	struct mm *mm = current()->process->mm;
	uint32_t command = (uint32_t)a[0], flags = (uint32_t)a[1];

	if (flags &&
	    (command != MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ || flags != MEMBARRIER_CMD_FLAG_CPU))
		return -EINVAL;
	switch (command) {
	case MEMBARRIER_CMD_QUERY:
		return BARRIERS | REGISTRATIONS | GET_REGISTRATIONS;
	case MEMBARRIER_CMD_GLOBAL:
	case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
		return 0;
	case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ:
		mm->barriers |= command;
		return 0;
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ:
		/* Each registration is the bit after its barrier's. */
		return mm->barriers & command << 1 ? 0 : -EPERM;
	case GET_REGISTRATIONS:
		return mm->barriers;
	default:
		return -EINVAL;
	}
}
