#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Interpreters of Debian, dynamic and unmodified: perl, lua, python, over all kinds of mounts that can be written.
# shellcheck disable=SC2016 # the programs hold dollar signs
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/tree.sh

python=/usr/bin/python3
files=$(realpath tests/programs/files.py)
more() {
	cp "$files" "$work/files.py"
	printf '#!/usr/bin/python3\nimport sys\nprint("script", sys.argv[1:])\n' >"$work/script.py"
	printf '#!/usr/bin/perl -w\nprint "perl @ARGV\\n";\n' >"$work/script.pl"
	printf '#!%s/script.py extra\n' "$work" >"$work/indirect"
	printf 'no interpreter line\n' >"$work/plain"
	printf '#!/nowhere/interpreter\n' >"$work/lost"
	chmod +x "$work/script.py" "$work/script.pl" "$work/indirect" "$work/plain" "$work/lost"
}

fresh
t /usr/bin/perl -e 'print join(",", map { $_ * $_ } 1 .. 10), "\n"'
t /usr/bin/perl -MPOSIX -MList::Util=sum -MData::Dumper -e 'print sum(1 .. 100), strftime("%Y", gmtime(0)), Dumper({ a => [1, 2] })'
t /usr/bin/perl -ne 'print if /an/' fruit
t /usr/bin/perl -MDigest::SHA=sha256_hex -e 'print sha256_hex("abc"), "\n"'
t /usr/bin/perl -e 'opendir D, "."; print join(" ", sort readdir D), "\n"; exit 3'
t /usr/bin/lua5.4 -e 'local t = {} for i = 1, 10 do t[i] = i ^ 2 end print(table.concat(t, " "))'
t /usr/bin/lua5.4 -e 'for l in io.lines("fruit") do print(l:upper()) end os.exit(4)'
t $python -c 'print("hello")'
t $python -c 'import sys; print(sys.version_info[:2], sys.maxsize, sys.byteorder, sys.flags.hash_randomization)'
t $python -c 'import json, hashlib, zlib; print(json.dumps({"a": [1, 2.5, None]}), hashlib.sha256(b"x").hexdigest(), zlib.crc32(b"y"))'
t $python -c 'import os; [print(d, sorted(s), sorted(f)) for d, s, f in sorted(os.walk("."))]'
t $python -c 'import pathlib; print(sorted(str(p) for p in pathlib.Path(".").rglob("*")), pathlib.Path("link").resolve().name)'
t $python -c 'import mmap; f = open("binary", "rb"); m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ); print(m[:4], len(m), m.find(b"GNU"))'
t $python -c 'import ctypes; print(ctypes.CDLL("libc.so.6").abs(-5))'
t $python -c 'import decimal, fractions, statistics; print(decimal.Decimal(2).sqrt(), fractions.Fraction(1, 3), statistics.mean([1, 2]))'
t $python -c 'import time, datetime; print(time.time() > 1e9, time.monotonic() > 0, datetime.datetime.fromtimestamp(0, datetime.timezone.utc))'
t $python -c 'import re, random; random.seed(1); print(re.sub("a+", "b", "caat"), random.random())'
t $python -c 'raise SystemExit(9)'
t $python -c '1/0'
t $python -c 'import os; os.kill(os.getpid(), 11)'
t $python -c 'import os; os.execv("/usr/bin/printf", ["printf", "%s-%s\\n", "a", "b"])'
INPUT=$work/fruit t $python -c 'import sys; print(sorted(sys.stdin.read().split()))'
t "$work/script.py" one two
t "$work/script.pl" one two
t "$work/indirect" one two
t /lib64/ld-linux-x86-64.so.2 /usr/bin/echo through the loader
w $python -B files.py
w $python -B -c 'import sqlite3; c = sqlite3.connect("db"); c.execute("pragma page_size"); c.execute("create table t(a, b)"); c.executemany("insert into t values(?, ?)", [(i, str(i)) for i in range(1000)]); c.commit(); print(c.execute("select sum(a), count(*) from t").fetchall(), c.execute("pragma integrity_check").fetchall()); c.close()'
w /usr/bin/perl -e 'open F, ">", "new" or die; print F "x" x 100000; close F; rename "new", "renamed"; mkdir "d"; symlink "a", "d/l"; print -s "renamed", "\n"'
w /usr/bin/perl -i -pe 's/apple/orange/' fruit
w /usr/bin/lua5.4 -e 'local f = io.open("new", "w") f:write("hello") f:seek("set", 1) f:write("E") f:close() os.rename("new", "old") print(os.remove("fruit"))'
done_testing
