#!/usr/bin/env atf-sh
#
# The package for Debian, in roots of hosts that are not booted: it replaces the
# service of libvirt while a guest runs, and gives it back.

here=$(cd "$(atf_get_srcdir)" && pwd)

packaged_head()
{
	atf_set require.user root
	atf_set require.progs "dpkg-deb unshare as ld"
	atf_set timeout 3000
}

packaged()
{
	for version in 1.0 1.1; do
		atf_check -o match:"libvirt-guests_${version}_.*\\.deb$" \
		    sh "$here/../../rc/deb" \
		    "$here/../../build/libvirt-guests" $version .
	done
	got=0
	"$here/chroot" "$1" package "$1" 2>said || got=$?
	[ "$got" -ne 75 ] || atf_skip "$(cat said)"
	cat said >&2
	[ "$got" -eq 0 ] || atf_fail "$(tail -n 1 said)"
}

atf_test_case systemd
systemd_head()
{
	packaged_head
}
systemd_body()
{
	packaged systemd
}

atf_test_case sysv
sysv_head()
{
	packaged_head
}
sysv_body()
{
	packaged sysv
}

atf_init_test_cases()
{
	atf_add_test_case systemd
	atf_add_test_case sysv
}
