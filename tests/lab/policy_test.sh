#!/usr/bin/env atf-sh
#
# Chains, modes, requests sent again, the order of guests, hurry.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case deadline 'who ignores the button is saved before the deadline' \
    '-b ignore -b obey'
deadline_lab()
{
	conf ON_SHUTDOWN=shutdown,suspend PARALLEL_SHUTDOWN=2
	run 0 -D 20 stop
	all "shut off" g1 g2
	saved g1
	unsaved g2
	proofs 1 g2
	has err "guest g1: the deadline is near; trying suspend$"
	has out "^Suspending g1: done$"
	has out "^2 guests: 1 off, 1 saved$"
	reboot
	run 0 start
	all running g1 g2
	boots 1 g1
	boots 2 g2
}

lab_case chain 'the next word when one is refused, or in vain' \
    '-b ignore -b obey,unsavable'
chain_lab()
{
	conf ON_SHUTDOWN=shutdown,destroy SHUTDOWN_TIMEOUT=2
	run 0 stop
	all "shut off" g1 g2
	proofs 1 g2
	has out "^Shutdown of guest g1 failed to complete in time\\.$"
	has err "guest g1: still on after its time limit; trying destroy$"
	has out "^Guest g1 destroyed$"
	run 0 start
	lab_guest_ready g1 g2
	conf "ON_SHUTDOWN=suspend,shutdown"
	run 0 stop
	saved g1
	unsaved g2
	proofs 2 g2
	has err "guest g2: .*; trying shutdown$"
	run 0 start
	lab_guest_ready g1 g2
	conf ON_SHUTDOWN=leave
	run 0 stop
	all running g1 g2
	has out "^Leaving guest g1 running$"
}

# No room for any save: the next word begins, and no image is left behind.
lab_case full 'the disk is full: shut down, or left, and no save image' \
    '-b obey,fill=4 -b obey,fill=4 -b obey'
full_lab()
{
	conf ON_SHUTDOWN=suspend,shutdown PARALLEL_SUSPEND=2
	{
		echo "g2 - suspend,leave"
		echo "g3 - leave"
	} >/etc/libvirt-guests.tab
	lab_save_full
	run 0 stop
	all "shut off" g1
	all running g2 g3
	proofs 1 g1
	proofs 0 g2 g3
	for name in g1 g2; do
		is "words of $name" 1 eval "grep -c \"guest $name: \" err"
		unsaved $name
	done
	has err "guest g1: .*; trying shutdown$"
	has err "guest g2: .*; trying leave$"
	has err \
	    "guest g[12]: .*(o space left|nable to write|rite failed|anaged save)"
	hasnt err "(no progress|in time|g3)"
	has out "^Shutdown of guest g1 complete\\.$"
	has out "^Leaving guest g2 running$"
	is images "" ls /var/lib/libvirt/qemu/save
	lab_save_room
	is images "" ls /var/lib/libvirt/qemu/save
	# Nothing was done to them: they can be saved, and go on from there.
	rm /etc/libvirt-guests.tab
	run 0 stop
	saved g2 g3
	run 0 start
	boots 2 g1
	boots 1 g2 g3
}

# Saves and starts go over connections of their own, four over each: a daemon
# serves no more calls of one, and events and polls are not to wait for them.
# The fake daemon says which connection a call came by: 0 is the first.
lab_case connections 'saves have connections of their own, however they come' \
    '-n 0'
connections_lab()
{
	fake="$PWD/socket"
	fake_make
	mkfifo orders
	six="g1 g2 g3 g4 g5 g6"
	conf "URIS=test+unix:///default?socket=$fake" PARALLEL_SUSPEND=6
	# daemon [RULE]...: those before what it is asked of six guests that
	# run.
	daemon()
	{
		printf "%s\\n" "$@" "273*2 list $six" "273 list" \
		    "163 answer 00000000 $(printf "%0176d" 0)" \
		    "212 answer 00000001 00000001" "182 hold" "234 answer" \
		    "185 hold 00000000" >script
		rm -f socket $list
		: >asked
		./fake "$fake" script <orders >asked &
		fake_pid=$!
		exec 4>orders
		comes asked "^ready$"
	}
	calls()
	{
		[ "$(grep -c "^$1\$" asked)" -eq "$2" ]
	}
	# stops PROCEDURE [ARGUMENT]...: a stop in which six calls of it are
	# under way at once; they are answered then.
	stops()
	{
		procedure=$1
		shift
		begin "$@" stop
		lab_wait_until calls "1 $procedure" 4
		lab_wait_until calls "2 $procedure" 2
		echo release >&4
		ends 0
		hasnt asked "^[03-9] $procedure$"
		exec 4>&-
		wait $fake_pid
	}
	# It is the only word, the second, the last of a row.
	daemon
	stops 182 -o ON_SHUTDOWN=suspend
	daemon "258 error 1 no"
	stops 182 -o ON_SHUTDOWN=shutdown,suspend -o PARALLEL_SHUTDOWN=6
	daemon "258 error 1 no"
	echo "* - shutdown,suspend,destroy" >/etc/libvirt-guests.tab
	stops 182 -o ON_SHUTDOWN=leave -o PARALLEL_SHUTDOWN=6
	rm /etc/libvirt-guests.tab
	# Found paused.
	daemon "212 answer 00000003 00000001"
	stops 182 -o ON_SHUTDOWN=shutdown -o PARALLEL_SHUTDOWN=6
	# No bound is left near a deadline: one at a time until then.
	daemon \
	    "16 answer 00000001 0000000000000400 0000000000000400 00000001 0000000000000000"
	stops 182 -D 10 -o ON_SHUTDOWN=suspend -o PARALLEL_SUSPEND=1
	# A deadline that comes later widens them.
	daemon \
	    "16 answer 00000001 0000000000000400 0000000000000400 00000001 0000000000000000"
	begin -o ON_SHUTDOWN=suspend -o PARALLEL_SUSPEND=1 stop
	lab_wait_until calls "1 182" 1
	"$LIBVIRT_GUESTS" -D 8 stop >out2 2>err2 </dev/null &
	second=$!
	lab_wait_until calls "1 182" 4
	lab_wait_until calls "2 182" 2
	echo release >&4
	ends 0
	wait $second || fail "the second: $(cat out2 err2)"
	exec 4>&-
	wait $fake_pid
	# Snapshots take long, too.
	daemon
	stops 185 -o ON_SHUTDOWN=destroy -o SNAPSHOT=disk
	# Where nothing takes long there is one connection.
	daemon
	run 0 -o ON_SHUTDOWN=destroy stop
	hasnt asked "^[1-9]"
	exec 4>&-
}

