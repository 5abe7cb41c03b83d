#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Does a rig ever pass what did not pass? Feeds verdict() of rig-common.sh the
# streams a machine can leave behind; boots nothing. Prints TAP.

rig="verdict-test"
vendor=none
. "$(dirname "$0")/rig-common.sh"

stream=$(mktemp)
trap 'rm -f "$stream"' EXIT
n=0

# expect VERDICT STREAM: an empty verdict is a pass.
expect() {
	local seen
	n=$((n + 1))
	printf '%b' "$2" >"$stream"
	seen=$(verdict "$stream")
	if [ "$seen" = "$1" ]; then
		echo "ok $n - ${1:-passed}"
	else
		echo "not ok $n - ${1:-passed}"
		echo "# got: $seen"
	fi
}

begin='@rig begin\r\n'
end='\n@rig exit 0\r\n'

echo 1..17
expect "" "${begin}1..2\r\nok 1 - a\r\nok 2 - b$end"
expect "" "${begin}ok 1 - plan at the end\nok 2 # SKIP why\n1..2$end"
expect "the machine ended before its tests began" ""
expect "the machine ended before its tests began" "1..1\nok 1$end"
expect "KVM did not load inside: insmod: no" "@rig no-kvm insmod: no\r\n"
expect "the machine ended before its tests did, after 1" "${begin}1..1\nok 1\n"
expect "the tests bailed out" "${begin}1..1\nok 1\nBail out! why$end"
expect "0 plans in the TAP instead of one" "${begin}ok 1$end"
expect "0 plans in the TAP instead of one" "$begin$end"
expect "2 plans in the TAP instead of one" "${begin}1..1\nok 1\n1..1$end"
expect "planned 2 tests, saw 1" "${begin}1..2\nok 1$end"
expect "planned 1 tests, saw 2" "${begin}1..1\nok 1\nok 2$end"
expect "the tests are not numbered in order" "${begin}1..2\nok 1\nok 1$end"
expect "1 of 2 tests failed" "${begin}1..2\nok 1\nnot ok 2 - b$end"
expect "every test was skipped" "${begin}1..1\nok 1 # SKIP why$end"
expect "every test was skipped" "${begin}1..0 # SKIP why$end"
expect "run-tests exited with 3" "${begin}1..1\nok 1\n@rig exit 3\n"
