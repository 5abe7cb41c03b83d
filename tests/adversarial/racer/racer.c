// SPDX-License-Identifier: Apache-2.0
/*
 * Somebody on the host who changes names while a guest looks, thousands of
 * times in a second, until it is killed:
 *   racer swap A B            exchanges the two
 *   racer kinds PATH          a file, a FIFO, a symbolic link to its second name, nothing, again
 *   racer away A B            moves A to B and back
 *   racer cut FILE            shortens and lengthens it
 * Prints how often, at the end, to the descriptor 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void end(int number)
{
	(void)number;
	ended = 1;
}

static int swap(char **words)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, words[0], AT_FDCWD, words[1], RENAME_EXCHANGE);
}

static int kinds(char **words)
{
	static unsigned int turn;
	char new[512];
	int fd;

	snprintf(new, sizeof(new), "%s.new", words[0]);
	unlink(new);
	switch (turn++ % 4) {
	case 0:
		if (mkfifo(new, 0666) < 0)
			return -1;
		break;
	case 1:
		if (symlink(words[1], new) < 0)
			return -1;
		break;
	case 2:
		fd = open(new, O_CREAT | O_WRONLY, 0666);
		if (fd < 0 || write(fd, "plain", 5) != 5)
			return -1;
		close(fd);
		break;
	default:
		return unlink(words[0]);
	}
	return rename(new, words[0]);
}

static int away(char **words)
{
	return rename(words[0], words[1]) < 0 && errno == ENOENT ? rename(words[1], words[0]) : 0;
}

static int cut(char **words)
{
	static unsigned int turn;

	return truncate(words[0], turn++ % 2 ? 65536 : 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*act)(char **words);
	} acts[] = { { "swap", swap }, { "kinds", kinds }, { "away", away }, { "cut", cut } };
	unsigned long times = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* not longer than the test */
	signal(SIGTERM, end);
	for (size_t i = 0; argc > 2 && i < sizeof(acts) / sizeof(*acts); i++) {
		if (strcmp(argv[1], acts[i].name) != 0)
			continue;
		while (!ended) {
			if (acts[i].act(argv + 2) < 0) {
				perror(argv[1]);
				return 1;
			}
			times++;
		}
		printf("%lu times\n", times);
		return 0;
	}
	return 2;
}
