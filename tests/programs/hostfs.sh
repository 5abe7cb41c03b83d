#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real programs on trees of the host. Each runs natively and in the sandbox, at the same path; output,
# exit status and, on a writable mount, the tree that it leaves behind must be the same.
# shellcheck disable=SC2016 # programs in perl and awk hold dollar signs
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

work=/var/tmp/hostfs-test-$$
trap 'rm -rf "$work" "$tap_dir"' EXIT
umask 022
# The monitor has no capabilities, so root inside may do what the modes say: natively, too.
without=(env)
[ "$(id -u)" = 0 ] && without=(setpriv --inh-caps=-all --bounding-set=-all)

# The tree that each test begins with.
plant() {
	rm -rf "${work:?}"
	mkdir -p "$work/dir/deep/er" "$work/empty" "$work/many"
	seq 1 2000 >"$work/numbers"
	printf 'one\ntwo\nthree\n' >"$work/text"
	head -c 300000 /bin/busybox >"$work/binary"
	cp /etc/passwd "$work/dir/passwd"
	echo x >"$work/dir/deep/er/leaf"
	for i in $(seq 1 150); do echo "file $i" >"$work/many/f$i"; done
	ln -s text "$work/link"
	ln -s nowhere "$work/dangling"
	ln "$work/text" "$work/hard"
	chmod 640 "$work/numbers"
	chmod 444 "$work/dir/passwd"
	find "$work" -exec touch -h -d '2020-02-02 02:02:02.020202' {} +
}

# Types, modes, links, sizes and contents; times in seconds of what the test has not made now.
record() {
	(cd "$work" && find . -printf '%p %y %m %n %u %g %l ' \( -type f -printf '%s ' -o -true \) \
		-printf '%TY-%Tm-%Td\n' | sort && find . -type f -exec md5sum {} + | sort -k 2) 2>&1
}

plant
tar -C "$work" -cf "$tap_dir/tree.tar" .

# rw NAME COMMAND...: in $work, with $work writable.
rw() {
	rw_name=$1
	shift
	plant
	(cd "$work" && natively "${without[@]}" env -i "$@") >"$tap_dir/native" 2>"$tap_dir/native.err"
	echo "status $?" >>"$tap_dir/native"
	record >>"$tap_dir/native"
	plant
	"$SANDBOX_RUN" --rw "$work" --ro "$tap_dir/tree.tar" -C "$work" "$@" >"$tap_dir/inside" 2>"$tap_dir/inside.err"
	echo "status $?" >>"$tap_dir/inside"
	record >>"$tap_dir/inside"
	cmp -s "$tap_dir/native" "$tap_dir/inside"
	ok $? "$rw_name"
	if [ "$tap_failed" = 1 ]; then
		diff "$tap_dir/native" "$tap_dir/inside" | head -10 | sed 's/^/#   /'
		head -3 "$tap_dir/inside.err" | sed 's/^/#   stderr: /'
	fi
}

p() {
	rw "perl: $1" /usr/bin/perl -e "$2"
}

