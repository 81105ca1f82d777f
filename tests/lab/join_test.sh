#!/usr/bin/env atf-sh
#
# A second stop joins the first.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# The first is begun by begin; second ARGUMENT... is the next one, which says
# what it says in out2 and err2.  After hold_install the first stop waits until
# let_go before it touches a guest.
sock=/run/libvirt-guests.sock

second()
{
	step second "$*"
	# Of the one before nothing is to be seen.
	: >out2
	: >err2
	env --default-signal=INT "$LIBVIRT_GUESTS" "$@" >out2 2>err2 \
	    </dev/null &
	second=$!
}

second_ends()
{
	step second_ends "$*"
	second_got=0
	wait "$second" || second_got=$?
	[ "$second_got" -eq "$1" ] ||
	    fail "second: exit $second_got, not $1: $(cat out2 err2)"
}

joins_begin()
{
	joined="^Joining the stop that is under way$"
}

lab_case result 'it waits for the first and returns its result' \
    '-b obey -b ignore'
result_lab()
{
	joins_begin
	hold_install
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=3
	begin stop
	comes out "held$"
	second stop
	comes out2 "$joined"
	is "mode of the socket" 600 stat -c %a $sock
	let_go
	ends 1
	second_ends 1
	hasnt out2 "Running guests|Starting"
	has err2 "the joined stop ended with exit code 1$"
	is presses 1 lab_guest_presses g1
	[ ! -e $sock ] || fail "the socket is still there"
	rm go
	conf ON_SHUTDOWN=suspend
	begin stop
	comes out "held$"
	second -j shutdown
	lab_wait_until eval "ls -l /proc/$second/fd | grep -q socket:" ||
	    fail "it does not join"
	let_go
	ends 0
	second_ends 0
	[ ! -s err2 ] || fail "a complaint"
	cp out2 out
	json "[.command, .joined, .exit, .state, .totals.results.saved]" \
	    '["shutdown",true,0,"ended",1]'
	# Other settings, but none is left that they would speak of.
	hasnt out2 "Running guests"
	saved g2
	unsaved g1
}

lab_case deadline 'its deadline is the deadline of the first' '-b ignore'
deadline_lab()
{
	joins_begin
	conf ON_SHUTDOWN=shutdown,destroy SHUTDOWN_TIMEOUT=0
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	second -D 100 stop
	comes out \
	    "^Another stop set the deadline to (100|[1-9][0-9]) sec"
	comes out2 "$joined"
	third=$second
	cp out2 out3
	second -D 7 stop
	comes out "^Another stop set the deadline to [0-7] seconds$"
	ends 0
	second_ends 0
	second=$third
	second_ends 0
	all "shut off" g1
	has err "guest g1: the deadline is near; trying destroy$"
}

lab_case survey 'memory is asked for when its deadline comes' \
    '-b ignore,memory=1500'
survey_lab()
{
	joins_begin
	conf ON_SHUTDOWN=shutdown,suspend SHUTDOWN_TIMEOUT=0
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	second -D 24 stop
	ends 0
	second_ends 0
	saved g1
	has err "guest g1: the deadline is near; trying suspend$"
	# 1500 MiB at 100 MB/s are more than the least reserve of 10 seconds.
	has out "^Waiting for guest g1 to shut down, 20 seconds left$"
	hasnt out "^Waiting for guest g1 to shut down, 1[0-5] seconds left$"
}

lab_case hooks 'its deadline is that of hooks under way' '-n 1'
hooks_lab()
{
	joins_begin
	hold_install
	conf "HOOK_TIMEOUT=1000"
	begin stop
	comes out "held$"
	second -D 20 stop
	comes out "^Another stop"
	ends 0
	second_ends 0
	saved g1
	has err \
	    "hook hold \\(pre-stop\\): stopped: the deadline has passed$"
}

lab_case hurry 'SIGUSR1 to the second hurries the first' \
    '-b ignore -b obey -b obey'
