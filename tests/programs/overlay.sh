#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Overlays: random operations must do what they do natively, the host's files stay as they are, and
# --save-changes applied to a copy of them gives what the program saw. And how mounts lie in each other.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# The tests want an interpreter that needs no second process.
python=/usr/bin/python3
RANDOM_FILES=$PWD/build/tests/guest/fs/random
tree=$tap_dir/tree

# All that can be seen of a tree but times of change and, natively random, of access.
show() {
	(cd "$1" && find . -printf "$2\n" | sort && find . -type f -print0 | sort -z | xargs -0r md5sum)
}

# as_natively SEED OPERATIONS: in a tree that another seed has made
as_natively() {
	rm -rf "$tree" "$tap_dir/copy" "$tap_dir/applied"
	mkdir "$tree"
	"$RANDOM_FILES" "$tree" $(($1 + 100)) 1500 >/dev/null
	cp -a "$tree" "$tap_dir/copy"
	cp -a "$tree" "$tap_dir/applied"
	show "$tree" '%p %y %m %s %n %T@ %i %l' >"$tap_dir/before"
	"$RANDOM_FILES" "$tap_dir/copy" "$1" "$2" >"$tap_dir/native"
	"$SANDBOX_RUN" --ro "$RANDOM_FILES" --overlay "$tree" --save-changes "$tap_dir/layer.tar" \
		"$RANDOM_FILES" "$tree" "$1" "$2" >"$tap_dir/inside" 2>"$tap_dir/inside.err"
	is "$?: $(diff "$tap_dir/native" "$tap_dir/inside" | head -5)" "0: " "seed $1: $2 operations as natively"
	show "$tree" '%p %y %m %s %n %T@ %i %l' >"$tap_dir/after"
	cmp -s "$tap_dir/before" "$tap_dir/after"
	ok $? "seed $1: the host's files are as before"
	python3 tests/programs/apply-layer.py "$tap_dir/layer.tar" "$tap_dir/applied" "${tree#/}"
	ok $? "seed $1: python reads the archive"
	tar tf "$tap_dir/layer.tar" >/dev/null
	ok $? "seed $1: tar reads the archive"
	# A socket has no place in an archive.
	find "$tap_dir/copy" "$tap_dir/applied" -type s -delete
	show "$tap_dir/copy" '%p %y %m %n %l' >"$tap_dir/native"
	show "$tap_dir/applied" '%p %y %m %n %l' >"$tap_dir/inside"
	is "$(diff "$tap_dir/native" "$tap_dir/inside" | head -5)" "" "seed $1: the archive holds what changed"
}

for seed in 1 2 3 4 5; do
	as_natively $seed $((seed * 500))
done

# inside NAME WANTED OPTIONS... -- COMMAND...: what busybox says, errors included
inside() {
	inside_name=$1
	inside_wanted=$2
	shift 2
	is "$("$SANDBOX_RUN" --report never "$@" 2>&1)" "$inside_wanted" "$inside_name"
}

m=$tap_dir/m
mkdir -p "$m/a/b" "$m/c" "$m/hidden/x" "$m/empty"
echo one >"$m/a/f"
echo two >"$m/c/z"
echo three >"$m/hidden/x/y"
echo file >"$m/one"
mkfifo "$m/fifo"

inside "a hidden name is not listed" "a c empty fifo one" \
	--overlay "$m" --deny "$m/hidden" "$BUSYBOX" sh -c "cd $m; echo *"
inside "nothing comes to be where a name is hidden" \
	"mkdir: can't create directory '$m/hidden': Permission denied" \
	--overlay "$m" --deny "$m/hidden" "$BUSYBOX" mkdir "$m/hidden"
inside "nor by rename" "mv: can't rename '$m/one': Permission denied" \
	--overlay "$m" --deny "$m/hidden" "$BUSYBOX" mv "$m/one" "$m/hidden"
inside "nor by link" "ln: $m/hidden: Permission denied" \
	--overlay "$m" --deny "$m/hidden" "$BUSYBOX" ln "$m/one" "$m/hidden"
inside "nor on a writable mount" "mkdir: can't create directory '$m/hidden': Permission denied" \
	--rw "$m" --deny "$m/hidden" "$BUSYBOX" mkdir "$m/hidden"
inside "below what is hidden lies only what is granted" "x three" \
	--ro "$m" --deny "$m/hidden" --ro "$m/hidden/x" "$BUSYBOX" sh -c \
	"cd $m/hidden; read line <x/y; echo * \$line"
inside "a file that is not listed below a hidden directory" "" \
	--overlay "$m" --deny "$m/hidden" "$BUSYBOX" sh -c "cd $m; test -e hidden/x/y && echo there"
