# SPDX-License-Identifier: Apache-2.0
# Programs that run inside: tests/guest/*/*.c and tests/programs/*.c, static, with glibc, some with musl, too.

GUEST_PROGRAMS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/guest/*/*.c tests/programs/*.c))
MUSL_PROGRAMS  := $(patsubst %,$(BUILD)/tests/programs/%-musl,hello inherit threads)
GUEST_PROGRAM_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -MMD -MP -static

.PHONY: guest-programs
guest-programs: $(GUEST_PROGRAMS) $(MUSL_PROGRAMS)

$(GUEST_PROGRAMS): $(BUILD)/tests/%: tests/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_PROGRAM_CFLAGS) -o $@ $< -lm

$(MUSL_PROGRAMS): $(BUILD)/tests/%-musl: tests/%.c
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(GUEST_PROGRAM_CFLAGS) -o $@ $<

-include $(GUEST_PROGRAMS:=.d) $(MUSL_PROGRAMS:=.d)
