// SPDX-License-Identifier: Apache-2.0
/*
 * I4, I10: what a guest in a real VM can do to be ended, and what the launcher
 * is told. The whole monitor runs, except the jail: that has tests of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/image.h"
#include "abi/layout.h"
#include "hv/hv.h"
#include "hv/jail/jail.h"
#include "hv/jail/sidechannels.h"
#include "policy/policy.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern uint8_t exits_image[], exits_image_end[];

#define GUESTS(X) \
	X(status) \
	X(rounds) \
	X(boot) \
	X(number) \
	X(beside) \
	X(load) \
	X(unbacked) \
	X(fault) \
	X(halt) \
	X(port) \
	X(msr_read) \
	X(msr_write)

#define DECLARE(name) extern uint8_t guest_##name[];
GUESTS(DECLARE)

static struct hv_outcome outcome;
static int jail_is_open;

void jail_filter(const struct policy *p, const struct jail_fds *fds, uint32_t deny,
		 struct filter *filter)
{
	(void)p;
	(void)fds;
	(void)deny;
	(void)filter;
}

uint32_t jail_sidechannels(void)
{
	return 0;
}

int jail_close(const struct policy *p, const struct jail_fds *fds, int parent,
	       struct hv_proof *proof, struct err *e)
{
	(void)p, (void)fds, (void)parent, (void)proof, (void)e;
	return jail_is_open ? -1 : 0;
}

/* Runs one guest in ring 3 or 0 as its own process and fetches what it ended with. */
static void run(const uint8_t *guest, int ring)
{
	static char *const argv[] = { "test", NULL };
	struct image_header *header = (void *)exits_image;
	struct policy policy = { .memory = POLICY_MEMORY_MIN,
				 .permissions = PERM_BASE,
				 .handles_max = 8 };
	int ends[2];
	pid_t child;

	header->entry_rip = GUEST_DIRECT_BASE + (uint64_t)(guest - exits_image);
	header->cs = ring ? GUEST_CS_USER : GUEST_CS_KERNEL;
	header->ss = ring ? GUEST_DS_USER : GUEST_DS_KERNEL;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (!child) {
		struct hv_config config = {
			.policy = &policy,
			.image = { exits_image, (size_t)(exits_image_end - exits_image) },
			.argv = argv,
			.program = "/test",
			.kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC),
			.outcome_fd = ends[1],
		};

		hv_monitor(&config);
	}
	close(ends[1]);
	memset(&outcome, 0, sizeof(outcome));
	assert_int_equal(read(ends[0], &outcome, sizeof(outcome)), sizeof(outcome));
	close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void expect(enum hv_end end, uint32_t code)
{
	if (outcome.end != end || outcome.code != code)
		fail_msg("end %u code %u, not %u %u: %s", outcome.end, outcome.code, end, code,
			 outcome.message);
}

static void runs_to_its_end(void **state)
{
	(void)state;
	run(guest_status, 3);
	expect(HV_END_STATUS, 42);
	assert_true(outcome.setup_ns > 0);
	run(guest_rounds, 3);
	expect(HV_END_STATUS, 100);
	run(guest_boot, 3);
	expect(HV_END_STATUS, 'S');
}

static void unknown_hypercall(void **state)
{
	(void)state;
	run(guest_number, 3);
	expect(HV_END_BAD_HYPERCALL, HV_VIOLATION_NUMBER);
	assert_int_equal(outcome.number, 39);
	assert_in_range(outcome.regs[15], GUEST_DIRECT_BASE,
			GUEST_DIRECT_BASE + GUEST_PAGE_SIZE); /* rip */
}

static void memory_that_is_not_there(void **state)
{
	(void)state;
	run(guest_beside, 3);
	expect(HV_END_BAD_HYPERCALL, HV_VIOLATION_DOORBELL);
	run(guest_load, 3);
	expect(HV_END_BAD_HYPERCALL, HV_VIOLATION_DOORBELL);
	run(guest_unbacked, 3);
	expect(HV_END_BAD_HYPERCALL, HV_VIOLATION_DOORBELL);
}

static void triple_fault(void **state)
{
	(void)state;
	run(guest_fault, 3);
	expect(HV_END_SHUTDOWN, 0);
}

static void privileged_instructions_in_ring_3(void **state)
{
	(void)state;
	run(guest_halt, 3);
	expect(HV_END_SHUTDOWN, 0);
	run(guest_port, 3);
	expect(HV_END_SHUTDOWN, 0);
	run(guest_msr_read, 3);
	expect(HV_END_SHUTDOWN, 0);
}

static void privileged_instructions_in_ring_0(void **state)
{
	(void)state;
	run(guest_status, 0);
	expect(HV_END_STATUS, 42);
	run(guest_halt, 0);
	expect(HV_END_BAD_EXIT, KVM_EXIT_HLT);
	run(guest_port, 0);
	expect(HV_END_BAD_EXIT, KVM_EXIT_IO);
}

static void msrs_are_closed_to_ring_0(void **state)
{
	(void)state;
	run(guest_msr_read, 0);
	expect(HV_END_SHUTDOWN, 0);
	run(guest_msr_write, 0);
	expect(HV_END_SHUTDOWN, 0);
}

static void no_jail_no_guest(void **state)
{
	(void)state;
	jail_is_open = 1;
	run(guest_status, 3);
	expect(HV_END_SETUP, 0);
	assert_int_equal(outcome.setup_ns, 0);
	jail_is_open = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_to_its_end),
		cmocka_unit_test(unknown_hypercall),
		cmocka_unit_test(memory_that_is_not_there),
		cmocka_unit_test(triple_fault),
		cmocka_unit_test(privileged_instructions_in_ring_3),
		cmocka_unit_test(privileged_instructions_in_ring_0),
		cmocka_unit_test(msrs_are_closed_to_ring_0),
		cmocka_unit_test(no_jail_no_guest),
	};

	if (access("/dev/kvm", R_OK | W_OK)) {
		print_message("1..0 # SKIP no access to /dev/kvm\n");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exits", tests, NULL, NULL);
}
