#!/usr/bin/env atf-sh
#
# stop: what becomes of every guest, what is said of it, and what is written.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case suspend 'ON_SHUTDOWN=suspend: saved, listed, told in order' '-n 3'
suspend_lab()
{
	order=$(running)
	run 0 stop
	[ ! -s err ] || fail "a complaint"
	saved $order
	boots 1 $order
	list_is $uri $order
	is running "$(echo "$order" | sed "s/ /, /g")" \
	    told "Running guests on $uri URI: " ""
	has out "^Suspending guests on $uri URI\\.\\.\\.$"
	is begun "$order" told "Suspending " ": \\.\\.\\."
	is "done" "$order" told "Suspending " ": done"
	# One after another is what it is without PARALLEL_SUSPEND.
	is sequence "$(for i in $order; do
		echo "Suspending $i: ..."
		echo "Suspending $i: done"
	done)" grep -E "^Suspending g[0-9]: (done|\\.\\.\\.)$" out
	is lines 1 eval "listed | wc -l"
	run 0 start
	boots 1 $order
	all running $order
}

# Which guests were asked and not off yet, at the most.
most()
{
	awk "/^Starting shutdown on guest: / { if (++n > m) m = n }
	    /^Shutdown of guest .* complete\\.\$/ { n-- }
	    END { print m + 0 }" out
}

lab_case shutdown 'ON_SHUTDOWN=shutdown: one after another' '-n 3'
shutdown_lab()
{
	order=$(running)
	conf ON_SHUTDOWN=shutdown
	run 0 stop
	[ ! -s err ] || fail "a complaint"
	all "shut off" $order
	unsaved $order
	proofs 1 $order
	list_is $uri $order
	has out "^Shutting down guests on $uri URI\\.\\.\\.$"
	is asked "$order" told "Starting shutdown on guest: " ""
	is complete "$order" told "Shutdown of guest " " complete\\."
	is "at a time" 1 most
	for name in $order; do
		is "presses of $name" 1 lab_guest_presses "$name"
	done
}

lab_case parallel 'PARALLEL_SHUTDOWN is a bound, and is reached' \
    '-n 5 -b delay=1'
parallel_lab()
{
	order=$(running)
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=3
	run 0 stop
	all "shut off" $order
	proofs 1 $order
	list_is $uri $order
	asked_all $order
	is "at a time" 3 most
	has out "^Waiting for [0-9] guests to shut down, [0-9]+ seconds left$"
}

lab_case command 'shutdown is stop with ON_SHUTDOWN=shutdown' '-n 2'
command_lab()
{
	conf ON_SHUTDOWN=suspend
	order=$(running)
	run 0 shutdown
	unsaved $order
	proofs 1 $order
	list_is $uri $order
}

lab_case none 'no guest: nothing to do, no list' '-n 0'
none_lab()
{
	run 0 stop
	has out "^Running guests on $uri URI: no running guests\\.$"
	no_list
	[ ! -s err ] || fail "a complaint"
	run 3 status
}

lab_case transient 'PERSISTENT_ONLY, and guests that are only created' \
    '-b obey -b obey,transient'
transient_lab()
{
	left()
	{
		run 0 stop
		is "left, $*" g2 told "Not $1 transient guests on URI: $uri: " \
		    ""
		all "shut off" g1
		all running g2
		list_is $uri g1
		run 0 start
		lab_guest_ready g1
	}
	for value in default yes true; do
		conf "PERSISTENT_ONLY=$value"
		left suspending $value
		boots 1 g1
	done
	for value in yes true; do
		conf ON_SHUTDOWN=shutdown "PERSISTENT_ONLY=$value"
		left "shutting down" $value
	done
	proofs 2 g1
	proofs 0 g2
	# It cannot be saved, and that is said; the other is.
	conf "PERSISTENT_ONLY=no"
	order=$(running)
	wanted="$uri $(uuids $order)"
	run 1 stop
	saved g1
	all running g2
	has err "^libvirt-guests: $uri: guest g2: .*transient"
	is list "$wanted" listed
	run 0 start
	has out "^Resuming guest g2: already active$"
	for value in default no false; do
		conf ON_SHUTDOWN=shutdown "PERSISTENT_ONLY=$value"
		wanted="$uri $(uuids $(running))"
		run 0 stop
		all "shut off" g1
		all gone g2
		is list "$wanted" listed
		hasnt out "transient guests"
		run 1 start
		has err "g2 was transient and cannot be started; removed"
		lab_guest_start g2
		lab_guest_ready g1 g2
	done
	proofs 3 g2
	# Only what cannot work is skipped.
	conf ON_SHUTDOWN=suspend,shutdown
	run 0 plan
	has out "^[12] .* g2 +shutdown 300 s .* transient: cannot be saved"
	run 0 stop
	saved g1
	all gone g2
	proofs 4 g2
	hasnt err "guest g2"
	hasnt out "transient guests"
}

