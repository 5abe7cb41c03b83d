#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A file that is made shorter on the host while a program maps it: SIGBUS and EFAULT as natively.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

PROGRAM=$PWD/build/tests/programs/truncated
file=$tap_dir/file
writes=

# run OUTPUT PAGES KEEP COMMAND...: the command's output, the file cut to KEEP bytes when it is ready.
run() {
	output=$1 pages=$2 keep=$3
	shift 3
	yes 0123456789abcde | head -c $((pages * 4096)) >"$file"
	rm -f "$tap_dir/in" "$output"
	mkfifo "$tap_dir/in"
	# shellcheck disable=SC2086 # nothing or one word
	timeout 20 "$@" "$PROGRAM" "$file" "$pages" $writes <"$tap_dir/in" >"$output" 2>&1 &
	pid=$!
	exec 5>"$tap_dir/in"
	tries=0
	until grep -qs ready "$output" || [ $tries -gt 500 ]; do
		sleep 0.02
		tries=$((tries + 1))
	done
	truncate -s "$keep" "$file"
	echo go >&5
	exec 5>&-
	wait $pid
	echo "status $?" >>"$output"
}

# both NAME PAGES KEEP
both() {
	run "$tap_dir/native" "$2" "$3" env -i
	cksum <"$file" >>"$tap_dir/native"
	mount=
	[ "$writes" = write ] && mount=--rw
	run "$tap_dir/inside" "$2" "$3" "$SANDBOX_RUN" "${mount:---ro}" "$tap_dir"
	cksum <"$file" >>"$tap_dir/inside"
	if cmp -s "$tap_dir/native" "$tap_dir/inside"; then
		ok 0 "$1"
	else
		ok 1 "$1"
		diff "$tap_dir/native" "$tap_dir/inside" | head -20 | sed 's/^/#   /'
	fi
}

both "a file of 64 pages, cut in the middle of a page" 64 100000
both "a file of 64 pages, cut between pages" 64 131072
both "a file of 64 pages, nothing left" 64 0
both "a file of 8 MiB" 2048 5000000
writes="private"
both "a private mapping of 64 pages" 64 100000
both "a private mapping of 64 pages, nothing left" 64 0
both "a private mapping of 8 MiB" 2048 5000000
writes="write"
both "stores into a file of 64 pages, cut in the middle of a page" 64 100000
both "stores into a file of 8 MiB" 2048 5000000
done_testing
