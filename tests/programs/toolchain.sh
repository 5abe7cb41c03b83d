#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiler, assembler and binary tools of Debian; wide vector code; OpenSSL.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/tree.sh

cc1=$(gcc -print-prog-name=cc1)
more() {
	printf '#include <stdio.h>\n#include <stdlib.h>\nint main(int c, char **v) { printf("%%d %%s\\n", c, v[0]); return atoi("3"); }\n' >"$work/main.c"
	gcc -E "$work/main.c" -o "$work/main.i"
	gcc -O2 -S "$work/main.c" -o "$work/main.s"
	gcc -g -O1 -c "$work/main.c" -o "$work/main.o"
}

fresh
t /usr/bin/readelf -aW /usr/bin/python3.11
t /usr/bin/readelf -hl "$cc1"
t /usr/bin/objdump -d main.o
t /usr/bin/objdump -d --no-show-raw-insn /usr/bin/grep
t /usr/bin/nm -D /usr/lib/x86_64-linux-gnu/libc.so.6
t /usr/bin/size "$cc1" /usr/bin/python3.11
t /usr/bin/strings -n 20 /usr/bin/gawk
t /usr/bin/addr2line -e main.o -f 0
t /usr/bin/gcc --version
t /usr/bin/gcc -print-search-dirs
w "$cc1" -quiet -O2 -fpreprocessed main.i -o out.s
w "$cc1" -quiet -O3 -g -fpreprocessed main.i -o out.s
w /usr/bin/as main.s -o out.o
w /usr/bin/strip -o stripped main.o
w /usr/bin/objcopy -O binary main.o flat
t /usr/bin/openssl version
t /usr/bin/openssl dgst -sha256 binary numbers
t /usr/bin/openssl dgst -md5 -hmac key fruit
t /usr/bin/openssl enc -aes-256-cbc -K 00 -iv 00 -in fruit -base64
t /usr/bin/openssl prime 1000003
t /usr/bin/openssl base64 -in binary
w /usr/bin/openssl enc -aes-128-ctr -K 01 -iv 02 -in binary -out sealed
is "$("$SANDBOX_RUN" /usr/bin/openssl speed -seconds 1 -bytes 1024 sha256 2>/dev/null | grep -c '^sha256')" 1 "openssl speed"
# It reads the text of the program that it interprets.
t /usr/bin/valgrind -q --vgdb=no --error-exitcode=3 /usr/bin/sort numbers
same "wide vector code" "$(realpath build/tests/programs/vectors)"
done_testing
