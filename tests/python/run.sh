#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# CPython's own tests (Debian's libpython3.11-testsuite), module by module: each test must end inside as it
# does natively. modules.txt lists them; differences.txt has the tests that cannot, each with its reason, and
# one that is no difference any more fails, so that the list stays true.
#   run.sh [LIST]
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

python=/usr/bin/python3.11
outcomes=$(realpath tests/python/outcomes.py)

list=${1:-tests/python/modules.txt}

# With as many descriptors as there are inside.
natively_in() { # DIRECTORY MODULE
	# shellcheck disable=SC3045
	(ulimit -n 1024 && cd / && env -i TMPDIR="$1" timeout 600 $python "$outcomes" "$2" </dev/null >"$tap_dir/native" 2>"$tap_dir/native.err")
}

if ! [ -e /usr/lib/python3.11/test/test_bool.py ]; then
	echo "Bail out! no /usr/lib/python3.11/test: make deps-test installs libpython3.11-testsuite"
	exit 1
fi
while read -r module; do
	case $module in '' | '#'*) continue ;; esac
	mkdir -p "$tap_dir/tmp"
	natively_in "$tap_dir/tmp" "$module" &
	timeout 600 "$SANDBOX_RUN" -m 1GiB --ro "$outcomes" $python "$outcomes" "$module" </dev/null \
		>"$tap_dir/inside" 2>"$tap_dir/inside.err"
	wait
	rm -rf "$tap_dir/tmp"
	diff "$tap_dir/native" "$tap_dir/inside" | sed -n 's/^[<>] \([^ ]*\) .*/\1/p' | sort -u >"$tap_dir/differ"
	sed -n "s/^\(test\.$module\.[^ ]*\) .*/\1/p" tests/python/differences.txt | sort -u >"$tap_dir/explained"
	if [ -s "$tap_dir/inside" ] && cmp -s "$tap_dir/differ" "$tap_dir/explained"; then
		ok 0 "$module: $(wc -l <"$tap_dir/inside") tests"
	else
		ok 1 "$module"
		diff "$tap_dir/explained" "$tap_dir/differ" | head -20 | sed 's/^/#   /'
		head -3 "$tap_dir/inside.err" | sed 's/^/#   stderr: /'
	fi
done <"$list"
done_testing
