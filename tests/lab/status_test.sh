#!/usr/bin/env atf-sh
#
# What status, gueststatus and the restarts say and do.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case cycle 'status through the whole cycle, with a daemon and without' \
    '-n 2'
cycle_lab()
{
	# status EXIT TEXT: with the daemon and without, and nothing is touched.
	status()
	{
		run "$1" status
		is status "$2" head -n 1 out
		[ ! -s err ] || fail "status says more"
		lab_daemon_stop
		run "$1" status
		is "status without a daemon" "$2" head -n 1 out
		[ ! -s err ] || fail "status says more"
		lab_daemon_start
	}
	status 3 "stopped, with no saved guests"
	run 0 start
	status 0 started
	all running g1 g2
	run 0 stop
	status 3 "stopped, with saved guests"
	saved g1 g2
	reboot
	status 3 "stopped, with saved guests"
	run 0 start
	status 0 started
	reset g1 g2
	run 0 stop
	status 3 "stopped, with no saved guests"
}

lab_case guests 'gueststatus: the running guests of every URI' \
    '-b obey -b obey,transient'
guests_lab()
{
	conf ON_SHUTDOWN=suspend
	echo "g2 - shutdown,destroy 9" >/etc/libvirt-guests.tab
	reset g1
	run 0 gueststatus
	has out "^\\* qemu:///system URI:$"
	has out "^ Id +Name +State +Saved +Policy$"
	hasnt out "g1"
	has out "^ [0-9]+ +g2 +running +- +shutdown 9 s, destroy 30 s$"
	lab_guest_start g1
	lab_virsh suspend g1 >/dev/null
	run 0 gueststatus
	# Of virsh only the columns between words may differ.
	words()
	{
		sed "s/  */ /g; s/^ //" | grep -v "^-*$"
	}
	is table "* $uri URI:
$(virsh -c $uri list | words)" eval "sed 's/ *Saved.*//; s/   *- .*//' out | words"
	has out "^ [0-9]+ +g1 +paused +- +suspend$"
	[ ! -s err ] || fail "a complaint"
	run 0 -j gueststatus
	members gueststatus .
	members "A guest|A running guest" ".guests[0]"
	json ".guests | sort_by(.name)[] | [.name, .chain, .limits]" \
	    '["g1","suspend",[0]]
["g2","shutdown,destroy",[9,30]]'
	json .listed "[]"

	# Guests on the list: saved, off, and one that runs again.
	lab_guest_ready g2
	run 0 stop
	run 0 gueststatus
	has out "^ - +g1 +saved +[0-9]+ MiB +start$"
	has out "^ - +g2 +off +- +start$"
	run 0 -o ON_BOOT=ignore -j gueststatus
	members "A guest|A guest on the list" ".listed[0]"
	json ".listed | sort_by(.name)[] | [.name, .state, .bytes == $(
	    stat -c %s /var/lib/libvirt/qemu/save/g1.save)]" \
	    '["g1","saved",true]
["g2","off",false]'
	mv /var/lib/libvirt/qemu/save/g1.save save
	run 0 gueststatus g1
	has out "^ - +g1 +saved +- +start$"
	hasnt out " g2 "
	mv save /var/lib/libvirt/qemu/save/g1.save
	lab_virsh start g1 >/dev/null
	run 0 gueststatus
	is g1 1 grep -c " g1 " out
}

lab_case dead 'a URI that does not answer hides no other' '-b obey'
dead_lab()
{
	conf "URIS=\"qemu:///system qemu+unix:///system?socket=/nowhere\""
	run 1 gueststatus
	has out "^ [0-9]+ +g1 +running +- +suspend$"
	has out "^\\* qemu\\+unix:///system\\?socket=/nowhere URI:$"
	has err "socket=/nowhere: "
	hasnt err "qemu:///system: "
	conf "URIS=\"qemu+unix:///system?socket=/nowhere qemu:///system\""
	run 1 gueststatus
	has out "^ [0-9]+ +g1 +running +- +suspend$"
	lab_daemon_kill9
	conf ""
	run 1 gueststatus
	has err "qemu:///system: "
	hasnt out " g1 "
}

