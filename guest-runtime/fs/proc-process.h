/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of /proc/PID, and of /proc/cpuinfo. */
#ifndef GUEST_FS_PROC_PROCESS_H
#define GUEST_FS_PROC_PROCESS_H

struct proc_text;
struct process;

void proc_cmdline(struct proc_text *out, struct process *process);
void proc_comm(struct proc_text *out, struct process *process);
void proc_environ(struct proc_text *out, struct process *process);
void proc_limits(struct proc_text *out, struct process *process);
void proc_maps(struct proc_text *out, struct process *process);
void proc_mounts(struct proc_text *out, struct process *process);
void proc_stat(struct proc_text *out, struct process *process);
void proc_statm(struct proc_text *out, struct process *process);
void proc_status(struct proc_text *out, struct process *process);

/* proc-cpu.c */
void proc_cpuinfo(struct proc_text *out, struct process *process);

#endif
