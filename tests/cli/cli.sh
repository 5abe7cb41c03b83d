#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Golden lines: what sandbox-run says, and with which status it exits, when it refuses to run.
# TAP. Needs no working VM; the cases about /dev/kvm itself need root for a mount namespace.

set -u
tests=$(realpath "$(dirname "$0")/..")
# shellcheck source=tests/tap.sh
. "$tests/tap.sh"
[ -x "$SANDBOX_RUN" ] || {
	echo "Bail out! $SANDBOX_RUN is not there"
	exit 1
}
T=$tap_dir
chmod 755 "$T"
cp "$SANDBOX_RUN" "$T/sandbox-run"
cd "$T" || exit 1

result() { # OK NAME
	ok "$1" "$2"
	[ "$1" = 0 ] || sed 's/^/# /' "$T/diff"
}

# says NAME STATUS ERROR HINT COMMAND...: stderr is exactly the two lines, stdout is empty.
says() {
	local name=$1 status=$2 error=$3 hint=$4 got
	shift 4
	{
		echo "sandbox-run: error: $error"
		[ -z "$hint" ] || echo "sandbox-run: hint: $hint"
		echo "status $status"
	} >"$T/want"
	"$@" >"$T/out" 2>"$T/got" </dev/null
	got=$?
	echo "status $got" >>"$T/got"
	sed 's/^/stdout: /' "$T/out" >>"$T/got"
	diff "$T/want" "$T/got" >"$T/diff"
	result $? "$name"
}

run=./sandbox-run
usage='write sandbox-run [OPTION]... COMMAND [ARG]..., or see --help'
list='sandbox-run --help lists the options; those of COMMAND come after it'
elf='only ELF programs for 64-bit x86 Linux run, and scripts that start with #!'

# Usage.
says 'no command' 125 'no COMMAND given' "$usage" $run
says 'no command after --' 125 'no COMMAND given' "$usage" $run -v --
says 'unknown option' 125 'unknown option "--frob"' "$list" $run --frob true
says 'unknown letter' 125 'unknown option "-x"' "$list" $run -x true
says 'misspelled option' 125 'unknown option "--rp"' 'did you mean "--ro"?' $run --rp . true
says 'abbreviated option' 125 'unknown option "--time"' 'did you mean "--timeout"?' \
	$run --time 2s true
says 'missing argument' 125 '--ro: its argument PATH is missing' 'write --ro PATH' $run --ro
says 'argument too many' 125 '--quiet: takes no argument' 'write --quiet' $run --quiet=1 true
says 'size without unit' 125 '--memory: "2" has no unit' 'write "2GiB" or "2048MiB"' \
	$run -m 2 true
says 'size with wrong unit' 125 '--memory: "2GB" has an unknown unit' 'the units are KiB, MiB, GiB' \
	$run -m 2GB true
says 'size too small' 125 '--memory: less than a VM can have' 'write a size from 16MiB to 60GiB' \
	$run -m 1MiB true
says 'size too big' 125 '--memory: more than a VM can have' 'write a size from 16MiB to 60GiB' \
	$run -m 61GiB true
says 'size past 64 bits' 125 '--memory: "17179869184GiB" is too big' '' \
	$run -m 17179869184GiB true
says 'time without unit' 125 '--timeout: "30" has no unit' 'write "30s" or "30m"' $run -t 30 true
says 'time of nothing' 125 '--timeout: "0s" is nothing' '' $run -t 0s true
says 'output without unit' 125 '--output: "10" has no unit' 'write "10GiB" or "10240MiB"' \
	$run --output 10 true
says 'no output at all' 125 '--output: "0KiB" is nothing' '' $run --output 0KiB true
says 'no processes' 125 '--processes: "0" is nothing' 'write a number from 1 to 4194304' \
	$run --processes 0 true
says 'too many processes' 125 '--processes: "4194305" is too big' \
	'write a number from 1 to 4194304' $run --processes 4194305 true
says 'processes with a unit' 125 '--processes: "1KiB" is not a whole number' \
	'write a number from 1 to 4194304' $run --processes 1KiB true
says 'too many open files' 125 '--open-files: "1048577" is too big' \
	'write a number from 1 to 1048576' $run --open-files 1048577 true
says 'a word that is none of its words' 125 '--report: "often" is none of its words' \
	'write one of on-failure, always, never' $run --report often true
says 'environment without name' 125 '--env: "=x" is not NAME=VALUE' '' $run -e =x true
says 'doctor with command' 125 '--doctor: runs no COMMAND' 'write sandbox-run --doctor' \
	$run --doctor true

