#!/usr/bin/env atf-sh
#
# The record of a guest: what the list and the journal keep of it from one run
# to the next, and when it leaves the list.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case names 'guests that no longer exist are named' \
    '-b obey -b obey -b obey,transient'
names_lab()
{
	conf ON_SHUTDOWN=shutdown
	order=$(running)
	wanted="$uri $(uuids $order)"
	gone=$(uuids g2)
	run 0 stop
	is list "$wanted" listed
	is lines 2 grep -c . $list
	has $list "^#libvirt-guests/1 .*$gone=g2"
	has $list "~g3"
	run 3 -j status
	has out '"name":"g3"'
	lab_virsh undefine g2 >/dev/null
	run 0 plan start
	has out " g3 .*no such guest"
	run 1 start
	has err "warning: $uri: guest g2 no longer exists; removed from the"
	has err "warning: $uri: guest g3 was transient and cannot be started"
	hasnt err "$gone"
	all running g1
	no_list
	run 0 start
	# A list of the script, without names.
	echo "$uri $gone" >$list
	run 1 start
	has err "guest $gone no longer exists; removed from the list$"
	no_list
	# Names that are malformed, or of a newer version, cost no guest.
	reset g1
	{
		echo "$uri $(uuids g1) $gone"
		echo "#libvirt-guests/1 nonsense $gone=g%zz"
	} >$list
	run 1 start
	has err "warning: $list:2:19: \"nonsense\" is not UUID=NAME"
	has err "warning: $list:2:28: .* is not UUID=NAME; it is ignored$"
	hasnt err "kept as"
	all running g1
	no_list
	reset g1
	{
		echo "$uri $(uuids g1) $gone"
		echo "#libvirt-guests/7 $gone=a%20b x:y"
	} >$list
	run 1 start
	hasnt err "$list"
	has err "guest a b no longer exists"
	all running g1
	# Another program removes the list during a stop.
	hold_install
	begin stop
	comes out "held$"
	rm $list
	let_go
	ends 0
	has err "^libvirt-guests: warning: $list: removed by another program; "
	is list "$uri $(uuids g1)" listed
	run 0 start
	# It puts a folder there, which cannot be replaced.
	begin stop
	comes out "held$"
	rm $list go
	mkdir $list
	let_go
	ends 1
	has err "^libvirt-guests: cannot write the list of guests: $list: "
	rmdir $list
}

lab_case script 'libvirt-guests.sh starts what ours stopped, and the reverse' \
    '-n 2'
script_lab()
{
	script=/usr/lib/libvirt/libvirt-guests.sh
	[ -x $script ] || exit 0
	rm -f /etc/conf.d/libvirt-guests
	lab_config default "$(printf "%s\n" "URIS=$uri" ON_SHUTDOWN=suspend \
	    ON_BOOT=start)"
	run 0 -f /etc/default/libvirt-guests stop
	saved g1 g2
	$script start >out 2>err || fail "the script: exit $?"
	has out "^Ignoring guests on #libvirt-guests/1 URI"
	is ignored 1 grep -c Ignoring out
	all running g1 g2
	no_list
	lab_guest_ready g1 g2
	$script stop >out 2>err || fail "the script: exit $?"
	saved g1 g2
	run 0 -f /etc/default/libvirt-guests start
	[ ! -s err ] || fail "a complaint"
	all running g1 g2
	boots 1 g1 g2
}

# A guest that timed out, and what it may still do.
late()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=1 PARALLEL_SHUTDOWN=2
	run 1 stop
	all running g1
	run 1 start
	has err "guest g1 was asked to shut down .* it stays on the list$"
	list_is $uri g1
}

lab_case life 'a guest that went down late and was started by hand is new' \
    '-b ignore'
life_lab()
{
	late
	lab_virsh destroy g1 >/dev/null
	lab_virsh start g1 >/dev/null
	run 0 start
	has out "^Resuming guest g1: already active$"
	[ ! -s err ] || fail "a complaint"
	no_list
	# A daemon that was restarted counts its guests from 1 again.
	late
	lab_virsh destroy g1 >/dev/null
	lab_daemon_restart
	lab_virsh start g1 >/dev/null
	run 0 start
	no_list
	late
	lab_daemon_restart
	run 1 start
	list_is $uri g1
}

