#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --learn: what a run needed becomes a policy file, under which a second run has no denials.
. tests/tap.sh

SANDBOX_RUN=$(realpath "$SANDBOX_RUN")
# Not in /tmp, which is a private directory inside.
T=$(mktemp -d /var/tmp/learn.XXXXXX) || exit 1
# shellcheck disable=SC2154 # tap.sh's
trap 'rm -rf "${tap_dir:?}" "${T:?}"' EXIT
HOME=$T/home
export HOME
mkdir -p "$HOME/.ssh" "$HOME/.aws" "$HOME/.config" "$T/work/sub" "$T/elsewhere"
echo key >"$HOME/.ssh/id"
echo token >"$HOME/.aws/credentials"
echo history >"$HOME/.bash_history"
echo plain >"$HOME/.config/settings"
echo data >"$T/elsewhere/data"
echo more >"$T/elsewhere/more"
ln -s ../elsewhere/data "$T/work/link"
cd "$T/work" || exit 1

# learn OPTIONS... COMMAND: into $T/draft.yaml; its output and status in $T/first.
learn() {
	rm -f "$T/draft.yaml"
	"$SANDBOX_RUN" --report never --learn "$T/draft.yaml" "$@" >"$T/first" 2>"$T/first.err" </dev/null
	echo "status $?" >>"$T/first"
}

# trip NAME COMMAND: learns it; the draft is a policy, and under it the same comes with no denial.
trip() {
	trip_name=$1
	shift
	learn "$@"
	"$SANDBOX_RUN" --check-policy -p "$T/draft.yaml" >/dev/null 2>"$T/check.err"
	ok $? "$trip_name: the draft is a policy"
	"$SANDBOX_RUN" --report always -p "$T/draft.yaml" "$@" >"$T/second" 2>"$T/second.err" </dev/null
	echo "status $?" >>"$T/second"
	is "$(cat "$T/second")" "$(cat "$T/first")" "$trip_name: the same again"
	is "$(grep -a 'sandbox-run:\|^  ' "$T/second.err")" '' "$trip_name: no denial"
}

# granted KEY: the paths of a list in the draft.
granted() {
	awk -v key="  $1:" '$0 == key { on = 1; next } !/^    - / { on = 0 } on { print $2 }' "$T/draft.yaml" | tr -d '"'
}

trip 'cat' cat "$T/elsewhere/data"
is "$(granted read)" "$T/elsewhere/data" 'one file, and not its directory'
is "$(head -3 "$T/draft.yaml" | sed 's/20..-..-.. ..:..:../DATE/')" "# Draft of a policy, learned from: cat $T/elsewhere/data
# on DATE UTC; it ended with status 0.
# It covers one run; review before use." 'the head'
trip 'a link' cat link
is "$(granted read)" "$T/work/link" 'a link is granted by its name'
trip 'ls' ls -R "$T/elsewhere" "$HOME/.config"
trip 'names that are not there' cat "$T/elsewhere/none" "$T/none/none"
is "$(granted read)" '' 'nothing to grant'
trip 'stat of a directory' stat -c %F "$T/elsewhere"
is "$(granted read)" '' 'whose contents are not given'
trip 'python3' /usr/bin/python3 -c 'import json, sys; print(len(open(sys.argv[1]).read()))' "$T/elsewhere/more"
trip 'cd and back' sh -c "cd $T/elsewhere && pwd && cat ./data ../elsewhere/more"
printf '#include <stdio.h>\n#include "value.h"\nint main(void) { return !printf("hello %%d\\n", VALUE); }\n' >hello.c
echo '#define VALUE 7' >value.h
trip 'gcc' -e PATH=/usr/bin:/bin gcc -o hello hello.c
is "$(granted write) $(ls hello 2>&1)" "$T/work hello" 'what it writes, and where'
rm -f hello hello.o
printf 'all: hello.o\n\tcc -o hello hello.o && ./hello\nhello.o: hello.c value.h\n\tcc -c hello.c\n' >Makefile
learn -e PATH=/usr/bin:/bin make
is "$(ls hello 2>&1)" "ls: cannot access 'hello': No such file or directory" 'learning changes nothing'
trip 'make' -e PATH=/usr/bin:/bin make
rm -f hello hello.o Makefile
git init -q . && git add . && git -c user.name=n -c user.email=e@f commit -qm one && echo x >>hello.c
trip 'git status' git status --short
trip 'git log' git --no-pager log --format=%s
# shellcheck disable=SC2016 # the inner shell's
trip 'a policy and options' -e WORD=x --ro "$T/elsewhere" sh -c 'echo $WORD; cat ../elsewhere/data ../home/.config/settings'

