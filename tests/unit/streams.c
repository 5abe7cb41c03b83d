// SPDX-License-Identifier: Apache-2.0
/* Streams, waiting, clocks, and a VM's end: the services without files. */
#include "hv/stream.h"
#include "tests/not-run.h"
#include "tests/unit/guest.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static struct vm vm;
static int saved_input, pipe_end;

/* Standard input is a pipe that the test writes to. */
static int setup(void **state)
{
	int ends[2];

	(void)state;
	saved_input = dup(0);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], 0), 0);
	close(ends[0]);
	pipe_end = ends[1];
	guest_start(&vm, NULL, 16);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	dup2(saved_input, 0);
	close(saved_input);
	close(pipe_end);
	return 0;
}

static int64_t transfer(uint32_t number, uint32_t stream, uint64_t bytes)
{
	struct {
		struct hc_stream_io head;
		struct hc_segment segments[2];
	} args = { .head = { .stream = stream, .count = 2 },
		   .segments = { { BUFFER_GPA + 64, 2 }, { BUFFER_GPA, bytes } } };

	return guest_call(&vm, number, &args, sizeof(args));
}

static void reads_and_its_end(void **state)
{
	char *host = gm_range(&vm.gm, BUFFER_GPA, 100);

	(void)state;
	assert_int_equal(write(pipe_end, "abcdef", 6), 6);
	assert_int_equal(transfer(HC_STREAM_READ, 0, 10), 6);
	assert_memory_equal(host + 64, "ab", 2);
	assert_memory_equal(host, "cdef", 4);
	assert_int_equal(dup2(1, pipe_end), pipe_end); /* closes the writing end */
	assert_int_equal(transfer(HC_STREAM_READ, 0, 10), 0);
}

static void what_the_caller_closed_stays_closed(void **state)
{
	struct hc_stream stream = { .stream = 0 };
	struct hc_tty_get tty = { .stream = 0 };
	struct hc_stream_seek seek = { .stream = 0 };

	(void)state;
	vm.streams = 6;
	assert_int_equal(transfer(HC_STREAM_READ, 0, 1), -EBADF);
	assert_int_equal(transfer(HC_STREAM_WRITE, 0, 1), -EBADF);
	assert_int_equal(guest_call(&vm, HC_STREAM_ATTR, &stream, sizeof(stream)), -EBADF);
	assert_int_equal(guest_call(&vm, HC_TTY_GET, &tty, sizeof(tty)), -EBADF);
	assert_int_equal(guest_call(&vm, HC_STREAM_SEEK, &seek, sizeof(seek)), -EBADF);
	assert_int_equal(killed.end, 0);
}

static void outputs_are_written_where_they_are(void **state)
{
	char text[8] = "";
	int ends[2];

	(void)state;
	memset(gm_range(&vm.gm, BUFFER_GPA, 100), 'x', 100);
	assert_int_equal(transfer(HC_STREAM_WRITE, HC_OUTPUT_SAVE, 1), -EBADF);
	assert_int_equal(transfer(HC_STREAM_WRITE, HC_OUTPUT_TRACE, 1), -EBADF);
	assert_int_equal(transfer(HC_STREAM_WRITE, HC_OUTPUT_NOTES, 1), -EBADF);
	assert_int_equal(killed.end, 0);
	assert_int_equal(pipe(ends), 0);
	vm.output_fds[HC_OUTPUT_TRACE - HC_STREAMS] = ends[1];
	vm.streams |= 1u << HC_OUTPUT_TRACE;
	assert_int_equal(transfer(HC_STREAM_WRITE, HC_OUTPUT_SAVE, 1), -EBADF);
	assert_int_equal(transfer(HC_STREAM_WRITE, HC_OUTPUT_TRACE, 1), 3);
	assert_int_equal(read(ends[0], text, sizeof(text)), 3);
	assert_string_equal(text, "xxx");
	transfer(HC_STREAM_READ, HC_OUTPUT_TRACE, 1);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	close(ends[0]);
	close(ends[1]);
}

static void numbers_that_are_no_stream(void **state)
{
	static const uint32_t bad[] = { HC_OUTPUTS_END, 32, 33, UINT32_MAX, HC_OUTPUT_SAVE,
					HC_OUTPUT_TRACE };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct hc_stream stream = { .stream = bad[i] };
		struct hc_tty_get tty = { .stream = bad[i] };
		struct hc_stream_seek seek = { .stream = bad[i] };

		transfer(HC_STREAM_READ, bad[i], 1);
		assert_true(guest_violated(HV_VIOLATION_FIELD));
		transfer(HC_STREAM_WRITE, bad[i], 1);
		if (bad[i] != HC_OUTPUT_SAVE && bad[i] != HC_OUTPUT_TRACE)
			assert_true(guest_violated(HV_VIOLATION_FIELD));
		guest_call(&vm, HC_STREAM_ATTR, &stream, sizeof(stream));
		assert_true(guest_violated(HV_VIOLATION_FIELD));
		guest_call(&vm, HC_TTY_GET, &tty, sizeof(tty));
		assert_true(guest_violated(HV_VIOLATION_FIELD));
		guest_call(&vm, HC_STREAM_SEEK, &seek, sizeof(seek));
		assert_true(guest_violated(HV_VIOLATION_FIELD));
	}
}

