#!/usr/bin/env atf-sh
#
# The command line: what is understood, and that nothing happens when it is
# not.  A running guest is the witness.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case wrong 'wrong usage: the usage on standard error, exit 2' '-b obey'
wrong_lab()
{
	wrong()
	{
		run 2 "$@"
		has err "^usage: libvirt-guests "
		[ ! -s out ] || fail "$*: something on standard output"
		is "state after $*" running lab_guest_state g1
	}
	wrong
	for word in "" sto stopp STOP "stop " " stop" star restar stat statu \
	    stop.sh \
	    try restart-all force_reload condrestar shutdow gueststat "st*" -; \
	    do
		wrong "$word"
		has err "command"
	done
	for option in -x --stop --nonsense -c -D -f -o -c; do
		wrong "$option"
		wrong -q "$option"
	done
	wrong stop start
	wrong stop -q
	wrong status ""
	wrong -- stop stop
	for n in "" x -1 0 604801 99999999999999999999 5s 0x10 1.5 "5 "; do
		wrong -D "$n" stop
		has err "^libvirt-guests: -D: "
	done
	for text in "" x ON_SHUTDOWN "ON_SHUTDOWN shutdown"; do
		wrong -o "$text" stop
		has err "^libvirt-guests: -o: missing =: use KEY=VALUE"
	done
	no_list
	is presses 0 lab_guest_presses g1
}

lab_case help 'help and version on standard output, exit 0' '-b obey'
help_lab()
{
	for option in --help -h; do
		run 0 "$option"
		has out "^usage: libvirt-guests "
		for name in start stop shutdown restart condrestart \
		    try-restart \
		    reload force-reload status gueststatus; do
			has out "^  $name +[a-z]"
		done
		for letter in c D f h o q V v; do
			has out "^  -${letter}[ ,]"
		done
		[ ! -s err ] || fail "something on standard error"
	done
	for option in --version -V; do
		run 0 "$option"
		is lines 1 eval "wc -l <out"
		has out "^libvirt-guests [0-9]+\\.[0-9]"
	done
	# They are it, whatever else is there.
	run 0 --help stop
	run 0 -V stop
	is state running lab_guest_state g1
	no_list
}

lab_case names 'every command of the help is one; -- ends options' '-b obey'
names_lab()
{
	run 0 --help
	names=$(sed -n "s/^  \\([a-z-]*\\)  .*/\\1/p" out | grep "^[a-z]")
	[ "$(echo "$names" | wc -l)" -ge 10 ] || fail "few: $names"
	for name in $names; do
		code=0
		"$LIBVIRT_GUESTS" -D 60 -- "$name" >out 2>err || code=$?
		[ $code -ne 2 ] || fail "$name: usage"
		hasnt err "^usage:"
	done
}

atf_init_test_cases()
{
	cmd_cases
}
