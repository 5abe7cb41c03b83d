#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# coreutils' own tests of a coreutils built here, and gnulib's of the C library's calls: how each ends. Those that
# mount file systems are left out (natively that would be the host's), and factor's, which only compute.
#   coreutils.sh [TEST...]    (tests/cp/abuse.sh, gnulib-tests/test-pipe...; default: all)
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/suites/suite.sh

# tests.list has the names of all; env.sh of each directory what its Makefile sets for its tests.
prepare() {
	FORCE_UNSAFE_CONFIGURE=1 ./configure --quiet --disable-nls --without-selinux &&
		make -s -j2 && make -s -j2 -C gnulib-tests check TESTS= || return
	cat >list.mk <<-'END'
	include Makefile
	list:
		@printf '%s\n' $(filter-out $(all_root_tests) $(factor_tests), $(TESTS)) >tests.list
		@$(TESTS_ENVIRONMENT) $(SHELL) -c 'export -p' >env.sh
	END
	env -i PATH="$suite_path" make -s -f list.mk list && env -i PATH="$suite_path" make -s -C gnulib-tests -f ../list.mk list &&
		sed 's/^/gnulib-tests\//' gnulib-tests/tests.list >>tests.list
}

source_of coreutils
cat >"$tree/one.sh" <<'END'
directory=.
case $1 in gnulib-tests/*) directory=gnulib-tests ;; esac
cd "$directory"
. ./env.sh
test=${1#gnulib-tests/}
export CU_TEST_NAME=coreutils,$(echo "${test%.*}" | tr / -)
exec 9>&2
# Tests of what is refused are not for root.
as=
grep -qs skip_if_root_ "$test" && as='setpriv --reuid=65534 --regid=65534 --clear-groups'
case $test in
*.sh) exec $as /bin/bash "$test" ;;
*.pl) exec perl -w -Itests -MCuSkip -MCoreutils -M"CuTmpdir qw($test)" "$test" ;;
*.xpl) exec perl -T -w -Itests -MCuSkip -MCoreutils -M"CuTmpdir qw($test)" "$test" ;;
*) exec "./$test" ;;
esac
END
chmod 1777 "$tree"
cp -p "$tree/one.sh" "$tree.copy/" 2>/dev/null
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(cat "$tree/tests.list")
suite_limit=200
for test; do
	both "$tree" /bin/bash one.sh "$test"
	for side in native inside; do
		mv "$tap_dir/$side" "$tap_dir/$side.said"
		case $(tail -1 "$tap_dir/$side.said") in
		'status 0') echo passed ;;
		'status 77') echo skipped ;;
		'status 124' | 'status 137') echo hangs ;;
		*) echo failed ;;
		esac >"$tap_dir/$side"
	done
	verdict coreutils "$test"
	cmp -s "$tap_dir/native" "$tap_dir/inside" || tail -12 "$tap_dir/inside.err" | cut -c -200 | sed 's/^/#   /'
done
done_testing
