#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: mutants.sh [WORD]
# Takes out each check that mutants.txt lists, one at a time, in a copy of the
# file, and demands that a test then fails. With WORD only the mutants whose
# lines hold it. Prints TAP. Needs what `make mutants-ready` builds.
# shellcheck disable=SC2154,SC2086 # commands of several words, from $work/commands
set -euo pipefail

cd "$(dirname "$0")/../.."
work=build/mutants
# What the Makefile knows: how to compile and link each kind of test.
. $work/commands

die() {
	echo "Bail out! $*"
	exit 1
}

# mutate FILE OLD NEW OUT: fails unless OLD occurs exactly once.
mutate() {
	OLD=$2 NEW=$3 perl -0777 -ne '
		my $count = () = /\Q$ENV{OLD}\E/g;
		die "the text occurs $count times\n" if $count != 1;
		s/\Q$ENV{OLD}\E/$ENV{NEW}/;
		print' "$1" >"$4"
}

# build KIND SOURCE-NAME OBJECT-DIRECTORY: the killer with the mutant in place of the original.
build() {
	local kind=$1 file=$2 dir=$3 object=$3/mutant.o objects=() original
	case $kind in
	hostile/* | inside/*)
		$host_cc -iquote "$(dirname "$file")" -c -w -o "$object" "$dir/mutant.c"
		case $kind in inside/*) host_objects=$product_objects host_link=$product_link ;; esac
		for original in $host_objects; do
			case $original in
			*/host/"${file%.c}.o") objects+=("$object") ;;
			*) objects+=("$original") ;;
			esac
		done
		$host_link -o "$dir/killer" $host_start "${objects[@]}" $host_end
		;;
	double-fetch | sweep)
		$fetch_cc -c -w -o "$object" "$dir/mutant.c"
		$fetch_link -o "$dir/killer" build/tests/adversarial/check/tests/adversarial/$kind.o \
			$fetch_objects "$object" $fetch_end
		;;
	cli/* | policy/*)
		$check_cc -iquote "$(dirname "$file")" -c -w -o "$object" "$dir/mutant.c"
		objects=("build/tests/$kind.o" "$object")
		case $kind in
		policy/*) objects+=(build/tests/policy/tree.o) ;;
		cli/launch) objects+=(build/tests/cli/fake-hv.o) ;;
		esac
		for original in build/check/sandbox-cli/run/launch.o $check_objects; do
			case $original in
			*/check/"${file%.c}.o") ;;
			*/launch.o) [ $kind = cli/launch ] && objects+=("$original") ;;
			*) objects+=("$original") ;;
			esac
		done
		$check_link -o "$dir/killer" "${objects[@]}" -lcmocka
		;;
	jail/*)
		$jail_cc -iquote "$(dirname "$file")" -c -w -o "$object" "$dir/mutant.c"
		for original in $jail_objects; do
			case $original in
			*/check/"${file%.c}.o") objects+=("$object") ;;
			*) objects+=("$original") ;;
			esac
		done
		$jail_link -o "$dir/killer" "$jail_tests/${kind#jail/}.o" "${objects[@]}" $jail_end
		;;
	unit/*)
		$unit_cc -c -w -o "$object" "$dir/mutant.c"
		$unit_link -o "$dir/killer" "$unit_objects/${kind#unit/}.o" $unit_shared "$object" $unit_end
		;;
	*) return 1 ;;
	esac
}

# try NUMBER INVARIANT FILE KILLER OLD NEW: one line of TAP to the number's own file.
try() {
	local number=$1 invariant=$2 file=$3 killer=$4 old=$5 new=$6 dir=$work/$1 words=() why=
	mkdir -p "$dir"
	if ! mutate "$file" "$old" "$new" "$dir/mutant.c" 2>"$dir/log"; then
		why="$(cat "$dir/log")"
	elif ! build "$killer" "$file" "$dir" >"$dir/log" 2>&1; then
		why="does not build: $(tail -n 1 "$dir/log")"
	else
		case $killer in
		hostile/*)
			mapfile -t words < <(sed -n 's/^int64_t hc_serve_\([A-Z_]*\)(.*/--row=\1/p' "$file")
			words=("$dir/killer" --hasty "${words[@]}" "${killer#hostile/}")
			;;
		inside/*) words=(env SANDBOX_RUN="$dir/killer" tests/adversarial/inside.sh "${killer#inside/}") ;;
		*) words=("$dir/killer") ;;
		esac
		if timeout 30 "${words[@]}" </dev/null >"$dir/log" 2>&1; then
			why="$killer still passes"
		elif ! grep -q '^not ok\|ERROR: AddressSanitizer\|runtime error' "$dir/log"; then
			why="$killer ran no test"
		fi
	fi
	if [ -z "$why" ]; then
		printf 'ok %s - %s %s: %s\n' "$number" "$invariant" "$file" "${old//#/}"
	else
		printf 'not ok %s - %s %s: %s\n# %s\n' "$number" "$invariant" "$file" "${old//#/}" "$why"
	fi >"$dir/tap"
	rm -f "$dir/killer" "$dir/mutant.o"
}

# What kills must pass without a mutant.
passes() {
	number=$((number + 1))
	mkdir -p $work/$number
	if "$@" </dev/null >$work/$number/log 2>&1; then
		echo "ok $number - without a mutant: ${1##*/}"
	else
		echo "not ok $number - without a mutant: $*"
	fi >$work/$number/tap
}

# The rows that are wanted, four elements each: what they name, KILLER, OLD, NEW.
rows=()
while IFS= read -r line; do
	case $line in
	'#'* | '') continue ;;
	I*)
		read -r invariant file killer <<<"$line"
		IFS= read -r old
		IFS= read -r new
		[[ $old == "- "* && ($new == "+ "* || $new == "+") ]] || die "mutants.txt: $line"
		[[ "$line $old" == *"${1-}"* ]] || continue
		new=${new#+}
		rows+=("$invariant $file" "$killer" "${old#- }" "${new# }")
		;;
	*) die "mutants.txt: $line" ;;
	esac
done <tests/adversarial/mutants.txt

number=0
words=()
mapfile -t killers < <(for ((i = 1; i < ${#rows[@]}; i += 4)); do echo "${rows[i]}"; done | sort -u)
for killer in "${killers[@]}"; do
	case $killer in
	hostile/*) words+=("${killer#hostile/}") ;;
	inside/*) passes tests/adversarial/inside.sh "${killer#inside/}" ;;
	double-fetch | sweep) passes build/tests/adversarial/$killer ;;
	*) passes "build/tests/$killer" ;;
	esac
done
[ ${#words[@]} -eq 0 ] || passes build/tests/adversarial/hostile --hasty "${words[@]}"

running=0
for ((i = 0; i < ${#rows[@]}; i += 4)); do
	number=$((number + 1))
	read -r invariant file <<<"${rows[i]}"
	try $number "$invariant" "$file" "${rows[i + 1]}" "${rows[i + 2]}" "${rows[i + 3]}" &
	running=$((running + 1))
	if [ $running -ge 2 ]; then
		wait -n
		running=$((running - 1))
	fi
done
wait

echo "1..$number"
status=0
for ((i = 1; i <= number; i++)); do
	cat $work/$i/tap
	! grep -q '^not ok' $work/$i/tap || status=1
done
exit $status
