#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the policy refused is said: the summary, the audit log, the status stream; and on-deny: kill.
. tests/tap.sh

# Not in /tmp, which is a private directory inside.
T=$(mktemp -d /var/tmp/denials.XXXXXX) || exit 1
# shellcheck disable=SC2154 # tap.sh's
trap 'rm -rf "${tap_dir:?}" "${T:?}"' EXIT
mkdir "$T/open" "$T/secret"
echo data >"$T/open/file"
echo key >"$T/secret/key"
HOME=/nonexistent
export HOME

# summary OPTIONS... COMMAND: the lines about denials, with one space between their columns.
summary() {
	"$SANDBOX_RUN" "$@" 2>&1 >/dev/null </dev/null | grep -a '^sandbox-run: \|^  ' | tr -s ' '
}

name=$BUSYBOX
is "$(summary "$name" cat "$T/open/file")" \
	"sandbox-run: $name exited 1; policy default denied 1 thing:
 read $T/open/file x1 no rule --ro $T/open/file" 'a file that no rule shows'
is "$(summary "$name" cat "$T/no such file" /etc/none)" '' 'what does not exist is not denied'
is "$(summary "$name" sh -c "cat $T/open/file; true")" '' 'a success has no summary'
is "$(summary --report always "$name" sh -c "cat $T/open/file; true")" \
	"sandbox-run: $name exited 0; policy default denied 1 thing:
 read $T/open/file x1 no rule --ro $T/open/file" 'but always has'
is "$(summary --report never "$name" cat "$T/open/file")" '' 'never'
is "$(summary -q "$name" cat "$T/open/file")" '' 'quiet'
is "$(summary --ro "$T" --deny "$T/secret" "$name" cat "$T/secret/key")" \
	"sandbox-run: $name exited 1; policy default denied 1 thing:
 read $T/secret/key x1 --deny (denied by rule)" 'a rule that denies it: no suggestion'
is "$(summary --ro "$T" "$name" sh -c "for i in 1 2 3; do (: >>$T/open/file); done; (echo >$T/open/new); exit 3")" \
	"sandbox-run: $name exited 3; policy default denied 2 things:
 write $T/open/file x3 --ro --rw $T/open/file
 create $T/open/new x1 --ro --rw $T/open" 'the most frequent first, with counts'
is "$(summary --ro "$T" "$name" rm "$T/open/file" "$T/secret/key")" \
	"sandbox-run: $name exited 1; policy default denied 2 things:
 delete $T/open/file x1 --ro --rw $T/open
 delete $T/secret/key x1 --ro --rw $T/secret" 'deleting'
is "$(summary "$name" sh -c "exec $T/open/file")" \
	"sandbox-run: $name exited 127; policy default denied 1 thing:
 exec $T/open/file x1 no rule --ro $T/open/file" 'executing'
printf x >"$T/it has spaces"
printf x >"$T/it's quoted"
printf x >"$T/$(printf 'es\033[31mcape')"
is "$(summary "$name" cat "$T/it has spaces" | tail -1)" \
	" read $T/it has spaces x1 no rule --ro '$T/it has spaces'" 'a name with spaces can be pasted'
is "$(summary "$name" cat "$T/it's quoted" | tail -1)" \
	" read $T/it's quoted x1 no rule" 'one with a quote is not suggested'
is "$(summary "$name" cat "$T/$(printf 'es\033[31mcape')" | tail -1)" \
	" read $T/es\\x1b[31mcape x1 no rule" 'and none that a terminal would obey'
# shellcheck disable=SC2016 # the inner shell's
is "$(summary "$name" sh -c 'i=0; while [ $i -lt 30 ]; do mkdir /new$i; i=$((i+1)); done; exit 1' | wc -l)" 11 \
	'ten lines at most'
is "$(summary --open-files 16 /usr/bin/python3 -I -c 'import os
while 1: os.dup(0)' | tail -1)" " limit open-files x1 limit reached --open-files 32" 'a limit'
is "$(summary /usr/bin/python3 -I -c 'import socket
s = socket.socket()
try: s.connect(("192.0.2.7", 443))
except PermissionError: exit(9)')" "sandbox-run: /usr/bin/python3 exited 9; policy default denied 1 thing:
 connect 192.0.2.7:443 x1 no rule" 'connect'
is "$(summary /usr/bin/python3 -I -c 'import socket
try: socket.socket(socket.AF_INET6).bind(("2001:db8::1", 80))
except PermissionError: exit(9)')" "sandbox-run: /usr/bin/python3 exited 9; policy default denied 1 thing:
 listen [2001:db8:0:0:0:0:0:1]:80 x1 no rule" 'bind'
