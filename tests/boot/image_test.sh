#!/usr/bin/env atf-sh
#
# The tests' own tools.

BOOT_INIT=sysv
# shellcheck source-path=SCRIPTDIR source=boot.subr
. "$(atf_get_srcdir)/boot.subr"

boot_case no_boot 'a host that does not boot is told, with its console'
# shellcheck disable=SC2034 # read by host_boot
scenario_no_boot()
{
	BOOT_APPEND="init=/nowhere"
	! host_boot disk || host_bad "it boots" || return
	grep -q 'the machine is gone' why || host_bad "not told" || return
	grep -q 'Kernel panic' console || host_bad "no evidence"
}

atf_test_case unknown
unknown_head()
{
	atf_set descr "an init system that there is no disk for"
}
unknown_body()
{
	atf_check -s exit:75 -e match:'no such init: upstart' \
	    "$(atf_get_srcdir)/image" upstart
}

atf_init_test_cases()
{
	boot_cases
	atf_add_test_case unknown
}
