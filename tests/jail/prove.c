// SPDX-License-Identifier: Apache-2.0
/*
 * The jail proves itself (I1): whole it passes under every policy, as root and
 * as an ordinary user; with any layer left out or weaker it does not, and the
 * error names the layer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "common/err.h"
#include "hv/hv.h"
#include "tests/jail/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SINGLE	(PERM_BASE | PERM_STREAMS | PERM_FILES)
#define ALL	(SINGLE | PERM_TREES)
#define WRITING (ALL | PERM_WRITE | PERM_NAMES)
#define NOBODY	65534

static const uint32_t permission_sets[] = { PERM_BASE, PERM_BASE | PERM_STREAMS,
					    SINGLE,    SINGLE | PERM_WRITE,
					    ALL,       WRITING };

/* In a launcher of its own: what hv_prove_jail() says; "" if the jail holds. */
static const char *prove(uint32_t permissions, unsigned int without, unsigned int uid,
			 void (*spoil)(struct scene *s))
{
	static struct scene s;
	char *said = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static char words[4096];
	int status;
	pid_t launcher;

	fflush(stdout);
	launcher = fork();
	if (launcher == 0) {
		struct err e = { 0 };
		int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

		if (scene_policy(&s, permissions) || kvm < 0 ||
		    (uid && (setgid(uid) || setuid(uid))))
			_exit(1);
		if (spoil)
			spoil(&s);
		scene_leave_out(without);
		if (hv_prove_jail(&s.policy, kvm, &e))
			snprintf(said, 4096, "%s", e.what);
		_exit(0);
	}
	assert_int_equal(waitpid(launcher, &status, 0), launcher);
	assert_int_equal(status, 0);
	snprintf(words, sizeof(words), "%s", said);
	munmap(said, 4096);
	return words;
}

static void whole_it_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(permission_sets) / sizeof(*permission_sets); i++) {
		assert_string_equal(prove(permission_sets[i], LAYER_NONE, 0, NULL), "");
		if (getuid() == 0)
			assert_string_equal(prove(permission_sets[i], LAYER_NONE, NOBODY, NULL),
					    "");
	}
}

static void fails(const char *said, const char *what)
{
	if (strncmp(said, "the jail does not hold: ", 24) != 0 || !strstr(said, what))
		fail_msg("\"%s\" does not say \"%s\"", said, what);
}

static void left_out_it_does_not(void **state)
{
	(void)state;
	for (unsigned int uid = 0; uid <= NOBODY; uid += NOBODY) {
		if (uid && getuid() != 0)
			continue;
		fails(prove(ALL, LAYER_LANDLOCK, uid, NULL), "Landlock: the monitor could list /");
		fails(prove(ALL, LAYER_SECCOMP, uid, NULL), "filter: the monitor could execute");
		fails(prove(WRITING, LAYER_LIMITS, uid, NULL), "limits: ");
	}
	if (getuid() == 0)
		fails(prove(ALL, LAYER_CAPABILITIES, 0, NULL), "capabilities: ");
}

/* The rules that are put up have a grant more than the policy that is asked about. */
static void add_rule(const char *path, enum grant_kind kind)
{
	struct grant extra = { .kind = kind, .host = (char *)path, .mode = S_IFDIR | 0755 };

	extra.fd = open(path, O_PATH | O_CLOEXEC);
	if (extra.fd >= 0)
		scene_add_rule(&extra);
}

static void root_readable(struct scene *s)
{
	(void)s;
	add_rule("/", GRANT_READ);
}

static void proc_readable(struct scene *s)
{
	(void)s;
	add_rule("/proc", GRANT_READ);
}

static void dev_writable(struct scene *s)
{
	(void)s;
	add_rule("/dev", GRANT_WRITE);
}

static void tmp_writable(struct scene *s)
{
	(void)s;
	add_rule("/tmp", GRANT_WRITE);
}

static void read_grant_writable(struct scene *s)
{
	(void)s;
	add_rule(s->grants[GRANTED_DIR].host, GRANT_WRITE);
}

static void weaker_rules_do_not(void **state)
{
	(void)state;
	fails(prove(ALL, LAYER_NONE, 0, root_readable), "Landlock: the monitor could list /");
	fails(prove(ALL, LAYER_NONE, 0, proc_readable), "read a file that is not granted");
	fails(prove(WRITING, LAYER_NONE, 0, dev_writable), "write to a file that is not granted");
	fails(prove(WRITING, LAYER_NONE, 0, tmp_writable), "create a file outside");
	fails(prove(WRITING, LAYER_NONE, 0, read_grant_writable), "granted for reading");
}

/* The policy itself has these grants: nothing is weaker than it demands. */
static void grant_it(struct scene *s, const char *path, enum grant_kind kind)
{
	struct grant *grant = &s->grants[GRANTED_FILE];

	grant->host = grant->guest = (char *)path;
	grant->kind = kind;
	grant->mode = S_IFDIR | 0755;
	grant->fd = open(path, O_PATH | O_CLOEXEC);
}

static void grant_root(struct scene *s)
{
	grant_it(s, "/", GRANT_READ);
}

static void grant_proc(struct scene *s)
{
	grant_it(s, "/proc", GRANT_READ);
}

