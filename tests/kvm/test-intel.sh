#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The guest and hostile tests on true VT-x: `make payload` has packed them.
exec "$(dirname "$0")/rig-intel.sh" "$(dirname "$0")/../../build/kvm/payload"
