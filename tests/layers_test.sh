#!/usr/bin/env atf-sh
#
# The structure: what may include what, the lists of the Makefile, and of the
# style what a grep can see.
#
# shellcheck disable=SC2048,SC2086 # lists are words

# Functions at most this many lines long.
LINES_MAX=70

top()
{
	TOP=$(cd "$(atf_get_srcdir)/.." && pwd)
	cd "$TOP" || atf_fail "no $TOP"
}

# The values of a list in the Makefile, continuation lines and all.
list()
{
	awk -v name="$1" '$1 == name && $2 == "=" { on = 1; $1 = $2 = "" }
	    on { more = sub(/\\$/, ""); print; on = more }' Makefile |
	    xargs -n 1
}

nouns()
{
	list "$1" | sed 's,.*/,,; s/\.[ch]$//'
}

# part_of NOUN: the module that it is a part of, or nothing.  Parts share one
# header, MODULE_part.h, and the test of their module.
part_of()
{
	[ ! -e "src/${1%%_*}_part.h" ] || [ "${1%%_*}" = "$1" ] ||
	    echo "${1%%_*}"
}

local_includes()
{
	sed -n 's/^#[	 ]*include[	 ]*"\([^"]*\)".*/\1/p' "$@"
}

system_includes()
{
	sed -n 's/^#[	 ]*include[	 ]*<\([^>]*\)>.*/\1/p' "$@"
}

# The header and the source of a module, as there are.
files_of()
{
	for file in "src/$1.h" "src/$1.c"; do
		[ ! -e "$file" ] || echo "$file"
	done
}

# among WORD WORD...: the first is one of the others.
among()
{
	case " $(shift; echo $*) " in
	*" $1 "*)
		return 0
		;;
	esac
	return 1
}

bad=0
fault()
{
	echo "$*" >&2
	bad=$((bad + 1))
}

verdict()
{
	[ "$bad" -eq 0 ] || atf_fail "$bad faults"
}

# test_case NAME DESCRIPTION: the body is NAME_check, run in the top folder.
cases=
test_case()
{
	cases="$cases $1"
	atf_test_case "$1"
	eval "${1}_head() { atf_set descr '$2'; }"
	eval "${1}_body() { top; ${1}_check; verdict; }"
}

test_case pure 'pure modules include pure headers and nothing that acts'
pure_check()
{
	pure=$(nouns PURE)
	# Headers of the C library without a descriptor, clock or stream;
	# <stdio.h> is for those who format, which is looked at below.
	# <arpa/inet.h> reads addresses, no more.
	harmless='arpa/inet.h ctype.h errno.h inttypes.h limits.h stdarg.h
	    stdbool.h
	    stddef.h stdint.h stdio.h stdlib.h string.h strings.h'
	for noun in $pure; do
		for file in $(files_of "$noun"); do
			for h in $(local_includes "$file"); do
				among "${h%.h}" $pure lvproto compat ||
				    among "$(part_of "${h%.h}")" \
				    "${noun%%_*}" ||
				    fault "$file includes $h"
			done
			for h in $(system_includes "$file"); do
				among "$h" $harmless ||
				    fault "$file includes <$h>"
			done
			if grep -nE "$acts" "$file"; then
				fault "$file acts"
			fi
		done
	done
}
# What of <stdio.h> and <stdlib.h> acts, prints or remembers.
acts='(^|[^A-Za-z0-9_.>])((v?f?printf|v?dprintf|perror|f?puts|f?putc|putchar'
acts="$acts|fopen|fdopen|freopen|fread|fwrite|fgets|getline|fflush|fclose"
acts="$acts|remove|rename|tmpfile|getenv|setenv|exit|_Exit|abort|atexit"
acts="$acts|s?random|s?rand) *\\(|std(in|out|err)([^A-Za-z0-9_]|\$))"

test_case state 'pure modules have no variable that changes'
state_check()
{
	nm -V >/dev/null 2>&1 || atf_skip "no nm"
	for file in $(list PURE); do
		# Not for a library: constant pointers are constant then.
		cc -std=c11 -D_GNU_SOURCE -Icompat -Isrc -O1 -fno-pic -c \
		    -o "$OLDPWD/one.o" "$file" || fault "$file: no object"
		nm "$OLDPWD/one.o" | awk -v file="$file" \
		    '$2 ~ /^[dDbBC]$/ { print file ": " $3 }' >"$OLDPWD/found"
		[ ! -s "$OLDPWD/found" ] || fault "$(cat "$OLDPWD/found")"
	done
}

test_case never 'the arrows that may never be'
never_check()
{
	# From, to: whatever list they are in.
	while read -r from to; do
		for file in $(files_of "$from"); do
			for h in $(local_includes "$file"); do
				! among "${h%.h}" $to ||
				    fault "$file includes $h"
			done
		done
	done <<-'ARROWS'
		engine virt loop log progress state rpc dial conf uri lvmsg
		engine_act virt loop log progress state rpc dial conf uri lvmsg
		engine_job virt loop log progress state rpc dial conf uri lvmsg
		plan virt loop log engine
		rpc guest dial virt loop log uri engine plan
		loop rpc engine virt dial guest plan
		lvmsg rpc virt dial
		dial rpc virt loop engine guest
		virt engine plan conf state log
		file log loop
		journal log loop engine
		state log loop engine virt
		log engine guest progress virt rpc loop
		progress virt rpc loop state
		verdict virt rpc loop engine
	ARROWS
}

