// SPDX-License-Identifier: Apache-2.0
/*
 * The launcher: trusted, never meets guest data but the outcome. It returns
 * as soon as the outcome is known; the monitor, which has written all output
 * by then, is torn down by the kernel behind our back (it dies with us).
 */
#include "sandbox-cli/run/launch.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/report/notes.h"
#include "sandbox-cli/report/status.h"
#include "sandbox-cli/run/cgroup.h"
#include "sandbox-cli/run/cpu.h"
#include "sandbox-cli/run/forward.h"
#include "sandbox-cli/run/kvm-errors.h"
#include "sandbox-cli/run/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define SECOND_NS 1000000000ull
#define REAP_MS	  1000 /* most that a monitor which was killed is waited for */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

int launch_streams(struct err *e)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free number is fd. O_PATH: cannot be read or written. */
		if (open("/dev/null", O_PATH | O_CLOEXEC) != fd)
			return err_set(e, ERR_SANDBOX, errno, "cannot open /dev/null: %s",
				       strerror(errno));
	}
	return 0;
}

static void *ask_kvm(void *argument)
{
	const struct launch_kvm *kvm = argument;

	hv_cpuid_fetch(kvm->cpuid, kvm->fd);
	return NULL;
}

void launch_kvm_start(struct launch_kvm *kvm)
{
	sigset_t all, before;
	pthread_t asker;
	int error;

	*kvm = (struct launch_kvm){ .fd = open(KVM_PATH, O_RDWR | O_CLOEXEC) };
	if (kvm->fd < 0) {
		kvm->error = errno;
		return;
	}
	kvm->cpuid = hv_cpuid_share();
	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&asker, NULL, ask_kvm, kvm);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		kvm->cpuid = NULL; /* the monitor asks */
		return;
	}
	pthread_detach(asker);
}

int launch_kvm_check(const struct launch_kvm *kvm, struct err *e)
{
	return kvm->fd < 0 ? kvm_open_error(kvm->error, e) : 0;
}

/* As the kernel has it: the C library keeps some real-time signals from its own sigaction(3). */
struct kernel_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

#define SIGNALS 64

/* What the program inherits of this process, as it would by execve(2); before we change any. */
static void take_inheritance(struct hv_config *config)
{
	mode_t mask = umask(0);

	umask(mask);
	config->umask = mask;
	for (int number = 1; number <= SIGNALS; number++) {
		struct kernel_sigaction action;

		if (syscall(SYS_rt_sigaction, number, NULL, &action, sizeof(action.mask)) == 0 &&
		    action.handler == SIG_IGN)
			config->ignored_signals |= 1ull << (number - 1);
	}
}

struct wait {
	pid_t monitor;
	int outcome; /* descriptor */
	struct forward *forward;
	struct terminal *terminal;
	struct cpu cpu;
	struct cgroup cgroup;
	struct notes *notes;   /* NULL: none */
	struct status *status; /* NULL: none */
	uint64_t deadline;     /* CLOCK_MONOTONIC; UINT64_MAX: none */
	uint64_t kill_after;   /* ns from the deadline to the end */
	size_t got;	       /* bytes of the outcome that came */
	struct launch_result *result;
};

static uint64_t timeval_ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * SECOND_NS + (uint64_t)time->tv_usec * 1000;
}

/*
 * The monitor's wait status, or 0: a file system that does not answer holds who
 * waits for it, killed or not. It goes when that answers, or its server does.
 */
static int reap(struct wait *w)
{
	struct rusage usage = { .ru_maxrss = 0 };
	cleanup_close int gone = (int)syscall(SYS_pidfd_open, w->monitor, 0);
	struct pollfd end = { .fd = gone, .events = POLLIN };
	int status = 0;

	kill(w->monitor, SIGKILL);
	while (gone >= 0 && poll(&end, 1, REAP_MS) < 0 && errno == EINTR)
		;
	while (wait4(w->monitor, &status, gone < 0 ? 0 : WNOHANG, &usage) < 0 && errno == EINTR)
		;
	w->result->max_rss_kib = usage.ru_maxrss;
	w->result->cpu_ns = timeval_ns(&usage.ru_utime) + timeval_ns(&usage.ru_stime);
	return status;
}

