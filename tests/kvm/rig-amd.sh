#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: rig-amd.sh PAYLOAD_DIR
# Runs PAYLOAD_DIR/run-tests under true AMD-V semantics: a stock Debian kernel
# with kvm-amd in a machine that QEMU emulates entirely (TCG, no KVM outside).
# Prints the TAP from inside; see rig-common.sh. RIG_TIMEOUT: seconds, or 600.

rig="rig-amd"
vendor=amd
. "$(dirname "$0")/rig-common.sh"

[ $# -eq 1 ] || die "usage: rig-amd.sh PAYLOAD_DIR"
need qemu-system-x86 qemu-system-x86_64
prepare "$1" 600

# Without five-level page tables, which the TCG of QEMU 7.2 gets wrong: with them,
# and SVM off, /proc/self/exe read "xxx".
qemu-system-x86_64 -M q35 -accel tcg -cpu max,+svm,-la57 -m "$memory" \
	-nodefaults -display none -no-reboot -pidfile "$work/pid" \
	-serial "file:$work/console.txt" -serial "file:$work/tap.txt" \
	-kernel "$cache/kernel/vmlinuz" -initrd "$work/initrd" \
	-append "$cmdline" </dev/null >"$work/emulator.txt" 2>&1 &
watch $!
