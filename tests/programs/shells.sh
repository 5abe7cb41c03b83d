#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# dash and bash as scripts use them: pipelines, subshells, redirections, traps, jobs.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/script.sh

# What POSIX has, in both shells.
posix() {
	for shell in /bin/dash /bin/bash; do
		script "${shell##*/}: $1" $shell <"$tap_dir/posix"
	done
}

cat >"$tap_dir/posix" <<'END'
echo one two three | tr ' ' '\n' | sort -r | sed 's/^/<&>/'
seq 1 2000 | awk '{ s += $1 } END { print s }'
echo in | { cat; echo out; } | { read a; read b; echo "$b $a"; }
yes | head -n 3
false | true; echo "status $?"
true | false; echo "status $?"
! true; echo "not $?"
seq 1 100000 | head -n 1; echo "reader left: $?"
cat /etc/passwd | cat | cat | cat | cat | cat | wc -c | sed 's/^ *//' | cmp - /dev/null >/dev/null || echo differs
for i in 1 2 3; do echo "$i" | grep -q 2 && echo "found in $i"; done
head -c 300000 /dev/zero | tr '\0' x | wc -c
END
posix pipelines

cat >"$tap_dir/posix" <<'END'
x=outer
(x=inner; echo "$x"; exit 3); echo "$? $x"
x=$(echo "first"; echo second); echo "$x"
x=$(exit 5); echo "status $?"
echo "nested $(echo "a $(echo "b $(echo c)")")"
y=`echo back``echo ticks`; echo "$y"
n=0; while [ $n -lt 50 ]; do n=$((n + $(echo 1))); done; echo $n
f() { echo "f:$1"; return 4; }
out=$(f arg) || echo "f ended with $?: $out"
(cd /usr; pwd); pwd | sed 's/.*\///'
( ( ( echo deep; exit 6 ) ) ); echo $?
set -- $(seq 1 10); echo "$# $*"
sh -c 'echo "child of a child: $0 $1"' name arg
sh -c 'exit 17'; echo $?
sh -c 'kill -TERM $$'; echo $?
sh -c 'kill -KILL $$' 2>/dev/null; echo $?
sh -c 'kill -SEGV $$' >/dev/null 2>&1; echo $?
eval 'echo "$(echo evaluated)"'
exec 5>&1; (echo to five >&5); exec 5>&-
( umask 077; touch private ); stat -c %a private; umask
nothing-of-this-name 2>/dev/null; echo $?
./private 2>/dev/null; echo $?
/etc 2>/dev/null; echo $?
END
posix 'subshells and statuses'

cat >"$tap_dir/posix" <<'END'
name=World
cat <<A
Hello $name $((6 * 7)) $(echo command)
A
cat <<'B'
Hello $name $(echo not run)
B
cat <<-C | tr a-z A-Z
	tabs are gone
	C
cat <<D1; cat <<D2
first
D1
second
D2
while read -r line; do echo "line: $line"; done <<E
a b
  c\d
E
i=0; cat <<BIG | wc
$(while [ $i -lt 3000 ]; do echo "line $i of a document that is larger than a pipe holds at once"; i=$((i + 1)); done)
BIG
echo text >file; cat <file; echo more >>file; wc -l <file
{ echo out; echo err >&2; } >both 2>&1; sort both
{ echo out; echo err >&2; } 2>err >/dev/null; cat err
exec 3<file; read -r a <&3; read -r b <&3; echo "$b, $a"; exec 3<&-
exec 4>four; echo x >&4; echo y >&4; exec 4>&-; cat four
set -C; echo again 2>/dev/null >four; echo "noclobber $?"; echo forced >|four; cat four; set +C
: <>readwrite; ls readwrite
cat <missing; echo "status $?"
echo "lost" >/nowhere/file; echo "status $?"
mkfifo fifo; (echo through a fifo >fifo) & cat fifo; wait
END
posix 'redirections and here-documents'

cat >"$tap_dir/posix" <<'END'
exec 2>/dev/null # when a shell speaks of a job that was killed is by chance
trap 'echo "exit trap, status $?"' EXIT
trap 'echo usr1' USR1; kill -USR1 $$; echo after
trap 'echo "from a child"' USR2; (kill -USR2 $$); sleep 0.05
(trap 'echo subshell ends' EXIT; echo in it)
(trap - USR1; kill -USR1 $(exec sh -c 'echo $PPID'); echo not reached); echo "killed: $?"
trap '' TERM; kill -TERM $$; echo "TERM is ignored"
sh -c 'kill -TERM $$; echo "a child ignores it, too"'
trap - TERM
trap 'echo interrupted' INT; sh -c 'kill -INT $PPID'; echo "after INT"
sleep 5 & pid=$!; sleep 0.1; kill $pid; wait $pid; echo "wait: $?"
sleep 5 & pid=$!; trap 'echo woken; kill $pid' ALRM; (sleep 0.1; kill -ALRM $$) & wait $pid; echo "wait interrupted: $?"
wait $pid; echo "then $?"
trap 'echo child' CHLD; /bin/true; trap - CHLD
kill -0 $$ && echo alive
kill -0 99999999 2>/dev/null || echo "nobody"
kill -l 15
trap | grep -c trap
exit 9
END
SCRIPT_STATUS=9 posix traps