static void seeks_like_lseek(void **state)
{
	struct hc_stream_seek seek = { .whence = SEEK_CUR };
	char name[] = "/tmp/unit.XXXXXX";
	int fd;

	(void)state;
	assert_int_equal(guest_call(&vm, HC_STREAM_SEEK, &seek, sizeof(seek)), -ESPIPE);
	fd = mkstemp(name);
	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	dup2(fd, 0);
	close(fd);
	assert_int_equal(guest_call(&vm, HC_STREAM_SEEK, &seek, sizeof(seek)), 10);
	stream_init(&vm);
	assert_int_equal(vm.terminals & 1, 0);
	assert_int_equal(vm.seekable & 1, 1);
	seek = (struct hc_stream_seek){ .whence = SEEK_END, .offset = -3 };
	assert_int_equal(guest_call(&vm, HC_STREAM_SEEK, &seek, sizeof(seek)), 7);
	vm.seekable = 6; /* what it was when the jail closed: the filter has no lseek(2) */
	assert_int_equal(guest_call(&vm, HC_STREAM_SEEK, &seek, sizeof(seek)), -ESPIPE);
	seek.whence = 3;
	guest_call(&vm, HC_STREAM_SEEK, &seek, sizeof(seek));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
}

static void terminal_or_not(void **state)
{
	const struct winsize *size = guest_reply(&vm);
	const struct termios *modes = guest_reply(&vm);
	struct hc_tty_get tty = { .what = HC_TTY_TERMIOS };
	struct winsize wanted = { .ws_row = 33, .ws_col = 77 };
	int master, slave;

	(void)state;
	assert_int_equal(guest_call(&vm, HC_TTY_GET, &tty, sizeof(tty)), -ENOTTY);
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0)
		NOT_RUN("no terminals here");
	assert_int_equal(grantpt(master) | unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	ioctl(slave, TIOCSWINSZ, &wanted);
	dup2(slave, 0);
	close(slave);
	assert_int_equal(guest_call(&vm, HC_TTY_GET, &tty, sizeof(tty)), 0);
	assert_true(modes->c_lflag & ICANON);
	stream_init(&vm);
	assert_int_equal(vm.terminals & 1, 1);
	assert_int_equal(vm.seekable & 1, 0);
	assert_int_equal(((const uint8_t *)modes)[HC_TTY_OUT - 1], 0); /* zeroed (I13) */
	tty.what = HC_TTY_WINSIZE;
	assert_int_equal(guest_call(&vm, HC_TTY_GET, &tty, sizeof(tty)), 0);
	assert_int_equal(size->ws_row, 33);
	assert_int_equal(size->ws_col, 77);
	vm.terminals = 6;
	assert_int_equal(guest_call(&vm, HC_TTY_GET, &tty, sizeof(tty)), -ENOTTY);
	tty.what = 2;
	guest_call(&vm, HC_TTY_GET, &tty, sizeof(tty));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	close(master);
}

static void waits_for_streams(void **state)
{
	struct hc_wait wait = { .timeout_ns = -1, .stream[0].events = POLLIN };
	const struct hc_wait_out *out = guest_reply(&vm);

	(void)state;
	assert_int_equal(write(pipe_end, "x", 1), 1);
	assert_int_equal(guest_call(&vm, HC_WAIT, &wait, sizeof(wait)), 1);
	assert_int_equal(out->revents[0], POLLIN);
	assert_int_equal(out->revents[1], 0);
	vm.streams = 6; /* closed: answers at once */
	assert_int_equal(guest_call(&vm, HC_WAIT, &wait, sizeof(wait)), 1);
	assert_int_equal(out->revents[0], POLLNVAL);
	vm.permissions = PERM_BASE;
	assert_int_equal(guest_call(&vm, HC_WAIT, &wait, sizeof(wait)), -EPERM);
	wait.stream[0].events = 0; /* to sleep needs no streams */
	wait.timeout_ns = 0;
	assert_int_equal(guest_call(&vm, HC_WAIT, &wait, sizeof(wait)), 0);
}

