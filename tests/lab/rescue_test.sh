#!/usr/bin/env atf-sh
#
# The daemon is gone for good, and its guests live.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case containers 'containers without their daemon are named' '-l -b obey'
containers_lab()
{
	uri=lxc:///
	conf "CONNECT_TIMEOUT=1"
	lab_lxc_define c1
	lab_lxc_start c1
	lab_lxc_define c2
	lab_lxc_start c2
	lab_daemon_kill9
	run 1 stop
	has err \
	    "^libvirt-guests: lxc:///: guests that run without their daemon: c[12], c[12]$"
	pid=$(cat /run/libvirt/lxc/c1.pid)
	kill -KILL "$pid"
	lab_wait_until lab_not kill -0 "$pid"
	run 1 stop
	has err "guests that run without their daemon: c2$"
	pid=$(cat /run/libvirt/lxc/c2.pid)
	kill -KILL "$pid"
	lab_wait_until lab_not kill -0 "$pid"
	[ -e /run/libvirt/lxc/c2.pid ] || fail "nothing is left of it"
	run 0 stop
	has out "^No guest of lxc:/// is running$"
}

# Eight that are asked one by one, or two by two: some were asked by the daemon,
# one has shut down and is stuck at it, others never heard of it.
lab_case eight 'the daemon dies in the middle of a stop of eight guests' \
    '-n 8 -b delay=1'
eight_lab()
{
	order=$(running)
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=3 SHUTDOWN_RESEND=0 \
	    CONNECT_TIMEOUT=1
	begin stop
	comes out "^Shutdown of guest g[1-8] complete\\.$"
	lab_daemon_kill9
	ends 0
	has err "the daemon is gone; stopping its guests by their monitors"
	has out "^Guest g[1-8] is asked to power off by its monitor$"
	has out "^Guest g[1-8] has shut down; ending its QEMU$"
	is complete 8 eval \
	    "grep -c \"^Shutdown of guest .* complete\\.\\$\" out"
	rescued $order
}

lab_case before 'the daemon was gone before the stop began' \
    '-b obey -b obey,autostart -b obey,transient -b obey'
before_lab()
{
	conf ON_SHUTDOWN=shutdown IGNORE_AUTOSTART=yes PARALLEL_SHUTDOWN=4 \
	    CONNECT_TIMEOUT=1
	lab_daemon_kill9
	# No guest: what is left of one that died.
	pid=$(cat /run/libvirt/qemu/g4.pid)
	kill -KILL "$pid"
	lab_wait_until lab_not kill -0 "$pid"
	rm -f /run/libvirt/libvirt-sock
	run 0 stop
	has out "^Can.t connect to qemu:///system\\. Skipping\\.$"
	has out "^Running guests on qemu:///system URI: g[123], g[123], g[123]$"
	has err "the daemon is gone; stopping its guests by their monitors"
	asked_all g1 g2 g3
	lab_no_guest_pids || fail "some are left"
	proofs 1 g1 g2 g3
	proofs 0 g4
	lab_daemon_start
	has $list "$(uuids g1)"
	hasnt $list "$(uuids g2)"
	# The transient one is gone, as it would be for a daemon that lived.
	[ "$(lab_guest_state g3)" = gone ] || fail "g3 is there"
	run 1 start
	has err "guest g3 was transient and cannot be started; removed"
	all running g1
	boots 2 g1
}

lab_case ignores 'who ignores the button ends by force, or is named' \
    '-b ignore -b obey'
