#!/usr/bin/env atf-sh
#
# The structure: what may include what, the lists of the Makefile, and of the
# style what a grep can see.
#
# shellcheck disable=SC2046,SC2048,SC2086 # lists are words

# At most so many: lines of a function and of a file, functions of a header,
# members of a struct (except for struct conf, which has one for each key),
# parameters of a function.
LINES_MAX=70
FILE_MAX=600
HEADER_MAX=15
MEMBERS_MAX=16
PARAMETERS_MAX=4

. "$(atf_get_srcdir)/tree.subr"

# What may include what is the order of these folders: a source includes its own
# folder's headers and those of folders to the left.  The first four are pure.
folders='text wire config plan sys libvirt run cmd'
pure='text wire config plan'

# Sources of the pure folders.
pure_files()
{
	for folder in $pure; do
		ls "src/$folder"/*.[ch]
	done
}

# part_of FILE: the module that a source is a part of, or nothing.  Parts of
# MODULE are MODULE_X.c; they have a header each, or share MODULE_part.h, and
# the test of their module is theirs.
part_of()
{
	module=${1%.c}
	module=${module%%_*}
	[ "$module.c" = "$1" ] || [ ! -e "$module.c" ] || echo "$module"
}

# header_of FILE: without .h.
header_of()
{
	header=${1%.c}
	[ -e "$header.h" ] || header=$(part_of "$1")_part
	echo "$header"
}

test_case left 'an include points left'
left_check()
{
	# compat.h is left of all.
	awk -v folders="compat $folders" 'BEGIN {
		n = split(folders, folder, " ")
		for (i = 1; i <= n; i++)
			place[folder[i]] = i
	    }
	    /^#[ \t]*include[ \t]*"/ {
		split(FILENAME, path, "/")
		split($0, part, "\"")
		from = part[2]
		if (!sub(/\/.*/, "", from))
			from = "compat"
		if (!(from in place) || place[from] > place[path[2]])
			print FILENAME " includes " part[2]
		seen++
	    }
	    END { exit seen < 100 }' src/*/*.[ch] >"$OLDPWD/found" ||
	    fault "no includes"
	[ ! -s "$OLDPWD/found" ] || fault "$(cat "$OLDPWD/found")"
	find src -mindepth 1 -type d -printf '%f\n' | LC_ALL=C sort \
	    >"$OLDPWD/there"
	printf '%s\n' $folders man | LC_ALL=C sort |
	    diff - "$OLDPWD/there" >&2 || fault "folders of src/ and this test"
}

test_case pure 'pure modules have no header and no word that acts'
pure_check()
{
	# Headers of the C library without a descriptor, clock or stream;
	# <stdio.h> is for those who format, which is looked at below.
	# <arpa/inet.h> reads addresses, no more.
	harmless='arpa/inet.h ctype.h errno.h inttypes.h limits.h stdarg.h
	    stdbool.h
	    stddef.h stdint.h stdio.h stdlib.h string.h strings.h'
	set -- $harmless
	awk -v harmless="$*" 'BEGIN {
		n = split(harmless, header, " ")
		for (i = 1; i <= n; i++)
			known[header[i]] = 1
	    }
	    sub(/^#[ \t]*include[ \t]*</, "") {
		sub(/>.*/, "")
		if (!($0 in known))
			print FILENAME " includes <" $0 ">"
		seen++
	    }
	    END { exit seen < 20 }' $(pure_files) >"$OLDPWD/found" ||
	    fault "no includes"
	[ ! -s "$OLDPWD/found" ] || fault "$(cat "$OLDPWD/found")"
	! grep -nE "$acts" $(pure_files) || fault "they act"
}
# What of <stdio.h> and <stdlib.h> acts, prints or remembers.
acts='(^|[^A-Za-z0-9_.>])((v?f?printf|v?dprintf|perror|f?puts|f?putc|putchar'
acts="$acts|fopen|fdopen|freopen|fread|fwrite|fgets|getline|fflush|fclose"
acts="$acts|remove|rename|tmpfile|getenv|setenv|exit|_Exit|abort|atexit"
acts="$acts|s?random|s?rand) *\\(|std(in|out|err)([^A-Za-z0-9_]|\$))"

