// SPDX-License-Identifier: Apache-2.0
/*
 * Runs the stolen monitor under several policies, an act a run, and holds what
 * came of each to its table. Prints TAP.
 *   stolen --acts     all acts and steps: each fails, and nothing on the host has changed
 *   stolen --words    what it says to the launcher
 *   stolen --table    what it can do under each shipped profile, as SECURITY.md has it
 *   anything else     sandbox-run itself, with the stolen monitor
 */
#include "tests/jail/stolen.h"
#include "tests/jail/words.h"

#include "abi/hypercalls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATH	     128
#define ARGUMENTS    24
#define OPTIONS_MAX  10
#define PROGRAM	     "/bin/busybox" /* never runs */
#define KILLED_SAYS  "was killed by signal 31"
#define STATUS_ERROR 125

#define READING (PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_TREES)
#define WRITING (READING | PERM_WRITE | PERM_NAMES)

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);

static char root[PATH] = "/tmp/stolen-test-XXXXXX";
static char granted[PATH], writable[PATH], empty[PATH], quick[PATH];
static int number, failed;

static const struct posture {
	const char *name;
	const char *options[OPTIONS_MAX]; /* NULL-terminated */
	uint32_t permissions;
	int strict; /* its acts end exactly as their table has it; else in any failure */
} postures[] = {
	{ "default policy", { "--ro", granted }, READING, 1 },
	{ "terminal of its own", { "--tty", "--ro", granted }, READING, 1 },
	{ "untrusted", { "-p", "untrusted", "--ro", granted, "--ro", PROGRAM }, READING, 1 },
	{ "single files",
	  { "-p", empty, "--ro", PROGRAM, "--ro", scene_file },
	  PERM_BASE | PERM_STREAMS | PERM_FILES,
	  0 },
	{ "write grant", { "--ro", granted, "--rw", writable }, WRITING, 0 },
};

static void bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bail_out(path);
	close(fd);
}

static void in_root(char path[PATH], const char *name)
{
	snprintf(path, PATH, "%.80s/%.40s", root, name);
}

static void make_scene(void)
{
	char path[PATH];

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (!mkdtemp(root) || chmod(root, 0755))
		bail_out(root);
	stolen_paths(root);
	in_root(granted, "granted");
	in_root(writable, "writable");
	in_root(empty, "empty.yaml");
	in_root(quick, "quick.yaml");
	if (mkdir(granted, 0755) || mkdir(scene_sub, 0755) || symlink("file", scene_link) ||
	    mkdir(writable, 0777))
		bail_out("scene");
	in_root(path, "writable/sub");
	if (mkdir(path, 0777))
		bail_out(path);
	in_root(path, "writable/fifo");
	if (mkfifo(path, 0666))
		bail_out(path);
	write_file(scene_file, SCENE_CONTENT);
	write_file(scene_writable_file, SCENE_CONTENT);
	write_file(scene_outside, "secret");
	write_file(empty, "version: 1\nextends: builtin:empty\n");
	write_file(quick, "version: 1\nlimits: { kill-after: 200ms }\n");
}

static void clean(const char *name)
{
	char path[PATH];

	in_root(path, name);
	if (unlink(path) && errno == EISDIR)
		rmdir(path);
}

