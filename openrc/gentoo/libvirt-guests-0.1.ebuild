# Distributed under the terms of the ISC license

EAPI=8

inherit toolchain-funcs

DESCRIPTION="Stops libvirt guests at shutdown and starts them at boot"
HOMEPAGE="https://libvirt.org/manpages/libvirt-guests.html"
SRC_URI="${P}.tar.gz"

LICENSE="ISC"
SLOT="0"
KEYWORDS="~amd64 ~arm64"
RESTRICT="fetch test"

src_compile() {
	emake CC="$(tc-getCC)" CFLAGS="${CFLAGS}" STATIC=no STRIP=:
}

src_install() {
	emake CC="$(tc-getCC)" CFLAGS="${CFLAGS}" STATIC=no STRIP=: \
		DESTDIR="${D}" INIT=openrc install
}

pkg_postinst() {
	elog "app-emulation/libvirt installs a service of the same name."
	elog "To replace it, set COLLISION_IGNORE=/etc/init.d/libvirt-guests."
}
