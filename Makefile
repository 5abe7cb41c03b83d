# SPDX-License-Identifier: Apache-2.0
# Builds build/sandbox-run (one static executable, the runtime image inside) and runs its tests.
#   make                build/sandbox-run (V=1: with each command)
#   make run            install what is missing, build, run a program in a VM
#   make install        PREFIX=/usr/local, DESTDIR: the program, its manual pages, the shipped policies
#   make test           install what tests need, build, run all tests, after the lint
#   make test-units     of these, the parts that are written in C
#   make test-programs  of these, whole programs, natively and inside
#   make lint           formatting, clang-tidy, cppcheck, shellcheck, rules of our own; make format
#   make fuzz           SECONDS=60: each fuzzer for so long
#   make bench          sandbox-run beside its peers
#   make clean          remove build/
# More, and what these need, is in tests/*.mk.

BUILD  := build
PREFIX ?= /usr/local
CC     ?= gcc
CFLAGS ?= -O2 -g
Q      := $(if $(V),,@)

WARN := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wconversion -Werror
BASE := -std=gnu11 -D_GNU_SOURCE -I. -MMD -MP $(WARN)

# Host: a static PIE with everything that the toolchain offers against memory bugs. The product links
# musl: glibc's start asks CPUID about 80 times, each an exit where the host is a VM itself (0.6 ms of a
# start). Tests build the same sources with the system's libc, under build/check/.
MUSL         := /usr/lib/x86_64-linux-musl
MUSL_CC      ?= musl-gcc
HOST_CFLAGS  := $(BASE) -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fcf-protection=full \
	-fstack-clash-protection
HOST_LDFLAGS := -nostdlib -static-pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
HOST_CC      := $(MUSL_CC)
HOST_START   := $(MUSL)/rcrt1.o $(MUSL)/crti.o
HOST_END     := -L$(MUSL) -lc -lgcc $(MUSL)/crtn.o

# make SANITIZE=1: the same sources under AddressSanitizer and UBSan, below build/asan/.
ifdef SANITIZE
include tests/sanitized/build.mk
endif

# Guest: freestanding, general registers only (the FPU is the program's), no red zone (events use the
# stack).
GUEST_CFLAGS := $(BASE) -O2 -g -ffreestanding -fno-stack-protector -fcf-protection=none \
	-mgeneral-regs-only -mno-red-zone -fPIE -fvisibility=hidden -fno-asynchronous-unwind-tables \
	-fno-strict-aliasing -fno-tree-loop-distribute-patterns -ffunction-sections

