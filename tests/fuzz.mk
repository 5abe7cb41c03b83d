# SPDX-License-Identifier: Apache-2.0
# make fuzz SECONDS=n: each fuzzer for n seconds (default 60), as many at a time as there are cores. What libFuzzer
# drives is host code, built again by clang with the sanitizers; syscalls and elf are programs that run inside.
# tests/fuzz/corpus/NAME has inputs that reach far, and those that once failed: make test runs these.

SECONDS       ?= 60
FUZZ          := $(BUILD)/tests/fuzz
FUZZ_CC       ?= clang-14
FUZZ_HOST     := dispatch files policy options outcome notes
FUZZ_GUEST    := syscalls elf
FUZZ_FLAGS    := $(filter-out -Werror,$(BASE)) -fPIE -g -O1 -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined -I$(BUILD)
FUZZ_PROGRAMS := $(FUZZ_HOST:%=$(FUZZ)/%) $(FUZZ_GUEST:%=$(FUZZ)/guest/%) $(BUILD)/tests/programs/hello-musl

FUZZ_EACH     := $(patsubst %,fuzz-%,$(FUZZ_GUEST) $(FUZZ_HOST))

.PHONY: fuzz fuzz-programs fuzz-all $(FUZZ_EACH)
fuzz-programs: $(FUZZ_PROGRAMS)

fuzz: deps-test
	@$(MAKE) --no-print-directory all fuzz-programs
	@$(MAKE) --no-print-directory -k $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc)) fuzz-all

fuzz-all: $(FUZZ_EACH)

$(FUZZ_EACH): fuzz-%: | fuzz-programs
	@FUZZ_SEED=$(FUZZ_SEED) tests/fuzz/run.sh $* $(SECONDS)

$(FUZZ)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) $(CFLAGS) -c -o $@ $<

$(FUZZ)/obj/sandbox-cli/report/syscall-names.o: $(BUILD)/names/syscall.h

$(FUZZ)/libhost.a: $(patsubst %.c,$(FUZZ)/obj/%.o,$(wildcard hv/*.c common/*.c) $(POLICY_SOURCES) hv/jail/sidechannels.c \
	$(filter-out sandbox-cli/main.c sandbox-cli/run/launch.c sandbox-cli/doctor/%.c sandbox-cli/explain/explain.c sandbox-cli/explain/layers%.c, \
	$(CLI_SOURCES)))
	$(Q)rm -f $@ && ar rcs $@ $^

FUZZ_LINK = $(Q)$(FUZZ_CC) $(CFLAGS) -pie -fsanitize=fuzzer,address,undefined -o $@ $(filter %.o,$^) $(FUZZ)/libhost.a

$(FUZZ)/dispatch $(FUZZ)/files: $(FUZZ)/%: $(FUZZ)/obj/tests/fuzz/%.o \
	$(patsubst %,$(FUZZ)/obj/tests/%.o,fuzz/vm fuzz/tree unit/guest) $(FUZZ)/libhost.a
	$(FUZZ_LINK) -Wl,--wrap=host_ioctl,--wrap=setitimer -lcmocka

$(FUZZ)/policy $(FUZZ)/options $(FUZZ)/outcome $(FUZZ)/notes: $(FUZZ)/%: $(FUZZ)/obj/tests/fuzz/%.o $(FUZZ)/libhost.a $(POLICY_PARTS)
	$(FUZZ_LINK) $(filter %.a,$(POLICY_PARTS))

$(FUZZ)/guest/%: tests/fuzz/%/main.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(BASE)) -O1 -g -static -o $@ $(wildcard $(<D)/*.c)

$(FUZZ)/guest/syscalls: $(wildcard tests/fuzz/syscalls/*)
$(FUZZ)/guest/elf: $(wildcard tests/fuzz/elf/*)

-include $(shell find $(FUZZ)/obj -name '*.d' 2>/dev/null)
