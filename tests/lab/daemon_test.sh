#!/usr/bin/env atf-sh
#
# The daemon is killed, restarted or stands still while guests are stopped and
# brought back; what was asked of it is carried out all the same, and once.

CMD_TIMEOUT=900
# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# bounce WAY: what is done to the daemon; it is back a moment later.
bounce()
{
	step bounce "$*"
	case $1 in
	kill)
		lab_daemon_kill9
		lab_daemon_start
		;;
	restart)
		lab_daemon_restart
		;;
	freeze)
		bounce_pid=$(cat "$LAB_DIR/libvirtd.pid")
		kill -STOP "$bounce_pid"
		# Unless it comes too late to be missed.
		lab_wait_until eval "! kill -0 $began 2>/dev/null ||
		    grep -q \"lost: the daemon\" err" ||
		    fail "it is not missed"
		kill -CONT "$bounce_pid"
		;;
	esac
}

# Each of the guests has powered itself off N times in all, and was asked no
# oftener than it had to be.
clean()
{
	all "shut off" $guests
	proofs $1 $guests
	hasnt out "^Asking guest .* again"
	for name in $guests; do
		presses=$(lab_guest_presses "$name")
		[ "$presses" -le $(($1 * 2)) ] ||
		    fail "$name heard $presses presses"
	done
}

# down WAY LINE...: a shutdown in the middle of which that is done, once for
# each of the lines, when our program has said it.
down()
{
	way=$1 times=0
	shift
	for line; do
		rm -f $list
		order=$(running)
		begin stop
		comes out "$line"
		bounce "$way"
		ends 0
		times=$((times + 1))
		clean $times
		is told "$(sorted $guests)" \
		    sorted "$(told "Shutdown of guest " " complete\\.")"
		list_is $uri $order
		run 0 start
		all running $guests
		no_list
		lab_guest_ready $guests
	done
}


bounce_begin()
{
	guests=$LAB_GUESTS
}

for way in kill restart freeze; do
	lab_case parallel_$way "five guests shut down at once: $way" \
	    '-n 5 -b delay=3' "five $way"
done

five()
{
	bounce_begin
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=8 RESCUE=no \
	    CONNECT_TIMEOUT=2
	down "$1" "^Running guests" "^Starting shutdown on guest:" \
	    "^Waiting for 5 guests to shut down" \
	    "^Shutdown of guest .* complete"
}

lab_case sequential 'one after another, and the daemon dies each time' \
    '-n 3 -b delay=1'
sequential_lab()
{
	bounce_begin
	conf ON_SHUTDOWN=shutdown RESCUE=no CONNECT_TIMEOUT=2
	begin stop
	for n in 1 2 3; do
		lab_wait_until eval \
		    "[ \$(grep -c \"^Starting shutdown\" out) -eq $n ]"
		bounce kill
	done
	ends 0
	clean 1
}

lab_case saves 'the daemon goes while saves run: none is lost, none is twice' \
    '-n 3 -b fill=4'
saves_lab()
{
	bounce_begin
	for way in kill restart kill freeze; do
		for line in "\\.\\.\\." "done"; do
			rm -f $list
			lab_save_slow
			conf RESCUE=no CONNECT_TIMEOUT=2
			order=$(running)
			begin stop
			comes out "^Suspending ${order%% *}: $line"
			bounce $way
			lab_save_release
			ends 0
			saved $guests
			list_is $uri $order
			run 0 start
			all running $guests
			no_list
		done
	done
	boots 1 $guests
}

# The daemon dies when it has had its guest stand still for a save, and has not
# noted that yet.
lab_case still 'a guest that a save left standing comes back running' \
    '-n 1 -b fill=4'
still_lab()
{
	bounce_begin
	lab_save_slow
	conf RESCUE=no CONNECT_TIMEOUT=60
	begin stop
	comes out "^Suspending g1: \.\.\."
	status=/run/libvirt/qemu/g1.xml
	lab_wait_until grep -q "state=.paused. reason=.save." $status
	lab_daemon_kill9
	sed -i \
	    "s/state=.paused. reason=.save./state=\"running\" reason=\"booted\"/" \
	    $status
	has $status "state=.running."
	lab_daemon_start
	lab_save_release
	ends 0
	saved g1
	run 0 start
	all running g1
	boots 1 g1
}

