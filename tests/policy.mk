# SPDX-License-Identifier: Apache-2.0
# Tests of policy/: build/tests/policy/NAME, TAP on stdout, no KVM needed.

POLICY_OBJECTS := $(patsubst %.c,$(BUILD)/check/%.o,$(POLICY_SOURCES) $(wildcard common/*.c)) $(POLICY_PARTS)
POLICY_TESTS   := $(patsubst %,$(BUILD)/tests/policy/%,paths reveal finish merge holes look env json schema layers locked decide print never)

.PHONY: policy-tests
policy-tests: $(POLICY_TESTS)

$(BUILD)/tests/policy/%.o: tests/policy/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(CFLAGS) -c -o $@ $<

$(POLICY_TESTS): %: %.o $(BUILD)/tests/policy/tree.o $(POLICY_OBJECTS)
	$(Q)$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,now -o $@ $^ -lcmocka

-include $(POLICY_TESTS:%=%.d) $(BUILD)/tests/policy/tree.d
