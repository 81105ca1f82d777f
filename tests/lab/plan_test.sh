#!/usr/bin/env atf-sh
#
# What plan prints, and that it is what stop and start do.  Then the rest of
# what -j prints.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# names: those of the guests that the plan acts upon, in its order.
names()
{
	awk "\$1 ~ /^[0-9]+\$/ { print \$4 }" out | tr "\\n" " " |
	    sed "s/ \$//"
}

# in_turn NAME...: booted anew, one behind the other, so that virsh has them
# in that order.
in_turn()
{
	reset "$@"
	for in_turn_name; do
		fresh "$in_turn_name"
	done
}

# json FILTER: of what is in out.
json()
{
	jq -r "$1" out
}

# worst TEXT [OPTION]...: the last line of a plan, and its JSON.
worst()
{
	worst_wanted=$1
	shift
	run 0 "$@" plan
	is "worst case of $*" "worst case: $worst_wanted" tail -n 1 out
	run 0 -j "$@" plan
	worst_got=$(json "if .worst_case == null then
	    \"no limit: \\(.no_limit); all else: \\(.bounded) s\" else
	    \"\\(.worst_case) s\" end")
	[ "$worst_got" = "$worst_wanted" ] || fail "JSON: $worst_got"
}

lab_case order 'the order of the plan is that of the stop and the start' '-n 4'
order_lab()
{
	in_turn g1 g2 g3 g4
	# Its one guest, "test", is on again in each new connection.
	other="test+unix:///default?socket=/run/libvirt/libvirt-sock"
	# resumed: the names of those that were, and whatever was said of them.
	resumed()
	{
		sed -n "s/^Resuming guest \\([^:]*\\): .*/\\1/p" out | xargs
	}
	# same WANTED OPTION...: of a stop and of a start.
	same()
	{
		same_wanted=$1
		shift
		run 0 "$@" plan
		is "plan of $*" "$same_wanted" names
		run 0 -j "$@" plan stop
		is "JSON of $*" "$same_wanted" eval \
		    "json .guests[].name | xargs"
		is positions "1 2 3 4 5" eval "json .guests[].position | xargs"
		run 0 "$@" stop
		is "stop of $*" "$same_wanted" \
		    told "Starting shutdown on guest: " ""
		run 0 "$@" plan start
		same_start=$(names)
		run 0 "$@" -j plan start
		is "JSON of start" "$same_start" eval \
		    "json .guests[].name | xargs"
		cp $list list.before
		run 0 "$@" start
		is "start of $*" "$same_start" resumed
		run 0 plan start
		is "nothing to start" "" names
		lab_guest_ready g1 g2 g3 g4
	}
	conf "URIS=\"$uri $other\"
ON_SHUTDOWN=shutdown
PARALLEL_START=1"
	same "$(running) test"
	same "$(running) test" -o PARALLEL_SHUTDOWN=8
	conf "URIS=\"$other $uri\"
ON_SHUTDOWN=shutdown
PARALLEL_START=1"
	same "test $(running)" -o PARALLEL_SHUTDOWN=2
	cat >/etc/libvirt-guests.tab <<-END
		g1	10	-		-	stop-delay=1
		t*	20
		g4	30
		g[2]	20
	END
	for n in 0 8; do
		same "g3 g4 test g2 g1" -o PARALLEL_SHUTDOWN=$n
		# Without an order it stops first and starts last.
		is start "g1 test g2 g4 g3" eval "echo $same_start"
	done
}

lab_case rows 'a line for each guest: chain, mode, limits, times, reason' \
    '-b obey -b obey -b obey -b obey,transient'
