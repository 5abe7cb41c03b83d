// SPDX-License-Identifier: Apache-2.0
/*
 * Transfers on streams and outputs. They wait as the descriptor does, but not
 * when something comes from outside: what can wait is tried without waiting,
 * and waited for beside the launcher's news. How much may go to the streams is
 * counted here, since nothing in the guest can be trusted to (I12).
 */
#include "common/syscall.h"
#include "hv/dispatch.h"
#include "hv/outside.h"
#include "hv/stream.h"
#include "hv/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER_WAY INT64_MIN /* nothing was done: stream_ways has changed */

void stream_init(struct vm *vm)
{
	for (int i = 0; i < HC_STREAMS; i++) {
		struct stat st;
		int flags = fcntl(i, F_GETFL);

		vm->stream_ways[i] = STREAM_DIRECT;
		vm->sockets &= ~(1u << i);
		vm->terminals &= ~(1u << i);
		vm->seekable &= ~(1u << i);
		if (flags < 0 || flags & O_PATH)
			continue;
		if (isatty(i))
			vm->terminals |= 1u << i;
		if (lseek(i, 0, SEEK_CUR) >= 0 || errno != ESPIPE)
			vm->seekable |= 1u << i;
		if (flags & O_NONBLOCK || fstat(i, &st) < 0)
			continue;
		if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode) && !S_ISBLK(st.st_mode))
			vm->stream_ways[i] = STREAM_TRIED;
		if (S_ISSOCK(st.st_mode))
			vm->sockets |= 1u << i;
	}
}

/* Until the stream is ready, 0; or -EINTR, or another error. */
static int64_t wait_ready(struct hc_call *call, int fd, short events)
{
	struct pollfd fds[2] = { { .fd = fd, .events = events } };
	int interrupted = 0;

	while (!fds[0].revents && !interrupted) {
		int64_t n = outside_poll(call, fds, 1, NULL, &interrupted);

		if (n < 0)
			return n;
	}
	return fds[0].revents ? 0 : -EINTR;
}

/* flags: 0, or RWF_NOWAIT. */
static int64_t move(const struct hc_call *call, int fd, short events, int flags)
{
	const struct iovec *iov = call->iov;

	return events == POLLIN ? host_readv(fd, iov, call->count, -1, flags)
				: host_writev(fd, iov, call->count, -1, flags);
}

/*
 * One transfer that waits only in wait_ready(). Kernels from Linux 6.4 on can
 * be asked not to wait, for pipes and sockets; for what is left, one that is
 * ready takes or gives some bytes at once.
 */
static int64_t move_ready(struct hc_call *call, int fd, short events)
{
	enum stream_way *way = &call->vm->stream_ways[fd];
	int64_t n;

	if (*way == STREAM_DIRECT)
		return move(call, fd, events, 0);
	for (;;) {
		if (*way == STREAM_TRIED) {
			n = move(call, fd, events, RWF_NOWAIT);
			if (n == -EOPNOTSUPP) {
				*way = STREAM_POLLED;
				return OTHER_WAY;
			}
			if (n != -EAGAIN)
				return n;
		}
		n = wait_ready(call, fd, events);
		if (n < 0)
			return n;
		if (*way == STREAM_POLLED)
			return move(call, fd, events, 0);
	}
}

int64_t hc_serve_STREAM_READ(struct hc_call *call)
{
	int fd = stream_fd(call, call->args.STREAM_READ.stream);
	int64_t n;

	if (fd < 0)
		return fd;
	do
		n = move_ready(call, fd, POLLIN);
	while (n == OTHER_WAY);
	return n;
}

/* Leaves out the first n bytes. */
static void advance(struct hc_call *call, size_t n)
{
	while (call->count && n >= call->iov[0].iov_len) {
		n -= call->iov[0].iov_len;
		call->count--;
		for (uint32_t i = 0; i < call->count; i++)
			call->iov[i] = call->iov[i + 1];
	}
	if (call->count) {
		call->iov[0].iov_base = (char *)call->iov[0].iov_base + n;
		call->iov[0].iov_len -= n;
	}
}

/* The call as it is without what does not fit into one write to a pipe that is ready. */
struct cut {
	uint32_t count, last;
	size_t length; /* of iov[last] */
};

static struct cut cut_off(struct hc_call *call)
{
	size_t left = PIPE_BUF;
	struct cut cut = { .count = call->count };

	while (cut.last + 1 < call->count && call->iov[cut.last].iov_len <= left)
		left -= call->iov[cut.last++].iov_len;
	cut.length = call->iov[cut.last].iov_len;
	if (cut.length > left)
		call->iov[cut.last].iov_len = left;
	call->count = cut.last + 1;
	return cut;
}

static int64_t write_part(struct hc_call *call, int fd)
{
	struct cut cut = cut_off(call);
	int64_t n = move_ready(call, fd, POLLOUT);

	call->count = cut.count;
	call->iov[cut.last].iov_len = cut.length;
	return n;
}

/* All of it, unless an error or something from outside comes in between. */
static int64_t write_all(struct hc_call *call, int fd)
{
	const struct vm *vm = call->vm;
	const enum stream_way *way = &vm->stream_ways[fd];
	const int whole = vm->sockets >> fd & 1; /* a write may be a packet */
	int64_t total = 0, n = 0;

	do {
		n = *way == STREAM_POLLED && !whole ? write_part(call, fd)
						    : move_ready(call, fd, POLLOUT);
		if (n == OTHER_WAY)
			continue;
		if (n <= 0)
			break;
		total += n;
		advance(call, (size_t)n);
	} while (call->count && *way != STREAM_DIRECT);
	return total ? total : n;
}

static int64_t write_stream(struct hc_call *call, int fd)
{
	struct vm *vm = call->vm;
	int64_t n;

	if (hc_shorten(call, vm->output_left) && vm->output_left == 0) /* I12 */
		vm_kill(vm, HV_END_OUTPUT, 0);
	n = write_all(call, fd);
	if (n > 0 && vm->output_left != UINT64_MAX)
		vm->output_left -= (uint64_t)n;
	return n;
}

int64_t hc_serve_STREAM_WRITE(struct hc_call *call)
{
	uint32_t stream = call->args.STREAM_WRITE.stream;
	int fd;

	if (stream < HC_STREAMS || stream >= HC_OUTPUTS_END) {
		fd = stream_fd(call, stream);
		return fd < 0 ? fd : write_stream(call, fd);
	}
	if (!(call->vm->streams & 1u << stream))
		return -EBADF;
	return move(call, call->vm->output_fds[stream - HC_STREAMS], POLLOUT, 0);
}
