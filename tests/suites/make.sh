#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# GNU make's own tests of the installed make: how many of each script's pass and what is said of the others.
#   make.sh [TEST...]    (features/jobserver...; default: all)
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/suites/suite.sh

prepare() {
	printf '%%CONFIG_FLAGS = (CC => "gcc", CFLAGS => "-O1", AR => "ar", USE_SYSTEM_GLOB => "no");\n1;\n' \
		>tests/config-flags.pm
}

source_of make
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(cd "$tree/tests/scripts" && printf '%s\n' [a-z]*/* | grep -v '^vms/')
for test; do
	rm -rf "${tree:?}/tests/work"
	both "$tree/tests" /usr/bin/perl run_make_tests.pl -make /usr/bin/make -srcdir "$tree" "$test"
	# The banner has the machine's name.
	sed -i '1,/^Making work dirs/d' "$tap_dir/native" "$tap_dir/inside"
	verdict make "$test"
done
done_testing
