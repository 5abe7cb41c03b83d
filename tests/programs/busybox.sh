#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Applets of Debian's static busybox that need no second process, compared with native runs.
# shellcheck disable=SC2016 # awk programs hold dollar signs
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

input=$tap_dir/input
"$BUSYBOX" seq 1 20000 >"$input"
for i in 1 2 3 4 5 6; do
	printf 'line %d of the text\nanother\tline with tabs %d\n\nUPPER lower %d\n' $i $i $((i * i))
done >"$tap_dir/text"

b() {
	same "$*" "$BUSYBOX" "$@"
}

b echo hello world
b echo -n no newline
b printf '%s-%d-%x\n' text 42 255
b true
b false
b cat /etc/passwd /etc/group
b cat /etc/nonexistent
b wc /etc/passwd
b ls /usr
b ls -l /usr
b ls -la /usr/share/doc/busybox-static
b ls -ld /usr /etc/passwd
b ls -R /usr/share/doc/base-files
b ls /nonexistent
b stat -c '%n %F %s %a %u %g %Y' /usr/bin /etc/passwd
b head -n 3 /etc/passwd
b tail -n 3 /etc/passwd
b tail -c 20 /etc/passwd
b od -c /etc/hosts
b od -x /etc/passwd
b sha256sum /bin/busybox /etc/passwd
b md5sum /usr/bin/env
b cksum /etc/group
b uname -s
b uname -m
b id
b id -u
b date -u -d @86400
b date +%Y
b sleep 0.05
b expr 6 \* 7
b expr 1 + x
b test -f /etc/passwd
b test -d /etc/passwd
b [ 1 -lt 2 ]
b seq 1 3 20
b cut -d: -f1,3 /etc/passwd
b grep root /etc/passwd
b grep -c . /etc/passwd
b grep -r GPL-2 /usr/share/doc/busybox-static
b grep nothing-matches /etc/passwd
b sed -e 's/root/toor/' -e 2d /etc/passwd
b sed -n '2,4p' /etc/passwd
b awk -F: '{ n += $3 } END { print NR, n }' /etc/passwd
b awk 'BEGIN { for (i = 0; i < 20000; i++) s += i; print s, sin(1), substr("abcdef", 2, 3) }'
b find /usr/share/doc/busybox-static
b find /usr/share/doc -name 'copyright' -maxdepth 2 -type f -newer /usr/share/doc/nonexistent
b find /usr/lib -maxdepth 1 -type l
b readlink /bin
b readlink -f /bin/sh
b realpath /bin/sh
b basename /a/b/c.txt .txt
b dirname /a/b/c
b du -s /usr/share/doc/busybox-static
b comm /etc/passwd /etc/group
b cmp /etc/passwd /etc/group
b diff /etc/passwd /etc/passwd
b diff /etc/passwd /etc/group
b strings -n 8 /usr/bin/env
b hexdump -C /etc/hosts
b base64 /etc/passwd
b factor 1234567890
b rev /etc/passwd
b fold -w 20 /etc/passwd
b nl /etc/passwd
b paste /etc/passwd /etc/group
b tac /etc/passwd
b expand /etc/passwd
b dc -e '2 3 + p'
b bc -e '2^100' </dev/null
b pwd

b whoami
b tty
b gzip -c /etc/passwd
b bzip2 -c /etc/passwd
b xxd /etc/hosts
b dd if=/bin/busybox of=/dev/null bs=64k count=8 status=none
b dd if=/bin/busybox bs=512 skip=3 count=7 status=none
b dd if=/dev/zero bs=4k count=16 status=none
b head -c 0 /dev/urandom
b tar -cf - -C /usr/share/doc/busybox-static .

INPUT=$input
b wc
b sort -rn
b sort -n -k1
b sort -u
b uniq -c
b tr 0-9 a-j
b tail -n 5
b head -n 5
b sha256sum
b od -c
b grep -c 7
b sed 's/1/one/g'
b awk '{ s += $1 } END { print s }'
b cat
b tac
b cut -c1-2
b xargs -n 1000 echo
INPUT=$tap_dir/text
b sort
b uniq
b tr a-z A-Z
b grep -n line
b awk 'NF { print $NF }'
b expand
INPUT=

# A shell, as far as it needs no second process.
b sh -c 'x=$((3 * 4)); echo $x; cd /usr && pwd; echo *; set -- a b; echo $#; printf "%s\n" ok >/tmp/sh-$$
	while read -r line; do echo "got $line"; done </tmp/sh-$$; exec rm /tmp/sh-$$'
b sh -c 'exec echo executed'
b sh -c 'trap "echo caught; exit 3" USR1; kill -USR1 $$; echo not reached'
b sh -c 'kill -TERM $$'
same "ldconfig -p" /sbin/ldconfig -p

# /tmp is private: what is written there is there for the same program only.
tmp_is_private() {
	"$SANDBOX_RUN" "$BUSYBOX" cp /etc/passwd /tmp/copied-by-the-sandbox &&
		[ ! -e /tmp/copied-by-the-sandbox ] &&
		"$SANDBOX_RUN" "$BUSYBOX" mv /etc/nonexistent /tmp/x 2>/dev/null
	[ $? -eq 1 ]
}
tmp_is_private
ok $? "cp to the private /tmp leaves the host's /tmp alone"
# Writing shell: busybox awk is the one applet that writes, reads and lists in one process.
same "awk writes to /tmp and reads it back" "$BUSYBOX" awk 'BEGIN {
	f = "/tmp/sandbox-awk-test"; for (i = 0; i < 1000; i++) print i > f
	close(f); while ((getline x < f) > 0) s += x; print s }'
rm -f /tmp/sandbox-awk-test
is "$("$SANDBOX_RUN" "$BUSYBOX" env)" "" "env: nothing of the caller's environment"
is "$(FROM=caller "$SANDBOX_RUN" -e FROM -e A=1 "$BUSYBOX" env | sort | tr '\n' ' ')" "A=1 FROM=caller " \
	"env: what -e passes"
done_testing
