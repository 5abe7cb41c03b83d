// SPDX-License-Identifier: Apache-2.0
/* Ids of the process and its user agree, and what may change does. */
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	uid_t r, e, s;
	gid_t groups[65536];

	printf("pid %d tid %d group %d\n", getpid() > 0, gettid() == getpid(),
	       getpgrp() == getpgid(0));
	printf("session %d parent %d\n", getsid(0) >= 0, getppid() >= 0);
	getresuid(&r, &e, &s);
	printf("uid %d gid %d euid %d\n", getuid(), getgid(), geteuid());
	printf("same %d\n", r == getuid() && e == geteuid() && s == r);
	printf("groups %d\n", getgroups(0, NULL) == getgroups(65536, groups));
	printf("unchanged %d %d\n", setresuid(r, r, r), setreuid((uid_t)-1, (uid_t)-1));
	if (!getuid()) {
		printf("drop %d\n", setresuid(1000, 1000, 1000));
		printf("back %d\n", setuid(0) && errno == EPERM);
		return getuid() == 1000 && geteuid() == 1000 ? 0 : 1;
	}
	printf("drop 0\n");
	printf("back %d\n", setuid(0) && errno == EPERM);
	return 0;
}
