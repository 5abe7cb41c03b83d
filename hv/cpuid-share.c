// SPDX-License-Identifier: Apache-2.0
/* KVM's CPUID list, asked by the launcher beside its own work and the monitor's. */
#include "common/syscall.h"
#include "hv/hv.h"
#include "hv/vcpu.h"

#include <errno.h>
#include <linux/futex.h>
#include <linux/kvm.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum state { WAITED_FOR, READY, FAILED };

struct hv_cpuid {
	_Atomic uint32_t state; /* enum state; a futex */
	uint32_t pad;
	struct kvm_cpuid2 list; /* CPUID_ENTRIES follow */
};

#define LIST_BYTES (sizeof(struct kvm_cpuid2) + CPUID_ENTRIES * sizeof(struct kvm_cpuid_entry2))

struct hv_cpuid *hv_cpuid_share(void)
{
	void *shared = mmap(NULL, sizeof(struct hv_cpuid) + LIST_BYTES, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return shared == MAP_FAILED ? NULL : shared;
}

static int ask(int kvm_fd, struct kvm_cpuid2 *list)
{
	list->nent = CPUID_ENTRIES;
	return host_ioctl(kvm_fd, KVM_GET_SUPPORTED_CPUID, list);
}

void hv_cpuid_fetch(struct hv_cpuid *shared, int kvm_fd)
{
	if (!shared)
		return;
	atomic_store(&shared->state, ask(kvm_fd, &shared->list) ? FAILED : READY);
	syscall(SYS_futex, &shared->state, FUTEX_WAKE, 1, NULL, NULL, 0);
}

int cpuid_supported(int kvm_fd, struct hv_cpuid *shared, struct kvm_cpuid2 *list)
{
	/* A launcher that is stopped or slow must not stop us: then we ask ourselves. */
	const struct timespec patience = { .tv_nsec = 50 * 1000 * 1000 };

	if (shared && atomic_load(&shared->state) == WAITED_FOR)
		syscall(SYS_futex, &shared->state, FUTEX_WAIT, WAITED_FOR, &patience, NULL, 0);
	if (!shared || atomic_load(&shared->state) != READY || shared->list.nent > CPUID_ENTRIES)
		return ask(kvm_fd, list);
	memcpy(list, &shared->list, LIST_BYTES);
	return 0;
}
