// SPDX-License-Identifier: Apache-2.0
/* POSIX message queues: priorities, limits, waiting, notification, poll, permissions. */
#include "../fs/try.h"

#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static char name[64], buffer[8192];

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

static mqd_t make(int flags, long most, long size)
{
	struct mq_attr attr = { .mq_maxmsg = most, .mq_msgsize = size };

	return mq_open(name, flags, 0640, &attr);
}

static void receive(mqd_t q, size_t room)
{
	unsigned int priority = 0;

	memset(buffer, 0, sizeof(buffer));
	ssize_t n = mq_receive(q, buffer, room, &priority);
	if (n < 0)
		printf("receive: %s\n", strerrorname_np(errno));
	else
		printf("receive: %zd, priority %u, [%s]\n", n, priority, buffer);
}

static void show_poll(mqd_t q)
{
	struct pollfd p = { q, POLLIN | POLLOUT, 0 };

	poll(&p, 1, 0);
	printf("poll %x\n", p.revents);
}

static void open_close(void)
{
	struct mq_attr attr;
	struct stat st;
	char path[64], to[64];

	TRY(mq_open(name, O_RDWR));
	TRY(make(O_RDWR | O_CREAT, 0, 10));
	TRY(make(O_RDWR | O_CREAT, 10, 0));
	TRY(make(O_RDWR | O_CREAT, 10, 1 << 30));
	TRY(make(O_RDWR | O_CREAT, -1, 10));
	mqd_t q = make(O_RDWR | O_CREAT, 3, 20);
	printf("made %d, cloexec %d\n", q >= 0, fcntl(q, F_GETFD));
	TRY(make(O_RDWR | O_CREAT | O_EXCL, 3, 20));
	TRY_OK(make(O_RDWR | O_CREAT, 3, 20));
	TRY(mq_open(name, O_ACCMODE));
	TRY(mq_open("no-slash", O_RDWR));
	TRY(mq_open("/with/slash", O_RDWR | O_CREAT, 0600, NULL));
	TRY(syscall(SYS_mq_open, "", O_RDWR, 0, NULL));
	TRY(syscall(SYS_mq_open, "..", O_RDWR, 0, NULL));
	TRY(syscall(SYS_mq_open, (char *)8, O_RDWR, 0, NULL));
	memset(buffer, 'x', 300);
	buffer[0] = '/', buffer[300] = 0;
	TRY(mq_open(buffer, O_RDWR | O_CREAT, 0600, NULL));
	TRY(mq_getattr(q, &attr));
	printf("%ld %ld %ld %ld\n", attr.mq_flags, attr.mq_maxmsg, attr.mq_msgsize,
	       attr.mq_curmsgs);
	attr.mq_flags = O_NONBLOCK;
	TRY(mq_setattr(q, &attr, NULL));
	TRY(fcntl(q, F_GETFL) & O_NONBLOCK);
	attr.mq_flags = 1;
	TRY(mq_setattr(q, &attr, NULL));
	TRY(fstat(q, &st));
	printf("%o %ld\n", st.st_mode, (long)st.st_size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", q);
	memset(to, 0, sizeof(to));
	readlink(path, to, sizeof(to) - 1);
	printf("named %d\n", !strcmp(to, name));
	TRY(mq_getattr(0, &attr));
	TRY(mq_close(q));
	TRY(mq_getattr(q, &attr));
}

static void transfer(void)
{
	mqd_t q = mq_open(name, O_RDWR | O_NONBLOCK), r = mq_open(name, O_RDONLY),
	      w = mq_open(name, O_WRONLY);

	show_poll(q);
	receive(q, 20);
	TRY(mq_send(q, "low", 4, 1)), TRY(mq_send(q, "high", 5, 9));
	TRY(mq_send(q, "low again", 10, 1));
	show_poll(q);
	TRY(mq_send(q, "x", 1, 1));
	TRY(mq_send(q, "x", 1, 32768));
	TRY(mq_send(q, buffer, 21, 1));
	TRY(mq_send(r, "x", 1, 1));
	TRY(mq_send(1, "x", 1, 1));
	TRY(mq_send(q, (char *)8, 5, 1));
	receive(q, 19);
	receive(w, 20);
	TRY(read(q, buffer, 40));
	printf("%.40s\n", buffer);
	receive(q, 20), receive(q, 20), receive(q, 20);
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += 20000000;
	t.tv_sec += t.tv_nsec / 1000000000, t.tv_nsec %= 1000000000;
	TRY(mq_timedreceive(r, buffer, 20, NULL, &t));
	for (int i = 0; i < 3; i++)
		mq_send(w, "fill", 5, 0);
	TRY(mq_timedsend(w, "x", 1, 0, &t));
	t.tv_nsec = 1000000000;
	TRY(mq_timedsend(w, "x", 1, 0, &t));
	if (start() == 0) {
		TRY(mq_send(w, "waited", 7, 3));
		end_child();
	}
	usleep(20000);
	receive(r, 20);
	wait(NULL);
	for (int i = 0; i < 3; i++)
		receive(r, 20);
	for (int i = 0; i < 2; i++) {
		if (start() == 0) {
			receive(r, 20);
			end_child();
		}
		usleep(10000);
	}
	mq_send(w, "to the first", 13, 0), usleep(10000);
	mq_send(w, "to the second", 14, 0);
	wait(NULL), wait(NULL);
	mq_close(q), mq_close(r), mq_close(w);
}

static void show_signal(int signo, siginfo_t *info, void *context)
{
	(void)context;
	printf("signal %d code %d value %d sender %d\n", signo == SIGUSR1,
	       info->si_code == SI_MESGQ, info->si_value.sival_int, info->si_pid != 0);
}

static void notification(void)
{
	struct sigaction action = { .sa_sigaction = show_signal,
				    .sa_flags = SA_SIGINFO | SA_RESTART };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGUSR1,
				  .sigev_value.sival_int = 77 };
	mqd_t q = mq_open(name, O_RDWR | O_NONBLOCK);

	sigaction(SIGUSR1, &action, NULL);
	TRY(mq_notify(q, &event));
	TRY(mq_notify(q, &event));
	if (start() == 0) {
		TRY(mq_notify(q, &event));
		TRY(mq_notify(q, NULL));
		mq_send(q, "one", 4, 0);
		end_child();
	}
	wait(NULL);
	usleep(10000);
	TRY(mq_send(q, "two", 4, 0));
	receive(q, 20), receive(q, 20);
	TRY(mq_notify(q, &event));
	if (start() == 0) {
		mqd_t r = mq_open(name, O_RDONLY);

		receive(r, 20);
		end_child();
	}
	usleep(20000);
	TRY(mq_send(q, "for who waits", 14, 0));
	wait(NULL);
	printf("no signal\n");
	TRY(mq_send(q, "now", 4, 0));
	receive(q, 20);
	event.sigev_notify = SIGEV_NONE;
	TRY(mq_notify(q, &event));
	TRY(mq_notify(q, NULL));
	event.sigev_notify = SIGEV_SIGNAL, event.sigev_signo = 65;
	TRY(mq_notify(q, &event));
	event.sigev_notify = 9;
	TRY(mq_notify(q, &event));
	TRY(mq_notify(1, NULL));
	/* Closing any descriptor of it ends the wish. */
	event = (struct sigevent){ .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	TRY(mq_notify(q, &event));
	mqd_t other = mq_open(name, O_RDONLY);
	mq_close(other);
	TRY(mq_notify(q, &event));
	mq_close(q);
}

static void unlinked(void)
{
	mqd_t q = mq_open(name, O_RDWR);

	if (getuid() == 0) {
		if (start() == 0) {
			setresgid(1000, 1000, 1000), setresuid(1000, 1000, 1000);
			TRY(mq_open(name, O_RDONLY));
			TRY(mq_unlink(name));
			end_child();
		}
		wait(NULL);
	}
	TRY(mq_unlink(name));
	TRY(mq_unlink(name));
	TRY(mq_send(q, "still", 6, 0));
	receive(q, 20);
	TRY(mq_open(name, O_RDWR));
	mq_close(q);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOFBF, 65536);
	snprintf(name, sizeof(name), "/try-%d", getpid());
	open_close(), transfer(), notification(), unlinked();
	return 0;
}
