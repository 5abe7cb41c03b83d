// SPDX-License-Identifier: Apache-2.0
/* uname, sysinfo, prctl, scheduling and the rest that programs ask about their system. */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(void)
{
	struct utsname name;
	struct sysinfo info;
	struct sched_param param = { 0 };
	char task[16] = "";
	cpu_set_t cpus;
	int value = -1;

	uname(&name);
	printf("%s %s\n", name.sysname, name.machine);
	printf("release %d\n", name.release[0] >= '4' && name.release[1] == '.');
	printf("sysinfo %d", sysinfo(&info));
	printf(" %d\n", info.totalram > info.freeram && info.mem_unit > 0);
	prctl(PR_SET_NAME, "a-name-that-is-too-long");
	prctl(PR_GET_NAME, task);
	printf("name %s\n", task);
	printf("dumpable %d\n", prctl(PR_GET_DUMPABLE));
	printf("no new privileges %d", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	printf(" %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	printf("death signal %d", prctl(PR_SET_PDEATHSIG, 15));
	printf(" %d", prctl(PR_GET_PDEATHSIG, &value));
	printf(" %d\n", value);
	printf("bounding %d\n", prctl(PR_CAPBSET_READ, 99) == -1 && errno == EINVAL);
	printf("unknown %d\n", prctl(12345) == -1 && errno == EINVAL);
	printf("affinity %d", sched_getaffinity(0, sizeof(cpus), &cpus));
	printf(" %d\n", CPU_COUNT(&cpus) > 0);
	printf("affinity set %d\n", sched_setaffinity(0, sizeof(cpus), &cpus));
	CPU_ZERO(&cpus);
	printf("affinity none %d\n",
	       sched_setaffinity(0, sizeof(cpus), &cpus) == -1 && errno == EINVAL);
	printf("policy %d %d\n", sched_getscheduler(0), sched_getparam(0, &param));
	printf("priorities %d %d %d\n", sched_get_priority_max(SCHED_FIFO),
	       sched_get_priority_min(SCHED_RR), sched_get_priority_max(SCHED_OTHER));
	printf("yield %d\n", sched_yield());
	printf("nice %d", getpriority(PRIO_PROCESS, 0));
	printf(" %d", setpriority(PRIO_PROCESS, 0, 5));
	printf(" %d\n", getpriority(PRIO_PROCESS, 0));
	printf("mlock %d", mlock(task, sizeof(task)));
	printf(" %d\n", munlock(task, sizeof(task)));
	printf("mlock nothing %d\n", mlock((void *)4096, 4096) == -1 && errno == ENOMEM);
	printf("personality %lx\n", syscall(SYS_personality, 0xffffffff));
	printf("futex wake %ld", syscall(SYS_futex, &value, 1, 1, 0, 0, 0));
	printf(" wait %d\n", syscall(SYS_futex, &value, 128, 3, 0, 0, 0) == -1 && errno == EAGAIN);
	struct timespec span = { 0, 20000000 };
	printf("futex timeout %d\n",
	       syscall(SYS_futex, &value, 128, 15, &span, 0, 0) == -1 && errno == ETIMEDOUT);
	printf("no such call %d\n", syscall(9999) == -1 && errno == ENOSYS);
	return 0;
}