hurry_lab()
{
	joins_begin
	conf ON_SHUTDOWN=shutdown
	cat >/etc/libvirt-guests.tab <<-END
		g2	20
		g3	10
	END
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	second stop
	comes out2 "$joined"
	hasnt out "on guest: g[23]$"
	kill -USR1 $second
	comes out "^Shutdown of guest g2 complete\\.$"
	comes out "^Shutdown of guest g3 complete\\.$"
	has out "^Hurry: "
	kill -KILL $second
	kill -TERM $began
	ends 1
}

# Each press is heard once: the second one is of the one who takes over.
lab_case owner 'the first is killed, or ended: the second goes on' \
    '-b press=2 -b obey'
owner_lab()
{
	joins_begin
	conf ON_SHUTDOWN=shutdown SHUTDOWN_RESEND=0
	for signal in KILL TERM; do
		begin stop
		comes out "^Starting shutdown on guest: g1$"
		second stop
		comes out2 "$joined"
		kill -$signal $began
		wait $began || :
		second_ends 0
		all "shut off" g1 g2
		has out2 "^Shutdown of guest g1 complete\\.$"
		[ ! -e $sock ] || fail "the socket is still there"
		[ $signal = TERM ] || fresh g1 g2
	done
	is presses 4 lab_guest_presses g1
}

lab_case joiner 'the second is killed: the first goes on' '-n 2'
joiner_lab()
{
	joins_begin
	hold_install
	begin stop
	comes out "held$"
	for signal in KILL TERM; do
		second stop
		comes out2 "$joined"
		kill -$signal $second
		wait $second || :
	done
	has err2 "^libvirt-guests: stop: ended by signal 15$"
	let_go
	ends 0
	saved g1 g2
}

lab_case start 'a stop ends a start, and waits for what that has begun' \
    '-n 2'
start_lab()
{
	joins_begin
	ending="^Ending the start that is under way$"
	start_hook
	run 0 stop
	: >hold/all
	begin start
	lab_wait_until test -s starts
	second stop
	ends 1
	has err "^libvirt-guests: start: a stop of all guests begins; .* stay on the list$"
	rm hold/all
	second_ends 0
	has out2 "$ending"
	hasnt out2 "$joined"
	saved g1 g2
	is "words of the list" 3 eval "listed | wc -w"
	[ ! -e $mark ] || fail "marked as started"
	# Between two guests: the second is never started.
	conf START_DELAY=100
	: >starts
	begin start
	lab_wait_until grep -q " on$" starts
	second stop
	ends 1
	second_ends 0
	has out2 "$ending"
	saved g1 g2
	is "starts" 2 eval "wc -l <starts"
	# Before its first guest: its hook, and a daemon that is not there.
	conf ""
	mkdir -p /etc/libvirt-guests.d
	cat >/etc/libvirt-guests.d/wait <<-END
	#!/bin/sh
	[ \$1 = pre-start ] || exit 0
	: >"$PWD/waits"
	exec sleep 1000
	END
	chmod 755 /etc/libvirt-guests.d/wait
	begin start
	lab_wait_until [ -e waits ]
	second stop
	ends 1
	second_ends 0
	has out2 "$ending"
	rm /etc/libvirt-guests.d/wait
	saved g1 g2
	run 0 start
	all running g1 g2
}

# A second stop goes on without the first, which is stopped.
frozen_passed()
{
	second stop
	second_ends 0
	grep -qF "(process $began) has the lock and does not answer; stop" \
	    err2 || fail "nothing is said"
	saved g1 g2
}

