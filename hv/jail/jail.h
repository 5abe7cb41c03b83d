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
struct filter;
struct hv_proof;
struct filter;

/* The descriptors that the monitor keeps, besides streams and grants; all others are closed. */
struct jail_fds {
	int vm;			/* KVM VM: memory slots */
	int vcpu;		/* KVM vCPU: KVM_RUN */
	int outcome;		/* pipe to the launcher */
	int outside;		/* signalfd: waiting ends for the launcher's news; 0: none */
	int self_fd;		/* /proc/self/fd, O_PATH: re-opens handles; 0: nothing is opened */
	int program;		/* the program's file, walked to beforehand; 0: none is */
	int save, trace, notes; /* the outputs; 0: none */

	/* Of the streams, which lead to a terminal, and which have an offset: bit i of stream i. */
	uint32_t terminals, seekable;
};

/*
 * Puts up all layers, in this order: parent-death signal, descriptors,
 * environment scrub, capabilities and no_new_privs, limits, Landlock, seccomp.
 * Before the last one it reads back what is in force, and waits for the
 * launcher's proof. Returns 0 or -errno with e filled; after an error the
 * process must exit. The policy's grants' descriptors are kept too. The vCPU
 * is complete by now: it is entered once, without executing anything.
 */
int jail_close(const struct policy *p, const struct jail_fds *fds, int parent,
	       struct hv_proof *proof, struct err *e);

/* Who is confined, and what he does when all layers but seccomp are up. */
struct jail_inmate {
	const struct policy *policy;
	const struct jail_fds *fds;
	int enters;    /* the vCPU: KVM may have a worker thread here */
	uint32_t deny; /* what the filter answers to a forbidden system call: SECCOMP_RET_* */
	int (*look)(struct jail_inmate *inmate, struct err *e); /* 0, or -errno with e filled */
	int parent;
	struct hv_proof *proof;
};

/*
 * The layers that confine: capabilities and no_new_privs, limits, Landlock,
 * then look(), then seccomp. The monitor's and that of the child that proves it.
 */
int jail_restrict(struct jail_inmate *inmate, struct err *e);

/* The layers, one file each; called by jail_close() only, and by tests. */
int jail_descriptors(const struct policy *p, const struct jail_fds *fds, struct err *e);
void jail_scrub_environment(void);
int jail_capabilities(struct err *e);
int jail_limits(const struct policy *p, const struct jail_fds *fds, struct err *e);
int jail_landlock(const struct policy *p, struct err *e);
int jail_seccomp(const struct policy *p, const struct jail_fds *fds, uint32_t deny, struct err *e);

/* Starts KVM's worker thread, which the limits would forbid. */
int jail_start_worker(const struct jail_fds *fds, struct err *e);

/* Is each layer in force, as far as the process can read it back; -EPERM with e filled if not. */
int jail_verify_state(struct jail_inmate *inmate, struct err *e);

/*
 * Whether every way through a program that ends in "allow" has checked the
 * entry, a number and all conditions of a row that the policy grants, and every
 * other one in `deny`. 0, or -EPERM with e filled.
 */
int jail_verify_filter(const struct filter *f, const struct policy *p, const struct jail_fds *fds,
		       uint32_t deny, struct err *e);

/* Until the launcher says that the jail holds. */
void jail_await_proof(struct hv_proof *proof);

/* How many descriptors jail_descriptors() leaves, streams included. */
size_t jail_descriptors_kept(const struct policy *p, const struct jail_fds *fds);

/*
 * Whether an object lies at or below a host grant, or one that can be written,
 * as Landlock sees it: by the identity of each directory on the way up. True
 * also when that cannot be found out. The second takes a descriptor.
 */
int jail_covers(const struct policy *p, const char *path, int writable);
int jail_covers_at(const struct policy *p, int fd, int writable);

/* The words of a layer that does not hold; returns -EPERM. */
int jail_fails(struct err *e, const char *layer, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The filter that jail_seccomp() loads for this run. */
void jail_filter(const struct policy *p, const struct jail_fds *fds, uint32_t deny,
		 struct filter *filter);

/* Landlock's ABI version on this kernel, or -errno. */
int jail_landlock_abi(void);

#endif
