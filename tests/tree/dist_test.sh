#!/usr/bin/env atf-sh
# shellcheck disable=SC2317,SC2329 # atf-sh calls the functions
#
# The archive of a release, and what is built from it.

# shellcheck source=tests/tree/tree.subr
. "$(atf_get_srcdir)/tree.subr"

version=$(sed -n 's/^VERSION = //p' "$(atf_get_srcdir)/../../config.mk")

# archive TREE FOLDER [VARIABLE=VALUE]: its archive of that tree.
archive()
{
	env -u SOURCE_DATE_EPOCH ${3:+"$3"} sh "$1/rc/dist" "$version" "$2" \
	    >said 2>errors || fault "$(cat errors)"
}

# The program is built, which takes long under load.
test_case same "the same sources give the same archive and program"
same_head()
{
	atf_set descr "the same sources give the same archive and program"
	atf_set timeout 900
}
same_check()
{
	tar --version 2>/dev/null | grep -q 'GNU tar' || atf_skip "no GNU tar"
	cd "$OLDPWD" || atf_fail "no folder"
	file=libvirt-guests-$version
	archive "$TOP" one SOURCE_DATE_EPOCH=1000000000
	mkdir a b
	tar -C a -xzf "one/$file.tar.gz" || atf_fail "tar: $?"
	[ -z "$(find "a/$file" ! -type d -newermt @1000000001)" ] || fault "times"
	# Without git, as unpacked.
	archive "a/$file" two
	cmp "one/$file.tar.gz" "two/$file.tar.gz" >&2 || fault unpacked
	# At another time, with other modes, in another folder.
	mv "a/$file" b/other
	find b/other -exec touch -h -d @1500000000 {} +
	chmod -R g+w,o-r b/other
	archive b/other three SOURCE_DATE_EPOCH=1000000000
	cmp "one/$file.tar.gz" "three/$file.tar.gz" >&2 || fault moved
	verdict
	make -s -j "$(getconf _NPROCESSORS_ONLN)" -C b/other >said 2>&1 ||
	    atf_fail "$(cat said)"
	[ "$(b/other/build/libvirt-guests --version)" = \
	    "libvirt-guests $version" ] || fault "--version"
	# Built files are no part of it.
	archive b/other four SOURCE_DATE_EPOCH=1000000000
	cmp "one/$file.tar.gz" "four/$file.tar.gz" >&2 || fault built
	verdict
	sed "s,$TOP,$(pwd)/b/other,g" "$TOP/build/libvirt-guests.obj/flags" |
	    cmp -s - b/other/build/libvirt-guests.obj/flags ||
	    atf_skip "build/libvirt-guests was made with other flags"
	cmp b/other/build/libvirt-guests "$TOP/build/libvirt-guests" >&2 ||
	    fault "the program depends on its folder"
}

test_case version "all files name one version"
version_check()
{
	tar --version 2>/dev/null | grep -q 'GNU tar' || atf_skip "no GNU tar"
	sh rc/dist 99.1 "$OLDPWD" >&2 2>"$OLDPWD/said" && fault "exit 0"
	grep -qx 'dist: config.mk does not name version 99.1' "$OLDPWD/said" ||
	    fault "$(cat "$OLDPWD/said")"
	[ ! -e "$OLDPWD/libvirt-guests-99.1.tar.gz" ] || fault "an archive"
}
