# SPDX-License-Identifier: Apache-2.0
# make test: everything, as TAP under prove, on this machine's KVM, on AMD-V and on VT-x, after the lint.
# A machine without a usable /dev/kvm fails, it does not skip.

TEST_UNITS    := $(UNIT_TESTS) $(POLICY_TESTS) $(CLI_TESTS) $(JAIL_TESTS)
TEST_SCRIPTS  := $(patsubst %,tests/cli/%.sh,cli policies host run policy receipt jobs) \
	$(wildcard tests/programs/*.sh) tests/guest/run.sh tests/fuzz/corpus.sh tests/python/run.sh \
	$(wildcard tests/jail/*.sh) tests/kvm/verdict-test.sh
PROVE         := prove --exec '' --timer --failures --comments

.PHONY: test-kvm test-units test-programs test-python-long test-amd test-intel
test: deps-test
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory all test-kvm
	@$(MAKE) --no-print-directory $(TEST_UNITS) guest-programs jail-tests adversarial-tests \
		mutants-ready payload fuzz-programs
	$(PROVE) $(TEST_UNITS) $(TEST_SCRIPTS) $(ADVERSARIAL_TESTS) tests/adversarial/mutants.sh
	@$(MAKE) --no-print-directory -k -j2 fuzz-all SECONDS=60 FUZZ_SEED=1
	$(PROVE) -j2 tests/kvm/test-amd.sh tests/kvm/test-intel.sh

test-kvm:
	@test -c /dev/kvm && test -r /dev/kvm && test -w /dev/kvm || { \
		echo "no usable /dev/kvm: the tests need one (build/sandbox-run --doctor says what is missing)" >&2; exit 1; }

test-units: $(TEST_UNITS)
	$(PROVE) $(TEST_UNITS)

test-programs: all guest-programs jail-tests fuzz-programs
	$(PROVE) $(TEST_SCRIPTS)

# Minutes of CPython's own tests, not part of make test.
test-python-long: all
	$(PROVE) tests/python/run.sh :: tests/python/modules-long.txt

test-amd: deps-test all payload
	$(PROVE) tests/kvm/test-amd.sh

test-intel: deps-test all payload
	$(PROVE) tests/kvm/test-intel.sh
