#!/usr/bin/env atf-sh
# shellcheck disable=SC2016,SC2034,SC2317,SC2329 # other shells; atf-sh calls
#
# Completions of the command line, as rc/completion makes them.

# shellcheck source=tests/tree/tree.subr
. "$(atf_get_srcdir)/tree.subr"

# column KIND N: that field of these rows.
column()
{
	awk -F '\t' -v kind="$1" -v n="$2" '$1 == kind { print $n }' \
	    "$OLDPWD/tables"
}

test_case tables "the tables have all commands, options, keys and words"
tables_check()
{
	sh rc/completion tables >"$OLDPWD/tables"
	program=build/libvirt-guests
	$program --help >"$OLDPWD/help"
	sed -n '/^commands:/,/^options:/s/^  \([a-z-]*\) .*/\1/p' \
	    "$OLDPWD/help" >"$OLDPWD/want"
	column command 2 | diff -u "$OLDPWD/want" - >&2 || fault commands
	sed -n '/^options:/,$s/^  \(-.\).*/\1/p' "$OLDPWD/help" \
	    >"$OLDPWD/want"
	column option 2 | diff -u "$OLDPWD/want" - >&2 || fault options
	sed -n '/^options:/,$s/^  -.[^ ]* \([A-Z=]*\) .*/\1/p' \
	    "$OLDPWD/help" | grep . >"$OLDPWD/want"
	column option 3 | grep -v -e '^-$' |
	    diff -u "$OLDPWD/want" - >&2 || fault "arguments of options"
	sed -n 's/^#\([A-Z_]*\)=.*/\1/p' rc/libvirt-guests.conf | sort \
	    >"$OLDPWD/want"
	column key 2 | sort | diff -u "$OLDPWD/want" - >&2 || fault keys
	# The program takes each word, and each operand.
	awk -F '\t' '$1 == "key" && $4 != "-" {
		n = split($4, word, " ")
		for (i = 1; i <= n; i++)
			print $2 "=" word[i]
	}' "$OLDPWD/tables" >"$OLDPWD/words"
	[ "$(grep -c . "$OLDPWD/words")" -gt 20 ] || fault "no words"
	sed 's/^/-o /' "$OLDPWD/words" | xargs "$program" -f /dev/null \
	    -o STATE_DIR="$OLDPWD" -o RUN_DIR="$OLDPWD" -o GUESTTAB=/dev/null \
	    reload >"$OLDPWD/said" 2>&1 || fault "$(cat "$OLDPWD/said")"
	for name in boot chain modes yes_no tristate snapshot; do
		awk -F '\t' -v type="$name" '$1 == "key" && $3 == type &&
		    $4 ~ / / { found = 1 } END { exit !found }' \
		    "$OLDPWD/tables" || fault "no words of $name"
	done
	[ "$(awk -F '\t' '$2 == "plan" { print $4 }' "$OLDPWD/tables")" = \
	    "stop start" ] || fault "plan: operands"
	# Nothing else is left empty.
	grep -n '		.*	\|	$' "$OLDPWD/tables" | grep -v command && fault empty
	:
}

test_case bash "bash completes commands, options, keys and words"
bash_check()
{
	command -v bash >/dev/null || atf_skip "no bash"
	sh rc/completion bash >"$OLDPWD/completion"
	sh rc/completion tables >"$OLDPWD/tables"
	commands=$(column command 2 | tr '\n' ' ')
	commands=${commands% }
	cd "$OLDPWD" || atf_fail "no folder"
	: >file-a
	mkdir file-d
	# Words as bash splits them, the last one is completed; what is wanted.
	while IFS='|' read -r words want; do
		got=$(bash -c '
		compopt() { :; }
		. ./completion
		complete -p libvirt-guests | grep -q _libvirt_guests || exit 1
		read -r -a COMP_WORDS <<<"libvirt-guests $1"
		[[ -n $1 ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_libvirt_guests
		echo "${COMPREPLY[*]}"' sh "$words") || fault "$words: $?"
		[ "$want" != % ] || want=$commands
		[ "$got" = "$want" ] || fault "$words: '$got', not '$want'"
	done <<-'END'
	|%
	gue|gueststatus
	re|restart reload report
	-c qemu : ///system sta|start status
	-o ON_BOOT = start rep|report
	-o SNAPSHOT=no -q rep|report
	--v|--version
	status --h|--help
	plan s|stop start
	plan sta|start
	stop x|
	-o ON_|ON_BOOT= ON_SHUTDOWN=
	-o ON_BOOT =|start ignore
	-o ON_BOOT = i|ignore
	-o ON_BOOT=i|ON_BOOT=ignore
	-o ON_SHUTDOWN = shutdown,s|shutdown,suspend shutdown,shutdown
	-o ON_SHUTDOWN=shutdown,de|ON_SHUTDOWN=shutdown,destroy
	-o SHUTDOWN_MODE = a|agent acpi
	-o HOOK_DIR = file-|file-a file-d
	-o START_DELAY = 1|
	-f file-|file-a file-d
	-c q|
	-c qemu : ///s|
	-D st|
	-n 1|
	END
}

# linted SHELL: lint what rc/completion makes.
linted()
{
	sh rc/completion "$1" >"$OLDPWD/completion"
	"$1" -n "$OLDPWD/completion" >&2 || fault "$1 -n"
	for word in gueststatus try-restart SHUTDOWN_TIMEOUT agent; do
		grep -q "$word" "$OLDPWD/completion" || fault "$1: no $word"
	done
}

test_case zsh "zsh completes commands, options, keys and words"
zsh_check()
{
	command -v zsh >/dev/null || atf_skip "no zsh"
	linted zsh
	cd "$OLDPWD" || atf_fail "no folder"
	mkdir functions
	mv completion functions/_libvirt-guests
	cat >drive <<-'END'
	zmodload zsh/zpty
	zpty shell zsh -f -i
	zpty -w shell 'fpath=($PWD/functions $fpath)' \
	    '; autoload -U compinit && compinit -u -D' \
	    '; libvirt-guests() { print -r -- "$*" >>got }'
	while IFS= read -r line; do
		zpty -w shell "${line//\%/$(printf "\t")}"
	done <lines
	zpty -w shell exit
	while zpty -r shell; do :; done
	END
	cat >lines <<-'END'
	libvirt-guests gues%
	libvirt-guests plan sta%
	libvirt-guests --vers%
	libvirt-guests -o ON_B%ig% status
	libvirt-guests -c test:///default -o SNAP%d% rep%
	END
	cat >want <<-'END'
	gueststatus
	plan start
	--version
	-o ON_BOOT=ignore status
	-c test:///default -o SNAPSHOT=disk report
	END
	TERM=dumb zsh -f drive >said 2>&1 </dev/null
	diff -u want got >&2 || fault "$(cat said)"
}

test_case fish "the completion of fish has no faults"
fish_check()
{
	command -v fish >/dev/null || atf_skip "no fish"
	linted fish
}

test_case usage "another shell is refused"
usage_check()
{
	sh rc/completion tcsh 2>"$OLDPWD/said" && fault "exit 0"
	grep -q '^usage: ' "$OLDPWD/said" || fault "no usage"
}
