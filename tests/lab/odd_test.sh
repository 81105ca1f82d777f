#!/usr/bin/env atf-sh
#
# Guests that are not just running, and guests that do not do as they are told.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case paused 'paused: saved, or resumed and asked' \
    '-b obey -b obey,transient -b obey -b obey,unsavable'
paused_lab()
{
	for name in g1 g2 g3 g4; do
		lab_virsh suspend $name >/dev/null
	done
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=4
	run 0 stop
	saved g1 g3
	unsaved g4
	all gone g2
	proofs 0 g1 g3
	proofs 1 g2 g4
	has err "guest g1: it is paused; trying suspend$"
	has err "guest g4: .*; trying shutdown$"
	has out "^4 guests: 2 off, 2 saved$"
	# As it was.
	run 1 start
	has err "guest g2 was transient and cannot be started; removed"
	all paused g1 g3
	for name in g1 g3; do
		has out "^Resuming guest $name: done$"
		has err "guest $name: paused; \"virsh resume\" resumes it$"
	done
	lab_virsh resume g1 >/dev/null
	boots 1 g1 g3
	# A guest that is on already, too.
	echo "$uri $(uuids g1 g3)" >$list
	run 0 start
	has err "guest g3: paused; "
	hasnt err "guest g1: paused"
	# For a save a paused guest is as good as any.
	lab_virsh destroy g4 >/dev/null
	run 0 -o ON_SHUTDOWN=suspend stop
	saved g1 g3
	hasnt err "paused"
}

lab_case crashed 'crashed: recorded, and destroyed' '-b panic -b panic'
crashed_lab()
{
	for name in g1 g2; do
		lab_virsh shutdown $name >/dev/null
		lab_guest_wait $name crashed
	done
	uuids=$(lab_virsh list --uuid | xargs)
	run 0 -o ON_SHUTDOWN=suspend stop
	all "shut off" g1 g2
	unsaved g1 g2
	has err "guest g1: it has crashed; trying destroy$"
	has out "^Guest g2 destroyed$"
	is list "$uri $uuids" listed
	run 0 start
	all running g1 g2
	boots 2 g1 g2
}

# Once awake it boots again.
lab_case asleep 'suspended by its own doing: woken first' '-b sleep'
asleep_lab()
{
	lab_virsh shutdown g1 >/dev/null
	lab_guest_wait g1 pmsuspended
	run 0 -o ON_SHUTDOWN=suspend stop
	saved g1
	run 0 start
	all running g1
}

lab_case reboots 'boots again instead of powering off' \
    '-b reboot -b obey,restart'
reboots_lab()
{
	conf ON_SHUTDOWN=shutdown,destroy SHUTDOWN_RESEND=1 \
	    SHUTDOWN_TIMEOUT=10 PARALLEL_SHUTDOWN=2
	run 0 stop
	all "shut off" g1 g2
	has out "^Asking guest g1 again to shut down$"
	has err "guest g1: still on after its time limit; trying destroy$"
	has err "guest g2: still on after its time limit; trying destroy$"
	has out "^Guest g2 destroyed$"
	[ "$(lab_counter g2 1)" -ge 1 ] || fail "g2 was not asked"
	run 0 start
	all running g1 g2
}

lab_case vanish 'destroyed, undefined or started again by others' \
    '-b ignore -b ignore -b ignore,transient -b ignore'
vanish_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=4
	begin stop
	for name in g1 g2 g3 g4; do
		comes out "^Starting shutdown on guest: $name$"
	done
	lab_virsh undefine g1 >/dev/null
	lab_virsh destroy g1 >/dev/null
	lab_virsh destroy g2 >/dev/null
	lab_virsh undefine g2 >/dev/null
	lab_virsh destroy g3 >/dev/null
	lab_virsh destroy g4 >/dev/null
	ends 0
	has out "^4 guests: 4 off$"
	# Nothing is left of three of them but their names in the list.
	run 1 start
	has err "guest g1 no longer exists; removed from the list$"
	all running g4
	run 0 start
	# A guest that is paused after its request cannot react.
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=15
	begin stop
	comes out "^Starting shutdown on guest: g4$"
	lab_virsh suspend g4 >/dev/null
	ends 1
	has err "guest g4: still on after its time limit: it is paused$"
}

# A dump into a pipe that nobody reads yet is a job that lasts as it is told.
has_job()
{
	lab_virsh domjobinfo g1 | grep -q "^Job type: *[^N]"
}

held_begin()
{
	mkfifo pipe
	lab_virsh dump "$@" g1 "$PWD/pipe" >/dev/null 2>&1 &
	dump=$!
	exec 8<pipe
	lab_wait_until has_job
}

lab_case job 'busy with another job: waited for, then the next word' \
    '-b obey,memory=64,fill=32 -b obey'
job_lab()
{
	held_begin
	conf ON_SHUTDOWN=suspend PARALLEL_SUSPEND=2
	begin stop
	comes out "^Suspending g2: done$"
	all "shut off" g2
	hasnt out "^Suspending g1"
	cat <&8 | wc -c >dumped &
	ends 0
	wait $dump
	saved g1 g2
}

lab_case job_stuck 'a job that never ends does not hold up the chain' \
    '-b obey,memory=64,fill=32'
job_stuck_lab()
{
	held_begin
	conf ON_SHUTDOWN=suspend,destroy SUSPEND_TIMEOUT=3
	run 0 stop
	all "shut off" g1
	has err "guest g1: .*; trying destroy$"
	has out "^Guest g1 destroyed$"
	kill $dump
}

# Libvirt waits for the other job for half a minute before it refuses.
lab_case job_words 'an answer that comes late has the reason' \
    '-b obey,memory=64,fill=32'
job_words_lab()
{
	held_begin --live
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=40 CONNECT_TIMEOUT=2
	run 1 stop
	has err "guest g1: still on after its time limit: Timed out during $(:
	    )operation: cannot acquire state change lock"
	kill $dump
}

atf_init_test_cases()
{
	cmd_cases
}