rows_lab()
{
	in_turn g1 g2 g3 g4
	conf "# two
ON_SHUTDOWN=shutdown,destroy
SHUTDOWN_TIMEOUT=60"
	cat >/etc/libvirt-guests.tab <<-END
		# a comment
		g2	7	suspend,shutdown	5	mode=agent+acpi
		g3	3
	END
	conf=$(ls /etc/conf.d/libvirt-guests)
	tab=/etc/libvirt-guests.tab
	run 0 -o SUSPEND_TIMEOUT=20 -o PERSISTENT_ONLY=yes plan
	words()
	{
		sed "s/   */ | /g" out
	}
	is table "# | ORDER | URI | GUEST | CHAIN | MODE | FROM | UNTIL | REASON
1 | - | $uri | g1 | shutdown 60 s, destroy 30 s | default | 0 s | 90 s \
| ON_SHUTDOWN of $conf:3
2 | 7 | $uri | g2 | suspend 20 s, shutdown 5 s | agent,acpi | 90 s | 145 s \
| guesttab $tab:2
3 | 3 | $uri | g3 | shutdown 60 s, destroy 30 s | default | 145 s | 235 s \
| guesttab $tab:3; ON_SHUTDOWN of $conf:3
- | - | $uri | g4 | - | - | - | - | left running: transient, PERSISTENT_ONLY
worst case: 235 s" words
	[ ! -s err ] || fail "a complaint"
	run 0 -j -v -o SUSPEND_TIMEOUT=20 -o PERSISTENT_ONLY=yes plan
	is "lines of JSON" 1 eval "wc -l <out"
	is rows "1,null,g1,shutdown,destroy,60:30,60,default,0,90
2,7,g2,suspend,shutdown,20:5,5,agent,acpi,90,145
3,3,g3,shutdown,destroy,60:30,60,default,145,235
null,null,g4,null,,null,null,null,null" json ".guests[] |
    [.position, .order, .name, .chain, ((.limits // []) | map(tostring) |
    join(\":\")), .timeout, .mode, .from, .until] | map(if . == null then
    \"null\" else tostring end) | join(\",\")"
	is uris "$uri true null" json \
	    ".uris[] | \"\\(.uri) \\(.ok) \\(.error)\""
	is reasons "ON_SHUTDOWN of $conf:3
guesttab $tab:2
guesttab $tab:3; ON_SHUTDOWN of $conf:3
left running: transient, PERSISTENT_ONLY" json ".guests[].reason"
	is uuids "$(uuids g1 g2 g3 g4)" eval "json .guests[].uuid | xargs"
	members plan .
	members "A guest|A guest of a plan" ".guests[0]"
	members uris ".uris[0]"
	# Text and JSON tell the same of each.
	run 0 -o ON_SHUTDOWN=suspend plan
	has out "^1 .* g1 +suspend  .* \\?  +ON_SHUTDOWN, -o$"
	has out \
	    "^- .* g4 .*  left running: transient, PERSISTENT_ONLY of suspend$"
	conf ""
	rm $tab
	run 0 -q plan
	has out "^1 .* g1 +suspend  .*  ON_SHUTDOWN, default$"
	run 0 plan stop
	has out "^1 "
}

lab_case worst 'the worst case, worked out by hand' '-n 3'
worst_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=100
	worst "300 s"
	worst "100 s" -o PARALLEL_SHUTDOWN=2
	worst "0 s" -o ON_SHUTDOWN=leave
	in_turn g1 g2 g3
	# A plug takes 30 s at most, and holds up nobody.
	worst "330 s" -o ON_SHUTDOWN=shutdown,destroy
	worst "130 s" -o ON_SHUTDOWN=shutdown,destroy -o PARALLEL_SHUTDOWN=3
	worst "25 s" -D 25
	worst "25 s" -D 25 -o ON_SHUTDOWN=shutdown,destroy
	worst "40 s" -o STOP_DEADLINE=40 -o ON_SHUTDOWN=suspend
	# An abort takes 30 s at most.
	worst "120 s" -o ON_SHUTDOWN=suspend -o SUSPEND_TIMEOUT=10
	worst \
	    "no limit: guest g1: a save that makes progress has no time limit; all else: 0 s" \
	    -o ON_SHUTDOWN=suspend
	worst \
	    "no limit: guest g1: its shutdown has no time limit; all else: 0 s" \
	    -o SHUTDOWN_TIMEOUT=0
	echo "g2 - - 0" >/etc/libvirt-guests.tab
	worst \
	    "no limit: guest g2: its shutdown has no time limit; all else: 200 s"
	{
		echo "g2 50 shutdown,destroy 20 stop-delay=5"
		echo "g1 40"
	} >/etc/libvirt-guests.tab
	worst "255 s"
	reset g1 g2 g3
	worst "0 s"
}

# past SECONDS...: a history of stops of g1, each of so long.
past()
{
	echo "#libvirt-guests-history/1"
	for past_s; do
		echo "run stop stop 1000 ${past_s}000 0 b 1 - 0"
		echo "guest $uri $(uuids g1) g1 shutdown - 1 1000 1001 $(:
		    )$((past_s + 1))000 0 well - off -"
	done
	# None of these counts: it failed, began otherwise, was a start.
	echo "run stop stop 900 90000 0 b 1 - 1"
	echo "guest $uri $(uuids g1) g1 shutdown - 1 0 1 90000 0 failed - late -"
	echo "guest $uri $(uuids g1) g1 suspend - 1 0 1 90000 0 well - saved -"
	echo "run start start 900 90000 0 b 1 - 0"
	echo "guest $uri $(uuids g1) g1 shutdown - 1 0 1 90000 0 well - off -"
}

lab_case usual 'the usual case, from the history' '-n 2'
usual_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=100 PARALLEL_SHUTDOWN=2
	past 9 3 4 5 40 >/var/lib/libvirt/libvirt-guests.history
	run 0 plan
	has out "^usual case: about 100 s, seldom above 100 s; $(:
	    )1 guest as in the worst case$"
	echo "g2 - leave" >/etc/libvirt-guests.tab
	run 0 plan
	has out "^usual case: about 5 s, seldom above 40 s"
	has out "^worst case: 100 s$"
	hasnt out "cut"
	run 0 -D 20 plan
	has out "^usual case: about 5 s, seldom above 20 s"
	has out "^the deadline may cut: g1$"
	run 0 -j -D 20 plan
	is json "[5,20,1,\"g1\"]" jq -c "[.usual, .seldom, .no_history, .cut]" out
	: >/var/lib/libvirt/libvirt-guests.history
	run 0 plan
	hasnt out "usual"
}

