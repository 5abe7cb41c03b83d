# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by the shell tests: TAP lines, and the comparison that most of them are: a command run
# natively and in the sandbox must give the same standard output and exit status.

SANDBOX_RUN=${SANDBOX_RUN:-build/sandbox-run}
BUSYBOX=${BUSYBOX:-/bin/busybox}
# A make that a test runs is no part of the make that runs the tests.
unset MAKEFLAGS MAKELEVEL MFLAGS
tap_count=0
tap_failed=0
# Everything that tests make and remove lies in it: without it nothing may run.
if ! tap_dir=$(mktemp -d) || ! [ -d "$tap_dir" ]; then
	echo "Bail out! no temporary directory"
	exit 1
fi
trap 'rm -rf "${tap_dir:?}"' EXIT

# ok STATUS NAME: one TAP line; STATUS is a shell truth.
ok() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		echo "not ok $tap_count - $2"
		tap_failed=1
	fi
}

# is GOT WANTED NAME
is() {
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '#   got: %s\n#   wanted: %s\n' "$1" "$2"
	fi
}

# natively COMMAND...: its status; the shell in between says "Segmentation fault" on its stderr, not ours.
# tap_limit: seconds after which it is ended.
natively() {
	${tap_limit:+timeout --foreground -k 5 "$tap_limit"} sh -c '"$@"; exit $?' sh "$@"
}

# same NAME COMMAND...: the command's output and status, natively (no environment, in /) and in the
# sandbox. SANDBOX_FLAGS may hold options; stdin is passed to both when it is a file.
same() {
	same_name=$1
	shift
	(cd / && natively env -i "$@") <"${INPUT:-/dev/null}" >"$tap_dir/native" 2>"$tap_dir/native.err"
	echo "status $?" >>"$tap_dir/native"
	# shellcheck disable=SC2086
	"$SANDBOX_RUN" ${SANDBOX_FLAGS:-} "$@" <"${INPUT:-/dev/null}" >"$tap_dir/inside" 2>"$tap_dir/inside.err"
	echo "status $?" >>"$tap_dir/inside"
	if cmp -s "$tap_dir/native" "$tap_dir/inside"; then
		ok 0 "$same_name"
	else
		ok 1 "$same_name"
		diff "$tap_dir/native" "$tap_dir/inside" | head -20 | sed 's/^/#   /'
		head -5 "$tap_dir/inside.err" | sed 's/^/#   stderr: /'
	fi
}

done_testing() {
	echo "1..$tap_count"
	exit $tap_failed
}
