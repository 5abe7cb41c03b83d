#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SECURITY.md's table of what a stolen monitor can do is what one can do. TAP on stdout.
echo 1..1
if difference=$(build/tests/jail/stolen --table | diff - /dev/fd/3 3<<-END
	$(sed -n '/^| a stolen monitor can/,/^$/{/^|/p;}' SECURITY.md)
	END
); then
	echo "ok 1 - SECURITY.md has the table"
else
	echo "not ok 1 - SECURITY.md has the table"
	printf '%s\n' "$difference" | sed 's/^/# /'
fi
