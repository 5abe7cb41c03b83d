// SPDX-License-Identifier: Apache-2.0
/* What is said of side channels is what the kernel says: asked in a child, since it is for good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hv/jail/sidechannels.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CORE	 62 /* PR_SCHED_CORE */
#define CORE_GET 0

/* 0 when the kernel's own answers are those of `states`; else which is wrong. */
static int compare(uint32_t states)
{
	static const struct {
		enum sidechannel which;
		int control;
	} controls[] = { { SIDECHANNEL_BRANCH, PR_SPEC_INDIRECT_BRANCH },
			 { SIDECHANNEL_STORE, PR_SPEC_STORE_BYPASS } };
	unsigned long cookie = 0;
	int error = prctl(CORE, CORE_GET, 0, 0, &cookie);

	if ((sidechannel_state(states, SIDECHANNEL_CORE) == SIDECHANNEL_APPLIED) !=
	    (!error && cookie))
		return 1;
	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++) {
		int now = prctl(PR_GET_SPECULATION_CTRL, controls[i].control, 0, 0, 0);
		int off = now > 0 && now & (int)(PR_SPEC_DISABLE | PR_SPEC_FORCE_DISABLE);
		enum sidechannel_state state = sidechannel_state(states, controls[i].which);

		if ((state == SIDECHANNEL_APPLIED) != off ||
		    (state == SIDECHANNEL_NOT_NEEDED) != (now == PR_SPEC_NOT_AFFECTED))
			return 2 + (int)i;
	}
	return 0;
}

static void what_is_said_is_so(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(compare(jail_sidechannels()));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void every_state_has_words(void **state)
{
	char text[200];

	(void)state;
	sidechannels_describe(text, sizeof(text), 0);
	assert_string_equal(text, "not offered: core scheduling, indirect branches, "
				  "speculative store bypass, L1D flush");
	sidechannels_describe(text, sizeof(text),
			      SIDECHANNEL_APPLIED | SIDECHANNEL_NOT_NEEDED << 2 |
				      SIDECHANNEL_APPLIED << 4);
	assert_string_equal(text, "applied: core scheduling, speculative store bypass; "
				  "not needed: indirect branches; not offered: L1D flush");
	sidechannels_describe(text, sizeof(text), UINT32_MAX); /* of a monitor that lies */
	assert_non_null(strstr(text, "not offered: core"));
	sidechannels_describe(text, 20, UINT32_MAX);
	assert_true(strlen(text) < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_so),
		cmocka_unit_test(every_state_has_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("side channels", tests, NULL, NULL) != 0;
}