cat >"$tap_dir/posix" <<'END'
(sleep 0.05; exit 7) & p=$!; wait $p; echo $?
for i in 1 2 3 4; do (sleep 0.$i; echo "job $i") & done; wait; echo "all done: $?"
(exit 3) & a=$!; (exit 4) & b=$!; wait $b; echo $?; wait $a; echo $?
wait 99999999; echo "no child: $?"
{ sleep 0.02; echo late; } & echo early; wait
sleep 0.05 & jobs | sed 's/  */ /g' | cut -d' ' -f2; wait
x=$( (sleep 0.02; echo from the background) & wait ); echo "$x"
(sleep 0.3; echo not waited for) >/dev/null & echo left
[ "$!" -gt 1 ] && echo "has a pid"
sh -c 'sleep 0.05 & echo $!' | { read pid; echo $((pid > 1)); }
n=0; while [ $n -lt 40 ]; do (exit $((n % 3))) & n=$((n + 1)); done; wait; echo $n
(trap 'echo HUP in a job; exit' HUP; while :; do sleep 0.02; done) & sleep 0.1; kill -HUP $!; wait $!; echo $?
cat </dev/null & wait; echo "null input"
echo words | (cat & wait)
END
posix 'background jobs'

cat >"$tap_dir/posix" <<'END'
set -e; set -u
f() { false; echo "in a condition set -e is off"; }
if f; then echo true; fi
(set +e; false; echo went on)
x=$(set +e; false; echo still here); echo "$x"
echo "${undefined:-default} ${x:+set} ${#x}"
(echo "${never}") 2>/dev/null || echo "unset: $?"
(false; echo not reached) || echo never
case $(uname) in L*) echo Linux ;; *) echo other ;; esac
IFS=:; set -- $(echo a:b:c); echo "$2"; unset IFS
touch a.c b.c c.h; echo *.c; echo *.none; for f in [ab].?; do echo "$f"; done
read -r a b <a.c || echo "nothing to read"
command -v sort; command -v nothing || echo no
ulimit -n 64; ulimit -n; (ulimit -n 32; ulimit -n); ulimit -n
(ulimit -c 0; ulimit -c)
times >/dev/null; getopts ab: o -b val; echo "$o $OPTARG"
A=1 B=2 sh -c 'echo $A$B'; echo "${A-unset}"
export C=3; env | grep '^C='; unset C; env | grep -c '^C=' || :
set -f; echo *; set +f
(exec env -i sh -c 'echo "HOME is ${HOME-unset}"')
. /dev/stdin <<S
echo "sourced"
S
false
echo not reached
END
SCRIPT_STATUS=1 posix 'options, variables, limits'

script 'bash: process substitution' /bin/bash <<'END'
cat <(echo a) <(echo b)
diff <(seq 1 10) <(seq 1 10) && echo same
diff <(printf 'a\nb\n') <(printf 'a\nc\n')
tee >(tr a-z A-Z >upper) >(wc -c >count) >/dev/null <<<"some text"; sleep 0.1; cat upper count
while read -r l; do n=$((n + l)); done < <(seq 1 500); echo $n
paste <(seq 1 3) <(seq 4 6) <(seq 7 9)
exec 7< <(echo held; echo open); read -r a <&7; read -r b <&7; echo "$b $a"; exec 7<&-
sort -m <(seq 1 2 9) <(seq 2 2 10) | tr '\n' ' '; echo
mapfile -t lines < <(seq 1 100); echo "${#lines[@]} ${lines[41]}"
f() { cat "$1"; }; f <(echo to a function)
echo >(:) <(:) | sed 's/[0-9]\+/N/g'
cat < <(cat < <(cat <(echo nested)))
END

script 'bash: pipefail, PIPESTATUS, lastpipe' /bin/bash <<'END'
false | true; echo "$? ${PIPESTATUS[*]}"
(exit 2) | (exit 3) | (exit 4); echo "${PIPESTATUS[*]}"
set -o pipefail
false | true; echo $?
(exit 2) | (exit 3) | true; echo $?
true | true; echo $?
yes | head -n 1; echo "yes was killed by SIGPIPE: ${PIPESTATUS[*]}"
! (exit 3) | true; echo $?
if grep -q nothing /etc/passwd | cat; then echo found; else echo "not found: $?"; fi
shopt -s lastpipe; seq 1 5 | while read -r x; do s=$((s + x)); done; echo $s
set -e; false | cat || echo caught
x=$(false | cat) || echo "in a substitution: $?"
echo "$BASH_SUBSHELL $(echo $BASH_SUBSHELL) $( (echo $BASH_SUBSHELL) )"
END

