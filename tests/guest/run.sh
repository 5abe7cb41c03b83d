#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs each guest test program (tests/guest/*/*.c, built static) natively and in the sandbox: the
# output and exit status must be the same. usage: run.sh DIRECTORY-OF-BINARIES
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# One that hangs, there or here, is a failure, not the end of all tests.
tap_limit=120
SANDBOX_FLAGS='-t 120s'

for program in "${1:-build/tests/guest}"/*/*; do
	case $program in *.d | *.o) continue ;; esac
	[ -x "$program" ] || continue
	same "${program#"${1:-build/tests/guest}"/}" "$(realpath "$program")"
done
done_testing
