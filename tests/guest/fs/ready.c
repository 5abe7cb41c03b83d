// SPDX-License-Identifier: Apache-2.0
/* poll and select on files, timeouts, bad descriptors. */
#include "try.h"

#include <poll.h>
#include <sys/select.h>
#include <time.h>

static long elapsed_ms(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - from->tv_sec) * 1000 + (now.tv_nsec - from->tv_nsec) / 1000000;
}

int main(void)
{
	struct timespec start;

	work_enter();
	make_file("f", "x");
	int fd = open("f", O_RDWR);
	struct pollfd p[3] = { { fd, POLLIN | POLLOUT | POLLPRI, 0 },
			       { 99, POLLIN, 0 },
			       { -1, POLLIN, 7 } };
	TRY(poll(p, 3, -1));
	printf("%x %x %x\n", p[0].revents, p[1].revents, p[2].revents);
	p[0].events = 0;
	TRY(poll(p, 1, 0));
	clock_gettime(CLOCK_MONOTONIC, &start);
	TRY(poll(NULL, 0, 30));
	printf("waited %d\n", elapsed_ms(&start) >= 29);
	TRY(poll(p, 1, 10));
	TRY(ppoll(p, 1, &(struct timespec){ 0, 1000000 }, NULL));
	TRY(ppoll(p, 1, &(struct timespec){ 0, -1 }, NULL));
	TRY(poll((void *)8, 1, 0));
	fd_set r, w, e;
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&e);
	FD_SET(fd, &r);
	FD_SET(fd, &w);
	FD_SET(fd, &e);
	TRY(select(fd + 1, &r, &w, &e, NULL));
	printf("%d %d %d\n", FD_ISSET(fd, &r), FD_ISSET(fd, &w), FD_ISSET(fd, &e));
	FD_SET(44, &r); /* below 64: Linux looks no further than its table is long */
	TRY(select(45, &r, NULL, NULL, NULL));
	TRY(select(-1, NULL, NULL, NULL, NULL));
	struct timeval tv = { 0, 20000 };
	clock_gettime(CLOCK_MONOTONIC, &start);
	TRY(select(0, NULL, NULL, NULL, &tv));
	printf("waited %d left %ld.%06ld\n", elapsed_ms(&start) >= 19, (long)tv.tv_sec,
	       (long)tv.tv_usec);
	FD_ZERO(&r);
	FD_SET(fd, &r);
	TRY(pselect(fd + 1, &r, NULL, NULL, &(struct timespec){ 1, 0 }, NULL));
	unlink("f");
	return 0;
}