lab_case merged 'a list left over stays, and the new guests come behind it' \
    '-n 3'
merged_lab()
{
	other="test:///default 11111111-2222-3333-4444-555555555555"
	reset g1
	{
		echo "$uri $(uuids g1)"
		echo "$other"
	} >$list
	order=$(running)
	conf ON_SHUTDOWN=shutdown
	run 0 stop
	all "shut off" $order
	proofs 1 $order
	is list "$uri $(uuids g1 $order)
$other" listed
	# Again, with nothing running: it is the same.
	run 0 stop
	is list "$uri $(uuids g1 $order)
$other" listed
	run 1 start
	all running g1 $order
	is list "$other" listed
	# And with what is listed running: no entry twice.
	lab_guest_ready g1 $order
	echo "$uri $(uuids g3 g1)" >$list
	run 0 stop
	list_is $uri g3 g1 g2
}

late_begin()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=2 \
	    "PARALLEL_SHUTDOWN=$parallel"
	order=$(running)
	run 1 stop
	asked_all $order
	all "shut off" g1 g3
	proofs 1 g1 g3
	all running g2
	list_is $uri $order
	has out "^Shutdown of guest g2 failed to complete in time\\.$"
	has err "^libvirt-guests: $uri: guest g2: "
	hasnt err "g1|g3"
	run 3 status
	# It may yet go off, and is started then.
	run 1 start
	all running g1 g2 g3
	boots 2 g1 g3
	boots 1 g2
	has err "guest g2 was asked to shut down .* it stays on the list$"
	list_is $uri g2
	lab_virsh destroy g2 >/dev/null
	run 0 start
	all running g2
	no_list
}

lab_case late 'a guest that ignores its button: the others are stopped' \
    '-b obey -b ignore -b obey'
late_lab()
{
	parallel=0

	late_begin
}

lab_case late_parallel 'the same in parallel' '-b obey -b ignore -b obey'
late_parallel_lab()
{
	parallel=4
	lab_virsh dominfo g1 >/dev/null

	late_begin
}

lab_case unsavable 'a guest that cannot be saved: the others are' \
    '-b obey -b unsavable -b obey'
unsavable_lab()
{
	order=$(running)
	run 1 stop
	saved g1 g3
	all running g2
	list_is $uri $order
	has err "^libvirt-guests: $uri: guest g2: .*non-migratable"
	hasnt err "g1|g3"
	hasnt out "^Suspending g2: done$"
	run 0 start
	boots 1 g1 g2 g3
	all running g1 g2 g3
}

# endings: connections that ended without CONNECT_CLOSE, by the daemon's log.
endings()
{
	grep -c "End of file while reading data" "$LAB_DIR/libvirtd.log" || :
}

lab_case farewell 'the daemon logs no error of our connections' '-n 3'
farewell_lab()
{
	before=$(endings)
	conf PARALLEL_SUSPEND=3
	run 0 gueststatus
	run 0 stop
	saved g1 g2 g3
	run 0 start
	boots 1 g1 g2 g3
	run 0 plan
	is endings "$before" endings
	# A connection that just ends is logged.
	begin -o SHUTDOWN_TIMEOUT=60 -o PARALLEL_SHUTDOWN=3 shutdown
	comes out "^Starting shutdown on guest: "
	kill -KILL "$began"
	lab_wait_until eval "[ \$(endings) -gt $before ]"
}

