# SPDX-License-Identifier: Apache-2.0
# make test: everything, as TAP under prove, on this machine's KVM, on AMD-V and on VT-x, after the lint.
# A machine without a usable /dev/kvm fails, it does not skip.

TEST_UNITS    := $(UNIT_TESTS) $(POLICY_TESTS) $(CLI_TESTS) $(JAIL_TESTS)
TEST_SCRIPTS  := tests/cli/cli.sh tests/programs/busybox.sh tests/programs/streams.sh tests/programs/faults.sh \
	tests/guest/run.sh tests/jail/observe.sh tests/kvm/verdict-test.sh

.PHONY: test-kvm test-units test-programs test-amd test-intel
test: deps-test
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory all test-kvm
	@$(MAKE) --no-print-directory $(TEST_UNITS) guest-programs jail-tests adversarial-tests payload
	prove --exec '' $(TEST_UNITS) $(TEST_SCRIPTS) $(ADVERSARIAL_TESTS) tests/kvm/test-amd.sh tests/kvm/test-intel.sh

test-kvm:
	@test -c /dev/kvm && test -r /dev/kvm && test -w /dev/kvm || { \
		echo "no usable /dev/kvm: the tests need one (build/sandbox-run --doctor says what is missing)" >&2; exit 1; }

test-units: $(TEST_UNITS)
	prove --exec '' $(TEST_UNITS)

test-programs: all guest-programs jail-tests
	prove --exec '' $(TEST_SCRIPTS)

test-amd: deps-test all payload
	prove --exec '' tests/kvm/test-amd.sh

test-intel: deps-test all payload
	prove --exec '' tests/kvm/test-intel.sh