# Paths.
mkdir dir
touch file
mkfifo fifo
cp "$(type -P true)" hidden
says 'missing --ro' 125 '--ro /no/such: No such file or directory' '' $run --ro /no/such true
says 'missing relative --ro' 125 '--ro no/such: No such file or directory' \
	"relative paths start at the current directory, $T" $run --ro no/such true
says 'empty side of --ro' 125 '--ro dir:: a side of the colon is empty' 'write --ro HOST:GUEST' \
	$run --ro dir: true
says 'special file' 125 "--ro $T/fifo: neither a regular file nor a directory" '' \
	$run --ro fifo busybox true
says 'two things at one place' 125 \
	'--ro /mnt: contradicts --ro, which puts a directory of the host at /mnt' \
	'show it elsewhere, e.g. --ro PATH:/mnt' $run --ro dir:/mnt --ro .:/mnt busybox true
says 'invisible workdir' 125 '--workdir /root: not visible in the sandbox' 'add --ro /root' \
	$run -C /root true
says 'workdir that is a file' 125 '--workdir /etc/passwd: Not a directory' '' \
	$run -C /etc/passwd true
says 'names are escaped' 125 '--ro a\x1b[31m: No such file or directory' \
	"relative paths start at the current directory, $T" $run --ro $'a\e[31m' true

# Rules that say too much, or nothing.
says 'two rights at one place' 125 \
	"--rw $T/dir: contradicts --ro, which puts a directory of the host at $T/dir" \
	'give one of --rw and --ro' $run --ro dir --rw dir busybox true
says 'missing --rw' 125 '--rw new: No such file or directory' 'create it before: mkdir -p new' \
	$run --rw new busybox true
says 'missing --overlay' 125 '--overlay /no/such: No such file or directory' '' \
	$run --overlay /no/such busybox true
says '--overlay of a file' 125 "--overlay $T/file: not a directory" \
	'name the directory that it is in' $run --overlay file busybox true
says '--tmpfs over a file' 125 '--tmpfs /etc/passwd: Not a directory' '' \
	$run --tmpfs /etc/passwd busybox true
says '--deny of what nothing shows' 125 '--deny /root/x: No such file or directory' \
	'nothing shows it to COMMAND: leave the rule out, or mend its path' \
	$run --deny /root/x busybox true
says '--deny of everything' 125 '--deny /: Invalid argument' '' $run --deny / busybox true
says '--rw of procfs' 125 "--rw /proc/sys: it shows the host's processes" \
	'the sandbox has a /proc of its own' $run --rw /proc/sys:/x busybox true
says 'a denied program' 127 './hidden: not found in the sandbox, which shows something else there' '' \
	$run --ro . --deny hidden ./hidden

# Files that a run writes.
says '--save-changes of nothing' 125 '--save-changes: there is nothing to save' \
	'name the directories that COMMAND may change with --overlay PATH' \
	$run --save-changes x.tar busybox true
says '--save-changes twice' 125 '--save-changes: given twice' '' \
	$run --overlay dir --save-changes x.tar --save-changes y.tar busybox true
says '--save-changes where COMMAND writes' 125 \
	"--save-changes $T/dir/x.tar: lies under --rw $T/dir and COMMAND could change it" \
	'write it to a place that COMMAND cannot write to' \
	$run --rw dir --overlay .:/o --save-changes dir/x.tar busybox true
says '--save-changes over a directory' 125 '--save-changes dir: Is a directory' '' \
	$run --overlay dir --save-changes dir busybox true
says '--save-changes over a pipe' 125 '--save-changes fifo: not a regular file' '' \
	$run --overlay dir --save-changes fifo busybox true
says '--save-changes in no directory' 125 '--save-changes none/x: No such file or directory' '' \
	$run --overlay dir --save-changes none/x busybox true
says '--trace where COMMAND writes' 125 \
	"--trace $T/dir/x: lies under --rw $T and COMMAND could change it" \
	'write it to a place that COMMAND cannot write to' $run --rw . --trace dir/x busybox true
ln -s dir/x leads-there
says '--trace through a link' 125 '--trace leads-there: No such file or directory' '' \
	$run --rw dir --trace leads-there busybox true
touch dir/x
says '--trace through a link to what COMMAND writes' 125 \
	"--trace $T/dir/x: lies under --rw $T/dir and COMMAND could change it" \
	'write it to a place that COMMAND cannot write to' $run --rw dir --trace leads-there busybox true
[ ! -s "$T/x.tar" ] && [ -z "$(find "$T" -name '.*.tar.*')" ]
result $? 'a refused run leaves no archive'

