#!/usr/bin/env atf-sh
#
# A stop of several URIs, some of which answer late or never: what is there is
# stopped, what comes is taken in.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# Beside the guests of the lab s1 and s2 of a daemon of its own, which stands
# still.
# at URI COMMAND [ARGUMENT]...: a helper, on the guests of that URI.
# before REGEX REGEX: the first line with the one, the first with the other.
at()
{
	LAB_URI=$1
	shift
	"$@"
	LAB_URI=$uri
}

before()
{
	step before "$*"
	has out "$1"
	has out "$2"
	first=$(grep -En -e "$1" out | head -n 1)
	second=$(grep -En -e "$2" out | head -n 1)
	[ ${first%%:*} -lt ${second%%:*} ] || fail "$2: before $1"
}

freeze()
{
	kill -STOP $(cat "$LAB_DIR/session/libvirtd.pid")
}

thaw()
{
	kill -CONT $(cat "$LAB_DIR/session/libvirtd.pid")
}

urls()
{
	conf "URIS=\"$1\"
CONNECT_TIMEOUT=${patience-60}
${2-}"
}

two_begin()
{
	lab_session
	other="qemu+unix:///session?socket=$LAB_DIR/session/run/libvirt/libvirt-sock"
	unset XDG_RUNTIME_DIR
	for name in s1 s2; do
		lab_guest_write $name ""
		chown -R nobody "$LAB_DIR/guest"
		at "$other" lab_virsh define "$LAB_DIR/guest/$name.xml" >virsh.out
	done
	LAB_URI=$uri
	at "$other" lab_guest_start s1 s2
	at "$other" lab_guest_ready s1 s2
	freeze
}

lab_case mute 'a URI that never answers delays nobody' '-n 2'
mute_lab()
{
	two_begin
	patience=10
	for uris in "$other $uri" "$uri $other"; do
		urls "$uris" ON_SHUTDOWN=shutdown
		run 1 stop
		all "shut off" g1 g2
		has out "/libvirt-sock: no answer yet; continuing with the others"
		before "^Shutdown of guest g1 complete" \
		    "^Can.t connect to .*session"
		before "^Shutdown of guest g2 complete" \
		    "^Can.t connect to .*session"
		is reasons 1 grep -c "session.*: the daemon does not answer$" \
		    err
		has err "session.*: the state of its guests is unknown$"
		list_is $uri $(told "Starting shutdown on guest: " "")
		fresh g1 g2
	done
	thaw
	at "$other" all running s1 s2
}

# Remote, so that nobody knows whether guests live there.
lab_case refused 'a URI that is not there delays nobody' '-n 1'
refused_lab()
{
	two_begin
	dead=qemu+tcp://127.0.0.1:1/system
	urls "$dead $uri" ON_SHUTDOWN=shutdown
	run 1 stop
	has out "127.0.0.1:1/system: no answer yet; continuing with the others"
	before "^Starting shutdown on guest: g1" \
	    "^Can.t connect to .*127.0.0.1:1"
	all "shut off" g1
	has err "127.0.0.1:1/system: .*[Rr]efused"
}

lab_case late 'a URI that comes late is recorded, stopped and brought back' \
    '-n 2'
late_lab()
{
	two_begin
	urls "$other $uri"
	order=$(running)
	begin stop
	comes out "^Suspending g1: done"
	comes out "^Suspending g2: done"
	# Those of the other are on no list as long as nobody knows of them.
	list_is $uri $order
	thaw
	ends 0
	[ ! -s err ] || fail "a complaint"
	before "^Suspending g2: done" "^Running guests on .*session"
	saved g1 g2
	at "$other" saved s1 s2
	is lines 2 eval "listed | grep -c ."
	has $list "^$uri [0-9a-f-]{36} [0-9a-f-]{36}$"
	has $list "session.* [0-9a-f-]{36} [0-9a-f-]{36}$"
	has out "4 saved"
	run 0 start
	all running g1 g2
	at "$other" all running s1 s2
	no_list
}

lab_case start 'a URI that is late at boot delays no start' '-n 2'
start_lab()
{
	two_begin
	thaw
	urls "$other $uri" START_WAIT=60
	run 0 stop
	freeze
	begin start
	comes out "^Resuming guest g1: done"
	comes out "^Resuming guest g2: done"
	is "still listed" 1 eval "listed | grep -c ."
	thaw
	ends 0
	[ ! -s err ] || fail "a complaint"
	at "$other" all running s1 s2
	all running g1 g2
	boots 1 g1 g2 s1 s2
	no_list
	# Never there: the others are back, and its own stay on the list.
	run 0 stop
	freeze
	patience=3
	urls "$other $uri" START_WAIT=4
	run 1 start
	before "^Resuming guest g1: done" "^Can.t connect to .*session"
	before "^Resuming guest g2: done" "^Can.t connect to .*session"
	is lines 1 grep -c "session" $list
	# Order and readiness over all of them.
	thaw
	run 0 start
	printf "s1 10\ng1 20 - - ready=delay:1\ns2 30\n" \
	    >/etc/libvirt-guests.tab
	patience=60
	urls "$other $uri"
	run 0 stop
	freeze
	begin start
	comes out "no answer yet"
	thaw
	ends 0
	is order "s1 g1 s2 g2" eval "told \"Resuming guest \" \": done\""
}

