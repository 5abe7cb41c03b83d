// SPDX-License-Identifier: Apache-2.0
/* Limits can be read, lowered, not raised again, and bind descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void)
{
	struct rlimit limit, wrong = { 10, 5 };

	for (int i = 0; i < RLIMIT_NLIMITS; i++)
		printf("limit %d %d\n", i,
		       getrlimit(i, &limit) == 0 && limit.rlim_cur <= limit.rlim_max);
	printf("unknown %d\n", getrlimit(16, &limit) && errno == EINVAL);
	printf("wrong %d\n", setrlimit(RLIMIT_NOFILE, &wrong) && errno == EINVAL);
	limit = (struct rlimit){ 16, 32 };
	printf("lower %d\n", setrlimit(RLIMIT_NOFILE, &limit));
	getrlimit(RLIMIT_NOFILE, &limit);
	printf("told %d %d\n", (int)limit.rlim_cur, (int)limit.rlim_max);
	printf("table %ld\n", sysconf(_SC_OPEN_MAX));
	printf("bound %d %d\n", dup2(0, 15), dup2(0, 16) == -1 && errno == EBADF);
	limit.rlim_cur = 32;
	printf("soft up %d", setrlimit(RLIMIT_NOFILE, &limit));
	printf(" %d\n", dup2(0, 16));
	printf("stack %d\n", getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= 1 << 20);
	return 0;
}