ignores_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2 SHUTDOWN_TIMEOUT=4 \
	    CONNECT_TIMEOUT=1
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	lab_daemon_kill9
	ends 1
	has out "^Shutdown of guest g1 failed to complete in time\\.$"
	has err "guest g1: still on"
	proofs 1 g2
	is left 1 eval "lab_guest_pids | wc -l"
	hasnt out "is killed"
	# Nobody forces a guest whose chain does not say so; one that does, says
	# so.
	run 0 -o ON_SHUTDOWN=shutdown,destroy stop
	has out "^Guest g1 is asked to power off by its monitor$"
	has out "^Shutdown of guest g1 failed to complete in time\\.$"
	has out "^Guest g1 is killed$"
	lab_no_guest_pids || fail "some are left"
	proofs 0 g1
	# Once for the daemon, once or more for us.
	[ "$(lab_guest_presses g1)" -ge 2 ] || fail "not asked again"
	lab_daemon_start
	all "shut off" g1 g2
}

lab_case resend 'who does not hear the button is asked again' '-b press=3'
resend_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_RESEND=1 CONNECT_TIMEOUT=1
	lab_daemon_kill9
	run 0 stop
	proofs 1 g1
	is presses 3 lab_guest_presses g1
}

# It boots again, ever so often, and is asked ever again.
lab_case reboots 'who reboots instead is asked again' '-b reboot -b obey'
reboots_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2 SHUTDOWN_TIMEOUT=30 \
	    SHUTDOWN_RESEND=1 CONNECT_TIMEOUT=1
	lab_daemon_kill9
	begin stop
	comes out "^Guest g1 has rebooted$"
	lab_guest_booted g1 2
	lab_wait_until lab_guest_proof g2
	proofs 1 g2
	kill -TERM $began
	ends 1
	has err "guest g1: interrupted"
	run 0 -o ON_SHUTDOWN=shutdown,destroy -o SHUTDOWN_TIMEOUT=1 stop
	lab_no_guest_pids || fail "it is left"
}

# The second guest is still on when the daemon goes.
lab_case no 'RESCUE=no: they are named' '-n 2 -b delay=2'
no_lab()
{
	conf ON_SHUTDOWN=shutdown RESCUE=no CONNECT_TIMEOUT=1 START_WAIT=1 \
	    SHUTDOWN_TIMEOUT=8
	lab_daemon_kill9
	run 1 stop
	has err "guests that run without their daemon: g[12], g[12]$"
	is left 2 eval "lab_guest_pids | wc -l"
	proofs 0 g1 g2
	lab_daemon_start
	fresh g1 g2
	begin stop
	comes out "^Shutdown of guest g[12] complete\\.$"
	lab_daemon_kill9
	ends 1
	has err "guest g[12]: .*unknown"
	hasnt out monitor
}

# None is saved this way.  Who was only to be saved is asked, unless it may be
# left; who is paused has to run for it.
lab_case save 'guests that were to be saved' '-n 4'
save_lab()
{
	conf ON_SHUTDOWN=suspend CONNECT_TIMEOUT=1 "GUESTTAB=$PWD/tab"
	cat >tab <<-END
		g2 - suspend,leave
		g3 - suspend,destroy
	END
	lab_virsh suspend g4 >/dev/null
	lab_daemon_kill9
	run 0 stop
	has err "daemon is gone"
	has out "Starting shutdown on guest: g1$"
	has out "^Guest g4 is resumed by its monitor$"
	has out "^Guest g3 is killed$"
	hasnt out "Starting shutdown on guest: g[23]$"
	proofs 1 g1 g4
	proofs 0 g2 g3
	is left 1 eval "lab_guest_pids | wc -l"
	lab_daemon_start
	all "shut off" g1 g3 g4
	all running g2
	unsaved g1 g3 g4
	run 0 start
	all running g1 g2 g3 g4
	no_list
}

# The save cannot be finished, and the guest stands still for it.
lab_case complete 'the daemon dies when it has written a whole save image' \
    '-n 1'
