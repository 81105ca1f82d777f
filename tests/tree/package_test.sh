#!/usr/bin/env atf-sh
# shellcheck disable=SC2013,SC2016,SC2046,SC2086 # other shells; words
#
# The packages: they are clean, and their functions build and install what they
# should.  They get the program that is built; nothing is compiled again.  The
# package for Debian on hosts is in tests/boot/package_test.sh.

tree=$(cd "$(dirname "$0")/../.." && pwd)
version=$(sed -n 's/^VERSION = //p' "$tree/config.mk")

# with_variables COMMAND...: with the variables of make in ./variables.
with_variables()
{
	while read -r variable; do
		set -- "$@" "$variable"
	done <variables
	atf_check -o ignore -e save:errors "$@"
}

# noted COMMAND...: run it with a make that notes in ./variables which variables
# of config.mk it is given, and in ./words all words.
noted()
{
	mkdir -p bin
	cat >bin/make <<-END
	#!/bin/sh
	printf '%s\\n' "\$@" >>$(pwd)/words
	END
	chmod 755 bin/make
	: >words
	PATH=$(pwd)/bin:$PATH atf_check -o ignore "$@"
	rm bin/make
	grep '^[A-Z]*=' words | grep -v -e '^DESTDIR=' -e '^INIT=' | sort -u \
	    >variables
	while IFS='=' read -r name _; do
		grep -q "^$name =" "$tree/config.mk" ||
		    atf_fail "config.mk has no $name"
	done <variables
}

# run COMMAND...: a package builds and installs, with a make for which the
# program is up to date.
run()
{
	noted "$@"
	cp -a "$tree/build/libvirt-guests.obj" program.obj
	cp -a "$tree/build/libvirt-guests" program
	with_variables make -C "$tree" -s BIN="$(pwd)/program" \
	    "$(pwd)/program.obj/flags"
	# Of one time, so that no object is older than the flags.
	find program program.obj -type f -exec touch -r program.obj/flags {} +
	PATH=$(pwd)/bin:$PATH MAKEFLAGS="-- BIN=$(pwd)/program" \
	    atf_check -o save:said "$@"
	atf_check -s exit:1 grep '^\(cc\|ld\) ' said
	[ "$(wc -c <root/usr/sbin/libvirt-guests)" -gt 100000 ] ||
	    atf_fail "no program"
	# The compiler takes their flags.
	with_variables make -C "$tree" -s BIN="$(pwd)/other" \
	    "$(pwd)/other.obj/compat/strlcpy.o"
}

# files FOLDER FILE...: these are its files.
files()
{
	folder=$1
	shift
	printf '%s\n' "$@" | LC_ALL=C sort >want
	(cd "$folder" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort) >found
	atf_check diff -u want found
}

# What each package has.
everywhere="usr/sbin/libvirt-guests usr/share/libvirt-guests/libvirt-guests.sh"
completions="usr/share/bash-completion/completions/libvirt-guests
    usr/share/zsh/site-functions/_libvirt-guests
    usr/share/fish/vendor_completions.d/libvirt-guests.fish"
manuals="usr/share/man/man8/libvirt-guests.8
    usr/share/man/man5/libvirt-guests.conf.5 usr/share/man/man5/guesttab.5"

# tidy FILE: no blanks at the end of a line, no empty lines side by side.
tidy()
{
	atf_check -s exit:1 grep -n '[ 	]$' "$1"
	atf_check awk '
	/^$/ && (NR == 1 || empty) { print FILENAME ":" NR ": empty line" }
	{ empty = /^$/ }
	END { if (empty) print FILENAME ": empty line at the end" }' "$1"
}

# --- Alpine ---

