// SPDX-License-Identifier: Apache-2.0
/* splice, tee and vmsplice. */
#include "try.h"

#include <signal.h>
#include <sys/uio.h>

static char text[100000];

static void tick(int signo)
{
	(void)signo;
}

static void show_pipe(int fd)
{
	ssize_t n = read(fd, text, sizeof(text));

	printf("in the pipe: %ld", (long)n);
	if (n > 0 && n < 40)
		printf(" [%.*s]", (int)n, text);
	printf("\n");
}

static void files(const int p[2])
{
	int fd = open("f", O_RDWR), big = open("big", O_RDWR), ap = open("f", O_WRONLY | O_APPEND);
	int wo = open("f", O_WRONLY), dir = open(".", O_RDONLY);
	loff_t at = 3;

	TRY(splice(fd, NULL, p[1], NULL, 4, 0));
	TRY(lseek(fd, 0, SEEK_CUR));
	TRY(splice(fd, &at, p[1], NULL, 100, 0));
	printf("at %ld\n", (long)at);
	show_pipe(p[0]);
	TRY(splice(fd, &at, p[1], NULL, 100, 0));
	at = -1;
	TRY(splice(fd, &at, p[1], NULL, 100, 0));
	TRY(splice(big, NULL, p[1], NULL, 1000000, 0));
	TRY(splice(big, NULL, p[1], NULL, 1000000, SPLICE_F_NONBLOCK));
	ualarm(20000, 0);
	TRY(splice(big, NULL, p[1], NULL, 1000000, 0));
	at = 2;
	TRY(splice(p[0], NULL, fd, &at, 6, 0));
	printf("at %ld\n", (long)at);
	TRY(splice(p[0], NULL, big, NULL, 1000000, 0));
	TRY(lseek(big, 0, SEEK_CUR));
	TRY(splice(p[0], NULL, big, NULL, 1000, SPLICE_F_NONBLOCK));
	ualarm(20000, 0);
	TRY(splice(p[0], NULL, big, NULL, 1000, 0));
	TRY(write(p[1], "more", 4));
	TRY(splice(p[0], NULL, ap, NULL, 4, 0));
	TRY(splice(p[0], &at, fd, NULL, 4, 0));
	TRY(splice(fd, NULL, p[1], &at, 4, 0));
	TRY(splice(fd, NULL, big, NULL, 4, 0));
	TRY(splice(wo, NULL, p[1], NULL, 4, 0));
	TRY(splice(p[1], NULL, fd, NULL, 4, 0));
	TRY(splice(p[0], NULL, p[1], NULL, 4, 0));
	TRY(splice(99, NULL, p[1], NULL, 4, 0));
	TRY(splice(99, NULL, p[1], NULL, 0, 0));
	TRY(splice(99, NULL, p[1], NULL, 4, 32));
	TRY(splice(fd, (void *)8, p[1], NULL, 4, 0));
	TRY(splice(dir, NULL, p[1], NULL, 4, 0));
	show_pipe(p[0]);
	show_file("f");
	close(fd), close(big), close(ap), close(wo), close(dir);
}

static void pipes(const int p[2])
{
	int q[2];

	pipe2(q, O_NONBLOCK);
	write(p[1], "abcdef", 6), write(p[1], text, 5000);
	TRY(tee(p[0], q[1], 4, 0));
	TRY(write(q[1], "!", 1));
	show_pipe(q[0]);
	TRY(tee(p[0], q[1], 100000, 0));
	show_pipe(q[0]);
	TRY(splice(p[0], NULL, q[1], NULL, 3, 0));
	TRY(splice(p[0], NULL, q[1], NULL, 100000, 0));
	show_pipe(q[0]);
	TRY(splice(q[0], NULL, p[1], NULL, 10, 0));
	TRY(tee(q[0], p[1], 10, 0));
	TRY(tee(q[0], q[1], 10, 0));
	TRY(tee(q[0], 99, 10, 0));
	TRY(tee(q[0], 99, 0, 0));
	TRY(tee(q[0], 99, 0, 32));
	TRY(tee(q[1], p[0], 10, 0));
	close(q[1]);
	TRY(splice(q[0], NULL, p[1], NULL, 10, 0));
	close(q[0]);
	pipe(q);
	close(q[0]);
	write(p[1], "x", 1);
	TRY(splice(p[0], NULL, q[1], NULL, 10, 0));
	show_pipe(p[0]);
	close(q[1]);
}

static void memory(const int p[2])
{
	struct iovec v[3] = { { (char *)"one", 3 }, { NULL, 0 }, { (char *)"two", 3 } };
	char back[4] = "";

	TRY(vmsplice(p[1], v, 3, 0));
	show_pipe(p[0]);
	v[0] = (struct iovec){ text, sizeof(text) };
	TRY(vmsplice(p[1], v, 1, SPLICE_F_NONBLOCK) > 60000);
	TRY(vmsplice(p[1], v, 1, SPLICE_F_NONBLOCK));
	read(p[0], text, sizeof(text));
	write(p[1], "xyz", 3);
	v[0] = (struct iovec){ back, 3 };
	TRY(vmsplice(p[0], v, 1, 0));
	printf("[%s]\n", back);
	TRY(vmsplice(p[1], v, 0, 0));
	TRY(vmsplice(p[1], v, 2000, 0));
	TRY(vmsplice(p[1], (void *)8, 1, 0));
	v[0] = (struct iovec){ (void *)8, 10 };
	TRY(vmsplice(p[1], v, 1, 0));
	TRY(vmsplice(99, v, 1, 0));
	TRY(vmsplice(99, v, 1, 32));
	int fd = open("f", O_RDWR);
	TRY(vmsplice(fd, v, 1, 0));
	close(fd);
}

int main(void)
{
	struct sigaction action = { .sa_handler = tick };
	int p[2];

	work_enter();
	sigaction(SIGALRM, &action, NULL);
	signal(SIGPIPE, tick);
	make_file("f", "0123456789");
	int fd = open("big", O_CREAT | O_RDWR, 0600);
	write(fd, text, sizeof(text)), close(fd);
	pipe(p);
	files(p);
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	pipes(p);
	fcntl(p[0], F_SETFL, 0);
	memory(p);
	unlink("f"), unlink("big");
	return 0;
}
