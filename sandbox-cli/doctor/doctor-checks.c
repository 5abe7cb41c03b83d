// SPDX-License-Identifier: Apache-2.0
/*
 * The checks of --doctor, in the order in which a run needs what they look
 * at. Each finds out by doing, not by reading versions, wherever it can.
 */
#include "common/err.h"
#include "common/syscall.h"
#include "hv/jail/jail.h"
#include "hv/jail/sidechannels.h"
#include "hv/requirements.h"
#include "sandbox-cli/doctor/doctor.h"
#include "sandbox-cli/run/kvm-errors.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define DETAIL(f, ...) snprintf((f)->detail, sizeof((f)->detail), __VA_ARGS__)
#define FIX(f, ...)    snprintf((f)->fix, sizeof((f)->fix), __VA_ARGS__)

#define KERNEL_MAJOR 5 /* Landlock came with 5.13 */
#define KERNEL_MINOR 13

static int kvm = -1; /* opened by one check for those after it */

static enum doctor_verdict look_kernel(struct doctor_finding *f)
{
	unsigned long major, minor;
	struct utsname name;
	char *end;

	uname(&name);
	major = strtoul(name.release, &end, 10);
	minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	DETAIL(f, "%s %s %s", name.sysname, name.release, name.machine);
	if (major > KERNEL_MAJOR || (major == KERNEL_MAJOR && minor >= KERNEL_MINOR))
		return DOCTOR_OK;
	FIX(f, "use Linux %d.%d or newer", KERNEL_MAJOR, KERNEL_MINOR);
	return DOCTOR_FAIL;
}

static enum doctor_verdict look_cpu(struct doctor_finding *f)
{
	unsigned int eax, ebx = 0, ecx, edx;

	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & bit_FSGSBASE)) {
		DETAIL(f, "x86-64 with FSGSBASE");
		return DOCTOR_OK;
	}
	DETAIL(f, "x86-64 without FSGSBASE");
	FIX(f, "use a CPU from 2013 or later, or let this VM's CPU model have fsgsbase");
	return DOCTOR_FAIL;
}

static enum doctor_verdict look_proc(struct doctor_finding *f)
{
	int fd = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		DETAIL(f, "/proc/self/fd: %s", strerror(errno));
		FIX(f, "mount -t proc proc /proc");
		return DOCTOR_FAIL;
	}
	close(fd);
	DETAIL(f, "mounted");
	return DOCTOR_OK;
}

static enum doctor_verdict look_device(struct doctor_finding *f)
{
	struct err e;

	kvm = open(KVM_PATH, O_RDWR | O_CLOEXEC);
	if (kvm < 0) {
		kvm_open_error(errno, &e);
		DETAIL(f, "%.250s", e.what);
		FIX(f, "%.250s", e.hint);
		return DOCTOR_FAIL;
	}
	DETAIL(f, "can be opened");
	return DOCTOR_OK;
}

static enum doctor_verdict look_kvm(struct doctor_finding *f)
{
	static const struct {
		int number;
		const char *name;
	} required[] = {
#define ROW(capability) { capability, #capability },
		REQUIRED_KVM_CAPABILITIES(ROW)
#undef ROW
	};
	int version;

	if (kvm < 0) {
		DETAIL(f, "cannot be looked at without " KVM_PATH);
		return DOCTOR_SKIP;
	}
	version = host_ioctl(kvm, KVM_GET_API_VERSION, NULL);
	if (version != REQUIRED_KVM_API) {
		DETAIL(f, version < 0 ? KVM_PATH " is not a KVM device" : "API version %d",
		       version);
		FIX(f, "use a Linux kernel with KVM, API version %d", REQUIRED_KVM_API);
		return DOCTOR_FAIL;
	}
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		if (host_ioctl(kvm, KVM_CHECK_EXTENSION, (void *)(uintptr_t)required[i].number) > 0)
			continue;
		DETAIL(f, "API version %d, lacks %s", version, required[i].name);
		FIX(f, "use Linux " REQUIRED_KVM_KERNEL " or newer");
		return DOCTOR_FAIL;
	}
	DETAIL(f, "API version %d with all that is needed", version);
	return DOCTOR_OK;
}

