// SPDX-License-Identifier: Apache-2.0
/*
 * The walk to the program that the runtime begins with, done beforehand by the
 * service itself. Only where the program's path leads straight through one
 * grant; the runtime asks for whatever else it needs.
 */
#include "hv/boot.h"

#include "abi/boot.h"
#include "hv/dispatch.h"
#include "hv/vm.h"
#include "policy/policy.h"

#include <string.h>

/* What is left of path below top, "" for top itself; NULL: it is not there. */
static const char *below(const char *path, const char *top)
{
	size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);

	if (strncmp(path, top, length) != 0)
		return NULL;
	return path[length] == '/' ? path + length + 1 : path[length] ? NULL : path + length;
}

/* The grant of a host object that shows path, as the handle that it is, and the names below it. */
static const char *covering(const struct policy *p, const char *path, uint32_t *handle)
{
	const struct grant *nearest = NULL;
	const char *rest = NULL;
	uint32_t hosts = 0;

	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *grant = &p->grants[i];
		const char *here = below(path, grant->guest);

		if (here && (!nearest || strlen(grant->guest) > strlen(nearest->guest))) {
			nearest = grant;
			rest = here;
			*handle = hosts;
		}
		hosts += grant_is_host(grant->kind) != 0;
	}
	return nearest && grant_is_host(nearest->kind) ? rest : NULL;
}

/* The tail of an FS_WALK; 0 when the names are none that it could have. */
static int put_names(struct hc_call *call, uint8_t names[HC_PAYLOAD_MAX], const char *path)
{
	size_t used = 0;

	while (*path) {
		size_t length = strcspn(path, "/");

		if (!length || length > HC_NAME_MAX || used + 1 + length > HC_PAYLOAD_MAX ||
		    call->count == HC_NAMES_MAX ||
		    (path[0] == '.' && (length == 1 || (length == 2 && path[1] == '.')))) /* I5 */
			return 0;
		names[used] = (uint8_t)length;
		memcpy(names + used + 1, path, length);
		used += 1 + length;
		call->count++;
		path += length + (path[length] == '/');
	}
	call->names = names;
	return 1;
}

const char *boot_answer_walk(struct vm *vm, const struct policy *p, const char *program,
			     struct boot_walk *answer)
{
	struct hc_call call = { .vm = vm, .number = HC_FS_WALK };
	uint8_t names[HC_PAYLOAD_MAX];
	uint32_t handle = 0;
	const char *path =
		vm->permissions & PERM_FILES ? covering(p, program, &handle) : NULL; /* I8 */

	if (!path || !handles_get(&vm->handles, handle) || !put_names(&call, names, path))
		return NULL;
	call.args.FS_WALK =
		(struct hc_fs_walk){ .handle = handle, .flags = HC_WALK_OPEN, .count = call.count };
	if (hc_serve_FS_WALK(&call))
		return NULL;
	vm->program_fd = handles_get(&vm->handles, call.out.walk.handle)->fd;
	*answer = (struct boot_walk){ .answered = 1, .handle = handle, .reply = call.out.walk };
	return path;
}
