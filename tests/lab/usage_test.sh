#!/usr/bin/env atf-sh
#
# The command line: what is understood, and that nothing happens when it is
# not.  A running guest is the witness.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case wrong 'wrong usage: one line on standard error, exit 2' '-b obey'
wrong_lab()
{
	wrong()
	{
		run 2 "$@"
		has err "^libvirt-guests: .*; see libvirt-guests --help$"
		is lines 1 eval "wc -l <err"
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
	for pair in "stpo stop" "Statu status" "gueststaus gueststatus"; do
		wrong "${pair% *}"
		has err "\"${pair% *}\" .* command; did you mean ${pair#* }\?;"
	done
	for option in -x --stop --nonsense; do
		wrong "$option"
		has err "^libvirt-guests: \"$option\" is an unknown option;"
		wrong -q stop "$option"
	done
	wrong -vxq status
	has err "^libvirt-guests: \"-x\" is an unknown option;"
	for option in -c -D -f -o; do
		wrong "$option"
		has err "^libvirt-guests: \"$option\" needs a value;"
		wrong -q "$option"
	done
	wrong restart start
	wrong status ""
	wrong -- reload stop
	for n in "" x -1 0 604801 99999999999999999999 5s 0x10 1.5 "5 "; do
		wrong -D "$n" plan
		has err "^libvirt-guests: -D: "
	done
	for text in "" x ON_SHUTDOWN "ON_SHUTDOWN shutdown"; do
		wrong -o "$text" start
		has err "^libvirt-guests: -o: \".*\" has no =; use KEY=VALUE"
	done
	no_list
	is presses 0 lab_guest_presses g1
}

lab_case values 'a bad value of an option keeps no stop from its guests' \
    '-b obey'
values_lab()
{
	# stops TEXT [ARGUMENT]...: by all commands that stop.
	stops()
	{
		text=$1
		shift
		run 6 "$@"
		has err "^libvirt-guests: $text"
		saved g1
		run 0 start
		all running g1
	}
	for n in 90.00=90 90s=90 604801=604800 "5 =5" 0x10= =  x= -1= 0=; do
		used="no deadline"
		[ -z "${n##*=}" ] || used="${n##*=} s"
		stops "-D: \"${n%=*}\" .*; using $used$" stop -D "${n%=*}"
	done
	stops "-D: \"\" is not a number .*; using no deadline$" -D "" stop
	stops "-D: \"stop\" is not a number .*; using no deadline$" -D stop
	stops "-o ON_SHUTDOWN: missing =; use KEY=VALUE" -o ON_SHUTDOWN stop
	stops "-c a b: blank in the URI; using the configured URIs" \
	    -c "a b" stop
	stops "-c a b: blank in the URI; using the other URIs" -c "a b" \
	    -c $uri stop
	# All of them, also those that start again.
	for command in shutdown restart; do
		run 6 -D 20x $command
		has err "^libvirt-guests: -D: .*; using 20 s$"
	done
	# Behind the command they are as good.
	run 0 stop -D 100 -q
	[ ! -s out ] || fail "-q is not heard"
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
