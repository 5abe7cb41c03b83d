// SPDX-License-Identifier: Apache-2.0
/*
 * Closes every descriptor that the monitor was not given on purpose: what the
 * caller of sandbox-run left open, and what set-up used. Kept are the streams
 * 0 to 2, those of struct jail_fds, and the policy's grants (I9, I13).
 */
#include "common/err.h"
#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STREAMS	 3
#define KEPT_MAX (POLICY_GRANTS_MAX + 9)

static int compare(const void *a, const void *b)
{
	const int *x = a;
	const int *y = b;

	return (*x > *y) - (*x < *y);
}

/* Fills kept, ascending, with all descriptors above the streams; returns how many. */
static int collect(const struct policy *p, const struct jail_fds *fds, int *kept)
{
	int count = 0;

	kept[count++] = fds->vm;
	kept[count++] = fds->vcpu;
	kept[count++] = fds->outcome;
	if (fds->self_fd)
		kept[count++] = fds->self_fd;
	if (fds->outside)
		kept[count++] = fds->outside;
	if (fds->program)
		kept[count++] = fds->program;
	if (fds->save)
		kept[count++] = fds->save;
	if (fds->trace)
		kept[count++] = fds->trace;
	if (fds->notes)
		kept[count++] = fds->notes;
	for (size_t i = 0; i < p->grant_count; i++) {
		if (p->grants[i].fd < 0)
			continue;
		if (count == KEPT_MAX)
			return -E2BIG;
		kept[count++] = p->grants[i].fd;
	}
	qsort(kept, (size_t)count, sizeof(*kept), compare);
	return count;
}

size_t jail_descriptors_kept(const struct policy *p, const struct jail_fds *fds)
{
	int kept[KEPT_MAX];
	int count = collect(p, fds, kept);

	return count < 0 ? 0 : STREAMS + (size_t)count;
}

/*
 * The launcher fills a closed stream with a descriptor that can do nothing. If
 * its number were free, the next file that the guest walks to would take it
 * and pass for a stream.
 */
static int first_free_stream(void)
{
	for (int i = 0; i < STREAMS; i++)
		if (fcntl(i, F_GETFD) < 0)
			return i;
	return STREAMS;
}

static int close_gap(int first, int last)
{
	if (first > last)
		return 0;
	return syscall(SYS_close_range, first, last, 0) ? -errno : 0;
}

int jail_descriptors(const struct policy *p, const struct jail_fds *fds, struct err *e)
{
	int kept[KEPT_MAX];
	int next = STREAMS;
	int count = collect(p, fds, kept);
	int r = 0;

	if (count < 0)
		return err_set(e, ERR_SANDBOX, -count, "cannot close descriptors: too many grants");
	if (kept[0] < STREAMS)
		return err_set(e, ERR_SANDBOX, EBADF,
			       "cannot close descriptors: one of the monitor's own is at %d",
			       kept[0]);

	if (first_free_stream() < STREAMS)
		return err_set(e, ERR_SANDBOX, EBADF, "cannot close descriptors: %d is free",
			       first_free_stream());

	for (int i = 0; i < count; i++) {
		if ((r = close_gap(next, kept[i] - 1)) < 0)
			break;
		next = kept[i] + 1;
	}
	if (r == 0)
		r = syscall(SYS_close_range, next, ~0u, 0) ? -errno : 0;
	if (r < 0)
		err_set(e, ERR_SANDBOX, -r, "cannot close descriptors: %s", strerror(-r));
	if (r == -ENOSYS)
		err_hint(e, "close_range needs Linux 5.9 or later");
	return r;
}