# They are bound by what is bound, and have hooks as the others.
lab_case bound 'a late URI shares bounds, hooks and deadline' \
    '-b delay=4 -b delay=4'
bound_lab()
{
	two_begin
	mkdir -p /etc/libvirt-guests.d
	cat >/etc/libvirt-guests.d/note <<-END
		#!/bin/sh
		echo "\$1 \${2-}" >>$PWD/hooks
	END
	chmod +x /etc/libvirt-guests.d/note
	urls "$other $uri" ON_SHUTDOWN=shutdown
	begin -D 120 stop
	comes out "^Starting shutdown on guest: g"
	thaw
	comes out "^Running guests on .*session"
	ends 0
	all "shut off" g1 g2
	at "$other" all "shut off" s1 s2
	proofs 1 g1 g2 s1 s2
	# One after another all the same, those that came behind those that were
	# there.
	is order "g g s s" eval "told \"Starting shutdown on guest: \" \"\" |
    tr -d 12"
	for name in g1 g2 s1 s2; do
		before "^Starting shutdown on guest: $name" \
		    "^Shutdown of guest $name complete"
	done
	is pairs "+-+-+-+-" eval "sed -n \"s/^Starting shutdown on.*/+/p
    s/^Shutdown of guest .* complete.*/-/p\" out | tr -d \"\\n\""
	is whole 1 grep -c "^pre-stop " hooks
	is guests 4 grep -c "^pre-stop-guest " hooks
	is guests 4 grep -c "^post-stop-guest " hooks
}

tab_begin()
{
	printf "s1 200\ns2 50\ng1 100\n" >/etc/libvirt-guests.tab
	urls "$other $uri" ON_SHUTDOWN=shutdown
	begin stop
	comes out "^Shutdown of guest g2 complete"
}

lab_case order 'an order holds over all URIs, the late ones too' '-n 2'
order_lab()
{
	two_begin
	tab_begin
	hasnt out "guest: g1"
	thaw
	ends 0
	is order "g2 s1 g1 s2" told "Starting shutdown on guest: " ""
}

lab_case hurry 'in a hurry nobody waits for order' '-n 2'
hurry_lab()
{
	two_begin
	tab_begin
	kill -USR1 $began
	comes out "^Shutdown of guest g1 complete"
	thaw
	ends 0
	at "$other" all "shut off" s1 s2
}

lab_case term 'who never came is named by a stop that is ended' '-n 1'
term_lab()
{
	two_begin
	urls "$other $uri"
	begin stop
	comes out "^Suspending g1: done"
	kill -TERM $began
	ends 1
	saved g1
	list_is $uri g1
	has err "session.*: interrupted$"
	has err "session.*: the state of its guests is unknown$"
}

# Its one daemon stands still, too.
lab_case early 'a stop that is ended before anyone has come names all' '-n 1'
early_lab()
{
	two_begin
	pid=$(cat "$LAB_DIR/libvirtd.pid")
	kill -STOP $pid
	urls "$other $uri"
	begin -v stop
	lab_wait_until grep -q "libvirt-sock" /proc/net/unix
	lab_wait_until eval "ls -l /proc/$began/fd | grep -q socket:"
	kill -TERM $began
	ends 1
	kill -CONT $pid
	has err "$uri: interrupted$"
	has err "$uri: guests that run without their daemon: g1$"
	has err "session.*: the state of its guests is unknown$"
	hasnt out "^Can.t connect"
	all running g1
}

lab_case rescue 'guests without a daemon come late' '-n 2'
rescue_lab()
{
	two_begin
	thaw
	patience=8
	urls "$uri $other" ON_SHUTDOWN=shutdown
	lab_daemon_kill9
	run 0 stop
	before "^Shutdown of guest s2 complete" \
	    "^Guest g1 has shut down; ending its QEMU"
	proofs 1 g1 g2 s1 s2
	lab_no_guest_pids || fail "one is left"
}

# It lists its guest, and tells nothing else of it for a while.
lab_case unheard 'one that is slow with what is to be known delays nobody' \
    '-n 2'
unheard_lab()
{
	two_begin
	thaw
	fake_open <<-END
		273*1 list f1
		273*1 list
		14*1 hang
		212 answer 00000001 00000001
		234 answer
		163 answer 00000000 $(printf "%0176d" 0)
		273 list
	END
	patience=5
	urls "test+unix:///default?socket=$PWD/socket $uri" ON_SHUTDOWN=destroy
	echo "os:none 100" >/etc/libvirt-guests.tab
	run 0 stop
	has err "guest f1: its operating system is unknown: .* answer in time$"
	before "^Guest g2 destroyed" "^Running guests on test"
	has out "^Guest f1 destroyed"
}

