// SPDX-License-Identifier: Apache-2.0
/* What /proc has: the table, and its links. */
#include "guest-runtime/fs/proc.h"

#include "guest-runtime/fs/text.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/net/inet.h"
#include "guest-runtime/net/unix.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/system.h"

#include <linux/magic.h>

static long self_link(const struct subject *subject, char *to, size_t size)
{
	return format(to, size, "%d", subject->process->pid);
}

static long thread_self_link(const struct subject *subject, char *to, size_t size)
{
	return format(to, size, "%d/task/%d", subject->process->pid, subject->id);
}

static long mounts_link(const struct subject *subject, char *to, size_t size)
{
	(void)subject;
	return format(to, size, "self/mounts");
}

static long net_link(const struct subject *subject, char *to, size_t size)
{
	(void)subject;
	return format(to, size, "self/net");
}

static int cwd_object(const struct subject *subject, struct dentry **out)
{
	if (!subject->thread)
		return -ENOENT;
	*out = dentry_get(subject->thread->fs->cwd);
	return 0;
}

static int root_object(const struct subject *subject, struct dentry **out)
{
	if (!subject->thread)
		return -ENOENT;
	*out = dentry_get(subject->thread->fs->root);
	return 0;
}

static int exe_object(const struct subject *subject, struct dentry **out)
{
	if (!subject->thread || !subject->process->exe_file)
		return -ENOENT;
	*out = dentry_get(subject->process->exe_file->dentry);
	return 0;
}

#define TEXT(path, mode, function) \
	{ \
		path, S_IFREG | (mode), .text = (function) \
	}
#define STORE(path, function, take) \
	{ \
		path, S_IFREG | 0644, .text = (function), .store = (take) \
	}
#define WORDS(path, mode, text) \
	{ \
		path, S_IFREG | (mode), .words = (text) \
	}
#define LINK(path, function) \
	{ \
		path, S_IFLNK | 0777, .link = (function) \
	}
#define OBJECT(path, function) \
	{ \
		path, S_IFLNK | 0777, .object = (function) \
	}
#define DIRECTORY(path, permissions) \
	{ \
		path, .mode = S_IFDIR | (permissions) \
	}

#define SECRET(path, mode, function) \
	{ \
		path, S_IFREG | (mode), .text = (function), .secret = true \
	}

#define OPEN(path, mode, function) \
	{ \
		path, S_IFREG | (mode), .open = (function), .secret = true \
	}

#define NAMESPACE(name, kind) \
	static int name(const struct subject *subject, struct dentry **out) \
	{ \
		return proc_namespace(subject, kind, out); \
	}

NAMESPACE(ns_cgroup, NAMESPACE_CGROUP)
NAMESPACE(ns_ipc, NAMESPACE_IPC)
NAMESPACE(ns_mnt, NAMESPACE_MNT)
NAMESPACE(ns_net, NAMESPACE_NET)
NAMESPACE(ns_pid, NAMESPACE_PID)
NAMESPACE(ns_time, NAMESPACE_TIME)
NAMESPACE(ns_user, NAMESPACE_USER)
NAMESPACE(ns_uts, NAMESPACE_UTS)

