#!/usr/bin/env atf-sh
#
# report: what the last stop and start did to each guest, and what status says
# of it.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

past=/var/lib/libvirt/libvirt-guests.history

lab_case ends 'guests that end differently; GUEST, -n, -j; an earlier boot' \
    '-b obey -b obey -b ignore -b obey,transient'
ends_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=3 PARALLEL_SHUTDOWN=9
	{
		echo "g2 - suspend"
		echo "g3 - shutdown,destroy"
		echo "g4 - shutdown 2"
	} >/etc/libvirt-guests.tab
	run 0 report
	is nothing "No stop or start is known" cat out
	run 3 status
	is nothing "stopped, with no saved guests" cat out
	RUNLEVEL=0 run 0 -j stop
	is lines 1 eval "wc -l <out"
	[ ! -s err ] || grep -q "trying destroy" err || fail "a complaint"
	members "start, stop and shutdown|A run" .
	json "[.joined, .faults, .uris[0].ok, .exit]" "[false,[],true,0]"
	json ".totals | [.guests, .failed, (.results |
	    .off, .saved, .destroyed)]" "[4,0,2,1,1]"
	json '.totals.bytes == ([.guests[].bytes // 0] | add)' true
	cp out stopped
	run 0 report
	has out "^Stop   .*, runlevel 0, this boot +exit 0\$"
	has out "^ GUEST +HOW +ASKED +TOOK +RESULT +0 s +[0-9.]+ s\$"
	has out "^ g1 +shutdown +1 +[0-9.]+ s  off +\\|=+ *\\|\$"
	has out "^ g2 +suspend +1 +[0-9.]+ s  saved +\\| *=+ *\\|\$"
	has out "^ g3 +shutdown,destroy +2 +[0-9.]+ s  destroyed "
	has out "^   still on after its time limit\$"
	has out "^ 4 guests: .*2 off.*; longest: g3, [0-9.]+ s\$"
	hasnt out "^Start"
	is width 0 eval "grep -c '.\{81\}' out || :"
	run 0 report -j
	json ".runs | length" 1
	members report .
	members "A run" ".runs[0]"
	members "A guest|A guest of a run" ".runs[0].guests[0]"
	json .runs[0] "$(jq -c "del(.joined, .faults, .uris)" stopped)"
	json ".runs[0] | [.run, .command, .state, .reason, .exit, .this_boot]" \
	    '["stop","stop","ended","runlevel 0",0,true]'
	json ".boot == .runs[0].boot, .unstopped" "true
null"
	json "[.runs[0].guests[].name] | sort" '["g1","g2","g3","g4"]'
	json '.runs[0].guests[] | select(.name == "g3") |
	    [.uri, .method, .methods, .requests, .result, .forced, .failed]' \
	    "[\"$uri\",\"destroy\",[\"shutdown\",\"destroy\"],2,\"destroyed\",true,false]"
	json '.runs[0].guests | all(.asked <= .acknowledged and
	    .seconds >= 0 and .uuid != null)' true
	json '.runs[0] | .seconds >= 3 and .ended - .began >= 3' true

	# A transient guest cannot come back: that went wrong.
	run 1 start -j
	json "[.run, .exit, .joined, .totals.guests, .totals.failed]" \
	    '["start",1,false,4,1]'
	json ".faults[]" "a guest stays on the list"
	json '.guests[] | select(.failed) | [.name, .result, .why]' \
	    '["g4","gone","it no longer exists"]'
	run 1 report
	is kinds "Start Stop" eval "sed -n 's/^\\(St[a-z]*\\) .*/\\1/p' out |
	    xargs"
	has out "^ g4 +- .*  GONE"
	has out "^   it no longer exists\$"
	has out "^ g1 +start +1 +[0-9.]+ s  started "
	run 0 report -n 2 'g[12]'
	is guests "g1 g1 g2 g2" eval \
	    "sed -n 's/^ \\(g[0-9]\\) .*/\\1/p' out | sort | xargs"
	run 0 -n 1 report "$(uuids g1)"
	has out "^ 1 guest: 1 started\$"
	run 1 report g4
	run 1 report -j -n 1 g4
	json ".runs[].guests[].failed" true
	run 1 report nobody
	[ ! -s out ] || fail "a report of nobody"
	for word in os:linux order:1-2 "g[1"; do
		run 2 report "$word"
		has err "^libvirt-guests: \"${word%%[*}"
	done
	for n in 0 21 x; do
		run 2 report -n "$n"
	done
	run 2 -n 1 status
	run 0 status
	is started started head -n 1 out
	has out "^Since [0-9]+ [A-Z][a-z][a-z] [0-9:]+\$"
	has out "^Last stop: .* s, exit 0; 4 guests: "
	run 0 -j status
	members status .
	json ".state, .last_stop.exit, (.since >= .last_stop.began)" "started
0
true"

	# The host goes down without a stop.
	boot=$(cat /proc/sys/kernel/random/boot_id)
	sed -i "s/ $boot / 11111111-1111-1111-1111-111111111111 /" $past
	run 1 report
	has out "^Boot   the last earlier boot ended without a stop of "
	has out "^Start .*, earlier boot "
	run 1 report -j
	json .unstopped 11111111-1111-1111-1111-111111111111
	# A stop that was not of the host is one all the same.
	run 0 start
	sed -i "s/^run start start [0-9]* \\(.* 1111.*\\) 1 all\$/run stop stop 1 \\1 0/" \
	    $past
	run 0 report
	hasnt out "^Boot"
	has out "^Stop   [0-9]+ [A-Z][a-z]+ (1970|1969) "
}

lab_case broken 'a killed stop did not end; without a history a stop is well' \
    '-b obey'
broken_lab()
{
	hold_install
	begin stop
	comes out "held\$"
	run 0 report
	has out "^Stop .*, this boot +under way\$"
	has out "^ g1 +- +- +-  not asked\$"
	run 0 report -j
	json ".runs[0].state, .runs[0].exit, .runs[0].guests[0].result" \
	    "under way
null
not asked"
	kill -9 "$began"
	ends 137
	run 1 report
	has out "^Stop .*, this boot +DID NOT END\$"
	has out "^ g1 +- +- +-  NOT ASKED\$"
	run 3 status
	is stopped "stopped, with saved guests" head -n 1 out
	has out "^Last stop: .*, DID NOT END; 1 guest: 1 not asked\$"
	let_go
	run 0 stop
	saved g1
	run 0 start
	run 0 report -n 2
	run 1 report -n 3

	# It cannot be read, nor written.
	rm $past
	mkdir $past
	run 0 stop
	saved g1
	is complaints 2 eval "grep -c 'libvirt-guests.history: ' err"
	is lines 2 eval "wc -l <err"
	run 0 start
	all running g1
	run 1 report
	has err "history: not a regular file\$"
	rmdir $past

	# Nor trusted.
	echo "junk" >$past
	run 0 report
	has err "malformed"
	chmod 666 $past
	run 1 report
	has err "writable by others than root\$"
	run 0 stop
	has err "^libvirt-guests: warning: cannot read the history: .*; dropping it\$"
	run 0 report
	has out "^ g1 +suspend +1 "
	is mode 600 stat -c %a $past
}

atf_init_test_cases()
{
	cmd_cases
}
