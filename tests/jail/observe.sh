#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reads from /proc what confines a real monitor while its guest runs (I9, I13):
# as root, and as an ordinary user. TAP on stdout; needs root, to look at a
# process that is not dumpable, and /dev/kvm.
#   observe.sh [SANDBOX-RUN [PROGRAM]]
set -u
run=${1:-build/sandbox-run}
program=${2:-build/tests/jail/forever}
secret=observed-secret-value
dir=
launcher=
count=0

plan()
{
	echo "1..$1"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

clean_up()
{
	[ -n "$launcher" ] && kill -9 "$launcher" 2>/dev/null
	[ -n "$dir" ] && rm -rf "$dir"
}

# ok NAME COMMAND...: runs COMMAND; its output is shown when it fails
ok()
{
	name=$1
	shift
	count=$((count + 1))
	if output=$("$@" 2>&1); then
		echo "ok $count - $as: $name"
	else
		echo "not ok $count - $as: $name"
		printf '%s\n' "$output" | sed 's/^/# /'
	fi
}

# field NAME: its value in the monitor's status
field()
{
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$monitor/status"
}

field_is()
{
	[ "$(field "$1")" = "$2" ] || { echo "$1 is $(field "$1")"; return 1; }
}

# no_capabilities SET...: in no thread; KVM may have one of its own in the process
no_capabilities()
{
	for set in "$@"; do
		field_is "$set" 0000000000000000 || return 1
		! grep -H "^$set:[[:space:]]*0*[1-9a-f]" /proc/"$monitor"/task/*/status || return 1
	done
}

# limit NAME: soft and hard, as /proc/PID/limits has them
limit()
{
	sed -n "s/^Max $1  *//p" "/proc/$monitor/limits" | awk '{ print $1, $2 }'
}

limits_are_zero()
{
	for name in "core file size" processes "locked memory" "file locks" "pending signals" \
		    "msgqueue size" "nice priority" "realtime priority"; do
		[ "$(limit "$name")" = "0 0" ] || { echo "$name: $(limit "$name")"; return 1; }
	done
}

limits_are_set()
{
	for name in "stack size" "open files" "address space" "data size"; do
		case $(limit "$name") in
		*unlimited* | "") echo "$name: $(limit "$name")"; return 1 ;;
		esac
	done
}

# Each that --layers prints, soft and hard.
printed_limits_hold()
{
	"$run" --print-policy --layers "$program" |
		sed -n '/^# rlimits/,/^# limits/s/^#   //p' >"$dir/printed"
	[ "$(wc -l <"$dir/printed")" -ge 12 ] || { echo "few are printed"; return 1; }
	while IFS=: read -r name value; do
		case $name in
		core) name="core file size" ;;
		"message queues") name="msgqueue size" ;;
		priority) name="nice priority" ;;
		"real-time priority") name="realtime priority" ;;
		stack | data) name="$name size" ;;
		esac
		[ "$(limit "$name")" = "${value# } ${value# }" ] || {
			echo "$name: $(limit "$name"), printed:$value"
			return 1
		}
	done <"$dir/printed"
}

# descriptors: one line each: number, octal flags, target
descriptors()
{
	for link in /proc/"$monitor"/fd/*; do
		fd=${link##*/}
		flags=$(sed -n 's/^flags:[[:space:]]*//p' "/proc/$monitor/fdinfo/$fd")
		echo "$fd $flags $(readlink "$link")"
	done
}

count_targets()
{
	descriptors | awk -v pattern="$1" '$1 > 2 && $3 ~ pattern { n++ } END { print n + 0 }'
}

# Besides the streams: one VM, one vCPU, two pipes (the outcome's and the notes'), one signalfd, /proc/self/fd, and files that cannot be written.
only_expected_descriptors()
{
	[ "$(count_targets '^anon_inode:kvm-vm$')" = 1 ] &&
	[ "$(count_targets '^anon_inode:kvm-vcpu')" = 1 ] &&
	[ "$(count_targets '^pipe:')" = 2 ] &&
	[ "$(count_targets '^anon_inode:[[]signalfd[]]$')" = 1 ] &&
	[ "$(count_targets "^/proc/$monitor/fd\$")" = 1 ] &&
	[ "$(count_targets '^(anon_inode|socket|/dev/|/proc/|/sys/|/memfd)')" = 4 ] &&
	descriptors | awk -v outcome='^(pipe:|anon_inode:(kvm-|[[]signalfd))' '
		$1 > 2 && $3 !~ outcome && substr($2, length($2)) != 0 { bad = 1 }
		END { exit bad }' && return 0
	descriptors
	return 1
}

