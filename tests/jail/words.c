// SPDX-License-Identifier: Apache-2.0
/*
 * What a stolen monitor can say to the launcher (I11): outcomes that make no
 * sense, in pieces, without end, none at all; memory that both share, spoilt.
 * The launcher ends with the right status, says nothing raw, and leaves no
 * process behind.
 */
#include "tests/jail/words.h"

#include "common/syscall.h"
#include "hv/account.h"
#include "hv/hv.h"
#include "hv/vm.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define RAW	 0x1b
#define NONSENSE "reported nonsense"

static void write_all(int fd, const void *bytes, size_t size)
{
	const struct iovec part = { (void *)bytes, size };

	host_writev(fd, &part, 1, -1, 0);
}

static _Noreturn void end(void)
{
	for (;;)
		_exit(0);
}

static _Noreturn void spin(void)
{
	for (;;)
		__asm__ volatile("pause");
}

static void say(struct vm *vm, uint32_t kind, uint32_t code)
{
	vm->outcome.end = kind;
	vm->outcome.code = code;
	write_all(vm->outcome_fd, &vm->outcome, sizeof(vm->outcome));
}

static void say_all_ones(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	memset(&vm->outcome, 0xff, sizeof(vm->outcome));
	write_all(vm->outcome_fd, &vm->outcome, sizeof(vm->outcome));
	end();
}

static void say_all_zeros(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	memset(&vm->outcome, 0, sizeof(vm->outcome));
	write_all(vm->outcome_fd, &vm->outcome, sizeof(vm->outcome));
	end();
}

static void say_half_and_end(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	write_all(vm->outcome_fd, &vm->outcome, sizeof(vm->outcome) / 2);
	end();
}

static void say_half_and_stay(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	write_all(vm->outcome_fd, &vm->outcome, sizeof(vm->outcome) / 2);
	spin();
}

static void say_it_byte_by_byte(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	vm->outcome.end = HV_END_STATUS;
	vm->outcome.code = 7;
	for (size_t i = 0; i < sizeof(vm->outcome); i++)
		write_all(vm->outcome_fd, (char *)&vm->outcome + i, 1);
	spin();
}

static void say_it_twice(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	say(vm, HV_END_STATUS, 7);
	say(vm, HV_END_STATUS, 8);
	end();
}

static void say_nothing(struct vm *vm, const struct hv_config *config)
{
	(void)vm, (void)config;
	end();
}

static void say_nothing_ever(struct vm *vm, const struct hv_config *config)
{
	(void)vm, (void)config;
	spin();
}

static void close_and_stay(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	syscall(SYS_close, vm->outcome_fd);
	spin();
}

static void say_stopped_for_ever(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	for (;;)
		say(vm, HV_STOPPED, 0);
}

static void say_a_large_status(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	say(vm, HV_END_STATUS, 0x10000);
	end();
}

static void say_signal_0(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	say(vm, HV_END_SIGNAL, 0);
	end();
}

static void say_signal_max(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	say(vm, HV_END_SIGNAL, UINT32_MAX);
	end();
}

static void say_no_exec_max(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	say(vm, HV_END_NO_EXEC, UINT32_MAX);
	end();
}

static void say_bad_hypercall(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	vm->outcome.number = UINT32_MAX;
	say(vm, HV_END_BAD_HYPERCALL, UINT32_MAX);
	end();
}

static void say_bad_exit(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	say(vm, HV_END_BAD_EXIT, UINT32_MAX);
	end();
}

/* No text is terminated, and all of it would move a terminal's cursor. */
static void say_raw_panic(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	memset(vm->outcome.message, RAW, sizeof(vm->outcome.message));
	memset(vm->outcome.hint, RAW, sizeof(vm->outcome.hint));
	say(vm, HV_END_PANIC, 0);
	end();
}

static void say_raw_setup(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	memset(vm->outcome.message, RAW, sizeof(vm->outcome.message));
	memset(vm->outcome.hint, RAW, sizeof(vm->outcome.hint));
	vm->outcome.status = 125;
	say(vm, HV_END_SETUP, 0);
	end();
}

