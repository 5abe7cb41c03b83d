// SPDX-License-Identifier: Apache-2.0
/*
 * The launcher: trusted, never meets guest data but the outcome. It returns
 * as soon as the outcome is known; the monitor, which has written all output
 * by then, is torn down by the kernel behind our back (it dies with us).
 */
#include "sandbox-cli/launch.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/kvm-errors.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define SECOND_NS 1000000000ull

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
	pthread_t asker;

	*kvm = (struct launch_kvm){ .fd = open(KVM_PATH, O_RDWR | O_CLOEXEC) };
	if (kvm->fd < 0) {
		kvm->error = errno;
		return;
	}
	kvm->cpuid = hv_cpuid_share();
	if (pthread_create(&asker, NULL, ask_kvm, kvm)) {
		kvm->cpuid = NULL; /* the monitor asks */
		return;
	}
	pthread_detach(asker);
}

int launch_kvm_check(const struct launch_kvm *kvm, struct err *e)
{
	return kvm->fd < 0 ? kvm_open_error(kvm->error, e) : 0;
}

/* What the program inherits of this process, as it would by execve(2); before we change any. */
static void take_inheritance(struct hv_config *config)
{
	mode_t mask = umask(0);

	umask(mask);
	config->umask = mask;
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;

		if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			config->ignored_signals |= 1ull << (number - 1);
	}
}

/*
 * The signals that end the run, blocked: we take them from a descriptor, and
 * the monitor, which a terminal's Ctrl-C reaches too, leaves them to us. One
 * that the caller ignores (nohup) stays ignored.
 */
static int block_signals(sigset_t *ending)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

	sigemptyset(ending);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction action;

		if (sigaction(numbers[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(ending, numbers[i]);
	}
	signal(SIGCHLD, SIG_DFL); /* an ignored one would lose the monitor's wait status */
	return sigprocmask(SIG_BLOCK, ending, NULL);
}

static int read_signal(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}

struct wait {
	pid_t monitor;
	int outcome, signals; /* descriptors */
	uint64_t deadline;    /* CLOCK_MONOTONIC; UINT64_MAX: none */
	size_t got;	      /* bytes of the outcome that came */
	struct launch_result *result;
};

static void end_monitor(struct wait *w, enum launch_end end, int number)
{
	kill(w->monitor, SIGKILL);
	while (waitpid(w->monitor, NULL, 0) < 0 && errno == EINTR)
		;
	w->result->end = end;
	w->result->number = number;
}

static void take_death(struct wait *w)
{
	/* Its end of the pipe is closed, so it is dead or as good as. */
	kill(w->monitor, SIGKILL);
	while (waitpid(w->monitor, &w->result->number, 0) < 0 && errno == EINTR)
		;
	w->result->end = LAUNCH_DIED;
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
	if (w->got == sizeof(*outcome))
		w->result->end = LAUNCH_OUTCOME;
}

static struct timespec *time_left(const struct wait *w, struct timespec *left)
{
	uint64_t now = now_ns(), ns = w->deadline > now ? w->deadline - now : 0;

	if (w->deadline == UINT64_MAX)
		return NULL;
	*left = (struct timespec){ (time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS) };
	return left;
}

static void wait_for_end(struct wait *w)
{
	struct pollfd poll[] = {
		{ .fd = w->outcome, .events = POLLIN },
		{ .fd = w->signals, .events = POLLIN },
	};

	while (!w->result->end) {
		struct timespec left;
		int number, ready = ppoll(poll, 2, time_left(w, &left), NULL);

		if (ready == 0) {
			end_monitor(w, LAUNCH_TIMEOUT, 0);
		} else if (ready > 0 && poll[0].revents) {
			take_outcome(w);
		} else if (ready > 0 && poll[1].revents) {
			number = read_signal(w->signals);
			if (number)
				end_monitor(w, LAUNCH_SIGNAL, number);
		}
	}
	w->result->end_ns = now_ns();
}

int launch_run(const struct launch *what, struct launch_result *result, struct err *e)
{
	cleanup_close int reader = -1, writer = -1, signals = -1;
	struct wait w = { .result = result, .deadline = UINT64_MAX };
	const struct policy *p = what->policy;
	struct hv_config config = {
		.policy = p,
		.image = hv_runtime_image(),
		.argv = what->argv,
		.program = what->program,
		.name = what->name,
		.kvm_fd = what->kvm->fd,
		.cpuid = what->kvm->cpuid,
		.save_fd = what->save_fd,
		.trace_fd = what->trace_fd,
		.parent = getpid(),
	};
	sigset_t ending;
	int ends[2];

	memset(result, 0, sizeof(*result));
	take_inheritance(&config);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot make a pipe: %s", strerror(errno));
	reader = ends[0];
	writer = ends[1];
	if (block_signals(&ending) < 0 || (signals = signalfd(-1, &ending, SFD_CLOEXEC)) < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot take signals: %s", strerror(errno));
	result->start_ns = now_ns();
	if (p->timeout_ns && add_ovf(result->start_ns, p->timeout_ns, &w.deadline))
		w.deadline = UINT64_MAX;
	config.outcome_fd = writer;
	w.monitor = fork();
	if (w.monitor < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot start the monitor process: %s",
			       strerror(errno));
	if (w.monitor == 0)
		hv_monitor(&config);
	close(steal_fd(&writer)); /* only the monitor holds it: its death is the pipe's end */
	w.outcome = reader;
	w.signals = signals;
	wait_for_end(&w);
	return 0;
}
