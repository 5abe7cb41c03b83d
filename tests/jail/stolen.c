// SPDX-License-Identifier: Apache-2.0
/*
 * The stolen monitor: takes the place of vcpu_run(), which is called when the
 * jail is closed. The linker sends the calls here (--wrap).
 */
#include "tests/jail/stolen.h"
#include "tests/jail/words.h"

#include "common/syscall.h"
#include "hv/hv.h"
#include "hv/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH	    128
#define NO_SUCH_ACT 200

static const struct hv_config *config;
static char windows[SCENE_WINDOW] __attribute__((aligned(4096)));

char scene_file[PATH], scene_link[PATH], scene_sub[PATH], scene_new[PATH], scene_outside[PATH];
char scene_writable_file[PATH], scene_new_outside[PATH];

_Noreturn void __real_hv_monitor(const struct hv_config *what);
_Noreturn void __wrap_hv_monitor(const struct hv_config *what);
void __wrap_vcpu_run(struct vm *vm);

void stolen_paths(const char *root)
{
	snprintf(scene_file, PATH, "%.80s/granted/file", root);
	snprintf(scene_link, PATH, "%.80s/granted/link", root);
	snprintf(scene_sub, PATH, "%.80s/granted/sub", root);
	snprintf(scene_new, PATH, "%.80s/granted/new", root);
	snprintf(scene_outside, PATH, "%.80s/outside", root);
	snprintf(scene_new_outside, PATH, "%.80s/new", root);
	snprintf(scene_writable_file, PATH, "%.80s/writable/file", root);
}

void __wrap_hv_monitor(const struct hv_config *what)
{
	config = what;
	__real_hv_monitor(what);
}

static int grant_fd(const char *root, const char *name)
{
	char path[PATH];

	snprintf(path, sizeof(path), "%.80s/%.30s", root, name);
	for (size_t i = 0; i < config->policy->grant_count; i++) {
		const struct grant *grant = &config->policy->grants[i];

		if (grant_is_host(grant->kind) && strcmp(grant->host, path) == 0)
			return grant->fd;
	}
	return -1;
}

/* What the attacker finds. */
static void look_around(struct scene *s, const struct vm *vm, const char *root)
{
	s->policy = *config->policy;
	s->fds = (struct jail_fds){
		.vm = vm->fd, .vcpu = vm->vcpu.fd, .outcome = vm->outcome_fd, .self_fd = vm->self_fd
	};
	s->parent = config->parent;
	s->window = windows;
	s->iovec = (struct iovec){ s->buffer, 8 };
	s->grants[GRANTED_DIR].fd = grant_fd(root, "granted");
	s->grants[GRANTED_WRITABLE].fd = grant_fd(root, "writable");
	s->grants[GRANTED_FILE].fd = grant_fd(root, "granted/file");
	if (s->grants[GRANTED_FILE].fd < 0)
		s->grants[GRANTED_FILE].fd = host_openat(s->grants[GRANTED_DIR].fd, "file",
							 O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

static int run_act(struct scene *s, const char *table, size_t n)
{
	if (strcmp(table, "acts") == 0 && n < act_count)
		return act_run(s, &acts[n]);
	if (strcmp(table, "write-acts") == 0 && n < write_act_count)
		return act_run(s, &write_acts[n]);
	if (strcmp(table, "steps") == 0 && n < step_count)
		return steps[n].run(s);
	if (strcmp(table, "abilities") == 0 && n < ability_count)
		return abilities[n].run(s);
	return NO_SUCH_ACT;
}

/* The program's arguments: a table, an index in it, the root of the scene. */
void __wrap_vcpu_run(struct vm *vm)
{
	static struct scene s;
	char *const *argv = config->argv;
	int result;

	if (strcmp(argv[1], "words") == 0)
		words[strtoul(argv[2], NULL, 10) % word_count].speak(vm, config);
	stolen_paths(argv[3]);
	look_around(&s, vm, argv[3]);
	result = run_act(&s, argv[1], strtoul(argv[2], NULL, 10));
	vm->outcome.end = HV_END_STATUS;
	vm->outcome.code = (uint32_t)result;
	vm_report(vm->outcome_fd, &vm->outcome);
}
