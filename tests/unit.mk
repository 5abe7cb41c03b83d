# SPDX-License-Identifier: Apache-2.0
# Unit tests of hv/: build/tests/unit/NAME for each tests/unit/NAME.c, TAP on stdout. They play the
# guest against the monitor's own code, built again here with the sanitizers.

UNIT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
UNIT_SHARED   := $(patsubst %,$(BUILD)/tests/unit/obj/tests/unit/%.o,guest tree)
UNIT_SOURCES  := $(filter-out tests/unit/guest.c tests/unit/tree.c,$(wildcard tests/unit/*.c))
UNIT_TESTS    := $(patsubst %.c,$(BUILD)/%,$(UNIT_SOURCES))
UNIT_LIBRARY  := $(BUILD)/tests/unit/libhv.a
UNIT_HV       := $(patsubst %.c,$(BUILD)/tests/unit/obj/%.o,$(wildcard hv/*.c common/*.c))

.PHONY: unit-tests
unit-tests: $(UNIT_TESTS)

$(BUILD)/tests/unit/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) -fPIE -fstack-protector-strong $(UNIT_SANITIZE) $(CFLAGS) -c -o $@ $<

# An archive, so that a test's own vm_kill() takes the place of hv/kill.c.
$(UNIT_LIBRARY): $(UNIT_HV)
	$(Q)rm -f $@ && ar rcs $@ $^

$(UNIT_TESTS): $(BUILD)/tests/unit/%: $(BUILD)/tests/unit/obj/tests/unit/%.o
	$(Q)$(CC) $(CFLAGS) -pie $(UNIT_SANITIZE) $(UNIT_SEAM) -o $@ \
		$(filter %.o,$^) $(UNIT_LIBRARY) -lcmocka

$(UNIT_TESTS): $(UNIT_LIBRARY)

# Of the runtime, what is pure.
$(BUILD)/tests/unit/vma-tree: $(BUILD)/tests/unit/obj/guest-runtime/mm/vma-tree.o

# A VM without KVM for all but one, which runs hostile guests in real VMs.
UNIT_REAL := $(BUILD)/tests/unit/exits
$(filter-out $(UNIT_REAL),$(UNIT_TESTS)): UNIT_SEAM := -Wl,--wrap=host_ioctl
$(filter-out $(UNIT_REAL),$(UNIT_TESTS)): $(UNIT_SHARED)
$(UNIT_REAL): $(BUILD)/tests/unit/obj/tests/unit/exits-image.o

$(BUILD)/tests/unit/obj/%.o: %.S
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) -c -o $@ $<

-include $(patsubst %.o,%.d,$(UNIT_HV) $(UNIT_SHARED)) \
	$(patsubst %.c,$(BUILD)/tests/unit/obj/%.d,$(UNIT_SOURCES) guest-runtime/mm/vma-tree.c) \
	$(BUILD)/tests/unit/obj/tests/unit/exits-image.d
