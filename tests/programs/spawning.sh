#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Programs that start others, or many threads: findutils, coreutils, util-linux.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/script.sh

script 'xargs' /bin/sh <<'END'
seq 1 20 | xargs -n 3 echo
seq 1 12 | xargs -P 4 -n 1 sh -c 'sleep 0.0$(($0 % 4)); echo $0' | sort -n | tr '\n' ' '
seq 1 200 | xargs -P 8 -n 5 echo | tr ' ' '\n' | sort -n | md5sum
seq 1 3 | xargs -I{} echo 'item {} of {}'
printf 'a b\0c d\0' | xargs -0 -n 1 echo
seq 1 3 | xargs -n 1 sh -c 'exit $(($0 == 2))'; echo "a failure: $?"
seq 1 3 | xargs -n 1 sh -c '[ $0 -lt 2 ] || exit 255' 2>/dev/null; echo "stopped: $?"
echo x | xargs nothing-of-this-name 2>/dev/null; echo "not found: $?"
seq 1 2 | xargs -n 1 sh -c 'kill -KILL $$' 2>/dev/null; echo "killed: $?"
xargs -r echo never </dev/null; echo "nothing to do: $?"
seq 1 30000 | xargs echo | wc -w
xargs --show-limits -r </dev/null 2>&1 | grep -c limit
END

script 'find -exec' /bin/sh <<'END'
mkdir -p a/b/c; for i in 1 2 3 4 5 6; do seq 1 $i >a/b/f$i; done; ln -s f1 a/b/link
find a -type f -exec wc -l {} \; | sort
find a -type f -exec cat {} + | wc -l
find a -type f -execdir sh -c 'pwd | sed "s/.*work//"; echo $0' {} \; | sort
find a -type f -exec grep -q 5 {} \; -print | sort
find a -name 'f[12]' -exec sh -c 'for f; do echo "$f"; done | sort' sh {} +
find a -exec false {} +; echo "a failure: $?"
find a -type f -name f1 -exec nothing-of-this-name {} \; 2>/dev/null; echo $?
find a -type f -print0 | sort -z | xargs -0 -n 2 md5sum
find a -name 'f*' -ok true {} \; </dev/null 2>/dev/null; echo $?
END

script 'timeout' /bin/sh <<'END'
timeout 5 echo in time; echo $?
timeout 0.1 sleep 5; echo $?
timeout -s KILL 0.1 sleep 5; echo $?
timeout -s INT 0.1 sleep 5; echo $?
timeout --preserve-status 0.1 sleep 5; echo $?
timeout -k 0.1 0.1 sh -c 'trap "" TERM; while :; do sleep 0.05; done'; echo $?
timeout --foreground 0.1 sleep 5; echo $?
timeout 5 sh -c 'exit 3'; echo $?
timeout 5 nothing-of-this-name 2>/dev/null; echo $?
timeout 0.2 sh -c 'sleep 5 & wait'; echo $?
echo through | timeout 5 cat
timeout 5 timeout 0.1 sleep 3; echo $?
timeout -v 0.1 sleep 1; echo $?
END

script 'nohup, nice, env, setsid, stdbuf, tee' /bin/sh <<'END'
nohup echo said 2>/dev/null; nohup sh -c 'kill -HUP $$; echo survived' 2>/dev/null
nice -n 7 nice; nice; nice -n 3 sh -c 'nice; nice -n 4 nice'
env -i A=1 env; env A=2 sh -c 'echo $A'; env -u HOME sh -c 'echo ${HOME-none}'; env -C / pwd
env -S 'sh -c "echo split"'; env --ignore-signal=TERM sh -c 'kill $$; echo ignored'
env --block-signal=TERM sh -c 'kill $$; echo blocked'; env nothing-of-this-name 2>/dev/null; echo $?
setsid sh -c 'read -r line </proc/self/stat; set -- $line; [ "$5" = "$6" ] && echo a session of its own'
setsid -w sh -c 'exit 5'; echo $?
(setsid sleep 0.05; echo done) | cat
echo text | stdbuf -o0 cat; seq 1 3 | stdbuf -oL sed 's/^/x/' | stdbuf -i0 head -n 1
echo three | tee a b c; cat a b c | sort -u; echo more | tee -a a >/dev/null; wc -l <a
seq 1 100000 | tee copy | tail -n 1; wc -l <copy
yes | tee copy2 | head -n 2; echo piped on | tee /dev/fd/3 3>&1 >/dev/null | cat
chroot / echo rooted; chrt -p $$ 2>&1 | sed 's/pid [0-9]*/pid N/' | head -n 1; ionice -c 2 -n 3 ionice; taskset -c 0 echo pinned
flock lock sh -c 'flock -n lock echo never; echo "locked: $?"'; flock -n lock echo free
(flock 9; sleep 0.1; echo first) 9>lock & sleep 0.03; (flock 9; echo second) 9>lock; wait
prlimit --nofile=50 sh -c 'ulimit -n'; getconf ARG_MAX
script -qec 'echo on a terminal; tty >/dev/null && echo yes' /dev/null </dev/null | tr -d '\r'
setpriv --nnp grep NoNewPrivs /proc/self/status; unshare --help >/dev/null; echo $?
END

script 'sort with all threads' /bin/sh <<'END'
seq 1 1000000 | awk '{ print ($1 * 7919) % 1000003 }' >big
sort -n big | md5sum
sort --parallel=4 -S 10M big | md5sum
sort --parallel=8 -u big | wc -l
sort -n -r -T . -S 1M --parallel=2 big | head -n 2
sort --compress-program=gzip -S 2M big | md5sum
split -n l/4 big part; sort -n -m part* >/dev/null; for p in part*; do sort -n $p -o $p; done; sort -n -m part* | md5sum
split -l 250000 --filter='md5sum' big
END

script 'limits and signals of children' /bin/bash <<'END'
exec 2>/dev/null
(ulimit -f 1; yes >file); echo "file size: $?"; wc -c <file
(ulimit -v 100000; /usr/bin/python3 -c 'x = bytearray(1 << 30)'); echo "memory: $?"
(ulimit -t 1; while :; do :; done); echo "CPU time: $?"
(ulimit -n 3; cat /etc/passwd | wc -l); echo "descriptors: $?"
(ulimit -s 256; bash -c 'f() { f; }; f'); echo "stack: $?"
for s in HUP INT QUIT ILL ABRT FPE KILL USR1 SEGV PIPE ALRM TERM CHLD CONT URG WINCH IO PWR RTMIN+3; do
	sh -c "kill -s ${s/+*/} \$\$; exit 1"; echo "$s $?"
done
for s in {1..18} {23..31} {34..64}; do /bin/bash -c "kill -$s \$\$; exit 1"; printf '%s ' $?; done
echo
END
done_testing
