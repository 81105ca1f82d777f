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

# Two objects are built for the whole program.
objects=build/libvirt-guests.obj
test_case same "the same sources give the same archive and program"
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
	make -s -n -C b/other >/dev/null 2>said || fault "$(cat said)"
	for object in cmd/main sys/log; do
		# Objects for -flto contain the options of the compiler.
		make -s -C b/other STATIC=nopie "$objects/src/$object.o" \
		    >said 2>&1 || fault "$(cat said)"
	done
	# Built files are no part of it.
	archive b/other four SOURCE_DATE_EPOCH=1000000000
	cmp "one/$file.tar.gz" "four/$file.tar.gz" >&2 || fault built
	verdict
	for object in cmd/main sys/log; do
		! grep -qF "$(pwd)" "b/other/$objects/src/$object.o" ||
		    fault "$object.o has the path of its folder"
	done
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
