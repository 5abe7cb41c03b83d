# SPDX-License-Identifier: Apache-2.0
# The payload of both rigs (tests/kvm/): the product, programs for it, the hostile driver, and the script that
# runs them.

PAYLOAD      := $(BUILD)/kvm/payload
RIG_PROGRAMS := $(addprefix $(BUILD)/tests/programs/,faults big-bss hello hello-musl truncated)
# Debian's, dynamically linked: with their libraries and loader, where Debian has them.
RIG_DYNAMIC  := bash cat env perl

.PHONY: payload
payload: all guest-programs adversarial-tests
	rm -rf $(PAYLOAD)
	mkdir -p $(PAYLOAD)/t/guest $(PAYLOAD)/etc $(addprefix $(PAYLOAD)/usr/,bin lib lib64)
	for name in bin lib lib64; do ln -s usr/$$name $(PAYLOAD)/$$name; done
	for program in $(addprefix /usr/bin/,$(RIG_DYNAMIC)); do \
		cp $$program $(PAYLOAD)$$program; \
		for library in $$(ldd $$program | grep -o ' */lib[^ ]*'); do \
			mkdir -p $(PAYLOAD)$${library%/*}; \
			cp -L $$library $(PAYLOAD)$$library; \
		done; \
	done
	cp tests/kvm/run-tests $(PAYLOAD)/run-tests
	cp $(BUILD)/sandbox-run $(PAYLOAD)/bin/
	cp /bin/busybox $(PAYLOAD)/bin/busybox
	cp $(RIG_PROGRAMS) $(BUILD)/tests/adversarial/hostile $(PAYLOAD)/t/
	for program in $(filter $(BUILD)/tests/guest/%,$(GUEST_PROGRAMS)); do \
		install -s $$program $(PAYLOAD)/t/guest/$$(basename $$(dirname $$program))-$$(basename $$program); done
