// SPDX-License-Identifier: Apache-2.0
/* What the launcher tells, transfers that wait beside it, and the limit of output. */
#include "tests/unit/guest.h"

#include "hv/interrupt.h"
#include "hv/outside.h"
#include "hv/stream.h"
#include "hv/timer.h"
#include "tests/not-run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NEWS	   (HC_OUTSIDE_SIGNAL(SIGTERM) | HC_OUTSIDE_GROUP(SIGINT))
#define LARGE	   (1u << 20)
#define PIPE_BYTES 4096

static struct vm vm;
static int saved[2], input, output; /* the other ends of streams 0 and 1 */

static void replace(int stream, int fd)
{
	assert_int_equal(dup2(fd, stream), stream);
	close(fd);
	stream_init(&vm);
}

static int setup(void **state)
{
	struct err *none = NULL;
	int in[2], out[2];

	(void)state;
	guest_start(&vm, NULL, 16);
	interrupt_block();
	for (int i = 0; i < 2; i++)
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
	assert_int_equal(pipe(in) | pipe(out), 0);
	fcntl(out[1], F_SETPIPE_SZ, PIPE_BYTES);
	input = in[1];
	output = out[0];
	vm.outside = hv_outside_share();
	assert_non_null(vm.outside);
	assert_int_equal(outside_init(&vm, none), 0);
	replace(0, in[0]);
	replace(1, out[1]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		replace(i, saved[i]);
	close(vm.outside_fd);
	munmap(vm.outside, sizeof(*vm.outside));
	if (input >= 0)
		close(input);
	close(output);
	guest_stop(&vm);
	return 0;
}

static void tell(uint64_t bits)
{
	hv_outside_tell(vm.outside, getpid(), bits);
}

/* What the guest would find, and takes. */
static uint64_t told(void)
{
	uint64_t bits = vm.vcpu.request->outside;

	vm.vcpu.request->outside = 0;
	return bits;
}

static int64_t wait_for(int64_t timeout_ns, uint16_t events)
{
	const struct hc_wait wait = { .timeout_ns = timeout_ns, .stream[0].events = events };

	return guest_call(&vm, HC_WAIT, &wait, sizeof(wait));
}

static int64_t transfer(uint32_t number, uint32_t stream, uint64_t bytes)
{
	const struct {
		struct hc_stream_io head;
		struct hc_segment segments[3];
	} args = { .head = { .stream = stream, .count = 3 },
		   .segments = { { BUFFER_GPA, 1 },
				 { BUFFER_GPA + 1, 1 },
				 { BUFFER_GPA + 2, bytes - 2 } } };

	return guest_call(&vm, number, &args, sizeof(args));
}

static void news_end_a_wait(void **state)
{
	(void)state;
	tell(HC_OUTSIDE_SIGNAL(SIGTERM));
	tell(HC_OUTSIDE_GROUP(SIGINT));
	assert_int_equal(wait_for(-1, POLLIN), 0);
	assert_int_equal(vm.vcpu.request->outside, NEWS);
	/* What was not taken ends the next, too, and is kept. */
	tell(HC_OUTSIDE_INPUT);
	assert_int_equal(wait_for(-1, 0), 0);
	assert_int_equal(wait_for(-1, 0), 0);
	assert_int_equal(told(), NEWS | HC_OUTSIDE_INPUT);
	assert_int_equal(killed.end, 0);
}

static void news_are_told_once(void **state)
{
	struct timespec start, end;

	(void)state;
	tell(NEWS);
	assert_int_equal(wait_for(-1, 0), 0);
	assert_int_equal(told(), NEWS);
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(wait_for(20000000, POLLIN), 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true((end.tv_sec - start.tv_sec) * 1000000000 + end.tv_nsec - start.tv_nsec >=
		    20000000);
	assert_int_equal(told(), 0);
	kill(getpid(), HV_OUTSIDE_SIGNAL); /* somebody else's: means nothing */
	assert_int_equal(wait_for(0, 0), 0);
	assert_int_equal(told(), 0);
}

static void streams_count_beside_news(void **state)
{
	const struct hc_wait_out *out = guest_reply(&vm);

	(void)state;
	assert_int_equal(write(input, "x", 1), 1);
	tell(NEWS);
	assert_int_equal(wait_for(-1, POLLIN), 1);
	assert_int_equal(out->revents[0], POLLIN);
	assert_int_equal(told(), NEWS);
}

static void a_read_does_not_wait_for_ever(void **state)
{
	(void)state;
	tell(NEWS);
	assert_int_equal(transfer(HC_STREAM_READ, 0, 100), -EINTR);
	assert_int_equal(transfer(HC_STREAM_READ, 0, 100), -EINTR); /* not taken yet */
	assert_int_equal(write(input, "abcdef", 6), 6);
	assert_int_equal(transfer(HC_STREAM_READ, 0, 100), 6);
	assert_memory_equal(gm_range(&vm.gm, BUFFER_GPA, 6), "abcdef", 6);
	assert_int_equal(told(), NEWS);
	close(input);
	input = -1;
	assert_int_equal(transfer(HC_STREAM_READ, 0, 100), 0);
}

static void a_write_gives_what_it_could(void **state)
{
	(void)state;
	tell(NEWS);
	assert_int_equal(transfer(HC_STREAM_WRITE, 1, LARGE), PIPE_BYTES);
	assert_int_equal(transfer(HC_STREAM_WRITE, 1, LARGE), -EINTR);
	assert_int_equal(told(), NEWS);
}

/* Reads all that comes until `size` bytes, slowly; the exit status says whether they were right. */
static pid_t reader(size_t size)
{
	pid_t pid = fork();
	size_t got = 0;

	if (pid)
		return pid;
	alarm(10);
	while (got < size) {
		uint8_t bytes[1000];
		ssize_t n = read(output, bytes, sizeof(bytes));

		if (n <= 0)
			_exit(1);
		for (ssize_t i = 0; i < n; i++, got++)
			if (bytes[i] != (uint8_t)(got * 7 / 5))
				_exit(2);
	}
	_exit(0);
}

static void fill(void)
{
	uint8_t *bytes = gm_range(&vm.gm, BUFFER_GPA, LARGE);

	for (size_t i = 0; i < LARGE; i++)
		bytes[i] = (uint8_t)(i * 7 / 5);
}

static void large_writes_are_whole(void **state)
{
	static const enum stream_way ways[] = { STREAM_DIRECT, STREAM_TRIED, STREAM_POLLED };

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		pid_t pid = reader(LARGE);
		int status;

		vm.stream_ways[1] = ways[i];
		assert_int_equal(transfer(HC_STREAM_WRITE, 1, LARGE), LARGE);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

static void packets_stay_whole(void **state)
{
	static const enum stream_way ways[] = { STREAM_DIRECT, STREAM_TRIED, STREAM_POLLED };
	static uint8_t packet[LARGE];
	int ends[2];

	(void)state;
	fill();
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	replace(1, ends[1]);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		vm.stream_ways[1] = ways[i];
		assert_int_equal(transfer(HC_STREAM_WRITE, 1, 3 * PIPE_BYTES), 3 * PIPE_BYTES);
		assert_int_equal(read(ends[0], packet, sizeof(packet)), 3 * PIPE_BYTES);
	}
	close(ends[0]);
}

/* Kinds of files that cannot be asked not to wait. */
static void terminals_are_waited_for_first(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	(void)state;
	if (master < 0)
		NOT_RUN("no terminals here");
	assert_int_equal(grantpt(master) | unlockpt(master), 0);
	replace(0, open(ptsname(master), O_RDWR | O_NOCTTY));
	assert_int_equal(vm.stream_ways[0], STREAM_TRIED);
	tell(NEWS);
	assert_int_equal(transfer(HC_STREAM_READ, 0, 100), -EINTR);
	assert_int_equal(vm.stream_ways[0], STREAM_POLLED);
	assert_int_equal(write(master, "line\n", 5), 5);
	assert_int_equal(transfer(HC_STREAM_READ, 0, 100), 5);
	close(master);
}

static void what_does_not_wait_is_left_alone(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY);

	(void)state;
	replace(0, fd);
	assert_int_equal(vm.stream_ways[0], STREAM_DIRECT);
	assert_int_equal(fcntl(1, F_SETFL, O_NONBLOCK), 0);
	stream_init(&vm);
	assert_int_equal(vm.stream_ways[1], STREAM_DIRECT);
	assert_int_equal(transfer(HC_STREAM_WRITE, 1, LARGE), PIPE_BYTES);
	assert_int_equal(transfer(HC_STREAM_WRITE, 1, LARGE), -EAGAIN); /* as the caller has it */
}

static void output_ends_at_its_limit(void **state)
{
	char bytes[64];

	(void)state;
	fill();
	vm.output_left = 10;
	assert_int_equal(transfer(HC_STREAM_WRITE, 1, 6), 6);
	assert_int_equal(vm.output_left, 4);
	assert_int_equal(transfer(HC_STREAM_WRITE, 1, 6), 4);
	assert_int_equal(killed.end, 0); /* all that is allowed is no crime */
	assert_int_equal(transfer(HC_STREAM_READ, 1, 6), -EBADF);
	transfer(HC_STREAM_WRITE, 1, 3);
	assert_int_equal(killed.end, HV_END_OUTPUT);
	assert_int_equal(read(output, bytes, sizeof(bytes)), 10);
	/* A stream is a stream: standard error, and an input that can be written. */
	transfer(HC_STREAM_WRITE, 2, 3);
	assert_int_equal(killed.end, HV_END_OUTPUT);
	transfer(HC_STREAM_WRITE, 0, 3);
	assert_int_equal(killed.end, HV_END_OUTPUT);
}

static void what_failed_was_no_output(void **state)
{
	(void)state;
	vm.output_left = 10;
	assert_int_equal(transfer(HC_STREAM_WRITE, 0, 8), -EBADF); /* a pipe's reading end */
	assert_int_equal(vm.output_left, 10);
}

static void a_stop_is_told_to_the_launcher(void **state)
{
	struct hc_wait wait = { .flags = HC_WAIT_STOPPED };
	struct hv_outcome outcome = { .end = 0 };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	vm.outcome_fd = ends[1];
	vm.outcome.regs[3] = 5; /* what is there already is for the end */
	assert_int_equal(guest_call(&vm, HC_WAIT, &wait, sizeof(wait)), 0);
	assert_int_equal(read(ends[0], &outcome, sizeof(outcome)), sizeof(outcome));
	assert_int_equal(outcome.end, HV_STOPPED);
	assert_int_equal(outcome.regs[3], 0);
	/* Something came meanwhile: perhaps SIGCONT. */
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	vm.vcpu.request->outside = HC_OUTSIDE_GROUP(SIGCONT);
	assert_int_equal(guest_call(&vm, HC_WAIT, &wait, sizeof(wait)), -EAGAIN);
	assert_int_equal(read(ends[0], &outcome, sizeof(outcome)), -1);
	wait.flags = 2;
	guest_call(&vm, HC_WAIT, &wait, sizeof(wait));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	close(ends[0]);
	close(ends[1]);
}

static void the_window_of_a_private_terminal(void **state)
{
	const struct hc_tty_get tty = { .stream = 0, .what = HC_TTY_WINSIZE };
	const struct winsize *size = guest_reply(&vm);

	(void)state;
	assert_int_equal(guest_call(&vm, HC_TTY_GET, &tty, sizeof(tty)), -ENOTTY);
	vm.tty = 1;
	vm.outside->window = 33 << 16 | 77;
	assert_int_equal(guest_call(&vm, HC_TTY_GET, &tty, sizeof(tty)), 0);
	assert_int_equal(size->ws_row, 33);
	assert_int_equal(size->ws_col, 77);
}

static int64_t clock_ns_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A guest that asks for the shortest time is rung no more often than one that asks for little. */
static void rings_have_their_time(void **state)
{
	struct hc_timer timer = { .after_ns = 1 };
	const struct timespec patience = { .tv_sec = 5 };
	struct itimerval set;
	sigset_t ring;
	int64_t start = clock_ns_now();

	(void)state;
	sigemptyset(&ring);
	sigaddset(&ring, INTERRUPT_TIMER);
	assert_int_equal(guest_call(&vm, HC_TIMER, &timer, sizeof(timer)), 0);
	assert_int_equal(sigtimedwait(&ring, NULL, &patience), INTERRUPT_TIMER);
	assert_true(clock_ns_now() - start >= 90000);
	assert_int_equal(getitimer(ITIMER_REAL, &set), 0);
	assert_int_equal(set.it_interval.tv_sec, 0);
	assert_int_equal(set.it_interval.tv_usec, 4000);
	/* News are told again and again, but not for longer than the guest's own alarm is off. */
	timer.after_ns = 0;
	assert_int_equal(guest_call(&vm, HC_TIMER, &timer, sizeof(timer)), 0);
	timer_insist(&vm);
	assert_int_equal(getitimer(ITIMER_REAL, &set), 0);
	assert_int_equal(set.it_interval.tv_usec, 1000);
	vm.vcpu.request->outside = 0; /* the guest has taken them */
	assert_int_equal(sigtimedwait(&ring, NULL, &patience), INTERRUPT_TIMER);
	timer_rang(&vm);
	assert_int_equal(getitimer(ITIMER_REAL, &set), 0);
	assert_true(set.it_value.tv_sec == 0 && set.it_value.tv_usec == 0);
	timer.after_ns = INT64_MAX;
	assert_int_equal(guest_call(&vm, HC_TIMER, &timer, sizeof(timer)), 0);
	timer.after_ns = 0;
	assert_int_equal(guest_call(&vm, HC_TIMER, &timer, sizeof(timer)), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(news_end_a_wait),
		TEST(news_are_told_once),
		TEST(streams_count_beside_news),
		TEST(a_read_does_not_wait_for_ever),
		TEST(a_write_gives_what_it_could),
		TEST(large_writes_are_whole),
		TEST(packets_stay_whole),
		TEST(terminals_are_waited_for_first),
		TEST(what_does_not_wait_is_left_alone),
		TEST(output_ends_at_its_limit),
		TEST(what_failed_was_no_output),
		TEST(a_stop_is_told_to_the_launcher),
		TEST(the_window_of_a_private_terminal),
		TEST(rings_have_their_time),
	};

	return RUN(tests, "outside");
}
