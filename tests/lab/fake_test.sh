#!/usr/bin/env atf-sh
#
# Daemons that do what no real one can be made to do: each procedure that a
# stop or a start calls goes wrong in each way, beside another daemon that is
# well, whose guest is stopped whatever happens.

CMD_TIMEOUT=900
# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# fake NAME LINES: a daemon on the socket NAME, with a guest of that name.
fake()
{
	{
		echo "$2"
		cat <<-END
		273*2 list $1
		273 list
		163 answer 00000000 $(printf "%0176d" 0)
		212 answer 00000001 00000001
		182 answer
		183 answer 00000000
		184 answer
		234 answer
		258 answer
		END
	} >$1.script
	rm -f $1.in $1
	mkfifo $1.in
	: >$1.calls
	./fake "$PWD/$1" $1.script <$1.in >$1.calls &
	fakes_pids="$fakes_pids $!"
}

fakes_pids=

# faulty LINE COMMAND...: the program, with a daemon that has this line; got is
# its exit code.  What is held is released, late.
faulty()
{
	step faulty "$*"
	fakes_pids=
	fake bad "$1"
	exec 8>bad.in
	fake good ""
	exec 9>good.in
	comes bad.calls "^ready$"
	comes good.calls "^ready$"
	while sleep 1.5 >/dev/null 8>&- 9>&-; do
		echo release
	done >&8 2>/dev/null &
	fakes_pids="$fakes_pids $!"
	shift
	got=0
	timeout 120 "$LIBVIRT_GUESTS" "$@" >out 2>err </dev/null || got=$?
	exec 8>&- 9>&-
	kill ${fakes_pids##* }
	# Only then they have noted all that they were asked.
	wait $fakes_pids || :
	[ $got -le 1 ] || fail "exit $got"
	[ $got -eq 0 ] || grep -Fq "libvirt-guests: $bad: " err ||
	    fail "no URI"
	hasnt err "good: "
}

# A guest on the wire: what a start is answered with.
domain="00000003 62616400 01010101 01010101 01010101 01010101 00000001"

# What a daemon does with a call, in the words of its script.
act()
{
	case $1 in
	stray)	echo "raw 0000001c 20008086 00000001 $(printf %08x $2)" \
		    "00000001 000003e7 00000000" ;;
	hold)	case $2 in
		212)	echo hold 00000001 00000001 ;;
		163)	echo hold 00000000 $(printf "%0176d" 0) ;;
		196)	echo hold $domain ;;
		*)	echo hold ;;
		esac ;;
	*)	echo "$1" ;;
	esac
}

# stops FAULT PROC EXIT: that fault, as often as PROC says.
stops()
{
	case ${2%\**} in
	258)	word=shutdown ;;
	234)	word=destroy ;;
	*)	word=suspend ;;
	esac
	rm -f $list
	faulty "$2 $(act "$1" ${2%\**})" -o ON_SHUTDOWN=$word stop
	has out \
	    "(Suspending good: done|Guest good destroyed|guest good complete)"
	[ $got -eq $3 ] || fail "exit $got, not $3"
}

# asks PROC N: it was called so often.
asks()
{
	is "calls of $1" $2 grep -c " $1\$" bad.calls
}

greeting="66 1 60 316"

work="212 163 182 234 258"

fakes_begin()
{
	fake_make
	bad="test+unix:///default?socket=$PWD/bad"
	good="test+unix:///default?socket=$PWD/good"
	conf "URIS=\"$bad $good\"
CONNECT_TIMEOUT=1
START_WAIT=1
SHUTDOWN_TIMEOUT=3
PARALLEL_SHUTDOWN=2
PARALLEL_SUSPEND=2
SUSPEND_STALL=2"
}

# What loses the connection: once, and it is dialled again; each time, and that
# has an end.
for fault in drop cut freeze "raw 00000004" "raw ffffffff" stray; do
	lab_case "$(echo "$fault" | tr -d ' ')" \
	    "each procedure loses the connection: $fault" '-n 0' \
	    "loses '$fault'"
done

loses()
{
	fakes_begin
	fault=$1
	for proc in $greeting; do
		stops "$fault" "$proc" 1
		has err "bad: the state of its guests is unknown$"
	done
	for proc in $work; do
		stops "$fault" "$proc*1" 0
	done
	[ "$fault" != freeze ] || exit 0
	stops "$fault" "273*1" 0
	stops "$fault" 273 1
	stops "$fault" "182*1" 0
	asks 182 2
	asks 184 0
	[ "$fault" = drop ] || exit 0
	for proc in $work; do
		stops "$fault" "$proc" 1
		has err "guest bad: "
	done
}

