#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One fuzzer for some seconds: what it finds it says, with the way to see it again. Status 0: nothing.
# usage: run.sh NAME SECONDS; FUZZ_SEED: first seed of syscalls and elf (default: the time)
cd "$(dirname "$0")/../.." || exit 1
name=$1
seconds=$2
work=build/fuzz/$name
mkdir -p "$work"

found() {
	echo "fuzz: $name: FOUND: $1" >&2
	shift
	printf '  %s\n' "$@" >&2
	exit 1
}

# What libFuzzer drives: new inputs go to build/fuzz/NAME/inputs.
host() {
	local dictionary=()
	[ -f "tests/fuzz/$name.dict" ] && dictionary=("-dict=tests/fuzz/$name.dict")
	mkdir -p "$work/inputs"
	rm -f "$work"/crash-* "$work"/timeout-* "$work"/leak-* "$work"/oom-*
	if ! "build/tests/fuzz/$name" -max_total_time="$seconds" -timeout=20 -max_len=8192 -artifact_prefix="$work/" \
		"${dictionary[@]}" "$work/inputs" "tests/fuzz/corpus/$name" >"$work/log" 2>&1; then
		local input
		input=$(find "$work" -maxdepth 1 -name '*-*' -type f | head -1)
		found "$(grep -am1 -E '^fuzz: |runtime error|ERROR' "$work/log")" "again: build/tests/fuzz/$name $input" \
			"log: $work/log" "keep: cp $input tests/fuzz/corpus/$name/"
	fi
	echo "fuzz: $name: nothing found, $(grep -a '^Done' "$work/log" | sed 's/Done //')"
}

# What runs inside, in a tree of its own; what lies around the grants may not change.
plant() {
	rm -rf "${work:?}/tree"
	for part in ro rw over outside; do
		mkdir -p "$work/tree/$part/dir"
		echo hello >"$work/tree/$part/file"
		ln -s ../outside/file "$work/tree/$part/link"
	done
	cp build/tests/programs/hello-musl "$work/tree/ro/program"
}

fingerprint() {
	(cd "$work/tree" && find outside ro over -printf '%p %i %m %n %U %s %T@ %C@\n' | sort | md5sum)
}

# Words of the program that is run from a seed on: 20 rounds of calls, 300 files.
words() {
	case $name in
	syscalls) echo "$1 400 20" ;;
	elf) echo "$1 300 /ro/program /usr/bin/true /lib64/ld-linux-x86-64.so.2" ;;
	esac
}

inside() {
	# shellcheck disable=SC2046 # they are words
	timeout -k 5 120 build/sandbox-run -v -t 60s -m 256MiB --processes 100 --ro "$work/tree/ro:/ro" \
		--rw "$work/tree/rw:/rw" --overlay "$work/tree/over:/over" --tmpfs /t \
		"build/tests/fuzz/guest/$name" $(words "$1") >"$work/out" 2>"$work/err" </dev/null
}

# A program that uses an address of the runtime's does harm to its own VM, and to nothing else.
harmed_itself() {
	[ "$1" = 125 ] && grep -q 'touched memory that it does not have' "$work/err" &&
		grep -qE 'rip +0000([0-6]|7[0-9a-e]|7f[0-7])' "$work/err"
}

guest() {
	local seed=${FUZZ_SEED:-$(date +%s)000} end=$((SECONDS + seconds)) rounds=0 status before now
	plant
	before=$(fingerprint)
	while [ $SECONDS -lt $end ]; do
		inside "$seed"
		status=$?
		rounds=$((rounds + $(grep -c '^round' "$work/out")))
		now=$(fingerprint)
		[ "$before" = "$now" ] || found "something outside of the grants has changed" "first seed $seed"
		# 0: all rounds; above 128: the leader was killed by a signal.
		if [ $status -ne 0 ] && ! { [ $status -gt 128 ] && [ $status -lt 193 ]; } && ! harmed_itself $status; then
			found "status $status: $(grep -m1 error: "$work/err")" "$(tail -1 "$work/out")" \
				"again: FUZZ_SEED=$seed tests/fuzz/run.sh $name 1" "log: $work/err"
		fi
		seed=$((seed + 1000))
	done
	echo "fuzz: $name: nothing found, $rounds rounds in $seconds s"
}

case $name in
syscalls | elf) guest ;;
*) host ;;
esac