# written: requests to shut down and the lines about them, as they leave.
written()
{
	sed -n \
	    -e "s/^write([0-9]*, \"\\\\x00\\\\x00.*\\\\x80\\\\x86\\\\x00\\\\x00\\\\x00\\\\x01\\\\x00\\\\x00\\\\x01\\\\x02.*/request/p" \
	    -e "s/^write(1, \"\\\\x53\\\\x74\\\\x61\\\\x72\\\\x74\\\\x69\\\\x6e\\\\x67.*/line/p" \
	    trace.written | tr "\n" " "
}

lab_case told 'a shutdown is printed when its request is written' '-n 3'
told_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=3
	strace -qq -xx -s 64 -e trace=write -o trace.written -- \
	    "$LIBVIRT_GUESTS" stop >out 2>err </dev/null || fail "exit $?"
	all "shut off" g1 g2 g3
	is order "request line request line request line " written
}

lab_case full 'no room for a save: the guest runs on, and is told of' \
    '-n 2 -b fill=4'
full_lab()
{
	lab_save_full
	run 1 stop
	all running g1 g2
	has err "^libvirt-guests: $uri: guest g1: "
	has err "^libvirt-guests: $uri: guest g2: "
	hasnt out ": done$"
	lab_save_room
	run 0 stop
	saved g1 g2
	run 0 start
	boots 1 g1 g2
}

lab_case unwritten 'no room for the list: guests are stopped, exit 1' '-n 2'
unwritten_lab()
{
	conf ON_SHUTDOWN=shutdown
	mount -t tmpfs -o size=16k lab /var/lib/libvirt
	mkdir -p /var/lib/libvirt/qemu
	! cat /dev/zero >/var/lib/libvirt/fill 2>/dev/null || exit 1
	run 1 stop
	has err "cannot write the list of guests: .*/var/lib/libvirt"
	all "shut off" g1 g2
	proofs 1 g1 g2
	is "left behind" "fill qemu" eval "echo \$(ls -A /var/lib/libvirt)"
	# Where nothing can be written at all.
	umount /var/lib/libvirt
	fresh g1 g2
	mount -t tmpfs -o ro lab /var/lib/libvirt
	run 1 stop
	has err "cannot write the list of guests: "
	proofs 2 g1 g2
	umount /var/lib/libvirt
}

lab_case written_late 'a list that cannot be written at first is, later' '-n 2'
written_late_lab()
{
	new=/var/lib/libvirt/libvirt-guests.new
	for error in ENOSPC EIO EROFS EMFILE; do
		faulty 0 "-P $new -e inject=open,openat:error=$error:when=1" \
		    stop
		has err "cannot write the list of guests: $new: .*; retrying"
		has out "^The list of guests is written now$"
		saved g1 g2
		is "words of the list" 3 eval "listed | wc -w"
		run 0 start
		all running g1 g2
	done
	# The disk is full until the first guest is off.
	conf ON_SHUTDOWN=shutdown
	lab_guest_ready g1 g2
	faulty 0 "-P $new -e inject=write:error=ENOSPC:when=1" stop
	has out "^The list of guests is written now$"
	is "words of the list" 3 eval "listed | wc -w"
}

lab_case unread_list 'an old list that cannot be read shows in the exit code' \
    '-n 1'
unread_list_lab()
{
	echo "$uri $(uuids g1) rubbish" >$list
	run 1 stop
	has err "$list:1:.*rubbish"
	saved g1
	list_is $uri g1
	has $list.broken rubbish
	run 0 start
	all running g1
}

lab_case old_list 'a list that cannot be replaced stays as it was' '-n 2'
old_list_lab()
{
	conf ON_SHUTDOWN=shutdown "STATE_DIR=$PWD/state"
	mkdir state
	mount -t tmpfs -o size=16k lab state
	echo "test:///default 11111111-2222-3333-4444-555555555555" \
	    >state/libvirt-guests
	cp state/libvirt-guests before
	! cat /dev/zero >state/fill 2>/dev/null || exit 1
	run 1 stop
	proofs 1 g1 g2
	cmp before state/libvirt-guests || fail "the list changed"
	# Its file system is not mounted, or never will be.
	run 0 -o "STATE_DIR=$PWD/none" start
	has err "warning: STATE_DIR .*/none does not exist; no list of guests"
	run 1 -o STATE_DIR=/etc/passwd start
	has err "guests: STATE_DIR /etc/passwd: Not a directory; the list of"
}