script 'bash: wait -n, wait -p, jobs' /bin/bash <<'END'
(sleep 0.15; exit 1) & (sleep 0.05; exit 2) & (sleep 0.1; exit 3) &
wait -n; echo $?; wait -n; echo $?; wait -n; echo $?; wait -n; echo "nobody left: $?"
sleep 0.2 & a=$!; (sleep 0.05; exit 5) & b=$!
wait -n -p who "$a" "$b"; echo "$? $([ "$who" = "$b" ] && echo the second)"; wait
for i in 1 2 3; do (sleep 0.0$i; exit "$i") & done
for p in $(jobs -p); do wait "$p"; echo $?; done
sleep 10 & sleep 0.05; kill %1; wait %1 2>/dev/null; echo $?
sleep 10 & sleep 0.05; kill -STOP $!; sleep 0.05; kill -CONT $!; kill $!; wait $! 2>/dev/null; echo $?
sleep 10 & sleep 0.05; disown; kill $!; echo disowned
{ sleep 0.05; echo x; } & wait $!; echo "$?"
trap 'echo child ended' CHLD; (exit 1) & wait; trap - CHLD
END

script 'bash: coproc' /bin/bash <<'END'
coproc UP { while read -r line; do echo "${line^^}"; done; }
echo hello >&"${UP[1]}"; read -r a <&"${UP[0]}"; echo "$a"
echo again >&"${UP[1]}"; read -r a <&"${UP[0]}"; echo "$a"
pid=$UP_PID; eval "exec ${UP[1]}>&-"; wait "$pid"; echo "$?"
coproc bc; echo '2^64' >&"${COPROC[1]}"; read -r x <&"${COPROC[0]}"; echo "$x"
eval "exec ${COPROC[1]}>&-"; wait; echo ended
END

script 'bash: job control' /bin/bash <<'END'
set -m
sleep 0.05 & fg >/dev/null; echo "fg: $?"
sh -c 'exit 6' & wait %1; echo $?
group() { ps -o pgid= -p "$1" 2>/dev/null || cut -d' ' -f5 /proc/"$1"/stat; }
sleep 1 & sleep 0.05; [ "$(group $!)" -eq $! ] && echo "a job leads its group"; kill %1; wait %1 2>/dev/null; echo $?
(sleep 5 | sleep 5) & p=$!; sleep 0.1; kill -- -$p; wait $p 2>/dev/null; echo "group killed: $?"
sleep 5 & sleep 0.05; kill -STOP %%; sleep 0.1; jobs | sed 's/  */ /g' | cut -d' ' -f2; kill -CONT %%; sleep 0.1
jobs | sed 's/  */ /g' | cut -d' ' -f2; kill %%; wait %% 2>/dev/null; echo $?
(kill -STOP $BASHPID; echo went on; exit 8) & sleep 0.1; bg >/dev/null 2>&1; wait $!; echo $?
set +m
sleep 1 & sleep 0.05; [ "$(group $!)" -ne $! ] && echo "a job of the script's group"; kill $!; wait $! 2>/dev/null; echo $?
END

script 'bash: the rest of the language' /bin/bash <<'END'
declare -A m; for k in a b c; do m[$k]=$k$k; done; echo "${m[b]} ${#m[@]}"
[[ abcd =~ b(.)d ]] && echo "${BASH_REMATCH[1]}"; [[ -e /dev/fd/0 ]] && echo "has /dev/fd"
exec {fd}>out; echo q >&$fd; exec {fd}>&-; cat out
read -r -t 0.05 x < <(sleep 1); echo "timed out: $(($? > 128))"
read -r -n 3 x <<<abcdef; echo "$x"; read -r -a w <<<'a b c'; echo "${w[2]}"
printf -v now '%(%Y)T' 0; echo "$now"; printf '%s\n' {1..5} | tail -n 1
trap 'echo "ERR at $LINENO"' ERR; false; trap - ERR
trap 'c=$((c + 1))' DEBUG; :; :; trap - DEBUG; echo "${c}"
f() { local x=1; trap 'echo returned' RETURN; g; }; g() { echo "${FUNCNAME[*]}"; }; f; trap - RETURN
for i in {1..300}; do x=$(echo "$i"); done; echo "$x"
out=$(for i in {1..30}; do /bin/echo "$i" | cat; done | wc -l); echo "$out"
{ time -p true; } 2>&1 | cut -d' ' -f1
bash -c 'echo "$0 $BASH_VERSINFO"; exec bash -c "exit 12"' name; echo $?
command time -f %x true 2>/dev/null || :; builtin echo builtin; enable -n echo; echo external; enable echo
exec 9>&1 >file; echo hidden; exec >&9; cat file
[ -t 0 ] || echo "no terminal"; select x in a b; do echo "$x"; break; done <<<2 2>/dev/null
ulimit -u >/dev/null; ulimit -S -n 100; ulimit -n
set -x; echo traced; set +x
export -f g; bash -c g; declare -fx f; compgen -b | head -n 3
echo "${RANDOM:+r}${SECONDS:+s}${EPOCHSECONDS:+e} ${PPID:+p} $SHLVL"
END
done_testing
