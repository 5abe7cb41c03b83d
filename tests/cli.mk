# SPDX-License-Identifier: Apache-2.0
# Tests of sandbox-cli/: units build/tests/cli/{options,program,report,launch,terminal,cpu,cgroup,notes}, TAP on stdout, no KVM
# needed; tests/cli/cli.sh and tests/cli/run.sh run the executable that SANDBOX_RUN names.

CLI_OBJECTS := $(patsubst %.c,$(BUILD)/check/%.o,$(filter-out sandbox-cli/main.c sandbox-cli/run/launch.c \
	sandbox-cli/doctor/%.c sandbox-cli/explain/explain.c sandbox-cli/explain/layers%.c \
	sandbox-cli/report/receipt%.c sandbox-cli/report/reports.c,$(CLI_SOURCES)) $(POLICY_SOURCES) $(wildcard common/*.c) hv/outside-share.c hv/jail/sidechannels.c) \
	$(HOST_PARTS)
CLI_TESTS   := $(patsubst %,$(BUILD)/tests/cli/%,options program report launch terminal cpu cgroup notes)

.PHONY: cli-tests
cli-tests: $(CLI_TESTS)

$(BUILD)/tests/cli/%.o: tests/cli/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(CFLAGS) -c -o $@ $<

# launch.o is linked only where a fake monitor takes the place of hv/.
$(BUILD)/tests/cli/launch: $(BUILD)/check/sandbox-cli/run/launch.o $(BUILD)/tests/cli/fake-hv.o
$(CLI_TESTS): %: %.o $(CLI_OBJECTS)
	$(Q)$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,now -o $@ $^ -lcmocka

-include $(CLI_TESTS:%=%.d) $(BUILD)/tests/cli/fake-hv.d
