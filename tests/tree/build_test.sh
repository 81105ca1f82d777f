#!/usr/bin/env atf-sh
#
# The tree as it is built, installed and described.

tree=$(cd "$(dirname "$0")/../.." && pwd)

# copied NAME: the program of `make` as ./NAME, with its objects: make builds
# nothing.
copied()
{
	atf_check cp -a "$tree/build/libvirt-guests.obj" "$1.obj"
	atf_check cp -a "$tree/build/libvirt-guests" "$1"
}

# variant NAME: that of tests/tools/variant as $variant; the compiler said
# nothing.
variant()
{
	atf_check -o save:variant "$tree/tests/tools/variant" "$1"
	variant=$(cat variant)
	atf_check -o match:'^libvirt-guests [0-9]' "$variant" --version
}

atf_test_case gcc
gcc_body()
{
	variant checked
}

atf_test_case clang
clang_body()
{
	command -v clang >/dev/null || atf_skip "no clang"
	variant other
	atf_check -o match:'^clang ' cat "$variant.obj/flags"
}

atf_test_case libbsd
libbsd_body()
{
	pkg-config --exists libbsd-overlay || atf_skip "no libbsd-overlay"
	variant other
	atf_check -o match:'libbsd\.so' ldd "$variant"
}

atf_test_case static
static_head()
{
	atf_set descr "the product needs no library and no interpreter"
}
static_body()
{
	copied product
	atf_check -o ignore make -C "$tree" -s BIN="$(pwd)/product"
	atf_check -o match:'^libvirt-guests [0-9]' ./product --version
	atf_check -o not-match:INTERP readelf -lW ./product
	atf_check -o not-match:NEEDED readelf -dW ./product
}

# maps MAP: the lines of $program in that memory map, and where it begins.
maps()
{
	grep -F "$program" "$1" >"$1.own"
	base=$((0x$(sed -n '1s/-.*//p' "$1.own")))
}