# Objects of the program, as `make` leaves them.
objects=build/libvirt-guests.obj

objects_begin()
{
	command -v objdump >/dev/null || atf_skip "no objdump"
	[ -d "$objects" ] || atf_skip "make was not run"
}

test_case state 'pure modules have no variable that changes'
state_check()
{
	objects_begin
	objdump -t $(pure_files | sed -n "s,\(.*\)\.c\$,$objects/\1.o,p") \
	    >"$OLDPWD/symbols" || atf_fail "objdump: $?"
	# Constant pointers are in .data.rel.ro, and constant once they point.
	awk -F '\t' '/file format/ {
		file = $1
		sub(/:.*/, "", file)
	    }
	    $1 ~ / O [^ ]+$/ {
		section = $1
		sub(/.* /, "", section)
		n++
		if (section ~ /^(\.t?data|\.t?bss|\*COM\*|COMMON)/ &&
		    section !~ /^\.data\.rel\.ro/)
			print file, $2
	    }
	    END { exit n < 20 }' "$OLDPWD/symbols" >"$OLDPWD/found" ||
	    fault "objdump sees no objects"
	[ ! -s "$OLDPWD/found" ] || fault "$(cat "$OLDPWD/found")"
}

# symbols: "file type name" of all public symbols, and of those that are called.
symbols()
{
	objects_begin
	nm -A -g $objects/src/*/*.o >"$OLDPWD/nm" || atf_fail "nm: $?"
	sed "s,^$objects/\([^:]*\)\.o:[0-9a-f]* *,\1.c ," "$OLDPWD/nm" |
	    grep -v '^src/cmd/main\.c T ' >"$OLDPWD/symbols"
}

test_case circles 'no file is in a circle of calls'
circles_check()
{
	symbols
	# "file file": the first calls the second.
	awk 'NR == FNR { if ($2 ~ /[TRDBC]/) home[$3] = $1; next }
	    $2 == "U" && ($3 in home) { print $1, home[$3] }' \
	    "$OLDPWD/symbols" "$OLDPWD/symbols" | sort -u >"$OLDPWD/arrows"
	[ "$(wc -l <"$OLDPWD/arrows")" -gt 100 ] || fault "nm sees no calls"
	tsort "$OLDPWD/arrows" >/dev/null 2>"$OLDPWD/loops" ||
	    fault "$(cat "$OLDPWD/loops")"
}

test_case records 'only run/record changes the list of guests and the journal'
records_check()
{
	calls='(list_(init|free|add|remove|entry|name|parse)|journal_[a-z]+'
	calls="$calls|state_(load|save)) *\\("
	# The list of networks is the affair of networks.
	grep -nE "(^|[^a-z_])$calls" $(find src/libvirt src/run src/cmd \
	    -name '*.c' ! -name record.c ! -name networks.c) &&
	    fault "they change records"
	grep -qE "(^|[^a-z_])$calls" src/run/record.c || fault "no calls"
}

test_case readme 'src/README names each module, and what a change touches'
readme_check()
{
	for folder in $folders; do
		awk -v folder="$folder/" '$1 == folder { on = 1 }
		    on && /^$/ { exit } on' src/README >"$OLDPWD/section"
		for file in "src/$folder"/*.c; do
			[ -z "$(part_of "$file")" ] || continue
			grep -qw "$(basename "$file" .c)" "$OLDPWD/section" ||
			    fault "src/README: $folder/ has no $file"
		done
	done
	# Of the table of changes, each file that is named exists.
	tops='tests|src|rc|config|wire|libvirt|run|cmd|man'
	awk '/^Where a change goes/ { on = 1 } on' src/README |
	    grep -oE "($tops)/[a-z_.0-9/-]+" |
	    sort -u >"$OLDPWD/named"
	[ "$(wc -l <"$OLDPWD/named")" -gt 10 ] || fault "no table of changes"
	while read -r name; do
		[ -e "$name" ] || [ -e "src/$name" ] ||
		    fault "src/README: there is no $name"
	done <"$OLDPWD/named"
}

test_case modules 'each module has its header, guard, order and test'
modules_check()
{
	for file in src/*/*.c; do
		# Commands share cmd.h, and their tests are tests/lab.
		case $file in
		src/cmd/*)	continue ;;
		esac
		header=$(header_of "$file").h
		[ -e "$header" ] || fault "no $header"
		[ "$(grep '^#include' "$file" | head -n 1)" = \
		    "#include \"${header#src/}\"" ] ||
		    fault "$file: its own header is not the first"
		case $file in
		src/run/*)	continue ;;
		esac
		test=${file%.c} module=$(part_of "$file")
		[ -e "tests/unit/${test#src/}_test.c" ] ||
		    [ -e "tests/unit/${module#src/}_test.c" ] ||
		    fault "no tests/unit/${test#src/}_test.c"
	done
	for file in src/*/*.h compat/*.h; do
		guard=$(basename "$file" .h | tr '[:lower:]' '[:upper:]')_H
		[ "$(head -n 2 "$file" | xargs)" = \
		    "#ifndef $guard #define $guard" ] ||
			fault "$file: no guard $guard"
	done
	for file in src/*/*.c; do
		# Behind its own header: system headers, then ours.
		awk '/^#include "/ { if (++ours > 1) late = 1 }
		    /^#include </ && late { exit 1 }' "$file" ||
			fault "$file: a system header behind one of ours"
	done
}

