#!/usr/bin/env atf-sh
#
# What a stop and a start are for, with the libvirt of Debian 13 (11.3.0): its
# daemon, its QEMU and its clients run in a root of their own, see
# tests/tools/fetch-trixie.  Any other test runs there, too, with LAB_ROOT set
# to what that prints.

CMD_TIMEOUT=1200
CMD_ROOT=fetch-trixie
# shellcheck source-path=SCRIPTDIR source=../lab/cmd.subr
. "$(atf_get_srcdir)/../lab/cmd.subr"

# cycle N COMMAND...: that stops all guests, which have done so N times in all
# by themselves then; they come back.
cycle()
{
	cycle_proofs=$1
	shift
	order=$(running)
	run 0 "$@"
	[ ! -s err ] || fail "a complaint"
	all "shut off" $LAB_GUESTS
	proofs "$cycle_proofs" $LAB_GUESTS
	list_is $uri $order
	[ "$1" != -oON_SHUTDOWN=suspend ] || saved $LAB_GUESTS
	run 0 start
	[ ! -s err ] || fail "a complaint"
	all running $LAB_GUESTS
	no_list
	lab_guest_ready $LAB_GUESTS
}

generation_begin()
{
	lab_virsh version --daemon >versions
	has versions "^Using library: libvirt 11\\.3\\."
	has versions "^Running against daemon: 11\\.3\\."
}

lab_case suspend '11.3: saved and restored, one by one and side by side' '-n 3'
suspend_lab()
{
	generation_begin
	cycle 0 -oON_SHUTDOWN=suspend stop
	cycle 0 -oON_SHUTDOWN=suspend -oPARALLEL_SUSPEND=3 stop
	cycle 0 -oON_SHUTDOWN=suspend -oSTART_DELAY=1 -oBYPASS_CACHE=1 stop
	boots 1 $LAB_GUESTS
	run 0 gueststatus
	has out " g1 +running +-"
	run 0 plan
	has out " suspend"
}

lab_case shutdown '11.3: shut down and booted, likewise' '-n 3 -b delay=1'
shutdown_lab()
{
	generation_begin
	cycle 1 -oON_SHUTDOWN=shutdown stop
	cycle 2 -oPARALLEL_SHUTDOWN=2 shutdown
	# A save in place of it for who ignores its button.
	lab_guest_define g4 ignore
	fresh g4
	run 0 -oON_SHUTDOWN=shutdown,suspend -oPARALLEL_SHUTDOWN=8 \
	    -oSHUTDOWN_TIMEOUT=5 stop
	saved g4
	proofs 3 g1 g2 g3
	run 1 -c "test+unix:///nowhere?socket=/run/libvirt/libvirt-sock" stop
}

# Every way to the socket of a modular daemon; Debian has no such daemons, so
# it is the same one by their name.
lab_case modular '11.3: the socket of a modular daemon comes first' '-n 2'
modular_lab()
{
	generation_begin
	mv /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock
	run 1 -c "$uri?mode=legacy" gueststatus
	LAB_URI="$uri?mode=direct"
	for uri in qemu:///system default "qemu:///system?mode=direct"; do
		conf ON_SHUTDOWN=suspend
		run 0 stop
		saved g1 g2
		run 0 start
		all running g1 g2
	done
	boots 1 g1 g2
}

lab_case killed '11.3: the program is killed, and the next run goes on' \
    '-n 3 -b delay=2,fill=4'
killed_lab()
{
	generation_begin
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2
	begin stop
	comes out "^Starting shutdown on guest: "
	kill -KILL $began
	wait $began 2>/dev/null || :
	run 0 stop
	all "shut off" $LAB_GUESTS
	proofs 1 $LAB_GUESTS
	run 0 start
	all running $LAB_GUESTS
	lab_guest_ready $LAB_GUESTS
	conf ON_SHUTDOWN=suspend
	lab_save_slow
	begin stop
	comes out "^Suspending g[1-3]: \\.\\.\\."
	kill -KILL $began
	wait $began 2>/dev/null || :
	lab_save_release
	run 0 start
	all running $LAB_GUESTS
	no_list
	run 0 stop
	saved $LAB_GUESTS
	run 0 start
	all running $LAB_GUESTS
	boots 2 $LAB_GUESTS
}

lab_case daemon '11.3: the daemon is killed, restarted, stopped meanwhile' \
    '-n 3 -b delay=2,fill=4'
daemon_lab()
{
	generation_begin
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=3 RESCUE=no \
	    CONNECT_TIMEOUT=3
	begin stop
	comes out "^Starting shutdown on guest: g3"
	lab_daemon_kill9
	lab_daemon_start
	ends 0
	proofs 1 $LAB_GUESTS
	run 0 start
	lab_guest_ready $LAB_GUESTS
	begin stop
	comes out "^Starting shutdown on guest: g3"
	lab_daemon_restart
	ends 0
	proofs 2 $LAB_GUESTS
	run 0 start
	lab_guest_ready $LAB_GUESTS
	conf ON_SHUTDOWN=suspend RESCUE=no CONNECT_TIMEOUT=3
	lab_save_slow
	begin stop
	comes out "^Suspending g[1-3]: \\.\\.\\."
	lab_daemon_kill9
	lab_save_release
	lab_daemon_start
	ends 0
	saved $LAB_GUESTS
	run 0 start
	all running $LAB_GUESTS
	boots 3 $LAB_GUESTS
	# A daemon that stands still.
	begin stop
	comes out "^Suspending g[1-3]: "
	kill -STOP $(cat "$LAB_DIR/libvirtd.pid")
	comes err "connection lost: the daemon does not answer"
	kill -CONT $(cat "$LAB_DIR/libvirtd.pid")
	ends 0
	saved $LAB_GUESTS
}

lab_case rescue '11.3: the daemon dies in the middle, and stays dead' \
    '-n 4 -b delay=1'
rescue_lab()
{
	generation_begin
	order=$(running)
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2 SHUTDOWN_RESEND=0 \
	    CONNECT_TIMEOUT=1
	begin stop
	comes out "^Shutdown of guest g[1-4] complete\\.$"
	lab_daemon_kill9
	ends 0
	has err "the daemon is gone; stopping its guests by their monitors"
	has out "^Guest g[1-4] has shut down; ending its QEMU$"
	rescued $order
}

atf_init_test_cases()
{
	cmd_cases
}
