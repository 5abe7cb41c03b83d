#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --print-policy, --layers, --why, policy diff and policy check: what they print, and their statuses.
# That what they say is so is tried by running programs. TAP.

set -u
tests=$(realpath "$(dirname "$0")/..")
# The sandbox has a /tmp of its own.
export TMPDIR=/var/tmp
# shellcheck source=tests/tap.sh
. "$tests/tap.sh"
run=$(realpath "$SANDBOX_RUN")
T=$(realpath "$tap_dir")
cd "$T" || exit 1
chmod 755 .
mkdir -p ro rw/kept over other 'od d'
echo content | tee ro/f rw/f rw/kept/f over/f other/f 'od d/f' >secret
ln -s ../other/f ro/link

# prints NAME STATUS COMMAND...: stdout is exactly what is on stdin.
prints() {
	local name=$1 status=$2
	shift 2
	{
		cat
		echo "status $status"
	} >want
	"$@" >got 2>err </dev/null
	echo "status $?" >>got
	diff want got >differs
	ok $? "$name"
	[ ! -s differs ] || sed 's/^/# /' differs err
}

flags=(--ro ro --rw rw --ro rw/kept --overlay over --deny ro/denied)
touch ro/denied

prints 'why: allowed' 0 "$run" "${flags[@]}" --why read:ro/f <<EOT
allowed: read $T/ro/f
rule: --ro allows it
EOT
prints 'why: no rule, and the option that would change it' 1 "$run" "${flags[@]}" --why read:other/f <<EOT
denied: read $T/other/f
rule: none: nothing shows it
seen: ENOENT, No such file or directory
allow: --ro $T/other/f
EOT
prints 'why: a link leads out of sight' 1 "$run" "${flags[@]}" --why "read:$T/ro/link" <<EOT
denied: read $T/ro/link
path: $T/other/f
rule: none: nothing shows it
seen: ENOENT, No such file or directory
allow: --ro $T/other/f
EOT
prints 'why: nothing is advised against a denial' 1 "$run" "${flags[@]}" --why read:ro/denied <<EOT
denied: read $T/ro/denied
rule: --deny denies it
seen: ENOENT, No such file or directory
EOT
prints 'why: read-only' 1 "$run" "${flags[@]}" --why write:ro/f <<EOT
denied: write $T/ro/f
rule: --ro lets it be read, not changed
seen: EROFS, Read-only file system
allow: --rw $T/ro/f
EOT
prints 'why: a right in place of another' 1 "$run" "${flags[@]}" --why write:ro <<EOT
denied: write $T/ro
rule: --ro lets it be read, not changed
seen: EROFS, Read-only file system
allow: --rw $T/ro  # in place of --ro
EOT
prints 'why: a new file would need its directory, which is not advised' 1 "$run" --why create:/etc/new <<EOT
denied: create /etc/new
rule: none: the directory is there for what lies below, and cannot be changed
seen: EROFS, Read-only file system
EOT
prints 'why: an overlay' 0 "$run" "${flags[@]}" --why write:over/f <<EOT
allowed: write $T/over/f
rule: --overlay allows it in the VM alone: what the host has stays as it is
EOT
prints "why: the VM's own files" 1 "$run" --why create:/dev/x <<EOT
denied: create /dev/x
rule: builtin:base gives the VM's own, which has the names that it has
seen: EROFS, Read-only file system
EOT
prints 'why: a private directory lies over it' 1 "$run" --tmpfs other --why read:other/f <<EOT
denied: read $T/other/f
rule: --tmpfs puts a private directory over it, which is empty at first
seen: ENOENT, No such file or directory
allow: --ro $T/other/f
EOT
prints 'why: the network' 1 "$run" --why connect:packages.example.org:443 <<EOT
denied: connect packages.example.org:443
rule: none: there is no network beyond the VM in this release
EOT
HOME=$T prints 'why: the home, and a name to be quoted' 1 "$run" --why "read:~/od d/f" <<EOT
denied: read $T/od d/f
rule: none: nothing shows it
seen: ENOENT, No such file or directory
allow: --ro '$T/od d/f'
EOT

