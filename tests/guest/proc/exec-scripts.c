// SPDX-License-Identifier: Apache-2.0
/*
 * The first line of scripts. Each names this program, which prints what it gets
 * and takes the next.
 */
#include "../fs/try.h"

#include <sys/auxv.h>

static const struct {
	const char *name, *text;
} scripts[] = {
	{ "plain", "#!/proc/self/exe\n" },
	{ "one", "#!/proc/self/exe one\n" },
	{ "blanks", "#! \t /proc/self/exe \t one two  three \t \n" },
	{ "no-newline", "#!/proc/self/exe -x" },
	{ "empty-argument", "#!/proc/self/exe   \n" },
	{ "carriage", "#!/proc/self/exe -x\r\n" },
	{ "binary", "#!/proc/self/exe a\tb\nrest \1\2" },
	{ "relative", "#!./interpreter x\n" },
	{ "nested", "#!./one y\n" },
	{ "deep", "#!./nested z\n" },
};

static void make(void)
{
	work_enter();
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		make_file(scripts[i].name, scripts[i].text);
		chmod(scripts[i].name, 0755);
	}
	symlink("/proc/self/exe", "interpreter");
	printf("made\n");
	fflush(stdout);
}

static void clean(void)
{
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++)
		unlink(scripts[i].name);
	unlink("interpreter");
	char *directory = getcwd(NULL, 0);
	chdir("/");
	rmdir(directory);
}

static void show(int argc, char **argv)
{
	char name[32] = "";
	int fd = open("/proc/self/comm", O_RDONLY);

	read(fd, name, sizeof(name) - 1);
	close(fd);
	name[strcspn(name, "\n")] = 0;
	printf("%s:", name);
	for (int i = 0; i < argc; i++)
		printf(" [%s]", argv[i]);
	printf(" started as %s\n", (char *)getauxval(AT_EXECFN));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const char *at = getenv("AT");
	size_t next = at ? strtoul(at, NULL, 10) : 0;
	char name[64], step[32];

	if (!at)
		make();
	else
		show(argc, argv);
	if (next == sizeof(scripts) / sizeof(*scripts)) {
		clean();
		return 0;
	}
	sprintf(name, "./%s", scripts[next].name);
	sprintf(step, "AT=%zu", next + 1);
	char *const arguments[] = { "zero", "first", "second", NULL };
	char *const environment[] = { step, NULL };

	execve(name, next == 3 ? arguments + 3 : arguments, environment);
	perror(name);
	return 1;
}