lab_case error 'each procedure is refused' '-n 0'
error_lab()
{
	fakes_begin
	for proc in 66 1 273; do
		stops "error 1 no \\033 reason" $proc 1
		has err "bad: no \\\\\\\\033 reason$|bad: no .* reason$"
	done
	# What a daemon need not know.
	for proc in 60 316 163; do
		stops "error 39 unknown procedure" $proc 0
	done
	for proc in 212 182 234 258; do
		stops "error 1 no" $proc 1
		has err "guest bad: no$"
	done
	asks 258 1
	# What another job holds up until the time limit: libvirt's words.
	lock="Timed out during operation: cannot acquire state change lock"
	stops "error 68 $lock (held by monitor=remoteDispatchDomainSave)" 258 1
	has err "guest bad: still on after its time limit: $lock \\(held by $(:
	    )monitor=remoteDispatchDomainSave\\)$"
	# Of a long text the end has the reason.
	stops "error 38 unable to write $(printf %0400d 0): No space left" 182 1
	has err "guest bad: unable to write 0+\\.\\.\\.0+: No space left$"
}

lab_case hang 'each procedure is never answered' '-n 0'
hang_lab()
{
	fakes_begin
	for proc in $greeting; do
		stops hang "$proc" 1
		has err "bad: the daemon does not answer$"
	done
	stops hang 273 1
	has err "bad: the daemon did not answer in time$"
	for proc in 212 163; do
		stops hang $proc 1
		has err "guest bad: busy with a job that makes no progress$"
		stops hang "$proc*1" 0
	done
	stops hang 182 1
	has err "guest bad: not saved: the save made no progress$"
	asks 182 1
	stops hang 258 0
	asks 258 1
	stops hang "234*1" 0
}

# The last call: whatever becomes of it, the guests are done.
lab_case farewell 'CONNECT_CLOSE goes wrong in each way' '-n 0'
farewell_lab()
{
	fakes_begin
	for fault in hang freeze drop cut leave "error 1 no" "answer 01" \
	    "raw ffffffff"; do
		stops "$fault" 2 0
		has bad.calls " 2\$"
		has good.calls " 2\$"
		[ ! -s err ] || fail "a complaint"
	done
}

lab_case twins 'equal guests of two daemons are two guests' '-n 0'
twins_lab()
{
	fakes_begin
	# Both say that they are qemu:///system of "host".
	who="110 answer 0000000e 71656d75 3a2f2f2f 73797374 656d0000
59 answer 00000004 686f7374"
	fake bad "$who"
	exec 8>bad.in
	fake good "$who"
	exec 9>good.in
	comes bad.calls "^ready$"
	comes good.calls "^ready$"
	run 0 stop
	[ ! -s err ] || fail "a complaint"
	exec 8>&- 9>&-
	wait $fakes_pids
	for name in bad good; do
		has $name.calls " 59$"
		has $name.calls " 182$"
		has out "^Suspending $name: done$"
	done
}

lab_case late 'each procedure is answered late, or with nonsense' '-n 0'
late_lab()
{
	fakes_begin
	for proc in $greeting 273; do
		stops hold "$proc" 1
	done
	for proc in $work; do
		stops hold "$proc*1" 0
	done
	asks 258 1
	for proc in 66 273 212; do
		stops "answer 01" $proc 1
		has err "bad: (guest bad: )?the daemon sent a malformed "
	done
	stops "answer 01" 163 0
}

# The whole daemon goes, and comes back only when it is too late.
lab_case leave 'the daemon goes at each procedure' '-n 0'
leave_lab()
{
	fakes_begin
	for proc in $greeting; do
		stops leave "$proc" 1
	done
	for proc in 273 $work; do
		rm -f $list
		faulty "$proc*1 leave" -o ON_SHUTDOWN=suspend stop
		has out "Suspending good: done"
	done
}

lab_case io_error 'a guest that an I/O error has paused is named' '-n 0'
io_error_lab()
{
	fakes_begin
	faulty "212 answer 00000003 00000005" stop
	[ $got -eq 0 ] || fail "exit $got"
	has out "^Suspending bad: done$"
	has err "warning: .*: guest bad: paused by an I/O error; check its"
	is warnings 1 eval "grep -c I/O err"
}