# Its connections for long calls go with a daemon; the next one has as many of
# them, whenever it comes.  The fake daemon says which one a call came by: 0 is
# that of the short ones.
lab_case lanes 'a daemon that comes back has connections for saves' '-n 0'
lanes_lab()
{
	fake_make
	six="g1 g2 g3 g4 g5 g6"
	dir=/etc/libvirt-guests.d
	mkdir -p $dir
	bad="test+unix:///default?socket=$PWD/bad"
	conf "URIS=\"$bad test+unix:///default?socket=$PWD/good\"
ON_SHUTDOWN=suspend
PARALLEL_SUSPEND=7
CONNECT_TIMEOUT=3"
	# daemon NAME RULE...: those, and what it is asked of guests that run.
	daemon()
	{
		name=$1
		shift
		printf "%s\\n" "$@" "273 list" \
		    "163 answer 00000000 $(printf "%0176d" 0)" \
		    "212 answer 00000001 00000001" "184 answer" >"$name.script"
		rm -f "$name" "$name.in"
		mkfifo "$name.in"
		: >"$name.calls"
		./fake "$PWD/$name" "$name.script" <"$name.in" >"$name.calls" &
		pid=$!
	}
	first()
	{
		rm -f $list
		daemon good "273*2 list good" "182 answer"
		exec 5>good.in
		comes good.calls "^ready$"
		daemon bad "273*2 list $six" "182 hold"
		exec 4>bad.in
		comes bad.calls "^ready$"
	}
	dies()
	{
		kill -KILL $pid
		comes err "connection lost"
		exec 4>&-
	}
	second()
	{
		daemon bad "182 hold"
		exec 4>bad.in
		comes bad.calls "^ready$"
	}
	calls()
	{
		[ "$(grep -c "^$1\$" bad.calls)" -eq "$2" ]
	}
	# Six are under way at once.
	under_way()
	{
		lab_wait_until calls "1 182" 4 || fail "not four by the first"
		lab_wait_until calls "2 182" 2 || fail "not two by the second"
		hasnt bad.calls "^[03-9] 182$"
	}
	finish()
	{
		under_way
		echo release >&4
		ends 0
		is saved "$(sorted good $six)" sorted \
		    "$(told "Suspending " ": done")"
		exec 4>&- 5>&-
		wait $pid
	}
	# In the middle of the saves.
	first
	begin stop
	under_way
	dies
	second
	finish
	# Before the first of them: it is back when all others are done.
	cat >$dir/hook <<-END
	#!/bin/sh
	[ "\$1" != pre-stop ] || {
		: >$PWD/hooked
		until [ -e $PWD/go ]; do sleep 0.05; done
	}
	END
	chmod 755 $dir/hook
	first
	begin stop
	lab_wait_until test -e hooked
	dies
	: >go
	comes out "^Suspending good: done$"
	second
	finish
	# It is back while they are waited for.
	rm -f go hooked
	first
	begin -v -o CONNECT_TIMEOUT=30 stop
	lab_wait_until test -e hooked
	dies
	: >go
	comes err "bad: the connection was lost$"
	second
	finish
}

lab_case starts 'the daemon goes while guests are brought back' '-n 4'
starts_lab()
{
	bounce_begin
	start_hook
	for way in kill restart freeze; do
		run 0 -o ON_SHUTDOWN=suspend stop
		: >starts
		: >hold/g2
		begin -o CONNECT_TIMEOUT=2 start
		comes starts "^g2$"
		for name in g1 g3 g4; do
			comes out "^Resuming guest $name: done$"
		done
		if [ $way = kill ]; then
			lab_daemon_kill9
			rm hold/g2
			lab_daemon_start
		else
			rm hold/g2
			bounce $way
		fi
		ends 0
		all running $guests
		no_list
	done
	boots 1 $guests
}

# Two daemons, each with a guest of the same UUID.
lab_case twins 'two daemons: each has its guests, and its own troubles' '-n 1'
twins_lab()
{
	good=$LAB_URI
	lab_session
	LAB_URI=$good
	unset XDG_RUNTIME_DIR
	home=$LAB_DIR/session
	other="qemu+unix:///session?socket=$home/run/libvirt/libvirt-sock"
	lab_guest_write t1 ""
	sed -i "s|<name>|<uuid>$(uuids g1)</uuid>&|" "$LAB_DIR/guest/t1.xml"
	chown nobody "$LAB_DIR/guest" "$LAB_DIR"/guest/t1.*
	twin()
	{
		# shellcheck disable=SC2030,SC2031 # for this one alone
		(LAB_URI=$other && "$@")
	}
	twin lab_virsh define "$LAB_DIR/guest/t1.xml" >virsh.out
	twin lab_guest_start t1
	lab_guest_ready t1
	conf "URIS=\"$uri $other\"
RESCUE=no
CONNECT_TIMEOUT=2
ON_SHUTDOWN=shutdown
PARALLEL_SHUTDOWN=8"
	both="$uri $(uuids g1)
$other $(uuids g1)"
	run 0 stop
	proofs 1 g1 t1
	is list "$both" listed
	run 0 start
	all running g1
	twin all running t1
	no_list
	lab_guest_ready g1 t1
	# The one is killed in the middle, and comes back; the other does not
	# care.
	begin stop
	comes out "^Starting shutdown on guest: "
	lab_daemon_kill9
	lab_daemon_start
	ends 0
	proofs 2 g1 t1
	run 0 start
	lab_guest_ready g1 t1
	# The one stands still from the start: the other is stopped, and both
	# are told.
	for frozen in "$LAB_DIR/libvirtd.pid" "$home/libvirtd.pid"; do
		kill -STOP $(cat $frozen)
		run 1 stop
		kill -CONT $(cat $frozen)
		is skipped 1 grep -c "^Can.t connect to " out
		is complaints 2 grep -c "^libvirt-guests: qemu" err
		is stopped 1 grep -c "^Shutdown of guest .* complete" out
		lab_wait_until lab_virsh list
		lab_wait_until twin lab_virsh list
		run 0 start
		all running g1
		twin all running t1
		lab_guest_ready g1 t1
	done
	proofs 3 g1 t1
	# It stands still in the middle: what was asked of it is unknown.
	lab_guest_define g2 delay=2
	fresh g2
	begin -o CONNECT_TIMEOUT=2 -o SHUTDOWN_TIMEOUT=6 -o START_WAIT=1 stop
	comes out "^Starting shutdown on guest: g2"
	kill -STOP $(cat "$LAB_DIR/libvirtd.pid")
	comes out "^Shutdown of guest t1 complete"
	ends 1
	kill -CONT $(cat "$LAB_DIR/libvirtd.pid")
	has err "guest g2: its state is unknown"
	proofs 4 t1
}

