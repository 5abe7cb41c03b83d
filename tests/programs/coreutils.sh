#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Debian's coreutils, dynamic and unmodified, each in a VM of its own under the default policy, compared
# with native runs.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/tree.sh

fresh
t /usr/bin/arch
for sum in b2sum cksum md5sum sha1sum sha224sum sha256sum sha384sum sha512sum sum; do
	t /usr/bin/$sum binary numbers missing
done
t /usr/bin/base32 binary
t /usr/bin/base64 -w 60 binary
t /usr/bin/basenc --z85 left
t /usr/bin/basename /a/b/c.txt .txt
t /usr/bin/cat numbers fruit missing dir
t /usr/bin/cat -A tabs
INPUT=$work/numbers t /usr/bin/cat
t /usr/bin/comm left right
t /usr/bin/cut -d ' ' -f 2 left
t /usr/bin/cut -c 2-4 fruit
t /usr/bin/date -u -d @86400 +%c
t /usr/bin/date -r numbers +%s.%N
t /usr/bin/dd if=binary bs=1000 skip=3 count=5 status=none
t /usr/bin/dd if=binary bs=4k conv=swab status=none
t /usr/bin/dir
t /usr/bin/dircolors -b
t /usr/bin/dirname /a/b/c
t /usr/bin/du -a --apparent-size .
t /usr/bin/du -sh --apparent-size dir
t /usr/bin/echo -e 'a\tb\n'
t /usr/bin/env
t /usr/bin/env -i A=1 /usr/bin/printenv
t /usr/bin/env A=1 B=2 /usr/bin/printenv A B
t /usr/bin/expand tabs
t /usr/bin/expr 6 '*' 7
t /usr/bin/expr length hello
t /usr/bin/factor 12345678901234567890 97
t /usr/bin/false
t /usr/bin/fmt -w 20 fruit
t /usr/bin/fold -w 3 fruit
t /usr/bin/groups
t /usr/bin/head -n 5 numbers fruit
t /usr/bin/head -c -99990 binary
t /usr/bin/id
t /usr/bin/id -un
t /usr/bin/id nobody
t /usr/bin/join left right
t /usr/bin/ls
t /usr/bin/ls -lA --time-style=full-iso
t /usr/bin/ls -lR --time-style=+%s.%N
t /usr/bin/ls -F --color=always
t /usr/bin/ls missing
t /usr/bin/ls -l /usr/bin/env /etc/passwd --time-style=+%s
t /usr/bin/nice
t /usr/bin/nice -n 5 /usr/bin/nice
t /usr/bin/nl fruit
t /usr/bin/numfmt --to=iec 123456789
t /usr/bin/od -c tabs
t /usr/bin/od -A x -t x1z -N 64 binary
t /usr/bin/paste left right
t /usr/bin/pathchk -p 'a b'
t /usr/bin/pr -l 20 fruit
t /usr/bin/printenv LC_ALL
t /usr/bin/printf '%s %d %x %5.2f\n' a 42 255 3.14159
t /usr/bin/ptx fruit
t /usr/bin/pwd
t /usr/bin/readlink link
t /usr/bin/readlink -f link
t /usr/bin/realpath dir/../link
t /usr/bin/realpath -e missing
t /usr/bin/seq 1 3 20
t /usr/bin/shuf --random-source=binary numbers
t /usr/bin/sleep 0.01
t /usr/bin/sort -n -r numbers
t /usr/bin/sort -u fruit
t /usr/bin/sort --parallel=1 -S 1M -k 1n numbers
t /usr/bin/stat -c '%n %F %s %a %u %g %Y %h' numbers link dir
t /usr/bin/stat -L -c '%n %F %s' link
t /usr/bin/stat -f -c '%l' .
t /usr/bin/tac fruit
t /usr/bin/tail -n 3 numbers fruit
t /usr/bin/tail -c 20 numbers
INPUT=$work/numbers t /usr/bin/tail -n 2
t /usr/bin/test -d dir
t /usr/bin/test -f dir
t '/usr/bin/[' -s numbers ']'
INPUT=$work/fruit t /usr/bin/tr a-z A-Z
t /usr/bin/true
t /usr/bin/tsort left
t /usr/bin/tty
t /usr/bin/uname -s -m -o
t /usr/bin/unexpand -a tabs
t /usr/bin/uniq -c fruit
t /usr/bin/vdir --time-style=+%s
t /usr/bin/wc numbers fruit binary
t /usr/bin/whoami
t /usr/bin/yes --version

w /usr/bin/chgrp 0 numbers
w /usr/bin/chmod -v 600 numbers
w /usr/bin/chmod -R a-w dir
w /usr/bin/chown 0:0 fruit
w /usr/bin/cp -v numbers copy
w /usr/bin/cp -a dir copy
w /usr/bin/cp -a link copy
w /usr/bin/cp -r dir fruit empty
w /usr/bin/cp --sparse=always binary copy
w /usr/bin/cp -l fruit hard
w /usr/bin/cp -s "$work/fruit" soft
w /usr/bin/cp -n fruit left
w /usr/bin/cp missing copy
w /usr/bin/csplit numbers 100 2000
w /usr/bin/dd if=binary of=copy bs=3000 seek=2 status=none
w /usr/bin/dd if=left of=numbers conv=notrunc bs=1 seek=100 status=none
w /usr/bin/install -m 750 fruit installed
w /usr/bin/install -d a/b/c
w /usr/bin/link fruit hard
w /usr/bin/ln fruit hard
w /usr/bin/ln -s fruit soft
w /usr/bin/ln -sfn dir link
w /usr/bin/ln fruit left
w /usr/bin/mkdir -p a/b/c
w /usr/bin/mkdir dir
w /usr/bin/mkdir -m 700 private
w /usr/bin/mv fruit dir
w /usr/bin/mv dir moved
w /usr/bin/mv -n fruit left
w /usr/bin/mv -f fruit left
w /usr/bin/mv -T dir empty
w /usr/bin/mv missing x
w /usr/bin/rm -r dir
w /usr/bin/rm -v numbers link
w /usr/bin/rm dir
w /usr/bin/rmdir empty
w /usr/bin/rmdir dir
w /usr/bin/rmdir -p --ignore-fail-on-non-empty dir/sub
w /usr/bin/shred -n 1 -z -u left
w /usr/bin/sort -o numbers -r numbers
w /usr/bin/split -l 1000 numbers part-
w /usr/bin/split -b 30000 -d binary piece
w /usr/bin/sync numbers
INPUT=/etc/passwd w /usr/bin/tee copy
INPUT=/etc/passwd w /usr/bin/tee -a fruit
w /usr/bin/touch new numbers
w /usr/bin/touch -c absent
w /usr/bin/touch -d '2020-01-02 03:04:05.678901234' -h link
w /usr/bin/touch -r left fruit
w /usr/bin/truncate -s 10 numbers
w /usr/bin/truncate -s 1M binary
w /usr/bin/truncate -s +5 absent
w /usr/bin/unlink fruit
w /usr/bin/unlink dir
done_testing
