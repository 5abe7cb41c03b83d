#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Signals of the same user to launcher and monitor, at each phase of a run. TAP on stdout.
exec python3 tests/jail/signals.py "${SANDBOX_RUN:-build/sandbox-run}"
