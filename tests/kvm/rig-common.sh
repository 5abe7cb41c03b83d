#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What both rigs share, sourced by them: the cache under build/kvm/ (a stock
# kernel and its modules), the initrd of one run, watching the machine, and
# the verdict on the TAP it printed. Which machine and how it is started is the
# business of rig-amd.sh and rig-intel.sh. They set: rig (name), vendor.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$(cd "$here/../.." && pwd)/build/kvm
: "${rig:?}" "${vendor:?}"

# oops=panic: a kernel that oopsed under a test must not go on to pass it.
# The rest saves emulated work (self-tests of crypto alone cost Bochs 7 s);
# reboot=t makes a panic end the machine instead of booting it again.
# shellcheck disable=SC2034 # used by the rigs
cmdline="console=ttyS0 quiet oops=panic panic=-1 reboot=t nokaslr \
no_timer_check mitigations=off cryptomgr.notests"
# shellcheck disable=SC2034
memory=1024

say() { printf '# %s: %s\n' "$rig" "$*" >&2; }

die() {
	say "$@"
	exit 1
}

# need PACKAGE WHAT...: every WHAT (a command, or a file with a slash) is there.
need() {
	local package=$1 what
	shift
	for what; do
		case $what in
		*/*) [ -e "$what" ] ;;
		*) command -v "$what" >/dev/null ;;
		esac || die "$what is missing: install the package $package" \
			"(make deps installs all of them)"
	done
}

# --- cache -------------------------------------------------------------------

# Called with the lock held, so any other fetch.* is a dead one's rest.
fetch_kernel() {
	local tmp package module file
	need apt apt-get apt-cache
	need dpkg dpkg
	need binutils objcopy
	need xz-utils xz
	rm -rf "$cache"/fetch.* "$cache/kernel"
	tmp=$(mktemp -d "$cache/fetch.XXXXXX")
	package=$(LC_ALL=C apt-cache depends linux-image-cloud-amd64 |
		sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1) || :
	[ -n "$package" ] ||
		die "apt does not know linux-image-cloud-amd64: run apt-get update"
	say "fetching $package (once)"
	# The user _apt, whom apt would download as, cannot write here.
	(cd "$tmp" && apt-get -qq -o APT::Sandbox::User=root download "$package") >&2 ||
		die "apt-get download $package failed: run apt-get update, then try again"
	dpkg -x "$tmp"/*.deb "$tmp/root"

	mkdir "$tmp/kernel"
	cp "$tmp"/root/boot/vmlinuz-* "$tmp/kernel/vmlinuz"
	for module in loop irqbypass ccp kvm kvm-amd kvm-intel; do
		file=$(find "$tmp/root" -name "$module.ko" -o -name "$module.ko.xz")
		case $file in
		'')
			[ $module = ccp ] || die "$package has no $module.ko"
			continue # kvm-amd wants it only where a kernel has it
			;;
		*.xz) xz -dc "$file" >"$tmp/kernel/$module.ko" ;;
		*) cp "$file" "$tmp/kernel/$module.ko" ;;
		esac
		# Also drops the signature, which costs Bochs 2 s to verify.
		objcopy --strip-debug -R .BTF "$tmp/kernel/$module.ko"
	done
	# Last, so that what has the final name is whole.
	mv -T "$tmp/kernel" "$cache/kernel"
	rm -rf "$tmp"
}

# --- one run -----------------------------------------------------------------

# pack DIRECTORY: as cpio, owned by root; without ".", whose mode would become /'s.
pack() {
	(cd "$1" && find . -mindepth 1 -print0 |
		cpio --null -o -H newc -R +0:+0 --quiet)
}

# make_disk FILE: the start of an empty ext4 of 128 MiB, in which all that is not 0 lies: the
# machine makes the file longer and mounts it on its /tmp, so that file systems differ from the
# sandbox's own no more there than on other hosts (a tmpfs of 6.1 has no user attributes).
make_disk() {
	need e2fsprogs /sbin/mke2fs
	truncate -s 128M "$1"
	/sbin/mke2fs -q -F -t ext4 -b 4096 -N 4096 -m 0 -O '^has_journal,^resize_inode' \
		-E lazy_itable_init=0,nodiscard "$1" || die "mke2fs failed"
	tail -c +2097153 "$1" | cmp -s -n 132120576 - /dev/zero ||
		die "mke2fs wrote beyond the first 2 MiB"
	truncate -s 2M "$1"
}

# prepare PAYLOAD_DIR DEFAULT_TIMEOUT: leaves $work (this run's own directory)
# and in it the initrd, and $limit.
prepare() {
	local payload=$1 module
	limit=${RIG_TIMEOUT:-$2}
	[[ $limit =~ ^[1-9][0-9]*$ ]] || die "RIG_TIMEOUT=$limit is not a number of seconds"
	[[ -f $payload/run-tests && -x $payload/run-tests ]] ||
		die "no executable run-tests in $payload"
	need cpio cpio
	need busybox-static busybox
	! ldd "$(command -v busybox)" >/dev/null 2>&1 ||
		die "busybox is not static: install the package busybox-static"

	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock 9
	[ -e "$cache/kernel/loop.ko" ] || fetch_kernel
	exec 9>&- # or the machine would inherit it, and block the other rig

	work=$(mktemp -d "$cache/run.XXXXXX")
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	: >"$work/tap.txt"
	: >"$work/console.txt"

	mkdir -p "$work/base/rig"
	cp "$here/guest-init" "$work/base/init"
	chmod 755 "$work/base/init" "$work/base/rig"
	cp "$(command -v busybox)" "$work/base/rig/busybox"
	make_disk "$work/base/rig/disk"
	for module in loop irqbypass ccp kvm "kvm-$vendor"; do
		[ ! -e "$cache/kernel/$module.ko" ] ||
			cp "$cache/kernel/$module.ko" "$work/base/rig/"
	done
	# Ours last: the kernel lets a later archive replace an earlier one's files.
	# Not compressed: unpacking costs an emulated CPU more than reading.
	pack "$payload" >"$work/initrd"
	pack "$work/base" >>"$work/initrd"
}

# The machine writes its own pid to $work/pid ($! may be a wrapper around it).
machine=
stop_machine() {
	[ -n "$machine" ] || return 0
	pid=$(cat "$work/pid" 2>/dev/null) || pid=$machine
	kill "$pid" 2>/dev/null || :
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		kill -0 "$machine" 2>/dev/null || break
		sleep 0.1
	done
	! kill -0 "$machine" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || :
	wait "$machine" 2>/dev/null || :
	machine=
}

cleanup() {
	stop_machine
	rm -rf "$work"
}

# Passes on what arrived since the last call: TAP to stdout, the rest to stderr.
shown=0
pass_on() {
	local lines
	lines=$(wc -l <"$work/tap.txt")
	[ "$lines" -gt "$shown" ] || return 0
	sed -n "$((shown + 1)),${lines}p" "$work/tap.txt" | tr -d '\r' | awk '
		/^@rig / || /^$/ { next }
		/^(not )?ok($|[ \t])/ || /^1\.\.[0-9]/ || /^#/ || /^Bail out!/ ||
		/^TAP version/ { print; next }
		{ print "# " $0 >"/dev/stderr" }'
	shown=$lines
}

# verdict TAP_FILE: prints why these tests did not pass, or nothing if they did.
verdict() {
	tr -d '\r' <"$1" | awk '
		/^@rig begin$/ { begun = 1 }
		/^@rig no-kvm/ { sub(/^@rig no-kvm */, ""); no_kvm = 1; reason = $0 }
		/^@rig exit / { ended = 1; status = $3 }
		/^1\.\.[0-9]+/ { plans++; split($1, p, /\.\./); plan = p[2] }
		/^Bail out!/ { bailed = 1 }
		/^(not )?ok($|[ \t])/ {
			ran++
			if ($1 == "not") failed++
			else if (/# *[Ss][Kk][Ii][Pp]/) skipped++
			number = $1 == "not" ? $3 : $2
			if (number ~ /^[0-9]+$/ && number != ran) misnumbered = 1
		}
		END {
			if (no_kvm) print "KVM did not load inside: " reason
			else if (!begun) print "the machine ended before its tests began"
			else if (!ended) print "the machine ended before its tests did, after " ran + 0
			else if (bailed) print "the tests bailed out"
			else if (plans != 1) print plans + 0 " plans in the TAP instead of one"
			else if (plan != ran) print "planned " plan " tests, saw " ran + 0
			else if (misnumbered) print "the tests are not numbered in order"
			else if (failed) print failed " of " ran " tests failed"
			else if (ran == skipped + 0) print "every test was skipped"
			else if (status != 0) print "run-tests exited with " status
		}'
}

