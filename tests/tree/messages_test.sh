#!/usr/bin/env atf-sh
#
# The words of the program: its messages, as tests/tools/messages lists them,
# and its help.
#
# shellcheck disable=SC2046 # lists are words

. "$(atf_get_srcdir)/tree.subr"

# Make the list: list has FILE:LINE: TEXT, texts has only the texts.
list_make()
{
	command -v xgettext >/dev/null || atf_skip "no xgettext"
	tests/tools/messages >"$OLDPWD/list" || atf_fail "messages: $?"
	[ "$(wc -l <"$OLDPWD/list")" -gt 300 ] || atf_fail "no messages"
	sed 's/^[^ ]* //' "$OLDPWD/list" >"$OLDPWD/texts"
}

# printed_make FUNCTION...: printed has the lines of the list that are formats
# of these functions.
printed_make()
{
	list_make
	tests/tools/messages -f | grep -xE "($(echo "$*" | tr ' ' '|')):[0-9]" |
	    xargs tests/tools/messages >"$OLDPWD/printed"
	[ "$(wc -l <"$OLDPWD/printed")" -gt 10 ] || atf_fail "no formats"
}

test_case listed 'each format that is printed is a literal, and in the list'
listed_check()
{
	list_make
	cat src/*/*.[ch] >"$OLDPWD/src"
	for function in $(tests/tools/messages -f); do
		name=${function%:*}
		# A definition begins its line, a declaration has a tab.
		calls=$(grep -v "^$name(\|^[a-z].*	 *$name(" "$OLDPWD/src" |
		    grep -oE "(^|[^a-zA-Z0-9_])$name\(" | wc -l)
		tests/tools/messages "$function" >"$OLDPWD/formats"
		[ "$calls" -eq "$(wc -l <"$OLDPWD/formats")" ] ||
		    fault "$name: $calls calls, formats:" \
			"$(wc -l <"$OLDPWD/formats")"
		while IFS= read -r line; do
			grep -qxF "$line" "$OLDPWD/list" ||
			    fault "not in the list: $line"
		done <"$OLDPWD/formats"
	done
}

# Words that no message has, and what to write instead.
words()
{
	cat <<'END'
is no	is not a
spoken	unsupported
(told|said|says|speaks?)	reported, logged, printed
(who|whom|whose|whoever|nobody|somebody)	the guest, the daemon
(is|are) (not )?there	is missing, does not exist
(mute|deaf)	does not answer
(asleep|stands still)	pmsuspended, paused
(alive|lives|dead|dies|died)	runs, has ended
stands?	is
turns?	slot
words?	action, value
records?	list, journal
wanted	required
was .* meant	did you mean
in vain	give up
please	nothing
let be|left alone	left running
(bring|brings|brought) (back|down|up)	start, stop
(comes?|came|coming)	is, starts, precedes
behind	after
anew	again
dial(s|led|ling)?	connect
its time (is|was)	its time limit
kept aside	kept as
holds	contains, applies
END
}

test_case words 'no message has a word that is not plain'
words_check()
{
	list_make
	words >"$OLDPWD/words"
	while IFS='	' read -r word instead; do
		! grep -iE ": (.*[^a-z])?($word)([^a-z].*)?$" \
		    "$OLDPWD/list" >&2 || fault "$word: write $instead"
	done <"$OLDPWD/words"
}

# What public test suites and monitors look for in the output, to the letter.
script()
{
	cat <<'END'
Starting shutdown on guest: %g
Shutdown of guest %g complete.
Shutdown of guest %g failed to complete in time.
Suspending %g: done
Resuming guest %g: done
Resuming guest %g: already active
Waiting for guest %g to shut down, %s seconds left
Waiting for %n guests to shut down, %s seconds left
Timeout expired while shutting down domains
Can't connect to %s. Skipping.
%sno running guests.
stopped, with saved guests
stopped, with no saved guests
END
}

test_case script 'the words of libvirt-guests.sh are there, to the letter'
script_check()
{
	list_make
	script >"$OLDPWD/script"
	while read -r text; do
		grep -qxF "$text" "$OLDPWD/texts" || fault "no message: $text"
	done <"$OLDPWD/script"
}

test_case form 'messages begin and end as they are to'
form_check()
{
	list_make
	script >"$OLDPWD/script"
	grep -vxF -f "$OLDPWD/script" "$OLDPWD/texts" | grep -E '[^.]\.$' >&2 &&
	    fault "a full stop at the end"
	grep -E '[a-z]  +[a-z]' "$OLDPWD/texts" | grep -v '\\n' >&2 &&
	    fault "two blanks"
	# An error begins in lower case, or with the name of a key; the script's
	# "Ignoring guests on" stays.
	printed_make log_error log_warn log_debug errmsg_set errmsg_sys \
	    uri_fail item_warn
	grep -vE ': [^A-Z]|: [A-Z]+_[A-Z]+|: Ignoring guests on %s URI' \
	    "$OLDPWD/printed" >&2 &&
	    fault "an error with a capital"
	printed_make log_info
	grep -vxF -f "$OLDPWD/script" "$OLDPWD/texts" >"$OLDPWD/ours"
	sed 's/^[^ ]* //' "$OLDPWD/printed" | grep -xF -f "$OLDPWD/ours" |
	    grep -E '^[^A-Z%]' | grep -v '^libvirt-guests ' >&2 &&
	    fault "a line of output without a capital"
	return 0
}

test_case units 'numbers in messages have a unit'
units_check()
{
	list_make
	number='%(l|ll|z)?[du]|%<PRI[a-z]*[0-9]+>'
	unit='seconds|bytes|s|MiB|guests|URIs|hooks|findings'
	# A place in a file, the range of a key, a name of a file.
	place='%u: guest|%u:%u|:%u|\(%<PRId64> to %<PRId64>\)|/[^ ]*%l?d[^ ]*'
	sed -E "s,($number) ($unit)( |;|\$|:|\\)|\\\\n),,g
	    s,(line|process|signal|port|exit|exit code) ($number),,g
	    s,$place,,g; s,%z?u (guest|row|hook)%s,,g; s,1 to %d seconds,," \
	    "$OLDPWD/list" | grep -E ": .*($number)" |
	    grep -E '(^|[^%a-z])[a-z]{3,} ' |
	    grep -vE '^[^ ]* ([a-z]+ )*[^ ]*\\n$|first %d hooks' >&2 &&
	    fault "numbers without a unit"
	return 0
}

test_case help 'the help fits a terminal, and has what the manual has'
help_check()
{
	[ -x build/libvirt-guests ] || atf_skip "make was not run"
	build/libvirt-guests --help >"$OLDPWD/help" || fault "--help: $?"
	awk 'length($0) > 80' "$OLDPWD/help" >&2
	[ "$(wc -L <"$OLDPWD/help")" -le 80 ] || fault "lines over 80 columns"
	page=src/man/libvirt-guests.8
	# The options, and the commands, of the page: each in a line of the help.
	awk '/^The options are/ { on = 1 } /^\.El/ { on = 0 }
	    on && /^\.It Fl/ { print $3 }' $page >"$OLDPWD/options"
	[ "$(wc -l <"$OLDPWD/options")" -gt 5 ] || fault "$page: no options"
	while read -r letter; do
		grep -qE "^  -${letter}[ ,]" "$OLDPWD/help" ||
		    fault "the help has no -$letter"
	done <"$OLDPWD/options"
	awk '/^The commands are/ { on = 1 } /^\.El/ { on = 0 }
	    on && /^\.It Cm/ { gsub(/,/, ""); print $3
		if ($4 ~ /^[a-z]/) print $4 }' $page | sort -u |
	    grep -vx start\|stop >"$OLDPWD/commands"
	[ "$(wc -l <"$OLDPWD/commands")" -gt 5 ] || fault "$page: no commands"
	while read -r command; do
		grep -qE "^  $command  +[a-z]" "$OLDPWD/help" ||
		    fault "the help has no $command"
	done <"$OLDPWD/commands"
	sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' "$OLDPWD/help" |
	    while read -r command; do
		grep -qw "$command" "$page" || echo "$command"
	    done >"$OLDPWD/unknown"
	[ ! -s "$OLDPWD/unknown" ] ||
	    fault "$page has no $(cat "$OLDPWD/unknown")"
	# The options of the help, in the page.
	sed -n '/^options:/,$s/^  -\(.\)[ ,].*/\1/p' "$OLDPWD/help" |
	    sort >"$OLDPWD/offered"
	sort "$OLDPWD/options" | diff - "$OLDPWD/offered" >&2 ||
	    fault "$page and the help differ in options"
	# Usage and synopsis.
	sed -n '/^usage: /,/^$/p' "$OLDPWD/help" |
	    sed 's/^usage: //; s/\.\.\.//g' | xargs >"$OLDPWD/usage"
	awk '/^\.Sh/ { on = $2 == "SYNOPSIS"; next }
	    on {
		open = $1 == ".Op" ? "[" : ""
		text = $1 == ".Nm" ? "libvirt-guests" : ""
		gap = ""
		for (i = $1 == ".Op" ? 2 : 1; i <= NF; i++) {
			if ($i == "Ns") {
				gap = ""
			} else if ($i == "Fl") {
				text = text gap "-" $++i
				gap = " "
			} else if ($i ~ /^\.?Ar$/) {
				text = text gap toupper($++i)
				gap = " "
			} else if ($i !~ /^(Cm|\.Nm)$/) {
				text = text gap $i
				gap = " "
			}
		}
		sub(/ ?\.\.\./, "", text)
		print open text (open != "" ? "]" : "")
	    }' $page | xargs >"$OLDPWD/synopsis"
	diff "$OLDPWD/usage" "$OLDPWD/synopsis" >&2 ||
	    fault "$page: its synopsis is not the usage of the help"
	# Exit codes.
	sed -n 's/^	RUN_[A-Z]* = \([0-9]*\),*$/\1/p' src/run/run.h \
	    >"$OLDPWD/codes"
	[ "$(wc -l <"$OLDPWD/codes")" -ge 6 ] || fault "run.h: no codes"
	while read -r code; do
		grep -q "^\.It $code Ta" $page || fault "$page: no exit $code"
	done <"$OLDPWD/codes"
}