# First nothing, then a socket that nobody serves yet, then the daemon.
lab_case boot 'a daemon that is merely starting is waited for' '-n 2'
boot_lab()
{
	run 0 stop
	lab_daemon_stop
	sock=/run/libvirt/libvirt-sock
	rm -f $sock
	conf CONNECT_TIMEOUT=1
	begin start
	lab_wait_until grep -qx $began /run/libvirt-guests.lock
	socat UNIX-LISTEN:$sock,fork SYSTEM:"echo >>$PWD/touched; sleep 1000" \
	    >/dev/null 2>&1 &
	lab_wait_until test -s touched
	kill -KILL $!
	rm -f $sock
	lab_daemon_start
	ends 0
	all running g1 g2
	no_list
	boots 1 g1 g2
	[ ! -s err ] || fail "a complaint"
}

# One that is not there is not waited for long, though guests live here.
lab_case absent 'little patience with a URI that is not there' '-n 1'
absent_lab()
{
	conf "URIS=\"$uri lxc+unix:///system?socket=/nowhere\"
CONNECT_TIMEOUT=600"
	begin stop
	comes out "^Suspending g1: done$"
	ends 1
	has err "/nowhere: No such file"
	saved g1
}

# A host that goes down starts no daemon by touching its socket.  Who connects
# to this one is noted, and gets no answer.
lab_case asleep 'a socket of systemd, and no daemon behind it' '-n 1'
asleep_lab()
{
	sock=/run/libvirt/libvirt-sock
	listen()
	{
		rm -f $sock
		socat UNIX-LISTEN:$sock,fork SYSTEM:"echo >>$PWD/touched; cat" \
		    >/dev/null 2>&1 &
		listen_pid=$!
		lab_wait_until test -S $sock
	}
	conf CONNECT_TIMEOUT=2 RESCUE=no
	mkdir -p /run/systemd/system
	lab_daemon_stop
	listen
	# With a guest to stop there is no other way.
	run 1 stop
	has err "guests that run without their daemon: g1"
	[ -s touched ] || fail "not even dialled"
	kill $listen_pid
	rm -f touched $sock
	lab_daemon_start
	reset g1
	lab_daemon_stop
	listen
	run 0 stop
	has out "^$uri: the daemon does not run and is not started$"
	has out "^No guest of $uri is running$"
	[ ! -s err ] || fail "a complaint"
	[ ! -e touched ] || fail "touched"
	# A start does.
	run 0 start
	echo "$uri $(cat /proc/sys/kernel/random/uuid)" >$list
	run 1 -o START_WAIT=1 start
	[ -s touched ] || fail "not even dialled"
	kill $listen_pid
	rm -f touched $sock
	# One that runs is known by its pid file, and asked, though it has no
	# guest.
	libvirtd -d >>"$LAB_DIR/daemon.out" 2>&1
	# shellcheck disable=SC2031
	lab_wait_until virsh -q -c "$LAB_URI" list
	[ -s /run/libvirtd.pid ] || fail "no pid file"
	run 0 stop
	has out "^Running guests on $uri URI: no running guests\\.$"
	kill $(cat /run/libvirtd.pid)
}

# A QEMU that hangs (on a dead file server, say) answers no call, and a
# connection has only four at a time.
lab_case hung_guests 'guests that hang do not keep the others from being asked' \
    '-n 7'
hung_guests_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=9 SHUTDOWN_TIMEOUT=10
	healthy=$(running | tr ' ' '\n' | tail -n 1)
	hung=
	for name in $LAB_GUESTS; do
		[ "$name" != "$healthy" ] || continue
		hung="$hung $(cat "/run/libvirt/qemu/$name.pid")"
	done
	kill -STOP $hung
	run 1 stop
	kill -CONT $hung
	has out "^Shutdown of guest $healthy complete"
	proofs 1 "$healthy"
}

atf_init_test_cases()
{
	cmd_cases
}