complete_lab()
{
	save=/var/lib/libvirt/qemu/save/g1.save
	conf CONNECT_TIMEOUT=1
	run 0 stop
	cp $save image
	run 0 start
	lab_virsh suspend g1 >/dev/null
	lab_daemon_kill9
	cp image $save
	run 0 stop
	has out "^Guest g1 has a complete save image; ending its QEMU without"
	has out "^Suspending g1: done$"
	hasnt out "resumed by its monitor|Starting shutdown"
	is left 0 eval "lab_guest_pids | wc -l"
	lab_daemon_start
	list_is $uri g1
	saved g1
	run 0 start
	all running g1
	boots 1 g1
	# One that is not complete: the guest runs again, and is asked.
	lab_virsh suspend g1 >/dev/null
	lab_daemon_kill9
	sed "1s/^LibvirtQemudSave/LibvirtQemudPart/" image >$save
	run 0 stop
	has out "^Guest g1 is resumed by its monitor$"
	proofs 1 g1
}

lab_case saving 'the daemon dies in the middle of a save' '-n 2 -b fill=4'
saving_lab()
{
	# Nor is it asked for ever to save it all the same.
	conf ON_SHUTDOWN=suspend POLL_INTERVAL=100 CONNECT_TIMEOUT=1
	lab_save_hold
	begin stop
	lab_wait_until eval "lab_virsh domjobinfo g1 | grep -q Unbounded ||
    lab_virsh domjobinfo g2 | grep -q Unbounded"
	lab_daemon_kill9
	ends 0
	lab_save_release
	has out "^Guest g[12] is resumed by its monitor$"
	proofs 1 g1 g2
	lab_no_guest_pids || fail "some are left"
	lab_daemon_start
	run 0 start
	all running g1 g2
	boots 2 g1 g2
}

# Of one nothing is known but its process: the others go.
lab_case unread 'what libvirt noted of one guest cannot be read' '-n 3'
unread_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=3 CONNECT_TIMEOUT=1
	lab_daemon_kill9
	mv /run/libvirt/qemu/g2.xml kept
	echo "<domstatus>" >/run/libvirt/qemu/g2.xml
	run 1 stop
	has err \
	    "guest g2: it runs, but its libvirt status file is malformed$"
	asked_all g1 g3
	proofs 1 g1 g3
	is left 1 eval "lab_guest_pids | wc -l"
	mv kept /run/libvirt/qemu/g2.xml
	run 0 stop
	proofs 1 g2
	lab_no_guest_pids || fail "it is left"
}

# Nobody knows whether it lives: it is not to be taken for one that is off.
lab_case number 'the number of the process of one guest cannot be read' '-n 3'
number_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=3 CONNECT_TIMEOUT=1
	lab_daemon_kill9
	mv /run/libvirt/qemu/g2.pid kept
	: >/run/libvirt/qemu/g2.pid
	run 1 stop
	has err "guest g2: its process is unknown$"
	hasnt out "^Shutdown of guest g2 complete"
	proofs 1 g1 g3
	proofs 0 g2
	run 1 -o RESCUE=no stop
	has err "guests that run without their daemon: g2$"
	mv kept /run/libvirt/qemu/g2.pid
	run 0 stop
	proofs 1 g2
	lab_no_guest_pids || fail "it is left"
}

# Not all of its time is spent on waiting for the daemon.
lab_case late 'the daemon dies when a time is nearly up' '-b ignore'
late_lab()
{
	conf ON_SHUTDOWN=shutdown,destroy SHUTDOWN_TIMEOUT=24 \
	    SHUTDOWN_RESEND=0 CONNECT_TIMEOUT=60
	begin stop
	comes out "^Waiting for guest g1 to shut down, 5 seconds left$"
	lab_daemon_kill9
	ends 0
	has out "^Guest g1 is killed$"
	lab_no_guest_pids || fail "it is left"
}

