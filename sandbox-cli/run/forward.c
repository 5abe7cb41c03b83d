// SPDX-License-Identifier: Apache-2.0
/*
 * Who gets a signal: what a terminal sends goes to a whole process group, of
 * which only this process is outside of the VM, so it goes to the group of the
 * first process inside; what somebody sends to this process is for the first
 * process alone. The monitor, which a terminal's signals reach too, ignores them.
 */
#include "sandbox-cli/run/forward.h"
#include "common/err.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define SECOND_WITHIN_NS 2000000000ull
/* timeout(1) sends its signal to its child and to the child's group: that is one. */
#define ONE_WITHIN_NS	 100000000ull

static const struct {
	int number;
	int asks;  /* asks for the end */
	int group; /* is the group's affair when it comes from a terminal */
} signals[] = {
	{ SIGHUP, 1, 1 },  { SIGINT, 1, 1 },  { SIGQUIT, 1, 1 },   { SIGTERM, 1, 0 },
	{ SIGTSTP, 0, 1 }, { SIGCONT, 0, 1 }, { SIGWINCH, 0, 1 },  { SIGUSR1, 0, 0 },
	{ SIGUSR2, 0, 0 }, { SIGALRM, 0, 0 }, { SIGVTALRM, 0, 0 }, { SIGPROF, 0, 0 },
	{ SIGURG, 0, 0 },  { SIGIO, 0, 0 },   { SIGPWR, 0, 0 },	   { SIGSTKFLT, 0, 0 },
	{ SIGABRT, 0, 0 },
};

#define COUNT (sizeof(signals) / sizeof(signals[0]))

static sigset_t one(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	return set;
}

int forward_init(struct forward *f, struct err *e)
{
	sigset_t set = one(HV_OUTSIDE_SIGNAL); /* the monitor inherits it as blocked */
	sigset_t taken;

	*f = (struct forward){ .fd = -1, .outside = hv_outside_share() };
	if (!f->outside)
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	sigemptyset(&taken);
	for (size_t i = 0; i < COUNT; i++) {
		struct sigaction action;

		if (sigaction(signals[i].number, NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN) {
			sigaddset(&taken, signals[i].number);
			sigaddset(&set, signals[i].number);
		}
	}
	signal(SIGCHLD, SIG_DFL); /* an ignored one would lose the monitor's wait status */
	f->fd = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
	if (f->fd < 0 || sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot take signals: %s", strerror(errno));
	return 0;
}

void forward_free(struct forward *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->outside)
		munmap(f->outside, sizeof(*f->outside));
}

static void tell(struct forward *f, uint64_t bits)
{
	hv_outside_tell(f->outside, f->monitor, bits);
}

void forward_send(struct forward *f, int number)
{
	tell(f, HC_OUTSIDE_SIGNAL(number));
}

void forward_continue(struct forward *f)
{
	tell(f, HC_OUTSIDE_GROUP(SIGCONT));
	kill(f->monitor, SIGCONT);
}

/* Stopped by SIGTSTP, as a terminal does it: it spares who has no shell that would continue it. */
void forward_stop(struct forward *f)
{
	const sigset_t set = one(SIGTSTP);

	f->stop_asked = 0;
	kill(f->monitor, SIGSTOP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL); /* here we stand until SIGCONT */
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int ends(struct forward *f, uint64_t now_ns)
{
	uint64_t since = now_ns - f->asked_ns;

	if (f->asked_ns && since < ONE_WITHIN_NS)
		return 0;
	if (f->asked_ns && since < SECOND_WITHIN_NS)
		return 1;
	f->asked_ns = now_ns;
	return 0;
}

int forward_read(struct forward *f, struct signalfd_siginfo *info)
{
	return read(f->fd, info, sizeof(*info)) == sizeof(*info);
}

int forward_signal(struct forward *f, const struct signalfd_siginfo *info, uint64_t now_ns)
{
	int number = (int)info->ssi_signo;

	for (size_t i = 0; i < COUNT; i++) {
		if (signals[i].number != number)
			continue;
		if (signals[i].asks && ends(f, now_ns))
			return 1;
		f->stop_asked |= number == SIGTSTP;
		if (number == SIGCONT)
			forward_continue(f);
		else if (signals[i].group && info->ssi_code == SI_KERNEL)
			tell(f, HC_OUTSIDE_GROUP(number));
		else
			forward_send(f, number);
	}
	return 0;
}