# Secrets, writes, the network.
learn cat "$HOME/.ssh/id" "$HOME/.aws/credentials" "$HOME/.bash_history" "$HOME/.config/settings"
is "$(cat "$T/first")" "plain
status 1" 'secrets are not there while learning'
is "$(granted read) $(grep -c 'key\|token$' "$T/draft.yaml")" "$HOME/.config/settings 0" 'and not granted'
is "$(grep 'wanted, not granted' "$T/draft.yaml")" "# wanted, not granted: read $HOME/.aws/credentials (1x)
# wanted, not granted: read $HOME/.bash_history (1x)
# wanted, not granted: read $HOME/.ssh/id (1x)" 'but named'
learn sh -c "echo new >$T/elsewhere/data; rm $T/elsewhere/more; cat $T/elsewhere/data; ls $T/elsewhere"
is "$(cat "$T/first" "$T/elsewhere/data" "$T/elsewhere/more")" "new
data
status 0
data
more" 'writes are discarded'
is "$(granted write)" "$T/elsewhere" 'and learned'
learn --rw "$T/elsewhere" sh -c "echo new >$T/elsewhere/more"
is "$(cat "$T/elsewhere/more") $(granted write)" "new $T/elsewhere" 'what the policy lets be written is written'
learn /usr/bin/python3 -I -c 'import socket; socket.create_connection(("192.0.2.1", 80))'
is "$(grep 'wanted' "$T/draft.yaml")" '# wanted, not granted: connect 192.0.2.1:80 (1x)' 'the network stays closed'
learn touch "$HOME/new"
is "$(granted write) $(granted tmpfs | head -1)" " $HOME" 'home is not given to be written'

# However it ends.
"$SANDBOX_RUN" -t 500ms --learn "$T/draft.yaml" sh -c "cat $T/elsewhere/data; sleep 9" >/dev/null 2>&1
is "$? $(granted read)" "124 $T/elsewhere/data" 'after the time limit'
rm -f "$T/draft.yaml"
timeout -s INT 1 "$SANDBOX_RUN" --learn "$T/draft.yaml" sh -c "cat $T/elsewhere/data; sleep 9" >/dev/null 2>&1
is "$(granted read)" "$T/elsewhere/data" 'after Ctrl-C'
"$SANDBOX_RUN" --learn "$T/draft.yaml" sh -c 'exit 7' >/dev/null 2>&1
is "$?" 7 "the status is COMMAND's"

# What is refused.
refused() {
	"$SANDBOX_RUN" "$@" true >"$T/refused" 2>&1
	echo "$? $(head -1 "$T/refused")"
}
printf 'version: 1\nname: strict\nextends: builtin:base\nreport: { learn: refuse }\n' >"$T/strict.yaml"
is "$(refused -p "$T/strict.yaml" --learn "$T/draft.yaml")" \
	'125 sandbox-run: error: --learn: policy strict says learn: refuse or locked: true' 'a policy that refuses it'
is "$(refused --rw "$T/elsewhere" --learn "$T/elsewhere/p.yaml")" \
	"125 sandbox-run: error: --learn $T/elsewhere/p.yaml: lies under --rw $T/elsewhere and COMMAND could change it" \
	'a draft that COMMAND could change'
is "$(refused --learn "$T/none/p.yaml")" "125 sandbox-run: error: --learn $T/none/p.yaml: No such file or directory" \
	'a place that is not there'
rm -f own.yaml
"$SANDBOX_RUN" --learn own.yaml touch new >/dev/null 2>&1
is "$("$SANDBOX_RUN" -p own.yaml sh -c 'touch new; ls; cat own.yaml' 2>&1 | grep -c 'own.yaml.*No such file')" 1 \
	'a draft in the directory that it lets be written hides itself'
done_testing