test_case calls 'nothing that has no bounds is called'
calls_check()
{
	banned='strcpy|strcat|sprintf|vsprintf|atoi|atol|atoll|system|popen'
	banned="$banned|gets|strtok|strtok_r|alloca|mktemp|tmpnam"
	awk -v banned="(^|[^A-Za-z0-9_])($banned)[ \t]*[(]" '
	    { sub(/\/\*.*\*\//, "") }
	    $0 ~ banned { print FILENAME ":" FNR ": " $0 }' \
	    src/*/*.[ch] compat/*.[ch] >"$OLDPWD/found"
	[ ! -s "$OLDPWD/found" ] || fault "banned: $(cat "$OLDPWD/found")"
}

test_case descriptors 'no program that is run gets a descriptor of ours'
descriptors_check()
{
	# Calls that make one, each as one line.
	makes='open|openat|socket|socketpair|pipe2?|accept4?|dup|fopen'
	makes="$makes|memfd_create|epoll_create1?"
	awk -v makes="(^|[^A-Za-z0-9_.>])(($makes)[(]|F_DUPFD,)" '
	    FNR == 1 { call = "" }
	    {
		sub(/\/\*.*/, "")
		if (call == "" && $0 ~ makes)
			call = FILENAME ":" FNR ": "
		if (call != "") {
			call = call $0
			if ($0 ~ /[;{]/) {
				print call
				call = ""
			}
		}
	    }' src/*/*.c compat/*.c |
	    grep -v -e '_CLOEXEC' -e 'fopen(.*"[a-z]*e")' \
	    -e '^src/cmd/main.c:.*open("/' >"$OLDPWD/found"
	[ ! -s "$OLDPWD/found" ] || fault "no CLOEXEC: $(cat "$OLDPWD/found")"
}

test_case clock 'nothing depends on the time of day'
clock_check()
{
	# The name of a snapshot, the history, the table and the system log have
	# it, to be read.
	calls='time|gettimeofday|localtime|gmtime|mktime|strftime|utime[a-z]*'
	calls="$calls|timerfd_create|clock_nanosleep"
	grep -nE -e "(^|[^a-z_])($calls)(_r)?[(]" \
	    -e 'CLOCK_(REAL|TAI|.*ALARM)' \
	    src/*/*.[ch] | grep -v \
	    -e '^src/run/snapshot.c:.*(CLOCK_REALTIME, ' \
	    -e '^src/sys/boot.c:.*(CLOCK_REALTIME, ' \
	    -e '^src/sys/boot.c:.*localtime_r(' \
	    -e '^src/cmd/past.c:.*localtime_r(' \
	    -e '^src/sys/logger.c:.*localtime_r(' \
	    >"$OLDPWD/found"
	[ ! -s "$OLDPWD/found" ] || fault "$(cat "$OLDPWD/found")"
}

test_case form 'columns, blanks, ends'
form_check()
{
	sources=$(echo src/*/*.[ch] compat/*.[ch])
	files="$sources $(echo tests/*/*.[ch] tests/unit/*/*.[ch] src/rules \
	    Makefile config.mk tests/tree/layers_test.sh)"
	awk 'function say(what) {
		print FILENAME ":" FNR ": " what
	    }
	    {
		n = split($0, part, "\t")
		columns = length(part[n])
		for (i = n - 1; i > 0; i--)
			columns += length(part[i]) + 8 - length(part[i]) % 8
	    }
	    columns > 80 { say(columns " columns") }
	    /[ \t]$/ { say("blanks at an end") }' $files >"$OLDPWD/found"
	awk 'function say(what) {
		print FILENAME ":" FNR ": " what
	    }
	    /^\t*        / { say("blanks in place of a tab") }
	    /^typedef (struct|union|enum)/ { say("a typedef of a struct") }
	    {
		sub(/\/\*.*/, "")
		if (/(^|[ \t;{}])\/\//)
			say("a // comment")
	    }' $sources >>"$OLDPWD/found"
	for file in $files; do
		[ -z "$(tail -c 1 "$file")" ] ||
		    echo "$file: no newline at its end"
	done >>"$OLDPWD/found"
	[ ! -s "$OLDPWD/found" ] || fault "$(cat "$OLDPWD/found")"
}

test_case used 'each public function is used or tested somewhere'
used_check()
{
	functions src/*/*.h >"$OLDPWD/functions"
	[ "$(wc -l <"$OLDPWD/functions")" -gt 100 ] || fault "no functions"
	# At home it has to be called, not only be there.
	awk 'NR == FNR {
		home[$2] = $1
		sub(/\.h$/, ".c", home[$2])
		next
	    }
	    {
		gsub(/[^A-Za-z0-9_]+/, " ")
		n = split($0, word, " ")
		for (i = 1; i <= n; i++) {
			name = word[i]
			if (!(name in home))
				continue
			if (FILENAME != home[name])
				used[name] = 2
			else if (line[name] != FNR)
				used[name]++
			if (FILENAME == home[name])
				line[name] = FNR
		}
	    }
	    END {
		for (name in home)
			if (used[name] < 2)
				print home[name] ": " name " is used by nobody"
	    }' "$OLDPWD/functions" src/*/*.c tests/unit/*/*.c >"$OLDPWD/found"
	[ ! -s "$OLDPWD/found" ] || fault "$(cat "$OLDPWD/found")"
}

# functions HEADER...: "header name" for each function that is declared: NAME(
# behind a tab or an asterisk.
functions()
{
	awk '/^typedef/ { next }
	    { sub(/\/\*.*/, "") }
	    /^[a-z][a-z0-9_ \t*]*[ \t*][a-z][a-z0-9_]*\(/ {
		sub(/\(.*/, "")
		sub(/.*[ \t*]/, "")
		if (!seen[FILENAME, $0]++)
			print FILENAME, $0
	    }' "$@"
}

test_case statics 'what no header declares is static'
statics_check()
{
	symbols
	cat src/*/*.h | tr -cs 'A-Za-z0-9_' '[\n*]' | sort -u >"$OLDPWD/words"
	awk 'NR == FNR { words[$1] = 1; next }
	    $2 ~ /^[TDRBC]$/ { n++ }
	    $2 ~ /^[TDRBC]$/ && !($3 in words) {
		print $1 ": " $3 " is in no header"
	    }
	    END { exit n < 100 }' "$OLDPWD/words" "$OLDPWD/symbols" \
	    >"$OLDPWD/found" || fault "nm sees no functions"
	[ ! -s "$OLDPWD/found" ] || fault "$(cat "$OLDPWD/found")"
}

# tags KIND FORMAT: universal-ctags on all sources, headers too.
tags()
{
	ctags --version 2>/dev/null | grep -q Universal ||
	    atf_skip "no universal-ctags"
	ctags -x --languages=C --langmap=C:.c.h --kinds-C="$1" \
	    --_xformat="$2" src/*/*.[ch] >"$OLDPWD/tags" ||
	    atf_fail "ctags: $?"
	[ "$(wc -l <"$OLDPWD/tags")" -gt 100 ] || atf_fail "ctags sees nothing"
}

test_case sizes 'no file, header, struct or parameter list is too long'
sizes_check()
{
	wc -l src/*/*.[ch] | awk -v max="$FILE_MAX" \
	    '$2 != "total" && $1 > max { print $2 ": " $1 " lines" }' \
	    >"$OLDPWD/big"
	functions src/*/*.h | awk -v max="$HEADER_MAX" '{ n[$1]++ }
	    END { for (i in n) if (n[i] > max) print i ": " n[i] " functions" }
	    ' >>"$OLDPWD/big"
	tags m '%{input} %{scope} %{name}'
	awk -v max="$MEMBERS_MAX" '{ n[$1 ": struct " $2]++ }
	    END { for (i in n) if (n[i] > max) print i ": " n[i] " members, " \
		"at most " max ": group some in a struct of their own" }
	    ' "$OLDPWD/tags" | grep -v '^src/config/conf\.h: struct conf:' \
	    >>"$OLDPWD/big" || true
	# The parameters of a parameter that is a function do not count.
	tags f '%{input} %{name} %{signature}'
	awk -v max="$PARAMETERS_MAX" '{
		where = $1 ": " $2
		sub(/^[^(]*\(/, "")
		sub(/\)$/, "")
		while (gsub(/\([^()]*\)/, ""))
			continue
		n = gsub(/,/, "") + 1
		if (n > max && !/\.\.\.$/)
			print where ": " n " parameters"
	    }' "$OLDPWD/tags" >>"$OLDPWD/big"
	[ ! -s "$OLDPWD/big" ] || fault "$(cat "$OLDPWD/big")"
}

test_case length 'no function is longer than it may be'
length_check()
{
	ctags --version 2>/dev/null | grep -q Universal ||
	    atf_skip "no universal-ctags"
	ctags -x --c-kinds=f --_xformat='%{line} %{end} %{input} %{name}' \
	    src/*/*.c compat/*.c >"$OLDPWD/functions" ||
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
	grep -o '[a-z/_]*_test[.sh]*:[a-z0-9_-]*' $table >"$OLDPWD/names"
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
	    here && /^\t[a-z\/_]*_test/ { tests += !seen[lines]++ }
	    END { exit lines == 0 || tests != lines }' $table
}

# test_exists PROGRAM CASE
test_exists()
{
	case $1 in
	engine_test)	[ -e "tests/engine/$2.case" ] ;;
	*.sh)	grep -Eq "^([a-z]+_)?case $2 |^atf_test_case $2\$" \
		    "tests/$1" ;;
	*)	grep -q "ATF_TP_ADD_TC(tp, $2);" tests/unit/*/"$1.c" ;;
	esac
}

test_case matrix 'tests/README: each cell of the matrix has end and test'
matrix_check()
{
	for name in killed stopped restarted refuses slow nonsense; do
		for phase in dial list ask save wait relist start; do
			grep "^	$name *$phase " tests/README >"$OLDPWD/row"
			[ "$(wc -l <"$OLDPWD/row")" -eq 1 ] ||
			    fault "tests/README: rows of $name, $phase"
			read -r _ _ one test many other rest <"$OLDPWD/row" ||
			    continue
			matrix_cell "$name $phase sequential" "$one" "$test"
			matrix_cell "$name $phase parallel" "$many" "$other"
			[ -z "$rest" ] || fault "$name $phase: $rest"
		done
	done
}

# matrix_cell WHERE END TEST
matrix_cell()
{
	case $2 in
	done | named)	;;
	*)		fault "$1: no such end: $2" ;;
	esac
	test_exists "lab/${3%%:*}" "${3#*:}" || fault "$1: there is no test $3"
}

test_case fuzz 'each harness has a corpus, and each corpus a harness'
fuzz_check()
{
	for file in tests/fuzz/*_fuzz.c; do
		name=$(basename "$file" _fuzz.c)
		[ -n "$(ls "tests/fuzz/corpus/$name" 2>/dev/null)" ] ||
		    fault "$file: no tests/fuzz/corpus/$name"
		grep -qw "$name" tests/README || fault "tests/README: no $name"
	done
	for dir in tests/fuzz/corpus/*; do
		[ -e "tests/fuzz/${dir##*/}_fuzz.c" ] ||
		    fault "$dir: no harness"
	done
}
