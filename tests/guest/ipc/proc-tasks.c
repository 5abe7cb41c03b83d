// SPDX-License-Identifier: Apache-2.0
/* /proc of other processes and threads: children, zombies, those that have gone. */
#include "../fs/try.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static char text[65536];

static const char *read_of(int pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	int error = errno;

	close(fd);
	if (n < 0)
		return strerrorname_np(error);
	text[n] = 0;
	return text;
}

/* Field n of stat, from 3 on. */
static long field(int pid, const char *name, int n)
{
	const char *at = strrchr(read_of(pid, name), ')');

	if (!at)
		return -1;
	for (at += 2; n > 3; n--)
		at = strchr(at, ' ') + 1;
	return n == 3 && *at >= 'A' ? *at : strtol(at, NULL, 10);
}

static int line_of(int pid, const char *file, const char *name)
{
	const char *at = strstr(read_of(pid, file), name);

	return at ? atoi(at + strlen(name)) : -1;
}

static void show_link_of(int pid, const char *name)
{
	char path[64], to[256];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	ssize_t n = readlink(path, to, sizeof(to));
	printf("%s: %.*s\n", name, n < 0 ? 99 : (int)n, n < 0 ? strerrorname_np(errno) : to);
}

static int count_names(const char *path, int number)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	int n = 0;

	while (dir && (d = readdir(dir)))
		n += number ? atoi(d->d_name) == number : d->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}

static void child(void)
{
	int p[2];
	char path[64], c;

	pipe(p);
	int pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NAME, "a (child) \\");
		setpgid(0, 0);
		chdir("/usr");
		umask(0123);
		signal(SIGUSR1, SIG_IGN);
		close(0);
		sigset_t set;
		sigemptyset(&set);
		sigaddset(&set, SIGUSR2);
		sigprocmask(SIG_BLOCK, &set, NULL);
		raise(SIGUSR2);
		write(p[1], "x", 1);
		pause();
	}
	read(p[0], &c, 1);
	usleep(20000);
	printf("%c ppid %d pgrp %d session %d threads %ld\n", (int)field(pid, "stat", 3),
	       field(pid, "stat", 4) == getpid(), field(pid, "stat", 5) == pid,
	       field(pid, "stat", 6) == getsid(0), field(pid, "stat", 20));
	printf("exit signal %ld, flags %lx\n", field(pid, "stat", 38),
	       field(pid, "stat", 9) & 0x44);
	printf("vsize %d rss %d\n", field(pid, "stat", 23) > 100000, field(pid, "stat", 24) > 10);
	printf("comm %s", read_of(pid, "comm"));
	printf("%.22s\n", read_of(pid, "status"));
	printf("Umask %o\n", line_of(pid, "status", "Umask:"));
	printf("pid %d ppid %d\n", line_of(pid, "status", "\nPid:") == pid,
	       line_of(pid, "status", "PPid:") == getpid());
	printf("%.58s\n", strstr(read_of(pid, "status"), "ShdPnd"));
	printf("%.24s\n", strstr(read_of(pid, "status"), "SigIgn"));
	show_link_of(pid, "cwd"), show_link_of(pid, "root"), show_link_of(pid, "fd/0");
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	printf("fds %d\n", count_names(path, 0) == count_names("/proc/self/fd", 0) - 2);
	printf("cmdline %d\n", !strcmp(strrchr(read_of(pid, "cmdline"), '/'), "/proc-tasks"));
	snprintf(path, sizeof(path), "task/%d/children", getpid());
	printf("children %d\n", atoi(read_of(getpid(), path)) == pid);
	printf("listed %d\n", count_names("/proc", pid));
	printf("maps %d\n", strstr(read_of(pid, "maps"), "[stack]") != NULL);
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	int fd = open(path, O_WRONLY);
	TRY(write(fd, "x", 1));
	close(fd);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(p[0]), close(p[1]);
}

