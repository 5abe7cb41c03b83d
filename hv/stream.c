// SPDX-License-Identifier: Apache-2.0
/*
 * Streams: the caller's standard input, output and error, which are the
 * monitor's own descriptors 0 to 2. One that was closed in the caller stays
 * closed for the guest, whatever has that number here.
 */
#include "hv/stream.h"
#include "common/syscall.h"
#include "hv/attr.h"
#include "hv/dispatch.h"
#include "hv/vm.h"

#include <asm/termbits.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

_Static_assert(sizeof(struct termios) <= HC_TTY_OUT, "the kernel's own, 36 bytes");

int stream_fd(const struct hc_call *call, uint32_t stream)
{
	if (stream >= HC_STREAMS)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	return call->vm->streams & 1u << stream ? (int)stream : -EBADF;
}

int64_t hc_serve_STREAM_SEEK(struct hc_call *call)
{
	const struct hc_stream_seek *seek = &call->args.STREAM_SEEK;
	int fd = stream_fd(call, seek->stream);
	off_t offset;

	if (seek->whence > SEEK_END)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (fd < 0)
		return fd;
	if (!(call->vm->seekable & 1u << fd))
		return -ESPIPE;
	offset = lseek(fd, seek->offset, (int)seek->whence);
	return offset < 0 ? -errno : offset;
}

int64_t hc_serve_STREAM_ATTR(struct hc_call *call)
{
	int fd = stream_fd(call, call->args.STREAM_ATTR.stream);
	int error = fd < 0 ? fd : attr_get(fd, &call->out.attr);

	if (!error)
		call->out_size = sizeof(call->out.attr);
	return error;
}

int64_t hc_serve_TTY_GET(struct hc_call *call)
{
	int fd = stream_fd(call, call->args.TTY_GET.stream);
	int n;

	if (call->args.TTY_GET.what > HC_TTY_WINSIZE)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (fd < 0)
		return fd;
	if (call->args.TTY_GET.what == HC_TTY_WINSIZE && call->vm->tty) {
		const uint32_t window = atomic_load(&call->vm->outside->window);
		const struct winsize size = { .ws_row = (uint16_t)(window >> 16),
					      .ws_col = (uint16_t)window };

		memcpy(call->out.tty, &size, sizeof(size));
		call->out_size = sizeof(call->out.tty);
		return 0;
	}
	if (!(call->vm->terminals & 1u << fd))
		return -ENOTTY;
	if (call->args.TTY_GET.what == HC_TTY_TERMIOS)
		n = host_ioctl(fd, TCGETS, call->out.tty);
	else
		n = host_ioctl(fd, TIOCGWINSZ, call->out.tty);
	if (n < 0)
		return -errno;
	call->out_size = sizeof(call->out.tty);
	return 0;
}