# protected MAP SECTION BITS: what may be done with the memory of that section.
protected()
{
	address=$(readelf -SW ./product |
	    sed -n 's/.* '"$2"' *[A-Z_]* *\([0-9a-f]*\) .*/\1/p')
	[ -n "$address" ] || atf_fail "no section $2"
	address=$((base + 0x$address))
	while read -r range how _; do
		if [ $((0x${range%-*})) -le $address ] &&
		    [ $address -lt $((0x${range#*-})) ]; then
			echo "$how"
		fi
	done <"$1.own" >bits
	[ "$(cat bits)" = "$3" ] || atf_fail "$2: $(cat bits), not $3"
}

atf_test_case hardened
hardened_head()
{
	atf_set descr "no fixed address, no writable table, nothing written runs"
}
hardened_body()
{
	copied product
	program=$(pwd)/product
	# It runs this one as the way to a daemon.
	cat >spy <<-EOF
	#!/bin/sh
	cat /proc/\$PPID/maps >$(pwd)/maps
	EOF
	chmod 755 spy
	atf_check -o match:'Type: *DYN' readelf -hW ./product
	for n in 1 2; do
		atf_check -s exit:1 -o ignore -e ignore "$program" \
		    -f /dev/null -c "test+ext:///x?command=$(pwd)/spy" \
		    gueststatus
		atf_check mv maps "map$n"
		maps "map$n"
		echo "$base" >>bases
		atf_check -s exit:1 grep '^[^ ]* .wx' "map$n"
		protected "map$n" '\.data\.rel\.ro' r--p
		protected "map$n" '\.got' r--p
		protected "map$n" '\.data' rw-p
		protected "map$n" '\.text' r-xp
	done
	[ "$(cat /proc/sys/kernel/randomize_va_space)" -eq 0 ] ||
	    atf_check -o inline:'2\n' sh -c 'sort -u bases | grep -c .'
}

atf_test_case weight
weight_head()
{
	atf_set descr "the product, stripped, has at most 320 KiB"
}
weight_body()
{
	copied product
	atf_check strip product
	size=$(wc -c <product)
	[ "$size" -le 327680 ] || atf_fail "$size bytes"
}

atf_test_case other_make
other_make_head()
{
	atf_set descr "the Makefile is for any POSIX make"
}
other_make_body()
{
	command -v bmake >/dev/null || atf_skip "no bmake"
	# Some objects are enough: all have rules of the same form.  The same
	# command makes the program of them.
	copied program
	rm program.obj/compat/*.o program.obj/src/cmd/main.o
	objects=$(pwd)/program.obj
	atf_check -o match:'^cc compat/strlcpy.c$' -o match:'^cc src/cmd/main' \
	    bmake -C "$tree" BIN="$(pwd)/program" \
	    "$objects/compat/strlcpy.o" "$objects/src/cmd/main.o"
	bmake -C "$tree" -n BIN="$(pwd)/program" >would || atf_fail "bmake -n"
	make -C "$tree" -s -n BIN="$(pwd)/program" >does || atf_fail "make -n"
	grep -- "-o $(pwd)/program " does >wanted || atf_fail "no link"
	atf_check -o ignore grep -F -f wanted would
}

atf_test_case headers
headers_head()
{
	atf_set descr "each header stands alone"
}
headers_body()
{
	cd "$tree" || atf_fail "no tree"
	for header in src/*/*.h compat/*.h; do
		unit=$(echo "$header" | tr / :)
		printf '#include "%s"\n#include "%s"\n' "$tree/$header" \
		    "$tree/$header" >"$OLDPWD/$unit.c"
	done
	cd "$OLDPWD" || atf_fail "no folder"
	atf_check cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror \
	    -iquote "$tree/src" -I "$tree/compat" -fsyntax-only ./*.h.c
}

atf_test_case install
install_body()
{
	copied program
	atf_check -o ignore make -C "$tree" -s BIN="$(pwd)/program" \
	    DESTDIR="$(pwd)/root" PREFIX=/opt/x install
	atf_check -o save:found sh -c "cd root && find . -type f | sort"
	cat >want <<-'EOF'
	./opt/x/sbin/libvirt-guests
	./opt/x/share/bash-completion/completions/libvirt-guests
	./opt/x/share/fish/vendor_completions.d/libvirt-guests.fish
	./opt/x/share/libvirt-guests/libvirt-guests.sh
	./opt/x/share/man/man5/guesttab.5
	./opt/x/share/man/man5/libvirt-guests.conf.5
	./opt/x/share/man/man8/libvirt-guests.8
	./opt/x/share/zsh/site-functions/_libvirt-guests
	EOF
	atf_check diff -u want found
	atf_check -o inline:'755\n' stat -c %a root/opt/x/sbin/libvirt-guests
	atf_check -o match:'^usage: libvirt-guests' \
	    root/opt/x/sbin/libvirt-guests --help
	atf_check -o not-match:'not stripped' \
	    -o match:. readelf -SW root/opt/x/sbin/libvirt-guests
	atf_check -o ignore make -C "$tree" -s BIN="$(pwd)/program" \
	    DESTDIR="$(pwd)/root" PREFIX=/opt/x uninstall
	atf_check find root -type f
}

# The keys of the configuration, as conf.c has them.
keys()
{
	sed -n 's/^	KEY("\([A-Z_]*\)".*/\1/p' "$tree/src/config/conf.c"
}

# The options of a row, as guesttab_row.c has them.
row_options()
{
	sed -n 's/^	{ "\([a-z-]*\)",[ 	]*[a-z_]*_take, .*/\1/p' \
	    "$tree/src/config/guesttab_row.c"
}

# The spellings of other families, as family.c has them.
aliases()
{
	sed -n 's/^	{ "[a-z-]*", "\([A-Za-z_]*\)", "[A-Z_]*",.*/\1/p' \
	    "$tree/src/config/family.c"
}

atf_test_case manual
manual_body()
{
	command -v mandoc >/dev/null || atf_skip "no mandoc"
	for page in "$tree"/src/man/*.[58]; do
		# Whether other pages are installed is the machine's affair.
		mandoc -T lint -W style "$page" >lint.all 2>/dev/null
		grep -v 'referenced manual not found' lint.all >lint.ours
		atf_check cat lint.ours
	done
	conf="$tree/src/man/libvirt-guests.conf.5"
	keys >list
	atf_check -o match:URIS cat list
	while read -r key; do
		grep -q "^\.It Ev $key Ns = Ns" "$conf" ||
		    atf_fail "libvirt-guests.conf(5) has no $key"
	done <list
	aliases >list
	atf_check -o match:LIBVIRT_MAXWAIT cat list
	while read -r key; do
		grep -q "^\.It Ev $key Ta" "$conf" ||
		    atf_fail "libvirt-guests.conf(5) has no $key"
	done <list
	row_options >list
	atf_check -o match:start-delay cat list
	while read -r option; do
		grep -q "^\.It Cm $option Ns = Ns" "$tree/src/man/guesttab.5" ||
		    atf_fail "guesttab(5) has no $option"
	done <list
	"$tree/build/libvirt-guests" --help |
	    sed -n '/^commands:/,/^options:/s/^  \([a-z-]*\) .*/\1/p' \
	    >list
	atf_check -o match:gueststatus cat list
	while read -r command; do
		grep -q "^\.It Cm .*$command" "$tree/src/man/libvirt-guests.8" ||
		    atf_fail "libvirt-guests(8) has no $command"
	done <list
}

# `make lint` has them all.
atf_test_case analyzed
analyzed_head()
{
	atf_set descr "an analyzer finds what is there"
}
analyzed_body()
{
	printf 'int f(int n) {\n int a[2]; return n ? a[1] : a[2];\n}\n' >x.c
	printf '#!/bin/sh\ncd %s1\n' "\$" >x.sh
	for analyzer in "cppcheck x.c" "gcc x.c" "shell x.sh"; do
		name=${analyzer% *} file=${analyzer#* }
		atf_check -s exit:1 -o match:"$file" -e save:said \
		    "$tree/tests/tools/lint" -a "$name" "$(pwd)/$file"
		[ ! -s said ] || atf_skip "$(head -n 1 said)"
	done
}

atf_test_case paths
paths_head()
{
	atf_set descr "deps refuses what it does not know, and prints what is missing"
}
paths_body()
{
	atf_check -s exit:1 -e match:usage sh "$tree/tests/tools/deps" nonsense
	atf_check -s exit:1 -e match:usage sh "$tree/tests/tools/deps"
	mkdir bin
	for tool in sh sed tr cat; do
		ln -s "$(command -v $tool)" bin
	done
	atf_check -e match:'by hand:.* cc ' \
	    env PATH="$(pwd)/bin" sh "$tree/tests/tools/deps" build
	# Without a compiler make names the command that installs one.
	atf_check -s exit:2 -o ignore -e match:'^no compiler none: .*deps build' \
	    make -C "$tree" CC=none BIN="$(pwd)/program"
}

# All commands, with three guests, by a build and under a tool.
# shellcheck disable=SC2016 # for the shell of the lab
whole()
{
	"$tree/tests/tools/lab" -n 3 -c '
		virsh -q list --name | sort >before
		"$@" stop
		virsh -q list --name
		"$@" start
		virsh -q list --name | sort >after
		"$@" -o PARALLEL_SHUTDOWN=2 shutdown
		"$@" start
		"$@" restart
		for command in gueststatus status "-j plan" "plan start" \
		    report "-j report" check reload; do
			"$@" $command || test $? -le 6
		done
		diff before after
	' "$@" >out 2>err || {
		cat out err
		atf_fail "$*"
	}
}

atf_test_case sanitized
sanitized_head()
{
	atf_set require.user root
	atf_set timeout 600
}
sanitized_body()
{
	flags=$(cat "$tree/build/test/flags")
	case $flags in
	*-fsanitize=address,undefined*)	;;
	*)	atf_skip "TEST_SANITIZE has none" ;;
	esac
	# Of the objects of the tests of modules.
	# shellcheck disable=SC2086 # words
	(cd "$tree" && atf_check $flags -DVERSION='"0"' -o "$OLDPWD/program" \
	    src/cmd/main.c build/test/lib.a) || atf_fail "no program"
	whole ./program
	atf_check -s exit:1 grep -n 'ERROR\|runtime error' err
}

atf_test_case sanitized_tests
sanitized_tests_head()
{
	atf_set descr "the test programs of modules are built with sanitizers"
}
sanitized_tests_body()
{
	grep -q -e '-fsanitize=address,undefined' "$tree/build/test/flags" ||
	    atf_skip "TEST_SANITIZE has none"
	cd "$tree" || atf_fail "no tree"
	for source in tests/unit/*/*_test.c; do
		echo "${source%.c}"
	done >"$OLDPWD/programs"
	# shellcheck disable=SC2046 # names
	nm -A -D -u $(cat "$OLDPWD/programs") >"$OLDPWD/symbols" ||
	    atf_fail "nm: $?"
	for symbol in __asan_init '__ubsan_.*_abort'; do
		sed -n "s/:.* $symbol\$//p" "$OLDPWD/symbols" | uniq |
		    atf_check diff "$OLDPWD/programs" -
	done
}

atf_test_case memory_checked
memory_checked_head()
{
	atf_set require.user root
	atf_set timeout 600
}
memory_checked_body()
{
	command -v valgrind >/dev/null || atf_skip "no valgrind"
	variant checked
	whole valgrind -q --error-exitcode=99 --leak-check=full \
	    --show-leak-kinds=all --track-fds=yes "$variant"
}

atf_init_test_cases()
{
	atf_add_test_case gcc
	atf_add_test_case clang
	atf_add_test_case libbsd
	atf_add_test_case static
	atf_add_test_case hardened
	atf_add_test_case weight
	atf_add_test_case other_make
	atf_add_test_case headers
	atf_add_test_case install
	atf_add_test_case manual
	atf_add_test_case analyzed
	atf_add_test_case paths
	atf_add_test_case sanitized
	atf_add_test_case sanitized_tests
	atf_add_test_case memory_checked
}
