#!/usr/bin/env atf-sh
#
# The sweeps of tests/tools/torture and the corpora of tests/fuzz, in the short
# form; `make torture` and `make fuzz` run the whole.

tools=$(cd "$(dirname "$0")/../tools" && pwd)
cases=

# sweep NAME STEP DESCRIPTION
sweep()
{
	cases="$cases $1"
	atf_test_case "$1"
	eval "$1_head() { atf_set descr '$3'; atf_set timeout 600; }"
	eval "$1_body() { sweep_run $1 $2; }"
}

sweep_run()
{
	command -v strace >/dev/null || [ "$1" = proxy ] ||
	    atf_skip "no strace"
	TORTURE_KEPT=$PWD/kept
	export TORTURE_KEPT
	atf_check -o match:' 0 failures$' "$tools/torture" -s "$2" "$1"
}

sweep kill 7 'killed at a call, and run again'
sweep errors 25 'a call fails'
sweep short 5 'a write writes only a part'
sweep power 7 'the power goes at a call'
sweep proxy 50 'bytes are changed, cut, delayed, repeated'

atf_test_case corpora
corpora_head()
{
	atf_set descr "what fuzzing has found stays mended"
	atf_set timeout 600
}
corpora_body()
{
	[ -e "$tools/../../build/test/lib.a" ] || atf_skip "make check-build"
	# Without sanitizers a fault would not be seen.
	grep -q -e '-fsanitize=address,undefined' \
	    "$tools/../../build/test/flags" ||
	    atf_skip "TEST_SANITIZE has none"
	atf_check -o save:replayed "$tools/fuzz" replay
	for file in "$tools"/../fuzz/*_fuzz.c; do
		name=$(basename "$file" _fuzz.c)
		atf_check -o ignore grep "^$name: [1-9]" replayed
	done
}

atf_test_case dash
dash_head()
{
	atf_set descr "an accepted configuration means what dash makes of it"
}
dash_body()
{
	command -v dash >/dev/null || atf_skip "no dash"
	atf_check -o match:'[0-9]+ accepted' -e empty \
	    "$tools/fuzz" dash 300
}

atf_init_test_cases()
{
	for name in $cases corpora dash; do
		atf_add_test_case "$name"
	done
}
