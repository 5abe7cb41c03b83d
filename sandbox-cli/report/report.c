// SPDX-License-Identifier: Apache-2.0
/*
 * Turns the end of a run into an exit status and at most one error with its
 * hint. The outcome comes from the monitor, which may have fallen to the
 * guest: every number goes through a table, every text is bounded and escaped
 * (I11).
 */
#include "sandbox-cli/report/report.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/file/rules.h"
#include "policy/policy.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define ERRNO_MAX  4095
#define SIGNAL_MAX 64
#define NAME_SHOWN 200
#define OUR_BUG	   "a bug of sandbox-run: please report it with the output of sandbox-run -v"

static const char *const hypercall_names[HC_NUMBER_MAX] = {
#define NAME(name, number, ...) [number] = #name,
	HYPERCALLS(NAME)
#undef NAME
};

static const char *const violations[] = {
	[HV_VIOLATION_NONE] = NULL,
	[HV_VIOLATION_DOORBELL] = "it touched memory that it does not have",
	[HV_VIOLATION_NUMBER] = "no such hypercall",
	[HV_VIOLATION_LENGTH] = "a request of the wrong length",
	[HV_VIOLATION_FIELD] = "a field out of range",
	[HV_VIOLATION_SEGMENT] = "memory that is not the guest's own",
	[HV_VIOLATION_NAME] = "a file name that is not one component",
	[HV_VIOLATION_HANDLE] = "a handle that it does not have",
};