# Names are those of copies of guests, written as XML wants it.
odd_define()
{
	lab_guest_write "$1" obey
	{
		sed "/<name>/,\$d" "$LAB_DIR/guest/$1.xml"
		printf "<name>%s</name>\\n" "$2"
		sed "1,/<name>/d" "$LAB_DIR/guest/$1.xml"
	} >odd.xml
	lab_virsh define odd.xml >/dev/null
	lab_virsh start "$(lab_virsh list --inactive --uuid |
	    grep .)" >/dev/null
}

lab_case names 'names with everything in them that libvirt takes' '-n 0'
names_lab()
{
	odd_define n1 "-q"
	odd_define n2 "a b  c"
	odd_define n3 \
	    "two &quot;quotes&quot; &apos;and&apos; \\\\ \$(touch x) \`touch x\`"
	odd_define n4 "vm"
	odd_define n5 "vm1"
	odd_define n6 "vm12"
	odd_define n7 "G&#228;ste &#128421;"
	odd_define n8 "e&#27;?x" 2>/dev/null || :
	odd_define n9 "tab&#9;del&#127;csi&#155;2J"
	odd_define n10 "100% %s %n"
	odd_define n11 "*"
	lab_guest_ready n1 n2 n3 n4 n5 n6 n7 n9 n10 n11
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=20
	uuids=$(lab_virsh list --uuid | xargs)
	n=$(lab_virsh list --uuid | grep -c .)
	[ "$n" -ge 10 ] || fail "only $n guests"
	run 0 stop
	is list "$uri $uuids" listed
	is running "" running
	proofs 1 n1 n2 n3 n4 n5 n6 n7 n9 n10 n11
	for name in "-q" "a b  c" "vm" "vm1" "vm12" "100% %s %n" "*"; do
		grep -Fxq -- "Starting shutdown on guest: $name" out ||
		    fail "not asked: $name"
		grep -Fxq -- "Shutdown of guest $name complete." out ||
		    fail "not told: $name"
	done
	grep -Fq "Gäste" out || fail "UTF-8 is not printed as it is"
	# Nothing but lines and text reaches the terminal.
	if LC_ALL=C grep -aq "[[:cntrl:]]" out; then
		fail "control bytes"
	fi
	grep -Fxq "Starting shutdown on guest: tab\\tdel\\177csi\\302\\2332J" \
	    out || fail "not escaped"
	is "C1 controls" 0 eval "od -An -tx1 -v out | tr -d \" \\n\" |
    grep -c c29b || :"
	[ ! -e x ] || fail "executed"
	run 0 start
	is back "$n" eval "lab_virsh list --uuid | grep -c ."
	boots 2 n1 n2 n3 n4 n5 n6 n7 n9 n10 n11
	no_list
	# And saved.
	for i in 1 2 3 4 5 6 7 9 10 11; do
		lab_guest_ready n$i
	done
	run 0 -o ON_SHUTDOWN=suspend stop
	is running "" running
	run 0 start
	is back "$n" eval "lab_virsh list --uuid | grep -c ."
	boots 2 n1 n2 n3 n4 n5 n6 n7 n9 n10 n11
}

lab_case two 'two daemons drivers at a time: QEMU and containers' '-l -n 2'
two_lab()
{
	for name in c1 c2; do
		lab_lxc_define $name
		lab_lxc_start $name
	done
	lxc=lxc:///system
	conf "URIS=\"$uri $lxc\"
ON_SHUTDOWN=shutdown"
	qemu_uuids="$uri $(uuids $(running))"
	lxc_uuids="$lxc $(LAB_URI=$lxc uuids $(LAB_URI=$lxc running))"
	run 0 stop
	is list "$qemu_uuids
$lxc_uuids" listed
	proofs 1 g1 g2
	for name in c1 c2; do
		is "state of $name" "shut off" lab_lxc_state $name
		lab_lxc_proof $name || fail "$name did not end by itself"
	done
	is processes "" lab_guest_pids
	run 0 start
	all running g1 g2
	for name in c1 c2; do
		is "state of $name" running lab_lxc_state $name
		lab_lxc_ready $name
	done
	no_list
	# The other way round, at a time, and one that never ends.
	lab_lxc_define c3 ignore
	lab_lxc_start c3
	lab_guest_ready g1 g2
	conf "URIS=\"$lxc $uri\"
ON_SHUTDOWN=shutdown
SHUTDOWN_TIMEOUT=2
PARALLEL_SHUTDOWN=5"
	run 1 stop
	proofs 2 g1 g2
	for name in c1 c2; do
		is "state of $name" "shut off" lab_lxc_state $name
	done
	is "state of c3" running lab_lxc_state c3
	has err "^libvirt-guests: $lxc: guest c3: "
	hasnt err "g1|g2|c1|c2"
	is "URIs in the list" "$lxc $uri" \
	    eval "listed | sed \"s/ .*//\" | tr \"\\n\" \" \" | sed \"s/ \$//\""
	# What cannot be saved at all leaves the others their saves.
	run 1 start
	lab_guest_ready g1 g2
	run 1 -o ON_SHUTDOWN=suspend stop
	saved g1 g2
	for name in c1 c2 c3; do
		is "state of $name" running lab_lxc_state $name
		has err "^libvirt-guests: $lxc: guest $name: "
	done
}

