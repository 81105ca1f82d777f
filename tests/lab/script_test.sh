#!/usr/bin/env atf-sh
#
# The same scenario by libvirt-guests.sh and by ours: same end states, same
# list, same exit codes, same answers.

CMD_TIMEOUT=600
# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# g1 and g3 run, g2 runs and is transient, g4 does not run.
# UUIDs differ from run to run where guests are transient; names do not.
names_learn()
{
	lab_virsh list --all --uuid --name |
	    sed -n "s|^\([^ ]*\)  *\(g[1-4]\)\$|s/\1/\2/g|p" >names.sed
}

state_tell()
{
	table
	saves
	for name in g1 g2 g3 g4; do
		row $name
		echo "$name $row_state $(grep -cx $name "$LAB_DIR/saves")"
	done
	echo "list:"
	[ ! -e $list ] || listed | sed -f names.sed
	echo "boots: $(lab_guest_boots g1) $(lab_guest_boots g3)"
	echo "proofs: $(for name in g1 g2 g3; do lab_counter $name 1; done)"
}

# What is said by both, in whatever order things happened.  That the transient
# guest is off the script does not say when it waits for several.
words()
{
	grep -E -e "^(Running guests|Resuming guests|Not (suspending|shut))" \
	    -e "^(Suspending|Shutting down) guests on" \
	    -e "^Resuming guest " -e "^Starting shutdown" \
	    -e "^Shutdown of guest" -e "^Suspending .*: (done|\\.\\.\\.)" \
	    -e "configured not to start" said_$1 |
	    grep -vx "Shutdown of guest g2 complete\\." | LC_ALL=C sort
}

# call COMMAND...: with what it says and its exit code.
call()
{
	call_got=0
	$program "$@" >said_$1 2>err_$1 </dev/null || call_got=$?
	echo "$1: exit $call_got"
	case $1 in
	status)	head -n 1 said_status ;;
	*)	words $1 ;;
	esac
}

# scenario WHO: what became of it, in all detail.
scenario()
{
	reset g1 g2 g3 g4
	for name in g1 g2 g3 g4; do
		dd if=/dev/zero of="$LAB_DIR/guest/$name.img" bs=512 seek=1 \
		    count=3 conv=notrunc 2>/dev/null
	done
	program=$1
	booted g1 g2 g3
	names_learn
	call status
	call start
	call status
	call stop
	state_tell
	call status
	call start
	table
	for name in g1 g3; do
		row $name
		[ "$row_state" != running ] || lab_guest_ready $name
	done
	state_tell
	call status
}

# compare URIS [LINE]...
compare()
{
	step "compare $*"
	compare_begin
	compare_uris=$1
	shift
	lab_config default "$(printf '%s\n' "URIS=$compare_uris" "$@")"
	scenario "$script" >theirs || fail "the script: $(cat err_*)"
	scenario "$LIBVIRT_GUESTS -f /etc/default/libvirt-guests" >ours ||
	    fail "ours: $(cat err_*)"
	grep -q "^stop: exit" theirs || fail "no scenario"
	# A guest that is gone has no name for the script; ours says so in words
	# of its own.
	if grep -qx "Resuming guest : " theirs; then
		has err_start "was transient and cannot be started; removed"
		sed -i "/^Resuming guest : \$/d" theirs
	fi
	diff theirs ours >differs || {
		cp theirs out
		cp ours err
		fail "$*: $(cat differs)"
	}
}

compare_begin()
{
	rm -f /etc/conf.d/libvirt-guests
	lab_guest_define g4
}

# script_case NAME DESCRIPTION SCRIPT COMPARISON
script_case()
{
	lab_case "$1" "$2" '-b obey -b obey,transient -b obey' "$4"
	eval "${1}_script='$3'"
	eval "${1}_body() { script_body $1; }"
}

script_body()
{
	eval "script=\$${1}_script"
	case $script in
	fetch)
		# Debian 13's knows PERSISTENT_ONLY.
		script=$("$(atf_get_srcdir)/../tools/fetch-script" 2>fetch) ||
		    atf_skip "$(cat fetch)"
		;;
	esac
	[ -x "$script" ] || atf_skip "no $script here"
	export script
	cmd_body "$1"
}

here=/usr/lib/libvirt/libvirt-guests.sh

for boot in start ignore; do
	script_case "suspend_$boot" "suspend, ON_BOOT=$boot" $here \
	    "compare default ON_SHUTDOWN=suspend ON_BOOT=$boot"
	script_case "shutdown_$boot" "shutdown, ON_BOOT=$boot" $here \
	    "compare \$uri ON_SHUTDOWN=shutdown ON_BOOT=$boot"
	script_case "parallel_$boot" "parallel, ON_BOOT=$boot" $here \
	    "compare default ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2 \
	    ON_BOOT=$boot"
done

for value in true false default; do
	only="ON_BOOT=start PERSISTENT_ONLY=$value"
	script_case "persistent_suspend_$value" "suspend, $only" fetch \
	    "compare \$uri ON_SHUTDOWN=suspend $only"
	script_case "persistent_shutdown_$value" "shutdown, $only" fetch \
	    "compare \$uri ON_SHUTDOWN=shutdown $only"
	only="ON_BOOT=ignore PERSISTENT_ONLY=$value"
	script_case "persistent_parallel_$value" "parallel, $only" fetch \
	    "compare \$uri ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=3 $only"
done

script_case defaults 'what Debian has when nothing is set' $here \
    'compare default'

atf_init_test_cases()
{
	cmd_cases
}
