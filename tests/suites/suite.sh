# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced after tap.sh by the tests of this directory: another project's own test suite, from Debian's source package
# of what this machine has installed, run natively and in the sandbox. Each of its tests must end inside as it does
# natively; PACKAGE.differences has those that do not, each with its reason, and one that is no difference any
# more fails, so that the list stays true.

: "${tap_dir:?no directory of its own}"
suites=$(pwd)/${BUILD:-build}/suites

# Where packages come from is what apt is told anyway; its own lists and settings are left alone.
apt_source() { # PACKAGE: its source, unpacked in the current directory
	apt=$suites/apt
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"
	for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		[ -f "$list" ] && grep -q '/debian' "$list" &&
			sed 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$list" >"$apt/parts/${list##*/}"
	done
	set -- "$1" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt/parts" \
		-o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root
	package=$1
	shift
	[ -n "$(ls "$apt/lists/"*Sources* 2>/dev/null)" ] || apt-get -q "$@" update
	# shellcheck disable=SC2016
	apt-get -q "$@" --only-source source "$(dpkg-query -W -f='${source:Package}=${source:Version}' "$package")"
}

# source_of PACKAGE: $tree is its source; prepare() makes of it what the tests need, once.
source_of() {
	tree=$suites/$1
	[ -e "$tree/.ready" ] && return
	rm -rf "${tree:?}" "$tree.copy" "$tree.unpack"
	mkdir -p "$tree.unpack"
	(cd "$tree.unpack" && apt_source "$1" && mv ./*/ "$tree" && cd "$tree" && prepare) >"$suites/$1.log" 2>&1 &&
		touch "$tree/.ready" && rm -rf "${tree:?}.unpack" && return
	tail -5 "$suites/$1.log" | sed 's/^/# /'
	echo "Bail out! no source of $1: $suites/$1.log says why"
	exit 1
}

# both DIRECTORY COMMAND...: at once, natively in $tree and inside in an overlay of a copy that has the same path:
# nothing of it reaches the host's files, and nothing that runs natively is seen inside. suite_grant=--rw: with the
# copy itself, which is the worse for it.
suite_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# shellcheck disable=SC2016
only_three='use POSIX; POSIX::close($_) for 3 .. 255; exec @ARGV'
both() {
	suite_dir=$1
	shift
	[ -d "$tree.copy" ] || cp -a "$tree" "$tree.copy"
	# shellcheck disable=SC2086
	timeout -k 5 "${suite_limit:-600}" "$SANDBOX_RUN" -m 2GiB "${suite_grant:---overlay}" "$tree.copy:$tree" -C "$suite_dir" \
		-e PATH="$suite_path" -e HOME="$tree" -e LC_ALL=C -- "$@" </dev/null >"$tap_dir/inside" 2>"$tap_dir/inside.err" &
	# shellcheck disable=SC3045
	(cd "$suite_dir" && ulimit -n 1024 && env -i PATH="$suite_path" HOME="$tree" LC_ALL=C \
		timeout -k 5 "${suite_limit:-600}" perl -e "$only_three" "$@" </dev/null >"$tap_dir/native" 2>"$tap_dir/native.err")
	echo "status $?" >>"$tap_dir/native"
	wait $!
	echo "status $?" >>"$tap_dir/inside"
}

# verdict SUITE TEST: $tap_dir/native and $tap_dir/inside must be the same; or differ, if the list says so.
verdict() {
	reason=$(sed -n "s|^$2: ||p" "tests/suites/$1.differences")
	if cmp -s "$tap_dir/native" "$tap_dir/inside"; then
		case $reason in
		'' | 'at times: '*) ok 0 "$1: $2" ;;
		*) ok 1 "$1: $2: no difference any more: take it from $1.differences" ;;
		esac
	elif [ -n "$reason" ]; then
		ok 0 "$1: $2: differs: $reason"
	else
		ok 1 "$1: $2"
		diff "$tap_dir/native" "$tap_dir/inside" | head -20 | cut -c -200 | sed 's/^/#   /'
		head -3 "$tap_dir/inside.err" | sed 's/^/#   stderr: /'
	fi
}