rw "cp" cp text copy
rw "cp over a file" cp numbers text
rw "cp -a of a tree" cp -a dir copy
rw "cp -r of links" cp -r link dangling empty
rw "cp into a read-only file" cp text dir/passwd
rw "mv in a directory" mv text moved
rw "mv over a file" mv numbers text
rw "mv to another directory" mv text dir/deep/
rw "mv of a directory" mv dir empty/
rw "mv of a directory into itself" mv dir dir/deep
rw "rm" rm text
rw "rm -r" rm -r dir many
rw "rm of a directory" rm dir
rw "rmdir" rmdir empty
rw "rmdir of a full directory" rmdir dir
rw "rmdir -p" rmdir -p dir/deep/er
rw "mkdir -p" mkdir -p a/b/c/d
rw "mkdir with a mode" mkdir -m 1777 sticky
rw "mkdir of what exists" mkdir dir
rw "ln" ln numbers dir/other-name
rw "ln -s" ln -s /absolute/target absolute
rw "ln over a file" ln -f numbers text
rw "ln of a directory" ln dir hard-directory
rw "touch" touch new
rw "touch -d" touch -d '1999-12-31 23:59:58.5 UTC' text dir
rw "touch -h of a link" touch -h -d '2001-01-01 UTC' dangling
rw "touch before the epoch" touch -d '1960-05-05 00:00:00.25 UTC' text
rw "chmod" chmod 600 text
rw "chmod -R" chmod -R go-rwx dir
rw "chmod to nothing" chmod 000 text
rw "truncate up" truncate -s 100000 text
rw "truncate down" truncate -s 5 numbers
rw "truncate to nothing" truncate -s 0 binary
rw "dd conv=notrunc" dd if=text of=numbers bs=3 seek=7 conv=notrunc status=none
rw "dd with a hole" dd if=text of=holey bs=1 seek=1000000 status=none
rw "dd oflag=append" dd if=text of=numbers oflag=append conv=notrunc status=none
rw "dd conv=fsync" dd if=binary of=out bs=64k conv=fsync status=none
rw "fallocate" fallocate -l 70000 text
rw "fallocate --punch-hole" fallocate -p -o 4096 -l 8192 binary
rw "install -D" install -D -m 750 text made/by/install
rw "sed -i" sed -i s/two/zwei/ text
rw "sed -i with a backup" sed -i.bak 5,10d numbers
rw "sort -o" sort -r -n -o numbers numbers
rw "tee" tee out
rw "an attribute that must be new and there" python3 -c 'import os, errno
def put(flags):
    try:
        os.setxattr("text", "user.a", b"v", flags)
        print("set")
    except OSError as e:
        print(errno.errorcode[e.errno])
for flags in 3, 2, 1, 1, 3, 2: put(flags)'
rw "split" split -l 300 numbers part-
rw "csplit" csplit -s numbers 100 200
rw "tar -c" tar -cf out.tar dir many
rw "gzip" gzip text
rw "gzip -k" gzip -k numbers
rw "shred" shred -n 1 -z text
rw "find -delete" find many -name '*1*' -delete
rw "unlink" unlink hard
rw "link" link numbers dir/n
rw "readlink -f" readlink -f dir/../link
rw "tar -x" tar -xf "$tap_dir/tree.tar" --no-same-owner
rw "ls of what was listed" ls -lnR --time-style=long-iso .
rw "du" du -a --apparent-size dir
rw "stat" stat -c '%n %F %s %a %h' . text link dir
rw "python3 shutil" python3 -c '
import os, shutil
shutil.copytree("dir", "copy"); shutil.move("copy", "empty/c"); shutil.rmtree("many")
with open("text", "r+") as f: f.seek(4); f.write("TWO"); f.truncate(9)
os.replace("numbers", "text2"); os.link("text2", "text3"); os.utime("text2", ns=(5, 7000000001))
print(sorted(os.listdir(".")), os.stat("text3").st_nlink, os.stat("text2").st_mtime_ns)'
p "append, position, re-read" 'open F, "+>>", "text"; syswrite F, "four\n"; print sysseek(F, 0, 1), "\n";
	sysseek F, 0, 0; sysread F, $x, 100; print $x; syswrite F, "five\n"; sysread F, $y, 100; print "[$y]\n"'
p "what is written is read through another descriptor" 'open R, "<", "text"; sysread R, $x, 3; open W, "+<", "text";
	syswrite W, "ONETWO"; sysseek R, 0, 0; sysread R, $y, 20; print "$x $y\n"; syswrite W, "!" x 50; print -s R, "\n"'
p "through another name" 'open R, "<", "hard"; sysread R, $x, 3; open W, "+<", "text"; syswrite W, "UNO";
	sysseek R, 0, 0; sysread R, $y, 3; print "$x $y ", (stat "hard")[3], "\n"; unlink "text"; print +(stat R)[3], "\n"'
p "unlinked but open" 'open F, "+<", "text"; unlink "text", "hard"; syswrite F, "still"; sysseek F, 0, 0;
	sysread F, $x, 99; print $x, (stat F)[3], "\n"; print -e "text" ? "there" : "gone", "\n"'
