#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Limits, the clock and the randomness of a policy, as programs meet them. TAP on stdout.
#   limits.sh    SANDBOX_RUN: the executable
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/tap.sh
. tests/tap.sh

policy=$tap_dir/policy.yaml
work=$tap_dir/work
mkdir "$work"

# inside OPTION...: what the shell says to the script on stdin, and its status
inside() {
	timeout 60 "$SANDBOX_RUN" -q --rw "$work:/work" -C /work "$@" -- "$BUSYBOX" sh /dev/stdin 2>&1
	echo "status $?"
}

is "$(inside --cpu-time 300ms <<'EOS'
while :; do :; done
EOS
)" "status 124" "CPU time that is used up ends the run"

is "$(inside --cpu-time 300ms <<'EOS'
trap 'echo asked; exit 3' TERM
while :; do :; done
EOS
)" "asked
status 124" "it is asked to end first"

is "$(inside --cpu-time 300ms <<'EOS'
sleep 1
echo slept
EOS
)" "slept
status 0" "time that passes is no CPU time"

is "$("$SANDBOX_RUN" --cpu-time 100ms -- "$BUSYBOX" sh -c 'while :; do :; done' 2>&1 |
	tail -n 1)" \
	"sandbox-run: $BUSYBOX was ended: it used more than 0.1s of CPU time" "and says why"

is "$(inside --file-size 64KiB <<'EOS'
trap 'echo SIGXFSZ' XFSZ
ulimit -f
dd if=/dev/zero of=one bs=1024 count=100 2>/dev/null
stat -c %s one
dd if=/dev/zero of=/tmp/two bs=1024 count=100 2>/dev/null
stat -c %s /tmp/two
EOS
)" "$(printf '128\n65536\n65536\nstatus 0')" "no file gets longer than --file-size"

rm -f "$work"/*
is "$(inside --disk 1MiB <<'EOS'
dd if=/dev/zero of=one bs=4096 count=200 2>/dev/null; echo $?
dd if=/dev/zero of=two bs=4096 count=200 2>&1 | grep -o 'quota exceeded'
rm one two
head -c 9000 /dev/zero 2>/dev/null >three || echo full
dd if=/dev/zero of=/tmp/two bs=4096 count=300 2>&1 | grep -o 'No space left on device'
rm /tmp/two
dd if=/dev/zero of=/tmp/two bs=4096 count=200 2>/dev/null; echo $?
EOS
)" "$(printf '0\nquota exceeded\nfull\nNo space left on device\n0\nstatus 0')" \
	"--disk bounds what is written for good, and what is in memory"
is "$(du -sk "$work" | awk '{ print ($1 <= 1100) }')" 1 "on the host, too"

rm -f "$work"/*
is "$(inside --disk 1MiB <<'EOS'
i=0
while touch f$i 2>/dev/null; do i=$((i + 1)); done
echo $((i < 300))
EOS
)" "1
status 0" "empty files count"

cat >"$policy" <<EOF2
version: 1
extends: builtin:base
filesystem: { tmpfs: [/tmp] }
guest: { clock: 2020-02-29T12:00:00Z, random: 42 }
EOF2
is "$(inside -p "$policy" <<'EOS'
date -u '+%F %H'
echo > /tmp/new; date -u -r /tmp/new '+%F %H'
EOS
)" "$(printf '2020-02-29 12\n2020-02-29 12\nstatus 0')" "the clock starts where the policy says"

random() {
	inside "$@" <<'EOS'
cat /proc/sys/kernel/random/uuid
head -c 32 /dev/urandom | md5sum
cat /proc/self/maps | tail -n 3
mktemp -u
EOS
}
first=$(random -p "$policy")
is "$(random -p "$policy")" "$first" "and two runs have the same random numbers"
sed -i s/42/43/ "$policy"
[ "$(random -p "$policy")" != "$first" ]
ok $? "another seed gives others"
[ "$(random)" != "$(random)" ]
ok $? "and none is none"

cat >"$policy" <<EOF2
version: 1
extends: builtin:empty
EOF2
is "$(timeout 20 "$SANDBOX_RUN" -q -p "$policy" --ro "$BUSYBOX" --ro tests/tap.sh:/file -- \
	"$BUSYBOX" sh -c "$BUSYBOX md5sum </file; $BUSYBOX stat -c '%s %F' /file; $BUSYBOX cat /none" 2>&1)" \
	"$(md5sum <tests/tap.sh; stat -c '%s %F' tests/tap.sh
	echo "cat: can't open '/none': No such file or directory")" \
	"single files are read by a monitor that can open none"

done_testing
