// SPDX-License-Identifier: Apache-2.0
/* Capabilities and limits hold without Landlock and seccomp: as root, and as an ordinary user. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "common/err.h"
#include "hv/jail/limits.h"
#include "tests/jail/scene.h"
#include "tests/not-run.h"

#include <errno.h>
#include <linux/securebits.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define ALL    (PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_TREES)
#define NOBODY 65534
#define WRONG  200 /* no errno: the call went through and its effect is wrong */

/* Number of capabilities in all five sets; the bounding one only if asked for. */
static int capabilities_left(struct scene *s, const void *with_bounding)
{
	static const cap_flag_t sets[] = { CAP_EFFECTIVE, CAP_PERMITTED, CAP_INHERITABLE };
	cap_t now = cap_get_proc();
	int left = 0;

	(void)s;
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
			cap_flag_value_t held = CAP_CLEAR;

			cap_get_flag(now, cap, sets[i], &held);
			left += held == CAP_SET;
		}
		left += cap_get_ambient(cap) > 0;
		left += with_bounding && cap_get_bound(cap) > 0;
	}
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return WRONG;
	return left;
}

static int change_root(struct scene *s, const void *argument)
{
	(void)s;
	(void)argument;
	return scene_answer(chroot("/"));
}

/* Root's user id gives nothing, and nobody can change that any more. */
static int root_is_nobody(struct scene *s, const void *argument)
{
	const int bits = SECURE_ALL_BITS & ~issecure_mask(SECURE_KEEP_CAPS);

	(void)s;
	(void)argument;
	return prctl(PR_GET_SECUREBITS) == (bits | SECURE_ALL_LOCKS) ? 0 : WRONG;
}

static int execute_shell(struct scene *s, const void *argument)
{
	(void)s;
	(void)argument;
	execl("/bin/sh", "sh", "-c", "! grep -q '^Cap.*:.*[1-9a-f]' /proc/self/status", NULL);
	return WRONG;
}

static void capabilities_alone(void **state)
{
	(void)state;
	if (getuid() != 0)
		NOT_RUN("an ordinary user runs the tests");
	assert_int_equal(scene_run(capabilities_left, "", ALL, ABOVE_CAPABILITIES, 0), 0);
	assert_int_equal(scene_run(change_root, NULL, ALL, ABOVE_CAPABILITIES, 0), EPERM);
	assert_int_equal(scene_run(root_is_nobody, NULL, ALL, ABOVE_CAPABILITIES, 0), 0);
	assert_int_equal(scene_run(change_root, NULL, ALL, ABOVE_DESCRIPTORS, 0), 0);
	/* root's execve gives none back */
	assert_int_equal(scene_run(execute_shell, NULL, ALL, ABOVE_CAPABILITIES, 0), 0);
}

/* The bounding set of an ordinary user cannot be emptied, nor used: only the other four count. */
static void capabilities_of_an_ordinary_user(void **state)
{
	(void)state;
	if (getuid() != 0)
		NOT_RUN("an ordinary user runs the tests");
	assert_int_equal(scene_run(capabilities_left, NULL, ALL, ABOVE_CAPABILITIES, NOBODY), 0);
}

/* What the caller made ambient is taken too, without a call of its own. */
static void ambient_capabilities(void **state)
{
	const cap_value_t raised[] = { CAP_NET_RAW };
	cap_t before = cap_get_proc();
	cap_t inheritable = cap_dup(before);

	(void)state;
	if (getuid() != 0)
		NOT_RUN("an ordinary user runs the tests");
	cap_set_flag(inheritable, CAP_INHERITABLE, 1, raised, CAP_SET);
	assert_int_equal(cap_set_proc(inheritable), 0);
	assert_int_equal(cap_set_ambient(CAP_NET_RAW, CAP_SET), 0);
	assert_int_equal(scene_run(capabilities_left, "", ALL, ABOVE_CAPABILITIES, 0), 0);
	cap_reset_ambient();
	cap_set_proc(before);
	cap_free(before);
	cap_free(inheritable);
}

/* Of the resource; RLIM_INFINITY: it is left as the caller has it. */
static uint64_t limit_of(const struct policy *p, int resource)
{
	struct jail_limit limits[JAIL_LIMITS_MAX];

	for (size_t i = 0, count = limits_list(p, NULL, limits); i < count; i++)
		if (limits[i].resource == resource)
			return limits[i].value;
	return RLIM_INFINITY;
}