lab_case starts 'a start goes wrong in each way' '-n 0'
starts_lab()
{
	fakes_begin
	# off LINE EXIT: with that line, guests that are off are started.
	off()
	{
		printf "%s 01010101-0101-0101-0101-010101010101\\n" "$bad" \
		    "$good" \
		    >$list
		faulty "$1
212 answer 00000005 00000000
196 answer $domain
" start
		has out "^Resuming guest good: already active$"
		[ $got -eq $2 ] || fail "exit $got, not $2"
		if [ $2 -eq 0 ]; then
			no_list
		else
			has $list "bad 01010101"
			hasnt $list good
		fi
	}
	off "" 0
	off "196 error 1 no" 1
	has err "guest bad: no$"
	for fault in drop cut freeze "raw 00000004" "raw ffffffff" stray; do
		off "196*1 $(act "$fault" 196)" 0
		asks 196 2
		off "273 $(act "$fault" 273)" 1
	done
	off "196 drop" 1
	has err "guest bad: .*the connection to the daemon (is|was) lost"
	off "196 hold $domain" 0
	# A daemon that says it has started it, and does not say what.
	off "196 answer" 1
	has err "guest bad: the daemon sent a malformed answer$"
}

# A daemon that died of a save has left the guest paused; the stop was killed.
lab_case resumes 'a guest that only a save has paused is resumed' '-n 0'
resumes_lab()
{
	fakes_begin
	guest="$bad 01010101-0101-0101-0101-010101010101"
	# cut RULE REQUEST: the start after that.
	cut()
	{
		printf "%s\n" "boot $(cat /proc/sys/kernel/random/boot_id)" \
		    "$2 $guest" >/run/libvirt-guests.journal
		echo "$guest" >$list
		faulty "28 answer
$1" start
		[ $got -eq 0 ] || fail "exit $got"
		has out "^Resuming guest bad: already active$"
	}
	cut "212*1 answer 00000003 00000003" "ask suspend"
	asks 28 1
	hasnt err "paused"
	# Its user has paused it, or nobody has asked for the save.
	cut "212 answer 00000003 00000001" "ask suspend"
	asks 28 0
	has err "guest bad: paused; "
	cut "212 answer 00000003 00000003" "end"
	asks 28 0
	has err "guest bad: paused; "
}

# The start of another client is under way, and fails: ours starts the guest.
lab_case starting 'paused (starting up) is not already active' '-n 0'
starting_lab()
{
	fakes_begin
	echo "$bad 01010101-0101-0101-0101-010101010101" >$list
	faulty "212*1 answer 00000003 0000000b
212 answer 00000005 00000000
196 answer $domain" start
	[ $got -eq 0 ] || fail "exit $got"
	has out "^Resuming guest bad: done$"
	hasnt out "already active"
	asks 196 1
	no_list
}

# The clock of a guest that was started; of its agent nothing is heard at first,
# or ever.
lab_case clock 'SYNC_TIME: an agent is asked until it answers' '-n 0'
clock_lab()
{
	fakes_begin
	conf "URIS=\"$bad\"
SYNC_TIME=1
CONNECT_TIMEOUT=2"
	# clock LINES
	clock()
	{
		echo "$bad 01010101-0101-0101-0101-010101010101" >$list
		fakes_pids=
		fake bad "212*2 answer 00000005 00000000
196 answer $domain
$1"
		exec 8>bad.in
		comes bad.calls "^ready$"
		run 0 start
		exec 8>&-
		# Only then it has noted all that it was asked.
		wait $fakes_pids
		has out "^Resuming guest bad: done$"
		no_list
	}
	clock "338*1 error 86 not connected
338 answer"
	asks 338 2
	[ ! -s err ] || fail "a complaint"
	clock "338 error 86 not connected"
	has err "guest bad: cannot set its clock: .*not connected"
	[ $(grep -c " 338$" bad.calls) -ge 2 ] || fail "asked but once"
	clock "338*1 drop
338 answer"
	asks 338 2
	hasnt err clock
	clock "338 leave"
	has err "guest bad: cannot set its clock: the daemon cannot be asked$"
	clock "338 error 84 no agent"
	asks 338 1
	has err "guest bad: cannot set its clock: .*no agent"
}

# Of a save that went with its daemon the file is removed before the next one;
# not of one that went with the connection, which may yet come to its end.
lab_case severed 'the daemon dies of a save, and another one comes' '-n 0'
severed_lab()
{
	fakes_begin
	conf "URIS=\"$bad\"
CONNECT_TIMEOUT=20"
	for way in died kicked; do
		rm -f $list
		fakes_pids=
		fake bad "182*1 hang"
		exec 8>bad.in
		comes bad.calls "^ready$"
		begin stop
		comes bad.calls " 182$"
		if [ $way = died ]; then
			kill -KILL $fakes_pids
			lab_wait_until lab_not kill -0 $fakes_pids
			fakes_pids=
			exec 8>&-
			fake bad "273 list"
			exec 8>bad.in
		else
			echo kick >&8
		fi
		ends 0
		exec 8>&-
		kill $fakes_pids
		has out "^Suspending bad: done$"
		if [ $way = died ]; then
			asks 184 1
			asks 182 1
			is order 184 eval "grep -E \" (182|184)\$\" bad.calls |
		    sed -n \"1s/.* //p\""
		else
			asks 184 0
			asks 182 2
		fi
	done
}

