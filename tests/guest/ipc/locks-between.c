// SPDX-License-Identifier: Apache-2.0
/* fcntl and flock locks between processes: waiting, deadlocks, the end of who holds one. */
#include "../fs/try.h"

#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>

static int fd;

static int lock(int command, int type, long start_at, long length)
{
	struct flock l = { .l_type = (short)type, .l_start = start_at, .l_len = length };

	return fcntl(fd, command, &l);
}

static int start(void)
{
	fflush(stdout);
	return fork();
}

static void end_child(void)
{
	fflush(stdout);
	_exit(0);
}

/* It waits for what it has come to: a lock, or a signal. */
static void until_asleep(int pid)
{
	char path[32], text[200] = "", *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		usleep(1000);
		int stat = open(path, O_RDONLY);
		long length = read(stat, text, sizeof(text) - 1);

		text[length > 0 ? length : 0] = '\0';
		close(stat);
		state = strstr(text, ") ");
	} while (state && state[2] != 'S');
}

static void show_holder(const char *what, long start_at, int pid)
{
	struct flock l = { .l_type = F_WRLCK, .l_start = start_at, .l_len = 1 };

	fcntl(fd, F_GETLK, &l);
	printf("%s: type %d start %ld len %ld pid %d\n", what, l.l_type, (long)l.l_start,
	       (long)l.l_len, l.l_type == F_UNLCK ? -1 : l.l_pid == pid);
}

static void waits(void)
{
	lock(F_SETLK, F_WRLCK, 0, 10);
	int parent = getpid(), pid = start();
	if (pid == 0) {
		show_holder("in a child", 5, parent);
		TRY(lock(F_SETLK, F_RDLCK, 5, 1));
		TRY(lock(F_SETLK, F_WRLCK, 10, 1));
		TRY(lock(F_SETLKW, F_WRLCK, 5, 1));
		end_child();
	}
	until_asleep(pid);
	TRY(lock(F_SETLK, F_UNLCK, 0, 6));
	wait(NULL);
	show_holder("child gone", 5, 0);
	/* Children do not have the lock. */
	if (start() == 0) {
		TRY(lock(F_SETLK, F_WRLCK, 8, 1));
		end_child();
	}
	wait(NULL);
	/* Who dies lets go. */
	pid = start();
	if (pid == 0) {
		lock(F_SETLK, F_WRLCK, 100, 10);
		pause();
	}
	until_asleep(pid);
	show_holder("held", 105, pid);
	int next = start();
	if (next == 0) {
		TRY(lock(F_SETLKW, F_WRLCK, 100, 1));
		end_child();
	}
	until_asleep(next);
	kill(pid, SIGKILL);
	wait(NULL), wait(NULL);
	/* And who closes any descriptor of the file. */
	lock(F_SETLK, F_WRLCK, 0, 0);
	close(open("locked", O_RDONLY));
	if (start() == 0) {
		TRY(lock(F_SETLK, F_WRLCK, 0, 0));
		end_child();
	}
	wait(NULL);
}

static void deadlock(void)
{
	int ready[2];
	char c;

	pipe(ready);
	lock(F_SETLK, F_WRLCK, 0, 1);
	int pid = start();
	if (pid == 0) {
		lock(F_SETLK, F_WRLCK, 1, 1);
		write(ready[1], "x", 1);
		TRY(lock(F_SETLKW, F_WRLCK, 0, 1));
		end_child();
	}
	read(ready[0], &c, 1);
	until_asleep(pid);
	TRY(lock(F_SETLKW, F_WRLCK, 1, 1));
	TRY(lock(F_SETLK, F_UNLCK, 0, 1));
	wait(NULL);
	/* A circle of three. */
	lock(F_SETLK, F_WRLCK, 0, 1);
	for (int i = 1; i < 3; i++) {
		pid = start();
		if (pid == 0) {
			lock(F_SETLK, F_WRLCK, i, 1);
			write(ready[1], "x", 1);
			int result = lock(F_SETLKW, F_WRLCK, i - 1, 1);
			printf("%d in the circle: %d\n", i, result);
			fflush(stdout);
			_exit(0);
		}
		read(ready[0], &c, 1);
		until_asleep(pid);
	}
	TRY(lock(F_SETLKW, F_WRLCK, 2, 1));
	lock(F_SETLK, F_UNLCK, 0, 1);
	wait(NULL);
	wait(NULL);
	close(ready[0]), close(ready[1]);
}

static void count(int signo)
{
	(void)signo;
}

static void interrupted(void)
{
	struct sigaction action = { .sa_handler = count };

	sigaction(SIGALRM, &action, NULL);
	lock(F_SETLK, F_WRLCK, 0, 1);
	if (start() == 0) {
		ualarm(20000, 20000); /* again, should it not wait yet */
		TRY(lock(F_SETLKW, F_WRLCK, 0, 1));
		ualarm(0, 0);
		struct flock l = { .l_type = F_WRLCK, .l_len = 1 };
		int other = open("locked", O_RDWR);
		TRY(fcntl(other, F_OFD_SETLK, &l));
		fcntl(other, F_OFD_GETLK, &l);
		printf("of a process: %d\n", l.l_pid == getppid());
		end_child();
	}
	wait(NULL);
	lock(F_SETLK, F_UNLCK, 0, 1);
	struct flock l = { .l_type = F_WRLCK, .l_len = 1 };
	TRY(fcntl(fd, F_OFD_SETLK, &l));
	if (start() == 0) { /* the open file is the same: so is the owner */
		struct flock mine = { .l_type = F_WRLCK, .l_len = 1 };

		TRY(fcntl(fd, F_OFD_SETLK, &mine));
		TRY(lock(F_SETLK, F_WRLCK, 0, 1));
		end_child();
	}
	wait(NULL);
	l.l_type = F_UNLCK;
	TRY(fcntl(fd, F_OFD_SETLK, &l));
}

static void whole(void)
{
	int other = open("locked", O_RDWR);

	TRY(flock(fd, LOCK_EX));
	int pid = start();
	if (pid == 0) {
		TRY(flock(other, LOCK_SH | LOCK_NB));
		TRY(flock(fd, LOCK_EX | LOCK_NB)); /* of the parent's open file */
		TRY(flock(other, LOCK_EX));
		end_child();
	}
	until_asleep(pid);
	TRY(flock(fd, LOCK_UN));
	wait(NULL);
	TRY(flock(fd, LOCK_SH | LOCK_NB)); /* other is still open here, and has it */
	TRY(flock(other, LOCK_UN));
	pid = start();
	if (pid == 0) {
		int third = open("locked", O_RDWR);

		flock(third, LOCK_EX);
		pause();
	}
	until_asleep(pid);
	TRY(flock(fd, LOCK_SH | LOCK_NB));
	if (start() == 0) {
		usleep(20000);
		kill(pid, SIGKILL);
		_exit(0);
	}
	TRY(flock(fd, LOCK_SH));
	wait(NULL), wait(NULL);
	close(other);
}

int main(void)
{
	work_enter();
	make_file("locked", "0123456789");
	fd = open("locked", O_RDWR);
	waits(), deadlock(), interrupted(), whole();
	unlink("locked");
	return 0;
}