static void waits_as_long_as_asked(void **state)
{
	struct hc_wait wait = { .timeout_ns = 20000000 };
	struct timespec start, end;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(guest_call(&vm, HC_WAIT, &wait, sizeof(wait)), 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true((end.tv_sec - start.tv_sec) * 1000000000 + end.tv_nsec - start.tv_nsec >=
		    20000000);
	wait.timeout_ns = -2;
	guest_call(&vm, HC_WAIT, &wait, sizeof(wait));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	wait = (struct hc_wait){ .stream[1].events = POLLHUP };
	guest_call(&vm, HC_WAIT, &wait, sizeof(wait));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
}

static void tells_the_time(void **state)
{
	const struct hc_clock_out *out = guest_reply(&vm);

	(void)state;
	assert_int_equal(guest_call(&vm, HC_CLOCK, NULL, 0), 0);
	assert_int_equal(out->realtime_ns / 1000000000 / 10, time(NULL) / 10);
	vm.clock_offset_ns = -100000 * 1000000000ll; /* guest.clock */
	assert_int_equal(guest_call(&vm, HC_CLOCK, NULL, 0), 0);
	assert_int_equal((out->realtime_ns / 1000000000 + 100000) / 10, time(NULL) / 10);
	vm.clock_offset_ns = INT64_MAX;
	assert_int_equal(guest_call(&vm, HC_CLOCK, NULL, 0), 0);
	assert_true(out->realtime_ns == INT64_MAX);
}

static void ends_are_what_they_say(void **state)
{
	static const struct {
		struct hc_exit exit;
		enum hv_end end;
	} ends[] = {
		{ { .kind = HC_EXIT_STATUS, .code = 0 }, HV_END_STATUS },
		{ { .kind = HC_EXIT_STATUS, .code = 255 }, HV_END_STATUS },
		{ { .kind = HC_EXIT_STATUS, .code = 256 }, HV_END_BAD_HYPERCALL },
		{ { .kind = HC_EXIT_SIGNAL, .code = 0 }, HV_END_BAD_HYPERCALL },
		{ { .kind = HC_EXIT_SIGNAL, .code = 64 }, HV_END_SIGNAL },
		{ { .kind = HC_EXIT_SIGNAL, .code = 65 }, HV_END_BAD_HYPERCALL },
		{ { .kind = HC_EXIT_NO_EXEC, .code = ENOENT }, HV_END_NO_EXEC },
		{ { .kind = HC_EXIT_NO_EXEC, .code = 4096 }, HV_END_BAD_HYPERCALL },
		{ { .kind = HC_EXIT_NO_MEMORY, .code = 0 }, HV_END_NO_MEMORY },
		{ { .kind = HC_EXIT_NO_MEMORY, .code = 1 }, HV_END_BAD_HYPERCALL },
		{ { .kind = HC_EXIT_DENIED, .code = 0 }, HV_END_DENIED },
		{ { .kind = HC_EXIT_DENIED, .code = 1 }, HV_END_BAD_HYPERCALL },
		{ { .kind = HC_EXIT_DENIED + 1, .code = 0 }, HV_END_BAD_HYPERCALL },
		{ { .kind = UINT32_MAX, .code = UINT32_MAX }, HV_END_BAD_HYPERCALL },
	};

	(void)state;
	vm.kills = 1;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		guest_call(&vm, HC_EXIT, &ends[i].exit, sizeof(ends[i].exit));
		assert_int_equal(killed.end, ends[i].end);
		assert_int_equal(killed.code, ends[i].end == HV_END_BAD_HYPERCALL
						      ? HV_VIOLATION_FIELD
						      : ends[i].exit.code);
	}
}

static void panics_are_bounded(void **state)
{
	struct hc_panic panic = { .regs[15] = 0x1234 };

	(void)state;
	memset(panic.message, 'm', sizeof(panic.message));
	guest_call(&vm, HC_PANIC, &panic, sizeof(panic));
	assert_int_equal(killed.end, HV_END_PANIC);
	assert_int_equal(strlen(vm.outcome.message), sizeof(panic.message));
	assert_int_equal(vm.outcome.regs[15], 0x1234);
}

static void memory_grows_by_huge_pages(void **state)
{
	struct hc_mem_grow grow = { .bytes = GUEST_HUGE_SIZE };

	(void)state;
	assert_int_equal(guest_call(&vm, HC_MEM_GROW, &grow, sizeof(grow)), 0);
	grow.bytes = GUEST_MEMORY;
	assert_int_equal(guest_call(&vm, HC_MEM_GROW, &grow, sizeof(grow)), -ENOMEM);
	grow.bytes = (uint64_t)-GUEST_HUGE_SIZE;
	assert_int_equal(guest_call(&vm, HC_MEM_GROW, &grow, sizeof(grow)), -ENOMEM);
	grow.bytes = 0;
	guest_call(&vm, HC_MEM_GROW, &grow, sizeof(grow));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	grow.bytes = GUEST_HUGE_SIZE + 4096;
	guest_call(&vm, HC_MEM_GROW, &grow, sizeof(grow));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_and_its_end),
		TEST(what_the_caller_closed_stays_closed),
		TEST(outputs_are_written_where_they_are),
		TEST(numbers_that_are_no_stream),
		TEST(seeks_like_lseek),
		TEST(terminal_or_not),
		TEST(waits_for_streams),
		TEST(waits_as_long_as_asked),
		TEST(tells_the_time),
		TEST(ends_are_what_they_say),
		TEST(panics_are_bounded),
		TEST(memory_grows_by_huge_pages),
	};

	return RUN(tests, "streams");
}