inside "read-only in an overlay" "touch: $m/c/new: Read-only file system" \
	--overlay "$m" --ro "$m/c" "$BUSYBOX" touch "$m/c/new"
inside "a mount cannot be removed" "rmdir: '$m/empty': Device or resource busy" \
	--overlay "$m" --tmpfs "$m/empty" "$BUSYBOX" rmdir "$m/empty"
inside "nor can a directory that holds one" "rmdir: '$m/a': Device or resource busy" \
	--overlay "$m" --tmpfs "$m/a/b" "$BUSYBOX" rmdir "$m/a"
"$SANDBOX_RUN" --overlay "$m" --rw "$m/c" "$BUSYBOX" sh -c "echo w >$m/c/written; echo w >$m/a/written"
is "$(cd "$m" && echo a/* c/*)" "a/b a/f c/written c/z" "writable in an overlay: only that changes"
rm "$m/c/written"
inside "an overlay in a writable mount" "b f new" \
	--rw "$m" --overlay "$m/a" "$BUSYBOX" sh -c "cd $m/a; echo >new; echo *"
inside "private in an overlay" "0" --overlay "$m" --tmpfs "$m/c" "$BUSYBOX" sh -c "set -- $m/c/z*; test -e \$1; echo \$((! \$?))"
inside "a mount where the host has nothing" "there" \
	--overlay "$m" --tmpfs "$m/new/deep" "$BUSYBOX" sh -c "echo there >$m/new/deep/f; cat $m/new/deep/f"
inside "a file mounted on a name in an overlay" "b f two file" \
	--overlay "$m" --ro "$m/one:$m/a/two" "$BUSYBOX" sh -c "cd $m/a; read line <two; echo * \$line"
inside "an overlay over everything" "changed" \
	--overlay / "$BUSYBOX" sh -c "echo changed >/etc/passwd; cat /etc/passwd"
[ "$(cat /etc/passwd)" != changed ]
ok $? "and the host's files are as before"
inside "a pipe of the host cannot be opened" "cat: can't open '$m/fifo': Permission denied" \
	--overlay "$m" "$BUSYBOX" cat "$m/fifo"
inside "but a new one can be made" "True" --overlay "$m" $python -c "if True:
	import os, stat
	os.mkfifo('$m/new')
	print(stat.S_ISFIFO(os.stat('$m/new').st_mode))"
inside "a directory from below moves, twice" "['f', 'g'] False ['f', 'g'] ['c', 'empty', 'fifo', 'hidden', 'one', 'z']" \
	--overlay "$m" $python -c "if True:
	import os
	os.chdir('$m')
	os.rename('a', 'moved')
	open('moved/g', 'w').close()
	os.rmdir('moved/b')
	print(sorted(os.listdir('moved')), os.path.exists('a'), end=' ')
	os.rename('moved', 'z')
	print(sorted(os.listdir('z')), sorted(os.listdir('.')))"
inside "an open file, a mapping and a second name see a change" "oNe oNe oNe True" --overlay "$m" $python -c "if True:
	import mmap, os
	os.chdir('$m')
	file = open('a/f')
	seen = mmap.mmap(file.fileno(), 4, prot=mmap.PROT_READ)
	before = seen[:] and os.stat('a/f')
	os.link('a/f', 'c/second')
	with open('c/second', 'r+') as other:
		other.seek(1)
		other.write('N')
	after = os.stat('c/second')
	print(file.read().strip(), seen[:3].decode(), open('a/f').read().strip(),
		(before.st_dev, before.st_ino) == (after.st_dev, after.st_ino))"
inside "a shared mapping changes the file in memory" "b'oNe\\n'" --overlay "$m" $python -c "if True:
	import mmap
	with open('$m/a/f', 'r+b') as file:
		mmap.mmap(file.fileno(), 0)[1:2] = b'N'
	print(open('$m/a/f', 'rb').read())"

# Its variables are as they should be each time: where it was started before is used again.
mkdir "$m/bin"
cp /usr/bin/ls "$m/bin/ls"
for option in --ro --overlay --rw; do
	inside "a program started again, $option" "$(yes "$m/one" | head -4)" $option "$m" "$BUSYBOX" sh -c "
		for i in 1 2 3 4; do $m/bin/ls $m/one; done"
done

# A file larger than the VM's memory: only what changes of it takes some.
mkdir "$tap_dir/large"
seq 12000000 >"$tap_dir/large/f"
cp -r "$tap_dir/large" "$tap_dir/large-copy"
cat >"$tap_dir/large.py" <<'END'
import hashlib, mmap, os, sys
os.chdir(sys.argv[1])

