#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A monitor that is taken over when its jail has closed: all that it tries fails. TAP on stdout.
exec build/tests/jail/stolen --acts
