/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jail of the monitor: every layer that confines it, put up in one call
 * after all host resources are acquired and before the first guest
 * instruction. A layer that cannot be put up is an error; there is no way to
 * run without it (I1).
 */
#ifndef HV_JAIL_JAIL_H
#define HV_JAIL_JAIL_H

#include <stddef.h>
#include <stdint.h>

struct policy;
struct err;

/* The descriptors that the monitor keeps, besides streams and grants; all others are closed. */
struct jail_fds {
	int vm;		 /* KVM VM: memory slots */
	int vcpu;	 /* KVM vCPU: KVM_RUN */
	int outcome;	 /* pipe to the launcher */
	int outside;	 /* signalfd: waiting ends for the launcher's news; 0: none */
	int self_fd;	 /* /proc/self/fd, O_PATH: re-opens handles; 0: nothing is opened */
	int program;	 /* the program's file, walked to beforehand; 0: none is */
	int save, trace; /* the outputs; 0: none */

	/* Of the streams, which lead to a terminal, and which have an offset: bit i of stream i. */
	uint32_t terminals, seekable;
};

/*
 * Puts up all layers, in this order: parent-death signal, descriptors,
 * environment scrub, capabilities and no_new_privs, limits, Landlock, seccomp.
 * Returns 0 or -errno with e filled; after an error the process must exit.
 * The policy's grants' descriptors are kept too. The vCPU is complete by now:
 * it is entered once, without executing anything.
 */
int jail_close(const struct policy *p, const struct jail_fds *fds, int parent, struct err *e);

/* The layers, one file each; called by jail_close() only, and by tests. */
int jail_descriptors(const struct policy *p, const struct jail_fds *fds, struct err *e);
void jail_scrub_environment(void);
int jail_capabilities(struct err *e);
int jail_limits(const struct policy *p, const struct jail_fds *fds, struct err *e);
int jail_landlock(const struct policy *p, struct err *e);
int jail_seccomp(const struct policy *p, const struct jail_fds *fds, struct err *e);

/* Landlock's ABI version on this kernel, or -errno. */
int jail_landlock_abi(void);

#endif
