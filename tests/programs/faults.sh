#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs that break: each end has its status and, where it is ours to say, its words.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

faults=build/tests/programs/faults
for case in segv:139 ill:132 fpe:136 bus:135 abort:134 trap:133 null-call:139 write-text:139 stack:139 kill:137 \
	privileged:139 noncanonical:139 execute-data:139; do
	"$SANDBOX_RUN" $faults "${case%:*}" 2>"$tap_dir/err"
	is "$?" "${case#*:}" "${case%:*}: status ${case#*:}"
	natively "$faults" "${case%:*}" 2>/dev/null
	is "$?" "${case#*:}" "${case%:*}: the same natively"
done

"$SANDBOX_RUN" --timeout 300ms $faults spin 2>"$tap_dir/err"
is "$?" 124 "--timeout ends an endless loop"
is "$(cat "$tap_dir/err")" "sandbox-run: $faults was ended: it ran longer than 0.3s" "--timeout says so"
"$SANDBOX_RUN" --timeout 300ms $faults syscalls 2>/dev/null
is "$?" 124 "--timeout ends an endless loop of system calls"
"$SANDBOX_RUN" --timeout 300ms "$BUSYBOX" sleep 100 2>/dev/null
is "$?" 124 "--timeout ends a sleep"
"$SANDBOX_RUN" --timeout 60s "$BUSYBOX" true
is "$?" 0 "--timeout that is not reached"

"$SANDBOX_RUN" -m 32MiB build/tests/programs/big-bss 2>"$tap_dir/err"
status=$?
[ $status -ne 0 ] && grep -q '^sandbox-run: error: .*memory' "$tap_dir/err"
ok $? "a program too big for its memory is told so ($status: $(head -1 "$tap_dir/err"))"
"$SANDBOX_RUN" -m 512MiB build/tests/programs/big-bss
is $? 0 "the same program with enough memory"
is "$("$SANDBOX_RUN" $faults ask)" "$($faults ask)" "one request for more than all memory is refused"
for hog in hog hog-in-kernel; do
	"$SANDBOX_RUN" -m 64MiB $faults $hog >"$tap_dir/out" 2>"$tap_dir/err"
	is "$?" 137 "$hog: killed when memory runs out"
	is "$(cat "$tap_dir/err")" "sandbox-run: error: $faults: needs more memory than 64MiB
sandbox-run: hint: give it more: --memory 128MiB" "$hog: told so"
done

"$SANDBOX_RUN" $faults panic 2>"$tap_dir/err"
is "$?" 125 "a broken runtime is 125"
grep -q '^sandbox-run: error: the guest runtime' "$tap_dir/err" && grep -q '^sandbox-run: hint: .*bug' "$tap_dir/err"
ok $? "and named as our bug"
! grep -qi 'rip' "$tap_dir/err"
ok $? "without registers"
"$SANDBOX_RUN" -v $faults panic 2>"$tap_dir/err"
grep -qi 'rip' "$tap_dir/err"
ok $? "with registers under -v"
done_testing