p "replaced but open" 'open F, "<", "text"; rename "numbers", "text"; sysread F, $x, 99; print $x, -s "text", "\n"'
p "renamed directory of an open file" 'open F, "<", "dir/deep/er/leaf"; rename "dir", "dir2"; print <F>;
	print -e "dir/passwd" ? 1 : 0, -e "dir2/passwd" ? 1 : 0, "\n"; open G, "<", "dir2/deep/er/leaf"; print <G>'
p "working directory renamed" 'use Cwd; chdir "dir/deep"; rename "../../dir", "../../d2"; open F, ">", "new"; print F "x";
	close F; opendir D, "."; print join(" ", sort readdir D), "\n"'
p "working directory removed" 'chdir "empty"; rmdir "../empty"; print open(F, ">", "x") ? "made" : $!, "\n"; print mkdir("y") ? "made" : $!, "\n"'
p "errors" 'for (["open", sub { open F, ">", "dir" }], ["open", sub { open F, ">", "nowhere/x" }], ["open", sub { open F, ">", "text/x" }],
	["rmdir", sub { rmdir "text" }], ["unlink", sub { unlink "nothing" }], ["rename", sub { rename "dir", "text" }],
	["rename", sub { rename "text", "dir" }], ["rename", sub { rename "empty", "dir" }], ["rename", sub { rename "nothing", "x" }],
	["link", sub { link "text", "numbers" }], ["symlink", sub { symlink "x", "text" }], ["mkdir", sub { mkdir "a/b" }],
	["mkdir", sub { mkdir "x" x 256 }], ["truncate", sub { truncate "dir", 1 }], ["chmod", sub { chmod 0600, "nothing" }],
	["rename", sub { rename "text", "/proc/x" }]) {
	print $_->[0], " ", $_->[1]->() ? "ok" : $!, "\n" }'
p "sysopen flags" 'use Fcntl; for ([O_RDWR|O_CREAT|O_EXCL, "text"], [O_RDWR|O_CREAT|O_EXCL, "new"], [O_WRONLY|O_TRUNC, "numbers"],
	[O_RDONLY|O_NOFOLLOW, "link"], [O_RDONLY|O_DIRECTORY, "text"], [O_WRONLY|O_CREAT, "dangling"], [O_WRONLY|O_CREAT|O_EXCL, "link"],
	[O_WRONLY|O_APPEND|O_SYNC, "text"]) { print sysopen(F, $_->[1], $_->[0], 0666) ? "ok " . (syswrite(F, "x") || $!) : $!, "\n"; close F }'
p "exchange and no-replace" 'sub r2 { syscall(316, -100, $_[0], -100, $_[1], $_[2]) == 0 ? "ok" : "$!" }
	print r2("text", "dir", 2), r2("text", "numbers", 1), r2("numbers", "fresh", 1), r2("fresh", "many", 2), r2("empty", "nothing", 2), "\n"'
p "O_TMPFILE and a name for it" 'use Fcntl; sysopen(F, ".", 020200000|O_RDWR, 0640) or die $!; syswrite F, "unnamed"; print +(stat F)[3], "\n";
	my $p = "/proc/self/fd/" . fileno F; print syscall(265, -100, $p, -100, "named", 0x400) == 0 ? "ok" : $!, "\n"; print +(stat "named")[3], "\n"'
