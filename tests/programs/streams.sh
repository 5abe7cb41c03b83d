#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Standard streams, arguments, exit statuses and signals of programs in the sandbox.
# shellcheck disable=SC2016 # what both() runs expands in its own shell
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

run() { "$SANDBOX_RUN" "$@"; }

for status in 0 1 2 42 123 124 125 126 127 128 254 255; do
	run "$BUSYBOX" awk "BEGIN { exit $status }"
	is $? $status "exit status $status"
done

# Streams of each kind.
is "$(echo from a pipe | run "$BUSYBOX" cat)" "from a pipe" "stdin from a pipe"
is "$(run "$BUSYBOX" cat </etc/hosts)" "$(cat /etc/hosts)" "stdin from a file"
run "$BUSYBOX" cat </dev/null >"$tap_dir/out"
is "$?$(wc -c <"$tap_dir/out")" "00" "stdin from /dev/null, stdout to a file"
seq 1 5 >"$tap_dir/five"
is "$( (run "$BUSYBOX" head -c 2; cat) <"$tap_dir/five" | md5sum)" \
	"$( ("$BUSYBOX" head -c 2; cat) <"$tap_dir/five" | md5sum)" "the offset of a file on stdin is shared"
echo first >"$tap_dir/append"
run "$BUSYBOX" echo second >>"$tap_dir/append"
is "$(cat "$tap_dir/append")" "$(printf 'first\nsecond')" "stdout appends to a file"
is "$(run "$BUSYBOX" ls /nonexistent 2>&1 >/dev/null)" "ls: /nonexistent: No such file or directory" "stderr"
is "$(run "$BUSYBOX" seq 1 300000 | md5sum)" "$(seq 1 300000 | md5sum)" "2 MB of output through a pipe"
head -c 20000000 /dev/urandom >"$tap_dir/big"
is "$(run "$BUSYBOX" cat <"$tap_dir/big" | md5sum)" "$(md5sum <"$tap_dir/big")" "20 MB through the sandbox"

# A reader that goes away: SIGPIPE, as natively.
(run "$BUSYBOX" yes; echo $? >"$tap_dir/status") | head -1 >/dev/null
is "$(cat "$tap_dir/status")" 141 "SIGPIPE: 128 + 13"
(trap '' PIPE; run "$BUSYBOX" seq 1 100000 2>"$tap_dir/err"; echo $? >"$tap_dir/status") | head -1 >/dev/null
is "$(cat "$tap_dir/status")" "$( (trap '' PIPE; "$BUSYBOX" seq 1 100000 2>/dev/null; echo $? >"$tap_dir/native") | head -1 >/dev/null; cat "$tap_dir/native")" \
	"SIGPIPE ignored by the caller: as natively"

# Closed streams.
run "$BUSYBOX" echo x >&- 2>"$tap_dir/err"
is "$?" "$("$BUSYBOX" echo x >&- 2>/dev/null; echo $?)" "closed stdout"
run "$BUSYBOX" cat <&- 2>"$tap_dir/err"
is "$?" "$("$BUSYBOX" cat <&- 2>/dev/null; echo $?)" "closed stdin"
run "$BUSYBOX" true <&- >&- 2>&-
is $? 0 "all three closed"

# What the caller has set is the program's, with both C libraries.
both() { # NAME COMMAND-WITH-$P
	local inside native
	for P in build/tests/programs/inherit build/tests/programs/inherit-musl; do
		inside=$(P="$SANDBOX_RUN $P" timeout 60 bash -c "$2" 2>&1)
		native=$(P=$P timeout 60 bash -c "$2" 2>&1)
		is "$inside" "$native" "$1 (${P##*/})"
	done
}
both "flags of streams: files" '$P state </etc/passwd >/dev/null'
both "flags of streams: pipes" 'true | $P state 2>&1 | cat'
both "flags of streams: appending" "\$P state </dev/null 2>>$tap_dir/log; tail -n 1 $tap_dir/log"
both "flags of streams: both ways" "\$P state <>$tap_dir/log 1<>$tap_dir/five"
both "flags of streams: one terminal" "script -qec \"\$P state\" /dev/null </dev/null"
both "umask and ignored signals" 'umask 27; trap "" HUP INT PIPE USR1 CHLD; $P state </dev/null'
# Also those that a C library keeps from its own sigaction(3), as some callers leave them.
ignore='my $action = pack("Q4", 1, 0, 0, 0); for my $n (32, 33, 34, 40) { my $s = $n; syscall(13, $s, $action, 0, 8) == 0 or die } exec @ARGV'
# glibc, which is there for the sanitizers only, takes 33 for itself before main().
[ "${SANITIZED:-}" ] || is "$(perl -e "$ignore" "$SANDBOX_RUN" /bin/grep SigIgn /proc/self/status)" \
	"SigIgn:	0000008380000000" "ignored real-time signals"
both "none of them" 'umask 0; $P state </dev/null'
both "EAGAIN, data and end of input" '{ sleep 1; echo -n x; sleep 0.2; } | $P nonblocking-read'
nonblock='perl -MFcntl -e "fcntl(STDIN, F_SETFL, O_NONBLOCK) || die; exec @ARGV"'
both "flags of streams: not blocking" "true | $nonblock \$P state 2>&1 | cat"
both "waiting though the caller's input does not block" \
	"{ sleep 1; echo -n x; sleep 0.2; } | $nonblock \$P nonblocking-read"
both "EAGAIN of a full pipe" '{ $P nonblocking-write 2>&1 >&3 3>&- | cat >&2; } 3>&1 | { sleep 1; wc -c; }'
both "writev of 1024 segments" '$P many-segments | md5sum'
both "reading and writing the wrong way" '$P wrong-way </etc/passwd >/dev/null'
both "EPIPE and SIGPIPE" '$P broken-pipe | true; echo ${PIPESTATUS[0]}'

# Hello, with both C libraries.
for hello in hello hello-musl; do
	same "$hello" "$PWD/build/tests/programs/$hello"
	same "$hello with arguments" "$PWD/build/tests/programs/$hello" '' 'a b' ünï
	same "$hello: much output" "$PWD/build/tests/programs/$hello" lines 200000
done

# Arguments.
is "$(run "$BUSYBOX" printf '[%s]' '' 'a b' $'new\nline' '*' 'ünï' "$(printf '\377')" | od -c)" \
	"$("$BUSYBOX" printf '[%s]' '' 'a b' $'new\nline' '*' 'ünï' "$(printf '\377')" | od -c)" "odd arguments"
# shellcheck disable=SC2046,SC2005 # the arguments are what is tested
is "$(run "$BUSYBOX" echo $(seq 1 20000) | md5sum)" "$(echo $(seq 1 20000) | md5sum)" "100 kB of arguments"

# Terminals: script(1) gives a pty.
tty_inside=$(script -qec "$SANDBOX_RUN $BUSYBOX tty" /dev/null </dev/null | tr -d '\r')
case $tty_inside in /dev/*) ok 0 "stdin is a terminal" ;; *) ok 1 "stdin is a terminal: $tty_inside" ;; esac
is "$(script -qec "$SANDBOX_RUN $BUSYBOX test -t 1; echo \$?" /dev/null </dev/null | tr -d '\r')" 0 "stdout is a terminal"
is "$(script -qec "stty cols 97 rows 31; $SANDBOX_RUN $BUSYBOX stty size" /dev/null </dev/null | tr -d '\r')" \
	"31 97" "the terminal's size"
run "$BUSYBOX" test -t 0 </dev/null
is $? 1 "/dev/null is no terminal"
done_testing
