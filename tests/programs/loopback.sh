#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `network: { loopback: false }` is what Linux programs find in an empty network namespace. TAP.
tests=$(realpath "$(dirname "$0")/..")
# shellcheck source=tests/tap.sh
. "$tests/tap.sh"
T=$tap_dir
printf 'version: 1\nextends: builtin:base\nnetwork: { loopback: false }\n' >"$T/down.yaml"

# alone COMMAND...: in a network namespace of its own, as root of a user namespace if need be.
alone() {
	if [ "$(id -u)" = 0 ]; then unshare -n "$@"; else unshare -rn "$@"; fi
}

# down NAME COMMAND...: output and status inside and in the empty namespace are the same.
down() {
	name=$1
	shift
	alone "$@" >"$T/native" 2>&1
	echo "status $?" >>"$T/native"
	"$SANDBOX_RUN" -p "$T/down.yaml" --ro "$tests/programs/loopback.py" "$@" >"$T/inside" 2>&1
	echo "status $?" >>"$T/inside"
	diff "$T/native" "$T/inside" >"$T/diff"
	ok $? "$name"
	sed 's/^/# /' "$T/diff"
}

alone true || {
	echo "Bail out! no network namespace to compare with"
	exit 1
}
down 'sockets, requests and /proc' python3 "$tests/programs/loopback.py"
is "$(grep -c 'ENETUNREACH\|EADDRNOTAVAIL' "$T/inside")" 28 'nothing is reached'
is "$("$SANDBOX_RUN" -p "$T/down.yaml" python3 -c 'import socket
print([a for a in socket.getaddrinfo("127.0.0.1", 80)][0][4])')" "('127.0.0.1', 80)" 'addresses are still text'
"$SANDBOX_RUN" python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0))
socket.create_connection(s.getsockname())'
ok $? 'with loopback a program reaches itself'
done_testing
