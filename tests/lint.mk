# SPDX-License-Identifier: Apache-2.0
# make lint: formatting, clang-tidy, cppcheck, shellcheck, and the rules of tests/lint/.

LINT_C := $(HOST_SOURCES) $(wildcard policy/man/*.c guest-runtime/*.c guest-runtime/*/*.c)
LINT_H := $(wildcard abi/*.h common/*.h hv/*.h hv/jail/*.h policy/*.h policy/*/*.h sandbox-cli/*.h sandbox-cli/*/*.h guest-runtime/*/*.h)
LINT_TESTS := $(wildcard tests/*/*.c tests/*/*/*.c)
LINT_FORMAT := $(LINT_C) $(LINT_H) $(LINT_TESTS) $(wildcard tests/*/*.h tests/*/*/*.h)

.PHONY: lint lint-security lint-format lint-comments lint-tidy lint-cppcheck lint-shell lint-arrows lint-headers format
lint: lint-format lint-comments lint-arrows lint-security lint-headers lint-shell lint-cppcheck lint-tidy

lint-format:
	$(Q)clang-format-14 --dry-run -Werror $(LINT_FORMAT)

format:
	clang-format-14 -i $(LINT_FORMAT)

# clang-format leaves comments as they are.
lint-comments:
	@! awk '/^\t*(\/\*| \*)/ && !/NOLINT/ { gsub(/\t/, "        "); if (length > 100) \
		print FILENAME ":" FNR ": a comment wider than 100 columns" }' $(LINT_FORMAT) | grep .

lint-arrows:
	tests/lint/arrows.sh

lint-security:
	tests/lint/security.sh

# Each header compiles alone.
lint-headers:
	@for header in $(LINT_H); do \
		$(CC) $(filter-out -MMD -MP,$(BASE)) -ffreestanding -fsyntax-only -x c $$header || exit 1; done

lint-shell:
	shellcheck -x -P SCRIPTDIR -e SC1091 $$(grep -rlE '^(#!/bin/(ba)?sh|# shellcheck shell=)' .ci tests)

lint-cppcheck:
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --suppressions-list=tests/lint/cppcheck.txt \
		--enable=warning,performance,portability -I. -D__x86_64__ -D__cppcheck__ \
		common hv policy sandbox-cli guest-runtime

LINT_TIDY := $(patsubst %,$(BUILD)/lint/%.tidy,$(LINT_C) $(LINT_TESTS))
lint-tidy:
	@$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc)) $(LINT_TIDY)

# A third of the paths that are followed in a function by default, in a third of the time.
LINT_PATHS := -Xclang -analyzer-config -Xclang max-nodes=75000

# One stamp a file: a second run looks only at what changed.
$(BUILD)/lint/%.tidy: % .clang-tidy tests/.clang-tidy | $(BUILD)/names/syscall.h $(BUILD)/names/errno.h
	@echo "  TIDY $<"
	@mkdir -p $(@D)
	$(Q)clang-tidy-14 --quiet --warnings-as-errors='*' $< -- -std=gnu11 -D_GNU_SOURCE -I. -I$(BUILD) $(LINT_PATHS) \
		$(if $(filter guest-runtime/%,$<),-ffreestanding) 2>$@.err || { cat $@.err; rm -f $@.err; exit 1; }
	@rm -f $@.err
	@$(CC) -std=gnu11 -D_GNU_SOURCE -I. -I$(BUILD) -MM -MP -MT $@ -MF $@.d $<
	@touch $@

-include $(LINT_TIDY:=.d)
