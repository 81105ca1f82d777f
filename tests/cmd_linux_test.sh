#!/usr/bin/env atf-sh
#
# A guest that is a real Linux, with a file system that must not be cut off.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# shellcheck disable=SC2016 # for the shell in the lab
machine='
disk=$LAB_DIR/disk.img
console=$LAB_DIR/console
PATH=$PATH:/usr/sbin:/sbin

linux_make()
{
	mkdir -p root/bin root/proc root/sys root/dev root/mnt
	cp "$(command -v busybox)" root/bin/busybox
	cp "$CMD_KERNEL/button.ko" "$CMD_KERNEL/evdev.ko" root
	cat >root/init <<-"END"
	#!/bin/busybox sh
	/bin/busybox --install -s /bin
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs devtmpfs /dev
	exec >/dev/ttyS0 2>&1
	insmod /button.ko
	insmod /evdev.ko
	mount -t ext4 /dev/nvme0n1 /mnt || exec sh
	echo boot >>/mnt/boots
	sync
	event=$(sed -n "/Power Button/,/^\$/s/.*\\(event[0-9]*\\).*/\\1/p" \
	    /proc/bus/input/devices | head -n 1)
	# What is pressed from now on is kept until it is read.
	exec 3</dev/input/$event
	echo "READY $event"
	dd of=/dev/null bs=24 count=1 <&3
	echo stop >>/mnt/stops
	umount /mnt && echo UNMOUNTED
	poweroff -f
	END
	chmod +x root/init
	(cd root && find . | cpio -o -H newc) >initrd 2>/dev/null
	truncate -s 16M "$disk"
	mke2fs -q -F -t ext4 "$disk"
	cat >linux.xml <<-END
	<domain type="qemu"
	    xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
	  <name>linux</name>
	  <memory unit="MiB">256</memory>
	  <os>
	    <type arch="x86_64" machine="pc">hvm</type>
	    <kernel>$CMD_KERNEL/vmlinuz</kernel>
	    <initrd>$PWD/initrd</initrd>
	    <cmdline>console=ttyS0 panic=1 mitigations=off quiet</cmdline>
	  </os>
	  <features><acpi/></features>
	  <devices>
	    <emulator>/usr/bin/qemu-system-x86_64</emulator>
	    <controller type="usb" model="none"/>
	    <memballoon model="none"/>
	    <serial type="file"><source path="$console"/></serial>
	  </devices>
	  <qemu:commandline>
	    <qemu:arg value="-drive"/>
	    <qemu:arg value="file=$disk,format=raw,if=none,id=d"/>
	    <qemu:arg value="-device"/>
	    <qemu:arg value="nvme,serial=lab,drive=d"/>
	  </qemu:commandline>
	</domain>
	END
	lab_virsh define linux.xml >/dev/null
}

linux_ready()
{
	LAB_TIMEOUT=120 lab_wait_until grep -aq "^READY event" "$console" ||
	    fail "no boot: $(cat "$console")"
}

# What the host finds on the disk.
features()
{
	dumpe2fs -h "$disk" 2>/dev/null | sed -n "s/^Filesystem features: *//p"
}

on_disk()
{
	debugfs -R "cat $1" "$disk" 2>/dev/null | wc -l
}
'

atf_test_case clean
clean_head()
{
	cmd_head 'after a stop its file system is clean' \
	    "cpio busybox mke2fs dumpe2fs debugfs e2fsck"
}
# shellcheck disable=SC2016,SC2034 # clean_text is used by cmd_body
clean_body()
{
	[ "$(uname -m)" = x86_64 ] || atf_skip "the guest is for x86_64"
	CMD_KERNEL=$("$(atf_get_srcdir)/fetch-kernel" 2>fetch) ||
	    atf_skip "$(cat fetch)"
	export CMD_KERNEL
	clean_options='-n 0'
	clean_text="$machine"'
linux_make
conf ON_SHUTDOWN=shutdown
# What a power cut leaves is found, too.
lab_virsh start linux >/dev/null
linux_ready
lab_host_down
features | grep -q needs_recovery || fail "a cut leaves no trace"
lab_host_up
: >"$console"
lab_virsh start linux >/dev/null
linux_ready
run 0 stop
has out "^Shutdown of guest linux complete\\.$"
all "shut off" linux
has "$console" "^UNMOUNTED"
! features | grep -q needs_recovery || fail "cut off: $(features)"
e2fsck -fn "$disk" >fsck 2>&1 || fail "not clean: $(cat fsck)"
is boots 2 on_disk boots
is stops 1 on_disk stops
: >"$console"
run 0 start
all running linux
linux_ready
run 0 -o PARALLEL_SHUTDOWN=4 stop
! features | grep -q needs_recovery || fail "cut off: $(features)"
is boots 3 on_disk boots
is stops 2 on_disk stops
'
	cmd_body clean
}

atf_init_test_cases()
{
	atf_add_test_case clean
}