# What --why foretells and advises is what happens.
foretold() { # NAME FLAGS... -- OP OBJECT COMMAND...
	local name=$1 before=() verdict=0 done=0 advice
	shift
	while [ "$1" != -- ]; do
		before+=("$1")
		shift
	done
	shift
	local op=$1 object=$2
	shift 2
	"$run" "${before[@]}" --why "$op:$object" >why || verdict=1
	timeout 20 "$run" "${before[@]}" -- "$@" >out 2>&1 || done=1
	is "$done" "$verdict" "$name"
	advice=$(sed -n 's/^allow: //p' why)
	[ -n "$advice" ] || return 0
	# shellcheck disable=SC2086 # several words
	eval timeout 20 "$run" '"${before[@]}"' $advice -- '"$@"' >out 2>&1
	ok $? "$name, with $op as advised"
}
foretold 'reading what is granted' --ro ro -- read "$T/ro/f" /bin/cat "$T/ro/f"
foretold 'reading what is not' -- read "$T/other/f" /bin/cat "$T/other/f"
foretold 'reading through a link' --ro ro -- read "$T/ro/link" /bin/cat "$T/ro/link"
foretold 'reading a name with a blank' -- read "$T/od d/f" /bin/cat "$T/od d/f"
foretold 'reading what is hidden' --tmpfs other -- read "$T/other/f" /bin/cat "$T/other/f"
foretold 'writing what is read-only' --ro other -- write "$T/other/f" /bin/sh -c "echo >>'$T/other/f'"
foretold 'writing below another rule' --ro other --rw other/f -- write "$T/other/f" \
	/bin/sh -c "echo >>'$T/other/f'"
foretold 'writing elsewhere' --ro "$T/other:/mnt" -- write /mnt/f /bin/sh -c "echo >>/mnt/f"
foretold 'creating' --ro other -- create "$T/other/new" /bin/sh -c ": >'$T/other/new'"
foretold 'creating a device' -- create /dev/x /bin/sh -c ': >/dev/x'
foretold 'deleting a process file' -- delete /proc/cpuinfo /bin/rm -f /proc/cpuinfo
foretold 'deleting a root' --rw rw -- delete "$T/rw" /bin/rmdir "$T/rw"
foretold 'changing what is kept' --rw rw --ro rw/kept -- delete "$T/rw/kept" /bin/mv "$T/rw/kept" "$T/rw/x"

# The printed policy, as a file.
"$run" "${flags[@]}" -e A='b c' -m 64MiB --print-policy >printed.yaml
is "$?" 0 'print-policy'
"$run" -p ./printed.yaml --print-policy >again.yaml
is "$?" 0 'what it prints is a policy file'
is "$(sed 's/ *# .*//' again.yaml)" "$(sed 's/ *# .*//' printed.yaml)" \
	'which prints as the same again' 2>/dev/null ||
	diff again.yaml printed.yaml | sed 's/^/# /'
"$run" policy diff ./printed.yaml ./again.yaml >differs
is "$? $(cat differs)" '0 ' 'policy diff sees no difference'
is "$("$run" --ro ro/f --print-policy | sed -n '/^  read:/,/^  read-try/p' | sed -n 2p)" \
	"    - $T/ro/f  # --ro" 'each line has its origin'
"$run" "${flags[@]}" --print-policy --layers >layers.yaml
is "$(grep -v '^#' layers.yaml)" "$("$run" "${flags[@]}" --print-policy | grep -v '^#')" 'layers are comments'
is "$("$run" --print-policy --layers | grep -c '^#   fs_write\|: write guest memory to a file')" 0 \
	'without a write grant no call writes files'
is "$("$run" -c 0.5 --print-policy --layers | sed -n 's/^#   cpus: //p')" \
	'50% of one, by a cgroup where one can be made, else the launcher' 'who keeps a share of the CPU'
is "$(sed -n 's/^# seccomp: \([0-9]*\) system calls.*/\1/p' layers.yaml)" \
	"$(sed -n '/^# seccomp/,/^# capab/s/^#   \([a-z0-9_]*\).*/\1/p' layers.yaml | sort -u | wc -l)" \
	'the system calls are counted'

cat >old.yaml <<'EOT'
version: 1
extends: builtin:base
filesystem:
  read: ["${CWD}/ro", "${CWD}/other"]
  overlay: ["${CWD}/over"]
env: { pass: [LANG], set: { B: 2 } }
limits: { memory: 1GiB, wall-time: 30m }
report: { on-deny: kill }
EOT
cat >new.yaml <<'EOT'
version: 1
extends: builtin:base
filesystem:
  read: ["${CWD}/ro"]
  write: ["${CWD}/over"]
  deny: ["${CWD}/ro/f"]
