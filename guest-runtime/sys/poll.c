// SPDX-License-Identifier: Apache-2.0
/* poll and select. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sigmask.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/poll.h>
#include <linux/resource.h>

#define ALWAYS	(POLLERR | POLLHUP | POLLNVAL)
#define IN_SET	(POLLIN | POLLRDNORM | POLLRDBAND)
#define OUT_SET (POLLOUT | POLLWRNORM | POLLWRBAND)
#define FD_MAX	1024 /* of select's sets, unless the table is longer */

_Static_assert(sizeof(struct pollfd) == 8, "copied as they are");

/* One descriptor while it is waited for. */
struct watch {
	struct file *file; /* a reference, or NULL */
	struct waiter waiter;
	bool enrolled;
};

static uint32_t wanted(const struct pollfd *fd)
{
	return (uint16_t)fd->events | ALWAYS;
}

/* Fills revents. Returns how many have some. */
static long look(struct pollfd *fds, struct watch *watches, uint64_t count)
{
	long ready = 0;

	for (uint64_t i = 0; i < count; i++) {
		uint32_t state = watches[i].file ? file_poll(watches[i].file)
				 : fds[i].fd < 0 ? 0
						 : POLLNVAL;

		fds[i].revents = (short)(state & wanted(&fds[i]));
		ready += fds[i].revents != 0;
	}
	return ready;
}

static void enrol(const struct pollfd *fds, struct watch *watches, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		struct file *file = watches[i].file;
		struct wait_queue *queue = file && file->ops->queue ? file->ops->queue(file) : NULL;

		if (queue)
			waiter_add(&watches[i].waiter, queue, wanted(&fds[i]));
		watches[i].enrolled = queue;
	}
}

static void end(struct watch *watches, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		if (watches[i].enrolled)
			waiter_remove(&watches[i].waiter);
		if (watches[i].file)
			file_put(watches[i].file);
	}
	kfree(watches);
}

/* deadline: of clock_monotonic_ns(); 0: only look. Returns how many are ready, or -EINTR. */
static long wait_for(struct pollfd *fds, uint64_t count, int64_t deadline)
{
	struct watch *watches = kmalloc(count * sizeof(*watches) + 1);
	long ready, ended = 0;

	if (!watches)
		return -ENOMEM;
	stream_forget();
	for (uint64_t i = 0; i < count; i++)
		watches[i].file = fds[i].fd < 0 ? NULL : fd_get(fds[i].fd);
	ready = look(fds, watches, count);
	if (ready == 0 && deadline != 0)
		enrol(fds, watches, count);
	while (ready == 0 && deadline != 0 && ended == 0) {
		ended = wait_sleep(deadline);
		if (ended == 0 || ended == -ETIMEDOUT)
			ready = look(fds, watches, count);
	}
	end(watches, count);
	return ready > 0 || ended == -ETIMEDOUT ? ready : ended;
}

static long poll_user(uva_t address, uint64_t count, int64_t deadline)
{
	uint64_t size = count * sizeof(struct pollfd);

	if (count > current()->process->limits[RLIMIT_NOFILE].soft)
		return -EINVAL;
	struct pollfd *fds = kmalloc(size);
	if (!fds)
		return -ENOMEM;
	long result = copy_from_user(fds, address, size);
	if (result == 0)
		result = wait_for(fds, count, deadline);
	for (uint64_t i = 0; result >= 0 && i < count; i++)
		if (copy_to_user(address + i * sizeof(*fds) + offsetof(struct pollfd, revents),
				 &fds[i].revents, sizeof(fds[i].revents)) < 0)
			result = -EFAULT;
	kfree(fds);
	return result;
}

static long poll_until(const uint64_t *a, int64_t deadline)
{
	long result = poll_user(a[0], (uint32_t)a[1], deadline);

	return result == -EINTR ? restart_later(poll_until, a, deadline) : result;
}

long sys_poll(const uint64_t *a)
{
	int timeout = (int)a[2];
	int64_t deadline = timeout == 0	 ? 0
			   : timeout < 0 ? INT64_MAX
					 : deadline_after((int64_t)timeout * 1000000);

	return poll_until(a, deadline);
}

/* A deadline from a timespec or timeval that may be absent. */
static int read_deadline(uva_t address, int (*get)(uva_t, int64_t *), int64_t *deadline)
{
	int64_t ns;

	*deadline = INT64_MAX;
	if (!address)
		return 0;
	int error = get(address, &ns);
	if (error == 0)
		*deadline = ns == 0 ? 0 : deadline_after(ns);
	return error;
}

