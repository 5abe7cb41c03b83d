#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attacks by a Linux program that has taken its VM over (tests/adversarial/inside/), against the whole
# product, while somebody on the host changes names under it (tests/adversarial/racer/). Around the
# grants lies what must neither change nor be seen: files that hold the word CANARY.
# usage: inside.sh [WORD]: only the attacks whose name holds it. Prints TAP.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
SANDBOX_RUN=$(realpath "$SANDBOX_RUN")
inside=$(realpath build/tests/adversarial/inside/inside)
racer=$(realpath build/tests/adversarial/racer)
word=${1-}
scene=$tap_dir/scene
said=$tap_dir/said

# run ARGS...: sandbox-run; what it said is in $said, how it ended in $status.
run() {
	timeout 60 "$SANDBOX_RUN" -t 30s --ro "$inside" "$@" >"$said" 2>&1
	status=$?
}

# attack OPTIONS... -- ACT...: the program inside carries the act out.
attack() {
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	run "${options[@]}" "$inside" "$@"
}

wanted() {
	[[ $1 == *"$word"* ]]
}

# What is below the grants, and around them.
plant() {
	local file
	rm -rf "${scene:?}"
	mkdir -p "$scene" && cd "$scene" || exit 1
	mkdir -p out/deep r/sub w/keep/inner w/keep/deep w/secret/inner w/over w/tmp w/sub/below
	for file in out/file out/deep/file w/secret/file w/secret/inner/file w/tmp/hidden w/sub/denied; do
		echo "CANARY" >$file
	done
	for file in r/file r/sub/file w/file w/sub/file w/sub/below/file w/over/file w/keep/file \
		w/keep/inner/file w/keep/deep/file; do
		echo "plain" >$file
	done
	ln -s ../out w/link
	ln -s ../../out/file w/sub/link
	ln w/sub/denied w/sub/alias
	mkfifo w/fifo out/fifo
	chmod 4755 w/file
	cd "$OLDPWD" || exit 1
}

# Everything about what may not change.
record() {
	(cd "$scene" && find "$@" \( -path w/keep/deep -prune \) -o -printf '%p %y %m %n %U %G %s %T@ %i %l\n' \
		-type f -exec md5sum {} +) 2>&1
}

# As one task may have it: a mount in a mount in a mount, each with other rights.
overlaps=(--ro "$scene/r" --rw "$scene/w" --ro "$scene/w/keep" --rw "$scene/w/keep/deep" --deny "$scene/w/secret"
	--deny "$scene/w/sub/denied" --deny "$scene/w/sub/none" --tmpfs "$scene/w/tmp" --overlay "$scene/w/over")
grants=("$scene/r" "$scene/w" "$scene/w/keep" "$scene/w/keep/deep" "$scene/w/over")

if wanted "overlapping mounts: what is reached"; then
	plant
	attack "${overlaps[@]}" -- crawl "${grants[@]}" : none denied alias secret hidden link tmp
	sed "s|$scene||" "$said" | sort -u >"$tap_dir/reached"
	printf '%s\n' 'd r-- /r' 'd r-- /r/sub' 'd r-- /w' 'd r-- /w/keep' 'd r-- /w/keep/deep' 'd r-- /w/keep/inner' \
		'd r-- /w/over' 'd r-- /w/sub' 'd r-- /w/sub/below' 'f r-- /r/file' 'f r-- /r/sub/file' \
		'f r-- /w/keep/deep/file' 'f r-- /w/keep/file' 'f r-- /w/keep/inner/file' 'f r-- /w/over/file' \
		'f rwb /w/file' 'f rwb /w/keep/deep/file' 'f rwb /w/sub/below/file' 'f rwb /w/sub/file' \
		'l --- /w/link' 'l --- /w/sub/link' 'p --- /w/fifo' | sort >"$tap_dir/granted"
	diff "$tap_dir/granted" "$tap_dir/reached" >"$tap_dir/diff"
	ok $? "overlapping mounts: what is reached, and in which way"
	sed 's/^/# /' "$tap_dir/diff"
fi

