#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sandbox-run as a job of an interactive shell: see jobs.py.
cd "$(dirname "$0")/../.." || exit 1
exec python3 tests/cli/jobs.py "${SANDBOX_RUN:-build/sandbox-run}"
