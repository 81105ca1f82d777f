#!/usr/bin/env atf-sh
#
# Waiting for a stop that somebody else has begun.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# A stop begun by hold ARGUMENT... waits in its hook until let_go; then begin
# await has joined it when joined returns.
hold()
{
	hold_install
	"$LIBVIRT_GUESTS" "$@" >out1 2>err1 </dev/null &
	held=$!
	comes out1 "held\$"
}

holds_begin()
{
	joined="^Joining the stop that is under way\$"
}

lab_case none 'there is none: nothing is done' '-n 1'
none_lab()
{
	run 0 await
	has out "^No stop is under way$"
	all running g1
	no_list
}

lab_case result 'its result is that of the stop' '-b obey -b ignore'
result_lab()
{
	holds_begin
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=2 PARALLEL_SHUTDOWN=2
	hold stop
	begin await
	comes out "$joined"
	let_go
	ends 1
	has err "ended with exit code 1"
	! wait "$held" || fail "the stop did not fail"
	all running g2
	lab_virsh destroy g2 >/dev/null
	lab_virsh start g1 >/dev/null
	rm go
	hold -o ON_SHUTDOWN=suspend stop
	begin await
	comes out "$joined"
	let_go
	ends 0
	wait "$held" || fail "the stop failed"
	saved g1
	# A stop of selected guests has no result for others.
	run 0 start
	rm go
	hold stop g1
	begin await
	comes out "^Waiting for another libvirt-guests"
	let_go
	ends 0
	has out "^No stop is under way$"
	wait "$held" || fail "the stop of g1 failed"
}

lab_case killed 'a stop that is killed has no result' '-n 1'
killed_lab()
{
	holds_begin
	hold stop
	begin await
	comes out "$joined"
	kill -KILL "$held"
	wait "$held" || :
	ends 1
	has err "ended without a result"
	all running g1
	let_go
}

lab_case config 'bad lines do not keep it from waiting' '-n 1'
config_lab()
{
	holds_begin
	hold stop
	conf "NONSENSE LINE"
	begin await
	comes out "$joined"
	let_go
	ends 6
	wait "$held" || fail "the stop failed"
}

atf_init_test_cases()
{
	cmd_cases
}