lab_case forced 'systemd forces the end of a host shutdown' '-n 1'
forced_lab()
{
	conf ON_SHUTDOWN=suspend
	warned="systemd forces the host down after 30 minutes, before the worst"
	run 0 plan
	hasnt err "systemd"
	mkdir -p /run/systemd/system
	# No limit at all, and one that is too long.
	run 0 plan
	has err "$warned"
	has err "set STOP_DEADLINE to 1500 or less$"
	run 0 -j -D 1801 plan
	has err "$warned"
	json .worst_case >/dev/null
	run 0 -D 1800 plan
	hasnt err "systemd"
	run 0 -o ON_SHUTDOWN=shutdown plan
	hasnt err "systemd"
	echo "$uri $(uuids g1)" >$list
	run 0 plan start
	hasnt err "systemd"
	rmdir /run/systemd/system
}

# Hooks before and behind the whole and each guest, snapshots; what cannot be
# run does not count.
lab_case bounds 'hooks and snapshots count as long as they may take' '-n 2'
bounds_lab()
{
	dir=/etc/libvirt-guests.d
	mkdir -p $dir
	in_turn g1 g2
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=100 HOOK_TIMEOUT=8
	worst "200 s"
	printf "#!/bin/sh\nexit 0\n" >$dir/10-first
	worst "200 s"
	chmod 755 $dir/10-first
	# 8 s, and 2 for one that does not want to end.
	worst "250 s"
	worst "140 s" -o PARALLEL_SHUTDOWN=2
	cp $dir/10-first $dir/20-second
	worst "300 s"
	worst "60 s" -D 60
	worst "60 s" -D 60 -o HOOK_TIMEOUT=3600
	rm $dir/*
	worst "320 s" -o SNAPSHOT=disk
	echo "g2 - - - snapshot=disk" >/etc/libvirt-guests.tab
	worst "260 s"
	run 0 plan
	has out "^1 .* g1 +.* 0 s +100 s "
	has out "^2 .* g2 +.* 100 s +260 s "
}

lab_case odd 'guests that do not just run: what the stop does to them' '-n 3'
odd_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=100 SUSPEND_TIMEOUT=50
	in_turn g1 g2 g3
	worst "300 s"
	lab_virsh suspend g1 >/dev/null
	# Saved; if that does not end, aborted in 30 s, resumed, and asked at
	# its turn.
	worst "300 s"
	worst "100 s" -o PARALLEL_SHUTDOWN=3
	# Beyond the time of the others it has one of its own.
	worst "210 s" -o PARALLEL_SHUTDOWN=3 -o SUSPEND_TIMEOUT=80
	run 0 plan
	has out \
	    "^1 .* g1 +shutdown .*conf.d/libvirt-guests:2; paused: first suspend$"
	hasnt out " g[23] .* first "
	run 0 stop
	saved g1
	unsaved g2 g3
	# A transient one cannot be.
	reset g1 g2 g3
	lab_guest_write t1 obey,transient
	lab_guest_start t1
	lab_guest_ready t1
	lab_virsh suspend t1 >/dev/null
	worst "100 s"
	run 0 plan
	has out "^1 .* t1 +shutdown .*conf.d/libvirt-guests:2; paused$"
	run 0 stop
	proofs 1 t1
}

lab_case ready 'plan start: delays, readiness, and who is on already' '-n 3'
ready_lab()
{
	tab=/etc/libvirt-guests.tab
	no="no limit: guest g1: a start has no time limit"
	in_turn g1 g2 g3
	conf "START_WAIT=40"
	run 0 stop
	start_worst()
	{
		run 0 plan start
		is "worst case" "worst case: $1" tail -n 1 out
	}
	start_worst "$no; all else: 0 s"
	{
		echo "g1 1 - - ready=agent"
		echo "g2 2 - - ready=delay:7"
		echo "g3 3 - - ready=tcp:127.0.0.1:1"
	} >$tab
	start_worst "$no; all else: 87 s"
	echo "g1 1 - - ready=agent,start-delay=3" >$tab
	start_worst "$no; all else: 43 s"
	rm $tab
	mkdir -p /etc/libvirt-guests.d
	printf "#!/bin/sh\nexit 0\n" >/etc/libvirt-guests.d/hook
	chmod 755 /etc/libvirt-guests.d/hook
	# Before the first; before and behind each, of which a place is kept
	# free for those before; behind it all.
	conf "HOOK_TIMEOUT=8"
	start_worst "$no; all else: 40 s"
	rm /etc/libvirt-guests.d/hook
	# Those that are on are left alone.
	lab_guest_start g1 g2 g3
	start_worst "0 s"
	has out "^1 .* g1 +start .* listed by the last stop; already active$"
	run 0 start
	has out "g1: already active$"
}

lab_case boot 'plan start: who is not brought back, and why' '-n 3'
boot_lab()
{
	tab=/etc/libvirt-guests.tab
	in_turn g1 g2 g3
	run 0 stop
	cp $list before
	{
		echo "# of no guest"
		echo "g2 - - - boot=no"
		echo "g3 - - - boot=yes"
	} >$tab
	run 0 plan start
	is names "g1 g3" names
	has out "^- .* $uri +g2 .*  not started: boot=no of guesttab $tab:2$"
	run 0 -j plan start
	is rows "g1 1
g3 2
g2 null" json ".guests[] | \"\\(.name) \\(.position)\""
	# Whatever ON_BOOT says.
	conf ON_BOOT=ignore
	run 0 plan start
	is names g3 names
	has out "^- .* g1 .*  not started: ON_BOOT=ignore$"
	has out "^- .* g2 .*  not started: boot=no of guesttab $tab:2$"
	cmp before $list || fail "the list was touched"
	run 0 start
	all running g3
	all "shut off" g1 g2
	no_list
}

lab_case nothing 'a plan touches nothing, and disturbs no stop' \
    '-b ignore -b obey -b obey'
nothing_lab()
{
	in_turn g1 g2 g3
	conf ON_SHUTDOWN=shutdown,destroy SHUTDOWN_TIMEOUT=3 \
	    PARALLEL_SHUTDOWN=8
	run 0 start
	reset g3
	echo "$uri $(uuids g3)" >$list
	: >$mark
	# All that a plan could have touched.
	witness()
	{
		ls -l --time-style=full-iso $list $mark
		cat $list
		ls -R /run/lock /run/libvirt-guests* \
		    /var/lib/libvirt/qemu/save 2>&1
		cat /run/libvirt-guests* 2>&1
		lab_virsh list --all
		lab_guest_presses g2
	}
	witness >before
	for command in plan "plan stop" "plan start" "-j plan" "-j plan start" \
	    "-j status" "-j gueststatus"; do
		run 0 $command
		witness >after
		cmp -s before after || fail "$command: $(diff before after)"
	done
	run 0 plan start
	is "to be started" g3 names
	# While a stop runs, which it neither holds up nor waits for.
	begin stop
	comes out "^Starting shutdown on guest: g1$"
	cp /run/libvirt-guests.lock lock
	for command in plan "plan start" "-j plan"; do
		code=0
		"$LIBVIRT_GUESTS" $command >plan.out 2>plan.err || code=$?
		[ $code -eq 0 ] || fail "$command: $code: $(cat plan.err)"
		cmp -s lock /run/libvirt-guests.lock || fail "it took the lock"
	done
	ends 0
	has out "^Shutdown of guest g2 complete\\.$"
	has out "^Guest g1 destroyed$"
	proofs 1 g2
	list_is $uri g3 g1 g2
}

lab_case start 'plan start: what is not started is named, with the reason' \
    '-n 2'
start_lab()
{
	reset g1 g2
	gone=11111111-2222-3333-4444-555555555555
	dead="qemu+unix:///system?socket=/nowhere"
	other=test:///default
	{
		echo "$uri $(uuids g2) $gone $(uuids g1)"
		echo "$dead $gone"
		echo "$other $gone"
	} >$list
	conf "URIS=\"$uri $dead\""
	cp $list before
	run 1 plan start
	is names "g2 g1" names
	has out "^- .* $uri +$gone .*  not started: no such guest$"
	has out "^- .*/nowhere +$gone .*  not started: its URI cannot be read$"
	has out \
	    "^- .* $other +$gone .*  not started: its URI is not configured$"
	has out "^1 .* g2 +start  .* \\?  +listed by the last stop$"
	has out \
	    "^worst case: no limit: guest g2: a start has no time limit; all else: 90 s$"
	has err "socket=/nowhere: "
	run 1 -j plan start
	is plan start json .plan
	is rows "$uri g2 1 listed by the last stop
$uri g1 2 listed by the last stop
$uri null null not started: no such guest
$dead null null not started: its URI cannot be read
$other null null not started: its URI is not configured" json ".guests[] |
    \"\\(.uri) \\(.name) \\(.position) \\(.reason)\""
	is uris "$uri true
$dead false" json ".uris[] | \"\\(.uri) \\(.ok)\""
	has out "\"error\":\"[^\"]"
	run 0 -c $uri -o ON_BOOT=ignore plan start
	is "with ON_BOOT=ignore" "" names
	is lines 5 eval "grep -c \"not started: ON_BOOT=ignore\" out"
	is "what comes then" "worst case: 0 s" tail -n 1 out
	cmp before $list || fail "the list was touched"
	all "shut off" g1 g2
	echo "$uri $(uuids g1) rubbish" >$list
	run 1 -c $uri plan start
	is names g1 names
	has err "rubbish"
}