lab_case restart 'restart, and its two that want a started service' '-n 2'
restart_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2
	for command in condrestart try-restart; do
		run 0 $command
		proofs 0 g1 g2
		no_list
		[ ! -e $mark ] || fail "$command: marked as started"
	done
	run 0 restart
	has out "^Restart: stopping all guests, then starting them again$"
	proofs 1 g1 g2
	boots 2 g1 g2
	all running g1 g2
	no_list
	run 0 status
	n=1
	for command in condrestart try-restart; do
		lab_guest_ready g1 g2
		run 0 $command
		n=$((n + 1))
		proofs $n g1 g2
		boots $((n + 1)) g1 g2
		all running g1 g2
		run 0 status
	done
}

lab_case down 'a host that goes down: restart stops, and hooks know' '-n 2'
down_lab()
{
	mkdir -p /etc/libvirt-guests.d
	printf "#!/bin/sh\necho by \"\$LIBVIRT_GUESTS_DOWN\"\n" \
	    >/etc/libvirt-guests.d/down
	chmod 755 /etc/libvirt-guests.d/down
	conf ON_SHUTDOWN=shutdown
	export RUNLEVEL=6
	run 0 restart
	has out "^The host is going down: runlevel 6\$"
	has out "^Hook down \\(pre-stop\\): by runlevel 6\$"
	has out "^The next boot of the host starts the guests\$"
	[ ! -s err ] || fail "a complaint"
	all "shut off" g1 g2
	is "words of the list" 3 eval "listed | wc -w"
	run 3 status
	unset RUNLEVEL
	run 0 start
	lab_guest_ready g1 g2
	run 0 restart
	! grep "going down" out || fail "the host stays up"
	all running g1 g2
}

# OpenRC stops a second time what could not be stopped.
lab_case again 'a host that goes down: nobody has his time twice' \
    '-b obey -b ignore'
again_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=1 PARALLEL_SHUTDOWN=2
	again="already timed out"
	export RC_GOINGDOWN=YES
	run 1 stop
	proofs 1 g1
	is presses 1 lab_guest_presses g2
	for round in 2 3; do
		run 1 stop
		has err "$again"
		is presses 1 lab_guest_presses g2
	done
	# What was done by another name, or by other means, is not for these.
	run 1 -c default stop
	hasnt err "$again"
	is presses 2 lab_guest_presses g2
	unset RC_GOINGDOWN
	run 1 stop
	is presses 3 lab_guest_presses g2
	# Nor is anything of that left when the host stays up.
	export RC_GOINGDOWN=YES
	run 1 stop
	is presses 4 lab_guest_presses g2
	run 1 start
	lab_guest_ready g1
	run 1 stop
	hasnt err "$again"
	proofs 2 g1
	is presses 5 lab_guest_presses g2
	# One that was ended, or did not see all of them, was none.
	unset RC_GOINGDOWN
	run 1 start
	lab_guest_ready g1
	export RC_GOINGDOWN=YES
	begin -o SHUTDOWN_TIMEOUT=1000 stop
	comes out "^Shutdown of guest g1 complete"
	kill -TERM $began
	ends 1
	is presses 6 lab_guest_presses g2
	run 1 stop
	hasnt err "$again"
	is presses 7 lab_guest_presses g2
}

lab_case half 'a restart that cannot stop a guest starts the others' \
    '-b obey -b ignore'
half_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=1 PARALLEL_SHUTDOWN=2
	run 1 restart
	has err "guest g2: still on"
	proofs 1 g1
	boots 2 g1
	boots 1 g2
	all running g1 g2
	has out "^Resuming guest g2: already active$"
}

lab_case ignored 'reload touches neither guests nor list' '-n 2'
ignored_lab()
{
	reset g1
	echo "$uri $(uuids g1)" >$list
	for command in reload force-reload; do
		run 0 $command
		all "shut off" g1
		all running g2
		list_is $uri g1
		[ ! -e $mark ] || fail "$command: marked as started"
	done
}

atf_init_test_cases()
{
	cmd_cases
}