POLICY_SOURCES := $(wildcard policy/*.c policy/file/*.c policy/grants/*.c policy/judge/*.c)
CLI_SOURCES    := $(wildcard sandbox-cli/*.c sandbox-cli/*/*.c)
HOST_SOURCES   := $(wildcard common/*.c hv/*.c hv/jail/*.c) $(POLICY_SOURCES) $(CLI_SOURCES)
GUEST_SOURCES  := $(filter-out guest-runtime/vdso/vdso.c, \
	$(wildcard guest-runtime/*.c guest-runtime/*/*.c guest-runtime/*/*.S))

HOST_OBJECTS  := $(HOST_SOURCES:%.c=$(BUILD)/host/%.o) $(BUILD)/host/hv/image-blob.o
GUEST_OBJECTS := $(patsubst %,$(BUILD)/guest/%.o,$(basename $(GUEST_SOURCES)))

# What policy/ needs besides its sources: of libyaml what parses, which wants nothing of a C library but
# strings and memory, so that it goes with musl, too.
POLICY_PARTS := $(BUILD)/profiles-blob.o $(BUILD)/libyaml.a
# What sandbox-cli/ needs: of libmd SHA-256, which wants nothing but memcpy(3).
HOST_PARTS   := $(POLICY_PARTS) $(BUILD)/libmd.a

.PHONY: all help run test deps deps-test clean install
all: $(BUILD)/sandbox-run

help:
	@sed -n 's/^#   //p' $(firstword $(MAKEFILE_LIST))

# Debian packages, asked for only when one is missing.
DEPS      := gcc make libc6-dev linux-libc-dev libyaml-dev libmd-dev musl-tools busybox-static
DEPS_TEST := libcmocka-dev libseccomp-dev libcap-dev bubblewrap runsc perl util-linux bsdextrautils \
	bsdutils python3 libpython3.11-testsuite less procps tmux vim gawk mawk lua5.4 jq file sqlite3 \
	valgrind zstd xz-utils bzip2 openssl binutils bc patch \
	clang-14 clang-tidy-14 clang-format-14 libclang-rt-14-dev cppcheck shellcheck \
	g++ cmake ninja-build git nodejs golang-go redis-server \
	qemu-system-x86 bochs bochs-term bochsbios vgabios isolinux syslinux-common genisoimage cpio \
	e2fsprogs

define INSTALL_MISSING
@missing=$$(for package in $(1); do dpkg-query -W -f='$${db:Status-Abbrev}' $$package 2>/dev/null \
	| grep -q '^ii' || echo $$package; done); \
if [ -n "$$missing" ]; then \
	[ "$$(id -u)" = 0 ] || { \
		echo "missing packages: $$missing: run as root: make deps deps-test" >&2; exit 1; }; \
	apt-get -q update && \
	DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $$missing; \
fi
endef

deps:
	$(call INSTALL_MISSING,$(DEPS))

deps-test: deps
	$(call INSTALL_MISSING,$(DEPS_TEST))

# A real program, unmodified, in its own VM: -v says in what, and how long start and run took.
run: deps
	@$(MAKE) --no-print-directory all
	$(BUILD)/sandbox-run -v /bin/busybox sha256sum /bin/busybox

install: all $(BUILD)/sandbox-run.1 $(BUILD)/sandbox-policy.5
	install -D -m 755 $(BUILD)/sandbox-run $(DESTDIR)$(PREFIX)/bin/sandbox-run
	install -D -m 644 $(BUILD)/sandbox-run.1 $(DESTDIR)$(PREFIX)/share/man/man1/sandbox-run.1
	install -D -m 644 $(BUILD)/sandbox-policy.5 $(DESTDIR)$(PREFIX)/share/man/man5/sandbox-policy.5
	install -d $(DESTDIR)$(PREFIX)/share/sandbox-run/profiles
	install -m 644 policy/profiles/*.yaml $(DESTDIR)$(PREFIX)/share/sandbox-run/profiles

$(BUILD)/sandbox-run: $(HOST_OBJECTS) $(HOST_PARTS)
	@echo "  LINK $@"
	$(Q)$(CC) $(CFLAGS) $(HOST_LDFLAGS) -o $@ \
		$(HOST_START) $(HOST_OBJECTS) $(HOST_PARTS) $(HOST_END)

# Objects are built anew when flags change, too.
$(BUILD)/host/%.o: %.c Makefile | $(BUILD)/uapi
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(CFLAGS) -isystem $(BUILD)/uapi -c -o $@ $<

# The kernel's headers, without the system libc's beside them.
$(BUILD)/uapi:
	@mkdir -p $@
	@ln -sfn /usr/include/linux $@/linux
	@ln -sfn /usr/include/asm-generic $@/asm-generic
	@ln -sfn /usr/include/$(shell $(CC) -print-multiarch)/asm $@/asm

# Names of system calls and errors as the kernel's headers have them: NAME(number, name) lines.
$(BUILD)/names/syscall.h:
	@mkdir -p $(@D)
	$(Q)echo '#include <asm/unistd_64.h>' | $(CC) -E -dM - | \
		sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$$/NAME(\2, \1)/p' | sort -t'(' -k2n > $@

$(BUILD)/names/errno.h:
	@mkdir -p $(@D)
	$(Q)echo '#include <linux/errno.h>' | $(CC) -E -dM - | \
		sed -n 's/^#define \(E[A-Z0-9]*\) \([0-9]*\)$$/NAME(\2, \1)/p' | sort -t'(' -k2n > $@

$(BUILD)/uapi/%.h: /usr/include/%.h | $(BUILD)/uapi
	@ln -sfn $< $@

$(BUILD)/host/policy/file/read.o $(BUILD)/host/policy/file/events.o: | $(BUILD)/uapi/yaml.h
$(BUILD)/host/sandbox-cli/report/sha256.o: | $(BUILD)/uapi/sha2.h

$(BUILD)/profiles-blob.o: policy/file/profiles-blob.S policy/file/profiles.def $(wildcard policy/profiles/*.yaml)
	@mkdir -p $(@D)
	$(Q)$(CC) -I. -c -o $@ $<

$(BUILD)/libyaml.a: /usr/lib/$(shell $(CC) -print-multiarch)/libyaml.a
	@mkdir -p $(BUILD)/libyaml
	$(Q)cd $(BUILD)/libyaml && ar x $< api.o parser.o reader.o scanner.o
	$(Q)rm -f $@ && ar rcs $@ $(BUILD)/libyaml/*.o

$(BUILD)/libmd.a: /usr/lib/$(shell $(CC) -print-multiarch)/libmd.a
	@mkdir -p $(BUILD)/libmd
	$(Q)cd $(BUILD)/libmd && ar x $< sha2.o
	$(Q)rm -f $@ && ar rcs $@ $(BUILD)/libmd/sha2.o

$(BUILD)/check/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/host/hv/image-blob.o $(BUILD)/check/hv/image-blob.o: hv/image-blob.S $(BUILD)/runtime.bin
	@mkdir -p $(@D)
	$(Q)$(CC) -I. -I$(BUILD) -c -o $@ $<

$(BUILD)/guest/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -c -o $@ $<

$(BUILD)/guest/%.o: %.S
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) -c -o $@ $<

TRACE_NAMES := $(BUILD)/guest/guest-runtime/trace/names.o
$(TRACE_NAMES): $(BUILD)/names/syscall.h $(BUILD)/names/errno.h
$(TRACE_NAMES): GUEST_CFLAGS += -I$(BUILD)

SYSCALL_NAMES := $(patsubst %,$(BUILD)/%/sandbox-cli/report/syscall-names.o,host check)
$(SYSCALL_NAMES): $(BUILD)/names/syscall.h
$(SYSCALL_NAMES): HOST_CFLAGS += -I$(BUILD)

REPORT_NAMES := $(patsubst %,$(BUILD)/%/sandbox-cli/report/error-names.o,host check)
$(REPORT_NAMES): $(BUILD)/names/errno.h
$(REPORT_NAMES): HOST_CFLAGS += -I$(BUILD)

# A shared object of its own, which the image carries for programs.
$(BUILD)/vdso.so: guest-runtime/vdso/vdso.c guest-runtime/vdso/vdso.lds
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -g,$(GUEST_CFLAGS)) -MF $(BUILD)/vdso.d -shared -nostdlib -o $@ $< \
		-T guest-runtime/vdso/vdso.lds -Wl,-soname=linux-vdso.so.1,--hash-style=both \
		-Wl,--build-id=sha1,-Bsymbolic,-z,max-page-size=4096,-z,noexecstack

$(BUILD)/guest/guest-runtime/vdso/image.o: $(BUILD)/vdso.so
$(BUILD)/guest/guest-runtime/vdso/image.o: BASE += -Wa,-I$(BUILD)

$(BUILD)/runtime.lds: guest-runtime/runtime.lds.S abi/layout.h
	@mkdir -p $(@D)
	$(Q)$(CC) -E -P -x assembler-with-cpp -I. -o $@ $<

$(BUILD)/runtime.elf: $(GUEST_OBJECTS) $(BUILD)/runtime.lds guest-runtime/hot.lds
	$(Q)$(LD) -static -nostdlib -z noexecstack --no-warn-rwx-segments -T $(BUILD)/runtime.lds -o $@ \
		$(GUEST_OBJECTS)

$(BUILD)/runtime.bin: $(BUILD)/runtime.elf
	$(Q)objcopy -O binary $< $@

clean:
	rm -rf $(BUILD)

# test.mk last: it names what the others define.
include sandbox-cli/man.mk policy/man/man.mk
include $(filter-out tests/test.mk,$(wildcard tests/*.mk)) tests/test.mk

-include $(BUILD)/vdso.d $(GUEST_OBJECTS:.o=.d)
-include $(HOST_OBJECTS:.o=.d) $(HOST_OBJECTS:$(BUILD)/host/%.o=$(BUILD)/check/%.d)
