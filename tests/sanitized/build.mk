# SPDX-License-Identifier: Apache-2.0
# Included before all else by make SANITIZE=1: glibc, gcc's sanitizers, all below build/asan/. The jail closes as
# ever; only limits are wider (hv/jail/limits-list.c), since AddressSanitizer reserves 20 TiB of addresses.

BUILD        := build/asan
CFLAGS       := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
HOST_CC      := $(CC)
HOST_CFLAGS  := $(BASE) -fPIE -fstack-protector-strong -DOWN_MEMORY='(41ull << 39)' -DOWN_STACK='(4ull << 20)'
HOST_LDFLAGS := -pie -Wl,-z,relro,-z,now,-z,noexecstack
SANITIZED    := $(BUILD)/sanitized.o
HOST_START   := $(SANITIZED)
HOST_END     :=

$(BUILD)/sandbox-run $(BUILD)/tests/adversarial/hostile $(BUILD)/tests/jail/stolen: | $(SANITIZED)

$(BUILD)/sanitized.o: tests/sanitized/sanitized.c
	@mkdir -p $(@D)
	@$(CC) $(filter-out -MMD -MP,$(BASE)) -fPIE -c -o $@ $<
