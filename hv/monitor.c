// SPDX-License-Identifier: Apache-2.0
/*
 * The monitor process, in this order:
 *   acquire  1. signals: the launcher decides about them
 *            2. streams: which of 0 to 2 the caller has, and the outputs
 *            3. handles: the grants' descriptors, and /proc/self/fd
 *            4. the VM, its memory, its vCPU
 *            5. the boot block
 *   confine  6. the jail, whole or not at all (I1)
 *   run      7. the guest, until vm_kill()
 * No step allocates memory or opens anything by a path after 6.
 */
#include "hv/account.h"
#include "hv/boot.h"
#include "hv/fs.h"
#include "hv/hv.h"
#include "hv/interrupt.h"
#include "hv/jail/jail.h"
#include "hv/jail/sidechannels.h"
#include "hv/outside.h"
#include "hv/stream.h"
#include "hv/vm.h"

#include "common/err.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The terminal's signals reach this process with the launcher, which decides
 * what the run does about them. SIGPIPE and SIGXFSZ are errors to the guest.
 * Who reads the terminal in the background is stopped by it, as ever.
 */
static void ignore_signals(void)
{
	static const int ignored[] = {
		SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGPIPE, SIGXFSZ
	};

	interrupt_block();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
}

/*
 * Which of 0 to 2 the caller had open. The launcher has filled the gaps with
 * O_PATH descriptors, so that nothing of ours can take a stream's place.
 */
static uint32_t find_streams(void)
{
	uint32_t streams = 0;

	for (int i = 0; i < HC_STREAMS; i++) {
		int flags = fcntl(i, F_GETFL);

		if (flags >= 0 && !(flags & O_PATH))
			streams |= 1u << i;
	}
	return streams;
}

/* Numbers 3 to 5 of STREAM_WRITE: wherever their descriptors are, which is above the streams. */
static void find_outputs(struct vm *vm, const struct hv_config *config)
{
	const int fds[] = { [HC_OUTPUT_SAVE - HC_STREAMS] = config->save_fd,
			    [HC_OUTPUT_TRACE - HC_STREAMS] = config->trace_fd,
			    [HC_OUTPUT_NOTES - HC_STREAMS] = config->notes_fd };

	for (int i = 0; i < HC_OUTPUTS_END - HC_STREAMS; i++)
		if (fds[i] >= HC_STREAMS) {
			vm->output_fds[i] = fds[i];
			vm->streams |= 1u << (HC_STREAMS + i);
		}
}

/* The way by which handles are made readable. */
static int open_self(struct vm *vm, struct err *e)
{
	int error;

	vm->self_fd = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (vm->self_fd >= 0)
		return 0;
	error = err_set(e, ERR_SANDBOX, errno, "cannot open /proc/self/fd: %s", strerror(errno));
	err_hint(e, "mount procfs at /proc");
	return error;
}

static int acquire(struct vm *vm, const struct hv_config *config, struct err *e)
{
	int error;

	ignore_signals();
	umask(0); /* the guest applies the program's own */
	if (config->input_fd >= 0 && dup2(config->input_fd, 0) < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot use the input: %s", strerror(errno));
	vm->streams = find_streams();
	stream_init(vm);
	find_outputs(vm, config);
	error = handles_init(&vm->handles, config->policy, e);
	if (error)
		return error;
	error = open_self(vm, e);
	if (error)
		return error;
	fs_open_grants(vm, config->policy);
	error = vm_create(vm, config->kvm_fd, e);
	if (!error)
		error = gm_init(&vm->gm, vm->fd, &config->image, config->policy->memory, e);
	if (!error)
		error = vcpu_create(vm, config->kvm_fd, config->cpuid, e);
	if (!error)
		error = interrupt_init(vm, e);
	if (!error)
		error = outside_init(vm, e);
	if (!error)
		error = boot_write(vm, config, e);
	close(config->kvm_fd);
	return error;
}

static int confine(struct vm *vm, const struct hv_config *config, struct err *e)
{
	const struct jail_fds fds = { .vm = vm->fd,
				      .vcpu = vm->vcpu.fd,
				      .outcome = vm->outcome_fd,
				      .self_fd = config->policy->permissions & PERM_OPENS
							 ? vm->self_fd
							 : 0,
				      .terminals = vm->terminals,
				      .seekable = vm->seekable,
				      .outside = vm->outside_fd,
				      .save = vm->output_fds[HC_OUTPUT_SAVE - HC_STREAMS],
				      .trace = vm->output_fds[HC_OUTPUT_TRACE - HC_STREAMS],
				      .notes = vm->output_fds[HC_OUTPUT_NOTES - HC_STREAMS],
				      .program = vm->program_fd };

	vm->outcome.sidechannels = jail_sidechannels();
	if (vm->account)
		jail_filter(config->policy, &fds, SECCOMP_RET_KILL_PROCESS, &vm->account->filter);
	return jail_close(config->policy, &fds, config->parent, config->proof, e);
}

static _Noreturn void report_failure(struct vm *vm, const struct err *e)
{
	struct hv_outcome *outcome = &vm->outcome;

	outcome->end = HV_END_SETUP;
	outcome->status = (uint32_t)e->status;
	memcpy(outcome->message, e->what, sizeof(outcome->message));
	memcpy(outcome->hint, e->hint, sizeof(outcome->hint));
	vm_report(vm->outcome_fd, outcome);
}

void hv_monitor(const struct hv_config *config)
{
	static struct vm vm; /* zeroed (I13) */
	struct err e = { .status = ERR_SANDBOX };

	vm.outcome_fd = config->outcome_fd;
	vm.outside = config->outside;
	vm.account = config->account;
	vm.output_left = config->policy->output ? config->policy->output : UINT64_MAX;
	disk_init(&vm.disk, config->policy->disk);
	vm.random_fixed = config->policy->random_fixed;
	vm.tty = config->tty.flags & BOOT_TTY;
	vm.permissions = config->policy->permissions;
	vm.holes = config->policy->holes;
	vm.hole_count = config->policy->hole_count;
	if (acquire(&vm, config, &e) || confine(&vm, config, &e)) /* I1 */
		report_failure(&vm, &e);
	vm.kills = config->policy->on_deny == ON_DENY_KILL; /* a guest, from now on */
	vcpu_run(&vm);
}
