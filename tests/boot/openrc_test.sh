#!/usr/bin/env atf-sh
#
# Whole hosts with OpenRC.

BOOT_INIT=openrc BOOT_DOWN="runlevel [06]"
# shellcheck source-path=SCRIPTDIR source=boot.subr
. "$(atf_get_srcdir)/boot.subr"

boot_case life 'guests go with the host and come back; trouble is survived'
boot_case disabled 'without the service nothing of that happens' without

atf_init_test_cases()
{
	boot_cases
}
