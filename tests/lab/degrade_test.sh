#!/usr/bin/env atf-sh
#
# What is only an aid to a stop fails: lock, pipe, poll, socket, journal, output.
# The failure is reported, and the guests are stopped.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lock=/run/libvirt-guests.lock

# again: what was saved is back.
again()
{
	run 0 start
	all running g1 g2
}

lab_case lock 'a lock that cannot be made' '-n 2'
lock_lab()
{
	for error in ENOSPC EROFS EMFILE EIO EACCES; do
		faulty 0 "-P $lock -e inject=open,openat:error=$error" stop
		has err "no lock: $lock: .*; stopping without it$"
		saved g1 g2
		[ -s $list ] || fail "no list"
		again
	done
	faulty 0 "-P $lock -e inject=flock:error=ENOLCK" stop
	has err "no lock: "
	saved g1 g2
	again
	# A start has no haste: it changes nothing.
	run 0 stop
	faulty 1 "-P $lock -e inject=open,openat:error=ENOSPC" start
	has err "no lock: $lock: No space left on device; set RUN_DIR to "
	saved g1 g2
	again
}

lab_case run_dir 'RUN_DIR is missing, or cannot be written' '-n 2'
run_dir_lab()
{
	run 0 -o RUN_DIR=/nowhere stop
	has err "no lock: /nowhere/libvirt-guests.lock: "
	saved g1 g2
	again
	mkdir /run/full
	mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs /run/full
	run 0 -o RUN_DIR=/run/full stop
	has err "no lock: /run/full/libvirt-guests.lock: No space"
	saved g1 g2
	again
	umount /run/full
}

lab_case descriptors 'no descriptor for the pipe, or for a socket' '-n 2'
descriptors_lab()
{
	faulty 0 "-e inject=pipe2:error=EMFILE" stop
	has err "no pipe for signals: .*; noticing signals up to 500 ms late$"
	saved g1 g2
	again
	for error in EMFILE ENFILE ENOMEM ENOBUFS; do
		faulty 0 "-e inject=socket:error=$error:when=1..3" stop
		saved g1 g2
		again
	done
}

lab_case poll 'poll(2) fails, once and from then on' '-n 2'
poll_lab()
{
	for when in 2 4 1+ 3+; do
		faulty 0 "-e inject=poll:error=ENOMEM:when=$when" stop
		has err "warning: poll: .*; continuing without it$"
		is "messages" 1 eval "grep -c poll: err"
		saved g1 g2
		again
	done
	# A signal is heard all the same.
	conf ON_SHUTDOWN=shutdown
	faulty 0 "-e inject=poll:error=ENOMEM" stop
	all "shut off" g1 g2
}

# Each request for memory fails, one in each stop: the guests are stopped, unless
# it is one of the first, before the configuration is known.
lab_case memory 'no memory, once' '-n 2'
memory_lab()
{
	# The second URI is another name of the daemon.
	conf "URIS=\"$uri qemu+unix:///system?socket=$(:
	    )/run/libvirt/libvirt-sock\"" ON_SHUTDOWN=suspend
	k=1
	while [ $k -le 40 ]; do
		code=0
		strace -qq -o memory.trace \
		    -e inject=mmap,brk:error=ENOMEM:when=$k -- \
		    "$LIBVIRT_GUESTS" stop >out 2>err </dev/null || code=$?
		grep -q INJECTED memory.trace || break
		step "memory $k: exit $code"
		cat err >>memory.err
		if [ $code -eq 0 ]; then
			saved g1 g2
		else
			[ $code -eq 1 ] || [ $code -eq 6 ] || fail "exit $code"
			has err ": no memory( to read the configuration)?$"
		fi
		run 0 start
		all running g1 g2
		k=$((k + 1))
	done
	has memory.err ": no memory for a connection; retrying$"
	has memory.err ": no memory for its guests; retrying$"
}

lab_case unheard 'nobody reads what is printed' '-n 2'
unheard_lab()
{
	conf "NO_SUCH_KEY=1"
	# The reader is gone before the first warning.
	{
		lab_wait_until [ -e gone ]
		code=0
		"$LIBVIRT_GUESTS" stop >pipe.out 2>&3 </dev/null 3>&- || code=$?
		echo $code >code
	} 3>&1 >/dev/null | {
		exec </dev/null
		: >gone
		lab_wait_until [ -e code ]
	}
	is exit 0 cat code
	saved g1 g2
	conf ""
	again
}

# Signals that the caller has blocked, and one that comes before all else.
lab_case blocked 'signals: blocked by the caller, and early ones' \
    '-b ignore -b obey'
blocked_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=0 PARALLEL_SHUTDOWN=2
	env --block-signal=TERM "$LIBVIRT_GUESTS" stop >out 2>err </dev/null &
	pid=$!
	comes out "Shutdown of guest g2 complete"
	kill -TERM $pid
	code=0
	wait $pid || code=$?
	is exit 1 echo $code
	has err "ended by signal 15"
	# Before it reads its configuration.
	lab_guest_start g2
	lab_guest_ready g2
	faulty 0 "-e inject=open,openat:signal=SIGUSR1:when=1" \
	    -o SHUTDOWN_TIMEOUT=1 -o ON_SHUTDOWN=shutdown,destroy stop
	has out "^Hurry: "
	all "shut off" g1 g2
}

# The time of day as the program sees it; the monotonic clock is the machine's.
stepped()
{
	FAKETIME_TIMESTAMP_FILE=$PWD/step FAKETIME_NO_CACHE=1 \
	    DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$library exec "$@"
}

lab_case clock 'the time of day is set by hours during a stop' \
    '-b delay=4 -b ignore'
clock_lab()
{
	library=$(find /usr/lib -name libfaketime.so.1 | head -n 1)
	[ -n "$library" ] || fail "no libfaketime"
	program=$("$CMD_TOOLS/variant" checked) || fail "it does not build"
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=20 PARALLEL_SHUTDOWN=2
	echo +0 >step
	(stepped "$program" stop >out 2>err </dev/null) &
	began=$!
	comes out "^Starting shutdown on guest: g2"
	# No time limit ends with a step forward, none is longer by one back.
	echo +6h >step
	[ $(($(stepped date +%s) - $(date +%s))) -gt 20000 ] || fail "no step"
	comes out "^Shutdown of guest g1 complete"
	echo -100d >step
	ends 1
	proofs 1 g1
	has out "^Shutdown of guest g2 failed to complete in time"
}

atf_init_test_cases()
{
	cmd_cases
}
