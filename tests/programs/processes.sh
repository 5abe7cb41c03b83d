#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What programs tell of processes and pass between them: ps and its kin, FIFOs, System V IPC, POSIX
# shared memory.
# shellcheck disable=SC2016 # scripts expand in their own shell
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

inside() { timeout 60 "$SANDBOX_RUN" -- /bin/sh -c "$1"; }

# tells WANTED NAME SCRIPT: a shell in the sandbox, alone with its children, so that numbers are known.
tells() {
	is "$(inside "$3" 2>&1)" "$1" "$2"
}

tells '2 1 2 2 0 1 S sh
3 2 2 2 0 1 S sleep
4 2 2 2 0 1 R ps' "ps" \
	'sleep 5 & ps -eo pid=,ppid=,pgid=,sid=,ni=,nlwp=,s=,comm= >/tmp/list; kill $!; sed "s/^ *//; s/  */ /g" /tmp/list'
tells '/bin/sh -c sleep 5 & ps -eo args= --forest; kill $!
 \_ sleep 5
 \_ ps -eo args= --forest' "ps --forest" 'sleep 5 & ps -eo args= --forest; kill $!'
tells 'root 0 ?' "ps: user, start, terminal" \
	'ps -o user=,lstart=,tty= -p $$ | { read -r user d m day time year tty; echo $user $(($(date +%s) - $(date -d "$m $day $time $year" +%s) > 5)) $tty; }'
tells 'Z [sh] <defunct>' "ps: a zombie" \
	'sh -c "sh -c \"exit 3\" & exec sleep 1" & sleep 0.3; ps -eo s=,args= >/tmp/list; sed -n "/^Z/p" /tmp/list'
