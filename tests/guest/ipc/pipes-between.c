// SPDX-License-Identifier: Apache-2.0
/* Pipes and FIFOs between processes: who waits, who is told, what arrives whole. */
#include "../fs/try.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#define RECORD	512
#define RECORDS 300
#define WRITERS 4

static char big[1 << 20];

static void end_child(void)
{
	fflush(stdout);
	_exit(0);
}

static int start(void)
{
	fflush(stdout);
	return fork();
}

static void show_status(const char *what)
{
	int status = 0;

	wait(&status);
	printf("%s: %s %d\n", what, WIFSIGNALED(status) ? "signal" : "exit",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static long read_all(int fd, char *to, size_t n)
{
	size_t done = 0;
	ssize_t got;

	while (done < n && (got = read(fd, to + done, n - done)) > 0)
		done += (size_t)got;
	return (long)done;
}

/* A megabyte goes through in one write, and its end is seen. */
static void stream(void)
{
	int p[2];
	uint32_t sum = 0;

	pipe(p);
	if (start() == 0) {
		close(p[0]);
		for (size_t i = 0; i < sizeof(big); i++)
			big[i] = (char)(i * 7 + i / 4096);
		_exit(write(p[1], big, sizeof(big)) != sizeof(big));
	}
	close(p[1]);
	TRY(fcntl(p[0], F_GETPIPE_SZ));
	int left = 0;
	for (int i = 0; i < 500 && left < 65536; i++) {
		usleep(10000);
		ioctl(p[0], FIONREAD, &left);
	}
	printf("%ld, left %d\n", read_all(p[0], big, sizeof(big)), left);
	for (size_t i = 0; i < sizeof(big); i++)
		sum = sum * 31 + (unsigned char)big[i];
	printf("sum %x\n", sum);
	TRY(read(p[0], big, 1));
	close(p[0]);
	show_status("writer");
}

/* Writes of up to PIPE_BUF bytes of several processes do not mix. */
static void atomic(void)
{
	int p[2], counts[WRITERS] = { 0 }, mixed = 0;
	char record[RECORD];

	pipe(p);
	for (int id = 0; id < WRITERS; id++) {
		if (start() == 0) {
			memset(record, 'a' + id, sizeof(record));
			for (int i = 0; i < RECORDS; i++)
				write(p[1], record, sizeof(record));
			_exit(0);
		}
	}
	close(p[1]);
	while (read_all(p[0], record, sizeof(record)) == sizeof(record)) {
		for (int i = 1; i < RECORD; i++)
			mixed += record[i] != record[0];
		counts[record[0] - 'a']++;
	}
	for (int id = 0; id < WRITERS; id++) {
		wait(NULL);
		printf("%d ", counts[id]);
	}
	printf("mixed %d\n", mixed);
	close(p[0]);
}

static void broken(void)
{
	int p[2];

	pipe(p);
	if (start() == 0) {
		close(p[0]);
		signal(SIGPIPE, SIG_DFL);
		for (;;)
			write(p[1], big, 1000);
	}
	close(p[1]);
	read(p[0], big, 10);
	usleep(10000);
	close(p[0]);
	show_status("writer that sleeps");
	pipe(p);
	if (start() == 0) {
		close(p[0]);
		signal(SIGPIPE, SIG_IGN);
		TRY(write(p[1], big, sizeof(big)) < (ssize_t)sizeof(big));
		TRY(write(p[1], big, 1));
		end_child();
	}
	close(p[1]);
	read(p[0], big, 10);
	usleep(10000);
	close(p[0]);
	show_status("writer that ignores");
}

/* Tokens: each byte wakes one of several readers. */
static void tokens(void)
{
	int p[2], done[2];
	char c;

	pipe(p), pipe(done);
	for (int i = 0; i < 5; i++) {
		if (start() == 0) {
			for (int k = 0; k < 20; k++) {
				read(p[0], &c, 1);
				write(done[1], &c, 1);
			}
			_exit(0);
		}
	}
	usleep(10000);
	for (int i = 0; i < 50; i++)
		write(p[1], "tt", 2);
	printf("tokens %ld\n", read_all(done[0], big, 100));
	for (int i = 0; i < 5; i++)
		wait(NULL);
	close(p[0]), close(p[1]), close(done[0]), close(done[1]);
}

/* A reader that is ended while it sleeps does not take a wake-up with it. */
static void killed(void)
{
	int p[2];
	char c;

	pipe(p);
	int first = start();
	if (first == 0)
		_exit(read(p[0], &c, 1) == 1);
	usleep(10000);
	if (start() == 0)
		_exit(read(p[0], &c, 1) == 1 ? 7 : 8);
	usleep(10000);
	kill(first, SIGKILL);
	usleep(10000);
	write(p[1], "x", 1);
	int status[2];
	wait(&status[0]), wait(&status[1]);
	printf("killed %d, other %d\n", WIFSIGNALED(status[0]) || WIFSIGNALED(status[1]),
	       WEXITSTATUS(status[0]) + WEXITSTATUS(status[1]));
	close(p[0]), close(p[1]);
}

static void show_poll(const char *what, int fd, int timeout)
{
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };
	int n = poll(&p, 1, timeout);

	printf("%s: %d %x\n", what, n, p.revents);
}

static void polled(void)
{
	int p[2];

	pipe(p);
	if (start() == 0) {
		close(p[0]);
		usleep(20000);
		write(p[1], "x", 1);
		usleep(20000);
		_exit(0);
	}
	close(p[1]);
	show_poll("data", p[0], 5000);
	read(p[0], big, 10);
	show_poll("end", p[0], 5000);
	wait(NULL);
	close(p[0]);
	pipe(p);
	if (start() == 0) {
		close(p[1]);
		usleep(20000);
		_exit(0);
	}
	close(p[0]);
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	while (write(p[1], big, 4096) > 0)
		;
	show_poll("broken", p[1], 5000);
	wait(NULL);
	close(p[1]);
}

static int edges(int e, int timeout)
{
	struct epoll_event event;
	int n = 0;

	while (epoll_wait(e, &event, 1, timeout) > 0 && n < 10)
		n++;
	return n;
}

static void edge_triggered(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int p[2], e = epoll_create1(0);

	pipe(p);
	epoll_ctl(e, EPOLL_CTL_ADD, p[0], &event);
	printf("edges %d", edges(e, 0));
	write(p[1], "x", 1), printf(" %d", edges(e, 0));
	write(p[1], "x", 1), printf(" %d", edges(e, 0));
	read(p[0], big, 1), printf(" %d", edges(e, 0));
	if (start() == 0) {
		write(p[1], big, 10000);
		_exit(0);
	}
	wait(NULL);
	printf(" %d", edges(e, 0));
	close(p[1]);
	printf(" %d\n", edges(e, 0));
	close(p[0]);
	pipe(p);
	event.events = EPOLLOUT | EPOLLET;
	epoll_ctl(e, EPOLL_CTL_ADD, p[1], &event);
	printf("out edges %d", edges(e, 0));
	write(p[1], big, 10), printf(" %d", edges(e, 0));
	read(p[0], big, 10), printf(" %d", edges(e, 0));
	write(p[1], big, 65536), printf(" %d", edges(e, 0));
	read(p[0], big, 4096), printf(" %d", edges(e, 0));
	read(p[0], big, 4096), printf(" %d\n", edges(e, 0));
	close(p[0]), close(p[1]), close(e);
}

static void spliced(void)
{
	int a[2], b[2];

	pipe(a), pipe(b);
	if (start() == 0) {
		close(a[1]), close(b[0]);
		long n, total = 0;

		while ((n = splice(a[0], NULL, b[1], NULL, 100000, 0)) > 0)
			total += n;
		printf("spliced %ld\n", total);
		end_child();
	}
	if (start() == 0) {
		close(a[0]), close(b[0]), close(b[1]);
		memset(big, 's', 300000);
		write(a[1], big, 300000);
		_exit(0);
	}
	close(a[0]), close(a[1]), close(b[1]);
	printf("%ld\n", read_all(b[0], big, sizeof(big)));
	wait(NULL), wait(NULL);
	close(b[0]);
	/* Into a pipe out of a file, and from it: others wait meanwhile. */
	make_file("file", "text of a file");
	pipe(a);
	int fd = open("file", O_RDONLY);
	if (start() == 0) {
		close(a[1]);
		printf("%ld\n", read_all(a[0], big, 1000));
		end_child();
	}
	TRY(splice(fd, NULL, a[1], NULL, 1000, 0));
	close(a[0]), close(a[1]), close(fd);
	wait(NULL);
	unlink("file");
}

static void fifos(void)
{
	TRY(mkfifo("f", 0600));
	if (start() == 0) {
		usleep(20000);
		int fd = open("f", O_WRONLY);
		printf("writer %d\n", fd >= 0);
		write(fd, "hello", 5);
		end_child();
	}
	int fd = open("f", O_RDONLY);
	printf("%ld\n", read_all(fd, big, 100));
	wait(NULL);
	TRY(read(fd, big, 1));
	if (start() == 0) {
		int w = open("f", O_WRONLY | O_NONBLOCK);
		usleep(20000);
		write(w, "again", 5);
		end_child();
	}
	usleep(10000);
	show_poll("no data", fd, 0);
	printf("%ld\n", read_all(fd, big, 100));
	wait(NULL);
	close(fd);
	TRY(open("f", O_WRONLY | O_NONBLOCK));
	if (start() == 0) {
		usleep(20000);
		int r = open("f", O_RDONLY);
		printf("reader %ld\n", read_all(r, big, 100));
		end_child();
	}
	fd = open("f", O_WRONLY);
	write(fd, "abc", 3);
	close(fd);
	wait(NULL);
	/* Nobody there any more: what was written is gone. */
	int rw = open("f", O_RDWR | O_NONBLOCK);
	write(rw, "lost", 4);
	close(rw);
	rw = open("f", O_RDWR | O_NONBLOCK);
	TRY(read(rw, big, 4));
	close(rw);
	/* Two readers and two writers that wait for each other. */
	for (int i = 0; i < 2; i++) {
		if (start() == 0) {
			int r = open("f", O_RDONLY);
			_exit(read(r, big, 1) == 1 ? 0 : 1);
		}
	}
	usleep(10000);
	for (int i = 0; i < 2; i++) {
		if (start() == 0) {
			int w = open("f", O_WRONLY);
			write(w, "1", 1);
			usleep(30000);
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++) {
		int status;

		wait(&status);
		printf("%d", status);
	}
	printf("\n");
	unlink("f");
}

static void sizes(void)
{
	int p[2];

	pipe(p);
	if (start() == 0) {
		close(p[0]);
		write(p[1], big, 200000);
		_exit(0);
	}
	usleep(20000);
	TRY(fcntl(p[0], F_SETPIPE_SZ, 4096));
	TRY(fcntl(p[0], F_SETPIPE_SZ, 1 << 20));
	usleep(20000);
	int left;
	ioctl(p[0], FIONREAD, &left);
	printf("left %d\n", left);
	close(p[1]);
	printf("%ld\n", read_all(p[0], big, sizeof(big)));
	wait(NULL);
	close(p[0]);
}

/* A child's packets stay apart. */
static void packets(void)
{
	int p[2];

	pipe2(p, O_DIRECT);
	if (start() == 0) {
		for (int i = 1; i < 6; i++)
			write(p[1], big, (size_t)i * 1000);
		_exit(0);
	}
	wait(NULL);
	close(p[1]);
	for (int i = 0; i < 8; i++)
		printf("%ld ", (long)read(p[0], big, 2500));
	printf("\n");
	close(p[0]);
}

int main(void)
{
	work_enter();
	setvbuf(stdout, NULL, _IOLBF, 0);
	stream(), atomic(), broken(), tokens(), killed(), polled(), edge_triggered();
	spliced(), fifos(), sizes(), packets();
	return 0;
}
