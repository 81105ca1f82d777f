#!/usr/bin/env atf-sh
#
# A guest that is a real Linux, with a file system that must not be cut off,
# and a guest agent.

# shellcheck source-path=SCRIPTDIR source=../lab/cmd.subr
. "$(atf_get_srcdir)/../lab/cmd.subr"

# What the agent needs, and what it calls to shut down.
agent_make()
{
	qemu_ga=$(command -v qemu-ga)
	cp "$qemu_ga" root/bin
	cp -L --parents $(ldd "$qemu_ga" | grep -o "/[^ ]*") root
	cat >root/bin/shutdown <<-"END"
	#!/bin/sh
	{
		echo "AGENT $*"
		echo stop >>/mnt/stops
		umount /mnt && echo UNMOUNTED
	} >/dev/ttyS0 2>&1
	poweroff -f
	END
	chmod +x root/bin/shutdown
	channel="<channel type=\"unix\"><target type=\"virtio\"
	    name=\"org.qemu.guest_agent.0\"/></channel>"
}

# The arguments of QEMU for the disk; a guest that has it cannot be saved.
disk_make()
{
	truncate -s 16M "$disk"
	mke2fs -q -F -t ext4 "$disk"
	drive="<qemu:arg value=\"-drive\"/>
	    <qemu:arg value=\"file=$disk,format=raw,if=none,id=d\"/>
	    <qemu:arg value=\"-device\"/>
	    <qemu:arg value=\"nvme,serial=lab,drive=d,addr=0x10\"/>"
}

# linux_make [WORD]...: what it is to do with its agent, which it has only
# then: agent=run, agent=hang (it opens the port, and is stopped), agent=none;
# nodisk=yes; date=DATE, which is what it takes for the time.
linux_make()
{
	mkdir -p root/bin root/proc root/sys root/dev root/mnt root/run
	ln -sf bin root/sbin
	cp "$(command -v busybox)" root/bin/busybox
	cp "$CMD_KERNEL"/*.ko root
	channel="" drive=""
	# A quarter of a boot: what the kernel tries out on itself.
	quick=" cryptomgr.notests nokaslr no_timer_check audit=0 apparmor=0"
	quick="$quick initcall_blacklist=init_kprobe_trace"
	case " $*" in
	*" agent="*)	agent_make ;;
	esac
	case " $*" in
	*" nodisk="*)	;;
	*)	disk_make ;;
	esac
	cat >root/init <<-"END"
	#!/bin/busybox sh
	/bin/busybox --install -s /bin
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs devtmpfs /dev
	exec >/dev/ttyS0 2>&1
	insmod /button.ko
	insmod /evdev.ko
	if [ -z "$nodisk" ]; then
		mount -t ext4 /dev/nvme0n1 /mnt || exec sh
		echo boot >>/mnt/boots
		sync
	fi
	if [ -n "$agent" ]; then
		insmod /virtio.ko
		insmod /virtio_ring.ko
		insmod /virtio_pci_modern_dev.ko
		insmod /virtio_pci_legacy_dev.ko
		insmod /virtio_pci.ko
		insmod /virtio_console.ko
	fi
	if [ -n "$date" ]; then
		date -s "$date"
		while sleep 1; do
			echo "CLOCK $(date +%Y)"
		done &
	fi
	case $agent in
	run | hang)
		until port=$(grep -lx org.qemu.guest_agent.0 \
		    /sys/class/virtio-ports/*/name); do
			sleep 0.1
		done
		port=${port%/name}
		echo "AGENT $port"
		qemu-ga -p "/dev/${port##*/}" -t /run &
		;;
	esac
	if [ "$agent" = hang ]; then
		until ls -l /proc/$!/fd | grep -q vport; do
			sleep 0.1
		done
		kill -STOP $!
		echo "AGENT stopped"
	fi
	event=$(sed -n "/Power Button/,/^\$/s/.*\\(event[0-9]*\\).*/\\1/p" \
	    /proc/bus/input/devices | head -n 1)
	# What is pressed from now on is kept until it is read.
	exec 3</dev/input/$event
	echo "READY $event"
	dd of=/dev/null bs=24 count=1 <&3
	echo BUTTON
	echo stop >>/mnt/stops
	umount /mnt && echo UNMOUNTED
	poweroff -f
	END
	chmod +x root/init
	(cd root && find . | cpio -o -H newc) >initrd 2>/dev/null
	cat >linux.xml <<-END
	<domain type="qemu"
	    xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
	  <name>linux</name>
	  <metadata>
	    <libosinfo:libosinfo xmlns:libosinfo=
	        "http://libosinfo.org/xmlns/libvirt/domain/1.0">
	      <libosinfo:os id="http://debian.org/debian/12"/>
	    </libosinfo:libosinfo>
	  </metadata>
	  <memory unit="MiB">256</memory>
	  <os>
	    <type arch="x86_64" machine="pc">hvm</type>
	    <kernel>$CMD_KERNEL/linux</kernel>
	    <initrd>$PWD/initrd</initrd>
	    <cmdline>console=ttyS0 panic=1 mitigations=off quiet$quick $*</cmdline>
	  </os>
	  <features><acpi/></features>
	  <devices>
	    <emulator>/usr/bin/qemu-system-x86_64</emulator>
	    <controller type="usb" model="none"/>
	    <memballoon model="none"/>
	    <serial type="file"><source path="$console"/></serial>
	    $channel
	  </devices>
	  <qemu:commandline>$drive</qemu:commandline>
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

