# SPDX-License-Identifier: Apache-2.0
# The payload of both rigs (tests/kvm/): the product, programs for it, the hostile driver, and the script that
# runs them.

PAYLOAD      := $(BUILD)/kvm/payload
RIG_PROGRAMS := $(addprefix $(BUILD)/tests/programs/,faults big-bss hello hello-musl truncated)

.PHONY: payload
payload: all guest-programs adversarial-tests
	rm -rf $(PAYLOAD)
	mkdir -p $(PAYLOAD)/bin $(PAYLOAD)/t/guest $(PAYLOAD)/etc
	cp tests/kvm/run-tests $(PAYLOAD)/run-tests
	cp $(BUILD)/sandbox-run $(PAYLOAD)/bin/
	cp /bin/busybox $(PAYLOAD)/bin/busybox
	cp $(RIG_PROGRAMS) $(BUILD)/tests/adversarial/hostile $(PAYLOAD)/t/
	for program in $(filter-out %.d,$(filter $(BUILD)/tests/guest/%,$(GUEST_PROGRAMS))); do \
		cp $$program $(PAYLOAD)/t/guest/$$(basename $$(dirname $$program))-$$(basename $$program); done