lab_case wrong 'usage, a dead URI, a broken configuration' '-n 1'
wrong_lab()
{
	wrong()
	{
		run 2 "$@"
		has err "^libvirt-guests: .*; see libvirt-guests --help$"
		[ ! -s out ] || fail "$*: something on standard output"
	}
	for words in "plan x[" "plan stop order:x" "plan start meta:x" \
	    "restart stop" "status start" "check stop"; do
		wrong $words
	done
	wrong plan ""
	for command in restart condrestart try-restart reload force-reload; do
		wrong -j $command
		has err "^libvirt-guests: -j: "
	done
	is state running lab_guest_state g1
	conf "URIS=\"qemu+unix:///system?socket=/nowhere $uri\""
	for option in "" -j; do
		run 1 $option plan
		grep -q g1 out || fail "g1 is not there"
		has err "socket=/nowhere: "
	done
	is uris "false true" eval "json .uris[].ok | xargs"
	# A stop does not try it.
	run 1 -c nonsense plan
	has out "^no guests to stop$"
	has out "^worst case: 0 s$"
	conf "ON_SHUTDOWN=nonsense"
	for words in plan "plan start" "-j plan" "-j status" "-j gueststatus"; \
	    do
		code=6
		[ "$words" != "-j status" ] || code=3
		run $code $words
		[ -s out ] || fail "$words: nothing on standard output"
		has err "nonsense"
	done
	conf ""
	lab_daemon_kill9
	run 1 -j plan
	is guests 0 json ".guests | length"
	is uris false json .uris[].ok
}

