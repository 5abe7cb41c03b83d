// SPDX-License-Identifier: Apache-2.0
/* Built with glibc and with musl: arguments, environment, stdio, time and much output. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void show_strings(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		printf("argv[%d] = \"%s\"\n", i, argv[i]);
	for (char **variable = environ; *variable; variable++)
		printf("env %s\n", *variable);
}

/* Written, renamed, copied and read again: what cp and mv do. */
static void show_files(void)
{
	char name[] = "/tmp/hello-XXXXXX", other[32], line[64] = "";
	struct stat st = { 0 };
	int fd = mkstemp(name);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");

	if (!file) {
		printf("mkstemp: %s\n", strerror(errno));
		return;
	}
	for (int i = 0; i < 1000; i++)
		fprintf(file, "%d squared is %d\n", i, i * i);
	fflush(file);
	snprintf(other, sizeof(other), "%s.moved", name);
	printf("rename %d, old name %s\n", rename(name, other),
	       access(name, F_OK) ? strerror(errno) : "still there");
	stat(other, &st);
	rewind(file);
	for (int i = 0; i < 500; i++)
		if (!fgets(line, sizeof(line), file))
			break;
	printf("%ld bytes, mode %o, line 500: %s", (long)st.st_size, st.st_mode, line);
	fclose(file);
	unlink(other);
}

int main(int argc, char **argv)
{
	time_t day = 86400 * 365;
	char date[64];

	if (argc > 2 && !strcmp(argv[1], "lines")) {
		for (long i = 0; i < atol(argv[2]); i++)
			printf("line %ld of the output, %.3f\n", i, (double)i / 7);
		return 0;
	}
	setlocale(LC_ALL, "");
	puts("hello, world");
	show_strings(argc, argv);
	show_files();
	strftime(date, sizeof(date), "%F %T", gmtime(&day));
	printf("%s, %g, %s\n", date, strtod("2.5e3", NULL), strerror(ENOENT));
	void *memory = malloc(10000000);
	printf("malloc %s\n", memory ? "works" : "fails");
	free(memory);
	return argc == 1 ? 0 : 7;
}
