// SPDX-License-Identifier: Apache-2.0
/* Weights, virtual time, and the length of turns. */
#include "guest-runtime/proc/share.h"

#include "guest-runtime/lib/lib.h"

#include <linux/sched.h>

#define WEIGHT_NORMAL 1024
#define WEIGHT_IDLE   3

#define TURN_NS	  4000000 /* while others wait */
#define GRAIN_NS  1000000 /* while one waits that was woken: sleepers go before who computes */
#define CREDIT_NS 3000000 /* what a sleeper is ahead of them */

/* Of each nice value, one next to the other a quarter more: sched(7). */
static const uint32_t weights[NICE_MAX - NICE_MIN + 1] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548,  7620,  6100,  4904,  3906,  3121,  2501,	 1991,	1586,  1277,
	1024,  820,   655,   526,   423,   335,	  272,	 215,	172,   137,
	110,   87,    70,    56,    45,	   36,	  29,	 23,	18,    15,
};

static uint32_t weight_of(const struct share *share)
{
	return share->policy == SCHED_IDLE ? WEIGHT_IDLE : weights[share->nice - NICE_MIN];
}

void share_charge(struct share *share, uint64_t ns)
{
	uint32_t weight = weight_of(share);

	if (weight != WEIGHT_NORMAL)
		ns = ns * WEIGHT_NORMAL / weight;
	share->time += ns;
}

uint64_t share_until(const struct share *share, uint64_t time)
{
	int64_t left = (int64_t)(time - share->time);

	return left > 0 ? (uint64_t)left * weight_of(share) / WEIGHT_NORMAL : 0;
}

bool share_before(const struct share *a, const struct share *b)
{
	return (int64_t)(a->time - b->time) < 0;
}

uint64_t share_turn(const struct share *share, const struct share *next)
{
	bool idle = share->policy == SCHED_IDLE;

	if (next->policy == SCHED_IDLE)
		return TURN_NS;
	if (idle)
		return 0;
	return next->woken && next->policy == SCHED_NORMAL ? GRAIN_NS : TURN_NS;
}

void share_wake(struct share *share, uint64_t now)
{
	uint64_t least = now - CREDIT_NS;

	if ((int64_t)(least - share->time) > 0)
		share->time = least;
	share->woken = true;
}

void share_inherit(struct share *share, const struct share *parent)
{
	*share = *parent;
	share->woken = false;
	if (!parent->reset_on_fork)
		return;
	share->reset_on_fork = false;
	share->nice = MAX(parent->nice, 0);
}