static void remove_scene(void)
{
	static const char *const names[] = { "granted/file",  "granted/link",  "granted/sub",
					     "writable/file", "writable/fifo", "writable/new",
					     "writable/sub",  "outside",       "empty.yaml",
					     "quick.yaml",    "receipt.json",  "granted",
					     "writable" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		clean(names[i]);
	if (rmdir(root))
		printf("# %s: %s\n", root, strerror(errno));
}

/* Fills argv with options, program and the act; returns how many. */
static int arguments(char **argv, const char *const *options, const char *table, const char *index)
{
	int argc = 0;

	argv[argc++] = (char *)"/proc/self/exe";
	while (*options)
		argv[argc++] = (char *)*options++;
	argv[argc++] = (char *)"--";
	argv[argc++] = (char *)PROGRAM;
	argv[argc++] = (char *)table;
	argv[argc++] = (char *)index;
	argv[argc++] = root;
	argv[argc] = NULL;
	return argc;
}

#define PATIENCE_MS 20000
#define SAID_MAX    4096

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* True when no process of the group is left; orphans come to us, who are their reaper. */
static int group_is_gone(pid_t group)
{
	for (int64_t end = now_ms() + PATIENCE_MS / 4; now_ms() < end; pause_ms(1)) {
		while (waitpid(-group, NULL, WNOHANG) > 0)
			;
		if (kill(-group, 0) && errno == ESRCH)
			return 1;
	}
	return 0;
}

/* One run in a process group of its own: its wait status, and what it said. -1: it did not end. */
static int start(char *const *argv, char said[SAID_MAX], int *left_over)
{
	int errors = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int status = -1, nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	int64_t end = now_ms() + PATIENCE_MS;
	pid_t pid = fork();
	ssize_t n;

	if (pid < 0 || errors < 0)
		bail_out("fork");
	if (pid == 0) {
		setpgid(0, 0);
		dup2(nothing, 0);
		dup2(nothing, 1);
		dup2(errors, 2);
		execv(argv[0], argv);
		_exit(99);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (now_ms() > end) {
			kill(-pid, SIGKILL);
			waitpid(pid, &status, 0);
			status = -1;
			break;
		}
		pause_ms(1);
	}
	*left_over = !group_is_gone(pid);
	n = pread(errors, said, SAID_MAX - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	close(errors);
	close(nothing);
	return status;
}

/* What an act came to: enum ended, or an errno, or -1000 with a line of diagnosis. */
static int run(const char *const *options, const char *table, size_t n)
{
	char *argv[ARGUMENTS], index[24], said[SAID_MAX];
	int status, left_over;

	snprintf(index, sizeof(index), "%zu", n);
	arguments(argv, options, table, index);
	clean("writable/new");
	status = start(argv, said, &left_over);
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_ERROR && strstr(said, KILLED_SAYS))
		return ENDED_BY_SECCOMP;
	if (WIFEXITED(status) && WEXITSTATUS(status) < STATUS_ERROR)
		return WEXITSTATUS(status);
	printf("# status %#x: %s", (unsigned int)status, said);
	return -1000;
}

static int has_raw_bytes(const char *said)
{
	for (; *said; said++)
		if ((unsigned char)*said < ' ' && *said != '\n' && *said != '\t')
			return 1;
	return 0;
}

/* The launcher hears each word. */
static int run_words(void)
{
	make_scene();
	if (chdir(root))
		bail_out(root);
	for (size_t i = 0; i < word_count; i++) {
		const struct word *word = &words[i];
		const char *options[] = { "-p", quick, "--ro", granted, word->option, NULL };
		char *argv[ARGUMENTS], index[24], said[SAID_MAX];
		int left_over, status, right;

		snprintf(index, sizeof(index), "%zu", i);
		arguments(argv, options, "words", index);
		status = start(argv, said, &left_over);
		right = WIFEXITED(status) && WEXITSTATUS(status) == word->status &&
			strstr(said, word->says) && !has_raw_bytes(said) && !left_over;
		printf("%sok %d - the monitor says %s\n", right ? "" : "not ", ++number,
		       word->name);
		if (!right)
			printf("# status %#x%s: %.300s\n", (unsigned int)status,
			       left_over ? ", a process is left" : "", said);
		failed += !right;
	}
	printf("1..%d\n", number);
	remove_scene();
	return failed != 0;
}

struct tally {
	int tried, killed, wrong;
};

static void judge(struct tally *t, const char *name, int ended, int expected, int strict)
{
	int right = strict ? ended == expected : ended != 0 && ended != -1000;

	t->tried++;
	t->killed += ended == ENDED_BY_SECCOMP;
	t->wrong += !right;
	if (!right)
		printf("# %s: %d, not %d\n", name, ended, expected);
}

static void report(const struct posture *p, const char *table, const struct tally *t)
{
	failed += t->wrong != 0;
	printf("%sok %d - %s, %s: %d acts, %d killed, the others refused\n", t->wrong ? "not " : "",
	       ++number, p->name, table, t->tried, t->killed);
	fflush(stdout);
}

static void run_acts(const struct posture *p, const char *table, const struct act *list,
		     size_t count, int strict)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < count; i++)
		judge(&t, list[i].name, run(p->options, table, i), list[i].whole, strict);
	report(p, table, &t);
}

static void run_steps(const struct posture *p)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < step_count; i++)
		if (!(steps[i].needs & ~p->permissions))
			judge(&t, steps[i].name, run(p->options, "steps", i), EACCES, 0);
	report(p, "steps", &t);
}

static int holds(const char *path, const char *text)
{
	char now[64] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, now, sizeof(now) - 1);

	if (fd >= 0)
		close(fd);
	return n >= 0 && strcmp(now, text) == 0;
}

static void nothing_has_changed(void)
{
	char evil[PATH];
	int right = holds(scene_file, SCENE_CONTENT) && holds(scene_outside, "secret") &&
		    access(scene_new, F_OK) && access(scene_new_outside, F_OK);

	in_root(evil, "evil");
	right = right && access(evil, F_OK);
	failed += !right;
	printf("%sok %d - nothing outside of the write grant has changed\n", right ? "" : "not ",
	       ++number);
}

static int run_all(void)
{
	make_scene();
	for (size_t i = 0; i < sizeof(postures) / sizeof(*postures); i++) {
		const struct posture *p = &postures[i];

		run_acts(p, "acts", acts, act_count, p->strict);
		if (p->permissions & PERM_NAMES)
			run_acts(p, "write-acts", write_acts, write_act_count, 1);
		run_steps(p);
	}
	nothing_has_changed();
	printf("1..%d\n", number);
	remove_scene();
	return failed != 0;
}

static int print_table(void)
{
	static const char *const profiles[] = { NULL,	"shell-readonly", "untrusted", "python",
						"node", "c-build",	  "ci-build" };
	const size_t count = sizeof(profiles) / sizeof(*profiles);

	make_scene();
	if (chdir(writable))
		bail_out(writable);
	printf("| a stolen monitor can |");
	for (size_t i = 0; i < count; i++)
		printf(" %s |", profiles[i] ? profiles[i] : "default");
	printf("\n| --- |");
	for (size_t i = 0; i < count; i++)
		printf(" --- |");
	for (size_t n = 0; n < ability_count; n++) {
		printf("\n| %s |", abilities[n].name);
		for (size_t i = 0; i < count; i++) {
			const char *options[] = { "--ro", PROGRAM, "-p", profiles[i], NULL };

			if (!profiles[i])
				options[2] = NULL;
			printf(" %s |", run(options, "abilities", n) == 0 ? "yes" : "-");
		}
		fflush(stdout);
	}
	printf("\n");
	remove_scene();
	return 0;
}

int __wrap_main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--acts") == 0)
		return run_all();
	if (argc == 2 && strcmp(argv[1], "--words") == 0)
		return run_words();
	if (argc == 2 && strcmp(argv[1], "--table") == 0)
		return print_table();
	return __real_main(argc, argv);
}