# Its daemon lists g1 and dies before it has told what g1 runs.
lab_case gone 'the daemon of a late URI dies before its guests are taken' '-n 1'
gone_lab()
{
	two_begin
	thaw
	lab_daemon_kill9
	fake_open <<-END
		273*1 list
		273*1 list g1
		14 leave
	END
	kill -STOP $fake
	ln -sf "$PWD/socket" /run/libvirt/libvirt-sock
	patience=10
	urls "$uri $other" ON_SHUTDOWN=shutdown
	echo "os:none 100" >/etc/libvirt-guests.tab
	begin stop
	comes out "no answer yet"
	kill -CONT $fake
	ends 0
	has err "guest g1: its operating system is unknown: no answer in time$"
	has err \
	    "$uri: the daemon is gone; stopping its guests by their monitors$"
	proofs 1 g1 s1 s2
	lab_no_guest_pids || fail "one is left"
}

# The hook holds the stop while f1 comes.
lab_case settled 'who has come and was not taken is named, too' '-n 1'
settled_lab()
{
	two_begin
	thaw
	mkdir -p /etc/libvirt-guests.d
	printf "#!/bin/sh\nexec sleep 1000\n" >/etc/libvirt-guests.d/hold
	chmod +x /etc/libvirt-guests.d/hold
	fake_open <<-END
		273*1 list f1
		273*1 list
	END
	kill -STOP $fake
	urls "test+unix:///default?socket=$PWD/socket $uri" HOOK_TIMEOUT=1000
	begin stop
	comes out "no answer yet"
	kill -CONT $fake
	lab_wait_until eval "[ \$(grep -c \" 273\$\" calls) -eq 2 ]"
	# Whoever hears this has heard the list.
	kill -USR1 $began
	comes out "^Hurry"
	kill -TERM $began
	ends 1
	has err "test.*: the state of its guests is unknown$"
	all running g1
}

lab_case again 'a list that was cut off is forgotten' '-n 0'
again_lab()
{
	fake_open <<-END
		273*1 list f1 f2
		273*1 drop
		273*1 list f1
		273*1 list
		212 answer 00000001 00000001
		234 answer
		163 answer 00000000 $(printf "%0176d" 0)
		273 list
	END
	conf "URIS=test+unix:///default?socket=$PWD/socket" \
	    ON_SHUTDOWN=destroy
	run 0 stop
	has out "^Running guests on test.* URI: f1$"
	hasnt out "f2"
}

# It lists its guest, and tells nothing else of it.
lab_case joined 'the deadline of who joins is that of what is asked, too' '-n 0'
joined_lab()
{
	fake_open <<-END
		273*1 list f1
		273*1 list
		14 hang
		212 answer 00000001 00000001
		234 answer
		163 answer 00000000 $(printf "%0176d" 0)
		273 list
	END
	echo "os:none 100" >/etc/libvirt-guests.tab
	conf "URIS=test+unix:///default?socket=$PWD/socket" \
	    ON_SHUTDOWN=destroy CONNECT_TIMEOUT=100
	begin stop
	comes calls " 14$"
	"$LIBVIRT_GUESTS" -D 30 stop >out2 2>err2 </dev/null &
	second=$!
	comes out "^Another stop set"
	ends 0
	wait $second || fail "the second: $(cat err2)"
	has out "^Guest f1 destroyed"
}

# A save to a pipe that nobody reads: the daemon waits in it with the lock of
# g3, and so does each of its lists.
lab_case locked 'a guest that holds up every list delays no other' '-n 3'
locked_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=3 CONNECT_TIMEOUT=4 \
	    SHUTDOWN_TIMEOUT=8
	for name in g1 g2 g3; do
		lab_virsh domuuid $name
	done >uuids
	mkfifo pipe
	lab_virsh save g3 "$PWD/pipe" >saved 2>&1 &
	saver=$!
	lab_wait_until eval "! timeout 2 virsh -c $uri list >/dev/null 2>&1"
	run 1 stop
	# The daemon opens it more than once.
	cat <>pipe >/dev/null &
	reader=$!
	wait $saver || fail "the save: $(cat saved)"
	kill $reader
	has err "the daemon sends no list of guests; using its files instead$"
	has out "^Shutdown of guest g1 complete"
	has out "^Shutdown of guest g2 complete"
	has err "guest g3: still on after its time limit$"
	while read -r id; do
		has $list "$id"
	done <uuids
}

# Its guest is to be stopped first, and it stands still when it is asked.
lab_case deaf 'a daemon that goes deaf does not keep the order of others' '-n 1'
deaf_lab()
{
	fake_open <<-END
		273 list f1
		212 hang
	END
	patience=60
	urls "test+unix:///default?socket=$PWD/socket $uri" ON_SHUTDOWN=destroy
	printf "f1 50\ng1 10\n" >/etc/libvirt-guests.tab
	begin stop
	comes calls " 212$"
	kill -STOP $fake
	comes out "^Guest g1 destroyed"
	[ ! -s err ] || fail "its daemon was given up"
	kill -TERM $began
	ends 1
	has err "guest f1: interrupted$"
}

atf_init_test_cases()
{
	cmd_cases
}
