#!/usr/bin/env atf-sh
#
# Whole commands under valgrind: no error, nothing lost, no descriptor left
# open.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# From here on the program is one that valgrind runs, with the machine's own
# libc, whose calls it knows.  Its children, which leave what they have to their
# end, are not looked at.
# well N: so many runs have ended, all of them well.
well()
{
	is runs "$1" grep -c . pids
	well_pids=$(cat pids)
	for well_pid in $well_pids; do
		well_log=valgrind.$well_pid
		awk "/^==[0-9]+== *(FILE DESC.*|Open .*)?\$/ { next }
		    /<inherited from parent>\$/ || /^--[0-9]+-- / { next }
		    { bad = 1 } END { exit bad }" "$well_log" ||
		    fail "$(cat "$well_log")"
	done
}

checked_begin()
{
	checked_program=$("$CMD_TOOLS/variant" checked) ||
	    fail "it does not build"
	cat >checked <<-END
		#!/bin/sh
		echo \$\$ >>"$PWD/pids"
		exec valgrind -q --leak-check=full --track-fds=yes \\
		    --log-file="$PWD/valgrind.%p" "$checked_program" "\$@"
	END
	chmod 755 checked
	LIBVIRT_GUESTS=$PWD/checked
}

lab_case plan 'plan, plan start, -j' '-b obey -b obey,transient -b obey'
plan_lab()
{
	checked_begin
	dir=/etc/libvirt-guests.d
	mkdir -p $dir
	printf "#!/bin/sh\nexit 0\n" >$dir/hook
	chmod 755 $dir/hook
	{
		echo "os:*debian* - destroy"
		echo \
		    "g3 5 shutdown,suspend 10 snapshot=disk,ready=tcp:127.0.0.1:1"
		echo "g1 - - - boot=no"
	} >/etc/libvirt-guests.tab
	conf "URIS=\"$uri qemu+unix:///system?socket=/nowhere\"
ON_SHUTDOWN=shutdown"
	lab_virsh suspend g1 >/dev/null
	run 1 plan
	has out "^[12] .* g1 .* paused: first suspend$"
	run 1 -j -D 60 plan
	conf ON_SHUTDOWN=nonsense
	run 6 plan
	conf "PERSISTENT_ONLY=yes"
	run 0 plan stop
	echo "$uri $(uuids g1 g3) 11111111-2222-3333-4444-555555555555" >$list
	run 0 plan start
	run 0 -j plan start
	run 0 -o ON_BOOT=ignore plan start
	well 7
}

# Everything moves when they come.
lab_case late 'a URI that comes while a guest goes down' '-b delay=6'
late_lab()
{
	checked_begin
	names="f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12 f13 f14 f15 f16 f17"
	fake_open <<-END
		273*1 list $names
		273*1 list
		273*2 list
		14 answer 00000004 3c612f3e
		212 answer 00000001 00000001
		234 answer
		163 answer 00000000 $(printf "%0176d" 0)
	END
	kill -STOP $fake
	mkdir -p /etc/libvirt-guests.d
	printf "#!/bin/sh\n:\n" >/etc/libvirt-guests.d/hook
	chmod 755 /etc/libvirt-guests.d/hook
	printf "os:none - -\ng1 - shutdown\nf02 10 -\n" >/etc/libvirt-guests.tab
	conf "URIS=\"test+unix:///default?socket=$PWD/socket $uri\"
ON_SHUTDOWN=destroy
CONNECT_TIMEOUT=60"
	begin stop
	comes out "^Starting shutdown on guest: g1"
	kill -CONT $fake
	ends 0
	proofs 1 g1
	for name in $names; do
		has out "^Guest $name destroyed"
	done
	run 1 -o CONNECT_TIMEOUT=2 -o START_WAIT=2 start
	all running g1
	well 2
}

lab_case hooks 'stop and start with hooks, one of which hangs' '-n 2'
hooks_lab()
{
	checked_begin
	dir=/etc/libvirt-guests.d
	mkdir -p $dir
	cat >$dir/10-say <<-END
		#!/bin/sh
		echo "\$*"
		[ "\$1" != pre-stop ] || exec sleep 1000
	END
	printf "#!/nowhere\n" >$dir/20-none
	chmod 755 $dir/*
	conf HOOK_TIMEOUT=2 ON_SHUTDOWN=shutdown,destroy
	run 0 stop
	has out "post-stop-guest .* g2 "
	has err "hook 10-say \\(pre-stop\\): stopped: "
	run 0 start
	has out "post-start-guest .* g2 "
	all running g1 g2
	well 2
}

lab_case joined 'a stop that another one joins, and one that is ended' \
    '-b ignore -b obey'
joined_lab()
{
	checked_begin
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=1000
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	"$LIBVIRT_GUESTS" -D 20 -o ON_SHUTDOWN=shutdown stop >out2 2>err2 \
	    </dev/null &
	second=$!
	comes out "^Another stop set the deadline to "
	ends 1
	second_got=0
	wait "$second" || second_got=$?
	is second 1 echo "$second_got"
	proofs 1 g2
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	kill -TERM $began
	ends 1
	well 3
}

lab_case ready 'a start that waits for agents, ports and time' '-n 3'
ready_lab()
{
	checked_begin
	conf "START_WAIT=2"
	run 0 stop
	{
		echo "g1 1 - - ready=tcp:127.0.0.1:1"
		echo "g2 2 - - ready=agent,start-delay=1"
		echo "g3 3 - - ready=delay:1"
	} >/etc/libvirt-guests.tab
	run 0 start
	has err "guest g1: not ready in time$"
	all running g1 g2 g3
	well 2
}

lab_case saves 'a chain on a full disk, snapshots, a daemon that dies' '-n 3'
saves_lab()
{
	checked_begin
	lab_save_full
	conf ON_SHUTDOWN=suspend,shutdown PARALLEL_SUSPEND=3 SNAPSHOT=disk
	run 0 stop
	lab_save_room
	unsaved g1 g2 g3
	run 0 start
	lab_guest_ready g1 g2 g3
	conf SHUTDOWN_TIMEOUT=4 CONNECT_TIMEOUT=2 START_WAIT=2
	lab_guest_define g4 ignore
	lab_guest_start g4
	lab_guest_ready g4
	begin -o ON_SHUTDOWN=shutdown stop
	comes out "^Starting shutdown on guest: g"
	lab_daemon_kill9
	ends 1
	well 3
}

atf_init_test_cases()
{
	cmd_cases
}
