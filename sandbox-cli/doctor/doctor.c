// SPDX-License-Identifier: Apache-2.0
/* Runs the checks of --doctor one after the other and prints what each found. */
#include "sandbox-cli/doctor/doctor.h"
#include "common/err.h"

#include <stdio.h>

static const char *const words[] = {
	[DOCTOR_OK] = "ok  ",
	[DOCTOR_FAIL] = "FAIL",
	[DOCTOR_SKIP] = "skip",
};

int doctor_run(void)
{
	size_t failed = 0;

	for (size_t i = 0; i < doctor_check_count; i++) {
		const struct doctor_check *check = &doctor_checks[i];
		struct doctor_finding f = { .detail = "" };
		enum doctor_verdict verdict = check->look(&f);

		printf("%s %s: %s\n", words[verdict], check->what, f.detail);
		if (verdict == DOCTOR_FAIL) {
			printf("     fix: %s\n", f.fix);
			failed++;
		}
	}
	if (failed)
		printf("\nThis host cannot run sandboxes: %zu of %zu checks failed.\n", failed,
		       doctor_check_count);
	else
		printf("\nThis host can run sandboxes.\n");
	return failed ? ERR_SANDBOX : 0;
}