static void zombie(void)
{
	char path[64];
	int pid = fork();

	if (pid == 0)
		_exit(3);
	usleep(50000);
	printf("zombie %c threads %ld vsize %ld flags %lx\n", (int)field(pid, "stat", 3),
	       field(pid, "stat", 20), field(pid, "stat", 23), field(pid, "stat", 9) & 0x44);
	printf("[%s] [%s] %s", read_of(pid, "cmdline"), read_of(pid, "maps"),
	       read_of(pid, "statm"));
	printf("VmSize %d FDSize %d\n", line_of(pid, "status", "VmSize:"),
	       line_of(pid, "status", "FDSize:"));
	printf("mounts %s\n", read_of(pid, "mounts"));
	show_link_of(pid, "exe"), show_link_of(pid, "cwd"), show_link_of(pid, "fd/0");
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	printf("fds %d, tasks ", count_names(path, 0));
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	printf("%d\n", count_names(path, pid));
	snprintf(path, sizeof(path), "/proc/%d", pid);
	int dir = open(path, O_RDONLY | O_DIRECTORY);
	int fd = openat(dir, "stat", O_RDONLY), late = openat(dir, "comm", O_RDONLY);
	TRY_OK(read(fd, text, 1));
	waitpid(pid, NULL, 0);
	TRY_OK(read(fd, text, 1));
	TRY(read(late, text, 1));
	TRY(pread(fd, text, 1, 0));
	TRY(access(path, F_OK));
	TRY(openat(dir, "limits", O_RDONLY));
	printf("listed %d\n", count_names("/proc", pid));
	close(fd), close(dir), close(late);
}

static pthread_barrier_t barrier;
static int tid;

static void *thread(void *argument)
{
	char name[64];

	tid = gettid();
	prctl(PR_SET_NAME, "second");
	readlink("/proc/thread-self", name, sizeof(name));
	char wanted[64];
	int n = sprintf(wanted, "%d/task/%d", getpid(), tid);
	printf("thread-self %d\n", !strncmp(name, wanted, (size_t)n));
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return argument;
}

static void threads(void)
{
	char name[64];
	struct stat st;
	pthread_t t;

	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&t, NULL, thread, NULL);
	pthread_barrier_wait(&barrier);
	stat("/proc/self/task", &st);
	printf("tasks %d, %d\n", count_names("/proc/self/task", 0), (int)st.st_nlink);
	sprintf(name, "task/%d/comm", tid);
	printf("%s", read_of(getpid(), name));
	printf("%s", read_of(tid, "comm"));
	sprintf(name, "task/%d/status", tid);
	printf("Threads %d pid %d tgid %d\n", line_of(getpid(), name, "Threads:"),
	       line_of(getpid(), name, "\nPid:") == tid,
	       line_of(getpid(), name, "Tgid:") == getpid());
	printf("by tid: pid %d, listed %d\n", line_of(tid, "status", "\nPid:") == tid,
	       count_names("/proc", tid));
	sprintf(name, "/proc/1/task/%d", tid);
	TRY(access("/proc/self/task/1", F_OK));
	sprintf(name, "/proc/self/task/%d/comm", tid);
	int fd = open(name, O_WRONLY);
	TRY(write(fd, "renamed by another\n", 19));
	close(fd);
	printf("%s", read_of(tid, "comm"));
	pthread_barrier_wait(&barrier);
	pthread_join(t, NULL);
	usleep(10000);
	printf("tasks %d\n", count_names("/proc/self/task", 0));
	sprintf(name, "/proc/self/task/%d", tid);
	TRY(access("/proc/self/task/x", F_OK));
	printf("gone %d\n", access(name, F_OK));
}

/* A watcher keeps its file open. */
static void again(void)
{
	int fd = open("/proc/self/comm", O_RDONLY);

	prctl(PR_SET_NAME, "one");
	TRY(read(fd, text, 100));
	prctl(PR_SET_NAME, "longer");
	TRY(read(fd, text, 100));
	TRY(pread(fd, text, 100, 0));
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(read(fd, text, 3));
	prctl(PR_SET_NAME, "x");
	TRY(read(fd, text, 100));
	close(fd);
}

static void strangers(void)
{
	char path[64];
	int pid = getpid();

	if (getuid() != 0) /* the same is seen by whoever may become another */
		return;
	if (fork() == 0) {
		setresgid(1000, 1000, 1000);
		setresuid(1000, 1000, 1000);
		snprintf(path, sizeof(path), "/proc/%d/exe", pid);
		TRY(readlink(path, text, 1));
		printf("%s\n", read_of(pid, "environ"));
		printf("%s\n", read_of(pid, "maps"));
		printf("%s\n", read_of(pid, "auxv"));
		printf("%s\n", read_of(pid, "io"));
		snprintf(path, sizeof(path), "/proc/%d/fd", pid);
		TRY(opendir(path) ? 0 : -1);
		printf("stat %ld\n", field(pid, "stat", 28));
		printf("comm %d\n", strlen(read_of(pid, "comm")) > 1);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
}

int main(void)
{
	work_enter();
	setvbuf(stdout, NULL, _IONBF, 0);
	if (open("/dev/null", O_RDONLY) > 0)
		dup2(3, 0);
	signal(SIGPIPE, SIG_DFL), signal(SIGXFSZ, SIG_DFL);
	child(), zombie(), threads(), again(), strangers();
	return 0;
}
