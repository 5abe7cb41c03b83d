#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SECURITY.md is true about what can be counted: the files that it names are there, each invariant is
# in its table with as many mutants as tests/adversarial/mutants.txt has for it, and code cites no other;
# and each mutant still finds what it takes out.
cd "$(dirname "$0")/../.." || exit 1
status=0

complain() {
	echo "lint: SECURITY.md: $1"
	status=1
}

# Names without spaces: words will do.
# shellcheck disable=SC2013
for file in $(grep -oE '(abi|common|hv|policy|sandbox-cli|guest-runtime|tests)/[a-zA-Z0-9/_.-]+\.(c|h|S|sh|py|txt|yaml)' SECURITY.md | sort -u); do
	[ -e "$file" ] || complain "$file is not there"
done
# NAME/ (one.c, two.c): files of that folder.
for file in $(grep -oE '[a-z/-]+/ \([a-z0-9., _-]+\)' SECURITY.md | tr -d '(),' |
	awk '{ for (i = 2; i <= NF; i++) if ($i ~ /\.(c|sh|py|txt)$/) print $1 $i }' | sort -u); do
	[ -e "$file" ] || complain "$file is not there"
done

said=$(sed -n 's/^| \(I[0-9]*\) |.*| \([0-9]*\) |$/\1 \2/p' SECURITY.md | sort)
there=$(sed -n 's/^\(I[0-9]*\) [^ ]* [a-z].*/\1/p' tests/adversarial/mutants.txt | sort | uniq -c | awk '{ print $2, $1 }' | sort)
[ "$said" = "$there" ] || complain "mutants of each invariant: said are $said; there are $there"

# What a mutant takes the place of is there, once.
# shellcheck disable=SC2016 # perl's
wrong=$(perl -00 -ne '
	next unless /^I\d+ (\S+) .*\n- (.*)\n/m;
	my ($file, $text) = ($1, $2);
	open(my $in, "<", $file) or print "$file is not there\n" and next;
	local $/;
	my $count = () = <$in> =~ /\Q$text\E/g;
	print "mutants.txt: $count times in $file: $text\n" if $count != 1;
' tests/adversarial/mutants.txt)
[ -z "$wrong" ] || complain "$wrong"

# Where a mutant is, and which program kills it, is in its invariant's line.
wrong=$(awk '
	FNR == NR && /^\| I[0-9]+ \|/ { lines[$2] = $0; next }
	FNR == NR || !/^I[0-9]+ [^ ]+ [a-z]/ { next }
	{
		folder = name = $2
		sub(/[^\/]*$/, "", folder)
		sub(/.*\//, "", name)
		if (index(lines[$1], name) == 0 && index(lines[$1], " " folder ",") == 0)
			print $1 " does not name " $2
		if ($3 !~ /^(unit|cli|policy|jail)\//)
			next
		sub(/.*\//, "", $3)
		if (index(lines[$1], $3 ".c") == 0)
			print $1 " does not name the test " $3 ".c"
	}' SECURITY.md tests/adversarial/mutants.txt | sort -u)
[ -z "$wrong" ] || complain "$wrong"

# What a mutant takes out is there, once: else no test has been tried without it.
stale=$(perl -ne '
	$file = $1 if /^I\d+ (\S+)/;
	next unless /^- (.*)/;
	open my $in, "<", $file or next;
	my $count = () = join("", <$in>) =~ /\Q$1\E/g;
	print "mutants.txt: $count times in $file: $1\n" if $count != 1;
	' tests/adversarial/mutants.txt)
[ -z "$stale" ] || complain "$stale"

# shellcheck disable=SC2013
for cited in $(grep -rhoE '\(I[0-9]+[,)]|/\* I[0-9]+' abi common hv policy sandbox-cli | grep -oE 'I[0-9]+' | sort -u); do
	grep -q "^| $cited |" SECURITY.md || complain "$cited is cited in the code, and not an invariant"
done
exit $status
