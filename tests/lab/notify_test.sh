#!/usr/bin/env atf-sh
#
# What a service manager hears through NOTIFY_SOCKET.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case notify 'more time, how far it is, and that it is ready' \
    '-b obey -b obey'
notify_lab()
{
	# listen ADDRESS: what comes there goes to heard, a line each.
	listen()
	{
		: >heard
		# One write for each, as they come side by side.
		socat -u "$1,fork" SYSTEM:"echo \$(cat)" >>heard &
		listener=$!
	}
	conf "ON_SHUTDOWN=shutdown"
	listen "UNIX-RECVFROM:$PWD/socket"
	lab_wait_until test -S socket
	NOTIFY_SOCKET=$PWD/socket
	export NOTIFY_SOCKET
	run 0 stop
	comes heard "^STATUS=0 of 2 guests to go"
	for line in EXTEND_TIMEOUT_USEC=60000000 "STATUS=2 of 2 guests to go" \
	    "STATUS=1 of 2 guests to go"; do
		comes heard "^$line\$"
	done
	hasnt heard READY
	kill "$listener"
	NOTIFY_SOCKET=@lab-notify
	listen "ABSTRACT-RECVFROM:lab-notify"
	lab_wait_until grep -q "@lab-notify" /proc/net/unix
	run 0 start
	comes heard "^READY=1\$"
	comes heard "^STATUS=0 of 2 guests to go"
	# Ready at once, not after the last guest: systemd calls ExecStop only of
	# a unit that is ready.
	is "last" "STATUS=0 of 2 guests to go" tail -n 1 heard
	kill "$listener"
	# One that is not there is no reason for anything.
	NOTIFY_SOCKET=$PWD/nobody
	run 0 stop
	NOTIFY_SOCKET=nonsense
	run 0 start
}

atf_init_test_cases()
{
	cmd_cases
}
