#!/usr/bin/env atf-sh
#
# When a guest that was started is ready for others to follow.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# off NAME...: they are off, and on the list.
off()
{
	reset "$@"
	echo "$uri $(uuids "$@")" >$list
}

# began NAME...: starts that libvirt has begun, in order.
began_are()
{
	is "starts" "$*" eval "grep -v on starts | xargs"
}

# Connections that this host has tried to make.
attempts()
{
	sed -n "s/^Tcp: \([0-9].*\)/\1/p" /proc/net/snmp | cut -d " " -f 5
}

attempts_more()
{
	[ "$(attempts)" -ge "$1" ]
}

lab_case delay 'ready=delay: the next order begins after that time' '-n 3'
delay_lab()
{
	start_hook
	off g1 g2 g3
	cat >/etc/libvirt-guests.tab <<-END
		g1 10 - - ready=delay:3
		g2 20
		g3 10
	END
	conf START_WAIT=1
	begin start
	comes starts "^g1 on$"
	comes starts "^g3 on$"
	ends 0
	has starts "^g2$"
	[ ! -s err ] || fail "something was said"
	all running g1 g2 g3
	no_list
	# A guest that goes meanwhile is not waited for.
	off g1 g2 g3
	sed -i s/delay:3/delay:500/ /etc/libvirt-guests.tab
	: >starts
	begin start
	comes out "^Resuming guest g1: done$"
	comes out "^Resuming guest g3: done$"
	hasnt starts "^g2$"
	lab_virsh destroy g1 >/dev/null
	ends 0
	has err "guest g1: off before it was ready$"
	all running g2 g3
	no_list
}

lab_case tcp 'ready=tcp: the next order begins when the port is open' '-n 2'
tcp_lab()
{
	start_hook
	# Of a name, and of an address.
	echo "127.0.0.1 router # localhost" >/etc/hosts
	for host in router "[::1]"; do
		family=pf=ip4
		[ "$host" = router ] || family=pf=ip6
		off g1 g2
		: >starts
		cat >/etc/libvirt-guests.tab <<-END
			g1 10 - - ready=tcp:$host:4711
			g2 20
		END
		sent=$(attempts)
		begin start
		comes out "^Resuming guest g1: done$"
		# The port was tried in vain, more than once.
		lab_wait_until attempts_more $((sent + 2))
		began_are g1
		has $list "$(uuids g1)"
		socat -u "TCP-LISTEN:4711,reuseaddr,$family" - </dev/null \
		    >/dev/null &
		ends 0
		# That one connection is all that came.
		wait $!
		began_are g1 g2
		[ ! -s err ] || fail "something was said"
		all running g1 g2
		no_list
	done
}

lab_case never 'one that is never ready is said, and holds nobody for ever' \
    '-n 4'
never_lab()
{
	start_hook
	off g1 g2 g3 g4
	cat >/etc/libvirt-guests.tab <<-END
		g1 10 - - ready=tcp:127.0.0.1:4711
		g2 20 - - ready=tcp:nowhere.example:80
		g3 30 - - ready=agent
		g4 40
	END
	conf START_WAIT=3
	run 0 start
	began_are g1 g2 g3 g4
	has err "$uri: guest g1: not ready in time$"
	has err \
	    "$uri: guest g2: not waiting until it is ready: nowhere.example is neither an "
	has err "$uri: guest g3: not waiting until it is ready: .*agent"
	is "lines" 3 grep -c . err
	all running g1 g2 g3 g4
	no_list
	# Who runs already is not waited for.
	echo "$uri $(uuids g1 g2 g3 g4)" >$list
	run 0 start
	[ ! -s err ] || fail "something was said"
	# A run that is ended while it waits: that guest is on, and nobody is
	# lost.
	off g1 g2 g3 g4
	conf START_WAIT=600
	: >starts
	begin start
	comes out "^Resuming guest g1: done$"
	kill -TERM $began
	ends 1
	began_are g1
	list_is $uri g1 g2 g3 g4
	conf START_WAIT=1
	run 0 start
	has out "^Resuming guest g1: already active$"
	all running g1 g2 g3 g4
	no_list
}

# One that answers is in cmd_linux_test.
lab_case agent 'ready=agent: it is asked until its time is up' '-n 2'
agent_lab()
{
	start_hook
	reset g1 g2
	lab_virsh dumpxml --inactive g1 >channel.xml
	channel="<channel type=\"unix\"><target type=\"virtio\""
	channel="$channel name=\"org.qemu.guest_agent.0\"/></channel>"
	sed -i "s|</devices>|$channel&|" channel.xml
	lab_virsh define channel.xml >/dev/null
	off g1 g2
	cat >/etc/libvirt-guests.tab <<-END
		g1 10 - - ready=agent
		g2 20
	END
	conf START_WAIT=3 CONNECT_TIMEOUT=2
	# Nobody in the guest opens the channel: it is asked until its time is
	# up.
	run 0 start
	began_are g1 g2
	has err "guest g1: not ready in time$"
	all running g1 g2
	no_list
}

atf_init_test_cases()
{
	cmd_cases
}