static void say_setup_with_status_0(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	strcpy(vm->outcome.message, "all is well");
	say(vm, HV_END_SETUP, 0);
	end();
}

static void say_wild_lists(struct vm *vm, const struct hv_config *config)
{
	(void)config;
	memset(vm->outcome.regs, 0xff, sizeof(vm->outcome.regs));
	vm->outcome.setup_ns = UINT64_MAX;
	say(vm, HV_END_STATUS, 7);
	end();
}

static void spoil_shared_memory(struct vm *vm, const struct hv_config *config)
{
	memset(config->outside, 0xff, sizeof(*config->outside));
	memset(config->proof, 0xff, 4);
	say(vm, HV_END_STATUS, 7);
	end();
}

/* What it counts for the receipt. */
static void spoil_account(struct vm *vm, const struct hv_config *config)
{
	if (config->account)
		memset(config->account, 0xff, sizeof(*config->account));
	say(vm, HV_END_STATUS, config->account ? 7 : 8);
	spin();
}

/* More than the pipe holds, of what are no notes. */
static void shout_notes(struct vm *vm, const struct hv_config *config)
{
	static char noise[1 << 20];
	int fd = vm->output_fds[HC_OUTPUT_NOTES - HC_STREAMS];

	(void)config;
	memset(noise, RAW, sizeof(noise));
	if (fd)
		write_all(fd, noise, sizeof(noise));
	say(vm, HV_END_STATUS, 7);
	end();
}

static void shout_notes_for_ever(struct vm *vm, const struct hv_config *config)
{
	static char noise[1 << 16];
	int fd = vm->output_fds[HC_OUTPUT_NOTES - HC_STREAMS];

	(void)config;
	for (;;)
		if (fd)
			write_all(fd, noise, sizeof(noise));
}

#define LATE	"--timeout=500ms"
#define RECEIPT "--receipt=receipt.json" /* in the scene, where the launcher is */

const struct word words[] = {
	{ "all ones", say_all_ones, NULL, 125, NONSENSE },
	{ "all zeros", say_all_zeros, NULL, 125, NONSENSE },
	{ "half an outcome, and ends", say_half_and_end, NULL, 125, "without a report" },
	{ "half an outcome, and stays", say_half_and_stay, LATE, 124, "" },
	{ "an outcome byte by byte, and stays", say_it_byte_by_byte, NULL, 7, "" },
	{ "two outcomes", say_it_twice, NULL, 7, "" },
	{ "nothing", say_nothing, NULL, 125, "without a report" },
	{ "nothing, and stays", say_nothing_ever, LATE, 124, "" },
	{ "nothing, closes the pipe and stays", close_and_stay, NULL, 125, "signal 9" },
	{ "that it has stopped, for ever", say_stopped_for_ever, LATE, 124, "" },
	{ "a status that is none", say_a_large_status, NULL, 125, NONSENSE },
	{ "signal 0", say_signal_0, NULL, 125, NONSENSE },
	{ "a signal that is none", say_signal_max, NULL, 125, NONSENSE },
	{ "an error that is none", say_no_exec_max, NULL, 125, NONSENSE },
	{ "a hypercall that is none", say_bad_hypercall, NULL, 125, NONSENSE },
	{ "an exit that is none", say_bad_exit, NULL, 125, "unknown" },
	{ "a panic of control bytes", say_raw_panic, NULL, 125, "\\x1b" },
	{ "an error of control bytes", say_raw_setup, NULL, 125, "\\x1b" },
	{ "that it failed, with status 0", say_setup_with_status_0, NULL, 125, NONSENSE },
	{ "lists of ones", say_wild_lists, "-v", 7, "" },
	{ "shared memory of ones", spoil_shared_memory, NULL, 7, "" },
	{ "an account of ones, and stays", spoil_account, RECEIPT, 7, "" },
	{ "a megabyte of noise for notes", shout_notes, NULL, 7, "" },
	{ "noise for notes, for ever", shout_notes_for_ever, LATE, 124, "" },
};

const size_t word_count = sizeof(words) / sizeof(words[0]);
