// SPDX-License-Identifier: Apache-2.0
/* The boot block, laid out piece by piece at the start of guest RAM. */
#include "hv/boot.h"

#include "abi/boot.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "hv/clock.h"
#include "hv/vm.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdalign.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#define BLOCK_MAX 0x400000 /* of the first RAM; Linux itself stops at 2 MiB of arguments */

/* The block as it grows; once something did not fit, nothing more is written. */
struct block {
	uint8_t *base;
	size_t used;
	int full;
};

/* Appends bytes and returns their offset. */
static uint32_t put(struct block *b, const void *bytes, size_t size, size_t alignment)
{
	size_t at = (b->used + alignment - 1) / alignment * alignment;

	if (b->full || at > BLOCK_MAX || size > BLOCK_MAX - at) {
		b->full = 1;
		return 0;
	}
	memcpy(b->base + at, bytes, size);
	b->used = at + size;
	return (uint32_t)at;
}

static uint32_t put_string(struct block *b, const char *text)
{
	return put(b, text, strlen(text) + 1, 1);
}

static uint32_t put_list(struct block *b, char *const *list, uint32_t *count)
{
	uint32_t start = (uint32_t)b->used;

	for (*count = 0; list && list[*count]; ++*count)
		put_string(b, list[*count]);
	return start;
}

/* The host's, or the policy's own number, which the guest's generator spreads over all of it. */
static int put_seed(const struct policy *p, struct boot_block *head, struct err *e)
{
	if (p->random_fixed)
		memcpy(head->seed, &p->random, sizeof(p->random));
	else if (getrandom(head->seed, sizeof(head->seed), 0) != sizeof(head->seed))
		return err_set(e, ERR_SANDBOX, EIO, "random seed: %s", strerror(errno));
	return 0;
}

static int put_groups(struct block *b, struct boot_block *head, struct err *e)
{
	gid_t groups[1024];
	int n = getgroups(sizeof(groups) / sizeof(*groups), groups);

	_Static_assert(sizeof(gid_t) == sizeof(uint32_t), "the guest's form");
	if (n < 0)
		return err_set(e, ERR_SANDBOX, errno, "caller's groups: %s", strerror(errno));
	head->group_count = (uint32_t)n;
	head->groups = put(b, groups, (size_t)n * sizeof(*groups), alignof(gid_t));
	return 0;
}

static void put_stream_flags(const struct vm *vm, struct boot_block *head)
{
	_Static_assert(sizeof(head->stream_flags) / sizeof(*head->stream_flags) == HC_STREAMS, "");
	for (int i = 0; i < HC_STREAMS; i++)
		if (vm->streams & 1u << i)
			head->stream_flags[i] = (uint32_t)fcntl(i, F_GETFL);
}

/* The caller's limit, as it would be inherited, or the policy's where that is lower. */
static void put_file_size(const struct policy *p, struct boot_block *head)
{
	uint64_t most = p->file_size ? p->file_size : RLIM_INFINITY;
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	getrlimit(RLIMIT_FSIZE, &limit);
	head->file_size[0] = limit.rlim_cur < most ? limit.rlim_cur : most;
	head->file_size[1] = limit.rlim_max < most ? limit.rlim_max : most;
}

static void put_cpuid(struct block *b, struct boot_block *head, struct vcpu *vcpu)
{
	cleanup_free struct kvm_cpuid2 *list = vcpu->answers;

	vcpu->answers = NULL;
	for (uint32_t i = 0; list && i < list->nent; i++) {
		const struct kvm_cpuid_entry2 *from = &list->entries[i];
		const struct boot_cpuid to = {
			.leaf = from->function,
			.subleaf = from->index,
			.subleaf_counts = from->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
			.eax = from->eax,
			.ebx = from->ebx,
			.ecx = from->ecx,
			.edx = from->edx,
		};
		uint32_t at = put(b, &to, sizeof(to), alignof(struct boot_cpuid));

		if (!i)
			head->cpuid = at;
		head->cpuid_count++;
	}
}

