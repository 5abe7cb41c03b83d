#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The built file has what the toolchain offers against memory bugs (I9). TAP on stdout; needs readelf.
#   built.sh [SANDBOX-RUN]
set -u
run=${1:-build/sandbox-run}
libc=/usr/lib/x86_64-linux-musl/libc.a
count=0

# ok NAME COMMAND...: what it prints is shown when it fails
ok()
{
	name=$1
	shift
	count=$((count + 1))
	if output=$("$@" 2>&1); then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		printf '%s\n' "$output" | head -n 20 | sed 's/^/# /'
	fi
}

skip()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# has FLAGS PATTERN: what readelf prints has such a line; lacks: it has none, and something else
has()
{
	readelf -W "$1" "$run" | grep -E "$2" || { readelf -W "$1" "$run"; return 1; }
}

lacks()
{
	readelf -W "$1" "$run" | grep -q . && ! readelf -W "$1" "$run" | grep -E "$2"
}

is_static_pie()
{
	has -h 'Type: *DYN' && has -d 'FLAGS_1.* PIE' && lacks -l 'INTERP' && lacks -d '\(NEEDED\)'
}

# The global offset table and all that is only written by relocations lies in the part that becomes read-only.
is_full_relro()
{
	has -l 'GNU_RELRO' && has -d 'FLAGS.*NOW' &&
	readelf -SW "$run" | sed 's/^ *\[ *[0-9]*\] *//' | awk -v relro="$(readelf -lW "$run" | awk '/GNU_RELRO/ { print $3, $6 }')" '
		function value(text,   i, n) {
			sub(/^0x/, "", text)
			for (i = 1; i <= length(text); i++)
				n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
			return n
		}
		BEGIN { split(relro, part, " "); low = value(part[1]); high = low + value(part[2]) }
		$1 == ".got" || $1 == ".data.rel.ro" || $1 == ".init_array" || $1 == ".dynamic" {
			if (value($3) < low || value($3) + value($5) > high) { print; bad = 1 }
			seen++
		}
		END { exit bad || seen < 3 }'
}

no_wx()
{
	lacks -l ' RWE ' && has -l 'GNU_STACK.* RW  '
}

# Functions of ours with an array on their stack check it.
has_stack_protector()
{
	readelf -sW "$run" | grep -q '__stack_chk_fail$' &&
	[ "$(objdump -d --no-show-raw-insn "$run" | grep -c 'call.*<__stack_chk_fail')" -ge 100 ]
}

# each_object COMMAND...: for all of ours but those that only hold data
each_object()
{
	bad=0 seen=0
	find build/host -name '*.o' >"$list"
	while read -r object; do
		readelf -SW "$object" | grep -q ' \.text .* [0-9a-f]*[1-9a-f][0-9a-f]* 00  AX' || continue
		seen=$((seen + 1))
		"$@" "$object" || { echo "$object"; bad=1; }
	done <"$list"
	[ $bad = 0 ] && [ $seen -ge 100 ]
}

has_cet()
{
	readelf -nW "$1" | grep -q 'x86 feature: IBT, SHSTK'
}

# The compiler notes with what options it ran.
was_guarded()
{
	options=$(readelf --debug-dump=info --dwarf-depth=1 "$1" 2>/dev/null | grep DW_AT_producer)
	case $options in *-fPIE*-fstack-protector-strong*-fstack-clash-protection*) ;; *) return 1 ;; esac
}

list=$(mktemp)
trap 'rm -f "$list"' EXIT
[ -x "$run" ] || { echo "Bail out! $run is not built"; exit 1; }
ok "a static PIE: loaded at a random address, without anything of the system" is_static_pie
ok "full RELRO, bound at start" is_full_relro
ok "no relocation in code" lacks -d 'TEXTREL'
ok "nothing is writable and executable, the stack neither" no_wx
ok "stack protector" has_stack_protector
if readelf -SW build/host/hv/monitor.o | grep -q ' \.debug_info '; then
	ok "each object of ours was built with it, and with probes of large frames" each_object was_guarded
else
	skip "each object of ours was built with it, and with probes of large frames" "built without -g"
fi
ok "CET: each object of ours has IBT and SHSTK" each_object has_cet
if readelf -nW "$libc" 2>/dev/null | grep -q 'x86 feature: IBT, SHSTK'; then
	ok "CET: the file, too" has -n 'x86 feature: IBT, SHSTK'
else
	skip "CET: the file, too" "this system's musl is built without it"
fi
if nm "$libc" 2>/dev/null | grep -q '__memcpy_chk$'; then
	ok "FORTIFY: checked copies" has -s '__memcpy_chk'
else
	skip "FORTIFY: checked copies" "musl has none; the tests' builds, with the system's libc, use them"
fi
echo "1..$count"
