// SPDX-License-Identifier: Apache-2.0
/* What a guest says at its end reaches the outcome as it said it: sandbox-cli judges it (I11). */
#include "tests/unit/guest.h"

#include <string.h>

static struct vm vm;

static int setup(void **state)
{
	(void)state;
	guest_start(&vm, NULL, 4);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	return 0;
}

static void ends_that_there_are(void **state)
{
	static const struct {
		uint32_t kind, code;
		enum hv_end end; /* 0: a violation */
	} ends[] = { { HC_EXIT_STATUS, 0, HV_END_STATUS },
		     { HC_EXIT_STATUS, 255, HV_END_STATUS },
		     { HC_EXIT_STATUS, 256, 0 },
		     { HC_EXIT_DENIED, 0, HV_END_DENIED },
		     { HC_EXIT_DENIED, 1, 0 },
		     { HC_EXIT_SIGNAL, 0, 0 },
		     { HC_EXIT_SIGNAL, 64, HV_END_SIGNAL },
		     { HC_EXIT_SIGNAL, 65, 0 },
		     { HC_EXIT_NO_EXEC, 2, HV_END_NO_EXEC },
		     { HC_EXIT_NO_EXEC, 4096, 0 },
		     { HC_EXIT_NO_MEMORY, 0, HV_END_NO_MEMORY },
		     { HC_EXIT_NO_MEMORY, 1, 0 },
		     { HC_EXIT_DENIED + 1, 0, 0 } };

	(void)state;
	vm.kills = 1;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct hc_exit args = { .kind = ends[i].kind, .code = ends[i].code };

		guest_call(&vm, HC_EXIT, &args, sizeof(args));
		if (!ends[i].end)
			assert_true(guest_violated(HV_VIOLATION_FIELD));
		else
			assert_int_equal(killed.end, ends[i].end);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ends_that_there_are),
	};

	return RUN(tests, "life");
}
