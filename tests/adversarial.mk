# SPDX-License-Identifier: Apache-2.0
# Attacks on the monitor: build/tests/adversarial/hostile, a static executable with a hostile image
# in place of the runtime, needs /dev/kvm; double-fetch, with the sanitizers, does not. TAP on stdout.

ADVERSARIAL         := $(BUILD)/tests/adversarial
HOSTILE_IMAGE       := $(ADVERSARIAL)/image.o $(ADVERSARIAL)/image-main.o
HOSTILE_SOURCES     := $(filter-out %/image-main.c %/double-fetch.c %/sweep.c %/fetch-seams.c %/fetch-guest.c,$(wildcard tests/adversarial/*.c))
HOSTILE_OBJECTS     := $(HOSTILE_SOURCES:%.c=$(BUILD)/%.o) $(ADVERSARIAL)/image-blob.o
# All of the monitor but its own image.
HOSTILE_MONITOR     := $(patsubst %.c,$(BUILD)/host/%.o,$(filter-out hv/image.c,$(wildcard hv/*.c)) \
	$(wildcard hv/jail/*.c common/*.c) $(POLICY_SOURCES)) $(POLICY_PARTS)

ADVERSARIAL_TESTS   := $(ADVERSARIAL)/hostile $(ADVERSARIAL)/double-fetch $(ADVERSARIAL)/sweep tests/adversarial/inside.sh

.PHONY: adversarial-tests
adversarial-tests: $(filter-out %.sh,$(ADVERSARIAL_TESTS)) inside-programs

# As the product is built, with the product's own objects.
$(ADVERSARIAL)/%.o: tests/adversarial/%.c | $(BUILD)/uapi
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(CFLAGS) -isystem $(BUILD)/uapi -c -o $@ $<

$(ADVERSARIAL)/image-main.o: tests/adversarial/image-main.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -c -o $@ $<

$(ADVERSARIAL)/image.o: tests/adversarial/image.S
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) -c -o $@ $<

$(ADVERSARIAL)/image.lds: tests/adversarial/image.lds.S tests/adversarial/image.h abi/layout.h
	@mkdir -p $(@D)
	$(Q)$(CC) -E -P -x assembler-with-cpp -I. -o $@ $<

$(ADVERSARIAL)/image.elf: $(HOSTILE_IMAGE) $(ADVERSARIAL)/image.lds
	$(Q)$(LD) -static -nostdlib -z noexecstack --no-warn-rwx-segments -T $(ADVERSARIAL)/image.lds -o $@ \
		$(HOSTILE_IMAGE)

$(ADVERSARIAL)/image.bin: $(ADVERSARIAL)/image.elf
	$(Q)objcopy -O binary $< $@

$(ADVERSARIAL)/image-blob.o: tests/adversarial/image-blob.S $(ADVERSARIAL)/image.bin
	$(Q)$(CC) -I. -I$(ADVERSARIAL) -c -o $@ $<

$(ADVERSARIAL)/hostile: $(HOSTILE_OBJECTS) $(HOSTILE_MONITOR)
	$(Q)$(CC) $(CFLAGS) $(HOST_LDFLAGS) -Wl,--wrap=boot_write -o $@ $(HOST_START) $^ $(HOST_END)

-include $(HOSTILE_SOURCES:%.c=$(BUILD)/%.d) $(HOSTILE_IMAGE:.o=.d)

# The monitor's own code with the sanitizers; memcpy stays a call, which the test takes over.
DOUBLE_FETCH_FLAGS  := $(BASE) -fPIE $(UNIT_SANITIZE) -fno-builtin-memcpy
DOUBLE_FETCH_WRAPS  := memcpy host_readv host_writev lseek readlinkat mmap madvise close fstatfs flistxattr fgetxattr syscall host_openat host_ioctl \
	host_create mkdirat symlinkat unlinkat linkat ftruncate fsync fdatasync fsetxattr fremovexattr
DOUBLE_FETCH_HV     := $(patsubst %.c,$(ADVERSARIAL)/check/%.o,$(wildcard hv/*.c common/*.c))
DOUBLE_FETCH_COMMON := $(patsubst %,$(ADVERSARIAL)/check/tests/%.o,adversarial/fetch-seams adversarial/valid adversarial/fetch-guest unit/guest)
DOUBLE_FETCH_TESTS  := $(ADVERSARIAL)/double-fetch $(ADVERSARIAL)/sweep

$(ADVERSARIAL)/check/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(DOUBLE_FETCH_FLAGS) $(CFLAGS) -c -o $@ $<

$(ADVERSARIAL)/check/libhv.a: $(DOUBLE_FETCH_HV)
	$(Q)rm -f $@ && ar rcs $@ $^

$(DOUBLE_FETCH_TESTS): $(ADVERSARIAL)/%: $(ADVERSARIAL)/check/tests/adversarial/%.o $(DOUBLE_FETCH_COMMON) $(ADVERSARIAL)/check/libhv.a
	$(Q)$(CC) $(CFLAGS) -pie $(UNIT_SANITIZE) $(DOUBLE_FETCH_WRAPS:%=-Wl,--wrap=%) -o $@ $^ -lcmocka

-include $(DOUBLE_FETCH_HV:.o=.d) $(DOUBLE_FETCH_COMMON:.o=.d) $(wildcard $(ADVERSARIAL)/check/tests/adversarial/*.d)

# Mutants: each check of the monitor taken out, and a test that must fail then.
MUTANTS := $(BUILD)/mutants

.PHONY: mutants-ready test-mutants
mutants-ready: adversarial-tests unit-tests cli-tests policy-tests jail-tests $(MUTANTS)/commands

test-mutants: mutants-ready
	tests/adversarial/mutants.sh

# -O1: quicker to build, and none of them is measured.
$(MUTANTS)/commands: Makefile tests/unit.mk tests/jail.mk tests/adversarial.mk $(wildcard hv/*.c) $(wildcard tests/adversarial/*.c)
	@mkdir -p $(@D)
	@{ \
		echo "host_cc='$(HOST_CC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -O1 -isystem $(BUILD)/uapi'"; \
		echo "host_link='$(CC) $(HOST_LDFLAGS) -Wl,--wrap=boot_write'"; \
		echo "host_start='$(HOST_START)'"; \
		echo "host_objects='$(HOSTILE_OBJECTS) $(HOSTILE_MONITOR)'"; \
		echo "host_end='$(HOST_END)'"; \
		echo "product_objects='$(HOST_OBJECTS) $(HOST_PARTS)'"; \
		echo "product_link='$(CC) $(HOST_LDFLAGS)'"; \
		echo "fetch_cc='$(CC) $(filter-out -MMD -MP,$(DOUBLE_FETCH_FLAGS)) -O1'"; \
		echo "fetch_link='$(CC) -pie $(UNIT_SANITIZE) $(DOUBLE_FETCH_WRAPS:%=-Wl,--wrap=%)'"; \
		echo "fetch_objects='$(DOUBLE_FETCH_COMMON)'"; \
		echo "fetch_end='$(ADVERSARIAL)/check/libhv.a -lcmocka'"; \
		echo "jail_cc='$(CC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -O1'"; \
		echo "jail_link='$(CC) -pie $(JAIL_WRAP)'"; \
		echo "jail_tests='$(BUILD)/tests/jail'"; \
		echo "jail_objects='$(JAIL_COMMON) $(JAIL_OBJECTS)'"; \
		echo "jail_end='-lcmocka -lseccomp -lcap'"; \
		echo "unit_cc='$(CC) $(filter-out -MMD -MP,$(BASE)) -fPIE $(UNIT_SANITIZE) -O1'"; \
		echo "unit_link='$(CC) -pie $(UNIT_SANITIZE) -Wl,--wrap=host_ioctl'"; \
		echo "unit_objects='$(BUILD)/tests/unit/obj/tests/unit'"; \
		echo "unit_shared='$(UNIT_SHARED)'"; \
		echo "unit_end='$(UNIT_LIBRARY) -lcmocka'"; \
		echo "check_cc='$(CC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -O1'"; \
		echo "check_link='$(CC) -pie'"; \
		echo "check_objects='$(CLI_OBJECTS)'"; \
	} >$@

# Attacks from a Linux program that has taken its VM over, and who changes names on the host meanwhile.
INSIDE := $(ADVERSARIAL)/inside/inside $(ADVERSARIAL)/racer $(ADVERSARIAL)/racer-slow

.PHONY: inside-programs
inside-programs: $(INSIDE)

$(ADVERSARIAL)/inside/inside: $(wildcard tests/adversarial/inside/*.c tests/adversarial/inside/*.h) $(wildcard abi/*.h)
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(BASE)) -O1 -static -o $@ $(filter %.c,$^)

$(ADVERSARIAL)/racer-slow: tests/adversarial/racer/slowfs.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(BASE)) -O1 -static -o $@ $<

$(ADVERSARIAL)/racer: tests/adversarial/racer/racer.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(BASE)) -O1 -static -o $@ $<