if wanted "overlapping mounts: what is changed"; then
	plant
	kept=(out r w/keep w/secret w/tmp w/over w/sub/denied)
	record "${kept[@]}" >"$tap_dir/before"
	attack "${overlaps[@]}" -- vandal 6000 "${grants[@]}" : none denied alias secret hidden keep sub tmp over
	record "${kept[@]}" >"$tap_dir/after"
	is "$status" 0 "overlapping mounts: 6000 attempts to change something: $(cat "$said")"
	diff "$tap_dir/before" "$tap_dir/after" >"$tap_dir/diff"
	ok $? "overlapping mounts: only what is granted has changed"
	sed 's/^/# /' "$tap_dir/diff"
	is "$(find "$scene/w" -type b -o -type c -o -type s -o -type p ! -name fifo -o -perm /6000 -type f -newer "$tap_dir/before")" "" \
		"overlapping mounts: no special file was made"
fi

# race NAME WANTED RACER... -- OPTIONS... -- NAMES: both at work, then what is outside.
race() {
	local name=$1 racing=() options=() pid
	shift
	wanted "races: $name" || return
	plant
	mkdir "$scene/w/dir" && echo plain >"$scene/w/dir/file" && ln -s ../out "$scene/w/away"
	mkdir "$scene/w/new" && echo CANARY >"$scene/w/new/file"
	ln -s ../../out/file "$scene/w/dir/way"
	record out r >"$tap_dir/before"
	while [ "$1" != -- ]; do
		racing+=("$1")
		shift
	done
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	(
		sleep 0.2 # what is granted must be there at the start
		exec "$racer" "${racing[@]}"
	) >"$tap_dir/raced" 2>&1 &
	pid=$!
	attack "${options[@]}" -- race "$scene/w" "$@" 1500
	kill $pid && wait $pid
	ok $? "races: $name: $(cat "$tap_dir/raced")"
	is "$status $(grep -v ' met, ' "$said")" "0 " "races: $name: it came back and saw nothing: $(cat "$said")"
	# What the guest has left in a directory of its own is its own, also when that is moved away.
	rm -rf "${scene:?}/out/moved"
	touch -r "$scene/r" "$scene/out"
	record out r | sed 's/^\(out d .*\) [^ ]* \([^ ]* \)$/\1 \2/' >"$tap_dir/after"
	sed -i 's/^\(out d .*\) [^ ]* \([^ ]* \)$/\1 \2/' "$tap_dir/before"
	diff "$tap_dir/before" "$tap_dir/after" >"$tap_dir/diff"
	ok $? "races: $name: nothing outside has changed"
	sed 's/^/# /' "$tap_dir/diff"
}
race "a directory is a link out of the tree" swap "$scene/w/dir" "$scene/w/away" -- --rw "$scene/w" -- dir file
race "the same, to be read" swap "$scene/w/dir" "$scene/w/away" -- --ro "$scene/w" -- dir file
race "a file is a link out of the tree" swap "$scene/w/dir/file" "$scene/w/dir/way" -- --rw "$scene/w" -- dir file
race "a file is a FIFO, a link, nothing" kinds "$scene/w/dir/file" "$scene/out/file" -- --rw "$scene/w" -- dir file
race "a directory is moved out of the tree" away "$scene/w/dir" "$scene/out/moved" -- --rw "$scene/w" -- dir file
race "a directory is a denied one" swap "$scene/w/dir" "$scene/w/secret" -- --rw "$scene/w" --deny "$scene/w/secret" -- dir file
race "the way to a denied one is another directory" swap "$scene/w/dir" "$scene/w/new" -- --rw "$scene/w" --deny "$scene/w/dir/file" \
	-- dir file
race "the same, to be read" swap "$scene/w/dir" "$scene/w/new" -- --ro "$scene/w" --deny "$scene/w/dir/file" -- dir file
race "the granted directory itself is moved" away "$scene/w" "$scene/elsewhere" -- --rw "$scene/w" -- dir file

# What a host may have mounted below a grant, in a mount namespace of its own.
mounts=(unshare -rmpf)
[ "$(id -u)" -ne 0 ] || mounts=(unshare -m)
[ "$("${mounts[@]}" sh -c 'mount -t proc proc /proc && echo can' 2>/dev/null)" = can ] || mounts=()