p "holes" 'open F, "+>", "h"; sysseek F, 1 << 20, 0; syswrite F, "x" x 4096; print sysseek(F, 0, 3), " ", sysseek(F, 0, 4), " ", -s "h", "\n"'
p "large files and offsets" 'open F, "+>", "big"; sysseek F, 5 << 30, 0; syswrite F, "end"; print -s "big", "\n"; sysseek F, 5 << 30, 0; sysread F, $x, 9; print "$x\n"; truncate F, 7; print -s "big", "\n"'
p "a directory read while it changes" 'opendir D, "many"; my $n = 0; while (my $f = readdir D) { next if $f =~ /^\./; unlink "many/$f"; $n++ } print "$n\n"; rmdir "many" or print "$!\n"'
p "names come and go" 'for my $i (1 .. 50) { print -e "t" ? "t" : "f"; open F, ">", "t"; print -e "t" ? "t" : "f"; close F; rename "t", "u"; print -e "t" ? "t" : "f", -e "u" ? "t" : "f"; unlink "u" } print "\n"'
p "many small writes" 'open F, ">", "lines"; for (1 .. 2000) { syswrite F, "line $_\n" } close F; print -s "lines", "\n"'
p "stat after each change" 'my @l; for my $f ("text") { push @l, (stat $f)[7]; open F, ">>", $f; syswrite F, "abc"; push @l, (stat $f)[7]; truncate F, 2; push @l, (stat F)[7], (stat "hard")[7]; chmod 0604, $f; push @l, sprintf("%o", (stat "hard")[2]) } print "@l\n"'
# Small files of a directory are loaded ahead, many at a time: changes in between must show.
p "files are changed before they are opened in turn" 'opendir D, "many"; my @f = grep !/^\./, readdir D; my %x; for my $i (0 .. $#f) {
	if ($i + 5 < @f) { open W, ">>", "many/$f[$i + 5]"; syswrite W, "changed\n"; close W }
	open F, "<", "many/$f[$i]"; $x{$f[$i]} = join "", <F>; close F } print map "$_: $x{$_}", sort keys %x'
p "files are replaced and removed before they are opened in turn" 'opendir D, "many"; my @f = grep !/^\./, readdir D; my %x; for my $i (0 .. $#f) {
	my $n = "many/" . $f[$i + 3]; if ($i % 10 == 1) { unlink $n } elsif ($i % 10 == 3) { rename "many/f7", $n } elsif ($i % 10 == 5) { chmod 0, $n }
	elsif ($i % 10 == 7) { truncate $n, 2 } open F, "<", "many/$f[$i]" or $x{$f[$i]} = $!; $x{$f[$i]} .= join "", <F>; close F; $x{$f[$i]} .= (stat "many/$f[$i]")[7] }
	print scalar keys %x, "\n"; print map "$_: $x{$_}\n", grep !/^f7$/, sort keys %x'
p "an open file that was loaded outlives its name" 'opendir D, "many"; my @f = grep !/^\./, readdir D; my @h; for (@f) { open my $h, "<", "many/$_"; push @h, $h }
	rename "many/$_", "many/x$_" for @f[0 .. 49]; unlink "many/$_" for @f[50 .. 99]; select undef, undef, undef, 0.03; my %x;
	for my $i (0 .. $#f) { my $h = $h[$i]; $x{$f[$i]} = join("", <$h>) . " " . (stat $h)[3] } print map "$_: $x{$_}\n", sort keys %x'
p "sizes of what was just listed" 'opendir D, "many"; my @f = grep !/^\./, readdir D; my %s; for my $i (0 .. $#f) { if ($i % 7 == 2) { open W, ">>", "many/$f[$i + 1]"; syswrite W, "1234567"; close W }
	$s{$f[$i]} = (lstat "many/$f[$i]")[7] } print map "$_ $s{$_}\n", sort keys %s'
rw "sqlite3" /usr/bin/python3 -c '
import sqlite3
for mode in "delete", "wal":
	c = sqlite3.connect(mode + ".db"); c.execute("pragma journal_mode=" + mode); c.execute("create table t(a,b)")
	for r in range(3):
		c.executemany("insert into t values(?,?)", [(i, "x" * (i % 50)) for i in range(300)]); c.commit()
	c.execute("delete from t where a % 3 = 0"); c.commit()
	print(c.execute("select count(*), sum(length(b)) from t").fetchall(), c.execute("pragma integrity_check").fetchall()); c.close()'

# Random operations: each with its outcome, and the tree at the end.
random=$(realpath build/tests/guest/fs/random)
for seed in 1 2 3 4 5 6; do
	rm -rf "${work:?}" && mkdir "$work"
	natively "${without[@]}" "$random" "$work" $seed 3000 plain >"$tap_dir/native" 2>&1
	record >>"$tap_dir/native"
	rm -rf "${work:?}" && mkdir "$work"
	"$SANDBOX_RUN" --rw "$work" "$random" "$work" $seed 3000 plain >"$tap_dir/inside" 2>&1
	record >>"$tap_dir/inside"
	cmp -s "$tap_dir/native" "$tap_dir/inside"
	ok $? "3000 random operations, seed $seed"
	diff "$tap_dir/native" "$tap_dir/inside" | head -10 | sed 's/^/#   /'
