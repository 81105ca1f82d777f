#!/usr/bin/env atf-sh
#
# Snapshots of disks before guests are stopped.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

snapshots()
{
	lab_virsh snapshot-list $1 --name | grep -c "^libvirt-guests-[0-9]*$"
}

disk()
{
	lab_virsh domblklist $1 | sed -n "s/^ *hda *//p"
}

disk_is_new()
{
	case $(disk $1) in
	*/$1.libvirt-guests-[0-9]*)	[ -s "$(disk $1)" ] ;;
	*)	return 1 ;;
	esac || fail "$1: its disk is $(disk $1)"
}

lab_case disk 'each persistent guest has one, and goes on from there' \
    '-b obey -b obey -b transient'
disk_lab()
{
	conf ON_SHUTDOWN=shutdown SNAPSHOT=disk PARALLEL_SHUTDOWN=4
	run 0 stop
	all "shut off" g1 g2
	for name in g1 g2; do
		is "snapshots of $name" 1 snapshots $name
		disk_is_new $name
		# In this order: what the guest wrote at its end is not in
		# there.
		has out "^Snapshot of guest $name: done$"
		is "first of $name" 1 eval \
		    "sed \"/shutdown on guest: $name/q\" out | grep -c \"of guest $name: done\""
		proofs 0 $name
	done
	hasnt out "Snapshot of guest g3"
	for name in g1 g2; do
		: >"$LAB_DIR/guest/$name.serial"
	done
	run 1 start
	all running g1 g2
	lab_guest_ready g1 g2
	# A suspend keeps it, and takes another one.
	run 0 -o ON_SHUTDOWN=suspend stop
	saved g1 g2
	is "snapshots of g1" 2 snapshots g1
	run 0 start
	all running g1 g2
	no_list
}

lab_case table 'guesttab: for some and not for others' '-n 2'
table_lab()
{
	conf ON_SHUTDOWN=destroy
	echo "g1 - - - snapshot=disk" >/etc/libvirt-guests.tab
	run 0 stop
	is "snapshots of g1" 1 snapshots g1
	is "snapshots of g2" 0 snapshots g2
	run 0 start
	echo "g1 - - - snapshot=no" >/etc/libvirt-guests.tab
	run 0 -o SNAPSHOT=disk stop
	is "snapshots of g1" 1 snapshots g1
	is "snapshots of g2" 1 snapshots g2
	run 0 start
	echo "* - leave" >/etc/libvirt-guests.tab
	run 0 -o SNAPSHOT=disk stop
	is "snapshots of g1" 1 snapshots g1
}

lab_case failing 'one that fails is told, and the guest is stopped' '-n 1'
failing_lab()
{
	# There is no place for the new image.
	mount -t tmpfs -o size=4k,mode=755 lab "$LAB_DIR/guest"
	conf ON_SHUTDOWN=shutdown SNAPSHOT=disk
	run 0 stop
	all "shut off" g1
	has err "guest g1: no snapshot: "
	is "snapshots of g1" 0 snapshots g1
	umount "$LAB_DIR/guest"
	proofs 1 g1
}

# A daemon that never answers to it: the deadline is not waited for.
lab_case hung 'one that hangs does not keep the guest from being stopped' '-n 0'
hung_lab()
{
	fake_open <<-END
		185 hang
		212 answer 00000001 00000001
		234 answer
		273*1 answer 00000000 00000000
		273*1 list g1
		273 answer 00000000 00000000
	END
	conf ON_SHUTDOWN=destroy SNAPSHOT=disk
	run 0 -c "qemu+unix:///system?socket=$PWD/socket" -D 10 stop
	exec 9>&-
	kill $fake
	has calls " 185$"
	has calls " 234$"
	has out "^Guest g1 destroyed$"
}

atf_init_test_cases()
{
	cmd_cases
}
