# SPDX-License-Identifier: Apache-2.0
# The manual page: sandbox-run.1.in with the options of options.def.

$(BUILD)/sandbox-run.1: sandbox-cli/man-options.awk sandbox-cli/options.def sandbox-cli/sandbox-run.1.in
	@mkdir -p $(@D)
	$(Q)awk -f $^ > $@.new && mv $@.new $@