static uint32_t mount_kind(enum grant_kind kind)
{
	switch (kind) {
	case GRANT_READ:
	case GRANT_WRITE:
		return BOOT_MOUNT_HOST;
	case GRANT_OVERLAY:
		return BOOT_MOUNT_OVERLAY;
	case GRANT_TMPFS:
		return BOOT_MOUNT_TMPFS;
	case GRANT_SYMLINK:
		return BOOT_MOUNT_SYMLINK;
	case GRANT_DEV:
		return BOOT_MOUNT_DEV;
	case GRANT_PROC:
		return BOOT_MOUNT_PROC;
	case GRANT_SYS:
		return BOOT_MOUNT_SYS;
	case GRANT_DENY:
		return BOOT_MOUNT_NOTHING;
	}
	must_failed(__FILE__, __LINE__, "a grant kind without a mount kind");
}

/* One mount for each grant; the n-th host object is handle n, as handles_init() has it. */
static void put_mounts(struct block *b, struct boot_block *head, const struct policy *p)
{
	uint32_t handle = 0;

	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *grant = &p->grants[i];
		struct boot_mount mount = { .kind = mount_kind(grant->kind) };
		uint32_t at = put(b, &mount, sizeof(mount), alignof(struct boot_mount));

		if (!i)
			head->mounts = at;
		head->mount_count++;
	}
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *grant = &p->grants[i];
		struct boot_mount mount = { .kind = mount_kind(grant->kind) };

		mount.path = put_string(b, grant->guest);
		if (grant->kind == GRANT_SYMLINK)
			mount.target = put_string(b, grant->target);
		if (grant_is_host(grant->kind)) {
			mount.handle = handle++;
			mount.mode = grant->mode;
			mount.flags = grant->kind == GRANT_WRITE ? BOOT_MOUNT_WRITABLE : 0;
		}
		if (!b->full)
			memcpy(b->base + head->mounts + i * sizeof(mount), &mount, sizeof(mount));
	}
}

int boot_write(struct vm *vm, const struct hv_config *config, struct err *e)
{
	const struct policy *p = config->policy;
	struct block b = { .base = gm_range(&vm->gm, GUEST_RAM_GPA, BLOCK_MAX),
			   .used = sizeof(struct boot_block) };
	struct boot_block head = {
		.magic = BOOT_MAGIC,
		.ram_bytes = vm->gm.ram_bytes,
		.ram_limit = vm->gm.ram_limit,
		.tsc_khz = vm->vcpu.tsc_khz,
		.xcr0 = vm->vcpu.xcr0,
		.xsave_bytes = vm->vcpu.xsave_bytes,
		.features = vm->vcpu.features,
		.uid = getuid(),
		.gid = getgid(),
		.cpus = 1, /* vCPUs that exist */
		.streams = vm->streams,
		.open_files = p->open_files,
		.disk = p->disk,
		.processes = p->processes,
		.loopback = p->loopback != 0,
		.tty = config->tty,
		.ignored_signals = config->ignored_signals,
		.umask = config->umask,
		.notes = config->notes,
	};
	const char *walked;
	int error;

	must(b.base);
	if (p->clock_fixed &&
	    __builtin_sub_overflow(p->clock_ns, clock_now(CLOCK_REALTIME), &vm->clock_offset_ns))
		vm->clock_offset_ns = INT64_MIN;
	head.realtime_ns = clock_realtime(vm);
	error = put_seed(p, &head, e);
	if (!error)
		error = put_groups(&b, &head, e);
	if (error)
		return error;
	put_file_size(p, &head);
	put_stream_flags(vm, &head);
	put_cpuid(&b, &head, &vm->vcpu);
	put_mounts(&b, &head, p);
	head.argv = put_list(&b, config->argv, &head.argc);
	head.envp = put_list(&b, p->env, &head.envc);
	head.program = put_string(&b, config->program);
	head.name = config->name ? put_string(&b, config->name) : head.program;
	walked = boot_answer_walk(vm, p, config->program, &head.walk);
	if (walked)
		head.walk.path = put_string(&b, walked);
	head.workdir = put_string(&b, p->workdir ? p->workdir : "/");
	head.size = b.used;
	if (b.full) {
		err_set(e, ERR_SANDBOX, E2BIG, "arguments, environment and grants: too large");
		err_hint(e, "together they must stay below %d MiB", BLOCK_MAX >> 20);
		return -E2BIG;
	}
	memcpy(b.base, &head, sizeof(head));
	return 0;
}
