#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a run looks like from outside: exit statuses, time limit, signals, environment, grants,
# closed streams, -v and -q. TAP. Needs a working VM, cc, and a static busybox.

set -u
tests=$(realpath "$(dirname "$0")/..")
# shellcheck source=tests/tap.sh
. "$tests/tap.sh"
[ -x "$SANDBOX_RUN" ] || {
	echo "Bail out! $SANDBOX_RUN is not there"
	exit 1
}
run=$(realpath "$SANDBOX_RUN")
T=$tap_dir
cd "$T" || exit 1

if ! { [ -r /dev/kvm ] && [ -w /dev/kvm ]; }; then
	echo '1..0 # SKIP /dev/kvm cannot be opened'
	exit 0
fi

program() { # NAME: C source of main's body on stdin
	{
		echo '#include <signal.h>'
		echo '#include <stdio.h>'
		echo '#include <stdlib.h>'
		echo '#include <unistd.h>'
		echo 'static char big[96 << 20];'
		echo 'int main(int argc, char **argv) { (void)argc; (void)argv; (void)big;'
		cat
		echo '}'
	} >"$1.c"
	cc -O1 -static -o "$1" "$1.c" || echo "Bail out! cannot compile $1"
}
program status <<<'return atoi(argv[1]);'
program loop <<<'for (;;) __asm__ volatile("");'
program deaf <<<'signal(SIGTERM, SIG_IGN); for (;;) __asm__ volatile("");'
program stops <<<'for (;;) raise(SIGSTOP);'
program dies <<<'return raise(atoi(argv[1]));'
program name <<<'puts(argv[0]); return 0;'
program huge <<<'for (size_t i = 0; i < sizeof(big); i += 4096) big[i] = 1; return big[argc];'
program descriptors <<<'int n = 0; for (int i = 0; i < 64; i++) n += dup2(i, i) == i; return n;'

holds() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" >difference 2>&1; then
		ok 0 "$name"
	else
		ok 1 "$name"
		sed 's/^/# /' difference
	fi
}
# gives NAME STATUS STDOUT STDERR COMMAND...: exactly this comes out.
gives() {
	local name=$1 got
	printf 'status %s\nstdout: %s\nstderr: %s\n' "$2" "$3" "$4" >want
	shift 4
	"$@" >out 2>err
	got=$?
	printf 'status %s\nstdout: %s\nstderr: %s\n' "$got" "$(cat out)" "$(cat err)" >got
	holds "$name" diff want got
}

# Exit statuses are the program's own, even those that sandbox-run uses itself.
for status in 0 1 7 124 125 126 127 128 255; do
	gives "status $status" $status '' '' "$run" ./status $status
done
for signal in 6 8 9 11 15; do
	gives "signal $signal" $((128 + signal)) '' '' "$run" ./dies $signal
done

# Finding the program.
gives 'a name is searched in PATH' 0 hi '' "$run" busybox echo hi
gives 'a path is relative to here' 0 ./name '' "$run" ./name
gives 'an absolute path' 0 "$T/name" '' "$run" "$T/name"
mkdir sub
ln -s ../name sub/alias
gives 'a link to a program' 0 sub/alias '' "$run" sub/alias
gives 'a path with dots' 0 sub/../name '' "$run" sub/../name
gives 'an absolute path with dots' 0 "$T/./sub/../name" '' "$run" "$T/./sub/../name"
gives 'dots in a path of the base' 0 hi '' "$run" /usr/../usr/./bin/busybox echo hi
gives 'a program with a host path of its own' 0 /opt/tools/name '' \
	"$run" --ro .:/opt/tools /opt/tools/name