lab_case status '-j of status and gueststatus' '-b obey -b obey,transient'
status_lab()
{
	in_turn g1 g2
	# status EXIT STATE TEXT UUIDS
	status()
	{
		run "$1" status
		is text "$3" head -n 1 out
		run "$1" -j status
		is state "$2" json .state
		is status "$3" json .status
		is guests "$4" eval "json .guests[].uuid | xargs"
		[ ! -s err ] || fail "a complaint"
	}
	status 3 stopped "stopped, with no saved guests" ""
	run 0 start
	status 0 started started ""
	run 0 -j gueststatus
	is guests "$uri g1 true running
$uri g2 false running" json ".guests[] |
    \"\\(.uri) \\(.name) \\(.persistent) \\(.state)\""
	is ids "$(lab_virsh list --id | xargs)" eval "json .guests[].id | xargs"
	is uuids "$(uuids g1 g2)" eval "json .guests[].uuid | xargs"
	is uris "$uri true null" json \
	    ".uris[] | \"\\(.uri) \\(.ok) \\(.error)\""
	run 0 stop
	status 3 stopped "stopped, with saved guests" "$(uuids g1)"
	is guest "$uri g1" json ".guests[] | \"\\(.uri) \\(.name)\""
	run 0 -j gueststatus
	is guests g2 json ".guests[].name"
}