done

# Read-only: the same programs see the tree, and cannot change it.
ro() {
	ro_name=$1
	shift
	plant
	record >"$tap_dir/before"
	(cd "$work" && natively "${without[@]}" env -i "$@") >"$tap_dir/native" 2>"$tap_dir/native.err"
	echo "status $?" >>"$tap_dir/native"
	"$SANDBOX_RUN" --ro "$work" -C "$work" "$@" >"$tap_dir/inside" 2>"$tap_dir/inside.err"
	echo "status $?" >>"$tap_dir/inside"
	cmp -s "$tap_dir/native" "$tap_dir/inside"
	ok $? "read-only: $ro_name"
	diff "$tap_dir/native" "$tap_dir/inside" | head -10 | sed 's/^/#   /'
}
ro "cat" cat text many/f1 many/f2 many/f3 dir/passwd
ro "md5sum of all" md5sum many/f{1..150}
ro "grep -r" grep -r 1 many
ro "find -ls" find . -printf '%p %s %m %n %T@\n'
ro "ls -l" ls -ln --time-style=full-iso many
ro "cmp" cmp binary /bin/busybox
ro "diff -r" diff -r dir many
ro "tar -c" tar -cf - --sort=name many dir
ro "du -a" du -a --apparent-size many
ro "cat, in the order of names" cat many/f{1..150}
ro "tail" tail -n 3 numbers
ro "wc" wc numbers text binary
plant
record >"$tap_dir/before"
"$SANDBOX_RUN" --ro "$work" -C "$work" /usr/bin/perl -e 'for (sub { open F, ">", "new" }, sub { open F, ">>", "text" }, sub { unlink "text" },
	sub { mkdir "d" }, sub { rmdir "empty" }, sub { rename "text", "t" }, sub { link "text", "t" }, sub { symlink "t", "s" },
	sub { chmod 0777, "text" }, sub { utime 1, 1, "text" }, sub { truncate "text", 0 }) { print $_->() ? "ok" : $!{EROFS} ? "EROFS" : $!, "\n" }' \
	>"$tap_dir/inside" 2>&1
is "$(sort "$tap_dir/inside" | uniq -c | tr -s ' ')" " 11 EROFS" "read-only: every change is EROFS"
record >"$tap_dir/after"
cmp -s "$tap_dir/before" "$tap_dir/after"
ok $? "read-only: nothing has changed"

# Mappings: what is stored there is the file's, and the other way around.
mapped='
import mmap, os
with open("binary", "r+b") as f:
	m = mmap.mmap(f.fileno(), 0); r = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ); c = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY)
	m[0:5] = b"FIRST"; m[8190:8196] = b"across"; m[-3:] = b"END"
	print(r[0:5], r[8190:8196], r[-3:], c[0:5] in (b"FIRST", b"\x7fELF\x02"))
	f.seek(8190); print(f.read(6)); os.pwrite(f.fileno(), b"WRITTEN", 100); print(m[100:107], r[100:107])
	c[0:4] = b"mine"; print(os.pread(f.fileno(), 5, 0), m[0:5])
	m.flush(); m.resize(500000); m[499999:] = b"!"; print(os.fstat(f.fileno()).st_size, os.pread(f.fileno(), 2, 499998))
	f.truncate(4096); print(len(os.pread(f.fileno(), 9999, 0))); f.truncate(600000); print(m[4096:4100], m[0:5])
os.rename("binary", "renamed"); os.unlink("renamed"); m[1:3] = b"xx"; print(m[0:5]); m.close()
with open("text", "r+b") as f, open("hard", "r+b") as g:
	a, b = mmap.mmap(f.fileno(), 0), mmap.mmap(g.fileno(), 0)
	a[0:3] = b"eins"[:3]; b[4:7] = b"duo"; print(a[:], b[:], open("text").read())'
rw "shared mappings" /usr/bin/python3 -c "$mapped"

