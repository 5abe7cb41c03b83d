#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The guest and hostile tests on true AMD-V: `make payload` has packed them.
exec "$(dirname "$0")/rig-amd.sh" "$(dirname "$0")/../../build/kvm/payload"
