#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compilers and build tools as whole: a C project of 200 files, C++, cmake with ninja; full, no-op and incremental.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/script.sh

project=$tap_dir/project
sh tests/c-project.sh "$project"
SANDBOX_FLAGS="--ro $project" SCRIPT_ENV="PROJECT=$project" script 'make -j4: 200 files of C' /bin/sh <<'END'
cp -r "$PROJECT"/* .
make -j4 >log; echo "make: $?"; sort log | md5sum; ./program
make -j4
touch include/part7.h; make -j4
echo 'int extra(void) { return 1; }' >src/zextra.c; make
echo 'syntax error' >src/zextra.c; make -j2 >/dev/null 2>errors; echo "make: $?"; grep -c error: errors
rm src/zextra.c; make -k -j4; ./program; sha256sum obj/part1.o obj/part199.o
make clean; ls
END

script 'make: functions, recursion, jobserver' /bin/sh <<'END'
mkdir -p sub/a sub/b
for d in a b; do printf 'all: 1 2 3\n1 2 3:\n\t@sleep 0.01; echo %s$@ >>../../log\n' $d >sub/$d/Makefile; done
cat >Makefile <<'M'
NOW := $(shell echo evaluated)
LIST := $(foreach f,$(wildcard sub/*),$(notdir $f))
define lines
echo first
echo second
endef
all: subs shell late
	@echo "$(NOW) $(LIST) $(words $(LIST))"
subs:
	@+$(MAKE) --no-print-directory -C sub/a && $(MAKE) --no-print-directory -C sub/b
shell: SHELL := /bin/bash
shell:
	@cat <(echo bash)
	@$(lines)
late: | subs shell
	@-false
	@echo "$@ after $|"
.PHONY: all subs shell late fail
fail:
	@kill -TERM $$$$
	@echo not reached
M
make -j3 2>&1 | grep -v jobserver; sort log
make fail 2>&1; echo $?
make -n late; make -q late; echo $?
make none 2>&1; echo $?
printf 'all: a b c d\na b c d:\n\t@sleep 0.05; echo $@ done\n' >par; make -f par -j4 -Otarget | sort
make -f par -j | sort; make -f par -j4 --trace 2>&1 | grep -c 'target'
printf 'all:\n\t@exit 3\n' | make -f - 2>&1 | sed 's/Gm[^:]*:/stdin:/'
END

script 'gcc, g++, ld, ar' /bin/sh <<'END'
printf '#include <stdio.h>\nint main(int c, char **v) { printf("%%d %%s\\n", c, c > 1 ? v[1] : ""); return 3; }\n' >a.c
gcc a.c -o a; ./a x; echo $?
gcc -pipe -O2 -Wall -save-temps a.c -o a2; ./a2; ls
gcc -static -O2 a.c -o static; ./static s; gcc -shared -fPIC -o lib.so -x c - <<'C'
int seven(void) { return 7; }
C
printf 'int seven(void); int main(void) { return seven(); }' >b.c
gcc b.c ./lib.so -o b; ./b; echo $?
gcc -c b.c -o b.o; echo 'int seven(void) { return 8; }' | gcc -x c -c - -o s.o; ar rcsD libs.a s.o; ar t libs.a; ranlib libs.a
gcc b.o -L. -l:libs.a -o b2; ./b2; echo $?; ld -r -o both.o b.o s.o; gcc both.o -o b3; ./b3; echo $?
gcc -flto -O2 b.c -x c - -o lto <<'C'
int seven(void) { return 9; }
C
./lto; echo $?; gcc -fsyntax-only -Werror -Wall -x c - <<'C' 2>&1
int main(void) { int unused; return undefined; }
C
echo $?; gcc -E -dM -x c /dev/null | grep -c __x86_64__; gcc missing.c 2>&1; echo $?
cat >t.cc <<'C'
#include <algorithm>
#include <future>
#include <iostream>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
int main()
{
	std::map<std::string, int> m{{"a", 1}, {"b", 2}};
	std::vector<int> v(1000);
	std::iota(v.begin(), v.end(), 0);
	std::vector<std::thread> t;
	std::vector<long> sums(4);
	for (int i = 0; i < 4; i++)
		t.emplace_back([&, i] { for (int k = i; k < 1000; k += 4) sums[i] += v[k]; });
	for (auto &x : t) x.join();
	auto f = std::async(std::launch::async, [] { return 42; });
	try { throw std::runtime_error("thrown"); } catch (const std::exception &e) { std::cout << e.what() << '\n'; }
	std::cout << std::accumulate(sums.begin(), sums.end(), 0L) << ' ' << f.get() << ' ' << m["b"] << std::endl;
}
C
g++ -O2 -pthread t.cc -o t && ./t; echo $?; g++ -O2 -pthread -static t.cc -o ts && ./ts; nm -C t | grep -c std::; strip t; ./t
objdump -d a.out 2>/dev/null; gcc -g -O0 a.c -o dbg; addr2line -e dbg main >/dev/null; echo $?; size a static | wc -l
END

script 'clang' /bin/sh <<'END'
printf '#include <stdio.h>\nint main(void) { puts("from clang"); return 0; }\n' >a.c
clang-14 -O2 a.c -o a && ./a; clang-14 -S -emit-llvm a.c -o - | grep -c define; clang-14 -c a.c && gcc a.o -o b && ./b
clang-14 -fsanitize=undefined -O1 -x c - -o u <<'C' && ./u; echo $?
int main(int c, char **v) { (void)v; return c << 3; }
C
printf 'int main(void) { return x; }\n' | clang-14 -fsyntax-only -x c - ; echo $?
clang-14 -### a.c 2>/dev/null; clang-14 --version | head -n 1
END

script 'cmake and ninja' /bin/sh <<'END'
mkdir -p src lib
printf 'cmake_minimum_required(VERSION 3.10)\nproject(t C CXX)\nenable_testing()\nadd_library(l STATIC lib/l.c)\nadd_library(s SHARED lib/s.c)\nadd_executable(p src/p.c src/q.cc)\ntarget_link_libraries(p l s)\nadd_custom_command(OUTPUT gen.h COMMAND sh -c "echo made >gen.h")\nadd_custom_target(g DEPENDS gen.h)\nadd_dependencies(p g)\nadd_test(NAME runs COMMAND p)\ninstall(TARGETS p l s)\nfile(GLOB x src/*)\nexecute_process(COMMAND echo hello OUTPUT_VARIABLE o)\nmessage(STATUS "said ${o}")\n' >CMakeLists.txt
echo 'int l(void) { return 1; }' >lib/l.c; echo 'int s(void) { return 2; }' >lib/s.c
printf '#include <stdio.h>\nint l(void), s(void), q(void);\nint main(void) { printf("%%d\\n", l() + s() + q()); return 0; }\n' >src/p.c
echo 'extern "C" int q() { return 39; }' >src/q.cc
cmake -G Ninja -B build -DCMAKE_BUILD_TYPE=Release >log 2>&1; echo $?; grep said log
ninja -C build -j4 >log 2>&1; echo $?; tail -n 1 log | sed 's/Linking.*//'; build/p
ninja -C build; touch lib/l.c; ninja -C build -v | grep -c gcc || ninja -C build; build/p
echo broken >>src/q.cc; ninja -C build >log; echo $?; grep -c FAILED log
cmake -G 'Unix Makefiles' -B build2 >log 2>&1; echo $?; sed -i /broken/d src/q.cc
cmake --build build2 -j4 >log 2>&1; echo $?; build2/p; (cd build2 && ctest 2>&1 | grep 'tests passed')
cmake --install build2 --prefix "$PWD/out" >/dev/null; echo $?; find out -type f | sort; cmake -E echo from cmake -E
ninja -C build -t clean | tail -n 1; ninja -C build -n | wc -l
END

script 'cc1 with memory, a big file' /bin/sh <<'END'
awk 'BEGIN { print "#include <math.h>"; for (i = 0; i < 400; i++) {
	printf "double f%d(double *a, int n) { double s = 0; for (int i = 0; i < n; i++) { s += sin(a[i]) * %d; if (s > %d) s = sqrt(s); } return s; }\n", i, i, i * 7 } }' >big.c
gcc -O3 -c big.c && sha256sum big.o; gcc -O0 -g -c big.c -o g.o && sha256sum g.o
END
done_testing
