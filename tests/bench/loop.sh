#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each command substitution is a process of its own.
for ((i = 0; i < 1000; i++)); do
	# shellcheck disable=SC2116
	x=$(echo "$i")
done
[ "$x" = 999 ]