test_case meet 'only the commands include from both halves without leave'
meet_check()
{
	pure="$(nouns PURE) lvproto"
	effects=$(nouns EFFECTS)
	meet="$(nouns MEET) main"
	for noun in $effects $pure; do
		for file in $(files_of "$noun"); do
			for h in $(local_includes "$file"); do
				! among "${h%.h}" $meet ||
				    fault "$file includes $h"
			done
		done
	done
	# Effects know of each other, and of what they carry.
	while read -r noun leave; do
		for file in $(files_of "$noun"); do
			for h in $(local_includes "$file"); do
				h=${h%.h}
				among "$h" "$noun" compat buf errmsg escape \
				    $leave ||
				    fault "$file includes $h.h"
			done
		done
	done <<-'LEAVE'
		child
		dial child file tcp uri
		file
		control loop
		hook child file loop sooner
		journal file list policy uuid
		log
		loop
		probe file loop tcp
		monitor loop qmp
		notify
		runlevel child
		progress engine guest log
		rpc lvmsg lvproto xdr
		state file journal list uuid
		tcp child
		verdict dial file uri
		virt dial guest loop lvmsg lvproto rpc sooner uri
	LEAVE
	for noun in $effects; do
		awk "/<<-'LEAVE'/ { on = 1; next } \$1 == \"LEAVE\" { on = 0 }
		    on && \$1 == \"$noun\" { found = 1 }
		    END { exit !found }" tests/layers_test.sh ||
			fault "$noun: nothing says what it may include"
	done
}

test_case lists 'each source is in one list of the Makefile, each header in its'
lists_check()
{
	for file in src/*.c; do
		n=$({ list PURE; list EFFECTS; list MEET
		    echo src/main.c; } | grep -cx "$file")
		[ "$n" -eq 1 ] || fault "$file is in $n lists"
	done
	for file in compat/*.c; do
		n=$(list COMPAT | grep -cx "$file")
		[ "$n" -eq 1 ] || fault "$file is in COMPAT $n times"
	done
	for file in src/*.h compat/*.h; do
		n=$(list HEADERS | grep -cx "$file")
		[ "$n" -eq 1 ] || fault "$file is in HEADERS $n times"
	done
	for file in $(list PURE) $(list EFFECTS) $(list MEET) \
	    $(list COMPAT) $(list HEADERS); do
		[ -e "$file" ] || fault "$file is in a list, but nowhere else"
	done
}

test_case modules 'each module has its header, guard, order and test'
modules_check()
{
	for noun in $(nouns PURE) $(nouns EFFECTS); do
		module=$(part_of "$noun")
		header=${module:+${module}_part}
		header=${header:-$noun}.h
		[ -e "src/$header" ] || fault "no src/$header"
		[ -e "tests/${module:-$noun}_test.c" ] ||
		    fault "no tests/${module:-$noun}_test.c"
		[ "$(grep '^#include' "src/$noun.c" | head -n 1)" = \
		    "#include \"$header\"" ] ||
		    fault "src/$noun.c: its own header is not the first"
	done
	for file in src/*.h compat/*.h; do
		guard=$(basename "$file" .h | tr '[:lower:]' '[:upper:]')_H
		[ "$(head -n 2 "$file" | xargs)" = \
		    "#ifndef $guard #define $guard" ] ||
			fault "$file: no guard $guard"
	done
	for file in src/*.c; do
		# Behind its own header: system headers, then ours.
		awk '/^#include "/ { if (++ours > 1) late = 1 }
		    /^#include </ && late { exit 1 }' "$file" ||
			fault "$file: a system header behind one of ours"
	done
	if [ -n "$(list MEET)" ] && ! ls tests/cmd_*_test.sh >/dev/null; then
		fault "no tests/cmd_*_test.sh"
	fi
}

test_case calls 'nothing that has no bounds is called'
calls_check()
{
	banned='strcpy|strcat|sprintf|vsprintf|atoi|atol|atoll|system|popen'
	banned="$banned|gets|strtok|strtok_r|alloca|mktemp|tmpnam"
	for file in src/*.[ch] compat/*.[ch]; do
		sed 's,/\*.*\*/,,' "$file" |
		    grep -nE "(^|[^A-Za-z0-9_])($banned)[ 	]*\\(" &&
		    fault "$file: banned"
	done
	return 0
}

