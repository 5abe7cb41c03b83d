# SPDX-License-Identifier: Apache-2.0
# make test-sanitized: the tests of host code against a sandbox-run under AddressSanitizer and UBSan (make SANITIZE=1,
# build/asan/), its jail closed as ever. A report of theirs ends the monitor or the launcher, which fails the test.
# Left out is what is about the product's own build: memory limits and resident memory, the C library's words, signal 33
# (SANITIZED, __SANITIZE_ADDRESS__ in the tests), CPU shares, the file that was built. Unit tests always have them.

SANITIZED_UNITS   := $(filter-out %/cpu,$(CLI_TESTS)) $(POLICY_TESTS) $(JAIL_TESTS)
SANITIZED_SCRIPTS := $(patsubst %,tests/cli/%.sh,cli policies host policy receipt run jobs) \
	$(patsubst %,tests/programs/%.sh,streams busybox hostfs overlay faults processes terminal sockets)

.PHONY: test-sanitized sanitized-programs
sanitized-programs: all $(SANITIZED_UNITS) adversarial-tests

test-sanitized: deps-test
	@$(MAKE) --no-print-directory all guest-programs jail-tests
	@$(MAKE) --no-print-directory SANITIZE=1 sanitized-programs
	SANITIZED=1 SANDBOX_RUN=build/asan/sandbox-run $(PROVE) $(SANITIZED_UNITS:$(BUILD)/%=build/asan/%) \
		$(SANITIZED_SCRIPTS) build/asan/tests/adversarial/hostile
