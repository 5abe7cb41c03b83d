#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# /etc/sandbox-run/: policies found by name, and host.yaml, which keeps users to them. In a mount namespace
# with an /etc of its own. TAP.
tests=$(realpath "$(dirname "$0")/..")
# shellcheck source=tests/tap.sh
. "$tests/tap.sh"
SANDBOX_RUN=$(realpath "$SANDBOX_RUN")

if [ "${1:-}" != inside ]; then
	as_root=$([ "$(id -u)" = 0 ] || echo -r)
	# shellcheck disable=SC2086
	exec env SANDBOX_RUN="$SANDBOX_RUN" unshare $as_root -m "$0" inside
fi

T=$tap_dir
cp -a /etc "$T/etc"
mount --bind "$T/etc" /etc || exit 1
trap 'umount /etc; rm -rf "${tap_dir:?}"' EXIT
E=/etc/sandbox-run
mkdir -p $E/policies $E/only "$T/cwd"
cd "$T/cwd" || exit 1

# says WANTED NAME FLAGS...: what --check-policy, or a run without -p, has to say; first line alone.
says() {
	wanted=$1 name=$2
	shift 2
	"$SANDBOX_RUN" "$@" >"$T/out" 2>&1
	is "$(head -1 "$T/out" | sed 's/^sandbox-run: error: //')" "$wanted" "$name"
}

policy() { printf 'version: 1\nextends: builtin:base\n%b' "$2" >"$1"; }

policy $E/policies/mine.yaml ''
policy $E/policies/node.yaml 'limits: { memory: 65MiB }\n'
policy here.yaml ''
says 'mine: ok' 'a policy of the host is found by name' --check-policy -p mine
is "$("$SANDBOX_RUN" --print-policy -p node | grep -c "memory: 65MiB.*$E/policies/node.yaml:3")" 1 \
	'it takes the place of the shipped one'
says 'policy mne: there is none of this name' 'a name that is none' --check-policy -p mne

printf 'version: 1\npolicies: %s/only\n' $E >$E/host.yaml
policy $E/only/one.yaml ''
says 'one: ok' 'a name of the one directory' --check-policy -p one
says 'policy mine: there is none of this name' 'a name of another directory' --check-policy -p mine
says 'policy python: there is none of this name' 'a shipped policy' --check-policy -p python
says "policy ./here.yaml: $E/host.yaml allows names only" 'a file' --check-policy -p ./here.yaml
chmod o+w $E/only/one.yaml
says "policy $E/only/one.yaml: others than root can change it" 'a policy that others can write' --check-policy -p one

printf 'version: 1\nlocked: true\n' >$E/host.yaml
says "--ro .: $E/host.yaml locks the policy, and this would widen it" 'locked: a flag that grants' --ro . true
says "--memory: $E/host.yaml locks the policy, and this would widen it" 'locked: more memory' -m 513MiB true
says 'here' 'locked: flags that take away' --deny /usr/share -m 64MiB /bin/echo here

printf 'version: 1\n' >$E/host.yaml
says "policy $E/host.yaml lies under --rw / and the sandboxed command could change it" 'a host.yaml in reach' --rw / true
printf 'version: 1\nlocked: maybe\nname: x\n' >$E/host.yaml
says "$E/host.yaml:2:9: locked: \"maybe\" is neither true nor false" 'a mistake in host.yaml stops every run' true
# shellcheck disable=SC2016
printf 'version: 1\npolicies: ${HOME}\n' >$E/host.yaml
says "$E/host.yaml:2:11: policies: path \"\${HOME}\" has a variable" 'no variable in host.yaml' true
printf 'version: 1\n' >$E/host.yaml
chmod g+w $E/host.yaml
says "policy $E/host.yaml: others than root can change it" 'a host.yaml that others can write' true
done_testing
