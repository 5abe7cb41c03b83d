#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: rig-intel.sh PAYLOAD_DIR
# Runs PAYLOAD_DIR/run-tests under true VT-x semantics: a stock Debian kernel
# with kvm-intel in a machine that Bochs emulates (it needs no KVM outside).
# Prints the TAP from inside; see rig-common.sh. RIG_TIMEOUT: seconds, or 900.

rig="rig-intel"
vendor=intel
. "$(dirname "$0")/rig-common.sh"

isolinux=/usr/lib/ISOLINUX/isolinux.bin
ldlinux=/usr/lib/syslinux/modules/bios/ldlinux.c32
bios=/usr/share/bochs/BIOS-bochs-latest
vgabios=/usr/share/bochs/VGABIOS-lgpl-latest

[ $# -eq 1 ] || die "usage: rig-intel.sh PAYLOAD_DIR"
need bochs bochs-bin
need bochs-term /usr/lib/*/bochs/plugins/libbx_term_gui.so
need bochsbios "$bios"
need vgabios "$vgabios"
need isolinux "$isolinux"
need syslinux-common "$ldlinux"
need genisoimage genisoimage
need bsdutils script
prepare "$1" 900

cd "$work" || die "no $work"
cat >isolinux.cfg <<EOF
DEFAULT rig
PROMPT 0
LABEL rig
 KERNEL /boot/vmlinuz
 APPEND initrd=/boot/initrd $cmdline
EOF
# A copy: -boot-info-table patches the file it is given.
cp "$isolinux" isolinux.bin
genisoimage -quiet -o disk.iso -graft-points -no-emul-boot -boot-load-size 4 \
	-boot-info-table -b boot/isolinux/isolinux.bin -c boot/boot.cat \
	boot/isolinux/isolinux.bin=isolinux.bin boot/isolinux/ldlinux.c32="$ldlinux" \
	boot/isolinux/isolinux.cfg=isolinux.cfg boot/vmlinuz="$cache/kernel/vmlinuz" \
	boot/initrd=initrd

# ips is twice what a host of today emulates, so the clock inside runs slow and
# a time limit of a test is not met early; fewer gain nothing.
# panic=fatal ends Bochs at power-off and at a triple fault, which are panics to it.
cat >bochsrc <<EOF
cpu: model=corei7_haswell_4770, ips=100000000, cpuid_limit_winnt=0, reset_on_triple_fault=0
memory: guest=$memory, host=$memory
romimage: file=$bios
vgaromimage: file=$vgabios
ata0-master: type=cdrom, path=disk.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=console.txt
com2: enabled=1, mode=file, dev=tap.txt
display_library: term
log: emulator.txt
panic: action=fatal
error: action=ignore
info: action=ignore
clock: sync=none
speaker: enabled=0
EOF

# Debian's Bochs has its debugger built in, which waits to be told "continue",
# and a display that wants a terminal, which script(1) makes for it.
echo c >commands
TERM=xterm script -qfc 'echo $$ >pid; exec bochs-bin -q -f bochsrc -rc commands' \
	/dev/null </dev/null >terminal.txt 2>&1 &
bochs=$!

# The display writes to a pty that it makes, and stops the machine when that is full: read it empty.
drain() {
	local pty=
	until pty=$(sed -n 's/^Bochs connected to screen "\([^"]*\)".*/\1/p' terminal.txt) &&
		[ -n "$pty" ]; do
		kill -0 "$bochs" || return 0
		sleep 0.2
	done
	{
		stty raw -echo
		cat
	} <"$pty" >/dev/null
}
drain 2>/dev/null &
watch "$bochs"
