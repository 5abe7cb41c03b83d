/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A test of cmocka's that this host cannot run ends with NOT_RUN(): `make test`
 * shows the line with its reason. cmocka's own skip() prints "not ok", which fails.
 */
#ifndef TESTS_NOT_RUN_H
#define TESTS_NOT_RUN_H

#define NOT_RUN(reason) \
	do { \
		print_message("# not run: %s: %s\n", __func__, reason); \
		return; \
	} while (0)

#endif