/* Linux tells what was left of the time. A place that cannot be written is let pass. */
static void write_left(uva_t address, int (*put)(uva_t, int64_t), int64_t deadline)
{
	if (!address || deadline == INT64_MAX)
		return;
	put(address, deadline == 0 ? 0 : MAX(deadline - clock_monotonic_ns(), 0));
}

static long end_mask(bool set, long result)
{
	result = sigmask_end(set, result);
	return result == -EINTR ? -ERESTARTNOHAND : result;
}

long sys_ppoll(const uint64_t *a)
{
	int64_t deadline = 0;
	bool masked = false;
	long result = read_deadline(a[2], timespec_get, &deadline);

	if (result == 0)
		result = sigmask_begin(a[3], a[4], &masked);
	if (result < 0)
		return result;
	result = end_mask(masked, poll_user(a[0], (uint32_t)a[1], deadline));
	write_left(a[2], timespec_put, deadline);
	return result;
}

struct sets {
	uint64_t *in, *out, *except; /* one allocation, words each */
	size_t words;
	struct pollfd *fds;
	uint64_t count;
};

static bool has(const uint64_t *set, int fd)
{
	return set[fd / 64] >> (fd % 64) & 1;
}

static int load_sets(struct sets *s, int n, const uva_t address[3])
{
	size_t bytes;

	s->words = ((size_t)n + 63) / 64;
	bytes = s->words * 8;
	s->in = kmalloc(3 * bytes + 8);
	s->fds = kmalloc((size_t)n * sizeof(*s->fds) + 8);
	if (!s->in || !s->fds)
		return -ENOMEM;
	s->out = s->in + s->words;
	s->except = s->out + s->words;
	uint64_t *const sets[3] = { s->in, s->out, s->except };
	for (int i = 0; i < 3; i++)
		if (address[i] && copy_from_user(sets[i], address[i], bytes) < 0)
			return -EFAULT;
	for (int fd = 0; fd < n; fd++) {
		int events = (has(s->in, fd) ? IN_SET : 0) | (has(s->out, fd) ? OUT_SET : 0) |
			     (has(s->except, fd) ? POLLPRI : 0);

		if (!events)
			continue;
		struct file *file = fd_get(fd);
		if (!file)
			return -EBADF;
		file_put(file);
		s->fds[s->count++] = (struct pollfd){ .fd = fd, .events = (short)events };
	}
	return 0;
}

/* Bits of all sets: what select(2) returns. */
static long store_sets(struct sets *s, const uva_t address[3])
{
	uint64_t *const sets[3] = { s->in, s->out, s->except };
	/* An end or an error can be read and written, and that does not block. */
	const int means[3] = { IN_SET | POLLHUP | POLLERR, OUT_SET | POLLERR, POLLPRI };
	long bits = 0;

	for (int i = 0; i < 3; i++) {
		for (uint64_t k = 0; k < s->count; k++) {
			int fd = s->fds[k].fd;

			if (!has(sets[i], fd))
				continue;
			if (s->fds[k].revents & means[i])
				bits++;
			else
				sets[i][fd / 64] &= ~((uint64_t)1 << (fd % 64));
		}
		if (address[i] && copy_to_user(address[i], sets[i], s->words * 8) < 0)
			return -EFAULT;
	}
	return bits;
}

static long select_user(int n, const uva_t address[3], int64_t deadline)
{
	struct sets sets = { 0 };
	long result = n < 0 ? -EINVAL : 0;

	if (result == 0)
		result = load_sets(&sets, MIN(n, FD_MAX), address);
	if (result == 0)
		result = wait_for(sets.fds, sets.count, deadline);
	if (result >= 0)
		result = store_sets(&sets, address);
	kfree(sets.in);
	kfree(sets.fds);
	return result;
}

long sys_select(const uint64_t *a)
{
	const uva_t sets[3] = { a[1], a[2], a[3] };
	int64_t deadline = 0;
	long result = read_deadline(a[4], timeval_get, &deadline);

	if (result < 0)
		return result;
	result = select_user((int)a[0], sets, deadline);
	write_left(a[4], timeval_put, deadline);
	return result == -EINTR ? -ERESTARTNOHAND : result;
}

long sys_pselect6(const uint64_t *a)
{
	const uva_t sets[3] = { a[1], a[2], a[3] };
	uint64_t mask[2] = { 0, 0 };
	int64_t deadline = 0;
	bool masked = false;
	long result = a[5] ? copy_from_user(mask, a[5], sizeof(mask)) : 0;

	if (result == 0)
		result = read_deadline(a[4], timespec_get, &deadline);
	if (result == 0)
		result = sigmask_begin(mask[0], mask[1], &masked);
	if (result < 0)
		return result;
	result = end_mask(masked, select_user((int)a[0], sets, deadline));
	write_left(a[4], timespec_put, deadline);
	return result;
}