lab_case session 'the test driver of a daemon without root' '-s'
session_lab()
{
	conf ON_SHUTDOWN=shutdown
	uri=$LAB_URI
	conf ON_SHUTDOWN=shutdown
	run 0 stop
	all "shut off" test
	list_is "$uri" test
	run 0 start
	all running test
	run 0 -o ON_SHUTDOWN=suspend stop
	saved test
	run 0 start
	all running test
	unsaved test
}

lab_case second 'a second stop joins the first' '-n 2 -b delay=2'
second_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2
	begin stop
	comes out "^Starting shutdown on guest: "
	code=0
	"$LIBVIRT_GUESTS" stop >out2 2>err2 || code=$?
	[ $code -eq 0 ] || fail "the second: exit $code: $(cat out2 err2)"
	has out2 "^Joining the stop that is under way$"
	# It ended when no guest was left.
	has out "^Shutdown of guest g1 complete\\.$"
	has out "^Shutdown of guest g2 complete\\.$"
	ends 0
	all "shut off" g1 g2
	proofs 1 g1 g2
	list_is $uri $(sed -n "s/^Starting shutdown on guest: //p" out)
	for name in g1 g2; do
		is "presses of $name" 1 lab_guest_presses $name
	done
}

lab_case term 'SIGTERM: what still runs is named, exit 1' \
    '-b obey -b ignore -b ignore'
term_lab()
{
	for signal in TERM INT QUIT; do
		conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=3
		rm -f $list
		order=$(running)
		begin stop
		comes out "^Starting shutdown on guest: g3"
		comes out "^Starting shutdown on guest: g2"
		# A terminal that goes away and stray signals end nothing.
		kill -HUP $began
		kill -USR2 $began
		kill -PWR $began
		kill -$signal $began
		ends 1
		has err "guest g2: interrupted"
		has err "guest g3: interrupted"
		all running g2 g3
		list_is $uri $order
		lab_guest_wait g1 "shut off"
	done
	# In the middle of the wait for another one nothing is touched.
	conf ON_SHUTDOWN=suspend
	exec 8>/run/libvirt-guests.lock
	flock 8
	begin stop
	comes out "^Waiting for another libvirt-guests "
	kill -TERM $began
	ends 1
	all running g2 g3
}

lab_case saving 'SIGTERM in a save' '-b fill=8'
saving_lab()
{
	lab_save_hold
	begin stop
	comes out "^Suspending g1: \\.\\.\\.$"
	lab_wait_until eval "lab_virsh domjobinfo g1 | grep -q Unbounded"
	kill -TERM $began
	ends 1
	has err "guest g1: interrupted"
	list_is $uri g1
	lab_save_release
	# It may be saved meanwhile; it is not lost.
	run 0 stop
	saved g1
	run 0 start
	boots 1 g1
	all running g1
}

