#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs that take all they can get: they are told or killed, the run ends as it should, and who
# takes nothing goes on.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

bombs=$PWD/build/tests/programs/bombs

# bomb WHAT LINE: with 256 MiB.
bomb() {
	is "$(timeout 60 "$SANDBOX_RUN" -m 256MiB "$bombs" "$1" 2>&1)" "$2
works afterwards: 1" "$1"
}

bomb forks "forks: EAGAIN, many: 1"
bomb zombies "zombies: EAGAIN, many: 1"
bomb threads "threads: EAGAIN, many: 1"
bomb descriptors "descriptors: 20 processes were told"
bomb sockets "sockets: all children have ended"
bomb memory "memory: signal 9"
bomb files "files: ENOSPC"
bomb recursion "recursion: signal 11"

# The classic one, in a shell that gives up forking after some tries.
timeout 60 "$SANDBOX_RUN" --processes 100 -t 5s /bin/dash -c 'f() { f | f & }; f; sleep 1; echo alive' \
	>"$tap_dir/out" 2>"$tap_dir/err"
status=$?
ok $((status != 0 && status != 2 && status != 124)) "a fork bomb in a shell: status $status"
is "$(timeout 20 "$SANDBOX_RUN" /bin/echo well)" well "the next run is not touched by it"
done_testing