/* A thread has what its process has. */
#define OF_TASK(prefix) \
	SECRET(prefix "auxv", 0400, proc_auxv), TEXT(prefix "cgroup", 0444, proc_cgroup), \
		TEXT(prefix "cmdline", 0444, proc_cmdline), \
		STORE(prefix "comm", proc_comm, proc_store_comm), \
		WORDS(prefix "cpuset", 0444, "/\n"), OBJECT(prefix "cwd", cwd_object), \
		SECRET(prefix "environ", 0400, proc_environ), OBJECT(prefix "exe", exe_object), \
		DIRECTORY(prefix "fd", 0500), DIRECTORY(prefix "fdinfo", 0555), \
		WORDS(prefix "gid_map", 0444, ID_MAP), TEXT(prefix "io", 0400, proc_io), \
		TEXT(prefix "limits", 0444, proc_limits), WORDS(prefix "loginuid", 0444, NOBODY), \
		SECRET(prefix "maps", 0444, proc_maps), OPEN(prefix "mem", 0600, proc_open_mem), \
		TEXT(prefix "mountinfo", 0444, proc_mountinfo), \
		TEXT(prefix "mounts", 0444, proc_mounts), TEXT(prefix "net/tcp", 0444, tcp_table), \
		TEXT(prefix "net/tcp6", 0444, tcp6_table), \
		TEXT(prefix "net/udp", 0444, udp_table), \
		TEXT(prefix "net/udp6", 0444, udp6_table), \
		TEXT(prefix "net/unix", 0444, unix_table), \
		TEXT(prefix "net/if_inet6", 0444, inet6_table), \
		OBJECT(prefix "ns/cgroup", ns_cgroup), OBJECT(prefix "ns/ipc", ns_ipc), \
		OBJECT(prefix "ns/mnt", ns_mnt), OBJECT(prefix "ns/net", ns_net), \
		OBJECT(prefix "ns/pid", ns_pid), OBJECT(prefix "ns/pid_for_children", ns_pid), \
		OBJECT(prefix "ns/time", ns_time), OBJECT(prefix "ns/time_for_children", ns_time), \
		OBJECT(prefix "ns/user", ns_user), OBJECT(prefix "ns/uts", ns_uts), \
		STORE(prefix "oom_adj", proc_oom_adj, proc_store_oom), \
		TEXT(prefix "oom_score", 0444, proc_oom_score), \
		STORE(prefix "oom_score_adj", proc_oom_score_adj, proc_store_oom), \
		SECRET(prefix "personality", 0400, proc_personality), \
		OBJECT(prefix "root", root_object), \
		TEXT(prefix "schedstat", 0444, proc_schedstat), \
		WORDS(prefix "sessionid", 0444, NOBODY), \
		WORDS(prefix "setgroups", 0444, "allow\n"), \
		SECRET(prefix "smaps", 0444, proc_smaps), \
		SECRET(prefix "smaps_rollup", 0444, proc_smaps_rollup), \
		TEXT(prefix "stat", 0444, proc_stat), TEXT(prefix "statm", 0444, proc_statm), \
		TEXT(prefix "status", 0444, proc_status), WORDS(prefix "uid_map", 0444, ID_MAP), \
		WORDS(prefix "wchan", 0444, "0")

#define ID_MAP "         0          0 4294967295\n"
#define NOBODY "4294967295" /* no login made it */

