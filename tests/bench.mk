# SPDX-License-Identifier: Apache-2.0
# make bench: sandbox-run beside its peers (tests/bench/run.sh, which names its options). The peers
# are Debian's packages bubblewrap and runsc; one that is missing is said in the table.

BENCH_PROGRAMS := $(patsubst %,$(BUILD)/tests/bench/%,nothing bare getppid touch waiting processes)
BENCH_HARNESS  := $(patsubst %,$(BUILD)/tests/bench/%,startbench monitormem)

.PHONY: bench bench-programs
bench: bench-programs $(BUILD)/sandbox-run
	@sh tests/bench/run.sh $(BUILD)

bench-programs: $(BENCH_PROGRAMS) $(BENCH_HARNESS)

# What is measured: ordinary static programs of the C library.
$(BENCH_PROGRAMS): $(BUILD)/tests/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) -O2 -static $(BENCH_FLAGS) -o $@ $<

$(BUILD)/tests/bench/bare: BENCH_FLAGS := -nostdlib -fno-stack-protector

$(BUILD)/tests/bench/obj/%.o: tests/bench/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/tests/bench/startbench: $(patsubst %,$(BUILD)/tests/bench/obj/%.o,startbench child)
$(BUILD)/tests/bench/monitormem: $(patsubst %,$(BUILD)/tests/bench/obj/%.o,monitormem footprint)
$(BENCH_HARNESS):
	$(Q)$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,now -o $@ $^

-include $(BENCH_PROGRAMS:%=%.d) $(wildcard $(BUILD)/tests/bench/obj/*.d)
