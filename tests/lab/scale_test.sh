#!/usr/bin/env atf-sh
#
# Twelve guests go down and come back in every way.

CMD_TIMEOUT=600
# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# cycle BOOTS PROOFS: down and up again; the counters afterwards.
cycle()
{
	order=$(running)
	is guests 12 eval "echo $order | wc -w"
	run 0 stop
	is "left running" "" running
	list_is $uri $order
	run 3 status
	$3 $order
	lab_host_down
	lab_host_up
	run 0 start
	is back 12 eval "running | wc -w"
	no_list
	lab_guest_ready $order
	boots $1 $order
	proofs $2 $order
}

lab_case twelve 'twelve go one after another and five at a time' '-n 12'
twelve_lab()
{
	conf ON_SHUTDOWN=suspend
	cycle 1 0 saved
	conf ON_SHUTDOWN=suspend PARALLEL_SUSPEND=5
	cycle 1 0 saved
	conf ON_SHUTDOWN=shutdown
	cycle 2 1 unsaved
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=5
	cycle 3 2 unsaved
}

atf_init_test_cases()
{
	cmd_cases
}