static void end_monitor(struct wait *w, enum launch_end end, int number)
{
	reap(w);
	w->result->end = end;
	w->result->number = number;
}

static void take_death(struct wait *w)
{
	/* Its end of the pipe is closed, so it is dead or as good as. */
	w->result->number = reap(w);
	w->result->end = LAUNCH_DIED;
}

/*
 * A program must not stop the clock that is to end it: as timeout(1), we stop
 * for who is outside. Ctrl-Z with --tty is seen inside only, but by somebody
 * who is there to go on.
 */
static int may_stop(const struct wait *w)
{
	return w->deadline == UINT64_MAX || w->forward->stop_asked || w->terminal->input >= 0;
}

/* A shell has the terminal as it wants it while we stand still. */
static void stop(struct wait *w)
{
	if (!may_stop(w))
		return;
	terminal_leave(w->terminal);
	forward_stop(w->forward);
	terminal_return(w->terminal);
	forward_continue(w->forward);
}

static void take_outcome(struct wait *w)
{
	struct hv_outcome *outcome = &w->result->outcome;
	ssize_t got = read(w->outcome, (char *)outcome + w->got, sizeof(*outcome) - w->got);

	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0) {
		take_death(w);
		return;
	}
	w->got += (size_t)got;
	if (w->got < sizeof(*outcome))
		return;
	w->got = 0;
	if (outcome->end == HV_STOPPED)
		stop(w);
	else
		w->result->end = LAUNCH_OUTCOME;
}

static struct timespec *time_left(const struct wait *w, struct timespec *left)
{
	uint64_t now = now_ns(), next = w->deadline < w->cpu.next ? w->deadline : w->cpu.next;
	uint64_t ns = next > now ? next - now : 0;

	if (next == UINT64_MAX)
		return NULL;
	*left = (struct timespec){ (time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS) };
	return left;
}

/* The program may end by itself, as timeout(1) lets it; then it is not asked twice. */
static void take_deadline(struct wait *w)
{
	if (w->result->timed_out) {
		end_monitor(w, LAUNCH_TIMEOUT, 0);
		return;
	}
	w->result->timed_out = 1;
	w->deadline = now_ns() + w->kill_after;
	forward_send(w->forward, SIGTERM);
	forward_continue(w->forward); /* stopped programs, too */
}

/* Its time is up as by the clock on the wall, unless that was first. */
static void take_cpu(struct wait *w, uint64_t now)
{
	if (!cpu_look(&w->cpu, now) || w->result->timed_out)
		return;
	w->result->cpu_limited = 1;
	take_deadline(w);
}

static void take_signal(struct wait *w)
{
	struct signalfd_siginfo info;

	if (!forward_read(w->forward, &info))
		return;
	if (info.ssi_signo == SIGWINCH)
		terminal_resize(w->terminal);
	if (info.ssi_signo == SIGCONT)
		terminal_return(w->terminal);
	if (forward_signal(w->forward, &info, now_ns()))
		end_monitor(w, LAUNCH_SIGNAL, (int)info.ssi_signo);
}

static void wait_for_end(struct wait *w)
{
	struct pollfd poll[] = {
		{ .fd = w->outcome, .events = POLLIN },
		{ .fd = w->forward->fd, .events = POLLIN },
		{ .fd = -1 },
		{ .fd = w->notes ? w->notes->fd : -1, .events = POLLIN },
	};

	/* What a guest can do again and again puts off none of the others: I11. */
	while (!w->result->end) {
		struct timespec left;

		terminal_poll(w->terminal, &poll[2]);
		if (ppoll(poll, sizeof(poll) / sizeof(*poll), time_left(w, &left), NULL) < 0)
			continue;
		if (poll[0].revents)
			take_outcome(w);
		if (!w->result->end && poll[1].revents)
			take_signal(w);
		if (!w->result->end && now_ns() >= w->deadline)
			take_deadline(w);
		if (!w->result->end && now_ns() >= w->cpu.next)
			take_cpu(w, now_ns());
		if (!w->result->end && poll[2].revents && terminal_pump(w->terminal))
			hv_outside_tell(w->forward->outside, w->monitor, HC_OUTSIDE_INPUT);
		if (!w->result->end && poll[3].revents && !notes_read(w->notes))
			poll[3].fd = -1;
	}
	w->result->end_ns = now_ns();
}

