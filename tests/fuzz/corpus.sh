#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The inputs that were kept, once each: those that reach far, and those that once failed.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

for corpus in tests/fuzz/corpus/*/; do
	name=$(basename "$corpus")
	inputs=("$corpus"*)
	timeout 120 "build/tests/fuzz/$name" -timeout=20 "${inputs[@]}" >"$tap_dir/log" 2>&1
	status=$?
	ok $status "$name: ${#inputs[@]} inputs"
	[ $status = 0 ] || grep -aE '^fuzz: |runtime error|ERROR|Running:' "$tap_dir/log" | tail -3 | sed 's/^/# /'
done
done_testing
