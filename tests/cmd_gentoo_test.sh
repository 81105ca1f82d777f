#!/usr/bin/env atf-sh
#
# What Gentoo's script does and leaves behind.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# shellcheck disable=SC2016 # all texts below are for the shell in the lab
cmd_case autostart 'guests of the daemon itself are stopped, not recorded' \
    '-b obey,autostart -b obey' '
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
'

atf_init_test_cases()
{
	cmd_cases
}