# The program. Little-endian ELF headers, as far as they are looked at.
elf_file() { # NAME CLASS TYPE MACHINE
	printf '\177ELF%b\1\1\0\0\0\0\0\0\0\0\0%b\0%b\0' "$2" "$3" "$4" >"$1"
	head -c 64 /dev/zero >>"$1"
	chmod +x "$1"
}
elf_file arm '\2' '\2' '\267'
elf_file i386 '\1' '\2' '\3'
elf_file object '\2' '\1' '\76'
printf '#!/bin/sh\necho hi\n' >my-script
printf '#!/opt/none/bin/x\n' >no-interpreter
printf '#! %s -x\n' "$T/hidden" >hidden-script
printf '#!%s\n' "$T/hidden-script" >second
printf '#!%s' "$T/file" >closed
printf '#! \n' >nobody
sed 's|/lib64/ld-linux|/opt/l/ld-linux|' hidden >other-loader
chmod +x other-loader
echo text >text
: >empty
chmod +x my-script text empty no-interpreter hidden-script second closed nobody
ln -s nowhere dangling
ln -s loop loop

says 'not found' 127 'no-such: not found in the sandbox, searched /usr/local/bin:/usr/bin:/bin' \
	'check the name, or set PATH with --env PATH=...' $run no-such
says 'not found, PATH set' 127 'ls: not found in the sandbox, searched /nowhere' \
	"run it by its path: sandbox-run $(PATH=/usr/bin:/bin command -v ls)" \
	env PATH=/usr/bin:/bin $run -e PATH=/nowhere ls
says 'not found, but here' 127 \
	'my-script: not found in the sandbox, searched /usr/local/bin:/usr/bin:/bin' \
	'for the file in the current directory write ./my-script' $run my-script
says 'not found, but elsewhere' 127 \
	'my-script: not found in the sandbox, searched /usr/local/bin:/usr/bin:/bin' \
	"run it by its path: sandbox-run $T/my-script" env PATH="$T" $run my-script
says 'path not found' 127 './no-such: No such file or directory' 'check the path of the program' \
	$run ./no-such
says 'path through a file' 127 './text/x: Not a directory' 'check the path of the program' \
	$run ./text/x
says 'dangling link' 127 './dangling: No such file or directory' 'check the path of the program' \
	$run ./dangling
# The C library's words, which differ where it is not musl's.
[ "${SANITIZED:-}" ] || says 'link loop' 126 './loop: cannot execute: Symbolic link loop' '' $run ./loop
says 'empty name' 127 '"": No such file or directory' '' $run ''
says 'directory' 126 './dir: cannot execute: Is a directory' '' $run ./dir
says 'not executable' 126 './file: cannot execute: Permission denied' \
	'make it executable: chmod +x ./file' $run ./file
says 'fifo' 126 './fifo: cannot execute: not a regular file' '' $run ./fifo
says 'script without interpreter' 127 \
	'./no-interpreter: script interpreter /opt/none/bin/x is not visible in the sandbox' \
	'this host has no such file either: it has to be installed' $run ./no-interpreter
says 'script with a hidden interpreter' 127 \
	"./hidden-script: script interpreter $T/hidden is not visible in the sandbox" \
	"add --ro $T/hidden" $run ./hidden-script
says 'script of a script with a hidden interpreter' 127 \
	"$T/hidden-script: script interpreter $T/hidden is not visible in the sandbox" \
	"add --ro $T/hidden" $run --ro hidden-script ./second
says 'script with a closed interpreter' 126 "$T/file: cannot execute: Permission denied" \
	"make it executable: chmod +x $T/file" $run --ro file ./closed
says 'script with an empty first line' 126 \
	'./nobody: cannot execute: its first line names no interpreter' '' $run ./nobody
says 'hidden loader' 127 \
	'./other-loader: cannot execute: its loader /opt/l/ld-linux-x86-64.so.2 is not visible in the sandbox' \
	'this host has no such file either: it has to be installed' $run ./other-loader
says 'text' 126 './text: cannot execute: not an ELF program' "$elf" $run ./text
says 'empty file' 126 './empty: cannot execute: not an ELF program' "$elf" $run ./empty
says 'other machine' 126 './arm: cannot execute: an ELF file for aarch64' "$elf" $run ./arm
says 'other class' 126 './i386: cannot execute: an ELF file for 32-bit x86' "$elf" $run ./i386
says 'object file' 126 './object: cannot execute: an ELF file that is no program' "$elf" \
	$run ./object