no_leaked_descriptor()
{
	! descriptors | grep -F "$dir/leaked"
}

no_environment()
{
	[ "$(tr -d '\0' <"/proc/$monitor/environ" | wc -c)" = 0 ]
}

# The secret of the caller's environment is in no writable memory. Of each mapping the first 16 MiB.
no_secret_in_memory()
{
	while read -r range mode rest; do
		case $mode in
		rw*) ;;
		*) continue ;;
		esac
		start=$((0x${range%-*} / 4096))
		pages=$((0x${range#*-} / 4096 - start))
		[ "$pages" -gt 4096 ] && pages=4096
		if dd if="/proc/$monitor/mem" bs=4096 skip="$start" count="$pages" 2>/dev/null |
		   grep -q "$secret"; then
			echo "$range $mode $rest"
			return 1
		fi
	done <"/proc/$monitor/maps"
}

no_writable_code()
{
	! grep -E '^[^ ]+ .wx' "/proc/$monitor/maps"
}

# Code is the executable's own text, and the kernel's vDSO and vsyscall page.
only_own_code()
{
	! grep -E '^[^ ]+ ..x' "/proc/$monitor/maps" | grep -v -F -e "$(readlink -f "$run")" -e '[vdso]' -e '[vsyscall]' &&
	[ "$(grep -E '^[^ ]+ ..x' "/proc/$monitor/maps" | grep -c -F "$(readlink -f "$run")")" = 1 ]
}

not_dumpable()
{
	[ "$(stat -c %u "/proc/$monitor/environ")" = 0 ]
}

monitor_goes()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -d "/proc/$monitor" ] || return 0
		grep -q '^State:[[:space:]]*Z' "/proc/$monitor/status" 2>/dev/null && return 0
		sleep 0.1
	done
	echo "still there after a second"
	return 1
}

# start PREFIX...: runs the program in the sandbox, waits until the guest speaks, finds the monitor
start()
{
	: >"$dir/out"
	env "OBSERVED=$secret" "$@" "$run" "$program" \
		>"$dir/out" 2>"$dir/err" </dev/null 9<"$dir/leaked" &
	launcher=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		grep -q running "$dir/out" && break
		sleep 0.1
	done
	monitor=$(grep -l "^PPid:[[:space:]]*$launcher\$" /proc/[0-9]*/status 2>/dev/null |
		  sed 's,/proc/\([0-9]*\)/status,\1,' | head -n 1)
	if ! grep -q running "$dir/out" || [ -z "$monitor" ]; then
		echo "Bail out! no running guest ($as)"
		sed 's/^/# /' "$dir/err"
		exit 1
	fi
}

stop()
{
	kill -9 "$launcher"
	ok "killing the launcher ends the monitor" monitor_goes
	wait "$launcher" 2>/dev/null
	launcher=
}

observe()
{
	ok "seccomp filter" field_is Seccomp 2
	ok "no_new_privs" field_is NoNewPrivs 1
	ok "no capabilities" no_capabilities CapInh CapPrm CapEff CapAmb
	ok "limits of nothing" limits_are_zero
	ok "limits of something" limits_are_set
	ok "limits as they are printed" printed_limits_hold
	ok "only the expected descriptors" only_expected_descriptors
	ok "no leaked descriptor" no_leaked_descriptor
	ok "no environment" no_environment
	ok "the caller's secret is not in memory" no_secret_in_memory
	ok "no memory is writable and executable" no_writable_code
	ok "only its own text is executable" only_own_code
	ok "not dumpable" not_dumpable
}

[ -x "$run" ] || skip_all "$run is not built"
[ -w /dev/kvm ] || skip_all "no access to /dev/kvm"
[ "$(id -u)" = 0 ] || skip_all "only root can look into the monitor"
trap clean_up EXIT
trap 'exit 1' INT TERM
dir=$(mktemp -d)
chmod 755 "$dir"
echo leaked >"$dir/leaked"
plan 30

as=root
start
observe
ok "empty bounding set" no_capabilities CapBnd
stop

# The one capability lets this user open a /dev/kvm that belongs to root; the jail must take it too.
as=nobody
start setpriv --reuid=65534 --regid=65534 --clear-groups \
	--inh-caps=+dac_override --ambient-caps=+dac_override
ok "runs as that user" field_is Uid "65534	65534	65534	65534"
observe
stop