# The end of what the machine said, or of what its emulator said if it never did.
show_console() {
	local log="$work/console.txt"
	[ -s "$log" ] || log="$work/emulator.txt"
	say "the end of ${log##*/}:"
	tail -n 20 "$log" | tr -d '\r' | sed 's/^/# /' >&2
}

# watch PROCESS: waits for the machine, just started in the background, decides, exits.
watch() {
	local alive why
	machine=$1
	SECONDS=0
	while :; do
		# Asked before reading, so that nothing written meanwhile is lost.
		alive=yes
		kill -0 "$machine" 2>/dev/null || alive=no
		pass_on
		! grep -q '^@rig exit ' "$work/tap.txt" || break
		[ $alive = yes ] || break
		if [ "$SECONDS" -ge "$limit" ]; then
			stop_machine
			show_console
			die "timed out after $limit s (RIG_TIMEOUT), killed the machine, pid $pid"
		fi
		sleep 0.2
	done
	stop_machine
	pass_on # what came between the last look and the end
	why=$(verdict "$work/tap.txt")
	[ -n "$why" ] || exit 0
	case $why in
	"the machine ended"*)
		show_console
		why+=$(grep -m 1 -oE '(Kernel panic|BUG:).*' "$work/console.txt" |
			tr -d '\r' | sed 's/^/: /') || :
		;;
	esac
	die "$why"
}