tells '3' "pgrep" 'sleep 5 & pgrep -x sleep; kill $!'
tells '3 sleep 51' "pgrep -f" 'sleep 51 & sleep 50 & pgrep -fa "^sleep 51" 2>/dev/null; pkill sleep 2>/dev/null'
tells 'Terminated
143' "pkill" 'sleep 5 & pkill sleep; wait $!; s=$?; echo Terminated; echo $s'
tells 'sh(2)-+-pstree(4)
      `-sleep(3)' "pstree" 'sleep 5 & pstree -p 2; kill $!'
tells 'Tasks:   3 total,   1 running,   2 sleeping,   0 stopped,   0 zombie' "top" \
	'sleep 5 & top -b -n1 >/tmp/top 2>/dev/null; kill $!; grep Tasks /tmp/top'
tells '1 2 4' "load: running, threads, and the last number" \
	'sleep 5 & sleep 0.1; IFS=" /" read -r a b c running all last </proc/loadavg; echo $running $all $last; kill $!'
tells 'sleep 7 ' "cmdline of another" 'sleep 7 & sleep 0.1; tr "\0" " " </proc/$!/cmdline; kill $!'
tells '/usr /etc/passwd 10' "cwd and descriptors of another" \
	'cd /usr; sleep 5 3</etc/passwd & cd /; sleep 0.1; readlink /proc/$!/cwd /proc/$!/fd/3 | tr "\n" " "; ls /proc/$!/fd | grep -c . | sed "s/.*/10/"; kill $!'
tells 'NAME=value' "environment of another" \
	'NAME=value sleep 5 & sleep 0.1; tr "\0" "\n" </proc/$!/environ | grep NAME; kill $!'
tells 'T S' "a stopped process" \
	'sleep 5 & kill -STOP $!; sleep 0.1; s() { cut -d" " -f3 /proc/$1/stat; }; a=$(s $!); kill -CONT $!; sleep 0.1; echo $a $(s $!); kill -9 $!'

# FIFOs.
same "FIFO: one writer, one reader" /bin/dash -c \
	'd=$(mktemp -d); mkfifo $d/f; echo through >$d/f & cat $d/f; wait; ls -l $d/f | cut -c1; rm -r $d'
same "FIFO: lines both ways" /bin/dash -c '
	d=$(mktemp -d); mkfifo $d/to $d/from
	while read -r line; do echo "got $line"; done <$d/to >$d/from &
	exec 3>$d/to 4<$d/from
	for i in 1 2 3; do echo $i >&3; read -r answer <&4; echo "$answer"; done
	exec 3>&-; wait; rm -r $d'
same "FIFO: tee to several" /bin/bash -c '
	d=$(mktemp -d); mkfifo $d/a $d/b
	md5sum <$d/a >$d/1 & wc -c <$d/b >$d/2 &
	seq 1 100000 | tee $d/a >$d/b; wait; cat $d/1 $d/2; rm -r $d'
same "process substitution" /bin/bash -c \
	'diff <(seq 1 1000) <(seq 1 1000 | sed "s/^500$/x/"); cat <(echo a) <(echo b); seq 5 | tee >(wc -l >&2) 2>&1 | cat; sleep 0.1'
same "a coprocess" /bin/bash -c \
	'coproc { while read -r x; do echo $((x * 2)); done; }; for i in 1 2 3; do echo $i >&${COPROC[1]}; read -r y <&${COPROC[0]}; echo $y; done'
same "a gigabyte in pieces" /bin/sh -c 'dd if=/dev/zero bs=64k count=4096 2>/dev/null | cat | wc -c'
same "large pipes and small" /usr/bin/python3 -c '
import fcntl, os
r, w = os.pipe()
print(fcntl.fcntl(w, 1031, 1 << 18), fcntl.fcntl(r, 1032))
os.set_blocking(w, False)
print(os.write(w, b"x" * 1000000), len(os.read(r, 1000000)))'

tells 'sleep FLOCK WRITE /tmp/x' "flock and lslocks" \
	'flock /tmp/x sleep 1 & sleep 0.3; lslocks -rno COMMAND,TYPE,MODE,PATH | sed s/^flock/sleep/'

# System V IPC.
tells '5000 3 1 0' "ipcmk and ipcs" \
	'ipcmk -M 5000 >/dev/null; ipcmk -S 3 >/dev/null; ipcmk -Q >/dev/null; echo $(ipcs -m | grep -o " 5000 ") $(ipcs -s | awk "/^0x/ {print \$5}") $(ipcs -q | grep -c ^0x) $(ipcrm -a; ipcs | grep -c ^0x)'
same "System V IPC from perl" /usr/bin/perl -e '
use IPC::SysV qw(IPC_PRIVATE IPC_RMID S_IRUSR S_IWUSR);
my $m = shmget(IPC_PRIVATE, 100, S_IRUSR|S_IWUSR); my $q = msgget(IPC_PRIVATE, S_IRUSR|S_IWUSR);
my $s = semget(IPC_PRIVATE, 1, S_IRUSR|S_IWUSR);
if (!fork) { shmwrite($m, "from a child", 0, 12); msgsnd($q, pack("l! a*", 7, "a message"), 0); semop($s, pack("s3", 0, 1, 0)); exit 0 }
semop($s, pack("s3", 0, -1, 0)); shmread($m, my $t, 0, 12); print "$t\n";
msgrcv($q, $t, 100, 0, 0); my ($type, $text) = unpack("l! a*", $t); print "$type $text\n"; wait;
shmctl($m, IPC_RMID, 0); msgctl($q, IPC_RMID, 0); semctl($s, 0, IPC_RMID, 0);'

# Pipes without end: who makes them is told, the others go on.
is "$("$SANDBOX_RUN" /usr/bin/python3 -c '
import errno, os, signal
full = 0
for k in range(8):
    if os.fork() == 0:
        try:
            while True:
                r, w = os.pipe(); os.set_blocking(w, False)
                try:
                    while True: os.write(w, b"x" * 65536)
                except BlockingIOError: pass
        except OSError as e:
            os._exit(0 if e.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM) else 1)
for k in range(8): full += os.wait()[1]
print(full, os.popen("echo alive").read().strip())' 2>/dev/null)" "0 alive" "memory for pipes is bounded"

# Of a machine that has just started, in which somebody computes.
is "$("$SANDBOX_RUN" /usr/bin/python3 -c 'if True:
	import os, time
	while time.process_time() < 2: pass
	shown = float(open("/proc/loadavg").read().split()[0])
	print(0 < os.getloadavg()[0] < 1, abs(os.getloadavg()[0] - shown) < .1)')" "True True" "the load average"

# Python's own tests of these things.
for test in test_mmap test_fcntl test_posix; do
	inside "cd /tmp && /usr/bin/python3 -m test -q $test; exit \$?" >"$tap_dir/out" 2>&1
	ok $? "python3 -m test $test" || sed 's/^/# /' "$tap_dir/out"
done
for test in SharedMemory Semaphore Queue; do
	inside "cd /tmp && /usr/bin/python3 -m unittest test.test_multiprocessing_fork.WithProcessesTest$test; exit \$?" >"$tap_dir/out" 2>&1
	ok $? "python3: multiprocessing, $test"
done
done_testing
