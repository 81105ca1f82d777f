#!/usr/bin/env atf-sh
#
# Whole hosts with BusyBox's init.

BOOT_INIT=busybox
BOOT_OFF="busybox poweroff"
BOOT_REBOOT="busybox reboot"
# shellcheck source-path=SCRIPTDIR source=boot.subr
. "$(atf_get_srcdir)/boot.subr"

boot_case short_life 'guests go with the host and come back'
boot_case disabled 'without the service nothing of that happens' without

atf_init_test_cases()
{
	boot_cases
}