/* KVM's exit reasons that a hostile or broken guest brings about. */
static const char *const exit_reasons[] = {
	[1] = "exception",	  [2] = "port access",	 [3] = "hypercall instruction",
	[4] = "debug exception",  [5] = "halt",		 [6] = "memory-mapped access",
	[7] = "interrupt window", [9] = "entry failed",	 [17] = "internal error",
	[24] = "system event",	  [26] = "IOAPIC",	 [29] = "MSR read",
	[30] = "MSR write",	  [39] = "memory fault",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int nonsense(struct err *e)
{
	err_set(e, ERR_SANDBOX, EPROTO, "the monitor reported nonsense");
	err_hint(e, "the guest may have broken into the monitor, which the jail then held; "
		    "do not trust COMMAND, and please report it");
	return ERR_SANDBOX;
}

static int no_exec(const struct hv_outcome *o, const char *name, struct err *e)
{
	if (o->code == 0 || o->code > ERRNO_MAX)
		return nonsense(e);
	if (o->code == ENOENT) {
		err_set(e, ERR_NOT_FOUND, ENOENT,
			"%s: not found in the sandbox: the program, or its interpreter", name);
		err_hint(e, "make it visible with --ro PATH");
		return ERR_NOT_FOUND;
	}
	/*
	 * The C library may have no words for ELIBBAD, the runtime's answer to
	 * a dynamic program.
	 */
	err_set(e, ERR_NOT_EXECUTABLE, (int)o->code, "%s: cannot execute: %s", name,
		o->code == ELIBBAD ? "it needs a loader" : strerror((int)o->code));
	if (o->code == ENOEXEC || o->code == ELIBBAD)
		err_hint(e,
			 "only whole ELF programs for 64-bit x86 Linux run, and scripts that start "
			 "with #!");
	return ERR_NOT_EXECUTABLE;
}

/* code 0: it did not start; SIGKILL: it was killed for it later, as Linux would. */
static int no_memory(const struct hv_outcome *o, const char *name, const struct policy *p,
		     struct err *e)
{
	unsigned long long mib = p->memory >> 20;
	enum err_status status = ERR_NOT_EXECUTABLE;

	if (o->code != 0 && o->code != SIGKILL)
		return nonsense(e);
	if (o->code == SIGKILL)
		status = 128 + SIGKILL;
	err_set(e, status, ENOMEM, "%s: needs more memory than %lluMiB", name, mib);
	err_hint(e, "give it more: --memory %lluMiB", mib * 2);
	return (int)status;
}

/* Copies a text of the outcome, which need not be terminated. */
static void take_text(char *out, size_t size, const char *text, size_t length)
{
	err_escape(out, size, text, strnlen(text, length));
}

static int setup(const struct hv_outcome *o, struct err *e)
{
	char text[400], hint[400];

	take_text(text, sizeof(text), o->message, sizeof(o->message));
	take_text(hint, sizeof(hint), o->hint, sizeof(o->hint));
	if (!*text)
		return nonsense(e);
	switch (o->status) {
	case ERR_SANDBOX:
	case ERR_NOT_EXECUTABLE:
	case ERR_NOT_FOUND:
		break;
	default:
		return nonsense(e);
	}
	err_set(e, (enum err_status)o->status, EPERM, "%s", text);
	if (*hint)
		err_hint(e, "%s", hint);
	return (int)o->status;
}

static int panic(const struct hv_outcome *o, struct err *e)
{
	char text[400];

	take_text(text, sizeof(text), o->message, sizeof(o->message));
	err_set(e, ERR_SANDBOX, EPROTO, "the guest runtime failed: %s",
		*text ? text : "it did not say why");
	err_hint(e, OUR_BUG);
	return ERR_SANDBOX;
}

static int broke_rules(struct err *e)
{
	err_hint(e, "COMMAND attacks the sandbox, or met a bug of sandbox-run; "
		    "sandbox-run -v prints the registers for a report");
	return ERR_SANDBOX;
}

static int bad_hypercall(const struct hv_outcome *o, struct err *e)
{
	const char *name = o->number < HC_NUMBER_MAX ? hypercall_names[o->number] : NULL;
	const char *what = o->code < COUNT(violations) ? violations[o->code] : NULL;

	if (!what)
		return nonsense(e);
	if (o->code == HV_VIOLATION_DOORBELL)
		err_set(e, ERR_SANDBOX, EPROTO, "the guest broke the rules of its VM: %s", what);
	else if (name && o->code != HV_VIOLATION_NUMBER)
		err_set(e, ERR_SANDBOX, EPROTO,
			"the guest broke the rules of its VM: hypercall %s: %s", name, what);
	else
		err_set(e, ERR_SANDBOX, EPROTO,
			"the guest broke the rules of its VM: hypercall %u: %s", o->number, what);
	return broke_rules(e);
}

static int bad_exit(const struct hv_outcome *o, struct err *e)
{
	const char *reason = o->code < COUNT(exit_reasons) ? exit_reasons[o->code] : NULL;

	err_set(e, ERR_SANDBOX, EPROTO, "the guest broke the rules of its VM: exit %u (%s)",
		o->code, reason ? reason : "unknown");
	return broke_rules(e);
}

/* KVM_RUN's errno; -EFAULT is a page without memory behind it, all others are the host's. */
static int kvm_error(const struct hv_outcome *o, struct err *e)
{
	if (o->code == 0 || o->code > ERRNO_MAX)
		return nonsense(e);
	if (o->code == EFAULT) {
		err_set(e, ERR_SANDBOX, EPROTO,
			"the guest touched memory without anything behind it");
		err_hint(e, "a file became shorter while COMMAND had it mapped, or COMMAND attacks "
			    "the sandbox");
		return ERR_SANDBOX;
	}
	err_set(e, ERR_SANDBOX, EPROTO, "KVM could not run the VM: %s", strerror((int)o->code));
	err_hint(e, "sandbox-run --doctor checks this host; the kernel log may say more");
	return ERR_SANDBOX;
}

/* As the kernel ends who writes more than its limit of a file's size. */
static int too_much_output(const char *name, const struct policy *p, struct err *e)
{
	char limit[32], more[32];
	uint64_t twice;

	if (!p->output)
		return nonsense(e);
	report_size(limit, sizeof(limit), p->output);
	if (mul_ovf(p->output, 2u, &twice))
		twice = p->output;
	report_size(more, sizeof(more), twice);
	err_set(e, (enum err_status)(128 + SIGXFSZ), EFBIG, "%s: wrote more than %s", name, limit);
	err_hint(e, "allow it more: --output %s", more);
	return e->status;
}

/* As the kernel's seccomp ends who makes a forbidden call. */
static int denied(const struct hv_outcome *o, const char *name, const struct policy *p,
		  struct err *e)
{
	const char *call = o->number < HC_NUMBER_MAX ? hypercall_names[o->number] : NULL;

	if (p->on_deny != ON_DENY_KILL || o->code > ERRNO_MAX || (o->code && !call))
		return nonsense(e);
	if (o->code) /* its runtime would have refused it before: it is not what it was */
		err_set(e, (enum err_status)(128 + SIGSYS), EPERM,
			"%s: killed for a forbidden act: hypercall %s: %s", name, call,
			strerror((int)o->code));
	else
		err_set(e, (enum err_status)(128 + SIGSYS), EPERM, "%s: killed for a forbidden act",
			name);
	return e->status;
}

static int outcome_result(const struct hv_outcome *o, const char *name, const struct policy *p,
			  struct err *e)
{
	switch (o->end) {
	case HV_END_STATUS:
		return o->code <= 255 ? (int)o->code : nonsense(e);
	case HV_END_SIGNAL:
		return o->code >= 1 && o->code <= SIGNAL_MAX ? 128 + (int)o->code : nonsense(e);
	case HV_END_NO_EXEC:
		return no_exec(o, name, e);
	case HV_END_NO_MEMORY:
		return no_memory(o, name, p, e);
	case HV_END_SETUP:
		return setup(o, e);
	case HV_END_PANIC:
		return panic(o, e);
	case HV_END_BAD_HYPERCALL:
		return bad_hypercall(o, e);
	case HV_END_BAD_EXIT:
		return bad_exit(o, e);
	case HV_END_SHUTDOWN:
		err_set(e, ERR_SANDBOX, EPROTO,
			"the guest broke the rules of its VM: triple fault");
		return broke_rules(e);
	case HV_END_KVM_ERROR:
		return kvm_error(o, e);
	case HV_END_OUTPUT:
		return too_much_output(name, p, e);
	case HV_END_DENIED:
		return denied(o, name, p, e);
	default:
		return nonsense(e);
	}
}

static int died(int wait_status, struct err *e)
{
	int number = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;

	if (!number) {
		err_set(e, ERR_SANDBOX, EPROTO, "the monitor ended without a report, status %d",
			WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : wait_status);
		err_hint(e, OUR_BUG);
		return ERR_SANDBOX;
	}
	if (number == SIGXCPU) { /* the caller's limit; natively it ends the program just so */
		err_set(e, (enum err_status)(128 + SIGXCPU), EPROTO, "the CPU time limit ran out");
		err_hint(e, "see ulimit -t");
		return e->status;
	}
	err_set(e, ERR_SANDBOX, EPROTO, "the monitor was killed by signal %d (%s)", number,
		strsignal(number));
	if (number == SIGSYS)
		err_hint(e, "its seccomp filter stopped a forbidden system call: a bug of "
			    "sandbox-run, or an attack by COMMAND; please report it");
	else if (number == SIGKILL)
		err_hint(e, "often the kernel, out of memory: see dmesg, or give less --memory");
	else
		err_hint(e, OUR_BUG);
	return ERR_SANDBOX;
}

int report_result(const struct launch_result *r, const char *name, const struct policy *p,
		  struct err *e)
{
	char shown[NAME_SHOWN];
	int status;

	memset(e, 0, sizeof(*e));
	err_escape(shown, sizeof(shown), name, strlen(name));
	switch (r->end) {
	case LAUNCH_OUTCOME:
		status = outcome_result(&r->outcome, shown, p, e);
		return r->timed_out && !e->what[0] ? ERR_TIMEOUT : status;
	case LAUNCH_TIMEOUT:
		return ERR_TIMEOUT;
	case LAUNCH_SIGNAL:
		return 128 + r->number;
	case LAUNCH_DIED:
		return died(r->number, e);
	}
	return nonsense(e);
}

void report_problems(const struct rules *r, struct err *e)
{
	size_t count = r->problem_count;

	if (count > RULES_PROBLEMS_MAX)
		count = RULES_PROBLEMS_MAX;
	if (count == 0)
		return;
	for (size_t i = 0; i + 1 < count; i++)
		err_print(&r->problems[i]);
	*e = r->problems[count - 1];
	if (r->problem_count > count)
		err_hint(e, "%zu more, when these are mended", r->problem_count - count);
}
