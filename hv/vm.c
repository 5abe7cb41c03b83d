// SPDX-License-Identifier: Apache-2.0
/* Creating the VM: what the host's KVM must offer, and the MSR filter. */
#include "hv/vm.h"

#include "common/err.h"
#include "common/syscall.h"
#include "hv/requirements.h"

#include <errno.h>
#include <linux/kvm.h>
#include <string.h>

/* What we use of KVM, so that its lack is named and not met in the middle of a run. */
static const struct need {
	int capability;
	const char *name;
} needs[] = {
#define NEED(capability) { capability, #capability },
	REQUIRED_KVM_CAPABILITIES(NEED)
#undef NEED
};

static int check_capabilities(int kvm_fd, struct err *e)
{
	int version = host_ioctl(kvm_fd, KVM_GET_API_VERSION, NULL);

	if (version < 0)
		return err_set(e, ERR_SANDBOX, errno, "/dev/kvm: not a KVM device: %s",
			       strerror(errno));
	if (version != REQUIRED_KVM_API)
		return err_set(e, ERR_SANDBOX, EINVAL,
			       "KVM of this kernel has API version %d, not %d", version,
			       REQUIRED_KVM_API);
	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
		if (host_ioctl(kvm_fd, KVM_CHECK_EXTENSION,
			       (void *)(uintptr_t)needs[i].capability) > 0)
			continue;
		err_set(e, ERR_SANDBOX, EINVAL, "KVM of this kernel is too old: it lacks %s",
			needs[i].name);
		err_hint(e, "use Linux " REQUIRED_KVM_KERNEL " or newer on the host");
		return -EINVAL;
	}
	return 0;
}

/*
 * Denies every MSR to the guest, reads and writes (I10). A denying filter
 * without a range is refused by the kernel: the one range here, with an empty
 * bitmap, allows nothing either.
 */
static int deny_msrs(int vm_fd, struct err *e)
{
	uint64_t none = 0;
	struct kvm_msr_filter filter = {
		.flags = KVM_MSR_FILTER_DEFAULT_DENY,
		.ranges[0] = { .flags = KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE,
			       .nmsrs = 1,
			       .base = 0,
			       .bitmap = (uint8_t *)&none },
	};

	if (host_ioctl(vm_fd, KVM_X86_SET_MSR_FILTER, &filter))
		return err_set(e, ERR_SANDBOX, errno, "KVM MSR filter: %s", strerror(errno));
	return 0;
}

/* RDPMC would read a counter where KVM has a virtual PMU. Kernels before 5.18 cannot do without. */
static void disable_pmu(int vm_fd)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PMU_CAPABILITY,
				      .args[0] = KVM_PMU_CAP_DISABLE };

	host_ioctl(vm_fd, KVM_ENABLE_CAP, &cap);
}

int vm_create(struct vm *vm, int kvm_fd, struct err *e)
{
	int error = check_capabilities(kvm_fd, e);

	if (error)
		return error;
	do
		vm->fd = host_ioctl(kvm_fd, KVM_CREATE_VM, NULL);
	while (vm->fd < 0 && errno == EINTR);
	if (vm->fd < 0) {
		error = err_set(e, ERR_SANDBOX, errno, "cannot create a VM: %s", strerror(errno));
		if (error == -EBUSY)
			err_hint(e, "another hypervisor here uses the CPU's virtualization");
		return error;
	}
	disable_pmu(vm->fd);
	return deny_msrs(vm->fd, e);
}
