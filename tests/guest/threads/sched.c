// SPDX-License-Identifier: Apache-2.0
/*
 * Policies, priorities and affinity: of oneself, another thread, a child, a
 * group; and what is refused.
 */
#include "futex.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t least, most;
	uint64_t more;
};

#define SETATTR(pid, a, flags)	     syscall(SYS_sched_setattr, pid, a, flags)
#define GETATTR(pid, a, size, flags) syscall(SYS_sched_getattr, pid, a, size, flags)

static void policies(void)
{
	struct sched_param none = { 0 }, one = { 1 };

	TRY(sched_getscheduler(0));
	TRY(sched_setscheduler(0, SCHED_BATCH, &none));
	TRY(sched_getscheduler(0));
	TRY(sched_setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, &none));
	fflush(stdout);
	if (fork() == 0) {
		printf("of a child %x\n", sched_getscheduler(0));
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	TRY(sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none));
	printf("%x\n", sched_getscheduler(0));
	TRY(sched_setscheduler(0, SCHED_OTHER, &none));
	TRY(sched_setscheduler(0, SCHED_OTHER, &one));
	TRY(sched_setscheduler(0, SCHED_FIFO, &one));
	TRY(sched_setscheduler(0, SCHED_FIFO, &none));
	TRY(sched_setscheduler(0, 4, &none));
	TRY(sched_setscheduler(0, 99, &none));
	TRY(sched_setscheduler(-1, SCHED_OTHER, &none));
	TRY(sched_setscheduler(4000000, SCHED_OTHER, &none));
	TRY(sched_setscheduler(0, SCHED_OTHER, NULL));
	TRY(sched_setparam(0, &none));
	TRY(sched_setparam(0, &one));
	TRY(sched_getparam(0, &one));
	TRY(sched_getparam(4000000, &one));
	printf("%d\n", one.sched_priority);
	for (int policy = -1; policy < 7; policy++)
		printf("%d: %d to %d\n", policy, sched_get_priority_min(policy),
		       sched_get_priority_max(policy));
}

static void attributes(void)
{
	struct attr a = { .size = 48, .policy = SCHED_BATCH, .nice = 3 };

	TRY(SETATTR(0, &a, 0));
	memset(&a, 0, sizeof(a));
	TRY(GETATTR(0, &a, 48, 0));
	printf("size %u policy %u flags %lx nice %d\n", a.size, a.policy, (long)a.flags, a.nice);
	TRY(getpriority(PRIO_PROCESS, 0));
	TRY(SETATTR(0, &a, 1));
	TRY(SETATTR(0, NULL, 0));
	TRY(SETATTR(-1, &a, 0));
	TRY(SETATTR(4000000, &a, 0));
	TRY(GETATTR(0, &a, 47, 0));
	TRY(GETATTR(0, &a, 5000, 0));
	TRY(GETATTR(0, &a, 48, 1));
	TRY(GETATTR(4000000, &a, 48, 0));
	a = (struct attr){ .size = 20, .policy = SCHED_BATCH, .nice = 3 };
	TRY(SETATTR(0, &a, 0));
	printf("size %u\n", a.size);
	a = (struct attr){ .size = sizeof(a), .policy = SCHED_BATCH, .nice = 3, .more = 1 };
	TRY(SETATTR(0, &a, 0));
	a = (struct attr){ .size = sizeof(a), .policy = SCHED_BATCH, .nice = 100 };
	TRY(SETATTR(0, &a, 0));
	TRY(getpriority(PRIO_PROCESS, 0));
	a = (struct attr){ .policy = SCHED_OTHER, .flags = 0x1000 };
	TRY(SETATTR(0, &a, 0));
	a = (struct attr){ .policy = SCHED_IDLE, .nice = 19, .flags = 1 };
	TRY(SETATTR(0, &a, 0));
	printf("%x\n", sched_getscheduler(0));
	a.flags = 0;
	TRY(SETATTR(0, &a, 0));
}

static int tid;
static volatile int stage;

static void *other(void *argument)
{
	(void)argument;
	tid = gettid();
	stage = 1;
	while (stage == 1)
		usleep(1000);
	return NULL;
}