atf_test_case alpine
alpine_head()
{
	atf_set descr "each file of APKBUILD is in one of its packages"
}
alpine_body()
{
	apkbuild=$tree/openrc/alpine/APKBUILD
	tidy "$apkbuild"
	atf_check -s exit:1 grep -n '^ ' "$apkbuild"
	! command -v busybox >/dev/null || atf_check busybox ash -n "$apkbuild"
	# abuild reads the variables, and sets others.
	! command -v shellcheck >/dev/null ||
	    atf_check shellcheck -s sh -e SC2034,SC2154 "$apkbuild"
	# As abuild: in the sources, and any failure ends it.
	cat >abuild <<-'END'
	srcdir=$1/src pkgdir=$1/root builddir=$2
	. "$2/openrc/alpine/APKBUILD"
	for name in pkgname pkgver pkgrel pkgdesc url arch license source; do
		eval "[ -n \"\$$name\" ]" || echo "no $name"
	done
	[ ${#pkgdesc} -le 128 ] || echo "pkgdesc: too long"
	echo $subpackages >"$1/subpackages"
	for name in build package; do
		(cd "$builddir" && $name)
	done
	END
	run sh -eu abuild "$(pwd)" "$tree"
	# The program is stripped, as the others of Alpine.
	atf_check -o not-match:' \.symtab ' -o match:' \.text ' \
	    readelf -SW root/usr/sbin/libvirt-guests
	for name in $(cat subpackages); do
		alpine_split "${name#libvirt-guests-}"
	done
	files root $everywhere etc/libvirt-guests.tab
	files doc $manuals
	files openrc etc/init.d/libvirt-guests etc/conf.d/libvirt-guests
}

# alpine_split NAME: the files that abuild moves to that subpackage.
alpine_split()
{
	case $1 in
	doc)			what="usr/share/man" ;;
	openrc)			what="etc/init.d etc/conf.d" ;;
	bash-completion)	what=usr/share/bash-completion/completions ;;
	zsh-completion)		what=usr/share/zsh/site-functions ;;
	fish-completion)	what=usr/share/fish/vendor_completions.d ;;
	*)			atf_fail "no such subpackage: $1" ;;
	esac
	for folder in $what; do
		mkdir -p "$1/$(dirname "$folder")"
		atf_check mv "root/$folder" "$1/$folder"
	done
}

# --- Gentoo ---