/* Where a group keeps the share, nobody else needs to. */
static void enter_cgroup(struct wait *w, const struct policy *p)
{
	if (p->cpu_percent == 0 || p->cpu_percent >= 100)
		return;
	cgroup_enter(&w->cgroup, p, w->monitor);
	if (w->cgroup.version)
		w->cpu.percent = 100;
	w->result->cgroup_version = w->cgroup.version;
	w->result->cgroup_limited = w->cgroup.limited;
}

/* Forks the monitor and waits; what is open is closed by launch_run(). */
static int run(struct wait *w, struct hv_config *config, struct err *e)
{
	cleanup_close int reader = -1, writer = -1, noter = -1;
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot make a pipe: %s", strerror(errno));
	reader = ends[0];
	writer = ends[1];
	if (w->notes && notes_open(w->notes, &noter, e))
		return -EIO;
	w->result->start_ns = now_ns();
	if (!config->policy->timeout_ns ||
	    add_ovf(w->result->start_ns, config->policy->timeout_ns, &w->deadline))
		w->deadline = UINT64_MAX;
	config->outcome_fd = writer;
	config->notes_fd = noter;
	w->monitor = fork();
	if (w->monitor < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot start the monitor process: %s",
			       strerror(errno));
	if (w->monitor == 0)
		hv_monitor(config);
	signal(SIGPIPE, SIG_IGN); /* of the reports' readers */
	close(steal_fd(&writer)); /* only the monitor holds it: its death is the pipe's end */
	if (noter >= 0)
		close(steal_fd(&noter));
	w->outcome = reader;
	w->forward->monitor = w->monitor;
	cpu_start(&w->cpu, config->policy, w->monitor, w->result->start_ns);
	enter_cgroup(w, config->policy);
	terminal_forked(w->terminal);
	/* Beside the monitor, which has a VM to set up meanwhile. */
	error = hv_prove_jail(config->policy, config->kvm_fd, e);
	if (error) {
		end_monitor(w, LAUNCH_DIED, 0);
		cgroup_leave(&w->cgroup);
		return error;
	}
	hv_proof_give(config->proof);
	if (w->status)
		status_started(w->status, w->monitor);
	wait_for_end(w);
	if (w->notes)
		notes_drain(w->notes);
	if ((w->status || config->account || w->cgroup.version) && w->result->end == LAUNCH_OUTCOME)
		reap(w);
	cgroup_leave(&w->cgroup);
	return 0;
}

int launch_run(const struct launch *what, struct launch_result *result, struct err *e)
{
	struct forward forward;
	struct terminal terminal;
	struct wait w = { .result = result,
			  .forward = &forward,
			  .terminal = &terminal,
			  .notes = what->notes,
			  .status = what->status,
			  .kill_after = what->policy->kill_after_ns };
	struct hv_config config = {
		.policy = what->policy,
		.image = hv_runtime_image(),
		.argv = what->argv,
		.program = what->program,
		.name = what->name,
		.kvm_fd = what->kvm->fd,
		.cpuid = what->kvm->cpuid,
		.save_fd = what->save_fd,
		.trace_fd = what->trace_fd,
		.account = what->account,
		.notes_fd = -1,
		.notes = what->note_flags,
		.parent = getpid(),
		.proof = hv_proof_share(),
	};
	int error;

	memset(result, 0, sizeof(*result));
	take_inheritance(&config);
	terminal_none(&terminal);
	error = forward_init(&forward, e);
	if (!error && !config.proof)
		error = err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	if (!error && what->tty)
		error = terminal_open(&terminal, &config.tty, forward.outside, e);
	config.outside = forward.outside;
	config.input_fd = terminal.from_us;
	if (!error)
		error = run(&w, &config, e);
	terminal_close(&terminal);
	forward_free(&forward);
	hv_proof_free(config.proof);
	return error;
}
