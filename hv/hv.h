/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor: one jailed process that runs one VM. The launcher forks, the
 * child calls hv_monitor(), and the parent reads one struct hv_outcome.
 */
#ifndef HV_HV_H
#define HV_HV_H

#include "abi/boot.h"
#include "abi/hypercalls.h"

#include <stddef.h>
#include <stdint.h>

struct policy;
struct err;
struct hv_account;

/* Why a VM ended; sandbox-cli/report/report.c has the words. */
enum hv_end {
	HV_END_STATUS = 1, /* code: the program's exit status */
	HV_END_SIGNAL,	   /* code: the signal that killed the program */
	HV_END_NO_EXEC,	   /* code: errno; the program could not be started */
	HV_END_NO_MEMORY,  /* the program does not fit in memory */
	/* A forbidden act, and the policy kills for it; code: 0, or errno of a hypercall. */
	HV_END_DENIED,
	HV_END_SETUP,	      /* err: the VM or the jail could not be set up */
	HV_END_PANIC,	      /* the runtime reported a bug of its own */
	HV_END_BAD_HYPERCALL, /* code: enum hv_violation */
	HV_END_BAD_EXIT,      /* code: the KVM exit reason that no sane guest causes */
	HV_END_SHUTDOWN,      /* triple fault */
	HV_END_KVM_ERROR,     /* code: errno of KVM_RUN */
	HV_END_OUTPUT,	      /* more output than the policy allows */
	HV_STOPPED,	      /* no end: the program has stopped, as HC_WAIT_STOPPED says */
};

/* What was wrong with a hypercall that ended the VM. */
enum hv_violation {
	HV_VIOLATION_NONE,
	HV_VIOLATION_DOORBELL, /* a store or load at an address that is not the doorbell */
	HV_VIOLATION_NUMBER,   /* no such hypercall */
	HV_VIOLATION_LENGTH,   /* payload shorter or longer than its arguments */
	HV_VIOLATION_FIELD,    /* a field out of range */
	HV_VIOLATION_SEGMENT,  /* memory outside of the guest's own */
	HV_VIOLATION_NAME,     /* a file name that is not one component */
	HV_VIOLATION_HANDLE,   /* a handle that is not open, or is a grant's root */
};

/*
 * What the monitor tells the launcher, once, through a pipe; before that
 * HV_STOPPED any number of times. The launcher takes it as untrusted: a fallen
 * monitor may write anything here.
 */
struct hv_outcome {
	uint32_t end;		      /* enum hv_end */
	uint32_t code;		      /* see enum hv_end */
	uint32_t number;	      /* HV_END_BAD_HYPERCALL: the hypercall's number */
	uint32_t status;	      /* HV_END_SETUP: enum err_status */
	uint64_t regs[HC_PANIC_REGS]; /* at the end, order of struct hc_panic */
	uint32_t sidechannels;	      /* as jail_sidechannels() says */
	uint32_t pad;
	uint64_t setup_ns; /* CLOCK_MONOTONIC when the guest was entered first */
	char message[512]; /* HV_END_PANIC, HV_END_SETUP: one line, to be escaped */
	char hint[512];	   /* HV_END_SETUP */
};

struct hv_image {
	const void *bytes; /* aligned for struct image_header, with which it starts; copied */
	size_t size;	   /* whole pages, at most GUEST_IMAGE_MAX */
};

/*
 * What KVM can offer as CPUID, in memory that launcher and monitor share. To
 * ask costs 0.4 ms where the host is a VM itself, so a thread of the launcher
 * asks while others work.
 */
struct hv_cpuid;

/* NULL when there is no memory: the monitor then asks itself. */
struct hv_cpuid *hv_cpuid_share(void);
/* Asks, and wakes a monitor that waits. */
void hv_cpuid_fetch(struct hv_cpuid *shared, int kvm_fd);

/*
 * What the launcher tells a monitor that runs, in memory that both share and
 * that the monitor may have spoilt: the launcher only adds to it.
 */
struct hv_outside {
	_Atomic uint64_t bits;	 /* HC_OUTSIDE_* that the monitor has not seen yet */
	_Atomic uint32_t window; /* --tty: rows << 16 | columns of the caller's terminal */
};

/* Says that there is something; blocked in the launcher when it forks. */
#define HV_OUTSIDE_SIGNAL SIGUSR1

/* NULL: no memory. */
struct hv_outside *hv_outside_share(void);
void hv_outside_tell(struct hv_outside *outside, int monitor, uint64_t bits);

/*
 * Whether the jail holds, in memory that launcher and monitor share: the
 * monitor waits for the launcher's word before it enters the guest (I1).
 */
struct hv_proof;

/* NULL: no memory. */
struct hv_proof *hv_proof_share(void);
void hv_proof_free(struct hv_proof *proof);
/* The word itself; the monitor goes on. */
void hv_proof_give(struct hv_proof *proof);

/*
 * Tries what the policy forbids, in a throw-away child that is confined as the
 * monitor of this policy is; called by the launcher while the monitor sets up
 * its VM. kvm_fd: stands for the VM's descriptors. Returns 0, or -errno with e
 * filled, which names the layer and the act: then there must be no guest.
 */
int hv_prove_jail(const struct policy *policy, int kvm_fd, struct err *e);

struct hv_config {
	const struct policy *policy;
	struct hv_image image;
	char *const *argv;	/* NULL-terminated, of the program */
	const char *program;	/* absolute guest path */
	const char *name;	/* the same file, as execve(2) would have been given it; or NULL */
	int kvm_fd;		/* /dev/kvm; closed by the monitor */
	struct hv_cpuid *cpuid; /* the launcher fills it, or NULL */
	struct hv_outside *outside;
	struct hv_account *account; /* hv/account.h; NULL: nothing is counted */
	struct hv_proof *proof;	    /* not NULL */
	int outcome_fd;		    /* write end of the pipe */
	int save_fd, trace_fd;	    /* HC_OUTPUT_SAVE and HC_OUTPUT_TRACE, write-only; -1: none */
	int notes_fd;		    /* HC_OUTPUT_NOTES: the write end of a pipe; -1: none */
	uint32_t notes;		    /* which: enum boot_notes of abi/note.h */
	int input_fd;		    /* takes the place of stream 0; -1: none */
	struct boot_tty tty;	    /* for the guest */
	int parent;		    /* the launcher's pid: the monitor dies with it */
	uint64_t ignored_signals;   /* bit n - 1: the caller ignores signal n */
	uint32_t umask;		    /* the caller's */
};

/*
 * Sets up the VM, closes the jail, runs the guest to its end, writes the
 * outcome and exits. In this order, so that nothing the guest does happens
 * outside of the jail. Called in a process that has only one thread, and in
 * which 0 to 2 are open: what the caller had closed is an O_PATH descriptor.
 */
_Noreturn void hv_monitor(const struct hv_config *config);

/* The runtime image that is part of this executable. */
struct hv_image hv_runtime_image(void);

#endif
