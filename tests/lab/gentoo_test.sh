#!/usr/bin/env atf-sh
#
# What Gentoo's script does and leaves behind.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case autostart 'guests of the daemon itself are stopped, not recorded' \
    '-b obey,autostart -b obey'
autostart_lab()
{
	lab_config conf.d "LIBVIRT_URIS=$uri
LIBVIRT_IGNORE_AUTOSTART=yes
LIBVIRT_NET_SHUTDOWN=no"
	run 0 stop
	saved g1 g2
	list_is $uri g2
	lab_host_down
	lab_host_up
	# By its daemon, from its save.
	lab_guest_wait g1 running
	is "g2 alone" "shut off" lab_guest_state g2
	run 0 start
	all running g1 g2
	boots 1 g1 g2
	no_list
	# And without the key both are.
	conf ""
	order=$(running)
	run 0 stop
	list_is $uri $order
}

lab_case taken_over 'the list of the script is started, and becomes ours' '-n 3'
taken_over_lab()
{
	theirs=/var/lib/libvirt/libvirt-guests.state
	lab_config conf.d "LIBVIRT_URIS=$uri
LIBVIRT_NET_SHUTDOWN=no"
	reset g1 g2 g3
	for name in g1 g2; do
		echo "$uri $(uuids $name)"
	done >$theirs
	run 3 status
	has out "with saved guests$"
	run 0 start
	all running g1 g2
	is "g3" "shut off" lab_guest_state g3
	no_list
	[ ! -e $theirs ] || fail "theirs is there still"
	# A stop finds it, too: nobody has started what is in there.
	reset g2
	lab_guest_ready g1
	echo "$uri $(uuids g2)" >$theirs
	run 0 stop
	saved g1
	list_is $uri g2 g1
	[ ! -e $theirs ] || fail "theirs is there still"
	# Killed before it was removed: in both, and nobody is lost.
	listed | tr " " "\n" | sed -n "2,\$s|^|$uri |p" >$theirs
	run 0 start
	all running g1 g2
	no_list
	[ ! -e $theirs ] || fail "theirs is there still"
	# What cannot be reached now is kept, in our list.
	echo "qemu+unix:///system?socket=/nowhere $(uuids g3)" >$theirs
	run 1 -c "qemu+unix:///system?socket=/nowhere" -o START_WAIT=0 start
	[ ! -e $theirs ] || fail "theirs is there still"
	has $list "^qemu[+]unix:.* $(uuids g3)$"
	# Whatever the configuration says: Gentoo's file has no key that is set.
	mv $list $theirs
	conf ""
	run 1 start
	has err "Ignoring guests on qemu[+]unix:.* 1 guest stays"
	[ ! -e $theirs ] || fail "theirs is there still"
	has $list "^qemu[+]unix:.* $(uuids g3)$"
	rm $list
	reset g1 g2
	echo "$uri $(uuids g1)" >$theirs
	lab_config conf.d "#LIBVIRT_URIS=$uri"
	run 3 status
	has out "with saved guests$"
	run 0 start
	all running g1
	[ ! -e $theirs ] || fail "theirs is there still"
	no_list
}

lab_case places 'the file that Gentoo has for systemd; a bare driver' '-b obey'
places_lab()
{
	lab_config conf.d "LIBVIRT_URIS=qemu
LIBVIRT_SHUTDOWN=destroy"
	mkdir -p /etc/libvirt
	echo "ON_SHUTDOWN=nonsense" >/etc/libvirt/libvirt-guests.conf
	run 0 stop
	has err "/etc/libvirt/libvirt-guests.conf is not read; using .*conf.d/"
	has out "^Guest g1 destroyed$"
	list_is qemu g1
	run 0 start
	all running g1
	# On a host of systemd the two change their places.
	mkdir -p /run/systemd/system
	run 6 reload
	has err "^libvirt-guests: /etc/libvirt/libvirt-guests.conf:1:13: "
	has err "/etc/conf.d/libvirt-guests is not read; using .*guests.conf$"
	# Standard output has only the answer.
	run 0 status
	is status started head -n 1 out
	echo "URIS=qemu" >/etc/libvirt/libvirt-guests.conf
	rmdir /run/systemd/system
}

atf_init_test_cases()
{
	cmd_cases
}
