#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bash's own tests: what each script prints and how that differs from what is right, natively and inside.
#   bash.sh [TEST...]    (run-trap, run-jobs...; default: all)
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/suites/suite.sh

# Four small programs that the scripts call are built; what is tested is the installed bash.
prepare() {
	: >config.h
	for program in recho zecho printenv xcase; do
		gcc -w -I. -DHAVE_STDLIB_H -DHAVE_STRING_H -DHAVE_UNISTD_H -include locale.h -o "tests/$program" "support/$program.c" || return
	done
}

source_of bash
cat >"$tree/tests/one.sh" <<'END'
export THIS_SH=/bin/bash BUILD_DIR=.. BASH_TSTOUT=$TMPDIR/bashtst PATH=.:$PATH
export -n SHELLOPTS
exec sh "$1" 2>&1
END
cp "$tree/tests/one.sh" "$tree.copy/tests/" 2>/dev/null
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(cd "$tree/tests" && printf '%s\n' run-* | grep -vx -e run-all -e run-minimal -e run-gprof)
for test; do
	mkdir -p "$tree/tmp"
	both "$tree/tests" env TMPDIR="$tree/tmp" /bin/bash one.sh "$test"
	rm -rf "${tree:?}/tmp"
	sed -i 's/process group ([0-9]*)/process group (N)/' "$tap_dir/native" "$tap_dir/inside"
	verdict bash "$test"
done
done_testing
