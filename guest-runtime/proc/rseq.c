// SPDX-License-Identifier: Apache-2.0
/* From struct rseq to its struct rseq_cs, which are the program's: all of it is checked. */
#include "guest-runtime/proc/rseq.h"

#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"

#include <linux/rseq.h>

/* rseq->rseq_cs is a union in some headers, an integer in others. */
#define SEQUENCE_OFFSET 8
#define FLAGS_OFFSET	16

/* The signature before abort_ip tells that it is meant to be jumped to. */
static bool is_sound(const struct rseq_cs *cs, uint32_t signature)
{
	uint64_t end = cs->start_ip + cs->post_commit_offset;
	uint32_t found;

	return cs->version == 0 && cs->start_ip < GUEST_USER_END && end >= cs->start_ip &&
	       end < GUEST_USER_END && cs->abort_ip < GUEST_USER_END &&
	       cs->abort_ip - cs->start_ip >= cs->post_commit_offset &&
	       !copy_from_user(&found, cs->abort_ip - sizeof(found), sizeof(found)) &&
	       found == signature;
}

bool rseq_abort(struct thread *thread)
{
	const struct rseq_state *state = &thread->rseq;
	const uint64_t none = 0;
	struct rseq_cs cs;
	uint64_t at;
	uint32_t flags;

	thread->rseq.due = false;
	if (!state->address)
		return true;
	if (copy_from_user(&at, state->address + SEQUENCE_OFFSET, sizeof(at)))
		return false;
	if (!at)
		return true;
	if (copy_from_user(&cs, at, sizeof(cs)) || !is_sound(&cs, state->signature))
		return false;
	bool inside = thread->frame->rip - cs.start_ip < cs.post_commit_offset;
	/* What they would mean is long gone. */
	if (inside &&
	    (cs.flags || copy_from_user(&flags, state->address + FLAGS_OFFSET, sizeof(flags)) ||
	     flags))
		return false;
	if (copy_to_user(state->address + SEQUENCE_OFFSET, &none, sizeof(none)))
		return false;
	if (inside)
		thread->frame->rip = cs.abort_ip;
	return true;
}