# What is printed instead of running.
options='ro rw ro-try overlay tmpfs deny workdir save-changes env memory timeout processes open-files output tty
	quiet verbose trace	doctor help version'
$run --help >help.1 2>"$T/diff" && [ ! -s "$T/diff" ]
result $? '--help succeeds'
awk 'length > 80 { print; bad = 1 } END { exit bad }' help.1 >"$T/diff"
result $? '--help fits 80 columns'
for option in $options; do
	grep -q -e "--$option" help.1 || echo "--$option" >>"$T/diff"
done
[ ! -s "$T/diff" ]
result $? '--help names every option'
source=$tests/../sandbox-cli
awk -f "$source/man-options.awk" "$source/options.def" "$source/sandbox-run.1.in" >man.1 2>"$T/diff"
for option in $options; do
	grep -Fq -e "\fB\-\-${option//-/\\-}\fR" man.1 || echo "--$option" >>"$T/diff"
done
[ ! -s "$T/diff" ]
result $? 'the manual names every option'
$run --version >version.1 2>"$T/diff" && grep -Eqx 'sandbox-run [0-9]+\.[0-9]+\.[0-9]+' version.1
result $? '--version'
says 'output that cannot be written' 125 'cannot write: No space left on device' '' \
	sh -c "$run --help >/dev/full"

# /dev/kvm: a private /dev, without it or with one that only root may open.
root_only() { # NAME: skips unless root can make mount namespaces
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null && return 0
	ok 0 "$1 # SKIP needs root and mount namespaces"
	return 1
}
# shellcheck disable=SC2016 # expanded by the inner shell
private_dev='
	mount -t tmpfs -o mode=755 private "$0" &&
	mknod -m 666 "$0/null" c 1 3 && case $1 in
	none) ;;
	closed) mknod -m 600 "$0/kvm" c 10 232 ;;
	other) mknod -m 666 "$0/kvm" c 1 5 ;;
	esac && mount --bind "$0" /dev && shift && exec "$@"'
with_dev() { # none|closed|other COMMAND...
	unshare -m sh -c "$private_dev" "$T/dir" "$@"
}
if grep -Eqw 'vmx|svm' /proc/cpuinfo; then
	module='load the kernel module: modprobe kvm-intel, or modprobe kvm-amd; in a container, pass the device: --device /dev/kvm'
else
	module='enable virtualization (VT-x or AMD-V) in the firmware, or nested virtualization for this VM, then modprobe kvm-intel or kvm-amd'
fi
nobody=$(awk -F: '$3 == 65534 { print $1; exit }' /etc/passwd)
nobody=${nobody:-65534}
as_nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
join="add yourself to group kvm (usermod -aG kvm $nobody), or: setfacl -m u:$nobody:rw /dev/kvm"

name='no /dev/kvm'
if root_only "$name"; then
	says "$name" 125 'cannot open /dev/kvm: No such file or directory' "$module" \
		with_dev none $run busybox true
fi
name='no permission for /dev/kvm'
if root_only "$name"; then
	# shellcheck disable=SC2086 # several words
	says "$name" 125 'cannot open /dev/kvm: Permission denied' "$join" \
		with_dev closed $as_nobody $run busybox true
fi
name='another device at /dev/kvm'
if root_only "$name"; then
	with_dev other $run busybox true >"$T/out" 2>"$T/diff"
	[ $? = 125 ] && grep -q '^sandbox-run: error: .*KVM' "$T/diff" && [ ! -s "$T/out" ]
	result $? "$name"
fi
name='--doctor without /dev/kvm'
if root_only "$name"; then
	with_dev none $run --doctor >"$T/diff" 2>&1
	[ $? = 125 ] && grep -qx 'FAIL /dev/kvm: cannot open /dev/kvm: No such file or directory' \
		"$T/diff" && grep -qF "     fix: $module" "$T/diff" &&
		grep -q '^skip vm: ' "$T/diff" && grep -q '^ok   seccomp: ' "$T/diff"
	result $? "$name"
fi
name='--doctor without permission'
if root_only "$name"; then
	# shellcheck disable=SC2086 # several words
	with_dev closed $as_nobody $run --doctor >"$T/diff" 2>&1
	[ $? = 125 ] && grep -qF "     fix: $join" "$T/diff"
	result $? "$name"
fi
name='--doctor where all is well'
if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
	$run --doctor >"$T/diff" 2>&1 && ! grep -q '^FAIL' "$T/diff" &&
		grep -qx 'This host can run sandboxes.' "$T/diff"
	result $? "$name"
else
	ok 0 "$name # SKIP /dev/kvm cannot be opened"
fi

done_testing
