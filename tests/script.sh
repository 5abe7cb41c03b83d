# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by tests of whole scripts after tap.sh: a script is run natively and in the sandbox, each time in an
# empty directory of the same name, and must say the same on both outputs and end with the same status.

work=${tap_dir:?no directory of its own}/work
script_environment="LC_ALL=C HOME=$work TMPDIR=$work PATH=/usr/bin:/bin USER=root"

# script NAME INTERPRETER...: runs what is on stdin. SANDBOX_FLAGS may hold options, SCRIPT_ENV more variables.
script() {
	script_name=$1
	shift
	rm -rf "${tap_dir:?}/work"
	mkdir "$work"
	cat >"$tap_dir/script"
	script_flags=
	for variable in $script_environment ${SCRIPT_ENV:-}; do
		script_flags="$script_flags -e $variable"
	done
	# shellcheck disable=SC2086
	(cd "$work" && natively env -i $script_environment ${SCRIPT_ENV:-} timeout 100 "$@" "$tap_dir/script") \
		</dev/null >"$tap_dir/native" 2>"$tap_dir/native.err"
	echo "status $?" >>"$tap_dir/native"
	# shellcheck disable=SC2086
	"$SANDBOX_RUN" -t 100s -m 1GiB --tmpfs "$work" -C "$work" --ro "$tap_dir/script" $script_flags \
		${SANDBOX_FLAGS:-} "$@" "$tap_dir/script" </dev/null >"$tap_dir/inside" 2>"$tap_dir/inside.err"
	echo "status $?" >>"$tap_dir/inside"
	# Numbers of processes, and what the sandbox says of a system call that it does not have, are no difference.
	sed -i -E -e 's/^(.*line [0-9]+:) +[0-9]+ /\1 PID /' -e 's/^(\[[0-9]+\]) [0-9]+$/\1 PID/' -e 's/(pid|process) [0-9]+/\1 PID/' \
		-e '/^sandbox-run: not implemented: /d' "$tap_dir/native.err" "$tap_dir/inside.err"
	if cmp -s "$tap_dir/native" "$tap_dir/inside" && cmp -s "$tap_dir/native.err" "$tap_dir/inside.err"; then
		ok 0 "$script_name"
	else
		ok 1 "$script_name"
		diff -a "$tap_dir/native" "$tap_dir/inside" | head -20 | sed 's/^/#   /'
		diff -a "$tap_dir/native.err" "$tap_dir/inside.err" | head -10 | sed 's/^/#   stderr: /'
	fi
	# Scripts that fail natively, too, compare nothing: those that mean to say so.
	if [ "$(tail -n 1 "$tap_dir/native")" != "status ${SCRIPT_STATUS:-0}" ]; then
		ok 1 "$script_name: natively"
		tail -n 1 "$tap_dir/native" | sed 's/^/#   /'
		head -5 "$tap_dir/native.err" | sed 's/^/#   stderr: /'
	fi
}
