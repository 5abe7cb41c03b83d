# SPDX-License-Identifier: Apache-2.0
# Tests of the jail: the programs of JAIL_TESTS, and tests/jail/observe.sh; TAP on stdout. They wrap the
# layers to leave some out (tests/jail/scene.c); the jail itself is the product's objects.

JAIL_LAYERS  := descriptors limits capabilities landlock seccomp verify_state
JAIL_OBJECTS := $(patsubst %.c,$(BUILD)/check/%.o,$(wildcard hv/jail/*.c common/*.c) hv/proof.c)
JAIL_COMMON  := $(patsubst %,$(BUILD)/tests/jail/%.o,scene acts acts-write)
JAIL_TESTS   := $(patsubst %,$(BUILD)/tests/jail/%,forbidden allowed landlock privileges leftovers filter narrow sidechannels prove verify printed)
JAIL_WRAP    := $(JAIL_LAYERS:%=-Wl,--wrap=jail_%)

.PHONY: jail-tests
jail-tests: $(JAIL_TESTS) $(BUILD)/tests/jail/forever $(BUILD)/tests/jail/stolen

$(BUILD)/tests/jail/%.o: tests/jail/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(CFLAGS) -c -o $@ $<

# The program that tests/jail/observe.sh runs in the sandbox.
$(BUILD)/tests/jail/forever: tests/jail/forever.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) -O1 -static -o $@ $<

$(JAIL_TESTS): %: %.o $(JAIL_COMMON) $(JAIL_OBJECTS)
	$(Q)$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,now $(JAIL_WRAP) -o $@ $^ $(SANITIZED) -lcmocka -lseccomp -lcap

-include $(patsubst %,%.d,$(JAIL_TESTS)) $(JAIL_COMMON:.o=.d)

# sandbox-run with a monitor that is stolen as soon as its jail is closed: all of the product's objects.
STOLEN         := $(BUILD)/tests/jail/stolen
STOLEN_OBJECTS := $(patsubst %,$(STOLEN)-%.o,stolen stolen-main steps abilities words acts acts-write)

$(STOLEN)-%.o: tests/jail/%.c | $(BUILD)/uapi
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(CFLAGS) -isystem $(BUILD)/uapi -c -o $@ $<

$(STOLEN): $(STOLEN_OBJECTS) $(HOST_OBJECTS) $(HOST_PARTS)
	$(Q)$(CC) $(CFLAGS) $(HOST_LDFLAGS) -Wl,--wrap=main,--wrap=hv_monitor,--wrap=vcpu_run -o $@ \
		$(HOST_START) $^ $(HOST_END)

-include $(STOLEN_OBJECTS:.o=.d)

# What --layers says, beside what it is about.
$(BUILD)/tests/jail/printed: $(patsubst %,$(BUILD)/check/%.o,sandbox-cli/explain/layers \
	sandbox-cli/explain/layers-landlock sandbox-cli/explain/layers-seccomp sandbox-cli/report/syscall-names hv/memory)