gives 'PATH of the sandbox' 0 name '' "$run" --ro .:/opt/tools -e PATH=/opt/tools name
# shellcheck disable=SC2016 # the script's
printf '#!/bin/sh\necho "$0 $*"\n' >script
chmod +x script
ln -s script link-to-script
gives 'a script finds its name as it was given' 0 './script a b' '' "$run" ./script a b
gives 'also that of a link' 0 './link-to-script ' '' "$run" ./link-to-script
gives 'also an absolute one' 0 "$T/./script " '' "$run" "$T/./script"
gives 'or a path that leads to it' 0 "$T/script " '' "$run" -C / ./script
gives 'options end at the program' 0 '-v --help' '' "$run" busybox echo -v --help

# Environment.
gives 'nothing is passed' 0 '' '' env SECRET=1 "$run" busybox env
gives 'a value is set' 0 'A=1 2' '' "$run" -e 'A=1 2' busybox env
gives 'a variable is passed' 0 'KEEP=x' '' env KEEP=x SECRET=1 "$run" -e KEEP busybox env
gives 'an unset one is not' 0 '' '' env -u NONE "$run" --env NONE busybox env

# Grants.
mkdir -p data/deep
echo content >data/deep/file
ln -s data/deep link
gives 'nothing here is visible' 1 '' "cat: can't open '$T/data/deep/file': No such file or directory" \
	"$run" busybox cat "$T/data/deep/file"
gives '--ro shows a directory' 0 content '' "$run" --ro data busybox cat "$T/data/deep/file"
gives '--ro shows one file' 0 content '' \
	"$run" --ro data/deep/file busybox cat "$T/data/deep/file"
gives '--ro shows the link on the way' 0 content '' "$run" --ro link busybox cat "$T/link/file"
gives '--ro HOST:GUEST' 0 content '' "$run" --ro data/deep:/in busybox cat /in/file
gives '--workdir' 0 content '' "$run" --ro . -C data/deep busybox cat file
gives 'the default workdir is here' 0 "$T" '' "$run" --ro data busybox pwd
gives 'or the root when this is out of sight' 0 / '' "$run" busybox pwd
gives '--ro-try of something' 0 content '' \
	"$run" --ro-try data/deep/file busybox cat "$T/data/deep/file"
gives '--ro-try of nothing' 0 '' '' "$run" --ro-try none busybox true
gives '--deny hides a file' 1 '' "cat: can't open 'data/deep/file': No such file or directory" \
	"$run" --report never --ro data --deny data/deep/file busybox cat data/deep/file
gives '--deny hides a directory of the base' 1 '' \
	"cat: can't open '/etc/passwd': No such file or directory" \
	"$run" --report never --deny /etc busybox cat /etc/passwd
gives '--ro below --deny' 0 content '' \
	"$run" --ro data --deny data/deep --ro data/deep/file busybox cat data/deep/file
gives '--tmpfs over a directory' 0 '' '' "$run" --ro data --tmpfs data/deep busybox ls data/deep
gives 'places that /proc and /sys do not have' 0 content '' \
	"$run" --ro data:/sys/none/data --tmpfs /proc/none --ro data/deep/file:/proc/file busybox sh -c \
	'cp /sys/none/data/deep/file /proc/none/ && cmp /proc/none/file /proc/file && cat /proc/file'
exec 8<data/deep/file 9<name
gives 'a file through /proc does not bring the links of /proc' 0 busybox '' \
	"$run" --ro /proc/self/fd/8 busybox cat /proc/self/comm
gives 'a program through a descriptor' 0 /dev/fd/9 '' "$run" /dev/fd/9
exec 8<&- 9<&-
gives '--ro is no --rw' 1 '' "touch: $T/data/new: Read-only file system" \
	"$run" --report never --ro data busybox touch "$T/data/new"
holds 'nothing was written' test ! -e data/new

# Limits.
gives 'the time limit' 124 '' "sandbox-run: ./loop was ended: it ran longer than 0.3s" \
	"$run" -t 300ms ./loop
gives 'the time limit, quiet' 124 '' '' "$run" -q -t 300ms ./loop
gives 'the time limit of a stopped program' 124 '' "sandbox-run: ./stops was ended: it ran longer than 0.3s" \
	"$run" -t 300ms ./stops