is "$(summary /usr/bin/python3 -I -c 'import socket
socket.getaddrinfo("packages.example.org", 443)' | grep -c 'resolve packages.example.org x[0-9]* no rule$')" 1 \
	'a lookup of a name'
is "$(summary /usr/bin/python3 -I -c 'import ctypes
exit(ctypes.CDLL(None).mount(b"a", b"/tmp", b"b", 0, 0) == -1 and 7)' | tail -1)" \
	" syscall mount x1 always refused" 'a call that is refused to all'
is "$(summary /usr/bin/python3 -I -c 'import ctypes
ctypes.CDLL(None).syscall(425, 1, 0); ctypes.CDLL(None).syscall(999); exit(1)')" \
	'sandbox-run: not implemented: io_uring_setup (x1, returned ENOSYS), system call 999 (x1, returned ENOSYS)' \
	'calls that are not there'

# The log.
audit() {
	rm -f "$tap_dir/log"
	"$SANDBOX_RUN" --audit "$tap_dir/log" "$@" >/dev/null 2>&1 </dev/null
	jq -c '[.verdict, .op, .object, .rule, .errno, .exe, .n]' "$tap_dir/log" | sort
}
is "$(audit "$name" sh -c "cat $T/open/file; cat $T/open/file; cat /etc/none; (: >/usr/x); true")" \
	"[\"deny\",\"create\",\"/usr/x\",\"builtin:base\",\"EROFS\",\"/usr/bin/busybox\",1]