/* Each thread has its own. */
static void threads(void)
{
	cpu_set_t set, none;
	pthread_t thread = start(other, NULL);

	while (!stage)
		usleep(1000);
	TRY(setpriority(PRIO_PROCESS, (id_t)tid, 7));
	TRY(getpriority(PRIO_PROCESS, (id_t)tid));
	TRY(getpriority(PRIO_PROCESS, 0));
	TRY(setpriority(PRIO_PROCESS, (id_t)tid, 5));
	TRY(setpriority(PRIO_PROCESS, (id_t)tid, 100));
	TRY(getpriority(PRIO_PROCESS, (id_t)tid));
	CPU_ZERO(&set);
	CPU_ZERO(&none);
	CPU_SET(0, &set);
	TRY(sched_setaffinity(tid, sizeof(set), &set));
	CPU_ZERO(&set);
	TRY_OK(sched_getaffinity(tid, sizeof(set), &set));
	printf("one %d\n", CPU_COUNT(&set) == 1);
	TRY(sched_setaffinity(tid, sizeof(none), &none));
	TRY(sched_setaffinity(4000000, sizeof(set), &set));
	TRY(sched_setaffinity(0, sizeof(set), NULL));
	TRY(syscall(SYS_sched_getaffinity, 0, 4, &set));
	TRY(syscall(SYS_sched_getaffinity, 0, 12, &set));
	TRY(syscall(SYS_sched_getaffinity, 4000000, 128, &set));
	stage = 2;
	pthread_join(thread, NULL);
}

static void groups(void)
{
	TRY(setpriority(3, 0, 1));
	TRY(setpriority(-1, 0, 1));
	TRY(getpriority(3, 0));
	TRY(getpriority(PRIO_PGRP, 4000000));
	TRY(getpriority(PRIO_USER, 4000000));
	TRY(setpriority(PRIO_PGRP, 4000000, 3));
	fflush(stdout);
	pid_t child = fork();
	if (!child) {
		setpgid(0, 0);
		printf("child %d\n", getpriority(PRIO_PROCESS, 0));
		TRY(setpriority(PRIO_PGRP, 0, 15));
		TRY(getpriority(PRIO_PGRP, 0));
		TRY(getpriority(PRIO_PROCESS, 0));
		TRY(setpriority(PRIO_PROCESS, 0, 14));
		struct rlimit limit;
		getrlimit(RLIMIT_NICE, &limit);
		printf("limit %d\n", (int)limit.rlim_cur);
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void others(void)
{
	TRY(setpriority(PRIO_PROCESS, (id_t)getppid(), 3));
	struct sched_param none = { 0 };
	TRY(sched_setscheduler(getppid(), SCHED_OTHER, &none));
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	TRY(sched_setaffinity(getppid(), sizeof(set), &set));
}

#define BE(n) (2 << 13 | (n))

static void io(void)
{
	TRY(syscall(SYS_ioprio_set, 1, 0, BE(5)));
	printf("%lx\n", syscall(SYS_ioprio_get, 1, 0));
	TRY(syscall(SYS_ioprio_set, 1, 0, 3 << 13));
	printf("%lx\n", syscall(SYS_ioprio_get, 1, gettid()));
	TRY(syscall(SYS_ioprio_set, 1, 0, 5 << 13));
	TRY(syscall(SYS_ioprio_set, 1, 4000000, BE(1)));
	TRY(syscall(SYS_ioprio_set, 0, 0, BE(1)));
	TRY(syscall(SYS_ioprio_set, 4, 0, BE(1)));
	TRY(syscall(SYS_ioprio_get, 0, 0));
	TRY(syscall(SYS_ioprio_get, 1, 4000000));
	TRY(syscall(SYS_ioprio_set, 1, 0, 1));
	TRY(syscall(SYS_ioprio_set, 1, 0, 0));
}

/* A user without rights, natively as inside; the parent is another's. */
static void leave_root(void)
{
	if (!geteuid() && (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
			   setresuid(65534, 65534, 65534)))
		exit(99);
}

int main(void)
{
	unsigned int cpu = 9, node = 9;
	char name[16];

	fflush(stdout);
	pid_t child = fork();
	if (!child) {
		leave_root();
		setpgid(0, 0);
		policies();
		threads();
		groups();
		if (getuid() == 65534)
			others();
		io();
		attributes();
		exit(0);
	}
	waitpid(child, NULL, 0);
	TRY(syscall(SYS_getcpu, &cpu, &node, NULL));
	TRY(syscall(SYS_getcpu, NULL, NULL, NULL));
	TRY(syscall(SYS_getcpu, 16, NULL, NULL));
	TRY(sched_yield());
	TRY(prctl(PR_SET_NAME, "a-name-that-is-long"));
	TRY(prctl(PR_GET_NAME, name));
	printf("%s\n", name);
	return 0;
}
