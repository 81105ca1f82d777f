#!/usr/bin/env atf-sh
#
# The matrix of faults in tests/README, cell by cell: a daemon fails in one way
# at one phase of a run, beside another daemon that is well.  Both are the
# scripted daemon with guests, see tests/tools/model.h.

tree=$(cd "$(dirname "$0")/../.." && pwd)
: "${LIBVIRT_GUESTS:=$tree/build/libvirt-guests}"
cases=

# Every bound of the program has ended long before.
HANG=60

# --- daemons ---

place_make()
{
	atf_check -o save:tool "$tree/tests/tools/tool" fake
	ln -s "$(cat tool)" fake
	cat >conf <<-END
	URIS="test+unix:///default?socket=$PWD/bad $(:
	    )test+unix:///default?socket=$PWD/good"
	STATE_DIR=$PWD/state
	RUN_DIR=$PWD/run
	GUESTTAB=$PWD/none
	HOOK_DIR=$PWD/none
	CONNECT_TIMEOUT=2
	START_WAIT=2
	SHUTDOWN_TIMEOUT=6
	SUSPEND_STALL=3
	END
}

# daemon NAME GUEST...: with NAME.script; orders go to descriptor 8 or 9.
daemon()
{
	name=$1
	shift
	rm -f "$name.in" "$name.out" "$name"
	mkfifo "$name.in" "$name.out"
	./fake "$PWD/$name" "$name.script" "$@" <"$name.in" >"$name.out" &
	pids="$pids $!"
}

daemons_open()
{
	pids=
	echo "$1" >bad.script
	: >good.script
	daemon bad b1 b2
	bad=$!
	exec 8>bad.in 6<bad.out
	daemon good a1 a2
	exec 9>good.in 7<good.out
	read -r _ <&6
	read -r _ <&7
	for order in "linger 3" "reset $2"; do
		echo "$order" >&8
		echo "$order" >&9
	done
	echo guests >&8
	while read -r line <&6 && [ "$line" != end ]; do :; done
	echo guests >&9
	while read -r line <&7 && [ "$line" != end ]; do :; done
}

daemons_close()
{
	# It may be stopped, once and again.
	kill -KILL "$bad" 2>/dev/null || :
	exec 8>&- 9>&- 6<&- 7<&-
	# shellcheck disable=SC2086 # numbers
	wait $pids 2>/dev/null || :
}

# guests_are FD WHERE: the states of its guests, for example "off off".
guests_are()
{
	states=
	eval "echo guests >&$2"
	while eval "read -r line <&$1" && [ "$line" != end ]; do
		# shellcheck disable=SC2086 # words
		set -- "$1" "$2" $line
		states="$states${states:+ }$4"
	done
}

# --- cells ---

# The call that a phase is about, as in a script of fake.h.
call_of()
{
	case $1 in
	dial)	echo 66 ;;
	list)	echo 273/9 ;;
	ask)	echo 258 ;;
	save)	echo 182 ;;
	wait)	echo 273/1 ;;
	relist)	echo 273/9+1 ;;
	start)	echo 196 ;;
	esac
}

# What the daemon does then.
act_of()
{
	case $1 in
	killed)		echo die ;;
	stopped)	echo stop ;;
	restarted)	echo leave ;;
	refuses)	echo error 1 no ;;
	slow)		echo hold ;;
	nonsense)	echo answer 01 ;;
	esac
}

# once FAULT: what happens but once.
once()
{
	case $1 in
	restarted)	echo "*1" ;;
	esac
}

# Behind a fault: a daemon returns, or answers at last.
helper()
{
	case $1 in
	restarted | slow)
		while sleep 0.7 8>&- 9>&- 6<&- 7<&-; do
			echo release
		done >&8 2>/dev/null &
		helper=$!
		;;
	*)	helper= ;;
	esac
}

# cell FAULT PHASE MODE END
cell()
{
	case $2 in
	ask | wait)	way=shutdown ;;
	*)		way=suspend ;;
	esac
	command=stop bound=1
	[ "$2" != start ] || command=start
	[ "$3" = sequential ] || bound=4
	rm -rf state run
	mkdir -p state run/lock
	was=on
	if [ $command = start ]; then
		was=saved
		for name in bad good; do
			for n in 1 2; do
				echo "test+unix:///default?socket=$PWD/$name" \
				    "$(uuid $n)"
			done
		done >state/libvirt-guests
	fi
	daemons_open "$(call_of "$2")$(once "$1") $(act_of "$1")" $was
	helper "$1"
	code=0
	timeout -s KILL $HANG "$LIBVIRT_GUESTS" -f conf -o ON_SHUTDOWN=$way \
	    -o PARALLEL_SHUTDOWN=$bound -o PARALLEL_SUSPEND=$bound $command \
	    >out 2>err </dev/null 6<&- 7<&- 8>&- 9>&- || code=$?
	[ -z "$helper" ] || { kill "$helper" && wait "$helper"; } 2>/dev/null ||
	    :
	cell_check "$@"
	daemons_close
}

uuid()
{
	echo "0${1}0${1}0${1}0${1}-0${1}0${1}-0${1}0${1}-0${1}0${1}-$(:
	    )0${1}0${1}0${1}0${1}0${1}0${1}"
}

wrong()
{
	echo "$*"
	cat out err
	for file in state/*; do
		[ ! -e "$file" ] || cat "$file"
	done
	faults=$((faults + 1))
}

cell_check()
{
	what="$1 at $2, $3"
	echo "$what: exit $code: $(tr '\n' ';' <err)"
	wanted="off off"
	[ $command = stop ] || wanted="on on"
	guests_are 7 9
	[ "$states" = "$wanted" ] || wrong "$what: the others are $states"
	! grep -q 'good: ' err || wrong "$what: the other daemon is blamed"
	case $4 in
	done)
		[ $code -eq 0 ] || wrong "$what: exit $code, not 0"
		guests_are 6 8
		[ "$states" = "$wanted" ] || wrong "$what: guests are $states"
		;;
	named)
		[ $code -eq 1 ] || wrong "$what: exit $code, not 1"
		grep -q '^libvirt-guests: .*bad: ' err ||
		    wrong "$what: nothing is named"
		;;
	*)	wrong "$what: no such end: $4" ;;
	esac
}

# The rows of the matrix: fault, phase, and two cells of END TEST.
row_cells()
{
	sed -n "s/^	\\($1 .*\\)/\\1/p" "$tree/tests/README"
}

matrix_check()
{
	place_make
	faults=0 seen=0
	row_cells "$1" >rows
	while read -r fault phase one _ many _; do
		seen=$((seen + 1))
		cell "$fault" "$phase" sequential "$one"
		cell "$fault" "$phase" parallel "$many"
	done <rows
	[ $seen -eq 7 ] || atf_fail "$seen rows of $1"
	[ $faults -eq 0 ] || atf_fail "$faults faults"
}

# matrix_case FAULT DESCRIPTION
matrix_case()
{
	cases="$cases $1"
	atf_test_case "$1"
	eval "$1_head() { atf_set descr '$2'; atf_set timeout 900; }"
	eval "$1_body() { matrix_check $1; }"
}

matrix_case killed 'the daemon is killed at each phase, and none follows'
matrix_case stopped 'the daemon is stopped (SIGSTOP) at each phase'
matrix_case restarted 'the daemon is restarted at each phase'
matrix_case refuses 'the daemon refuses at each phase'
matrix_case slow 'the daemon is slow at each phase'
matrix_case nonsense 'the daemon answers nonsense at each phase'

atf_init_test_cases()
{
	for name in $cases; do
		atf_add_test_case "$name"
	done
}
