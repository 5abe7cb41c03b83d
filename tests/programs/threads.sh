#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# POSIX threads of both C libraries.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

for program in threads threads-musl; do
	same "$program" "$PWD/build/tests/programs/$program"
done
done_testing
