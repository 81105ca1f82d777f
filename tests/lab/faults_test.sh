#!/usr/bin/env atf-sh
#
# Faults of libvirt-guests.sh, and that they are not repeated; engine/README
# says which tests show which.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case leftover 'a list left over does not disable stop' '-n 2'
leftover_lab()
{
	for text in "" "$uri" "$uri 11111111-2222-3333-4444-555555555555" \
	    "nonsense"; do
		fresh g1 g2
		echo "$text" >$list
		# What cannot be read may have been a guest.
		code=0
		[ "$text" != nonsense ] || code=1
		run $code stop
		saved g1 g2
		for name in g1 g2; do
			has $list "$(uuids $name)"
		done
	done
}

lab_case countdown 'the time-out is in seconds, whatever the guests cost' \
    '-n 8 -b ignore'
countdown_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=5 PARALLEL_SHUTDOWN=8
	# The daemon is slow to answer: what it costs to ask is not lost time.
	read -r before _ </proc/uptime
	run 1 stop
	read -r after _ </proc/uptime
	before=${before%.*} after=${after%.*}
	[ $((after - before)) -ge 4 ] || fail "it did not wait for its time"
	# It is told at the multiples of 5, and never more than there is.
	is asked 8 eval "grep -c \"^Starting shutdown on guest: \" out"
	has out "^Waiting for 8 guests to shut down, [0-9]+ seconds left$"
	previous=6
	left=$(sed -n "s/^Waiting .* down, \\([0-9]*\\) seconds left/\\1/p" out)
	for n in $left; do
		[ "$n" -lt $previous ] || fail "not counting down: $n"
		previous=$n
	done
	is expired 1 grep -c "^Timeout expired while shutting down domains$" out
	is late 8 eval "grep -c \"failed to complete in time\" out"
	is complaints 8 eval "grep -c \": guest g[1-8]: still on\" err"
	# No number is no endless wait.
	lab_config conf.d "URIS=$uri
ON_SHUTDOWN=shutdown
PARALLEL_SHUTDOWN=8
SHUTDOWN_TIMEOUT=5s"
	begin stop
	comes out "^Waiting for 8 guests to shut down, [0-9]+ seconds left$"
	has err ":4:18: SHUTDOWN_TIMEOUT: .*using 300"
	kill -TERM $began
	ends 1
}

lab_case queued 'guests behind those that are stuck are asked, too' \
    '-b ignore -b ignore -b ignore -b obey -b obey -b obey'
queued_lab()
{
	reset $LAB_GUESTS
	# One after another, so that those that are stuck come first.
	fresh $LAB_GUESTS
	is order "g1 g2 g3 g4 g5 g6" running
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=4 PARALLEL_SHUTDOWN=2
	run 1 stop
	is asked "g1 g2 g3 g4 g5 g6" told "Starting shutdown on guest: " ""
	all "shut off" g4 g5 g6
	proofs 1 g4 g5 g6
	all running g1 g2 g3
	for name in g1 g2 g3; do
		has err "guest $name: still on"
		is "presses of $name" 1 lab_guest_presses $name
	done
}

lab_case sequential 'a sequential time-out is no success' '-b ignore -b obey'
sequential_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=1
	run 1 stop
	has out "^Shutdown of guest g1 failed to complete in time\\.$"
	proofs 1 g2
}

# A daemon that dies at the list, or with guests on their way down.
lab_case unlisted 'what cannot be known is not done' '-b ignore'
unlisted_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=4 CONNECT_TIMEOUT=1 \
	    RESCUE=no START_WAIT=1
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	lab_daemon_kill9
	ends 1
	has err "guest g1: .*unknown"
	hasnt out "complete\\.$"
	is processes 1 eval "lab_guest_pids | wc -l"
	lab_daemon_start
	all running g1
}

lab_case kept 'start keeps what it could not start' '-n 2'
kept_lab()
{
	run 0 stop
	mv "$LAB_DIR/guest/g1.img" away
	conf "URIS=\"$uri qemu+unix:///system?socket=/nowhere\"
START_WAIT=1"
	dead="qemu+unix:///system?socket=/nowhere 11111111-2222-3333-4444-555555555555"
	echo "$dead" >>$list
	run 1 start
	all running g2
	is list "$uri $(uuids g1)
$dead" listed
}

lab_case mute 'a socket that nobody answers, or nobody is behind' '-b obey'
mute_lab()
{
	lab_daemon_stop
	sock=/run/libvirt/libvirt-sock
	rm -f $sock
	socat UNIX-LISTEN:$sock,fork,backlog=8 PIPE >/dev/null 2>&1 &
	echo_pid=$!
	lab_wait_until test -S $sock
	conf CONNECT_TIMEOUT=2 RESCUE=no START_WAIT=0
	# What it is sent comes back to it: that is no answer.
	run 1 stop
	has err "^libvirt-guests: $uri: "
	has err "guests that run without their daemon: g1"
	kill $echo_pid
	# It removes its socket when it ends, and would remove the next one.
	wait $echo_pid || :
	rm -f $sock
	# A listener that takes no connection from its queue, as systemd has it
	# while the daemon waits to be started.
	socat UNIX-LISTEN:$sock,fork SYSTEM:"sleep 1000" >/dev/null 2>&1 &
	mute_pid=$!
	lab_wait_until test -S $sock
	run 1 stop
	has out "^Can.t connect to $uri\\. Skipping\\.$"
	has err "guests that run without their daemon: g1"
	kill -STOP $mute_pid
	for i in 1 2 3; do
		run 1 stop
		has err "guests that run without their daemon: g1"
	done
	run 1 gueststatus
	run 0 start
	kill -KILL $mute_pid
	# Its socket is there, and nobody behind it.
	test -S $sock
	run 1 stop
	has out "^Can.t connect to $uri\\. Skipping\\.$"
	has err "Connection refused"
	has err "guests that run without their daemon: g1"
	rm -f $sock
	run 1 stop
	has err "guests that run without their daemon: g1"
	lab_daemon_start
	all running g1
	boots 1 g1
}

lab_case executed 'the configuration is read, not executed' '-b obey'
executed_lab()
{
	for text in "touch x" "URIS=\$(touch x)" "ON_BOOT=start; touch x" \
	    "trap \"touch x\" EXIT"; do
		conf "$text"
		run 6 reload
		run 6 start
		[ ! -e x ] || fail "executed: $text"
	done
	conf "trap \"touch x\" EXIT"
	run 6 stop
	saved g1
	[ ! -e x ] || fail "executed"
}

# Each start waits in the daemon until all have begun.
lab_case delay 'START_DELAY=0 is parallel' '-n 3'
delay_lab()
{
	start_hook
	run 0 stop
	: >hold/all
	conf START_DELAY=0
	begin start
	lab_wait_until eval "[ \$(wc -l <starts) -eq 3 ]"
	rm hold/all
	ends 0
	all running g1 g2 g3
	boots 1 g1 g2 g3
}

atf_init_test_cases()
{
	cmd_cases
}
