#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Golden messages about policy files: each case of policies.txt is read by --check-policy. TAP, no VM needed.
#
# A case is "=== NAME", the file, "---" and what is said: "FILE:LINE:COL: ..." for errors, "hint: ..." for hints,
# or "ok". A line "$ FLAGS" after "---" gives flags. In a file, \xNN stands for that byte.
tests=$(realpath "$(dirname "$0")/..")
# shellcheck source=tests/tap.sh
. "$tests/tap.sh"
T=$tap_dir
SANDBOX_RUN=$(realpath "$SANDBOX_RUN")
mkdir -p "$T/cwd/dir/sub" "$T/cwd/out" "$T/cwd/home" "$T/cases"
cd "$T/cwd" || exit 1
echo text >dir/file
mkfifo fifo
ln -s dir link
printf 'version: 1\nextends: builtin:base\nname: other\nfilesystem: { read: ["%s/dir"], deny: ["%s/dir/sub"] }\n' \
	"$T/cwd" "$T/cwd" >other.yaml
printf 'version: 1\nextends: ./other.yaml\n' >middle.yaml
printf 'version: 1\n' >dir/safe.yaml
ln -s dir/safe.yaml leads.yaml
printf 'version: 1\nlocked: true\nextends: builtin:base\nlimits: { memory: 64MiB }\n' >locked.yaml

awk -v dir="$T/cases" '
/^=== / { number = sprintf("%03d", ++count); print substr($0, 5) >(dir "/" number ".name"); out = dir "/" number ".yaml"
	printf "" >out; next }
/^---$/ { out = dir "/" number ".want"; printf "" >out; next }
/^\$ / && out ~ /want$/ { print substr($0, 3) >(dir "/" number ".flags"); next }
out { print >out }' "$tests/cli/policies.txt"

for name in "$T"/cases/*.name; do
	case=${name%.name}
	flags=
	[ ! -f "$case.flags" ] || flags=$(cat "$case.flags")
	# shellcheck disable=SC2059
	printf -- "$(sed 's/%/%%/g; s/\\\([^x]\)/\\\\\1/g' "$case.yaml")\n" >policy.yaml
	# shellcheck disable=SC2086
	HOME=$T/cwd/home "$SANDBOX_RUN" --check-policy -p policy.yaml $flags >"$case.out" 2>"$case.err"
	status=$?
	{
		sed 's/^policy.yaml: ok$/ok/' "$case.out"
		sed "s,^sandbox-run: error: ,,; s,^sandbox-run: hint: ,hint: ,; s,$T/cwd,CWD,g" "$case.err"
		[ $status = 0 ] || [ $status = 125 ] || echo "status $status"
	} >"$case.got"
	diff "$case.want" "$case.got" >"$case.diff"
	ok $? "$(cat "$name")"
	sed 's/^/# /' "$case.diff"
done
done_testing