static enum doctor_verdict look_vm(struct doctor_finding *f)
{
	int vm, vcpu = -1;

	if (kvm < 0) {
		DETAIL(f, "cannot be tried without " KVM_PATH);
		return DOCTOR_SKIP;
	}
	vm = host_ioctl(kvm, KVM_CREATE_VM, NULL);
	if (vm >= 0)
		vcpu = host_ioctl(vm, KVM_CREATE_VCPU, NULL);
	if (vcpu < 0) {
		DETAIL(f, "cannot create a %s: %s", vm < 0 ? "VM" : "vCPU", strerror(errno));
		FIX(f, errno == EBUSY
			       ? "stop the other hypervisor (VirtualBox, VMware) of this host"
			       : "see the kernel log (dmesg) for what KVM says");
	} else {
		const char *kind = kvm_cpu_flag();

		DETAIL(f, "a VM can be created, by %s",
		       kind ? kind : "a KVM without hardware virtualization");
	}
	if (vm >= 0)
		close(vm);
	if (vcpu < 0)
		return DOCTOR_FAIL;
	close(vcpu);
	return DOCTOR_OK;
}

static enum doctor_verdict look_seccomp(struct doctor_finding *f)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) {
		DETAIL(f, "filters can kill the process");
		return DOCTOR_OK;
	}
	DETAIL(f, "no filters: %s", strerror(errno));
	FIX(f, "boot a kernel with CONFIG_SECCOMP_FILTER, 4.14 or newer");
	return DOCTOR_FAIL;
}

/* What Landlock restricts from which ABI on; before, the seccomp filter holds it alone. */
static const struct {
	int abi;
	const char *what;
} landlock_rights[] = {
	{ 3, "truncation" },
	{ 4, "TCP" },
	{ 5, "device ioctl" },
	{ 6, "signals, abstract sockets" },
};

static enum doctor_verdict look_landlock(struct doctor_finding *f)
{
	int abi = jail_landlock_abi();
	size_t used;

	if (abi < 1) {
		DETAIL(f, "not enabled on this kernel: %s", strerror(abi < 0 ? -abi : ENOSYS));
		FIX(f, "boot with lsm=landlock,... (see /sys/kernel/security/lsm); kernel with "
		       "CONFIG_SECURITY_LANDLOCK");
		return DOCTOR_FAIL;
	}
	used = (size_t)DETAIL(f, "ABI %d", abi);
	for (size_t i = 0; i < sizeof(landlock_rights) / sizeof(landlock_rights[0]); i++) {
		if (abi >= landlock_rights[i].abi || used >= sizeof(f->detail))
			continue;
		used += (size_t)snprintf(f->detail + used, sizeof(f->detail) - used, "%s %s",
					 strchr(f->detail, ';') ? "," : "; seccomp alone covers",
					 landlock_rights[i].what);
	}
	return DOCTOR_OK;
}

/* In a child, since it is for good. Nothing of it is demanded. */
static enum doctor_verdict look_sidechannels(struct doctor_finding *f)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit((int)jail_sidechannels()); /* eight bits */
	if (child > 0)
		waitpid(child, &status, 0);
	sidechannels_describe(f->detail, sizeof(f->detail), (uint32_t)WEXITSTATUS(status));
	return DOCTOR_OK;
}

const struct doctor_check doctor_checks[] = {
	{ "kernel", look_kernel },
	{ "cpu", look_cpu },
	{ "procfs", look_proc },
	{ "/dev/kvm", look_device },
	{ "kvm", look_kvm },
	{ "vm", look_vm },
	{ "seccomp", look_seccomp },
	{ "landlock", look_landlock },
	{ "side channels", look_sidechannels },
};

const size_t doctor_check_count = sizeof(doctor_checks) / sizeof(doctor_checks[0]);
