/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One virtual machine: what the monitor process holds. There is one, it is
 * made by hv_monitor() and lives until the process exits.
 */
#ifndef HV_VM_H
#define HV_VM_H

#include "hv/disk.h"
#include "hv/handles.h"
#include "hv/hv.h"
#include "hv/memory.h"
#include "hv/vcpu.h"

#include <stdint.h>

struct err;
struct hole;

/* How a transfer on a stream waits. */
enum stream_way {
	STREAM_DIRECT, /* it does not, or the caller has said that it should not */
	STREAM_TRIED,  /* what is not ready says so */
	STREAM_POLLED, /* it must be ready first: this kind of file cannot be asked that */
};

struct vm {
	int fd; /* KVM VM */
	struct gm gm;
	struct vcpu vcpu;
	struct handles handles;
	const struct hole *holes; /* of the policy: what its grants do not give after all */
	size_t hole_count;
	uint32_t permissions; /* PERM_* bits of the policy (I8) */
	enum stream_way stream_ways[HC_STREAMS];
	uint32_t sockets;	      /* bit i: stream i is one */
	uint32_t terminals, seekable; /* bit i: stream i is one, or has an offset */
	struct disk disk;
	uint64_t output_left; /* bytes that may still go to the streams; UINT64_MAX: any number */
	int tty;	      /* --tty */
	int64_t clock_offset_ns;    /* from the host's CLOCK_REALTIME to the guest's */
	int random_fixed;	    /* the guest sees no source of random numbers but its seed */
	int refused;		    /* the policy forbids what the present call asks for */
	int kills;		    /* and then ends the VM */
	struct hv_account *account; /* counts for the launcher, or NULL */
	uint32_t streams; /* bit i: descriptor i was open in the caller, or output i is there */
	int output_fds[HC_OUTPUTS_END - HC_STREAMS]; /* of the outputs that are there */
	int self_fd;				     /* /proc/self/fd, O_PATH */
	int program_fd;		    /* of the handle that boot_answer_walk() made; 0: none */
	struct hv_outside *outside; /* the launcher's news */
	int outside_fd;		    /* readable when there are some */
	int64_t alarm_ns;	    /* TIMER's, of CLOCK_MONOTONIC; 0: none */
	int insisting;		    /* the guest does not know yet of what came from outside */
	int outcome_fd;
	struct hv_outcome outcome; /* filled as the VM ends; zeroed before (I13) */
};

/* Checks that this kernel's KVM can do what we need, and creates a VM whose MSRs are all denied. */
int vm_create(struct vm *vm, int kvm_fd, struct err *e);

/*
 * The one way in which a VM ends once it has started (I4): completes
 * vm->outcome, sends it to the launcher and exits.
 */
_Noreturn void vm_kill(struct vm *vm, enum hv_end end, uint32_t code);

/* vm_kill() for a malformed request. */
_Noreturn void vm_kill_call(struct vm *vm, enum hv_violation violation);

/*
 * Where the policy forbids what a guest asks for: returns error, a negative
 * errno, or ends the VM when the policy wants that.
 */
int vm_refuse(struct vm *vm, int error);

/* Sends the launcher an outcome, which may be HV_STOPPED. */
void vm_tell(int outcome_fd, const struct hv_outcome *outcome);

/* Sends an outcome and exits; for vm_kill() and for set-up that failed. */
_Noreturn void vm_report(int outcome_fd, const struct hv_outcome *outcome);

#endif