# mounted NAME SCRIPT OPTIONS... -- ACT...: the script mounts, in the scene.
mounted() {
	local name=$1 script=$2
	shift 2
	wanted "mounted: $name" || return 1
	if [ ${#mounts[@]} -eq 0 ]; then
		ok 0 "mounted: $name # SKIP no mount namespaces for this user"
		return 1
	fi
	plant
	record out r w/keep w/secret >"$tap_dir/before"
	# shellcheck disable=SC2016
	(cd "$scene" && "${mounts[@]}" bash -c 'script=$1; shift; eval "$script"; timeout -s KILL 30 "$@"; status=$?
		kill $(jobs -p) 2>/dev/null; exit $status' bash "$script" "$SANDBOX_RUN" --ro "$inside" "$@") >"$said" 2>&1
	status=$?
	record out r w/keep w/secret >"$tap_dir/after"
	diff "$tap_dir/before" "$tap_dir/after" >"$tap_dir/diff"
	ok $? "mounted: $name: nothing has changed"
	sed 's/^/# /' "$tap_dir/diff"
}
if mounted "procfs" 'mkdir w/proc w/dir && touch w/dir/maps && mount -t proc proc w/proc && mount --bind w/proc/self/maps w/dir/maps' \
	--rw "$scene/w" "$inside" crawl "$scene/w" : self 1 maps; then
	is "$status $(grep -e '/proc' -e maps "$said" | sed "s|$scene||" | sort | tr '\n' ' ')" "0 d --- /w/proc f --- /w/dir/maps " \
		"mounted: procfs: nothing in it is opened or walked to"
fi
if mounted "what is denied and kept, in other places" \
	'mkdir w/one w/two && mount --bind w/secret w/one && mount --bind w/keep w/two && mount --bind w/secret r/sub' \
	--ro "$scene/r" --rw "$scene/w" --ro "$scene/w/keep" --deny "$scene/w/secret" "$inside" vandal 3000 "$scene/r" "$scene/w" : one two; then
	is "$status" 0 "mounted: what is denied and kept, in other places: $(cat "$said")"
fi
if mounted "the same, to be read" 'rm -r w/tmp w/sub; mkdir w/one && mount --bind w/secret w/one && mount --bind w/secret r/sub' \
	--ro "$scene/r" --rw "$scene/w" --deny "$scene/w/secret" "$inside" crawl "$scene/r" "$scene/w" : one sub inner; then
	is "$status $(grep -e LEAK -e one -e 'r/sub' "$said")" "0 " "mounted: the same, to be read"
fi
printf '%s\n' 'version: 1' 'extends: builtin:base' 'limits: { wall-time: 1s, kill-after: 1s }' >"$tap_dir/hurry.yaml"
for file in stuck endless; do
	started=$(date +%s%N)
	# shellcheck disable=SC2016
	if mounted "a file system that does not answer: $file" "mkdir slow && { $racer-slow slow & } && sleep 0.5 && cat slow/file" \
		-p "$tap_dir/hurry.yaml" --ro "$scene/slow" /bin/cat "$scene/slow/$file"; then
		is "$status $((($(date +%s%N) - started) / 6000000000)) $(head -n 1 "$said")" \
			"124 0 plainsandbox-run: /bin/cat was ended: it ran longer than 1s" "mounted: a file system that does not answer: $file"
	fi
done
# Nobody has granted it, and a report that names it holds nobody up.
printf '%s\n' 'version: 1' 'limits: { wall-time: 1s, kill-after: 1s }' >"$tap_dir/bare.yaml"
started=$(date +%s%N)
# shellcheck disable=SC2016
if mounted "a file system that does not answer, in a report" "mkdir slow && { $racer-slow slow & } && sleep 0.5 && cat slow/file" \
	-p "$tap_dir/bare.yaml" --status-fd 2 /bin/busybox cat "$scene"/slow/stuck/{1..20}; then
	is "$status $((($(date +%s%N) - started) / 4000000000)) $(grep -c '"event":"exited","by":"command","status":1' "$said")" "1 0 1" \
		"mounted: a file system that does not answer, in a report"
fi

# What ends the VM, and why.
breaks() {
	local name=$1 why=$2
	shift 2
	wanted "forged: $name" || return
	attack "$@"
	is "$status $(sed -n 's/.*rules of its VM: //p' "$said")" "125 $why" "forged: $name"
}
[ -d "$scene/w" ] || plant
for name in . .. / a/b ../out /etc/passwd sub/../../out; do
	breaks "the name $name" "hypercall FS_WALK: a file name that is not one component" \
		--rw "$scene/w" -- handles 0 "$name"
done
for number in 200 4095 4096 0x7fffffff 0xffffffff; do
	breaks "handle $number" "hypercall FS_ATTR: a handle that it does not have" --rw "$scene/w" -- handles $number
done
breaks "closing a grant" "hypercall FS_CLOSE: a handle that it does not have" --rw "$scene/w" -- handles -1

# A row without its permission is refused whatever it says, and the program goes on.
if wanted "not granted"; then
	plant
	attack --ro "$scene/r" -- refused 0x17
	is "$status $(awk '{ print $2 }' "$said" | sort -u)" "0 -1" "not granted: a policy that only reads: $(wc -l <"$said") hypercalls"
fi

# What it can make the monitor hold or put out.
if wanted "limits"; then
	attack -m 64MiB -- say memory
	is "$status $(cat "$said")" "0 $(((64 - 16) / 2)) -12" "limits: memory ends where the policy says"
	attack --output 64KiB -- say output 1
	is "$status $(wc -c <"$said" | awk '{ print ($1 < 66500) }')" "153 1" "limits: output ends where the policy says"
	for stream in 3 4 5; do
		attack --report never -- say output $stream
		is "$status $(cat "$said")" "0 -9" "limits: no output $stream that was not asked for"
	done
	plant
	attack --file-size 64KiB --overlay "$scene/w" --save-changes "$tap_dir/saved" -- say output 3
	is "$(grep -e ^- "$said") $(stat -c %s "$tap_dir/saved")" "-27 65536" "limits: the archive ends where the policy says"
	attack --file-size 64KiB --trace "$tap_dir/traced" -- say output 4
	is "$(grep -e ^- "$said") $(stat -c %s "$tap_dir/traced")" "-27 65536" "limits: the trace ends where the policy says"
	started=$(date +%s%N)
	timeout 60 "$SANDBOX_RUN" -p "$tap_dir/hurry.yaml" --ro "$inside" "$inside" say stopped >"$said" 2>&1
	status=$?
	is "$status $((($(date +%s%N) - started) / 4000000000))" "124 0" "limits: who says that it stops, for ever, does not stop the clock"
fi

# Whatever it makes us say, no terminal and no build server takes it for more than text.
if wanted "last words"; then
	attack -- say panic $'\e[2J\e]0;title\a\r\n::error::x\n##vso[task.setvariable]y\x9b1m\x7f\b\b'
	is "$status $(head -n 1 "$said")" \
		'125 sandbox-run: error: the guest runtime failed: \x1b[2J\x1b]0;title\x07\x0d\x0a::error::x\x0a#\x23vso[task.setvariable]y\x9b1m\x7f\x08\x08' \
		"last words: a panic"
	attack -v --report always -- say notes 9
	is "$status $(LC_ALL=C grep -c '[^ -~]' "$said")" "3 0" "last words: denials that never were"
	is "$(LC_ALL=C grep -c -v '^sandbox-run: \|^  ' "$said")" 0 "last words: each line is ours"
fi

# It reports what it likes, as fast as it can: nothing is filled, and nobody waits.
if wanted "flood"; then
	log=$tap_dir/log
	attack --audit "$log" --audit-all --status-fd 7 -- say notes 9000 7>"$tap_dir/status"
	is "$status $(($(stat -c %s "$log") > 17000000)) $(jq -s 'length > 10000' "$log")" "3 0 true" \
		"flood: the log ends at its limit, and is JSON"
	is "$(LC_ALL=C grep -c $'[\001-\037\177]\\|\302[\200-\237]\\|\342\200\256' "$log")" 0 "flood: no terminal takes the log for orders"
	is "$(jq -c 'select(.op == "others") | .n > 1000' "$log")" true "flood: what is left out is counted"
	is "$(jq -c .event "$tap_dir/status" | sort | uniq -c | awk '{ print ($1 <= 10), $2 }')" '1 "denied"
1 "exited"
1 "started"' "flood: the status stream has the first of each kind"
	started=$(date +%s%N)
	timeout 60 "$SANDBOX_RUN" -p "$tap_dir/hurry.yaml" --ro "$inside" --audit "$log" "$inside" say notes 0 >"$said" 2>&1
	status=$?
	is "$status $((($(date +%s%N) - started) / 4000000000))" "124 0" "flood: who reports for ever does not stop the clock"
fi
done_testing