lab_case frozen 'an owner of the lock that is stopped holds nobody up' '-n 2'
frozen_lab()
{
	joins_begin
	hold_install
	: >go
	run 0 stop
	rm go
	start_hook
	: >hold/all
	begin start
	# Both are asked for, or g2 never runs.
	both()
	{
		[ "$(wc -l <starts)" -eq 2 ]
	}
	lab_wait_until both
	kill -STOP "$began"
	rm hold/all
	lab_guest_wait g1 running
	lab_guest_wait g2 running
	: >go
	frozen_passed
	kill -CONT "$began"
	wait "$began" || :
	# A stop that is stopped before it touches a guest.
	fresh g1 g2
	rm go
	begin stop
	comes out "held$"
	kill -STOP "$began"
	: >go
	frozen_passed
	# A start is in no hurry.
	second start
	second_ends 1
	has err2 "does not answer$"
	kill -KILL "$began"
	wait "$began" || :
	run 0 start
	all running g1 g2
}

# More than are spoken to at once, and more than wait in the queue.
lab_case many 'so many that not all can join' '-n 2'
many_lab()
{
	joins_begin
	hold_install
	begin stop
	comes out "held$"
	pids=
	for i in $(seq 40); do
		"$LIBVIRT_GUESTS" stop >"out.$i" 2>"err.$i" </dev/null &
		pids="$pids $!"
	done
	told()
	{
		[ $(cat out.* | grep -c -e "^Joining" -e "^Waiting") -eq 40 ]
	}
	lab_wait_until told
	is joined 8 eval "cat out.* | grep -c ^Joining"
	let_go
	ends 0
	for pid in $pids; do
		wait $pid || fail "exit $?"
	done
	saved g1 g2
	is asked 1 eval "cat out out.* | grep -c \"^Suspending g1: done\""
}

lab_case restart 'only a stop makes a restart one; a restart joins nothing' \
    '-n 1'
restart_lab()
{
	joins_begin
	hold_install
	begin restart
	comes out "held$"
	second restart
	comes out2 "^Waiting for another libvirt-guests"
	kill -KILL $second
	wait $second || :
	second stop
	comes out2 "$joined"
	let_go
	ends 1
	second_ends 0
	has err \
	    "^libvirt-guests: warning: restart: a stop joined this one; no gue"
	saved g1
	list_is $uri g1
	run 0 start
	# Others wait only, and the restart starts its guests.
	rm go
	begin restart
	comes out "held$"
	second start
	comes out2 "^Waiting for another libvirt-guests"
	third=$second
	second await
	comes out2 "$joined"
	let_go
	ends 0
	second_ends 0
	second=$third
	second_ends 0
	all running g1
	no_list
}

lab_case settings 'what one leaves, another one with other words stops' \
    '-b ignore -b obey'
settings_lab()
{
	joins_begin
	other="^The other stop left guests running, by other settings; "
	hold_install
	conf "SHUTDOWN_TIMEOUT=1"
	begin -o ON_SHUTDOWN=leave stop
	comes out "held$"
	second -o ON_SHUTDOWN=leave stop
	comes out2 "$joined"
	let_go
	ends 0
	second_ends 0
	hasnt out2 "$other|Running guests"
	all running g1 g2
	rm go
	# The first fails, the second knows what to do.
	begin -o ON_SHUTDOWN=shutdown stop
	comes out "held$"
	second -o ON_SHUTDOWN=shutdown,destroy stop
	comes out2 "$joined"
	let_go
	ends 1
	second_ends 0
	has out2 "$other"
	has out2 "^Guest g1 destroyed$"
	proofs 1 g2
	fresh g1 g2
	# The first leaves them, the second saves them.
	rm go
	begin -o ON_SHUTDOWN=leave stop
	comes out "held$"
	second stop
	comes out2 "$joined"
	let_go
	ends 0
	second_ends 0
	has out2 "$other"
	saved g1 g2
}

lab_case others 'the result for other URIs is not taken' '-n 1'
others_lab()
{
	joins_begin
	hold_install
	begin -c test+unix:///default?socket=/nowhere stop
	comes out "held$"
	second stop
	comes out2 "$joined"
	let_go
	ends 1
	second_ends 0
	has out2 "^The other stop was for other URIs; stopping ours$"
	saved g1
}

atf_init_test_cases()
{
	cmd_cases
}