# More than the windows hold: pieces go and come back.
plant
truncate -s 1500M "$work/large"
for i in 0 400 800 1200; do echo "at $i" | dd of="$work/large" bs=1M seek=$i conv=notrunc status=none; done
"$SANDBOX_RUN" --rw "$work" -C "$work" /usr/bin/python3 -c '
import mmap
with open("large", "r+b") as f:
	r = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ); w = mmap.mmap(f.fileno(), 0)
	for i in range(0, 1500, 4): w[(i << 20) + 64] = i // 8
	print(sum(r[(i << 20) + 64] for i in range(0, 1500, 4)), *(r[i << 20:(i << 20) + 3].decode() for i in range(0, 1500, 400)))' \
	>"$tap_dir/inside" 2>&1
sum=$(seq 0 4 1499 | awk '{ s += int($1 / 8) } END { print s }')
is "$(cat "$tap_dir/inside")" "$sum at  at  at  at " "1.5 GiB in windows of 1 GiB"
is "$(for i in 0 400 800 1200; do dd if="$work/large" bs=1M skip=$i count=1 status=none | od -An -tu1 -j 64 -N 1; done | tr -s ' \n' ' ')" \
	" 0 50 100 150 " "what was stored there is in the file"
rm "$work/large"

# What the host does meanwhile. A log that grows is seen at the next look.
plant
"$SANDBOX_RUN" --ro "$work" /usr/bin/perl -e '$| = 1; open F, "<", "'"$work"'/text"; while (1) { while (<F>) { print; exit if /end/ }
	select undef, undef, undef, 0.02; seek F, 0, 1 }' >"$tap_dir/inside" &
for i in 1 2 3; do sleep 0.1; echo "more $i" >>"$work/text"; done
echo end >>"$work/text"
wait $!
is "$(cat "$tap_dir/inside")" "$(cat "$work/text")" "a file that grows while it is read"

# What was read before may be a second old, too, but no older, whatever its size and times say.
for change in 'cat "$work/other" >"$work/old"' 'mv "$work/other" "$work/old"'; do
	plant
	echo before >"$work/old"
	echo after. >"$work/other"
	touch -d '2024-01-01' "$work/old" "$work/other"
	sleep 2.1
	"$SANDBOX_RUN" --ro "$work" /usr/bin/perl -e 'for (1 .. 80) { open F, "<", "'"$work"'/old"; $_ = <F>; if ($_ ne $was) { print; $was = $_ }
		last if /after/; select undef, undef, undef, 0.05 }' >"$tap_dir/inside" &
	sleep 0.7
	eval "$change"
	touch -d '2024-01-01' "$work/old"
	wait $!
	is "$(cat "$tap_dir/inside")" "$(printf 'before\nafter.')" "a file that is read often changes: $change"
done

# Names and attributes may be a second old, not more.
plant
"$SANDBOX_RUN" --rw "$work" -C "$work" /usr/bin/perl -e 'sub soon { my $n = 0; until ($_[1]->()) { return print "$_[0]: never\n" if $n++ > 100; select undef, undef, undef, 0.05 }
	print "$_[0]\n" } open T, "<", "text"; print -e "new" ? 1 : 0, -s "hard", "\n"; open R, ">", "ready"; close R;
	soon("new", sub { -e "new" }); soon("removed", sub { !-e "text" }); soon("replaced", sub { open F, "<", "numbers"; <F> eq "replaced\n" });
	soon("size", sub { -s "hard" == 3 }); soon("mode", sub { ((stat "binary")[2] & 0777) == 0400 }); soon("listed", sub { opendir D, "many"; grep /^late$/, readdir D });
	print <T>; print open(F, ">", "empty/x") ? "open" : $!, "\n"; print mkdir("dir") ? "made" : $!, "\n"; print open(F, ">>", "new") ? "open" : $!, "\n"' \
	>"$tap_dir/inside" 2>&1 &
for i in $(seq 100); do [ -e "$work/ready" ] && break; sleep 0.05; done
(
	cd "$work" || exit 1
	touch new && rm text && echo replaced >tmp && mv tmp numbers && echo ab >hard && chmod 400 binary && touch many/late && rmdir empty
)
wait $!
is "$(cat "$tap_dir/inside")" "$(printf '%s\n' 014 new removed replaced size mode listed ab 'No such file or directory' 'File exists' open)" \
	"what the host changes is seen"
done_testing