static void grant_tmp(struct scene *s)
{
	grant_it(s, "/tmp", GRANT_WRITE);
}

static void grant_all(struct scene *s)
{
	grant_it(s, "/", GRANT_WRITE);
}

static void generous_policies_hold(void **state)
{
	static void (*const grants[])(struct scene * s) = { grant_root, grant_proc, grant_tmp,
							    grant_all };
	(void)state;
	for (size_t i = 0; i < sizeof(grants) / sizeof(*grants); i++)
		assert_string_equal(prove(WRITING, LAYER_NONE, 0, grants[i]), "");
}

#define LEFT \
	"find /tmp /dev/shm /var/tmp -maxdepth 3 -name '.sandbox-run-*' -delete -print " \
	"2>/dev/null"

/* What was tried above, and worked because a layer was missing, was undone. */
static void nothing_is_left(void **state)
{
	(void)state;
	assert_int_equal(system("! " LEFT " | grep ."), 0);
}

static void crash(struct scene *s)
{
	signal(SIGSEGV, SIG_DFL);
	s->policy.grants = NULL;
}

/* Who ends before he has tried all has shown nothing. */
static void a_proof_that_breaks_off_is_none(void **state)
{
	const char *said = prove(ALL, LAYER_NONE, 0, crash);

	(void)state;
	if (!strstr(said, "ended with status"))
		fail_msg("\"%s\"", said);
}

/* A kernel whose filters cannot kill, as this one says from now on. */
static void deny_killing(struct scene *s)
{
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_GET_ACTION_AVAIL, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(*code), .filter = code };

	(void)s;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		_exit(3);
}

static void a_kernel_that_cannot_kill(void **state)
{
	(void)state;
	fails(prove(ALL, LAYER_NONE, 0, deny_killing), "this kernel cannot kill by one");
}

static int nothing(struct scene *s, const void *argument)
{
	(void)s;
	(void)argument;
	return 0;
}

static void the_monitor_waits_for_the_proof(void **state)
{
	(void)state;
	scene_proof_late = 300;
	assert_int_equal(scene_run(nothing, NULL, ALL, LAYER_NONE, 0), 0);
	scene_proof_late = 0;
}

/* ---- the monitor's own state ---- */

struct spoilt {
	const char *says;
	unsigned int without;
	void (*spoil)(struct scene *s);
};

static void grow_dumpable(struct scene *s)
{
	(void)s;
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void outlive(struct scene *s)
{
	(void)s;
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
}

static void leak(struct scene *s)
{
	(void)s;
	dup2(0, SCENE_LEAKED);
}

/* Who has no capability anyway. */
static void be_ordinary(struct scene *s)
{
	(void)s;
	if (setgid(NOBODY) || setuid(NOBODY) || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		_exit(3);
}

static int state_after(struct scene *s, const void *argument)
{
	const struct spoilt *spoilt = argument;
	struct jail_inmate inmate = { .policy = &s->policy, .fds = &s->fds, .parent = s->parent };
	struct err e = { 0 };

	if (spoilt->spoil)
		spoilt->spoil(s);
	scene_leave_out(LAYER_NONE);
	if (jail_verify_state(&inmate, &e) != -EPERM)
		return 1;
	return strstr(e.what, spoilt->says) ? 0 : 2;
}

static void the_monitor_looks_at_itself(void **state)
{
	static const struct spoilt cases[] = {
		{ "dumped", LAYER_SECCOMP, grow_dumpable },
		{ "outlive", LAYER_SECCOMP, outlive },
		{ "descriptors: ", LAYER_SECCOMP, leak },
		{ "descriptors: ", LAYER_SECCOMP | LAYER_DESCRIPTORS, NULL },
		{ "limits: ", LAYER_SECCOMP | LAYER_LIMITS, NULL },
		{ "Landlock: ", LAYER_SECCOMP | LAYER_LANDLOCK, NULL },
		{ "capabilities: ", LAYER_SECCOMP | LAYER_LANDLOCK | LAYER_CAPABILITIES, NULL },
		{ "no_new_privs: ", LAYER_SECCOMP | LAYER_LANDLOCK | LAYER_CAPABILITIES,
		  be_ordinary },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int r;

		if (cases[i].without & LAYER_CAPABILITIES && getuid() != 0)
			continue;
		r = scene_run(state_after, &cases[i], ALL, cases[i].without, 0);
		if (r)
			fail_msg("%s: %d", cases[i].says, r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_it_holds),
		cmocka_unit_test(left_out_it_does_not),
		cmocka_unit_test(weaker_rules_do_not),
		cmocka_unit_test(generous_policies_hold),
		cmocka_unit_test(nothing_is_left),
		cmocka_unit_test(a_proof_that_breaks_off_is_none),
		cmocka_unit_test(a_kernel_that_cannot_kill),
		cmocka_unit_test(the_monitor_waits_for_the_proof),
		cmocka_unit_test(the_monitor_looks_at_itself),
	};
	int failed;

	scene_create();
	if (system(LEFT " >/dev/null; true")) /* of a run that failed */
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("prove", tests, NULL, NULL);
	scene_remove();
	return failed != 0;
}
