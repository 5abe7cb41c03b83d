#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The launcher against a stolen monitor: whatever that says, status and message are right. TAP on stdout.
exec build/tests/jail/stolen --words