static void limits_of_a_policy(void **state)
{
	const uint64_t second = 1000000000;
	struct policy p = { .memory = 64 << 20, .handles_max = 100 };

	(void)state;
	assert_true(limit_of(&p, RLIMIT_CPU) == RLIM_INFINITY);
	assert_true(limit_of(&p, RLIMIT_FSIZE) == RLIM_INFINITY);
	assert_in_range(limit_of(&p, RLIMIT_NOFILE), 100, 200);
	p.file_size = 12345;
	p.cpu_time_ns = 3 * second;
	p.kill_after_ns = 2 * second;
	assert_int_equal(limit_of(&p, RLIMIT_FSIZE), 12345);
	assert_in_range(limit_of(&p, RLIMIT_CPU), 5, 10);
}

static int more_memory(struct scene *s, const void *argument)
{
	size_t size = (size_t)s->policy.memory + (4ul << 30);

	(void)argument;
	return mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) ==
			       MAP_FAILED
		       ? errno
		       : 0;
}

static int more_descriptors(struct scene *s, const void *argument)
{
	(void)argument;
	for (unsigned int i = 0; i < s->policy.handles_max + 64; i++)
		if (dup(0) < 0)
			return errno;
	return 0;
}

static int more_processes(struct scene *s, const void *argument)
{
	pid_t pid = fork();

	(void)s;
	(void)argument;
	if (pid == 0)
		_exit(0);
	return scene_answer(pid);
}

static int lock_memory(struct scene *s, const void *argument)
{
	(void)argument;
	return scene_answer(mlock(s->buffer, sizeof(s->buffer)));
}

static int limits_in_force(struct scene *s, const void *argument)
{
	static const __rlimit_resource_t zero[] = { RLIMIT_CORE,    RLIMIT_NPROC,
						    RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE,
						    RLIMIT_LOCKS,   RLIMIT_NICE,
						    RLIMIT_RTPRIO,  RLIMIT_SIGPENDING };
	struct rlimit limit;

	(void)s;
	(void)argument;
	for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		if (getrlimit(zero[i], &limit) || limit.rlim_cur || limit.rlim_max)
			return WRONG + (int)i;
	return 0;
}

/* Deeper than the limit on top of what is in use: ends by SIGSEGV. */
static int deep_stack(struct scene *s, const void *argument)
{
	volatile char *here = __builtin_frame_address(0);

	(void)s;
	(void)argument;
	for (size_t below = 0; below < 512ul << 10; below += 4096)
		here[-(long)below] = 0;
	return 0;
}

static void limits_alone(void **state)
{
	(void)state;
	if (getuid() != 0)
		NOT_RUN("an ordinary user runs the tests");
#ifdef __SANITIZE_ADDRESS__
	NOT_RUN("under AddressSanitizer limits are wider, and memory is not locked");
#endif
	assert_int_equal(scene_run(limits_in_force, NULL, ALL, ABOVE_LIMITS, NOBODY), 0);
	assert_int_equal(scene_run(more_memory, NULL, ALL, ABOVE_LIMITS, NOBODY), ENOMEM);
	assert_int_equal(scene_run(more_descriptors, NULL, ALL, ABOVE_LIMITS, NOBODY), EMFILE);
	assert_int_equal(scene_run(more_processes, NULL, ALL, ABOVE_LIMITS, NOBODY), EAGAIN);
	assert_int_equal(scene_run(lock_memory, NULL, ALL, ABOVE_LIMITS, NOBODY), EPERM);
	assert_int_equal(scene_run(deep_stack, NULL, ALL, ABOVE_LIMITS, NOBODY), ENDED_BY_SIGNAL);

	assert_int_equal(scene_run(more_memory, NULL, ALL, ABOVE_CAPABILITIES, NOBODY), 0);
	assert_int_equal(scene_run(more_descriptors, NULL, ALL, ABOVE_CAPABILITIES, NOBODY), 0);
	assert_int_equal(scene_run(more_processes, NULL, ALL, ABOVE_CAPABILITIES, NOBODY), 0);
	assert_int_equal(scene_run(deep_stack, NULL, ALL, ABOVE_CAPABILITIES, NOBODY), 0);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities_alone),
		cmocka_unit_test(capabilities_of_an_ordinary_user),
		cmocka_unit_test(ambient_capabilities),
		cmocka_unit_test(limits_of_a_policy),
		cmocka_unit_test(limits_alone),
	};
	int failed;

	scene_create();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("privileges", tests, NULL, NULL);
	scene_remove();
	return failed != 0;
}
