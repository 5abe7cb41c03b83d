#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Archivers and compressors of Debian, dynamic and unmodified, with what they write to each kind of mount.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/tree.sh

more() {
	tar -C "$work" --mtime=@0 --sort=name --owner=0 --group=0 --numeric-owner -cf "$work/all.tar" dir fruit numbers link
	gzip -n -k "$work/numbers"
	xz -k "$work/fruit"
	zstd -q "$work/left" -o "$work/left.zst"
	bzip2 -k "$work/right"
}

fresh
t /usr/bin/tar -tvf all.tar --numeric-owner
t /usr/bin/tar -cf - --mtime=@0 --sort=name --format=ustar dir fruit link
t /usr/bin/tar -cf - --mtime=@0 --sort=name --format=pax --pax-option=delete=atime,delete=ctime dir
t /usr/bin/gzip -n -c binary
t /usr/bin/gzip -dc numbers.gz
t /usr/bin/gzip -t numbers.gz fruit
t /usr/bin/xz -T1 -c binary
t /usr/bin/xz -dc fruit.xz
t /usr/bin/xz -l fruit.xz
t /usr/bin/zstd --no-asyncio -q -T1 -19 -c binary
t /usr/bin/zstd --no-asyncio -q -dc left.zst
t /usr/bin/bzip2 -c binary
t /usr/bin/bzip2 -dc right.bz2
t /usr/bin/ar t /usr/lib/x86_64-linux-gnu/libc.a
w /usr/bin/tar -xf all.tar
w /usr/bin/tar -xpf all.tar -C empty
w /usr/bin/tar -xvf all.tar -C empty dir
w /usr/bin/tar -cf new.tar --mtime=@0 --sort=name dir numbers
w /usr/bin/tar -rf all.tar --mtime=@0 left
w /usr/bin/gzip -n fruit
w /usr/bin/gzip -d numbers.gz -f
w /usr/bin/xz -T1 binary
w /usr/bin/xz -d fruit.xz -f
w /usr/bin/zstd --no-asyncio -q -T1 --rm binary
w /usr/bin/zstd --no-asyncio -q -d left.zst -f
w /usr/bin/bzip2 binary
w /usr/bin/ar rcD lib.a fruit left
done_testing