atf_test_case gentoo
gentoo_head()
{
	atf_set descr "the functions of the ebuild build, install and warn"
}
gentoo_body()
{
	command -v bash >/dev/null || atf_skip "no bash"
	ebuild=$tree/openrc/gentoo/libvirt-guests-$version.ebuild
	tidy "$ebuild"
	atf_check -s exit:1 grep -n '^ ' "$ebuild"
	! command -v shellcheck >/dev/null ||
	    atf_check shellcheck -s bash -e SC2034,SC2154 "$ebuild"
	# As portage: these are all commands that it may use.
	cat >portage <<-'END'
	P=libvirt-guests-$3 PN=libvirt-guests D=$1/root CFLAGS="-O2 -pipe"
	LDFLAGS=-Wl,-O1
	inherit() { [ "$*" = toolchain-funcs ]; }
	tc-getCC() { echo cc; }
	has_version() { [ "$*" = "app-emulation/libvirt[libvirtd(+)]" ]; }
	to=$1
	ewarn() { echo "$*" >>"$to/warned"; }
	elog() { echo "$*" >>"$to/logged"; }
	einstalldocs() { install -D -m 644 NEWS "$D/usr/share/doc/NEWS"; }
	emake() { make "$@"; }
	. "$2/openrc/gentoo/$P.ebuild"
	for name in EAPI DESCRIPTION HOMEPAGE SRC_URI LICENSE SLOT KEYWORDS; do
		[ -n "${!name}" ] || echo "no $name"
	done
	[ ${#DESCRIPTION} -le 80 ] || echo "DESCRIPTION: too long"
	cd "$2"
	: >"$1/warned"
	pkg_setup
	src_compile
	src_install
	pkg_postinst
	END
	run bash -eu portage "$(pwd)" "$tree" "$version"
	files root $everywhere $completions $manuals usr/share/doc/NEWS \
	    etc/libvirt-guests.tab etc/init.d/libvirt-guests \
	    etc/conf.d/libvirt-guests
	# The user's flags are those of the compiler, and portage strips.
	for word in STRIP=: 'CFLAGS=-O2 -pipe' 'LDFLAGS=-Wl,-O1 .*'; do
		atf_check -o ignore grep -x "$word" variables
	done
	# The files of libvirt that ours replace.
	sed -n '/COLLISION_IGNORE="/,/"$/{ s/.*="//; s/"$//; p; }' warned >names
	atf_check -o inline:'3\n' grep -c '^[ 	]*/' names
	while read -r name; do
		for name in root$name; do
			[ -f "$name" ] || atf_fail "$name is not installed"
		done
	done <names
	atf_check -o match:'rc-update add libvirt-guests' cat logged
}

# --- Buildroot ---

# The rules of Buildroot for both files, as far as a line shows them.
buildroot_rules()
{
	atf_check awk '
	function bad(why) { print FILENAME ":" FNR ": " why }
	BEGIN {
		for (i = 0; i < 80; i++)
			hashes = hashes "#"
	}
	NR == 1 || NR == 5 { if ($0 != hashes) bad("not 80 hashes") }
	NR == 2 || NR == 4 { if ($0 != "#") bad("not one hash") }
	NR == 3 && $0 != "# libvirt-guests" { bad("not the name") }
	NR == 6 && $0 != "" { bad("not empty") }
	/^endef/ { define = 0 }
	/^\t/ && !define && !more { bad("a tab") }
	/^[^\t]/ && (define || more) { bad("no tab") }
	/(  |\t)\\$/ { bad("more than one space before the backslash") }
	/\$\{/ { bad("braces") }
	/^(define )?[A-Z_]+( =|$)/ && !/LIBVIRT_GUESTS_/ { bad("prefix") }
	/^define / { define = 1 }
	{ more = /\\$/ }' "$1"
	atf_check awk '
	function bad(why) { print FILENAME ":" FNR ": " why }
	/^(config|comment|if|endif) / { next }
	/^\t  / || /^$/ {
		if (!help)
			bad("not in a help")
		else if (length($0) > 65)
			bad("longer than 62 characters")
		url = url || /^\t  https:/
		next
	}
	match($0, /^\t(bool|default|depends|select|help)/) {
		rank = index("bool default depends select help",
		    substr($0, 2, RLENGTH - 1))
		if (rank < last || help)
			bad("order")
		last = rank
		help = /^\thelp$/
		next
	}
	{ bad("indentation") }
	END { if (!url) bad("no URL in the help") }' "$2"
}

# static EXPECTED VARIABLE=y...: what make gets as STATIC then.
static()
{
	want=$1
	shift
	noted sh step "$@" tree/.built
	atf_check -o inline:"STATIC=$want\n" grep '^STATIC=' variables
}

atf_test_case buildroot
buildroot_head()
{
	atf_set descr "make runs the commands of the Buildroot package"
}
buildroot_body()
{
	package=$tree/sysvinit/buildroot
	tidy "$package/libvirt-guests.mk"
	tidy "$package/Config.in"
	buildroot_rules "$package/libvirt-guests.mk" "$package/Config.in"
	atf_check ln -s "$tree" tree
	# As Buildroot: a stamp file beside the sources, a step each.
	cat >buildroot <<'END'
TARGET_CC = cc
TARGET_MAKE_ENV = LC_ALL=C
INSTALL = install
define generic-package
tree/.built:
	$$(LIBVIRT_GUESTS_BUILD_CMDS)
tree/.installed: tree/.built
	$$(LIBVIRT_GUESTS_INSTALL_TARGET_CMDS)
	$$(LIBVIRT_GUESTS_INSTALL_INIT_SYSV)
	$$(LIBVIRT_GUESTS_INSTALL_INIT_SYSTEMD)
endef
include $(PACKAGE)/libvirt-guests.mk
show:
	@echo $(LIBVIRT_GUESTS_DEPENDENCIES) $(LIBVIRT_GUESTS_VERSION)
	@ls $(patsubst %,tree/%,$(LIBVIRT_GUESTS_LICENSE_FILES))
END
	atf_check -o inline:"libvirt $version\ntree/LICENSE\n" make -s \
	    -f buildroot PACKAGE="$package" BR2_PACKAGE_LIBVIRT=y show
	# make itself is not the one that notes.
	echo "$(command -v make) -f buildroot PACKAGE='$package' MAKE=make" \
	    "TARGET_DIR='$(pwd)/root'" '"$@"' >step
	static no
	static no BR2_TOOLCHAIN_USES_UCLIBC=y
	static yes BR2_STATIC_LIBS=y
	static nopie BR2_STATIC_LIBS=y BR2_TOOLCHAIN_USES_UCLIBC=y
	run sh step tree/.installed
	files root $everywhere $completions $manuals \
	    etc/init.d/S99libvirt-guests \
	    usr/lib/systemd/system/libvirt-guests.service
	atf_check cmp root/etc/init.d/S99libvirt-guests \
	    "$tree/sysvinit/libvirt-guests.init"
}

# --- Debian ---

atf_test_case debian
debian_head()
{
	atf_set descr "make deb makes a package, with the same bytes each time"
}
debian_body()
{
	command -v dpkg-deb >/dev/null || atf_skip "no dpkg-deb"
	cp -a "$tree/build/libvirt-guests.obj" program.obj
	cp -a "$tree/build/libvirt-guests" program
	arch=$(dpkg --print-architecture)
	for folder in one two; do
		DEBFULLNAME="A B" DEBEMAIL=a@b \
		    atf_check -o match:"/libvirt-guests_9.1_$arch.deb$" \
		    env -u SOURCE_DATE_EPOCH sh "$tree/rc/deb" program 9.1 \
		    $folder
	done
	deb=libvirt-guests_9.1_$arch.deb
	atf_check cmp one/$deb two/$deb
	atf_check dpkg-deb -x one/$deb root
	atf_check dpkg-deb -e one/$deb control
	doc=usr/share/doc/libvirt-guests
	for name in $manuals; do
		echo $name.gz
	done >pages
	files root $everywhere $(cat pages) \
	    $(echo "$completions" | sed s,site-functions,vendor-completions,) \
	    usr/lib/libvirt/libvirt-guests.sh $doc/copyright $doc/NEWS.gz \
	    $doc/changelog.gz $doc/examples/libvirt-guests.conf \
	    $doc/examples/libvirt-guests.tab \
	    usr/lib/systemd/system/libvirt-guests.service.d/10-static.conf
	(cd root && atf_check md5sum --quiet -c ../control/md5sums)
	atf_check -o inline:'A B <a@b>\n9.1\n' sh -c 'for field in \
	    Maintainer Version; do dpkg-deb -f "$0" $field; done' one/$deb
	for script in preinst postinst postrm; do
		atf_check cmp control/$script "$tree/rc/debian/$script"
		# They stop and start no service.
		grep -n -e invoke -e systemctl -e /etc/init.d control/$script \
		    >calls
		atf_check -s exit:1 grep -v 'systemctl --system daemon-reload' \
		    calls
	done
	debian_unit root/usr/lib/systemd/system/libvirt-guests.service.d
}

# debian_unit FOLDER: the drop-in replaces what libvirt's unit runs.
debian_unit()
{
	command -v systemd-analyze >/dev/null || return 0
	mkdir libvirt-guests.service.d
	sed "s,/usr/sbin,$(pwd)/root/usr/sbin," "$1/10-static.conf" \
	    >libvirt-guests.service.d/10-static.conf
	cat >libvirt-guests.service <<-'END'
	[Unit]
	Requires=virt-guest-shutdown.target
	[Service]
	EnvironmentFile=-/etc/default/libvirt-guests
	ExecStart=/nowhere start
	ExecStop=/nowhere stop
	Type=oneshot
	END
	atf_check -s ignore -o save:verify sh -c \
	    'systemd-analyze verify --man=no ./libvirt-guests.service 2>&1'
	atf_check -s exit:1 grep -e libvirt-guests -e nowhere verify
	atf_check mv libvirt-guests.service.d none
	atf_check -s ignore -o match:nowhere sh -c \
	    'systemd-analyze verify --man=no ./libvirt-guests.service 2>&1'
}

atf_init_test_cases()
{
	for name in alpine gentoo buildroot debian; do
		atf_add_test_case $name
	done
}
