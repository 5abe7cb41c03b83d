// SPDX-License-Identifier: Apache-2.0
/*
 * Guests that never end: only the launcher's patience stops them, and what
 * they hold meanwhile is bounded (I12). While one spins, its jail is looked at
 * from outside (I1, I9).
 */
#include "tests/adversarial/message.h"
#include "tests/adversarial/trials.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SPIN "\xeb\xfe"
#define STREAM1 \
	{ \
		IMAGE_GVA(IMAGE_HYPERCALL + 24), 1ull | 1ull << 32 \
	} /* stream 1, 1 segment */
#define CALL(number, length) \
	{ \
		IMAGE_GVA(IMAGE_HYPERCALL), (number) | (uint64_t)(length) << 32 \
	}
#define KNOCK "\x89\x07\xeb\xfc" /* store to the doorbell, for ever */

static const struct try endless[] = {
	{ "spinning", CODE(SPIN), BOTH, STALLS, .alone = 1 },
	{ "exits for ever", CODE(KNOCK), BOTH, STALLS, .rdi = GUEST_DOORBELL_GVA,
	  .poke = { POKE_CALL }, .alone = 1 },
	{ "writing to nobody for ever", CODE(KNOCK), RING3, STALLS, .rdi = GUEST_DOORBELL_GVA,
	  .poke = { CALL(HC_STREAM_WRITE, 24),
		    STREAM1,
		    { IMAGE_GVA(IMAGE_HYPERCALL + 32), GUEST_RAM_GPA },
		    { IMAGE_GVA(IMAGE_HYPERCALL + 40), GUEST_RAM_INITIAL } },
	  .alone = 1 },
	/* the stub of #UD becomes an IRETQ, back to the same UD2 */
	{ "faults for ever", CODE("\x0f\x0b"), RING3, STALLS, .alone = 1,
	  .poke = { { IMAGE_GVA(0x100 + 6 * 16), 0xcf48 } } },
	{ "touching all memory, for ever", CODE("\xf3\x48\xab" SPIN), RING3, STALLS,
	  .rdi = GUEST_DIRECT_BASE + GUEST_RAM_GPA, .rcx = GUEST_RAM_INITIAL / 8, .alone = 1 },
};

static void loops(void)
{
	TRIES_RUN(endless, 3);
}

static void sleeping(void)
{
	static const int64_t timeouts[] = { -1, INT64_MAX, 3600ll * 1000000000 };
	const struct run run = { .ring = 3, .patience = quick ? 2000 : 300 };

	for (size_t i = 0; i < sizeof(timeouts) / sizeof(*timeouts); i += quick ? 3 : 1) {
		struct message m = { HC_WAIT,
				     { EXPECT_END, END_TIMEOUT },
				     sizeof(struct hc_wait),
				     { .wait = { .timeout_ns = timeouts[i] } } };

		message_check(&run, "for ever", &m);
	}
}

static void writing_to_a_full_pipe(void)
{
	const struct run run = { .ring = 3, .patience = quick ? 2000 : 300, .silent_pipe = 1 };
	struct message m = { HC_STREAM_WRITE,
			     { EXPECT_END, END_TIMEOUT },
			     sizeof(struct hc_stream_io) + 16,
			     { .stream_io = { { 1, 1 },
					      { { GUEST_RAM_GPA, GUEST_RAM_INITIAL } } } } };

	message_check(&run, "to a full pipe", &m);
}

static int status_has(const char *status, const char *line)
{
	return strstr(status, line) != NULL;
}

static unsigned int count_descriptors(pid_t monitor)
{
	char path[64];
	unsigned int count = 0;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/fd", monitor);
	directory = opendir(path);
	while (directory && readdir(directory))
		count++;
	if (directory)
		closedir(directory);
	return count;
}

/* 0 to 2, VM, vCPU, outcome, signalfd, /proc/self/fd, two grants; "." and "..". */
#define DESCRIPTORS 12

static void look_at_jail(pid_t monitor)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	char path[64], status[4096];
	unsigned int count;

	snprintf(path, sizeof(path), "/proc/%d/status", monitor);
	for (int tries = 0; tries < (quick ? 500 : 50); tries++) {
		FILE *file = fopen(path, "re");
		size_t got = file ? fread(status, 1, sizeof(status) - 1, file) : 0;

		status[got] = '\0';
		if (file)
			fclose(file);
		if (status_has(status, "\nSeccomp:\t2"))
			break;
		nanosleep(&pause, NULL);
	}
	if (!status_has(status, "\nSeccomp:\t2"))
		fail("a guest runs and its monitor has no seccomp filter");
	if (!status_has(status, "\nNoNewPrivs:\t1"))
		fail("a guest runs and its monitor may gain privileges");
	if (!status_has(status, "\nCapPrm:\t0000000000000000") ||
	    !status_has(status, "\nCapEff:\t0000000000000000"))
		fail("a guest runs and its monitor has capabilities");
	count = count_descriptors(monitor);
	if (count && count != DESCRIPTORS) /* 0: only root may look */
		fail("a guest runs and its monitor has %u descriptors", count - 2);
}

static void jailed_while_running(void)
{
	const struct run run = { .ring = 3, .patience = quick ? 4000 : 500, .watch = look_at_jail };
	struct message m = { HC_WAIT,
			     { EXPECT_END, END_TIMEOUT },
			     sizeof(struct hc_wait),
			     { .wait = { .timeout_ns = -1 } } };

	stage_orders(ORDERS_RECORDS);
	message_judge(&run, "for ever", &m, message_record(&m));
}

const struct attack endless_attacks[] = {
	{ "guests that loop", loops },
	{ "guests that sleep", sleeping },
	{ "writing to a full pipe", writing_to_a_full_pipe },
	{ "the jail is closed while a guest runs", jailed_while_running },
	{ NULL, NULL },
};
