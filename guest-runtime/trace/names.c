// SPDX-License-Identifier: Apache-2.0
/* Names of system calls and errors, from the kernel's headers at build time; and of signals. */
#include "guest-runtime/trace/names.h"

#include "guest-runtime/lib/lib.h"

static const char *const syscalls[] = {
#define NAME(number, name) [number] = #name,
#include "names/syscall.h"
#undef NAME
};

static const char *const errors[] = {
#define NAME(number, name) [number] = #name,
#include "names/errno.h"
#undef NAME
};

static const char *const signals[] = {
	"",	     "SIGHUP",	"SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
	"SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
	"SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
	"SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS",
};

const char *name_of_syscall(uint32_t number)
{
	return number < ARRAY_SIZE(syscalls) ? syscalls[number] : NULL;
}

const char *name_of_errno(uint32_t number)
{
	return number < ARRAY_SIZE(errors) ? errors[number] : NULL;
}

const char *name_of_signal(uint32_t number)
{
	return number && number < ARRAY_SIZE(signals) ? signals[number] : NULL;
}