lab_case mode 'the next mode when libvirt refuses the one before' '-n 1'
mode_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_MODE=agent,acpi
	run 0 stop
	all "shut off" g1
	proofs 1 g1
	run 0 start
	lab_guest_ready g1
	conf ON_SHUTDOWN=shutdown SHUTDOWN_MODE=agent
	run 1 stop
	all running g1
	has err "guest g1: .*agent"
	# That of the first stop.
	is presses 1 lab_guest_presses g1
}

lab_case agent 'an agent that is not there: the words of libvirt' '-n 1'
agent_lab()
{
	lab_virsh destroy g1 >/dev/null
	lab_virsh dumpxml --inactive g1 | sed "s|</devices>|$(:
	    )<channel type='unix'><target type='virtio' $(:
	    )name='org.qemu.guest_agent.0'/></channel></devices>|" >g1.xml
	lab_virsh define g1.xml >/dev/null
	lab_virsh start g1 >/dev/null
	conf ON_SHUTDOWN=shutdown SHUTDOWN_MODE=agent SHUTDOWN_TIMEOUT=3
	run 1 stop
	all running g1
	has err "guest g1: still on after its time limit: .*agent.* not conn"
}

lab_case resend 'a request that is lost is sent again' '-b press=3'
resend_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_RESEND=1
	run 0 stop
	all "shut off" g1
	is presses 3 lab_guest_presses g1
	is again 2 grep -c "^Asking guest g1 again to shut down$" out
}

lab_case table 'guesttab: order, chain, time, mode' \
    '-b obey -b ignore -b obey -b obey'
table_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=8
	cat >/etc/libvirt-guests.tab <<-END
		g1	10
		g2	20	shutdown,destroy	2
		g3	-	leave
	END
	run 0 stop
	all "shut off" g1 g2 g4
	all running g3
	is order "g4 g2 g1" told "Starting shutdown on guest: " ""
	has out "^Guest g2 destroyed$"
	proofs 1 g1 g4
	run 0 start
	has out "^Resuming guest g3: already active$"
	is order "g1 g2 g4" told "Resuming guest " ": done"
	lab_guest_ready g1 g4
	echo "g1 x" >/etc/libvirt-guests.tab
	run 6 reload
	has err "/etc/libvirt-guests.tab:1:4: "
	run 6 -o ON_SHUTDOWN=suspend stop
	saved g1 g2 g3 g4
}

lab_case hurry 'SIGUSR1: no order and no bound' '-b ignore -b obey -b obey'
hurry_lab()
{
	conf ON_SHUTDOWN=shutdown
	cat >/etc/libvirt-guests.tab <<-END
		g2	20
		g3	10
	END
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	hasnt out "on guest: g[23]$"
	pid=$(sed -n 1p /run/libvirt-guests.lock)
	kill -USR1 "$pid"
	comes out "^Shutdown of guest g2 complete\\.$"
	comes out "^Shutdown of guest g3 complete\\.$"
	kill -TERM "$pid"
	ends 1
	has out "^Hurry: "
	has err "guest g1: interrupted$"
}

lab_case gentoo 'a file of Gentoo: what it asks for is done' '-b ignore -b obey'
gentoo_lab()
{
	lab_config conf.d "LIBVIRT_URIS=$uri
LIBVIRT_SHUTDOWN=shutdown
LIBVIRT_MAXWAIT=3
LIBVIRT_NET_SHUTDOWN=no"
	run 0 stop
	all "shut off" g1 g2
	has out "^Guest g1 destroyed$"
	proofs 1 g2
	run 0 start
	all running g1 g2
}

atf_init_test_cases()
{
	cmd_cases
}
