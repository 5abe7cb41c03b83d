// SPDX-License-Identifier: Apache-2.0
/* clone(2) with an address for the thread pointer that no register takes. */
#include "../fs/try.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

int main(void)
{
	static const uint64_t bad[] = { 1ull << 47, 1ull << 58, 0xffff800000000000, UINT64_MAX };

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		long pid = syscall(SYS_clone, CLONE_SETTLS | SIGCHLD, NULL, NULL, NULL, bad[i]);

		if (pid == 0)
			syscall(SYS_exit, 0);
		TRY(pid);
		TRY(waitpid(-1, NULL, __WALL));
	}
	return 0;
}