lab_case names 'names with everything in them that libvirt takes' '-n 0'
names_lab()
{
	odd_define()
	{
		lab_guest_write "$1" obey
		{
			sed "/<name>/,\$d" "$LAB_DIR/guest/$1.xml"
			printf "<name>%s</name>\\n" "$2"
			sed "1,/<name>/d" "$LAB_DIR/guest/$1.xml"
		} >odd.xml
		lab_virsh create odd.xml >/dev/null
	}
	odd_define n1 "two &quot;quotes&quot; &apos;and&apos; \\\\ 100% %s %n"
	odd_define n2 "G&#228;ste"
	odd_define n3 "tab&#9;del&#127;csi&#155;2J&#8238;x"
	conf ON_SHUTDOWN=shutdown
	for command in plan gueststatus; do
		run 0 -j $command
		jq -e . out >/dev/null || fail "no JSON"
		is names 3 json ".guests | length"
		is "the first" "two \"quotes\" 'and' \\\\ 100% %s %n" \
		    json ".guests[0].name"
		is "the second" "Gäste" json ".guests[1].name"
		grep -Fq "tab\\u0009del\\u007fcsi\\u009b2J\\u202ex" out ||
		    fail "the third is not there"
		! tr -d "\\n" <out | LC_ALL=C grep -aq "[[:cntrl:]]" ||
		    fail "control bytes"
		is "C1 controls and overrides" 0 eval "od -An -tx1 -v out |
	    tr -d \" \\n\" | grep -c -e c29b -e e280ae || :"
	done
	run 0 plan
	grep -Fq "tab\\tdel\\177csi\\302\\2332J" out || fail "not escaped"
	grep -Fq "two \"quotes\"" out || fail "not there"
}

atf_init_test_cases()
{
	cmd_cases
}
