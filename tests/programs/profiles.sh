#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The shipped policies at work: each runs a real program, natively and inside. TAP.
tests=$(realpath "$(dirname "$0")/..")
# shellcheck source=tests/tap.sh
. "$tests/tap.sh"
SANDBOX_RUN=$(realpath "$SANDBOX_RUN")
T=$tap_dir
mkdir "$T/native" "$T/inside"
cat >"$T/native/Makefile" <<'EOF'
CFLAGS = -O1
hello: hello.o sum.o
	$(CC) -o $@ $^
check: hello
	./hello 40 2 | grep -q '^42$$' && echo passed
EOF
cat >"$T/native/hello.c" <<'EOF'
#include <stdio.h>
#include <stdlib.h>
int sum(int a, int b);
int main(int argc, char **argv)
{
	return argc != 3 || printf("%d\n", sum(atoi(argv[1]), atoi(argv[2]))) < 0;
}
EOF
echo 'int sum(int a, int b) { return a + b; }' >"$T/native/sum.c"
cat >"$T/native/count.py" <<'EOF'
import collections, json, pathlib, sys
words = collections.Counter(pathlib.Path(sys.argv[1]).read_text().split())
print(json.dumps(sorted(words.items())[:9]))
EOF
cat >"$T/native/count.js" <<'EOF'
const fs = require("fs");
const words = new Set(fs.readFileSync(process.argv[2], "utf8").split(/\s+/));
console.log(JSON.stringify([...words].sort().slice(0, 9)), require("crypto").createHash("sha256").update("a").digest("hex"));
EOF
cp "$T/native/"* "$T/inside"

# agrees NAME POLICY FLAGS COMMAND...: in two directories with the same files; FLAGS: words, or "".
agrees() {
	name=$1 policy=$2 flags=$3
	shift 3
	(cd "$T/native" && "$@") >"$T/native.out" 2>&1
	echo "status $?" >>"$T/native.out"
	# shellcheck disable=SC2086
	(cd "$T/inside" && "$SANDBOX_RUN" -q -p "$policy" $flags -- "$@") >"$T/inside.out" 2>&1
	echo "status $?" >>"$T/inside.out"
	diff "$T/native.out" "$T/inside.out" >"$T/diff"
	ok $? "$name"
	sed 's/^/# /' "$T/diff"
}

in_dir() { (cd "$T/inside" && "$@"); }

agrees 'ci-build: make builds and tests' ci-build '' make check
ok "$([ ! -e "$T/inside/hello" ]; echo $?)" 'ci-build: nothing of it reaches the host'
rm -f "$T/native/hello" "$T/native/"*.o
agrees 'c-build: make builds and tests' c-build '' make -j2 check
cmp -s "$T/native/hello" "$T/inside/hello"
ok $? 'c-build: the results are there, and the same'
mkdir -p "$T/inside/.git/hooks"
in_dir "$SANDBOX_RUN" -q -p c-build sh -c 'echo bad >.git/hooks/pre-commit; mv .git .old' >/dev/null 2>&1
ok "$([ -d "$T/inside/.git/hooks" ] && [ ! -e "$T/inside/.git/hooks/pre-commit" ]; echo $?)" 'c-build: .git stays as it is'
agrees 'python: a script reads a file' python '' python3 count.py hello.c
agrees 'python: standard modules' python '' python3 -c 'import sqlite3, ssl, zlib, ctypes
print(sqlite3.connect(":memory:").execute("select 6*7").fetchone(), ssl.OPENSSL_VERSION)'
is "$(in_dir "$SANDBOX_RUN" -q -p python python3 -c 'open("new", "w")' 2>&1 | tail -1)" \
	"OSError: [Errno 30] Read-only file system: 'new'" 'python: the directory cannot be written'
mkdir -p "$T/inside/out" "$T/native/out"
agrees 'python: a flag adds a directory' python '--rw out' \
	python3 -c 'print(open("out/x", "w").write("text"), open("out/x").read())'
is "$(cat "$T/inside/out/x")" text 'python: what goes there is kept'
agrees 'node: a script reads a file' node '' node count.js hello.c
# shellcheck disable=SC2016
agrees 'shell-readonly: a search' shell-readonly '' sh -c 'grep -l sum *.c | sort | xargs wc -l; t=/tmp/shell.$$; echo $((6*7)) >$t && cat $t; rm $t'
in_dir "$SANDBOX_RUN" -q -p shell-readonly sh -c 'echo x >hello.c' >/dev/null 2>&1
cmp -s "$T/native/hello.c" "$T/inside/hello.c"
ok $? 'shell-readonly: no file changes'
agrees 'untrusted: a program of the C library alone' untrusted '' ./hello 40 2
is "$(in_dir "$SANDBOX_RUN" -q -p untrusted --ro hello.c --rw out -- /bin/cp hello.c out/copy; cmp "$T/inside/hello.c" "$T/inside/out/copy" && echo same)" \
	same 'untrusted: in and out by flags'
is "$(in_dir "$SANDBOX_RUN" -q -p untrusted /bin/date -u +%Y-%m-%d)" 2020-01-01 'untrusted: its clock'
is "$(in_dir "$SANDBOX_RUN" -q -p untrusted /bin/ls / | tr '\n' ' ')" 'bin dev etc lib lib64 proc tmp usr work ' \
	'untrusted: there is little else'
is "$(in_dir "$SANDBOX_RUN" -q -p untrusted /bin/cat /etc/passwd 2>&1)" \
	'/bin/cat: /etc/passwd: No such file or directory' 'untrusted: files of /etc are not among it'

# What is installed is what is in the executable, and reads as a file, too.
for file in "$tests/../policy/profiles/"*.yaml; do
	name=$(basename "$file" .yaml)
	is "$(in_dir "$SANDBOX_RUN" --check-policy -p "$name")" "$name: ok" "$name is read by name"
	is "$(in_dir "$SANDBOX_RUN" --check-policy -p "$file")" "$file: ok" "$name is read as a file"
done
done_testing
