#!/usr/bin/env atf-sh
#
# The program or the daemon is killed in the middle of a stop or a start, at
# many moments; whatever is run then, every guest comes back.

CMD_TIMEOUT=900
# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

guests="g1 g2 g3"

# cut_line N COMMAND: it is killed once it has said N lines.
cut_line()
{
	step "$2 until line $1"
	rm -f pipe
	mkfifo pipe
	"$LIBVIRT_GUESTS" "$2" >pipe 2>err </dev/null &
	cut_pid=$!
	{
		head -n "$1" >out
		kill -KILL $cut_pid 2>/dev/null
	} <pipe || :
	wait $cut_pid 2>/dev/null || :
}

# cut_moment HUNDREDTHS COMMAND: after that time.
cut_moment()
{
	step "$2 until $1"
	"$LIBVIRT_GUESTS" "$2" >out 2>err </dev/null &
	cut_pid=$!
	sleep "$(($1 / 100)).$(printf %02d $(($1 % 100)))"
	kill -KILL $cut_pid 2>/dev/null || :
	wait $cut_pid 2>/dev/null || :
}

now()
{
	read -r now_up _ </proc/uptime
	echo "$now_up" | tr -d .
}

# ticked NAME N: it has said more than N dots since stay began.
ticked()
{
	eval "ticked_from=\$size_$1"
	[ "$(wc -c <"$LAB_DIR/guest/$1.serial")" -gt $((ticked_from + $2)) ]
}

back()
{
	all running $guests
	no_list
	run 0 status
}

# To stay: each lives longer than it takes from the button to the end.
dots=0

stay()
{
	for name in $guests; do
		eval "size_$name=\$(wc -c <\"\$LAB_DIR/guest/$name.serial\")"
	done
	for name in $guests; do
		lab_wait_until ticked "$name" $dots ||
		    fail "$name stands, or goes down"
	done
	all running $guests
}

# A stop that was killed between its note of a request and the request leaves a
# guest that runs, and may still go off for all that start knows.
start_again()
{
	code=0
	"$LIBVIRT_GUESTS" start >out 2>err </dev/null || code=$?
	[ $code -ne 0 ] || return 0
	hasnt err "^libvirt-guests: [^w]"
	has err "may still do so; it stays on the list$"
	rm "$list"
}

# second WAY: what is run after the kill.
second()
{
	case $1 in
	start)
		start_again
		stay
		;;
	power)
		run 0 stop
		is "left running" "" running
		lab_host_down
		lab_host_up
		run 0 start
		;;
	cut)
		lab_host_down
		lab_host_up
		run 0 start
		;;
	esac
	back
	lab_guest_ready $guests
}

# The ways in turn.
way=power

turn()
{
	case $way in
	start)	way=power ;;
	*)	way=start ;;
	esac
}

# A request that the killed program noted and did not send: start waits for it
# until the time of its guest is up.
limit=SHUTDOWN_TIMEOUT=20

# sweep COMMAND MOMENTS: at each second line, and at so many moments.
# torture_test kills it at system calls; here real guests are in each state.
sweep()
{
	begin $1
	sweep_begin=$(now)
	ends 0
	sweep_time=$(($(now) - sweep_begin))
	sweep_lines=$(wc -l <out)
	[ "$sweep_lines" -ge 4 ] || fail "only $sweep_lines lines"
	[ $1 = start ] || run 0 start
	back
	for sweep_i in $(seq 1 2 "$sweep_lines"); do
		[ $1 = stop ] || run 0 stop
		cut_line "$sweep_i" $1
		turn
		second $way
	done
	for sweep_i in $(seq 1 $2); do
		[ $1 = stop ] || run 0 stop
		cut_moment $((sweep_time * sweep_i / ($2 + 1))) $1
		turn
		second $way
	done
}

lab_case suspend 'killed in the middle of a suspend' '-n 3 -b fill=4'
suspend_lab()
{
	conf ON_SHUTDOWN=suspend
	sweep stop 1
	boots 1 g1 g2 g3
}

lab_case held 'killed while a save stands still' '-n 2 -b fill=4'
held_lab()
{
	guests="g1 g2"
	for way in start power cut; do
		lab_save_hold
		begin stop
		comes out "^Suspending g[12]: \\.\\.\\.$"
		lab_wait_until eval "lab_virsh domjobinfo g1 | grep -q Unbounded ||
	    lab_virsh domjobinfo g2 | grep -q Unbounded"
		kill -KILL $began
		wait $began 2>/dev/null || :
		lab_save_release
		second $way
	done
}

