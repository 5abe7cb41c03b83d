// SPDX-License-Identifier: Apache-2.0
/* eventfd, timerfd and signalfd. */
#include "../fs/try.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>

static uint64_t value;

static void show_poll(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI, 0 };
	int n = poll(&p, 1, 0);

	printf("poll %d %x\n", n, p.revents);
}

static void tick(int signo)
{
	(void)signo;
}

static void events(void)
{
	int fd = eventfd(5, EFD_NONBLOCK);

	show_poll(fd);
	TRY(read(fd, &value, 4));
	TRY(read(fd, (void *)8, 8));
	TRY(read(fd, &value, 8));
	TRY(write(fd, &(uint64_t){ 7 }, 8));
	TRY(read(fd, &value, 100));
	printf("%lu\n", value);
	TRY(read(fd, &value, 8));
	show_poll(fd);
	TRY(write(fd, &(uint64_t){ UINT64_MAX }, 8));
	TRY(write(fd, &(uint64_t){ UINT64_MAX - 1 }, 8));
	show_poll(fd);
	TRY(write(fd, &(uint64_t){ 1 }, 8));
	TRY(write(fd, &(uint64_t){ 0 }, 8));
	TRY(write(fd, &value, 7));
	TRY(write(fd, (void *)8, 8));
	TRY(pread(fd, &value, 8, 0));
	struct iovec v[2] = { { &value, 4 }, { (char *)&value + 4, 4 } };
	TRY(readv(fd, v, 2));
	printf("%lx\n", value);
	close(fd);
	fd = eventfd(2, EFD_SEMAPHORE);
	TRY(read(fd, &value, 8));
	printf("%lu\n", value);
	TRY(read(fd, &value, 8));
	ualarm(20000, 0);
	TRY(read(fd, &value, 8));
	TRY(fcntl(fd, F_SETFL, O_NONBLOCK));
	TRY(read(fd, &value, 8));
	TRY(fcntl(fd, F_GETFL));
	TRY(eventfd(0, 16));
	TRY(ftruncate(fd, 0));
	TRY(lseek(fd, 0, SEEK_SET));
	close(fd);
}

static void timers(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct itimerspec spec = { { 0, 10000000 }, { 0, 20000000 } }, old;

	TRY(timerfd_create(77, 0));
	TRY(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
	TRY(timerfd_create(CLOCK_MONOTONIC, 1));
	show_poll(fd);
	TRY(read(fd, &value, 8));
	TRY(timerfd_settime(fd, 0, &spec, &old));
	printf("%ld %ld\n", (long)old.it_value.tv_nsec, (long)old.it_interval.tv_nsec);
	TRY(read(fd, &value, 4));
	TRY(read(fd, &value, 8));
	struct pollfd p = { fd, POLLIN, 0 };
	TRY(poll(&p, 1, 1000));
	TRY(read(fd, &value, 8));
	printf("%lu\n", value);
	usleep(35000);
	TRY(read(fd, &value, 8));
	printf("several %d\n", value >= 2 && value < 50);
	TRY(timerfd_gettime(fd, &old));
	printf("%d %ld\n", old.it_value.tv_nsec > 0, (long)old.it_interval.tv_nsec);
	spec.it_value.tv_nsec = 0;
	TRY(timerfd_settime(fd, 0, &spec, NULL));
	TRY(timerfd_gettime(fd, &old));
	printf("%ld %ld\n", (long)old.it_value.tv_nsec, (long)old.it_interval.tv_nsec);
	usleep(15000);
	TRY(read(fd, &value, 8));
	spec.it_value.tv_nsec = 1000000000;
	TRY(timerfd_settime(fd, 0, &spec, NULL));
	TRY(timerfd_settime(fd, 8, &spec, NULL));
	TRY(timerfd_settime(fd, 0, (void *)8, NULL));
	TRY(timerfd_settime(99, 0, &old, NULL));
	TRY(timerfd_settime(1, 0, &old, NULL) == -1);
	TRY(timerfd_gettime(99, &old));
	TRY(write(fd, &value, 8));
	close(fd);
	fd = timerfd_create(CLOCK_REALTIME, 0);
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	spec = (struct itimerspec){ .it_value = now };
	TRY(timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL));
	TRY(read(fd, &value, 8));
	printf("%lu\n", value);
	ualarm(20000, 0);
	TRY(read(fd, &value, 8));
	spec = (struct itimerspec){ .it_value = { 0, 5000000 } };
	TRY(timerfd_settime(fd, 0, &spec, NULL));
	TRY(read(fd, &value, 8));
	close(fd);
}

static void signals(void)
{
	struct signalfd_siginfo info[3];
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1), sigaddset(&set, SIGRTMIN), sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = signalfd(-1, &set, SFD_NONBLOCK);
	show_poll(fd);
	TRY(read(fd, info, sizeof(info)));
	TRY(read(fd, info, 100));
	raise(SIGUSR1), raise(SIGCHLD);
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 42 });
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 43 });
	show_poll(fd);
	ssize_t n = TRY(read(fd, info, sizeof(info)));
	for (int i = 0; i < n / (int)sizeof(*info); i++)
		printf("%u %d %d %d\n", info[i].ssi_signo, info[i].ssi_code,
		       info[i].ssi_pid == (uint32_t)getpid(), info[i].ssi_int);
	TRY(read(fd, info, sizeof(info)));
	printf("%u %d\n", info[0].ssi_signo, info[0].ssi_int);
	show_poll(fd);
	sigemptyset(&set);
	TRY(signalfd(fd, &set, 0) == fd);
	raise(SIGUSR1);
	show_poll(fd);
	TRY(signalfd(99, &set, 0));
	TRY(signalfd(1, &set, 0));
	TRY(signalfd(-1, &set, 1));
	TRY(syscall(SYS_signalfd4, -1, &set, 4, 0));
	TRY(syscall(SYS_signalfd4, -1, (void *)8, 8, 0));
	sigaddset(&set, SIGALRM), sigaddset(&set, SIGUSR1);
	signalfd(fd, &set, 0);
	sigprocmask(SIG_BLOCK, &set, NULL);
	TRY(read(fd, info, sizeof(*info)));
	ualarm(20000, 0);
	struct pollfd p = { fd, POLLIN, 0 };
	TRY(poll(&p, 1, 1000));
	TRY(read(fd, info, sizeof(*info)));
	printf("%u\n", info[0].ssi_signo);
	close(fd);
}

int main(void)
{
	struct sigaction action = { .sa_handler = tick };

	setvbuf(stdout, NULL, _IOFBF, 65536);
	sigaction(SIGALRM, &action, NULL);
	events(), timers(), signals();
	return 0;
}
