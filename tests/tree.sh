# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by tests of real programs after tap.sh: a small tree of files ($work), and the comparison of a command
# that works in it, natively and in the sandbox. A script may add to the tree by defining more().

# The same path on both sides: the tree is made anew for each run.
more() { :; }
work=${tap_dir:?no directory of its own}/work
fresh() {
	rm -rf "${tap_dir:?}/work"
	mkdir -p "$work/dir/sub" "$work/empty"
	seq 1 3000 >"$work/numbers"
	printf 'pear\napple\nbanana\napple\ncherry\n' >"$work/fruit"
	printf 'a 1\nb 2\nc 3\n' >"$work/left"
	printf 'a x\nc y\nd z\n' >"$work/right"
	printf 'some\ttabs\there\n' >"$work/tabs"
	head -c 100000 /bin/busybox >"$work/binary"
	ln -s fruit "$work/link"
	echo inner >"$work/dir/sub/file"
	chmod 640 "$work/left"
	more
	find "$work" -exec touch -h -d '2024-02-03 04:05:06.789' {} +
}

# Everything that a program can see of the tree but inode numbers and the times of what was changed.
snapshot() {
	(cd "$work" && find . -printf '%p %y %m %n %l' \( -type f -printf ' %s' -o -true \) -printf '\n' | sort &&
		find . -type f -exec sha256sum {} + | sort)
}

# w COMMAND...: writes: with --rw the host's tree must be the same afterwards as natively; with --overlay the
# command must say the same, and the host's tree stay as it was.
w() {
	fresh
	snapshot >"$tap_dir/before"
	"$SANDBOX_RUN" --report never --overlay "$work" -C "$work" -e LC_ALL=C "$@" <"${INPUT:-/dev/null}" >"$tap_dir/overlay" 2>"$tap_dir/overlay.err"
	echo "status $?" >>"$tap_dir/overlay"
	snapshot | cmp -s - "$tap_dir/before" || echo "the host's tree has changed" >>"$tap_dir/overlay"
	fresh
	(cd "$work" && natively env -i LC_ALL=C "$@") <"${INPUT:-/dev/null}" >"$tap_dir/native" 2>"$tap_dir/native.err"
	echo "status $?" >>"$tap_dir/native"
	cp "$tap_dir/native" "$tap_dir/said"
	snapshot >>"$tap_dir/native"
	fresh
	"$SANDBOX_RUN" --report never --rw "$work" -C "$work" -e LC_ALL=C "$@" <"${INPUT:-/dev/null}" >"$tap_dir/inside" 2>"$tap_dir/inside.err"
	echo "status $?" >>"$tap_dir/inside"
	snapshot >>"$tap_dir/inside"
	compare "--rw: $*"
	cp "$tap_dir/said" "$tap_dir/native"
	mv "$tap_dir/overlay" "$tap_dir/inside"
	mv "$tap_dir/overlay.err" "$tap_dir/inside.err"
	compare "--overlay: $*"
}

# What the shell says of a signal, and what the sandbox says of a system call that it does not have, is no difference.
compare() {
	sed -i -e '/^Segmentation fault/d' -e '/^sandbox-run: not implemented: /d' "$tap_dir/native.err" "$tap_dir/inside.err"
	if cmp -s "$tap_dir/native" "$tap_dir/inside" && cmp -s "$tap_dir/native.err" "$tap_dir/inside.err"; then
		ok 0 "$1"
	else
		ok 1 "$1"
		diff "$tap_dir/native" "$tap_dir/inside" | head -20 | sed 's/^/#   /'
		diff "$tap_dir/native.err" "$tap_dir/inside.err" | head -5 | sed 's/^/#   stderr: /'
	fi
}

# t COMMAND...: reads only.
t() {
	(cd "$work" && natively env -i LC_ALL=C "$@") <"${INPUT:-/dev/null}" >"$tap_dir/native" 2>"$tap_dir/native.err"
	echo "status $?" >>"$tap_dir/native"
	"$SANDBOX_RUN" --report never --ro "$work" -C "$work" -e LC_ALL=C "$@" <"${INPUT:-/dev/null}" >"$tap_dir/inside" 2>"$tap_dir/inside.err"
	echo "status $?" >>"$tap_dir/inside"
	compare "$*"
}