machine_begin()
{
	disk=$LAB_DIR/disk.img
	console=$LAB_DIR/console
	PATH=$PATH:/usr/sbin:/sbin
}

# linux_case NAME DESCRIPTION PROGRAMS OPTIONS: as lab_case, with such a guest;
# it needs what can be had by apt alone.
linux_case()
{
	lab_case "$1" "$2" "$4" "machine_begin; ${1}_lab"
	eval "${1}_head() { cmd_head '$2' \
	    'cpio busybox mke2fs dumpe2fs debugfs e2fsck $3'; }"
	eval "${1}_body() { linux_body $1; }"
}

linux_body()
{
	[ "$(uname -m)" = x86_64 ] || atf_skip "the guest is for x86_64"
	CMD_KERNEL=$("$(atf_get_srcdir)/../tools/fetch-kernel" 2>fetch) ||
	    atf_skip "$(cat fetch)"
	export CMD_KERNEL
	cmd_body "$1"
}

linux_case clean 'after a stop its file system is clean' '' '-n 0'
clean_lab()
{
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
	run 0 -o PARALLEL_SHUTDOWN=4 stop
	has out "^Shutdown of guest linux complete\\.$"
	all "shut off" linux
	has "$console" "^UNMOUNTED"
	! features | grep -q needs_recovery || fail "cut off: $(features)"
	e2fsck -fn "$disk" >fsck 2>&1 || fail "not clean: $(cat fsck)"
	is boots 2 on_disk boots
	is stops 1 on_disk stops
}

linux_case rescue 'its daemon gone, its file system is clean' '' '-n 0'
rescue_lab()
{
	linux_make
	conf ON_SHUTDOWN=suspend CONNECT_TIMEOUT=1
	lab_virsh start linux >/dev/null
	linux_ready
	lab_daemon_kill9
	run 0 stop
	has out "^Guest linux has shut down; ending its QEMU$"
	lab_no_guest_pids || fail "it is left"
	has "$console" "^UNMOUNTED"
	! features | grep -q needs_recovery || fail "cut off: $(features)"
	e2fsck -fn "$disk" >fsck 2>&1 || fail "not clean: $(cat fsck)"
	is stops 1 on_disk stops
	lab_daemon_start
	run 0 start
	all running linux
}

