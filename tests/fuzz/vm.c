// SPDX-License-Identifier: Apache-2.0
/* A VM that is as new for each input. */
#include "tests/fuzz/vm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static struct vm fresh;
static struct handle table[FUZZ_MAX];

int __wrap_setitimer(int which, const struct itimerval *value, struct itimerval *old);

/* libFuzzer has the process's only timer. */
int __wrap_setitimer(int which, const struct itimerval *value, struct itimerval *old)
{
	(void)which, (void)value, (void)old;
	return 0;
}

void fuzz_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("fuzz: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

void fuzz_vm_start(struct vm *vm, int writable)
{
	char rw[300], ro[300];
	const char *grants[] = { rw, ro, NULL };
	sigset_t alarm;

	umask(0);
	fuzz_tree_plant(vm);
	snprintf(rw, sizeof(rw), "%s%s", writable ? GUEST_WRITABLE : "", fuzz_path("rw"));
	snprintf(ro, sizeof(ro), "%s", fuzz_path("ro"));
	guest_start(vm, grants, FUZZ_MAX);
	vm->streams = vm->terminals = vm->seekable = 0; /* they are libFuzzer's */
	sigemptyset(&alarm);				/* the VM's, blocked as in the monitor */
	sigaddset(&alarm, SIGUSR1);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	fresh = *vm;
	memcpy(table, vm->handles.table, sizeof(table));
}

/* Guest memory that grew stays; all else is as at the start. */
void fuzz_vm_reset(struct vm *vm)
{
	struct gm gm = vm->gm;

	for (uint32_t i = 0; i < FUZZ_MAX; i++) {
		const struct handle *handle = handles_get(&vm->handles, i);

		if (handle && !handle->root)
			handles_close(&vm->handles, i);
	}
	*vm = fresh;
	vm->gm = gm;
	memcpy(vm->handles.table, table, sizeof(table));
	memset(gm_range(&vm->gm, BUFFER_GPA, 2 * GUEST_PAGE_SIZE), 0, 2 * GUEST_PAGE_SIZE);
}
