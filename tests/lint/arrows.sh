#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The arrows between the folders: which folder may include headers of which (names/ is made from the
# kernel's headers). Also: guest memory is reached in one file of hv/ only (I2), and no file grows past
# 500 lines.
cd "$(dirname "$0")/../.." || exit 1
status=0

# check FOLDER ALLOWED-REGEX: every quoted include of FOLDER's files must match.
check() {
	bad=$(grep -rnE '^[[:space:]]*#[[:space:]]*include "' "$1" --include='*.[chS]' | grep -vE "include \"($2)")
	if [ -n "$bad" ]; then
		echo "lint: $1/ may not include:"
		echo "$bad"
		status=1
	fi
}

check abi 'abi/'
check common 'common/'
check guest-runtime '(abi|guest-runtime|names)/'
check hv '(abi|common|hv)/|policy/policy\.h'
check policy '(common|policy)/|abi/hypercalls\.h'
check sandbox-cli '(common|sandbox-cli|names)/|policy/(policy|file/rules|judge/(decide|print|never|compare))\.h|hv/(hv|requirements|memory|account)\.h|hv/jail/|abi/'

# I2: only memory.c knows where guest memory lies in the host.
reached=$(grep -nE 'gm(\.|->)(image|ram|window)\>' hv/*.c hv/jail/*.c | grep -v '^hv/memory\.c:')
if [ -n "$reached" ]; then
	echo "lint: guest memory is reached past gm_range():"
	echo "$reached"
	status=1
fi

long=$(find abi common hv policy sandbox-cli guest-runtime tests \( -name '*.[chS]' -o -name '*.sh' \) -exec wc -l {} + |
	awk '$2 != "total" && $1 > 500')
if [ -n "$long" ]; then
	echo "lint: over 500 lines:"
	echo "$long"
	status=1
fi
exit $status