# Standard output and error in all ways of being useless.
lab_case deaf 'nobody listens: no guest suffers from it' '-n 2'
deaf_lab()
{
	conf ON_SHUTDOWN=shutdown
	for way in ">&-" "2>&-" ">&- 2>&- <&-" ">/dev/full 2>/dev/full" \
	    ">/dev/full"; do
		fresh g1 g2
		step "stop $way"
		eval "\"$LIBVIRT_GUESTS\" stop $way" || fail "$way: exit $?"
		all "shut off" g1 g2
		list_is $uri g1 g2
	done
	proofs 5 g1 g2
	# A pipe that nobody reads.
	fresh g1 g2
	{ "$LIBVIRT_GUESTS" stop 2>err; echo $? >code; } | :
	is "exit with a broken pipe" 0 cat code
	proofs 6 g1 g2
	list_is $uri g1 g2
	fresh g1 g2
	{ "$LIBVIRT_GUESTS" stop 2>&1; echo $? >code; } | :
	is "exit with a broken pipe" 0 cat code
	proofs 7 g1 g2
	# A command that only answers has failed if its answer is lost.
	for command in gueststatus status plan check report --version --help
	do
		step "$command"
		code=0
		# shellcheck disable=SC2086 # words
		"$LIBVIRT_GUESTS" $command >/dev/full 2>err || code=$?
		is "$command: exit" 1 echo $code
		has err "cannot write to standard output$"
	done
}

lab_case loud '-q says nothing but what is wrong, -v no less than usual' \
    '-b obey -b ignore'
loud_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=1
	run 1 -q stop
	[ ! -s out ] || fail "-q says something"
	has err "guest g2: "
	run 1 -q start
	[ ! -s out ] || fail "-q says something"
	has err "warning: guest g2 .* stays on the list$"
	lab_guest_ready g1
	run 1 -v stop
	has err "^libvirt-guests: phase: drive$"
	has out "^Starting shutdown on guest: g1$"
	has out "^Shutdown of guest g2 failed to complete in time\\.$"
	# What answers a question is no talk.
	run 3 -q status
	is status "stopped, with saved guests" head -n 1 out
}

lab_case nobody 'no daemon: a guest without it is named, none is no fault' \
    '-b obey -b obey'
nobody_lab()
{
	conf CONNECT_TIMEOUT=2 RESCUE=no
	lab_daemon_kill9
	run 1 stop
	has out "^Can.t connect to qemu:///system\\. Skipping\\.$"
	has err "^libvirt-guests: $uri: .*libvirt-sock: "
	has err "^libvirt-guests: $uri: guests that run without their daemon: "
	has err "daemon: .*g1"
	has err "daemon: .*g2"
	is processes 2 eval "lab_guest_pids | wc -l"
	lab_daemon_start
	all running g1 g2
	lab_daemon_stop
	run 1 stop
	has err "guests that run without their daemon: "
	lab_daemon_start
	reset g1 g2
	lab_daemon_kill9
	run 0 stop
	has out "^Can.t connect to qemu:///system\\. Skipping\\.$"
	has out "^No guest of qemu:///system is running$"
	no_list
	lab_daemon_start
	lab_daemon_stop
	run 0 stop
	has out "^No guest of qemu:///system is running$"
	# A guest that died with its status files left behind is none.
	lab_daemon_start
	lab_guest_start g1
	lab_host_down
	[ -e /run/libvirt/qemu/g1.pid ] || fail "nothing is left of it"
	run 0 stop
}

lab_case one_dead 'a dead URI hides no other one' '-n 2'
one_dead_lab()
{
	dead="qemu+unix:///system?socket=/nowhere"
	order=$(running)
	for uris in "$dead $uri" "$uri $dead"; do
		conf "URIS=\"$uris\"
CONNECT_TIMEOUT=1"
		run 1 stop
		has out \
		    "^Can.t connect to qemu\\+unix:///system\\?socket=/nowhere\\."
		has err "socket=/nowhere: .*unknown"
		saved g1 g2
		list_is $uri $order
		fresh g1 g2
		order=$(running)
	done
}

lab_case deadline 'STOP_DEADLINE and -D end a stop' \
    '-b ignore -b obey -b ignore'
deadline_lab()
{
	conf ON_SHUTDOWN=shutdown
	for option in -D2 -oSTOP_DEADLINE=2; do
		fresh g1 g2 g3
		run 1 $option stop
		all running g1 g3
		all "shut off" g2
		has err "guest g1: "
		has err "guest g3: "
		hasnt err "guest g2"
	done
}

atf_init_test_cases()
{
	cmd_cases
}