test_case form 'columns, blanks, ends'
form_check()
{
	for file in src/*.[ch] compat/*.[ch] tests/*.[ch] Makefile \
	    config.mk tests/layers_test.sh; do
		expand "$file" | awk -v file="$file" 'length($0) > 80 {
			print file ":" NR ": " length($0) " columns"
		    }' >"$OLDPWD/wide"
		[ ! -s "$OLDPWD/wide" ] || fault "$(cat "$OLDPWD/wide")"
		! grep -nE '[ 	]+$' "$file" || fault "$file: blanks at an end"
		[ -z "$(tail -c 1 "$file")" ] ||
		    fault "$file: no newline at its end"
	done
	for file in src/*.[ch] compat/*.[ch]; do
		! grep -nE '^        |^	* {8}' "$file" ||
		    fault "$file: blanks in place of a tab"
		! sed 's,/\*.*,,' "$file" | grep -nE '(^|[ 	;{}])//' ||
		    fault "$file: a // comment"
		! grep -nE '^typedef (struct|union|enum)' "$file" ||
		    fault "$file: a typedef of a struct"
	done
}

test_case used 'each public function is used or tested somewhere'
used_check()
{
	for file in src/*.h; do
		for name in $(functions_of "$file"); do
			own=src/$(basename "$file" .h).c
			! grep -lw "$name" src/*.c tests/*.c |
			    grep -qvx "$own" || continue
			# At home it has to be called, not only be there.
			[ "$(grep -cw "$name" "$own")" -gt 1 ] ||
			    fault "$file: $name is used by nobody"
		done
	done
}

# Names of functions that a header declares: NAME( behind a tab or an asterisk.
functions_of()
{
	sed -n '/^typedef/d; s,/\*.*,,
	    s/^[a-z][a-z0-9_ 	*]*[	 *]\([a-z][a-z0-9_]*\)(.*/\1/p' "$1" |
	    sort -u
}

test_case statics 'what no header declares is static'
statics_check()
{
	nm -V >/dev/null 2>&1 || atf_skip "no nm"
	for file in src/*.c; do
		[ "$file" != src/main.c ] || continue
		cc -std=c11 -D_GNU_SOURCE -DVERSION='"0"' -Icompat -Isrc -c \
		    -o "$OLDPWD/one.o" "$file" || fault "$file: no object"
		for name in $(nm -g --defined-only "$OLDPWD/one.o" |
		    awk '{ print $3 }'); do
			grep -qw "$name" src/*.h ||
			    fault "$file: $name is in no header"
		done
	done
}

test_case length 'no function is longer than it may be'
length_check()
{
	ctags --version 2>/dev/null | grep -q Universal ||
	    atf_skip "no universal-ctags"
	ctags -x --c-kinds=f --_xformat='%{line} %{end} %{input} %{name}' \
	    src/*.c compat/*.c >"$OLDPWD/functions" ||
	    atf_fail "ctags: $?"
	[ "$(wc -l <"$OLDPWD/functions")" -gt 100 ] ||
	    atf_fail "ctags sees no functions"
	awk -v max="$LINES_MAX" '$2 - $1 + 1 > max {
		print $3 ": " $4 ": " $2 - $1 + 1 " lines"
	    }' "$OLDPWD/functions" >"$OLDPWD/long"
	[ ! -s "$OLDPWD/long" ] || fault "$(cat "$OLDPWD/long")"
	# Half of them under 20, the last line of a sorted half is the median.
	awk '{ print $2 - $1 + 1 }' "$OLDPWD/functions" | sort -n |
	    awk '{ n[NR] = $1 } END { exit n[int((NR + 1) / 2)] >= 20 }' ||
	    fault "the median is 20 lines or more"
}

test_case faults 'engine/README: each fault has its tests, and they exist'
faults_check()
{
	table=tests/engine/README
	for n in 1 2 3 4 5 6 7 8 9 10 11; do
		fault_has_test "^fault $n:" || fault "fault $n has no test"
	done
	fault_has_test '^other:' || fault "no faults of other systems"
	grep -o '[a-z_]*_test[.sh]*:[a-z0-9_-]*' $table >"$OLDPWD/names"
	while read -r name; do
		test_exists "${name%%:*}" "${name#*:}" ||
		    fault "$table: there is no $name"
	done <"$OLDPWD/names"
	for file in tests/engine/fault-*.case tests/engine/other-*.case; do
		name=$(basename "$file" .case)
		grep -Eq "engine_test:$name( |\$)" $table ||
		    fault "$table has no $name"
	done
}

# A line of the table that matches has tests below it.
fault_has_test()
{
	awk -v line="$1" '/^[a-z]/ { here = $0 ~ line; lines += here }
	    here && /^\t[a-z_]*_test/ { tests += !seen[lines]++ }
	    END { exit lines == 0 || tests != lines }' $table
}

# test_exists PROGRAM CASE
test_exists()
{
	case $1 in
	engine_test)	[ -e "tests/engine/$2.case" ] ;;
	*.sh)	grep -Eq "^([a-z]+_)?case $2 |^atf_test_case $2\$" \
		    "tests/$1" ;;
	*)	grep -q "ATF_TP_ADD_TC(tp, $2);" "tests/$1.c" ;;
	esac
}

atf_init_test_cases()
{
	for name in $cases; do
		atf_add_test_case "$name"
	done
}
