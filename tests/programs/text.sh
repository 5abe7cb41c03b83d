#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Text tools of Debian, dynamic and unmodified: grep, sed, awk, find, diff, jq, file and their kin.
# shellcheck disable=SC2016 # awk and jq programs hold dollar signs
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/tree.sh

more() {
	printf '{"name": "x", "list": [1, 2, {"deep": [true, null]}], "n": 1.5}\n' >"$work/data.json"
	for i in 1 2 3 4 5 6 7 8 9; do
		mkdir -p "$work/many/d$i"
		printf 'line one %d\nneedle %d\n' $i $i >"$work/many/d$i/f$i.txt"
	done
	printf 'int main(void)\n{\n\treturn 0;\n}\n' >"$work/main.c"
	gzip -n -c "$work/fruit" >"$work/fruit.gz"
}

fresh
t /usr/bin/grep -n apple fruit
t /usr/bin/grep -rn needle many
t /usr/bin/grep -rlE 'needle [3-5]' .
t /usr/bin/grep -c . numbers
t /usr/bin/grep -P '^\d{3}$' numbers
t /usr/bin/grep -io PEAR fruit
t /usr/bin/grep x missing
t /usr/bin/grep -rc ELF binary dir
t /usr/bin/egrep '(pear|cherry)' fruit
t /usr/bin/sed -e 's/apple/orange/g' -e '/pear/d' fruit
t /usr/bin/sed -n '100,110p' numbers
t /usr/bin/sed 'y/abc/xyz/' fruit
t /usr/bin/mawk '{ s += $1 } END { print s }' numbers
t /usr/bin/mawk -F: '{ print $1, length($0) }' /etc/passwd
t /usr/bin/gawk '{ c[$1]++ } END { n = asorti(c, k); for (i = 1; i <= n; i++) print k[i], c[k[i]] }' fruit
t /usr/bin/gawk 'BEGIN { printf "%.3f %s\n", exp(1), strftime("%Y", 0, 1) }'
t /usr/bin/find . -type f -name '*.txt'
t /usr/bin/find . -newer fruit -o -size +10k
t /usr/bin/find . -printf '%p %y %m %n %s %TY\n'
t /usr/bin/find . -type l -lname 'fr*'
t /usr/bin/find /usr/share/doc/base-files -type f
t /usr/bin/find . -empty
t /usr/bin/diff fruit left
t /usr/bin/diff -ru dir many
t /usr/bin/cmp fruit left
t /usr/bin/cmp -l left right
t /usr/bin/jq . data.json
t /usr/bin/jq -c '.list[2].deep, (.list | length), keys' data.json
t /usr/bin/jq '.missing[' data.json
t /usr/bin/file fruit binary link dir fruit.gz main.c data.json /bin/ls /usr/bin/python3
t /usr/bin/column -t left
t /usr/bin/rev fruit
t /usr/bin/hexdump -C tabs
t /usr/bin/getopt -o ab: -- -a -b x y
t /usr/bin/bc --version
INPUT=$work/left t /usr/bin/xargs --version
t /usr/bin/iconv -f utf-8 -t utf-16le fruit
t /usr/bin/locale
t /usr/bin/getent passwd root
t /usr/bin/tput -T xterm cols
t /usr/bin/infocmp -1 xterm
w /usr/bin/sed -i 's/apple/orange/' fruit
w /usr/bin/sed -i.bak -e '1d' numbers
w /usr/bin/gawk '{ print > "out-" $1 }' fruit
w /usr/bin/find many -name 'f[1-5].txt' -delete
w /usr/bin/patch --version
w /usr/bin/rename.ul txt dat many/d1/f1.txt
done_testing
