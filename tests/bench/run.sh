#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures sandbox-run beside its peers, in one run, and prints a table and the goals.
#   run.sh [BUILD]
# Who, what and the goals are the tables contestants, workloads and goals. Environment:
# SANDBOX_RUN the executable, BENCH_RUNS how often each workload is run at most,
# BENCH_FORMAT text or markdown, BENCH_RAW a file to keep the figures in.
set -u
LC_ALL=C
export LC_ALL
here=$(dirname "$0")
build=$(cd "${1:-build}" && pwd) || exit 2
bin=$build/tests/bench
data=$bin/data
sandbox_run=${SANDBOX_RUN:-$build/sandbox-run}
format=${BENCH_FORMAT:-text}
limit=300 # seconds that one run may take

case $format in
text | markdown) ;;
*) echo "run.sh: BENCH_FORMAT is text or markdown, not $format" >&2; exit 2 ;;
esac
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
raw=${BENCH_RAW:-$dir/raw}
: >"$raw" || exit 2

# rows FILE: the rows of a table, fields separated by | without blanks around it
rows()
{
	sed -e '/^#/d' -e '/^[[:space:]]*$/d' -e 's/[[:space:]]*|[[:space:]]*/|/g' \
	    -e 's/[[:space:]]*$//' -e "s|@SANDBOX_RUN@|$sandbox_run|" -e "s|@BIN@|$bin|g" \
	    -e "s|@DATA@|$data|g" "$here/$1"
}

# What the workloads read; made once, kept in the build.
make_data()
{
	mkdir -p "$data/code" "$data/big" || return 1
	cp "$here/compute.py" "$here/loop.sh" "$data/code"
	sh "$here/../c-project.sh" "$data/project" && cp "$here/build.sh" "$data/project" || return 1
	[ "$(stat -c %s "$data/big/file" 2>/dev/null)" = 1073741824 ] ||
		head -c 1073741824 /dev/urandom >"$data/big/file" || return 1
	[ -d "$data/tree" ] && return
	rm -rf "$data/new" && mkdir "$data/new" || return 1
	# 50 directories of 100 files, 1 to 8 KiB of text each; every 500th holds the needle.
	awk -v top="$data/new" 'BEGIN {
		for (d = 0; d < 50; d++) {
			system("mkdir " top "/" d)
			for (f = 0; f < 100; f++) {
				name = top "/" d "/" f ".txt"
				for (line = 0; line < 20 + (f * 7 + d) % 140; line++)
					print "line " line " of a file that nobody reads for pleasure" >name
				if ((d * 100 + f) % 500 == 0)
					print "a needle" >name
				close(name)
			}
		}
	}' && mv "$data/new" "$data/tree"
}

# say ID MEASURES... <LINES: startbench's lines, with the workload's name before the measure's
say()
{
	sed "s/^/$1./" >>"$raw"
}

kvm_kind()
{
	if [ ! -e /dev/kvm ]; then
		echo "no /dev/kvm"
	elif [ -d /sys/module/kvm_intel ]; then
		echo "KVM on VT-x"
	elif [ -d /sys/module/kvm_amd ]; then
		echo "KVM on AMD-V"
	elif [ -d /sys/module/kvm_pvm ]; then
		echo "KVM without hardware virtualization (kvm_pvm)"
	else
		echo "KVM of unknown kind"
	fi
}

# Of the last minute: well above 1 before the run, others were at work and the spread says so.
load()
{
	cut -d ' ' -f 1 /proc/loadavg
}

machine()
{
	model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
	echo "machine|$model, $(nproc) CPUs, Linux $(uname -r), $(kvm_kind)," \
	     "load $load_before before and $(load) after the run"
	for peer in bwrap runsc; do
		version=$("$peer" --version 2>/dev/null | head -n 1) && echo "peer|$version"
	done
}

# Every contestant takes part; one that cannot run is said by startbench.
measure()
{
	rows contestants >"$dir/contestants"
	rows workloads >"$dir/workloads"
	while IFS='|' read -r id how runs title sees program; do
		[ "$runs" -gt "${BENCH_RUNS:-$runs}" ] && runs=$BENCH_RUNS
		case $program in
		*/build.sh*) scratch="--dev /dev" ;;
		*) scratch= ;;
		esac
		sed -e "s|\$| $program|" -e "s|@SCRATCH@|$scratch|" -e "s|@RO@|${sees:+--ro $sees}|" "$dir/contestants" >"$dir/rows"
		"$bin/startbench" "$how" "$runs" "$limit" <"$dir/rows" | say "$id"
		echo "title|$id|$title" >>"$dir/titles"
	done <"$dir/workloads"
	"$bin/monitormem" 5 "$sandbox_run" "$bin/waiting" | say memory
	echo "title|memory|memory" >>"$dir/titles"
}

make_data || { echo "run.sh: cannot make the files that the workloads read" >&2; exit 2; }
load_before=$(load)
measure
machine >"$dir/machine"
rows goals | sed 's/^/goal|/' >"$dir/goals"
awk -v format="$format" -f "$here/report.awk" "$dir/machine" "$dir/titles" "$raw" "$dir/goals"
