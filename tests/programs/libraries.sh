#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A program is started again and again, while its libraries change and others come before them.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/tree.sh

made=$tap_dir/made
mkdir "$made"
printf '%s\n' 'static const char much[40000] = "x";' 'static int calls;' \
	'const char *say(void) { calls++; return WORD; }' 'int count(void) { return calls + (much[0] == 0); }' >"$made/library.c"
printf '%s\n' '#include <stdio.h>' 'const char *say(void); int count(void);' \
	'int main(void) { printf("%s", say()); printf(" %d\n", count()); }' >"$made/main.c"
for word in one two; do
	gcc -O1 -shared -fPIC -Wl,-soname,used.so -DWORD="\"$word\"" -o "$made/$word.so" "$made/library.c"
done
cp "$made/one.so" "$made/used.so"
gcc -O1 -o "$made/main" "$made/main.c" "$made/used.so" -Wl,-rpath,"\$ORIGIN"
more() {
	cp "$made"/*.so "$made/main" "$work/"
	cat >"$work/again.sh" <<-'END'
	other=$(echo /usr/lib/x86_64-linux-gnu/libz.so.1)
	./main; ./main; ./main
	cat two.so >used.so; ./main; ./main
	cp one.so new.so; mv new.so used.so; ./main; ./main
	LD_PRELOAD=$other ./main; ./main; LD_BIND_NOW=1 ./main; LD_PRELOAD=$other ./main; ./main; ./main
	cp used.so kept.so; : >used.so; ./main 2>/dev/null; echo $?; mv kept.so used.so; ./main; ./main
	(./main; ./main) | sort; ./main & ./main; wait
	END
}
fresh
w /bin/bash again.sh
done_testing
