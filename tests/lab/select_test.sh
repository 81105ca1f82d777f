#!/usr/bin/env atf-sh
#
# Guests that the command line selects: only these are stopped, started and
# listed.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# listed_are NAME...: the list has these guests, in any order.
listed_are()
{
	step listed_are "$*"
	# shellcheck disable=SC2046 # words
	[ "$(sorted $(listed))" = "$(sorted "$uri" $(uuids "$@"))" ] ||
	    fail "list: not $*"
}

lab_case some 'stop and start some of three guests; plan, gueststatus, report' \
    '-n 3'
some_lab()
{
	status()
	{
		run "$1" status
		is status "$2" head -n 1 out
	}
	printf '%s\n' "g2 60" "g3 10" >/etc/libvirt-guests.tab
	run 0 start
	for word in order:x order:9-1 meta:x=y "g[1" ""; do
		run 2 stop g1 "$word"
		has err "^libvirt-guests: \"${word%%[*}"
	done
	run 2 restart g1
	all running g1 g2 g3
	run 0 plan g1
	has out " g1 "
	hasnt out " g[23] "
	run 1 plan stop order:50- g1 nobody
	has err "^libvirt-guests: nobody: no running guest matches\$"
	has out " g1 "
	has out " g2 "
	hasnt out " g3 "
	run 0 gueststatus order:0-50
	has out " g3 "
	hasnt out " g[12] "

	run 0 stop g1 order:50-
	saved g1 g2
	all running g3
	hasnt out g3
	listed_are g1 g2
	status 0 started
	run 0 report -j
	is guests '["g1","g2"]' jq -c \
	    '[.runs[0].guests[].name] | sort' out
	# It is not the stop of its boot.
	json "[.runs[] | [.run, .selected]]" '[["stop",true],["start",false]]'
	run 0 report
	has out "^Stop   .*, selected guests, this boot +exit 0\$"
	run 0 status
	has out "^Since "
	hasnt out "^Last stop"
	sed -i.here "s/ $(cat /proc/sys/kernel/random/boot_id) / 1 /" \
	    $list.history
	run 1 report
	has out "^Boot   the last earlier boot ended without a stop of "
	mv $list.history.here $list.history

	run 1 start g3 "g[12]x"
	has err "^libvirt-guests: g3: no guest on the list matches\$"
	saved g1 g2
	run 0 -o ON_BOOT=ignore plan start g1
	has out " g1 "
	hasnt out " g2 "
	run 0 -o ON_BOOT=ignore start g1
	all running g1
	listed_are g2
	status 0 started
	run 1 stop nobody "$(uuids g1)"
	has err "^libvirt-guests: nobody: no running guest matches\$"
	saved g1 g2
	all running g3
	listed_are g2 g1
	# A stop that touches no guest does not hide the one before.
	run 1 stop nobody
	run 1 report
	has out "^ g1 "

	# A stop of all guests adds the rest; a start of some ends no stop.
	run 0 stop
	saved g3
	listed_are g2 g1 g3
	status 3 "stopped, with saved guests"
	run 0 start g3
	all running g3
	listed_are g2 g1
	status 3 "stopped, with saved guests"
	run 0 start "$(uuids g1)" order:60
	all running g1 g2 g3
	no_list
	status 0 started
}

lab_case two 'a stop of all guests does not wait for a stop of one' \
    '-b ignore -b obey'
two_lab()
{
	conf ON_SHUTDOWN=shutdown SHUTDOWN_RESEND=0 SHUTDOWN_TIMEOUT=40
	begin stop g1
	comes out "^Starting shutdown on guest: g1$"
	run 1 -o SHUTDOWN_TIMEOUT=3 stop
	has out "^Ending the stop of selected guests that is under way$"
	has out "^Shutdown of guest g2 complete"
	ends 1
	has err "a stop of all guests begins; it stops these guests, too$"
	all "shut off" g2
	fresh g1 g2
	conf ON_SHUTDOWN=suspend
	hold_install
	begin stop g1
	comes out "held\$"
	"$LIBVIRT_GUESTS" stop >second 2>&1 </dev/null &
	second=$!
	comes second "Ending the stop"
	ends 1
	let_go
	wait "$second" || fail "second stop: exit $?"
	saved g1 g2
	listed_are g1 g2
}

atf_init_test_cases()
{
	cmd_cases
}
