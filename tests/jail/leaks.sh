#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What of the caller and the host a program finds inside. TAP on stdout.
exec python3 tests/jail/leaks.py "${SANDBOX_RUN:-build/sandbox-run}"
