#!/usr/bin/env atf-sh
#
# Guests that are started while a stop is under way.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# Whose save is held keeps the stop going, for as long as it takes.
lab_case newcomer 'a guest started meanwhile is recorded and stopped' '-n 2'
newcomer_lab()
{
	lab_guest_define g3
	reset g2
	fresh g2
	lab_save_hold g2
	begin stop
	comes out "^Suspending g1: done$"
	comes out "^Suspending g2: \\.\\.\\.$"
	lab_guest_start g3
	lab_save_release g2
	ends 0
	saved g1 g2 g3
	has out "^Guest g3 was started meanwhile$"
	is told 1 grep -c "started meanwhile" out
	has out "^3 guests: 3 saved$"
	list_is $uri g1 g2 g3
	run 0 start
	all running g1 g2 g3
	no_list
}

lab_case restarted 'a guest that was stopped and runs again is stopped again' \
    '-n 2'
restarted_lab()
{
	reset g2
	fresh g2
	lab_save_hold g2
	begin stop
	comes out "^Suspending g1: done$"
	lab_virsh start g1 >/dev/null
	lab_save_release g2
	ends 0
	saved g1 g2
	has out "^Guest g1 was started meanwhile$"
	is saves 2 grep -c "^Suspending g1: done$" out
	has out "^2 guests: 2 saved$"
	list_is $uri g1 g2
}

lab_case spared 'who failed, was left or passed over is not tried again' \
    '-b ignore -b obey -b transient -b obey'
spared_lab()
{
	conf ON_SHUTDOWN=suspend SHUTDOWN_TIMEOUT=2
	cat >/etc/libvirt-guests.tab <<-END
		g1	-	shutdown	2
		g2	-	leave
	END
	run 1 stop
	all running g1 g2 g3
	saved g4
	is asked 1 grep -c "^Starting shutdown on guest: g1$" out
	is left 1 grep -c "^Leaving guest g2 running$" out
	hasnt out "started meanwhile"
	has out "^3 guests: 1 saved, 1 left running, 1 still on"
}

# With what is left of the time, and no more.
lab_case deadline 'a guest started late is stopped by the deadline' \
    '-b ignore -b obey'
deadline_lab()
{
	lab_guest_define g3 ignore
	reset g2
	fresh g2
	conf ON_SHUTDOWN=suspend,destroy STOP_DEADLINE=12
	echo "g3 - shutdown,destroy 300" >/etc/libvirt-guests.tab
	lab_save_hold g2
	begin stop
	comes out "^Suspending g2: \\.\\.\\.$"
	lab_guest_start g3
	lab_save_release g2
	ends 0
	all "shut off" g1 g2 g3
	has err "guest g3: the deadline is near; trying destroy$"
	has out "^Guest g3 destroyed$"
}

lab_case overdue 'a guest started late has no time of its own' '-n 1'
overdue_lab()
{
	lab_guest_define g2
	conf ON_SHUTDOWN=suspend STOP_DEADLINE=8
	lab_save_hold g1
	begin stop
	comes out "^Suspending g1: \\.\\.\\.$"
	lab_guest_start g2
	ends 1
	has out "^Guest g2 was started meanwhile$"
	has err "guest g1: "
	has err "guest g2: "
	hasnt out "^Suspending g2: done$"
	for name in g1 g2; do
		has $list "$(uuids $name)"
	done
	lab_save_release g1
}

# A scripted daemon, of which one guest is always there again.
lab_case endless 'a guest that starts again and again is named' '-n 0'
endless_lab()
{
	fake_open <<-END
		212 answer 00000001 00000001
		234 answer
		273 list g1
	END
	uri="qemu+unix:///system?socket=$PWD/socket"
	conf ON_SHUTDOWN=destroy
	run 1 stop
	exec 9>&-
	kill $fake
	has err "guest g1: it was started again after each stop$"
	is rounds 10 grep -c "^Guest g1 was started meanwhile$" out
	has out "^1 guest: 1 "
	has $list " 01010101-0101-0101-0101-010101010101$"
}

atf_init_test_cases()
{
	cmd_cases
}