# The first client of that monitor can give it no command behind the greeting;
# the next one has that of QEMU.
lab_case unheard 'a command that does not reach its monitor' '-n 1'
unheard_lab()
{
	cat >monitor.c <<-END
		#include <sys/socket.h>
		#include <sys/un.h>
		#include <stdio.h>
		#include <string.h>
		#include <unistd.h>

		static int
		say(int fd, const char *line)
		{
			return write(fd, line, strlen(line)) == -1;
		}

		int
		main(int argc, char *argv[])
		{
			struct sockaddr_un sun = { .sun_family = AF_UNIX };
			int fd = socket(AF_UNIX, SOCK_STREAM, 0);
			char line[256];

			(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s",
			    argv[1]);
			if (argc != 3 || rename(argv[1], argv[2]) == -1 ||
			    bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == \
			        -1 ||
			    listen(fd, 1) == -1 || puts("ready") == EOF ||
			    fflush(stdout) == EOF)
				return 1;
			fd = accept(fd, NULL, NULL);
			if (say(fd, "{\"QMP\": {}}\n") ||
			    read(fd, line, sizeof(line)) <= 0 ||
			    shutdown(fd, SHUT_RD) == -1 ||
			    rename(argv[2], argv[1]) == -1 ||
			    puts("gone") == EOF || fflush(stdout) == EOF ||
			    say(fd, "{\"return\": {}, \"id\": 0}\n"))
				return 1;
			return pause();
		}
	END
	cc -D_GNU_SOURCE -o monitor monitor.c
	# Whoever waits for an answer to it has no time left behind that.
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=20 SHUTDOWN_RESEND=0 \
	    CONNECT_TIMEOUT=100
	lab_daemon_kill9
	socket=$(echo /var/lib/libvirt/qemu/domain-*-g1/monitor.sock)
	./monitor "$socket" "$socket.real" >said &
	pid=$!
	comes said "^ready$"
	run 0 stop
	has said "^gone$"
	kill $pid
	is asked 1 grep -c "^Guest g1 is asked to power off by its monitor$" out
	is presses 1 lab_guest_presses g1
	proofs 1 g1
}

# It has their monitors as long as it is there, however deaf.
lab_case deaf 'a daemon that lives is never passed over' '-n 2'
deaf_lab()
{
	conf ON_SHUTDOWN=shutdown,destroy PARALLEL_SHUTDOWN=2 \
	    CONNECT_TIMEOUT=1 START_WAIT=1 SHUTDOWN_TIMEOUT=3
	pid=$(cat "$LAB_DIR/libvirtd.pid")
	# Who looks at a failure needs it awake.
	deaf()
	{
		kill -STOP "$pid"
		begin stop
		while kill -0 $began 2>/dev/null && ! grep -q "^State:.*Z" \
		    /proc/$began/status; do
			sleep 0.1
		done
		kill -CONT "$pid"
		ends 1
	}
	deaf
	has err "guests that run without their daemon: g[12], g[12]$"
	hasnt out monitor
	hasnt err monitor
	# Nor when there is no lock to tell that it lives.
	mv /run/libvirt/qemu/driver.pid .
	deaf
	has err \
	    "the daemon does not answer; stopping its guests by their monitors"
	has err \
	    "guest g1: its monitor does not answer: its daemon may still run$"
	has err \
	    "guest g2: its monitor does not answer: its daemon may still run$"
	hasnt out "^Guest g"
	hasnt out "complete\.$"
	all running g1 g2
	proofs 0 g1 g2
}

lab_case hung 'a daemon that hangs in the middle of a stop' '-n 2 -b ignore'
hung_lab()
{
	conf ON_SHUTDOWN=shutdown,destroy PARALLEL_SHUTDOWN=2 \
	    CONNECT_TIMEOUT=1 START_WAIT=1 SHUTDOWN_TIMEOUT=20
	pid=$(cat "$LAB_DIR/libvirtd.pid")
	begin stop
	comes out "^Starting shutdown on guest: g[12]$"
	lab_guest_heard g1 1
	lab_guest_heard g2 1
	kill -STOP "$pid"
	comes err "guest g[12]: .*unknown"
	kill -CONT "$pid"
	ends 1
	has err "connection lost"
	hasnt err monitor
	hasnt out "daemon answers again"
	hasnt out "^Guest g"
	all running g1 g2
}

