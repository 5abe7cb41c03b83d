/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of /proc, in Linux's formats (proc(5)). */
#ifndef GUEST_FS_PROC_H
#define GUEST_FS_PROC_H

#include <stddef.h>
#include <stdint.h>

struct dentry;
struct file;
struct process;
struct subject;
struct text;
struct usage;

/* Adds its lines to out. */
typedef void proc_function(struct text *out, const struct subject *subject);

/* proc-process.c: of one process or thread */
proc_function proc_auxv, proc_cgroup, proc_children, proc_cmdline, proc_comm, proc_environ, proc_io;
proc_function proc_limits, proc_personality, proc_schedstat;
int proc_store_comm(const struct subject *subject, const char *bytes, size_t length);
const char *proc_name(const struct subject *subject); /* comm */

/* proc-stat.c, proc-status.c */
proc_function proc_stat, proc_status;
char proc_state(const struct subject *subject); /* R, S, T or Z */
void proc_usage(const struct subject *subject, struct usage *out);
/* What a process does on signals, by bit as in sigmask_t. */
void proc_actions(const struct process *process, uint64_t *ignored, uint64_t *caught);

/* proc-memory.c: of its address space */
proc_function proc_maps, proc_smaps, proc_smaps_rollup, proc_statm, proc_status_memory;

/* proc-settings.c: what programs set and read back; nothing in the runtime hangs on them */
proc_function proc_oom_adj, proc_oom_score, proc_oom_score_adj, proc_coredump_filter;
int proc_store_oom(const struct subject *subject, const char *bytes, size_t length);
int proc_store_coredump_filter(const struct subject *subject, const char *bytes, size_t length);

/* proc-mounts.c */
proc_function proc_mounts, proc_mountinfo;

/* proc-cpu.c */
proc_function proc_cpuinfo;

/* proc-system.c: of the whole system */
proc_function proc_boot_id, proc_loadavg, proc_meminfo, proc_pipe_pages, proc_random_uuid;
proc_function proc_system_stat, proc_threads_max, proc_uptime, proc_vmstat;
#define PROC_LOAD_ONE 1024	 /* of a load: 1.00 */
const uint64_t *proc_load(void); /* averages over 1, 5 and 15 minutes */

/* proc-namespaces.c: *out a reference. */
enum namespace_kind {
	NAMESPACE_CGROUP,
	NAMESPACE_IPC,
	NAMESPACE_MNT,
	NAMESPACE_NET,
	NAMESPACE_PID,
	NAMESPACE_TIME,
	NAMESPACE_USER,
	NAMESPACE_UTS,
	NAMESPACES
};
int proc_namespace(const struct subject *subject, enum namespace_kind kind, struct dentry **out);

/* proc-locks.c */
proc_function proc_locks;

/* proc-mem.c: a file that is no text; as text_row.open */
int proc_open_mem(struct file *file, const struct subject *subject);

/* ipc/proc-sysvipc.c */
proc_function proc_msg, proc_sem, proc_shm;

#endif