# Drivers that no machine of ours has: what is theirs is the name of a socket
# and the URI that is opened; and Dom0 is no guest.
lab_case drivers 'Xen, bhyve, VirtualBox and Virtuozzo' '-n 0'
drivers_lab()
{
	fakes_begin
	lab_daemon_stop
	mkdir -p /run/libvirt
	zero=$(printf "%032d" 0)
	one=$(printf "%032d" 0 | tr 0 1)
	domains="00000002 00000008 446f6d61696e2d30 $zero 00000000"
	domains="$domains 00000001 67000000 $one 00000001 00000002"
	for driver in xen bhyve vbox vz; do
		for u in $driver:///system default; do
			rm -f $list "virt${driver}d-sock"
			fakes_pids=
			fake "virt${driver}d-sock" "273*1 list
273*1 answer $domains
273 list"
			exec 8>virt${driver}d-sock.in
			comes virt${driver}d-sock.calls "^ready$"
			ln -sf "$PWD/virt${driver}d-sock" /run/libvirt
			conf "URIS=$u"
			run 0 stop
			exec 8>&-
			kill $fakes_pids
			rm -f /run/libvirt/virt${driver}d-sock
			has out "^Suspending g: done$"
			hasnt out Domain-0
			is saves 1 grep -c " 182$" virt${driver}d-sock.calls
			has $list "^$u 11111111-1111-1111-1111-111111111111$"
		done
	done
}

lab_case uris 'what is wrong with a URI is said so that it helps' '-n 0'
uris_lab()
{
	# wrong EXIT URI WHY
	wrong()
	{
		run $1 -o CONNECT_TIMEOUT=2 -c "$2" gueststatus
		is complaints 1 grep -c . err
		has err "^libvirt-guests: (-c )?.*: .*$3"
	}
	long=/$(printf %0200d 0)
	wrong 1 nonsense "missing ://"
	wrong 6 qemu:/system "missing ://"
	wrong 1 qemu:///nowhere \
	    "unexpected qemu URI path ./nowhere., try qemu:///sys"
	wrong 6 "qemu:///system?mode=odd" \
	    "mode=\"odd\" is unknown; use one of auto, direct, legacy"
	wrong 6 qemu+nosuch:///system \
	    "unknown transport \"nosuch\"; use one of unix"
	wrong 1 nosuch:///system \
	    "no connection driver available for nosuch:///system"
	wrong 6 QEMU:///system "invalid driver name"
	wrong 6 qemu+tcp://h:99999/system "invalid port; use 1 to 65535"
	wrong 6 "qemu+tcp://[::1/system" "missing ] after the address"
	wrong 1 qemu+tcp://:1/system "localhost port 1: .*refused"
	wrong 1 qemu+tcp://none.example/system "none.example: no such host"
	wrong 1 qemu+tcp://192.0.2.1/system "192.0.2.1 port 16509: "
	wrong 1 qemu+ssh://none.example/system \
	    "not resolve hostname none.example"
	wrong 1 qemu+ext:///system "needs command= in the URI"
	wrong 6 qemu+unix://host/system "transport unix cannot have a host"
	wrong 1 esx://host/ "driver esx is unsupported: it has no libvirt daemon"
	wrong 1 hyperv://host/ "driver hyperv is unsupported"
	for xen in XEN xen:// xen:///system; do
		wrong 1 $xen "no connection driver available for xen:///system"
	done
	wrong 6 "qemu:///system?socket=relative" "socket= is not an absolute path"
	wrong 1 "qemu:///system?socket=$long" "socket= is too long"
	wrong 1 "qemu:///system?socket=/etc/passwd" \
	    "/etc/passwd: Connection refused"
	wrong 6 qemu:///sys%zz "invalid percent-encoding"
	wrong 6 "$(printf "qemu:///\033[1m")" "control byte"
	# All of them together hide no guest of the one that is well.
	lab_guest_define g1
	fresh g1
	conf "URIS=\"nonsense qemu:/system qemu+nosuch:///x $uri esx://host/\""
	run 1 stop
	saved g1
	list_is $uri g1
}

atf_init_test_cases()
{
	cmd_cases
}
