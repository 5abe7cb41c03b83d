/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of /proc, in Linux's formats (proc(5)). */
#ifndef GUEST_FS_PROC_H
#define GUEST_FS_PROC_H

#include <stddef.h>

struct process;
struct text;

/* Adds its lines to out. */
typedef void proc_function(struct text *out, struct process *process);

/* proc-process.c: of one process */
proc_function proc_auxv, proc_cgroup, proc_cmdline, proc_comm, proc_environ, proc_io, proc_limits;
proc_function proc_personality, proc_stat, proc_status;
int proc_store_comm(struct process *process, const char *bytes, size_t length);

/* proc-memory.c: of its address space */
proc_function proc_maps, proc_smaps, proc_smaps_rollup, proc_statm, proc_status_memory;

/* proc-settings.c: what programs set and read back; nothing in the runtime hangs on them */
proc_function proc_oom_adj, proc_oom_score_adj, proc_coredump_filter;
int proc_store_oom(struct process *process, const char *bytes, size_t length);
int proc_store_coredump_filter(struct process *process, const char *bytes, size_t length);

/* proc-mounts.c */
proc_function proc_mounts, proc_mountinfo;

/* proc-cpu.c */
proc_function proc_cpuinfo;

/* proc-system.c: of the whole system */
proc_function proc_boot_id, proc_loadavg, proc_meminfo, proc_random_uuid;
proc_function proc_system_stat, proc_uptime, proc_vmstat;

#endif
