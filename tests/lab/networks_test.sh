#!/usr/bin/env atf-sh
#
# Virtual networks, stopped behind the guests and brought back before them.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

nets=/var/lib/libvirt/libvirt-net.state

# net NAME [COMMAND]: an isolated network, by default defined and started.
net()
{
	echo "<network><name>$1</name><bridge name=\"v$1\"/></network>" \
	    >$1.xml
	lab_virsh ${2:-net-define} $1.xml >/dev/null
	[ $# -eq 2 ] || lab_virsh net-start $1 >/dev/null
}

active()
{
	lab_virsh net-list --name | grep . | sort | tr "\n" " " | sed "s/ $//"
}

net_uuid()
{
	lab_virsh net-uuid $1 | grep .
}

# The file has a line for each of these and no other.
nets_are()
{
	for name; do
		echo "$uri $(net_uuid "$name")"
	done | sort >wanted
	sort $nets | diff wanted - || fail "networks: not those of $*"
}

no_nets()
{
	[ ! -e $nets ] || fail "there is a list of networks"
}

nets_begin()
{
	conf NET_SHUTDOWN=yes
}

lab_case whole 'networks are stopped, and back after a boot' '-n 1'
whole_lab()
{
	nets_begin
	net n1
	net n2
	net off net-define
	net n3 net-create
	lab_virsh net-autostart n2 >/dev/null
	run 0 stop
	saved g1
	is active n3 active
	nets_are n1 n2
	has out "^Stopping network n1: done$"
	has out "^Stopping network n2: done$"
	lab_host_down
	lab_host_up
	# Its daemon has started one of them by itself.
	is active n2 active
	run 0 start
	is active "n1 n2" active
	has out "^Starting network n1: done$"
	has out "^Starting network n2: already active$"
	is first 1 eval "sed /g1/q out | grep -c \"network n1: done\""
	no_nets
	no_list
	all running g1
	# Without the key none is stopped; without guests all are.
	conf ""
	run 0 stop
	is active "n1 n2" active
	no_nets
	conf NET_SHUTDOWN=yes ON_BOOT=ignore
	run 0 stop
	is active "" active
	run 0 start
	is active "n1 n2" active
	is "not started" "shut off" lab_guest_state g1
	no_list
	no_nets
}

lab_case guests 'a guest that runs on keeps its networks' '-b ignore -n 1'
guests_lab()
{
	nets_begin
	net n1
	conf NET_SHUTDOWN=yes ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=1
	run 1 stop
	is active n1 active
	run 0 -o ON_SHUTDOWN=leave stop
	is active n1 active
	# Nor are they stopped by way of another URI that has the same daemon.
	run 0 -c $uri -c lxc:///system -o ON_SHUTDOWN=leave stop
	is active n1 active
	no_nets
	run 0 -c lxc:///system stop
	is active "" active
	run 0 -c lxc:///system start
	is active n1 active
	# Recorded once, though two URIs have it.
	run 0 -c $uri -c lxc:///system -o ON_SHUTDOWN=destroy stop
	is active "" active
	nets_are n1
}

lab_case kept 'what does not start is kept, what is gone is dropped' '-n 0'
kept_lab()
{
	nets_begin
	net n1
	net n2
	net n3
	run 0 stop
	lab_virsh net-undefine n3 >/dev/null
	# Something else has taken its bridge.
	ip link add vn1 type bridge
	run 1 start
	is active n2 active
	nets_are n1
	has err "network n1: "
	has err "network .* no longer exists; removed from the list$"
	ip link delete vn1
	run 0 start
	is active "n1 n2" active
	no_nets
	# That of a URI that is not configured stays; one left over is merged.
	echo "lxc:///system $(net_uuid n1)" >$nets
	run 0 start
	has $nets "^lxc:///system $(net_uuid n1)$"
	run 0 stop
	has $nets "^lxc:///system $(net_uuid n1)$"
	has $nets "^$uri $(net_uuid n1)$"
	has $nets "^$uri $(net_uuid n2)$"
}

lab_case broken 'what nobody can read of the file is kept aside' '-n 0'
broken_lab()
{
	nets_begin
	net n1
	run 0 stop
	echo "$uri nonsense" >>$nets
	run 1 start
	is active n1 active
	no_nets
	has $nets.broken "nonsense$"
	has err "$nets: malformed; kept as $nets.broken$"
	run 0 start
	# And by a stop, which goes on.
	echo "nonsense" >$nets
	run 0 stop
	nets_are n1
	is aside 2 eval "ls $nets.broken* | wc -l"
	run 0 start
	is active n1 active
}

lab_case unwritten 'a network that is not on record is not stopped' '-n 1'
unwritten_lab()
{
	nets_begin
	net n1
	mkdir $nets
	run 0 stop
	saved g1
	is active n1 active
	has err "libvirt-net.state"
	rmdir $nets
	run 0 -o STATE_DIR=/no/such/dir stop
	is active n1 active
	has err "cannot write the list of networks"
	# A driver without networks has nothing to stop, and that is no error.
	run 0 -c test:///default stop
}

# Killed when they are on record and all of them are there still, and when
# the first of them is not.
lab_case killed 'killed between recording and stopping' '-n 0'
killed_lab()
{
	nets_begin
	net n1
	net n2
	hex()
	{
		net_uuid $1 | tr -d -
	}
	one=$(printf "000000026e310000%s" "$(hex n1)")
	two=$(printf "000000026e320000%s" "$(hex n2)")
	fake_open <<-END
		42 hang
		273 answer 00000000 00000000
		283 answer 00000002 $one $two 00000002
	END
	begin -c "qemu+unix:///system?socket=$PWD/socket" stop
	comes calls " 42$"
	kill -KILL $began
	wait $began 2>/dev/null || :
	exec 9>&-
	kill $fake
	sed -i "s|^[^ ]*|$uri|" $nets
	nets_are n1 n2
	lab_virsh net-destroy n2 >/dev/null
	run 0 start
	is active "n1 n2" active
	no_nets
}

# A daemon that lists its guest and does not answer for its network.
mute_open()
{
	nets_begin
	run 0 stop
	fake_open <<-END
		273*1 list
		273*1 list f1
		47 hang
		212 answer 00000005 00000000
		196 answer 00000002 66310000 $(printf "%032d" 1) 00000001
	END
	one="test+unix:///default?socket=$PWD/socket"
	echo "$one 01010101-0101-0101-0101-010101010101" >$nets
	cat $nets >>$list
	conf "URIS=\"$one $uri\"
START_DELAY=${1:-0}
CONNECT_TIMEOUT=20"
}

# The guests of the other URI are on before its network is given up.
mute_passed()
{
	comes calls " 47$"
	lab_wait_until eval \
	    "[ \$(grep -c \"^Resuming guest g.: done\" out) -eq 2 ]"
	[ ! -s err ] || fail "the network was waited for"
	ends 1
	has err "01010101.*: the daemon did not answer in time$"
	has out "^Resuming guest f1: done"
}

lab_case mute 'networks of a URI delay no guests of others' '-n 2'
mute_lab()
{
	mute_open
	begin start
	mute_passed
}

# It answers while g1 is started.
lab_case late 'networks of a late URI delay no guests of others' '-n 2'
late_lab()
{
	mute_open 4
	kill -STOP $fake
	begin start
	comes out "^Resuming guest g[12]: done"
	kill -CONT $fake
	mute_passed
}

lab_case ended 'no guest is started behind a signal' '-n 0'
ended_lab()
{
	nets_begin
	fake_open <<-END
		273*1 list
		273*1 list f1
		47 hang
	END
	one="test+unix:///default?socket=$PWD/socket"
	echo "$one 01010101-0101-0101-0101-010101010101" | tee $list >$nets
	begin -c "$one" start
	comes calls " 47$"
	kill -TERM $began
	ends 1
	# Behind it there is only CONNECT_CLOSE.
	is calls 47 eval \
	    "grep -v \" 2\$\" calls | tail -n 1 | cut -d \" \" -f 2"
	has $list "01010101"
}

atf_init_test_cases()
{
	cmd_cases
}