lab_case shutdown 'killed in the middle of a sequential shutdown' \
    '-n 3 -b delay=1'
shutdown_lab()
{
	conf ON_SHUTDOWN=shutdown $limit
	dots=2
	sweep stop 1
}

lab_case parallel 'killed in the middle of a parallel shutdown' \
    '-n 3 -b delay=1'
parallel_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2 $limit
	dots=2
	sweep stop 1
}

lab_case start 'killed in the middle of a start' '-n 3'
start_lab()
{
	conf ON_SHUTDOWN=suspend
	run 0 stop
	sweep start 1
	conf ON_SHUTDOWN=suspend START_DELAY=1
	run 0 stop
	sweep start 1
	boots 1 g1 g2 g3
}

lab_case cut 'the power goes in the middle, and nothing was saved' \
    '-n 3 -b delay=1'
cut_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2 $limit
	for n in 1 3 5; do
		cut_line $n stop
		lab_host_down
		lab_host_up
		run 0 start
		# The list is there before the first guest is touched.
		if [ $n -gt 1 ]; then
			all running $guests
			no_list
		fi
		fresh $guests
	done
}

lab_case daemon_stop 'the daemon is killed in the middle of a stop' \
    '-n 3 -b delay=1'
daemon_stop_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2
	for line in "^Running guests" "^Starting shutdown on guest: g1" \
	    "^Starting shutdown on guest: g3" \
	    "^Shutdown of guest .* complete"; do
		order=$(running)
		rm -f $list
		begin stop
		comes out "$line"
		lab_daemon_kill9
		lab_daemon_start
		ends 0
		all "shut off" g1 g2 g3
		list_is $uri $order
		run 0 start
		all running g1 g2 g3
		lab_guest_ready g1 g2 g3
	done
	proofs 4 g1 g2 g3
}

lab_case daemon_save 'the daemon is killed in the middle of a save' \
    '-n 2 -b fill=4'
daemon_save_lab()
{
	lab_save_hold
	order=$(running)
	first=${order%% *}
	begin stop
	lab_wait_until eval "lab_virsh domjobinfo $first | grep -q Unbounded"
	lab_daemon_kill9
	lab_save_release
	lab_daemon_start
	ends_got=0
	wait $began || ends_got=$?
	# Whether libvirt gave the save up or not: who is not saved was named.
	for name in g1 g2; do
		if [ "$(lab_guest_state $name)" = running ]; then
			[ $ends_got -eq 1 ] || fail "exit $ends_got"
			has err "guest $name: "
		else
			saved $name
		fi
	done
	[ $ends_got -eq 0 ] || run 0 stop
	saved g1 g2
	run 0 start
	all running g1 g2
	boots 1 g1 g2
	no_list
}

lab_case daemon_start 'the daemon is killed in the middle of a start' '-n 3'
daemon_start_lab()
{
	start_hook
	for way in suspend shutdown; do
		run 0 -o ON_SHUTDOWN=$way stop
		: >starts
		: >hold/g2
		begin start
		comes starts "^g2$"
		comes out "^Resuming guest g1: done$"
		comes out "^Resuming guest g3: done$"
		lab_daemon_kill9
		rm hold/g2
		lab_daemon_start
		ends 0
		all running g1 g2 g3
		no_list
		lab_guest_ready g1 g2 g3
	done
	proofs 1 g1 g2 g3
}

# A libvirtd that is killed while it starts a QEMU may never come to terms with
# that guest again: start ends all the same, and keeps the entry.
lab_case daemon_begun 'the daemon is killed while guests begin' '-n 3'
daemon_begun_lab()
{
	start_hook
	conf SUSPEND_STALL=3 CONNECT_TIMEOUT=1
	run 0 stop
	begin start
	comes starts "^g1 on$"
	lab_daemon_kill9
	lab_daemon_start
	ends_got=0
	wait $began || ends_got=$?
	[ $ends_got -le 1 ] || fail "exit $ends_got"
	if [ $ends_got -eq 1 ]; then
		has err "guest g[1-3]: "
		[ -s $list ] || fail "not kept"
	else
		all running g1 g2 g3
		no_list
	fi
}

atf_init_test_cases()
{
	cmd_cases
}