env: { pass: [LANG, TOKEN], set: { B: 3 } }
limits: { memory: 512MiB, output: 1MiB }
EOT
prints 'diff' 1 "$run" policy diff old.yaml new.yaml <<EOT
narrowed: $T/other: read (old.yaml:4) -> nothing
widened: $T/over: overlay (old.yaml:5) -> write (new.yaml:5)
narrowed: $T/ro/f: read (old.yaml:4) -> nothing (new.yaml:6)
changed: variable B: "2" (old.yaml:6) -> "3" (new.yaml:7)
widened: variable TOKEN: none -> the caller's (new.yaml:7)
narrowed: memory: 1GiB (old.yaml:7) -> 512MiB (new.yaml:8)
narrowed: output: no limit -> 1MiB (new.yaml:8)
widened: wall-time: 30m (old.yaml:7) -> no limit
widened: on-deny: kill (old.yaml:8) -> errno
EOT
prints 'diff: what is widened' 1 "$run" policy diff --widened old.yaml new.yaml <<EOT
widened: $T/over: overlay (old.yaml:5) -> write (new.yaml:5)
widened: variable TOKEN: none -> the caller's (new.yaml:7)
widened: wall-time: 30m (old.yaml:7) -> no limit
widened: on-deny: kill (old.yaml:8) -> errno
EOT
prints 'diff: the same' 0 "$run" policy diff old.yaml old.yaml </dev/null
sed 's/1GiB/512MiB/' old.yaml >less.yaml
prints 'diff: nothing is widened' 0 "$run" policy diff --widened old.yaml less.yaml </dev/null
prints 'diff: no such policy' 125 "$run" policy diff old.yaml none.yaml </dev/null

prints 'check' 1 "$run" policy check -p new.yaml --never read:secret --never write:ro \
	--never read:ro/f --never read:ro --never write:over/f --never 'connect:*' <<EOT
never: read $T/secret
never: write $T/ro
never: read $T/ro/f
allowed: read $T/ro: new.yaml:4 gives $T/ro
allowed: write $T/over/f: new.yaml:5 gives $T/over
never: connect *
EOT
prints 'check: all is proven' 0 "$run" policy check --never read:secret --never write:/etc <<EOT
never: read $T/secret
never: write /etc
EOT
ln secret ro/innocent
prints 'check: a hard link' 1 "$run" policy check --ro ro --never read:secret <<EOT
not proven: read $T/secret: $T/secret has another name, a hard link outside of it
EOT

refuses() { # NAME TEXT COMMAND...
	local name=$1 text=$2
	shift 2
	"$@" >out 2>err </dev/null
	is "$? $(head -1 err)" "125 sandbox-run: error: $text" "$name"
}
refuses 'policy alone' 'policy: what about it?' "$run" policy
refuses 'policy with another word' 'policy: neither diff nor check' "$run" policy show
refuses 'diff of one' 'policy diff: it takes two policies, OLD and NEW' "$run" policy diff old.yaml
refuses 'diff with an option' 'policy diff: its one option is --widened' "$run" policy diff -p a b
refuses 'check of nothing' 'policy check: nothing to check' "$run" policy check -p old.yaml
refuses 'never in a run' '--never: only with policy check' "$run" --never read:/ true
refuses 'layers alone' '--layers: only with --print-policy' "$run" --layers true
refuses 'why of no act' '--why: "look" is no act' "$run" --why look:/etc
refuses 'why of nothing' '--why read: its object is missing' "$run" --why read:
refuses 'why of no port' '--why listen: its object is missing' "$run" --why listen:
refuses 'why of a pattern' '--why: path "ro/*" is a pattern' "$run" --ro ro --why 'read:ro/*'
refuses 'a proof about a pattern' '--never: path "~/.s*" is a pattern' \
	"$run" policy check --never 'read:~/.s*'
touch 'a?b'
prints 'a name that looks like a pattern' 0 "$run" policy check --never 'read:a?b' <<EOT
never: read $T/a?b
EOT
refuses 'two questions' '--why: not together with --check-policy' \
	"$run" --check-policy -p old.yaml --why read:/
refuses 'what no file can say' '--print-policy: --ro a*b: a policy file cannot say it' \
	"$(touch 'a*b'; echo "$run")" --ro 'a*b' --print-policy

echo "1..$tap_count"
exit "$tap_failed"