[\"deny\",\"read\",\"/etc/none\",\"none\",\"ENOENT\",\"/usr/bin/busybox\",1]
[\"deny\",\"read\",\"$T/open/file\",\"none\",\"ENOENT\",\"/usr/bin/busybox\",2]" 'the audit log'
is "$(jq -r '"\(.v) \(.policy) \(.t | test("^20..-..-..T..:..:..\\....Z$")) \(.run | length) \(.pid > 0)"' "$tap_dir/log" | sort -u)" \
	'1 default true 8 true' 'each line says when and where'
is "$("$SANDBOX_RUN" --audit "$tap_dir/log" --ro "$T" "$name" cat "$T/secret/none" 2>/dev/null; jq -s length "$tap_dir/log")" 3 \
	'what the policy shows and is not there is no denial; the log is appended to'
is "$(audit --audit-all --ro "$T" --rw "$T/open" "$name" sh -c "cat $T/secret/key; echo x >$T/open/n; rm $T/open/n" |
	grep -v '/lib\|/etc/ld\|exec')" \
	"[\"allow\",\"create\",\"$T/open/n\",\"--rw\",\"\",\"/usr/bin/busybox\",1]
[\"allow\",\"delete\",\"$T/open/n\",\"--rw\",\"\",\"/usr/bin/busybox\",1]
[\"allow\",\"read\",\"$T/secret/key\",\"--ro\",\"\",\"/usr/bin/busybox\",1]" 'with all acts'
is "$(audit -t 500ms "$name" sh -c "cat $T/open/file; while :; do :; done" | tail -1)" \
	"[\"deny\",\"read\",\"$T/open/file\",\"none\",\"ENOENT\",\"/usr/bin/busybox\",1]" 'after the time limit, too'
"$SANDBOX_RUN" --rw "$T/open" --audit "$T/open/log" "$name" true 2>"$tap_dir/err"
is "$? $(cat "$tap_dir/err")" "125 sandbox-run: error: --audit $T/open/log: lies under --rw $T/open and COMMAND could change it
sandbox-run: hint: write it to a place that COMMAND cannot write to" 'not where COMMAND can write'
"$SANDBOX_RUN" --report never --audit /dev/full "$name" cat "$T/open/file" >"$tap_dir/out" 2>"$tap_dir/err"
is "$? $(tail -1 "$tap_dir/err")" '1 sandbox-run: --audit /dev/full: not all was written: No space left on device' \
	'a log that is not complete is said to be so'

# The status stream.
status() {
	"$SANDBOX_RUN" --status-fd 7 "$@" 7>"$tap_dir/status" 2>&1 </dev/null | cat >/dev/null
	jq -c 'if .event == "exited" then [.event, .by, .status, .signal, .denied, (.wall_ms < 60000), (.max_rss_kib > 100)]
		else [.event, .op, .object, (.pid // 2) > 1] end' "$tap_dir/status"
}
is "$(status "$name" sh -c "cat $T/open/file $T/secret/key;  (: >/new); exit 3")" \
	"[\"started\",null,null,true]
[\"denied\",\"read\",\"$T/open/file\",true]
[\"denied\",\"create\",\"/new\",true]
[\"exited\",\"command\",3,null,3,true,true]" 'the status stream'
# shellcheck disable=SC2016 # the inner shell's
is "$(status "$name" sh -c 'kill -9 $$' | tail -1)" '["exited","signal",137,9,0,true,true]' 'killed by a signal'
is "$(status -t 200ms "$name" sleep 9 | tail -1)" '["exited","timeout",124,null,1,true,true]' 'out of time'
is "$(status --cpu-time 200ms "$name" sh -c 'while :; do :; done' | tail -2 | head -1)" \
	'["denied","limit","cpu-time",true]' 'out of CPU time, by its own name'
is "$(status /nosuch | tail -1)" '["exited","sandbox",127,null,0,true,false]' 'not started'
is "$(status "$name" sh -c 'exit 125' | tail -1)" '["exited","command",125,null,0,true,true]' 'the status 125 of COMMAND'
is "$(status --output 1KiB "$name" seq 9999 | tail -1)" '["exited","policy",153,null,1,true,true]' 'a limit of the policy'
is "$("$SANDBOX_RUN" --status-fd 9 "$name" true 2>&1)" "sandbox-run: error: --status-fd 9: Bad file descriptor
sandbox-run: hint: open it: sandbox-run --status-fd 9 ... 9>FILE" 'a descriptor that is not open'
is "$("$SANDBOX_RUN" --status-fd 8 "$name" sh -c 'ls /proc/self/fd; echo x >&8' 8>"$tap_dir/status" 2>/dev/null | tr '\n' ' ')" \
	'0 1 2 3 ' 'COMMAND does not have it'

# on-deny: kill
cat >"$tap_dir/kill.yaml" <<'EOF'
version: 1
name: strict
extends: builtin:base
report: { on-deny: kill }
EOF
is "$(summary -p "$tap_dir/kill.yaml" "$name" sh -c 'cat /etc/none; : >/usr/x; echo not here')" \
	"sandbox-run: $name was killed for a forbidden act; policy strict denied 1 thing:
 create /usr/x x1 builtin:base read
sandbox-run: error: $name: killed for a forbidden act" 'a forbidden act kills'
"$SANDBOX_RUN" -p "$tap_dir/kill.yaml" --report never "$name" sh -c ': >/usr/x; echo not here' >"$tap_dir/out" 2>/dev/null
is "$? $(cat "$tap_dir/out")" '159 ' 'with its status, also when nobody reads notes'
"$SANDBOX_RUN" -p "$tap_dir/kill.yaml" "$name" sh -c 'cat /etc/none; echo here' >"$tap_dir/out" 2>/dev/null
is "$? $(cat "$tap_dir/out")" '0 here' 'a name that no rule shows does not'
"$SANDBOX_RUN" -p "$tap_dir/kill.yaml" --ro "$T" --deny "$T/secret" "$name" sh -c "cat $T/secret/key; echo here" >"$tap_dir/out" 2>/dev/null
is "$? $(cat "$tap_dir/out")" '159 ' 'a name that a rule denies does'

"$SANDBOX_RUN" --on-deny kill "$name" sh -c ': >/usr/x; echo not here' >"$tap_dir/out" 2>/dev/null
is "$? $(cat "$tap_dir/out")" '159 ' 'the option alone'
"$SANDBOX_RUN" -p "$tap_dir/kill.yaml" --on-deny errno "$name" sh -c 'echo >/usr/x; echo here' >"$tap_dir/out" 2>/dev/null
is "$? $(cat "$tap_dir/out")" '0 here' 'and over a policy'
is "$("$SANDBOX_RUN" --on-deny maybe "$name" true 2>&1; echo $?)" 'sandbox-run: error: --on-deny: "maybe" is none of its words
sandbox-run: hint: write one of errno, kill
125' 'a word that it does not have'
echo 'locked: true' >>"$tap_dir/kill.yaml"
"$SANDBOX_RUN" -p "$tap_dir/kill.yaml" --on-deny errno "$name" true >"$tap_dir/out" 2>&1
is "$? $(head -n 1 "$tap_dir/out")" "125 sandbox-run: error: --on-deny errno: $tap_dir/kill.yaml:5 locks the policy, and this would widen it" 'a locked policy keeps its own'

done_testing
