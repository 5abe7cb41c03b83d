// SPDX-License-Identifier: Apache-2.0
/*
 * What a policy grants, and on what host, as JSON. Of the environment the names
 * alone: values may be secrets, and a receipt is kept.
 */
#include "abi/hypercalls.h"
#include "common/json.h"
#include "common/syscall.h"
#include "hv/jail/jail.h"
#include "hv/requirements.h"
#include "policy/policy.h"
#include "sandbox-cli/report/receipt.h"
#include "sandbox-cli/run/kvm-errors.h"

#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MILLISECOND_NS 1000000

static const char *const kinds[] = {
	[GRANT_READ] = "read",	 [GRANT_WRITE] = "write",  [GRANT_OVERLAY] = "overlay",
	[GRANT_TMPFS] = "tmpfs", [GRANT_SYMLINK] = "link", [GRANT_DEV] = "devices",
	[GRANT_PROC] = "proc",	 [GRANT_SYS] = "sys",	   [GRANT_DENY] = "deny",
};

static void put_grant(struct json *j, const struct grant *g)
{
	json_object(j, NULL);
	json_text(j, "kind", kinds[g->kind]);
	json_text(j, "path", g->guest);
	if (g->host)
		json_text(j, "host", g->host);
	if (g->target)
		json_text(j, "target", g->target);
	json_text(j, "rule", g->rule);
	json_end_object(j);
}

static void put_names(struct json *j, char *const *env)
{
	json_array(j, "environment");
	for (; env && *env; env++)
		json_bytes(j, NULL, *env, strcspn(*env, "="));
	json_end_array(j);
}

/* 0 stands for no limit. */
static void put_limit(struct json *j, const char *key, uint64_t value)
{
	if (value)
		json_number(j, key, value);
	else
		json_null(j, key);
}

static void put_limits(struct json *j, const struct policy *p)
{
	json_object(j, "limits");
	json_number(j, "cpu_percent", p->cpu_percent);
	json_number(j, "memory", p->memory);
	json_number(j, "processes", p->processes);
	json_number(j, "open_files", p->open_files);
	json_number(j, "handles", p->handles_max);
	put_limit(j, "file_size", p->file_size);
	put_limit(j, "disk", p->disk);
	put_limit(j, "output", p->output);
	put_limit(j, "wall_time_ms", p->timeout_ns / MILLISECOND_NS);
	put_limit(j, "cpu_time_ms", p->cpu_time_ns / MILLISECOND_NS);
	json_number(j, "kill_after_ms", p->kill_after_ns / MILLISECOND_NS);
	json_end_object(j);
}

static void put_world(struct json *j, const struct policy *p)
{
	char seed[24];

	if (p->clock_fixed)
		receipt_time(j, "clock", p->clock_ns);
	else
		json_text(j, "clock", "host");
	snprintf(seed, sizeof(seed), "%" PRIu64, p->random);
	/* A text: numbers of 64 bits are more than many readers of JSON keep. */
	json_text(j, "random", p->random_fixed ? seed : "host");
	json_text(j, "on_deny", p->on_deny == ON_DENY_KILL ? "kill" : "errno");
}

void receipt_granted(struct json *j, const char *key, const struct policy *p)
{
	json_object(j, key);
	json_array(j, "hypercalls");
#define ROW(name, number, args, tail, permission, hosts) \
	if (p->permissions & PERM_##permission) \
		json_text(j, NULL, #name);
	HYPERCALLS(ROW)
#undef ROW
	json_end_array(j);
	json_array(j, "files");
	for (size_t i = 0; i < p->grant_count; i++)
		put_grant(j, &p->grants[i]);
	json_end_array(j);
	json_text(j, "workdir", p->workdir);
	put_names(j, p->env);
	put_limits(j, p);
	put_world(j, p);
	json_end_object(j);
}

/* Of the launcher, as hexadecimal; what the monitor keeps of them is nothing. */
static void put_capabilities(struct json *j)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
	char text[20];

	memset(sets, 0, sizeof(sets));
	syscall(SYS_capget, &header, sets);
	snprintf(text, sizeof(text), "%08x%08x", sets[1].effective, sets[0].effective);
	json_object(j, "capabilities");
	json_text(j, "caller", text);
	json_text(j, "monitor", "0000000000000000");
	json_end_object(j);
}

static void put_kvm(struct json *j, int fd)
{
	const char *hardware = kvm_cpu_flag();
	int version = host_ioctl(fd, KVM_GET_API_VERSION, NULL);
	int slots = host_ioctl(fd, KVM_CHECK_EXTENSION, (void *)KVM_CAP_NR_MEMSLOTS);

	json_object(j, "kvm");
	json_signed(j, "api", version);
	json_signed(j, "memory_slots", slots);
	if (hardware)
		json_text(j, "hardware", hardware);
	else
		json_null(j, "hardware");
	json_end_object(j);
}

void receipt_host(struct json *j, const struct receipt *r)
{
	struct utsname name;

	memset(&name, 0, sizeof(name));
	uname(&name);
	json_object(j, "host");
	json_text(j, "system", name.sysname);
	json_text(j, "release", name.release);
	json_text(j, "build", name.version);
	json_text(j, "machine", name.machine);
	json_signed(j, "landlock_abi", jail_landlock_abi());
	put_kvm(j, r->kvm_fd);
	put_capabilities(j);
	json_end_object(j);
}
