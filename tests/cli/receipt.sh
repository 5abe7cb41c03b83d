#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --receipt: the document is valid however the run ends, its hashes are those of other tools, and
# what it says was done is what was done. TAP.

set -u
tests=$(realpath "$(dirname "$0")/..")
# The sandbox has a /tmp of its own.
export TMPDIR=/var/tmp
# shellcheck source=tests/tap.sh
. "$tests/tap.sh"
run=$(realpath "$SANDBOX_RUN")
runtime=$(dirname "$run")/runtime.bin
T=$(realpath "$tap_dir")
cd "$T" || exit 1
chmod 755 .
mkdir -p ro rw
echo content >ro/f
printf '%s' 0123456789 >rw/gone

# with FLAGS... -- COMMAND...: a run that leaves the receipt r.json
with() {
	local flags=()
	rm -f r.json
	while [ "$1" != -- ]; do
		flags+=("$1")
		shift
	done
	shift
	timeout 30 "$run" --receipt r.json "${flags[@]}" -- "$@" >out 2>err </dev/null
	status=$?
}

# says FILTER WANTED NAME: what jq has of the receipt
says() {
	is "$(jq -c "$1" r.json 2>&1)" "$2" "$3"
}

with --ro ro --rw rw -e TOKEN=secret -- /bin/sh -c '
	cat ro/f; printf abc >rw/new; rm rw/gone; cat /etc/shadow; printf 12345; exit 3'
is "$status" 3 'the exit status stays'
jq -e . r.json >/dev/null
ok $? 'valid JSON'
says .version 1 'version'
says .exit '{"by":"command","status":3,"signal":null}' 'how it ended'
says '.program | .path, .host' "\"/bin/sh\"
\"$(realpath /bin/sh)\"" 'the program, as it was called and what it is'
says .program.sha256 "\"$(sha256sum <"$(realpath /bin/sh)" | cut -d ' ' -f 1)\"" 'hash of the program'
says .runtime.sha256 "\"$(sha256sum <"$runtime" | cut -d ' ' -f 1)\"" 'hash of the runtime'
says .policy.sha256 "\"$(jq -cj .granted r.json | sha256sum | cut -d ' ' -f 1)\"" 'hash of what is granted'
says '.filter.sha256 | test("^[0-9a-f]{64}$")' true 'hash of the filter'
says .host.release "\"$(uname -r)\"" 'kernel'
says ".used.files[] | select(.path == \"$T/ro\") | [.opened, .read_bytes, .written_bytes, .changes]" \
	'[1,8,0,0]' 'what was read under a grant'
says ".used.files[] | select(.path == \"$T/rw\") | [.written_bytes, .changes]" '[3,2]' \
	'what was changed under a grant'
says '.used.output_bytes > 13' true 'output'
says '[.denied[] | [.op, .object, .rule, .errno]]' '[["read","/etc/shadow","none","ENOENT"]]' 'what was denied'
says '[.written[] | [.op, .object, .count]] | sort' \
	"[[\"create\",\"$T/rw/new\",1],[\"delete\",\"$T/rw/gone\",1]]" 'what was written'
says '.granted.environment' '["TOKEN"]' 'variables by name'
is "$(grep -c secret r.json)" 0 'and no value of one'
says '.resources | .wall_ms >= .cpu_ms / 4 and .max_rss_kib > 1000' true 'resources'
is "$(stat -c %a r.json)" "$(printf '%o' $((0666 & ~0$(umask))))" 'mode of a new file'
filter=$(jq .filter.instructions r.json)
with -- /bin/true
says ".filter.instructions < $filter" true 'less is granted: a smaller filter'
# shellcheck disable=SC2016 # for the shell inside
with --rw rw -- /bin/sh -c 'touch "$(printf "rw/\377\033[2J\n\"")"'
says '[.written[].object] | unique' "[\"$T/rw/\\\\xff\\u001b[2J\\n\\\"\"]" 'names of any bytes'

with -t 500ms -- /bin/sleep 20
is "$status" 124 'a run that is timed out'
says '[.exit.by, .limits_reached]' '["timeout",["wall-time"]]' 'has its receipt'
with --output 1KiB -- /usr/bin/yes
says '[.exit.by, .limits_reached]' '["policy",["output"]]' 'too much output'
with -- /bin/sh -c 'kill -9 $$'
says .exit '{"by":"signal","status":137,"signal":9}' 'a program that is killed'
with -m 64MiB -- /bin/sh -c 'tail /dev/zero'
says .limits_reached '["memory"]' 'memory'

rm -f r.json
"$run" --receipt r.json /bin/sleep 20 >out 2>err </dev/null &
pid=$!
sleep 1
kill -TERM $pid
wait $pid
says .exit.status 143 'ended from outside'

echo before >r.json
"$run" --receipt r.json /bin/sleep 20 >out 2>err </dev/null &
pid=$!
sleep 1
is "$(cat r.json)" before 'while it runs, the one of before is there'
kill -KILL $pid
wait $pid 2>/dev/null
is "$(cat r.json)" before 'and when sandbox-run itself is killed'
rm -f .r.json.*

with -- ./none
is "$status" 127 'a command that is not there'
[ ! -e r.json ]
ok $? 'is no run'
with --rw "$T" -- /bin/true
is "$status $(head -1 err)" \
	"125 sandbox-run: error: --receipt $T/r.json: lies under --rw $T and COMMAND could change it" \
	'not where the program could change it'
"$run" --receipt none/r.json /bin/true >out 2>err
is "$? $(head -1 err)" '125 sandbox-run: error: --receipt none/r.json: No such file or directory' 'no such place'
is "$(find . -name '.*.json.*')" '' 'nothing is left behind'

echo "1..$tap_count"
exit "$tap_failed"
