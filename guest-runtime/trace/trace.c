// SPDX-License-Identifier: Apache-2.0
/*
 * The lines of a trace: begun when a call is entered, so that what it changes
 * is shown as it was, and ended with its result and time. Lines gather in a
 * buffer: each write to the host is an exit.
 */
#include "guest-runtime/trace/trace.h"

#include "abi/boot.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/trace/names.h"
#include "guest-runtime/trace/show.h"

#include <asm/unistd.h>
#include <linux/errno.h>

#define BUFFER_SIZE 65536
#define FLUSH_NS    (NS_PER_S / 5) /* lines are not kept back for longer while calls are made */

bool trace_on;

static char *buffer;
static size_t used;
static int64_t flushed_ns;
static struct line line; /* of the call that is being made */

void trace_start(const struct boot_block *boot)
{
	if (!(boot->streams & 1u << HC_OUTPUT_TRACE))
		return;
	buffer = kmalloc(BUFFER_SIZE);
	trace_on = buffer != NULL;
}

void trace_flush(void)
{
	size_t done = 0;

	if (!trace_on || !used)
		return;
	while (done < used) {
		struct hc_segment segment = kernel_segment(buffer + done, used - done);
		int64_t written = host_stream_write(HC_OUTPUT_TRACE, &segment, 1);

		if (written == -EAGAIN || written == -EINTR)
			continue;
		if (written <= 0) { /* a full disk: the program is not to suffer */
			trace_on = false;
			break;
		}
		done += (size_t)written;
	}
	used = 0;
	flushed_ns = clock_monotonic_ns();
}

static void add(const char *text, size_t length)
{
	if (used + length > BUFFER_SIZE)
		trace_flush();
	memcpy(buffer + used, text, length);
	used += length;
}

static void finish_line(void)
{
	/* What does not fit is cut, the end of a line never. */
	if (line.length > LINE_MAX - 2)
		line.length = LINE_MAX - 2;
	line.text[line.length++] = '\n';
	add(line.text, line.length);
	line.length = 0;
}

/* As many arguments as can be shown: before the call those up to the first that it fills. */
static void show_arguments(const struct call_shape *shape, const uint64_t arguments[6], bool before,
			   long result)
{
	uint32_t *shown = &current()->traced.shown;

	for (; *shown < 6 && shape->arguments[*shown]; ++*shown) {
		if (before && show_is_output(shape->arguments[*shown]))
			return;
		if (*shown)
			line_put(&line, ", ");
		show_argument(&line, shape, *shown, arguments, result);
	}
}

static void put_name(uint32_t number)
{
	const char *name = name_of_syscall(number);

	if (name)
		line_put(&line, "%s", name);
	else
		line_put(&line, "syscall_%u", number);
}

void trace_enter(uint32_t number, const uint64_t a[6])
{
	const struct call_shape *shape = call_shape(number);
	struct traced_call *call = &current()->traced;

	line.length = 0;
	*call = (struct traced_call){ .begun = true };
	line_put(&line, "%d ", current()->tid);
	put_name(number);
	line_put(&line, "(");
	if (shape)
		show_arguments(shape, a, true, 0);
	else
		line_put(&line, "0x%lx, 0x%lx, 0x%lx, 0x%lx, 0x%lx, 0x%lx", a[0], a[1], a[2], a[3],
			 a[4], a[5]);
	if (number == __NR_exit || number == __NR_exit_group) {
		line_put(&line, ") = ?");
		finish_line();
		call->begun = false;
	}
	call->entered_ns = clock_monotonic_ns();
}

void trace_switch(void)
{
	struct traced_call *call = &current()->traced;

	if (!call->begun)
		return;
	line_put(&line, " <unfinished ...>");
	finish_line();
	call->begun = false;
	call->interrupted = true;
}

void trace_leave(uint32_t number, const uint64_t arguments[6], long result)
{
	const struct call_shape *shape = call_shape(number);
	struct traced_call *call = &current()->traced;
	int64_t now = clock_monotonic_ns(), took = now - call->entered_ns;

	if (call->interrupted) {
		line.length = 0;
		line_put(&line, "%d <... ", current()->tid);
		put_name(number);
		line_put(&line, " resumed>");
	}
	*call = (struct traced_call){ .shown = call->shown };
	if (shape)
		show_arguments(shape, arguments, false, result);
	/* The result stays in sight, however long the arguments are. */
	line.length = MIN(line.length, (size_t)LINE_MAX - 96);
	line_put(&line, ")");
	show_result(&line, shape, result);
	line_put(&line, " <%ld.%06ld>", (long)(took / NS_PER_S), (long)(took % NS_PER_S / 1000));
	finish_line();
	if (now - flushed_ns > FLUSH_NS)
		trace_flush();
}

void trace_signal(int number)
{
	const char *name = name_of_signal((uint32_t)number);

	line.length = 0;
	if (name)
		line_put(&line, "%d --- %s ---", current()->tid, name);
	else
		line_put(&line, "%d --- signal %d ---", current()->tid, number);
	finish_line();
}

void trace_end(const char *how, int value)
{
	if (!trace_on)
		return;
	line.length = 0;
	line_put(&line, "%d +++ %s %d +++", current()->tid, how, value);
	finish_line();
}
