#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --tty, and interactive programs that a user at a terminal drives: see terminal.py.
cd "$(dirname "$0")/../.." || exit 1
directory=$(mktemp -d) || exit 1
trap 'rm -rf "${directory:?}"' EXIT
python3 tests/programs/terminal.py "${SANDBOX_RUN:-build/sandbox-run}" "$directory"