/* clang-format off */
static const struct text_row rows[] = {
	OF_TASK("PID/"),
	STORE("PID/coredump_filter", proc_coredump_filter, proc_store_coredump_filter),
	OF_TASK("PID/task/TID/"),
	TEXT("PID/task/TID/children", 0444, proc_children),
	WORDS("cgroups", 0444, "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
			       "cpuset\t0\t1\t1\ncpu\t0\t1\t1\ncpuacct\t0\t1\t1\nmemory\t0\t1\t1\npids\t0\t1\t1\n"),
	WORDS("cmdline", 0444, "\n"),
	TEXT("cpuinfo", 0444, proc_cpuinfo),
	WORDS("devices", 0444, "Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n\nBlock devices:\n"),
	WORDS("diskstats", 0444, ""),
	WORDS("filesystems", 0444, "nodev\trootfs\nnodev\ttmpfs\nnodev\tdevtmpfs\nnodev\tdevpts\nnodev\tproc\n"
				   "nodev\tsysfs\nnodev\tcgroup2\nnodev\tpipefs\nnodev\tsockfs\nnodev\toverlay\nnodev\thost\n"),
	TEXT("loadavg", 0444, proc_loadavg),
	TEXT("locks", 0444, proc_locks),
	TEXT("meminfo", 0444, proc_meminfo),
	WORDS("modules", 0444, ""),
	LINK("mounts", mounts_link),
	LINK("net", net_link),
	WORDS("partitions", 0444, "major minor  #blocks  name\n\n"),
	LINK("self", self_link),
	TEXT("stat", 0444, proc_system_stat),
	WORDS("swaps", 0444, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
	WORDS("sys/fs/file-max", 0644, "9223372036854775807\n"),
	WORDS("sys/fs/inotify/max_queued_events", 0644, "16384\n"),
	WORDS("sys/fs/inotify/max_user_instances", 0644, "128\n"),
	WORDS("sys/fs/inotify/max_user_watches", 0644, "65536\n"),
	WORDS("sys/fs/mqueue/msg_default", 0644, "10\n"),
	WORDS("sys/fs/mqueue/msg_max", 0644, "10\n"),
	WORDS("sys/fs/mqueue/msgsize_default", 0644, "8192\n"),
	WORDS("sys/fs/mqueue/msgsize_max", 0644, "8192\n"),
	WORDS("sys/fs/mqueue/queues_max", 0644, "256\n"),
	WORDS("sys/fs/nr_open", 0644, "1048576\n"),
	WORDS("sys/fs/pipe-max-size", 0644, "1048576\n"),
	WORDS("sys/fs/pipe-user-pages-hard", 0644, "0\n"),
	TEXT("sys/fs/pipe-user-pages-soft", 0644, proc_pipe_pages),
	WORDS("sys/kernel/cap_last_cap", 0444, "40\n"),
	WORDS("sys/kernel/core_pattern", 0644, "core\n"),
	WORDS("sys/kernel/hostname", 0644, SYSTEM_NODE "\n"),
	WORDS("sys/kernel/msgmax", 0644, "8192\n"),
	WORDS("sys/kernel/msgmnb", 0644, "16384\n"),
	WORDS("sys/kernel/msgmni", 0644, "32000\n"),
	WORDS("sys/kernel/ngroups_max", 0444, "65536\n"),
	WORDS("sys/kernel/osrelease", 0444, SYSTEM_RELEASE "\n"),
	WORDS("sys/kernel/ostype", 0444, "Linux\n"),
	WORDS("sys/kernel/pid_max", 0644, "32768\n"),
	TEXT("sys/kernel/random/boot_id", 0444, proc_boot_id),
	WORDS("sys/kernel/random/entropy_avail", 0444, "256\n"),
	WORDS("sys/kernel/random/poolsize", 0444, "256\n"),
	TEXT("sys/kernel/random/uuid", 0444, proc_random_uuid),
	WORDS("sys/kernel/sched_child_runs_first", 0644, "0\n"),
	WORDS("sys/kernel/sem", 0644, "32000\t1024000000\t500\t32000\n"),
	WORDS("sys/kernel/shm_rmid_forced", 0644, "0\n"),
	WORDS("sys/kernel/shmall", 0644, "18446744073692774399\n"),
	WORDS("sys/kernel/shmmax", 0644, "18446744073692774399\n"),
	WORDS("sys/kernel/shmmni", 0644, "4096\n"),
	TEXT("sys/kernel/threads-max", 0644, proc_threads_max),
	WORDS("sys/kernel/version", 0444, SYSTEM_VERSION "\n"),
	WORDS("sys/kernel/yama/ptrace_scope", 0644, "1\n"),
	WORDS("sys/net/core/optmem_max", 0644, "131072\n"),
	WORDS("sys/net/core/rmem_default", 0644, "212992\n"),
	WORDS("sys/net/core/rmem_max", 0644, "4194304\n"),
	WORDS("sys/net/core/somaxconn", 0644, "4096\n"),
	WORDS("sys/net/core/wmem_default", 0644, "212992\n"),
	WORDS("sys/net/core/wmem_max", 0644, "4194304\n"),
	WORDS("sys/net/ipv4/ip_local_port_range", 0644, "32768\t60999\n"),
	WORDS("sys/net/ipv4/ip_unprivileged_port_start", 0644, "0\n"),
	WORDS("sys/net/ipv6/bindv6only", 0644, "0\n"),
	WORDS("sys/net/unix/max_dgram_qlen", 0644, "10\n"),
	WORDS("sys/vm/max_map_count", 0644, "65530\n"),
	WORDS("sys/vm/mmap_min_addr", 0644, "65536\n"),
	WORDS("sys/vm/overcommit_memory", 0644, "0\n"), /* mm_could_fit() */
	WORDS("sys/vm/overcommit_ratio", 0644, "50\n"),
	WORDS("sys/vm/swappiness", 0644, "60\n"),
	TEXT("sysvipc/msg", 0444, proc_msg),
	TEXT("sysvipc/sem", 0444, proc_sem),
	TEXT("sysvipc/shm", 0444, proc_shm),
	LINK("thread-self", thread_self_link),
	TEXT("uptime", 0444, proc_uptime),
	WORDS("version", 0444, "Linux version " SYSTEM_RELEASE " (sandbox-run) " SYSTEM_VERSION "\n"),
	TEXT("vmstat", 0444, proc_vmstat),
};
/* clang-format on */

const struct text_tree proc_tree = { "proc", PROC_SUPER_MAGIC, rows, ARRAY_SIZE(rows) };
