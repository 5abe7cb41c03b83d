// SPDX-License-Identifier: Apache-2.0
/*
 * The guest of the tests that watch the monitor's system calls: a scene, and
 * the handles of valid.h.
 */
#include "tests/adversarial/fetch-guest.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct vm fetch_vm;
struct seams seams = { .vm = &fetch_vm };
static char *scratch, *changed; /* the read grant, and the write grant */

/* A guest with the handles that the valid requests name. */
void fetch_start(void)
{
	char writable[512], path[512];
	const char *grants[] = { scratch, writable, NULL };

	scratch_remove(strdup(changed)); /* what the last guest made of it */
	snprintf(path, sizeof(path), "%s/sub", changed);
	assert_int_equal(mkdir(changed, 0755) | mkdir(path, 0755), 0);
	scratch_write(changed, "file", "0123456789abcdef");
	snprintf(writable, sizeof(writable), GUEST_WRITABLE "%s", changed);
	guest_start(&fetch_vm, grants, FETCH_HANDLES);
	fetch_vm.streams = 7;
	fetch_vm.outcome_fd = -1; /* a number that no other descriptor has */
	seams.broken = NULL;
	for (unsigned int i = 0; i < prelude_count; i++) {
		const struct message *m = &prelude[i];

		assert_int_equal(guest_call(&fetch_vm, m->number, m->args.bytes, m->length),
				 m->expect.code);
	}
	assert_null(handles_get(&fetch_vm.handles, H_FREE));
}

int64_t fetch_serve(const struct message *m)
{
	uint32_t length = m->length <= HC_PAYLOAD_MAX ? m->length : HC_PAYLOAD_MAX;
	int64_t result;

	seams.fetches = seams.data_fetches = 0;
	seams.serving = 1;
	result = guest_call(&fetch_vm, m->number, m->args.bytes, length);
	seams.serving = 0;
	seams_reset();
	return result;
}

int fetch_setup(void **state)
{
	char path[512];

	(void)state;
	scratch = scratch_make();
	changed = scratch_make();
	scratch_write(scratch, "file", "0123456789abcdef");
	snprintf(path, sizeof(path), "%s/sub", scratch);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/link", scratch);
	assert_int_equal(symlink("../outside", path), 0);
	snprintf(path, sizeof(path), "%s/fifo", scratch);
	assert_int_equal(mkfifo(path, 0644), 0);
	return 0;
}

int fetch_teardown(void **state)
{
	(void)state;
	scratch_remove(scratch);
	scratch_remove(changed);
	return 0;
}
