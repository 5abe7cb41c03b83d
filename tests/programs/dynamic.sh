#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Debian's dynamically linked programs: loading, scripts, and programs that execute others.
# shellcheck disable=SC2016 # what the inner shells are to expand
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

t() {
	same "$*" "$@"
}

t /bin/true
t /bin/false
t /bin/echo hello world
t /bin/ls /usr
t /bin/ls -l /usr/bin/python3
t /bin/cat /etc/passwd
t /usr/bin/id -u
t /usr/bin/env A=1 B=2 env
t /usr/bin/sha256sum /bin/bash
t /usr/bin/sort -r /etc/passwd
t /usr/bin/python3 -c 'print(sum(range(100)))'
t /usr/bin/python3 -c 'import json, hashlib, zlib; print(json.dumps({"a": [1, 2]}), hashlib.sha256(b"x").hexdigest(), zlib.crc32(b"y"))'
t /usr/bin/perl -le 'print join(",", map { $_ * 2 } 1 .. 5)'
t /bin/bash -c 'echo ${BASH_VERSION%%.*} $((6 * 7))'

# The loader itself as the program, also for what it only lists.
loader=/lib64/ld-linux-x86-64.so.2
t $loader /bin/echo loaded
t $loader --verify /bin/true
t $loader /no/such/program
is "$("$SANDBOX_RUN" $loader --list /bin/ls | sed 's/ (0x.*//' | sort)" \
	"$($loader --list /bin/ls | sed 's/ (0x.*//' | sort)" "the libraries that the loader finds"

# Programs that execute others.
t /usr/bin/env -i PATH=/usr/bin:/bin FOO=bar env
t /usr/bin/nice -n 5 /usr/bin/nice
t /bin/sh -c 'exec /bin/echo from a shell'
t /bin/sh -c 'exec nothing-of-this-name'
t /bin/sh -c 'exec /etc/passwd'
t /usr/bin/python3 -c 'import os; os.execv("/bin/echo", ["echo", "from", "python"])'
t /usr/bin/python3 -c 'import os; os.execvpe("env", ["env"], {"ONE": "1", "PATH": "/bin"})'
t /usr/bin/perl -e 'exec "/bin/echo", "from", "perl"'
t /bin/sh -c 'exec 3</etc/passwd; exec /usr/bin/head -n 1 <&3'

# Scripts: the interpreter's arguments, and interpreters that are scripts.
mkdir "$tap_dir/s"
script() { # NAME: the text is on stdin
	cat >"$tap_dir/s/$1"
	chmod 755 "$tap_dir/s/$1"
}
printf '#!/bin/sh\necho "$0 with $# arguments: $*"\n' | script shell
printf '#!/usr/bin/python3 -E\nimport sys\nprint(sys.argv, sys.flags.ignore_environment)\n' | script python
printf '#!/usr/bin/env python3\nimport sys\nprint(sys.argv)\n' | script by-env
printf '#!/usr/bin/perl -w\nprint "@ARGV\\n";\n' | script perl
printf '#!%s/shell one argument\n' "$tap_dir/s" | script nested
printf '#!/no/such/interpreter\n' | script lost
SANDBOX_FLAGS="--ro $tap_dir/s"
for name in shell python by-env perl nested; do
	same "a script: $name" /bin/sh -c "PATH=/usr/bin:/bin exec $tap_dir/s/$name a 'b c'"
done
same "a script without its interpreter" /bin/sh -c "exec $tap_dir/s/lost"

# Where things are differs from run to run, with and without a loader.
for program in /bin/cat /bin/busybox; do
	maps() {
		if [ $program = /bin/busybox ]; then
			"$SANDBOX_RUN" $program cat /proc/self/maps
		else
			"$SANDBOX_RUN" $program /proc/self/maps
		fi | sed -n "s/^\([0-9a-f]*\).*\[$1\].*/\1/p"
	}
	for area in stack vdso; do
		[ "$(maps $area)" != "$(maps $area)" ]
		ok $? "the $area of $program moves"
	done
done
base() { "$SANDBOX_RUN" /bin/cat /proc/self/maps | sed -n 1p | cut -d- -f1; }
[ "$(base)" != "$(base)" ]
ok $? "a position-independent program moves"
same "without randomization" /usr/bin/setarch x86_64 -R /bin/sh -c \
	'exec sed -n "1s/-.*//p" /proc/self/maps'

done_testing
