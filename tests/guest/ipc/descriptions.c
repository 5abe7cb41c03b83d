// SPDX-License-Identifier: Apache-2.0
/* What /proc/PID/fdinfo tells of descriptors that are no plain files. */
#include "../fs/try.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

/* The lines that start with one of these words, without what differs from run to run. */
static void show(int pid, int fd, const char *words)
{
	char path[64], line[256], word[64];

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "%63[^: ]", word);
		if (strncmp(word, "inotify", 7) == 0)
			strcpy(strstr(line, " ino:"), "\n");
		if (strncmp(word, "tfd", 3) == 0)
			strcpy(strstr(line, " ino:"), "\n");
		if (strcmp(word, "ino") != 0 && strstr(words, word))
			printf("%s", line);
	}
	if (f)
		fclose(f);
	else
		printf("%s\n", strerrorname_np(errno));
}

int main(void)
{
	uint64_t value = 0x123;
	struct itimerspec when = { .it_interval.tv_sec = 7 };
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u64 = 0xabcdef };
	sigset_t set;

	work_enter();
	int e = eventfd(0, 0);
	write(e, &value, 8);
	show(getpid(), e, "pos flags eventfd-count");
	sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGHUP);
	int s = signalfd(-1, &set, SFD_NONBLOCK);
	show(getpid(), s, "pos flags sigmask");
	int t = timerfd_create(CLOCK_MONOTONIC, 0);
	timerfd_settime(t, TFD_TIMER_ABSTIME, &when, NULL);
	show(getpid(), t, "pos flags clockid ticks settime it_value it_interval");
	int p = epoll_create1(0);
	epoll_ctl(p, EPOLL_CTL_ADD, e, &event);
	show(getpid(), p, "pos flags tfd");
	int i = inotify_init();
	inotify_add_watch(i, ".", IN_CREATE);
	show(getpid(), i, "pos flags inotify");
	int f = open("file", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	write(f, "12345", 5);
	show(getpid(), f, "pos flags");
	fflush(stdout);
	int child = fork();
	if (child == 0) {
		lseek(f, 2, SEEK_SET);
		pause();
	}
	usleep(20000);
	show(child, f, "pos flags");
	show(child, e, "eventfd-count");
	int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	char path[64], line[64];
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	FILE *info = fopen(path, "r");
	while (info && fgets(line, sizeof(line), info))
		if (strncmp(line, "Pid:", 4) == 0)
			printf("pidfd %d\n", atoi(line + 4) == child);
	fclose(info);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	show(getpid(), pidfd, "Pid NSpid");
	show(getpid(), 77, "");
	unlink("file");
	return 0;
}
