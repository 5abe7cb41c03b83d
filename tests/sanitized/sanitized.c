// SPDX-License-Identifier: Apache-2.0
/* What the sanitizers ask of the program that they are in, so that it can be jailed. */

const char *__asan_default_options(void);
void __asan_handle_no_return(void);

/*
 * Leaks are not looked for: that needs ptrace, and who ends by _exit has none.
 * A fault is the kernel's to report, as ever: handlers would be set after a fork.
 */
const char *__asan_default_options(void)
{
	return "detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_abort=0:use_sigaltstack=0:"
	       "detect_stack_use_after_return=0:abort_on_error=0";
}

/*
 * Called before each function that does not return, to unpoison the stack; it
 * asks for the alternate signal stack, a system call that the jail does not
 * have. The monitor's functions that do not return end the process.
 */
void __asan_handle_no_return(void)
{
}