# Whoever is asked by then is asked once more, by it.
lab_case back 'the daemon comes back in the middle' \
    '-b ignore -b ignore -b press=2'
back_lab()
{
	conf ON_SHUTDOWN=shutdown,suspend PARALLEL_SHUTDOWN=3 \
	    SHUTDOWN_TIMEOUT=8 SHUTDOWN_RESEND=0 CONNECT_TIMEOUT=1
	begin stop
	comes out "^Starting shutdown on guest: g3$"
	lab_guest_heard g3 1
	lab_daemon_kill9
	comes err "daemon is gone"
	lab_daemon_start
	ends 0
	has out "the daemon answers again$"
	saved g1 g2 g3
	run 0 start
	all running g1 g2 g3
	boots 1 g1 g2 g3
}

# What its guest has told us before it was back means nothing then: nobody ends
# by force whom a daemon may have.
lab_case taken 'the daemon comes back, and hangs' '-b ignore'
taken_lab()
{
	conf ON_SHUTDOWN=shutdown,destroy SHUTDOWN_RESEND=1 \
	    SHUTDOWN_TIMEOUT=20 CONNECT_TIMEOUT=1
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	lab_daemon_kill9
	comes out "^Guest g1 is asked to power off by its monitor$"
	lab_daemon_start
	comes out "the daemon answers again$"
	# There is no lock to tell that it lives.
	mv /run/libvirt/qemu/driver.pid .
	kill -STOP "$(cat "$LAB_DIR/libvirtd.pid")"
	comes err \
	    "the daemon does not answer; stopping its guests by their monitors"
	ends 1
	kill -CONT "$(cat "$LAB_DIR/libvirtd.pid")"
	has err \
	    "guest g1: its monitor does not answer: its daemon may still run$"
	hasnt out "is killed"
	all running g1
}

lab_case deadline 'near the deadline force comes in time' '-n 3 -b ignore'
deadline_lab()
{
	conf ON_SHUTDOWN=shutdown,destroy CONNECT_TIMEOUT=2
	begin -D 16 stop
	comes out "^Starting shutdown on guest: g[123]$"
	lab_daemon_kill9
	ends 0
	has err "daemon is gone"
	lab_no_guest_pids || fail "some are left"
	is forced 3 eval "grep -c \"^Guest g[123] is killed\\$\" out"
}

# What the URI stood for is told by its guests.
lab_case default 'the URI leaves the driver to the daemon' '-n 2 -b delay=1'
default_lab()
{
	uri=default
	conf ON_SHUTDOWN=shutdown CONNECT_TIMEOUT=1
	for when in before amid; do
		fresh g1 g2
		order=$(running)
		[ $when = amid ] || lab_daemon_kill9
		begin stop
		comes out "^Starting shutdown on guest: g[12]$"
		[ $when = before ] || lab_daemon_kill9
		ends 0
		has err "default: the daemon is gone"
		lab_no_guest_pids || fail "some are left"
		lab_daemon_start
		list_is default $order
	done
	proofs 2 g1 g2
}

# A QEMU that is stuck has a monitor that nobody answers at.
lab_case stuck 'a QEMU that is stuck' '-n 2'
stuck_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2 CONNECT_TIMEOUT=1 \
	    SHUTDOWN_TIMEOUT=4
	lab_daemon_kill9
	pid=$(cat /run/libvirt/qemu/g1.pid)
	kill -STOP "$pid"
	run 1 stop
	has err "guest g1: "
	proofs 1 g2
	run 0 -o ON_SHUTDOWN=shutdown,destroy stop
	has out "^Guest g1 is killed$"
	lab_no_guest_pids || fail "it is left"
	proofs 0 g1
}

atf_init_test_cases()
{
	cmd_cases
}