gives 'a time limit that is kept' 3 '' '' "$run" -t 1h ./status 3
gives 'too little memory' 126 '' "sandbox-run: error: ./huge: needs more memory than 16MiB
sandbox-run: hint: give it more: --memory 32MiB" "$run" -m 16MiB ./huge
gives 'enough memory' 0 '' '' "$run" -m 256MiB ./huge
head -c 3000 name >cut-off && chmod +x cut-off
gives 'a program that is cut off' 126 '' "sandbox-run: error: ./cut-off: cannot execute: Exec format error
sandbox-run: hint: only whole ELF programs for 64-bit x86 Linux run, and scripts that start with #!" "$run" ./cut-off

"$run" --output 1KiB busybox yes >out 2>err
holds 'too much output' test $? = 153
holds 'as much as allowed came' test "$(stat -c %s out)" = 1024
holds 'is said' test "$(cat err)" = "sandbox-run: error: busybox: wrote more than 1KiB
sandbox-run: hint: allow it more: --output 2KiB"
"$run" --output 1KiB busybox sh -c 'head -c 512 /dev/zero; head -c 512 /dev/zero >&2' >out 2>err
holds 'output that is allowed, on both streams' test $? = 0
holds 'all of it came' test "$(cat out err | wc -c)" = 1024
"$run" --output 1KiB busybox sh -c 'head -c 512 /dev/zero; head -c 513 /dev/zero >&2' >out 2>err
holds 'one byte more is not' test $? = 153
gives 'open files are limited' 0 64 '' "$run" --open-files 64 busybox sh -c 'ulimit -n'

