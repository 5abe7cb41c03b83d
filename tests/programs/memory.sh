#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Memory near its limit, and given back: what the program sees, and what the host does.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

memory=$PWD/build/tests/programs/memory

is "$("$SANDBOX_RUN" -m 128MiB "$memory" refused)" "mmap 1
shared 1
mprotect 1
mremap 1
sbrk 1
malloc 1" "what could never be there is refused with ENOMEM"
is "$("$SANDBOX_RUN" -m 128MiB "$memory" sparse)" "0 wrong" "pages spread widely take no more than themselves"
is "$("$memory" sparse)" "0 wrong" "the same natively"
"$SANDBOX_RUN" -m 96MiB "$memory" hog 2>"$tap_dir/err"
is "$?" 137 "who takes all is killed"
"$SANDBOX_RUN" "$memory" splits >"$tap_dir/inside"
status=$?
is "$status $(cat "$tap_dir/inside")" "0 $("$memory" splits)" "60000 mappings"

# The monitor is the launcher's child; its resident memory is the guest's.
rss() {
	awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$1/status"
}

answer() {
	read -r -t 20 line <&"${sandbox[0]}"
	is "$line" "$1" "$2"
}

coproc sandbox { exec "$SANDBOX_RUN" "$memory" give; }
# shellcheck disable=SC2154
launcher=$sandbox_PID
answer full "200 MiB are touched"
monitor=$(cat "/proc/$launcher/task/$launcher/children")
monitor=${monitor%% *}
full=$(rss "$monitor")
ok $((full < 200)) "the host backs them: $full MiB"
echo >&"${sandbox[1]}"
answer free "they are freed"
free=$(rss "$monitor")
ok $((free > 60)) "the host has them back: $free MiB are left"
echo >&"${sandbox[1]}"
answer "0 not zero" "used again, they are zero"
wait "$launcher"
ok $? "and the program ends well"

# Mapped files on mounts of the host: the same program as on its own file system.
files=$PWD/build/tests/guest/mm/files
mkdir "$tap_dir/tmp"
"$files" >"$tap_dir/native"
for mount in "--rw $tap_dir/tmp:/tmp" "--overlay $tap_dir/tmp:/tmp" "--tmpfs /tmp"; do
	# shellcheck disable=SC2086
	"$SANDBOX_RUN" $mount --ro "$files:/files" /files >"$tap_dir/inside" 2>"$tap_dir/err"
	status=$?
	diff "$tap_dir/native" "$tap_dir/inside" | sed 's/^/#   /'
	cmp -s "$tap_dir/native" "$tap_dir/inside" && [ $status -eq 0 ]
	ok $? "mapped files on ${mount%% *}"
done
done_testing
