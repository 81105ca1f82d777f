#!/usr/bin/env atf-sh
#
# The daemon is gone for good, and its guests live.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# shellcheck disable=SC2016 # all texts below are for the shell in the lab
cmd_case containers 'containers without their daemon are named' \
    '-l -b obey' '
uri=lxc:///
conf "CONNECT_TIMEOUT=1"
lab_lxc_define c1
lab_lxc_start c1
lab_lxc_define c2
lab_lxc_start c2
lab_daemon_kill9
run 1 stop
has err "^libvirt-guests: lxc:///: these run without their daemon: c[12], c[12]$"
pid=$(cat /run/libvirt/lxc/c1.pid)
kill -KILL "$pid"
lab_wait_until lab_not kill -0 "$pid"
run 1 stop
has err "these run without their daemon: c2$"
pid=$(cat /run/libvirt/lxc/c2.pid)
kill -KILL "$pid"
lab_wait_until lab_not kill -0 "$pid"
[ -e /run/libvirt/lxc/c2.pid ] || fail "nothing is left of it"
run 0 stop
has out "^No guest of lxc:/// is left running\\.$"
'

atf_init_test_cases()
{
	cmd_cases
}
