# SPDX-License-Identifier: Apache-2.0
# sandbox-policy(5): its frame, the keys of policy/file/schema.c, and a shipped policy as the example.

POLICY_MAN_KEYS := $(BUILD)/policy-man-keys

$(POLICY_MAN_KEYS): policy/man/keys.c policy/file/schema.c $(wildcard policy/*.h policy/file/*.h)
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(BASE)) -O1 -o $@ policy/man/keys.c policy/file/schema.c

$(BUILD)/sandbox-policy.5: policy/man/sandbox-policy.5.in $(POLICY_MAN_KEYS) policy/profiles/ci-build.yaml
	$(Q)$(POLICY_MAN_KEYS) >$@.keys && $(POLICY_MAN_KEYS) host >$@.host
	$(Q)sed 's/\\/\\e/g; s/-/\\-/g; s/^\./\\\&./' policy/profiles/ci-build.yaml >$@.example
	$(Q)sed -e '/^@KEYS@$$/{r $@.keys' -e 'd}' -e '/^@HOST@$$/{r $@.host' -e 'd}' -e '/^@EXAMPLE@$$/{r $@.example' \
		-e 'd}' -e 's,@PREFIX@,$(PREFIX),' $< >$@.new && mv $@.new $@