linux_case agent 'by its agent it goes down clean' qemu-ga '-n 0'
agent_lab()
{
	linux_make agent=run
	lab_virsh start linux >/dev/null
	linux_ready
	lab_wait_until lab_virsh qemu-agent-command linux "{\"execute\":
    \"guest-ping\"}"
	conf "ON_SHUTDOWN=suspend"
	echo "os:*debian.org* - shutdown - mode=agent" >/etc/libvirt-guests.tab
	run 0 stop
	has out "^Shutdown of guest linux complete\\.$"
	[ ! -s err ] || fail "something was said"
	has "$console" "^AGENT .*hypervisor initiated shutdown"
	has "$console" "^UNMOUNTED"
	hasnt "$console" "^BUTTON"
	! features | grep -q needs_recovery || fail "cut off: $(features)"
	e2fsck -fn "$disk" >fsck 2>&1 || fail "not clean: $(cat fsck)"
	is stops 1 on_disk stops
}

# The guest was shut down by its button.
by_button()
{
	has out "^Shutdown of guest linux complete\\.$"
	has "$console" "^BUTTON"
	has "$console" "^UNMOUNTED"
	! features | grep -q needs_recovery || fail "cut off: $(features)"
}

linux_case absent 'an agent that is not there is passed over for the button' \
    qemu-ga '-n 0'
absent_lab()
{
	linux_make agent=none
	lab_virsh start linux >/dev/null
	linux_ready
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=100 \
	    SHUTDOWN_MODE=agent,acpi
	run 0 stop
	by_button
}

linux_case hung 'an agent that hangs is passed over for the button' qemu-ga \
    '-n 0'
hung_lab()
{
	linux_make agent=hang
	lab_virsh start linux >/dev/null
	linux_ready
	# For libvirt it is there.
	lab_wait_until eval "lab_virsh dumpxml linux |
    grep -q \"guest_agent.0. state=.connected\""
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=100 CONNECT_TIMEOUT=3 \
	    SHUTDOWN_MODE=agent,acpi
	run 0 stop
	by_button
	# As the only way it is no way, and the word behind it has its turn.
	: >"$console"
	lab_virsh start linux >/dev/null
	linux_ready
	lab_wait_until eval "lab_virsh dumpxml linux |
    grep -q \"guest_agent.0. state=.connected\""
	conf ON_SHUTDOWN=shutdown,destroy SHUTDOWN_TIMEOUT=5 CONNECT_TIMEOUT=3 \
	    SHUTDOWN_MODE=agent
	run 0 stop
	all "shut off" linux
	has out "^Guest linux destroyed$"
}

# The clock of the guest is wrong, that of its hardware is not.
linux_case clock 'SYNC_TIME: a guest that was saved has the right time' \
    qemu-ga '-n 0'
clock_lab()
{
	linux_make agent=run nodisk=yes date=2001-02-03
	lab_virsh start linux >/dev/null
	linux_ready
	comes "$console" "^CLOCK 2001"
	lab_wait_until lab_virsh qemu-agent-command linux "{\"execute\":
    \"guest-ping\"}"
	run 0 stop
	saved linux
	: >"$console"
	run 0 start
	comes "$console" "^CLOCK 2001"
	run 0 stop
	saved linux
	: >"$console"
	run 0 -o SYNC_TIME=1 start
	[ ! -s err ] || fail "something was said"
	comes "$console" "^CLOCK 20[2-9]"
}

# What the console of the one says when the other is begun.
linux_case ready 'ready=agent: the next order begins when it answers' qemu-ga \
    '-n 1'
ready_lab()
{
	linux_make agent=run
	start_hook
	cat >/etc/libvirt/hooks/qemu <<-END
		#!/bin/sh
		[ "\$1 \$2" != "g1 start" ] || cp "$console" "$PWD/then"
	END
	reset g1
	# A guest without KVM takes long to boot.
	conf START_WAIT=240
	echo "$uri $(uuids g1 linux)" >$list
	cat >/etc/libvirt-guests.tab <<-END
		linux	10 - - ready=agent
		g1	20
	END
	run 0 start
	is order "linux g1" told "Resuming guest " ": done"
	[ ! -s err ] || fail "something was said"
	has "then" "^AGENT "
	all running linux g1
}

atf_init_test_cases()
{
	cmd_cases
}