def show():
    digest = hashlib.blake2b()
    with open("f", "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    print(os.stat("f").st_size, digest.hexdigest())

before = open("f", "rb")
seen = mmap.mmap(before.fileno(), 0, prot=mmap.PROT_READ)
print(seen[1000:1010])
with open("f", "r+b") as file:
    file.seek(50000123)
    file.write(b"hello" * 1000)
    file.seek(0, 2)
    file.write(b"the end")
print(seen[50000120:50000130], seen[1000:1010], os.pread(before.fileno(), 9, 50005120))
show()
with open("f", "r+b") as file:
    mmap.mmap(file.fileno(), 0)[7777777:7777780] = b"abc"
    print(os.pread(before.fileno(), 9, 7777774))
os.truncate("f", 70000001)
show()
os.truncate("f", 70100000)
show()
END
is "$("$SANDBOX_RUN" -m 64MiB --ro "$tap_dir/large.py" --overlay "$tap_dir/large" \
	--save-changes "$tap_dir/large.tar" $python "$tap_dir/large.py" "$tap_dir/large")" \
	"$($python "$tap_dir/large.py" "$tap_dir/large-copy")" "a file larger than memory"
tar xOf "$tap_dir/large.tar" "${tap_dir#/}/large/f" | cmp - "$tap_dir/large-copy/f"
ok $? "and its place in the archive"

# More directories with changes than the host gives handles.
big=$tap_dir/big
mkdir "$big"
(cd "$big" && for i in $(seq 65); do for j in $(seq 65); do echo "$i/$j"; done; done | xargs mkdir -p)
inside "more changed directories than handles" "4225 4225" --overlay "$big" "$BUSYBOX" sh -c "
	cd $big
	for i in */*; do echo \$i >\$i/new; done
	set -- */*/new; good=0
	for i; do read line <\$i; test \"\$line/new\" = \$i && good=\$((good + 1)); done
	echo \$# \$good"

# What ends in the middle leaves an archive, too.
"$SANDBOX_RUN" --overlay "$m" --save-changes "$tap_dir/killed.tar" $python -c "if True:
	import os
	os.chdir('$m')
	open('kept', 'w').close()
	os.remove('one')
	os.kill(os.getpid(), 9)" >/dev/null 2>&1
is "$?: $(tar tf "$tap_dir/killed.tar" | tr '\n' ' ')" "137: ${m#/}/ ${m#/}/kept ${m#/}/.wh.one " \
	"the archive of a program that was killed"

# A name that the program never looked at is another one of a file that it changed.
mkdir -p "$m/links/deep"
echo before >"$m/links/seen"
ln "$m/links/seen" "$m/links/deep/unseen"
"$SANDBOX_RUN" --overlay "$m" --save-changes "$tap_dir/links.tar" $python -c "open('$m/links/seen', 'w').write('after')"
rm -rf "$tap_dir/applied"
cp -a "$m" "$tap_dir/applied"
python3 tests/programs/apply-layer.py "$tap_dir/links.tar" "$tap_dir/applied" "${m#/}"
is "$(cat "$tap_dir/applied/links/deep/unseen")" after "a name that was not looked at"

# Not more than 4 KiB fit into a file, inside as outside: the archive of three such files is longer.
(trap '' XFSZ && ulimit -f 8 && exec "$SANDBOX_RUN" --report never --overlay "$m" --save-changes "$tap_dir/full.tar" \
	$python -c "for n in '123': open('$m/new' + n, 'w').write('x' * 4000)") 2>"$tap_dir/err"
is "$?: $(cat "$tap_dir/err")" "0: sandbox-run: --save-changes: the archive is not whole" "a full disk is told"

long=$(printf '%0150d' 7)
"$SANDBOX_RUN" --overlay "$m" --save-changes "$tap_dir/long.tar" $python -c "if True:
	import os, shutil
	os.chdir('$m')
	os.mkdir('$long')
	open('$long/$long', 'w').write('text')
	os.symlink('$long$long', '$long/link')
	shutil.rmtree('a')
	os.mkdir('a')
	open('a/old', 'w').close()
	os.utime('a/old', ns=(1, -1500000000))"
is "$(tar tf "$tap_dir/long.tar" | sed "s|^${m#/}||" | tr '\n' ' ')" \
	"/ /$long /$long/$long /$long/link /a/ /a/.wh..wh..opq /a/old " "long names and opaque directories"
is "$(tar xOf "$tap_dir/long.tar" "${m#/}/$long/$long")" text "contents under a long name"
is "$(tar xf "$tap_dir/long.tar" -C "$tap_dir" "${m#/}/a/old" 2>/dev/null; stat -c %Y "$tap_dir/$m/a/old")" -2 \
	"a time before 1970"
done_testing