# A signal that a program does not know ends it, and the VM with it.
monitors() { # of sandbox-run with pid $1
	pgrep -P "$1"
}
# shellcheck disable=SC2317 # called by holds
gone() { # PID
	for _ in $(seq 50); do
		[ -e "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" || return 0
		sleep 0.1
	done
	return 1
}
set -m # jobs in groups of their own; a caller that ignores SIGINT must not decide what is tested
for signal in INT TERM HUP QUIT KILL; do
	env --default-signal=INT,QUIT "$run" ./loop >out 2>err &
	job=$!
	for _ in $(seq 50); do
		monitor=$(monitors $job) && [ -n "$monitor" ] && break
		sleep 0.1
	done
	sleep 0.2
	kill -s $signal $job
	wait $job 2>/dev/null
	got=$?
	wanted=$((128 + $(kill -l $signal)))
	holds "SIG$signal ends it with $wanted" test $got = $wanted
	holds "SIG$signal ends the monitor" gone "$monitor"
done
set +m

# Streams and descriptors.
gives 'closed stdin' 1 '' 'cat: read error: Bad file descriptor' \
	bash -c "exec '$run' busybox cat <&-"
bash -c "exec '$run' busybox echo hi >&-" 2>err
holds 'closed stdout is an error' test $? = 1
gives 'closed stderr' 1 '' '' bash -c "exec '$run' busybox cat /none 2>&-"
gives 'other descriptors are not inherited' 3 '' '' \
	bash -c "exec 9</etc/passwd 20</etc/passwd; exec '$run' ./descriptors"
"$run" busybox yes | head -c 3000000 | tail -c 4 >out
holds 'a closed pipe ends it with SIGPIPE' test "${PIPESTATUS[0]}" = 141
gives 'stdin from a pipe' 0 5000000 '' \
	bash -c "head -c 5000000 /dev/zero | '$run' busybox wc -c"
gives 'stdin from a file' 0 content '' bash -c "'$run' busybox cat <data/deep/file"
"$run" busybox echo first >file
"$run" busybox echo second >>file
gives 'stdout to a file' 0 'first
second' '' cat file

# -v.
"$run" -v -m 32MiB -t 5s --processes 7 --open-files 99 --output 3KiB ./status 9 >out 2>err
holds '-v passes the status' test $? = 9
holds '-v lists the grants' grep -qx 'sandbox-run: grant: read    /usr (builtin:base)' err
holds '-v lists the program' grep -qx "sandbox-run: grant: read    $T/status (command)" err
holds '-v says the limits' grep -qx \
	'sandbox-run: limits: memory 32MiB, timeout 5.000s, 7 processes, 99 open files, output 3KiB' err
holds '-v says the times' grep -Eqx \
	'sandbox-run: time: start [0-9.]+ms, run [0-9.]+ms, total [0-9.]+ms' err
holds '-v says the status' grep -qx 'sandbox-run: exit status: 9' err
holds '-v prints nothing to stdout' test ! -s out

# System calls that are not there.
program asks <<<'int n = 0; for (int i = 0; i < 3; i++) n += syscall(425, 1, 0) == -1; return n;'
asked='sandbox-run: not implemented: io_uring_setup (x3, returned ENOSYS)'
gives 'what is not implemented is named' 3 '' "$asked" "$run" ./asks
gives 'unless quiet' 3 '' '' "$run" -q ./asks
program tries <<<'syscall(425, 1, 0); return 0;'
gives 'nor when the program succeeds' 0 '' '' "$run" ./tries
"$run" -v ./tries 2>err
holds 'but with -v' grep -Eq '^sandbox-run: not implemented: .*\<io_uring_setup \(x1, returned ENOSYS\)' err

# Archives appear whole or not at all, with the mode of any new file.
"$run" -q --overlay data --save-changes changes.tar ./deaf 2>err &
job=$!
for _ in 1 2; do
	sleep 0.3
	kill $job
done
wait $job
holds 'a second SIGTERM ends it' test $? = 143
holds 'no archive of a run that was ended' \
	grep -qx 'sandbox-run: changes.tar: not written: COMMAND did not come to its own end' err
holds 'nothing is left of it' test -z "$(find . -name '*changes.tar*')"
mask=$(umask)
umask 027
gives 'an archive of a failed program' 3 '' '' \
	"$run" --overlay data --save-changes changes.tar ./status 3
umask "$mask"
holds 'is there' test "$(stat -c %a changes.tar)" = 640
chmod 600 changes.tar
gives 'an archive takes the place of the old one' 0 '' '' \
	"$run" --overlay data --save-changes changes.tar ./status 0
holds 'with its mode' test "$(stat -c %a changes.tar)" = 600

# The host's processes are nobody's to grant, nor to open below a grant that holds them.
gives '--ro of procfs is refused' 125 '' \
	"sandbox-run: error: --ro /proc/sys: it shows the host's processes
sandbox-run: hint: the sandbox has a /proc of its own" "$run" --ro /proc/sys:/x busybox true
gives 'procfs below a grant is not opened' 1 '' "cat: can't open '/host/proc/version': Permission denied" \
	"$run" --ro /:/host busybox cat /host/proc/version

# Any user who may open /dev/kvm: as nobody, with a private /dev.
name='no root is needed'
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mkdir dev
	cp "$run" sandbox-run
	chmod 755 . sandbox-run
	# shellcheck disable=SC2016,SC2317 # expanded by the inner shell; called by gives
	as_nobody() { # COMMAND...
		unshare -m sh -c 'mount -t tmpfs -o mode=755 private dev &&
			mknod -m 666 dev/null c 1 3 && mknod -m 666 dev/kvm c 10 232 &&
			mount --bind dev /dev && exec "$@"' sh \
			setpriv --reuid 65534 --regid 65534 --clear-groups ./sandbox-run "$@"
	}
	gives "$name" 0 'uid=65534(nobody) gid=65534(nogroup)' '' \
		as_nobody busybox id
	gives "$name: no capabilities" 0 "CapEff:$(printf '\t')0000000000000000" '' \
		as_nobody busybox grep CapEff /proc/self/status
else
	ok 0 "$name # SKIP needs root and mount namespaces"
fi

done_testing