lab_case transient 'a transient guest that may still go off leaves the list' \
    '-b ignore,transient'
transient_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=1
	run 1 stop
	list_is $uri g1
	run 0 start
	all running g1
	has err "guest g1 was asked to shut down .* a transient guest cannot"
	no_list
	run 0 start
	[ ! -s err ] || fail "a complaint"
}

lab_case again 'a second stop of a host shutdown stops newcomers alone' \
    '-b obey -b ignore'
again_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=1 PARALLEL_SHUTDOWN=2
	export RC_GOINGDOWN=YES
	run 1 stop
	proofs 1 g1
	booted g1
	run 1 stop
	has err "guest g2: it already timed out in this host shutdown"
	has out "^2 guests: 1 off, 1 still on$"
	all "shut off" g1
	all running g2
	proofs 2 g1
	is presses 1 lab_guest_presses g2
	# The same guest in another life is a newcomer, too.
	lab_virsh destroy g2 >/dev/null
	booted g2
	before=$(lab_guest_presses g2)
	run 1 stop
	hasnt err "already timed out"
	is presses $((before + 1)) lab_guest_presses g2
	# Without a list it is listed, because it may go off.
	rm $list
	run 1 stop
	has err "already timed out"
	list_is $uri g2
}

lab_case stalled 'a save that stalled is not repeated in a host shutdown' \
    '-n 2 -b fill=8'
stalled_lab()
{
	conf SUSPEND_STALL=2
	export RC_GOINGDOWN=YES
	lab_save_hold g1
	run 1 stop
	has err "guest g1: not saved: the save made no progress$"
	saved g2
	run 1 stop
	has err "guest g1: it already timed out in this host shutdown"
	hasnt out "Suspending g1"
	lab_save_release g1
	lab_guest_wait g1 running
	unset RC_GOINGDOWN
	run 0 stop
	saved g1 g2
}

# A scripted daemon: its guest f1 leaves by an event, or without one.
migrated()
{
	one="test+unix:///default?socket=$PWD/socket"
	fake_open
	conf "URIS=\"$one\"" ON_SHUTDOWN=shutdown CONNECT_TIMEOUT=2
	run 0 stop
	has out "^Guest f1 migrated away$"
	has out "^1 guest: 1 migrated away$"
	hasnt out "complete"
	no_list
	exec 9>&-
	wait $fake || :
	rm -f input socket
}

lab_case migrated 'a guest that migrates away in a stop leaves the list' '-n 0'
migrated_lab()
{
	ids="01010101 01010101 01010101 01010101"
	migrated <<-END
		273*2 list f1
		273 list
		212 answer 00000001 00000001
		163 answer 00000000 $(printf "%0176d" 0)
		258 event 00000000 00000002 66310000 $ids 00000001 00000005 00000003
	END
	# Only its state shows it, once the daemon no longer lists it.
	migrated <<-END
		273*2 list f1
		273 list
		212*1 answer 00000001 00000001
		212 answer 00000005 00000004
		163 answer 00000000 $(printf "%0176d" 0)
		258 answer
	END
	# Before it was asked.
	migrated <<-END
		273*2 list f1
		273 list
		212 answer 00000005 00000004
	END
	# A start does not start it.
	fake_open <<-END
		273 list f1
		212 answer 00000005 00000004
	END
	echo "$one 01010101-0101-0101-0101-010101010101" >$list
	run 0 start
	has out "^Guest f1 migrated away$"
	no_list
	hasnt calls " 196$"
}

lab_case journal 'a journal of an older version is read' '-b ignore'
journal_lab()
{
	conf SHUTDOWN_TIMEOUT=1
	boot=$(cat /proc/sys/kernel/random/boot_id)
	for line in "ask shutdown" late; do
		printf "%s\n" "boot $boot" "$line $uri $(uuids g1)" \
		    "down 7" >/run/libvirt-guests.journal
		echo "$uri $(uuids g1)" >$list
		run 1 start
		has err "guest g1 was asked to shut down and may still do so"
		list_is $uri g1
		has /run/libvirt-guests.journal "^#libvirt-guests/1$"
	done
}

atf_init_test_cases()
{
	cmd_cases
}
