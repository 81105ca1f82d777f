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

pkg_setup() {
	if has_version "app-emulation/libvirt[libvirtd(+)]"; then
		ewarn "app-emulation/libvirt installs files of the same names."
		ewarn "To replace them, set in /etc/portage/make.conf:"
		ewarn "COLLISION_IGNORE=\"/etc/init.d/libvirt-guests"
		ewarn "	/etc/conf.d/libvirt-guests"
		ewarn "	/usr/share/man/man8/libvirt-guests.8*\""
	fi
}

guests_make() {
	emake CC="$(tc-getCC)" CFLAGS="${CFLAGS}" STATIC=no STRIP=: \
		LDFLAGS="${LDFLAGS} -Wl,--gc-sections -Wl,-z,now" \
		WARN=-std=c11 "${@}"
}

src_compile() {
	guests_make
}

src_install() {
	guests_make DESTDIR="${D}" INIT=openrc install
	einstalldocs
}

pkg_postinst() {
	elog "To enable the service: rc-update add libvirt-guests default"
	elog "libvirt-guests check shows what a stop needs."
}
