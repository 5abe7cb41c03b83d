// SPDX-License-Identifier: Apache-2.0
/* The functions of hv/hv.h that the launcher calls, without a VM. */
#include "tests/cli/fake-hv.h"

#include "common/err.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmocka.h>

void (*fake_monitor)(int outcome);
int fake_kvm, fake_unproved, fake_proof_given;
struct hv_outside *fake_news;

struct hv_proof {
	int nothing;
};

static struct hv_proof proof;

struct hv_image hv_runtime_image(void)
{
	return (struct hv_image){ .bytes = NULL };
}

struct hv_cpuid *hv_cpuid_share(void)
{
	return NULL;
}

void hv_cpuid_fetch(struct hv_cpuid *shared, int kvm_fd)
{
	(void)kvm_fd;
	assert_null(shared);
}

struct hv_proof *hv_proof_share(void)
{
	fake_proof_given = 0;
	return &proof;
}

void hv_proof_free(struct hv_proof *shared)
{
	assert_ptr_equal(shared, &proof);
}

void hv_proof_give(struct hv_proof *shared)
{
	assert_ptr_equal(shared, &proof);
	fake_proof_given = 1;
}

/* Whether a jail holds is tests/jail/prove.c's to ask. */
int hv_prove_jail(const struct policy *policy, int kvm_fd, struct err *e)
{
	assert_int_equal(kvm_fd, fake_kvm);
	assert_non_null(policy);
	return fake_unproved ? err_set(e, ERR_SANDBOX, EPERM, "not proved") : 0;
}

void hv_monitor(const struct hv_config *config)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fake_news = config->outside;
	if (config->parent == getppid() && config->kvm_fd == fake_kvm)
		fake_monitor(config->outcome_fd);
	_exit(99);
}
