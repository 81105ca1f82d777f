#!/usr/bin/env atf-sh
# shellcheck shell=sh
#
# The lab does what its guests' words say: every word by the machine's own
# traces (disk, serial port) and by virsh.

# The head that all cases share.
head_of()
{
	atf_set descr "$1"
	atf_set require.user root
	atf_set require.progs "libvirtd virsh qemu-system-x86_64 unshare as ld"
	atf_set timeout 300
}

# lab_case NAME DESCRIPTION OPTIONS: the function NAME_lab succeeds in a lab
# made with those options, and says nothing on standard error.
lab_case()
{
	atf_test_case "$1"
	eval "${1}_head() { head_of '$2'; }"
	eval "${1}_options='$3'"
	eval "${1}_body() { lab_body $1; }"
}

lab_body()
{
	eval "options=\$${1}_options"
	# shellcheck disable=SC2154,SC2086,SC2016 # set by eval; options are
	# words; the text is for the shell in the lab
	"$(atf_get_srcdir)/../tools/lab" $options \
	    -c 'atf_test_case() { :; }; . "$1"; "$2_lab"' \
	    "$(atf_get_srcdir)/${0##*/}" "$1" >out 2>err ||
	    atf_fail "exit $?: $(cat out err | tr '\n' ' ')"
	[ ! -s err ] || atf_fail "said: $(tr '\n' ' ' <err)"
}

# is WHAT EXPECTED COMMAND [ARGUMENT]...: what it prints.
is()
{
	is_what=$1 is_wanted=$2
	shift 2
	is_got=$("$@") || :
	[ "$is_got" = "$is_wanted" ] || {
		echo "$is_what: $is_got, not $is_wanted" >&2
		exit 1
	}
}

press()
{
	lab_virsh shutdown "$1" >/dev/null
}

# A dot came since: the guest has had a second in which to do the wrong thing.
lives()
{
	lives_size=$(wc -c <"$LAB_DIR/guest/$1.serial")
	lab_wait_until lives_more "$LAB_DIR/guest/$1.serial" "$lives_size"
}

saving()
{
	lab_virsh domjobinfo "$1" | grep -q "Operation: *Save"
}

# Its save has written what a pipe takes, and not a byte since the last call.
stuck()
{
	stuck_was=${stuck_is-}
	stuck_is=$(lab_virsh domjobinfo "$1" | grep "^Data processed: *[1-9]")
	[ "$stuck_is" = "$stuck_was" ]
}

lives_more()
{
	[ "$(wc -c <"$1")" -gt "$(($2 + 1))" ]
}

lab_case obey 'the first press powers it off, with a proof' '-b obey'
obey_lab()
{
	is boots 1 lab_guest_boots g1
	is "proof before" 0 lab_guest_proof g1
	press g1
	lab_guest_wait g1 "shut off"
	is proof 1 lab_guest_proof g1
	is presses 1 lab_guest_presses g1
}

lab_case ignore 'no press powers it off' '-b ignore'
ignore_lab()
{
	for i in 1 2 3; do
		press g1
		lab_guest_heard g1 $i
	done
	lives g1
	is state running lab_guest_state g1
	is proof 0 lab_guest_proof g1
}

lab_case press 'the N-th press powers it off, no earlier one' '-b press=3'
press_lab()
{
	for i in 1 2; do
		press g1
		lab_guest_heard g1 $i
		lives g1
		is "state after $i" running lab_guest_state g1
	done
	press g1
	lab_guest_wait g1 "shut off"
	is presses 3 lab_guest_presses g1
}

# Its own clock tells, by a dot a second, that it took its time.
lab_case delay 'it takes its time after the press' '-b delay=4'
delay_lab()
{
	size=$(wc -c <"$LAB_DIR/guest/g1.serial")
	press g1
	lab_guest_wait g1 "shut off"
	is proof 1 lab_guest_proof g1
	dots=$(($(wc -c <"$LAB_DIR/guest/g1.serial") - size))
	[ "$dots" -ge 4 ] || { echo "only $dots s"; exit 1; }
}

lab_case deaf 'a press while it boots is lost' '-n 0'
deaf_lab()
{
	lab_guest_define g1 deaf=8
	lab_guest_start g1
	lab_guest_booted g1 1
	press g1
	lab_guest_ready g1
	lives g1
	is state running lab_guest_state g1
	is "presses while deaf" 0 lab_guest_presses g1
	press g1
	lab_guest_wait g1 "shut off"
	is presses 1 lab_guest_presses g1
}

lab_case reboot 'it boots again instead of powering off' '-b reboot'
reboot_lab()
{
	press g1
	lab_guest_booted g1 2
	is state running lab_guest_state g1
	is proof 0 lab_guest_proof g1
}

lab_case panic 'it crashes instead of powering off' '-b panic'
panic_lab()
{
	press g1
	lab_guest_wait g1 crashed
	is proof 0 lab_guest_proof g1
}

lab_case sleep 'it suspends to RAM instead of powering off' '-b sleep'
sleep_lab()
{
	press g1
	lab_guest_wait g1 pmsuspended
	lab_virsh dompmwakeup g1 >/dev/null
	lab_guest_wait g1 running
}

lab_case restored 'boots tell a restored guest from a new boot' '-b obey'
restored_lab()
{
	lab_virsh managedsave g1 >/dev/null
	is "state saved" "shut off" lab_guest_state g1
	lab_guest_saved g1
	lab_guest_start g1
	lab_guest_ready g1
	is "boots restored" 1 lab_guest_boots g1
	lab_not lab_guest_saved g1
	press g1
	lab_guest_wait g1 "shut off"
	lab_guest_start g1
	lab_guest_ready g1
	is "boots anew" 2 lab_guest_boots g1
	is proof 1 lab_guest_proof g1
}

lab_case dealt 'behaviours are dealt in turn' \
    '-n 3 -b press=2 -b obey,transient'
dealt_lab()
{
	is names "g1 g2 g3" echo "$LAB_GUESTS"
	for i in $LAB_GUESTS; do
		press "$i"
	done
	lab_guest_wait g2 gone
	for i in 1 3; do
		lab_guest_heard g$i 1
		is "state of g$i" running lab_guest_state g$i
	done
}

lab_case transient 'a transient guest is gone once it is off' \
    '-b obey,transient'
transient_lab()
{
	is persistent no eval \
	    "lab_virsh dominfo g1 | sed -n \"s/Persistent: *//p\""
	press g1
	lab_guest_wait g1 gone
	is proof 1 lab_guest_proof g1
}

lab_case unsavable 'libvirt refuses the save, the guest runs on' '-n 0'
unsavable_lab()
{
	lab_unsavable u1
	lab_guest_start u1
	lab_guest_ready u1
	if lab_virsh managedsave u1 2>why; then
		exit 1
	fi
	grep -q "non-migratable" why || { cat why; exit 1; }
	lives u1
	is state running lab_guest_state u1
	press u1
	lab_guest_wait u1 "shut off"
}

lab_case full 'no room for a save, and room again' '-b fill=4'
full_lab()
{
	lab_save_full
	if lab_virsh managedsave g1 2>why; then
		exit 1
	fi
	is state running lab_guest_state g1
	lives g1
	lab_save_room
	lab_virsh managedsave g1 >/dev/null
	lab_guest_saved g1
}

lab_case slow 'a slow save is aborted, or comes to its end' '-b fill=32'
slow_lab()
{
	lab_save_slow
	lab_virsh managedsave g1 >/dev/null 2>&1 &
	lab_wait_until saving g1
	lab_virsh domjobabort g1
	wait $! && exit 1
	lab_guest_wait g1 running
	lives g1
	lab_virsh managedsave g1 >/dev/null &
	lab_wait_until saving g1
	lab_save_release
	wait $!
	lab_guest_saved g1
	lab_guest_start g1
	lab_guest_ready g1
	is boots 1 lab_guest_boots g1
}

lab_case hold 'a save stands still, and so does its abort' \
    '-b fill=8 -b obey,fill=8'
hold_lab()
{
	lab_save_hold g1
	lab_virsh managedsave g1 >/dev/null 2>&1 &
	lab_wait_until saving g1
	lab_wait_until stuck g1
	lab_virsh domjobabort g1
	size=$(wc -c </var/lib/libvirt/qemu/save/g1.save)
	lab_virsh managedsave g2 >/dev/null
	saving g1
	is size "$size" eval "wc -c </var/lib/libvirt/qemu/save/g1.save"
	lab_save_slow g1
	wait $! && exit 1
	lab_guest_wait g1 running
	lives g1
}

lab_case rewrite 'its memory goes on changing' '-b fill=8,rewrite -b fill=8'
rewrite_lab()
{
	for i in g1 g2; do
		for j in 1 2; do
			lab_virsh qemu-monitor-command $i --hmp \
			    "pmemsave 0x300000 4096 \"$LAB_DIR/$i.$j\"" \
			    >/dev/null
			lives $i
		done
		tr -d "\0" <"$LAB_DIR/"$i.1 | wc -c | grep -qx "40[0-9][0-9]"
	done
	lab_not cmp -s "$LAB_DIR/g1.1" "$LAB_DIR/g1.2"
	cmp "$LAB_DIR/g2.1" "$LAB_DIR/g2.2"
}

lab_case daemon 'guests outlive the daemon' '-b obey'
daemon_lab()
{
	pid=$(cat /run/libvirt/qemu/g1.pid)
	lab_daemon_stop
	lab_not virsh -q -c qemu:///system list 2>/dev/null
	lab_daemon_start
	lab_daemon_kill9
	lab_daemon_start
	lab_daemon_restart
	is pid "$pid" cat /run/libvirt/qemu/g1.pid
	lives g1
	press g1
	lab_guest_wait g1 "shut off"
}

lab_case host 'a power cut and the boot after it' \
    '-b obey -b obey,transient -b obey,autostart'
host_lab()
{
	: >/run/lock/libvirt-guests
	: >/run/lock/subsys/libvirt-guests
	: >/var/lib/libvirt/libvirt-guests
	lab_host_down
	is processes "" lab_guest_pids
	lab_host_up
	is "left in /run" "" find /run -name libvirt-guests
	ls /var/lib/libvirt/libvirt-guests >/dev/null
	is g1 "shut off" lab_guest_state g1
	is g2 gone lab_guest_state g2
	lab_guest_wait g3 running
	lab_guest_booted g3 2
	is "proof of g1" 0 lab_guest_proof g1
	lab_guest_start g1
	lab_guest_ready g1
	is "boots of g1" 2 lab_guest_boots g1
}

lab_case lxc 'containers that obey, hear only TERM, or ignore' '-l -b obey'
lxc_lab()
{
	uri=lxc:///system
	for i in obey signal ignore; do
		lab_lxc_define c-$i $i
		lab_lxc_start c-$i
		is "state of $i" running lab_lxc_state c-$i
		# Refused while libvirt does not know its init yet.
		lab_wait_until virsh -q -c $uri shutdown c-$i
	done
	lab_wait_until lab_lxc_is c-obey "shut off"
	lab_lxc_proof c-obey
	lab_wait_until test -s "$LAB_DIR/lxc/c-ignore/asked"
	for i in ignore signal; do
		lab_wait_until virsh -q -c $uri shutdown c-$i --mode signal
	done
	lab_wait_until lab_lxc_is c-signal "shut off"
	is ignore running lab_lxc_state c-ignore
	lab_host_down
	is processes "" lab_guest_pids
}

lab_case config 'configuration files of the lab alone' '-n 0'
config_lab()
{
	for i in conf.d sysconfig default; do
		lab_config $i "URIS=\"a b\"
ON_BOOT=$i"
		is "lines of $i" 2 eval "wc -l <\"/etc/$i/libvirt-guests\""
	done
}

lab_case session 'test:///default of an unprivileged daemon' '-s'
session_lab()
{
	is state running lab_guest_state test
	lab_virsh suspend test >/dev/null
	is "state that stays" paused lab_guest_state test
	is owner nobody eval \
	    "ps -o user= -p \$(cat $LAB_DIR/session/libvirtd.pid)"
}

# clean DIR: nothing of a lab made in DIR is left.
clean()
{
	left=$(ls -A "$1")
	[ -z "$left" ] || atf_fail "files: $left"
	left=$(find /run /etc /var/lib/libvirt /var/cache/libvirt \
	    /var/log/libvirt /sys/fs/cgroup -name "*$mark*" 2>/dev/null)
	[ -z "$left" ] || atf_fail "on the host: $left"
	left=$(grep -ls "$1/[l]ab" /proc/[0-9]*/environ /proc/[0-9]*/cmdline)
	[ -z "$left" ] || atf_fail "processes: $left"
	left=$(grep -F "$1" /proc/self/mounts)
	[ -z "$left" ] || atf_fail "mounts: $left"
}

# As clean, when nobody was there to wait for the end.
processes()
{
	grep -qs "$1/[l]ab" /proc/[0-9]*/environ /proc/[0-9]*/cmdline
}

where()
{
	ls -d /run/libvirt /etc/conf.d /etc/sysconfig /etc/default \
	    /run/lock/subsys /etc/libvirt 2>/dev/null || :
}

# A lab with a guest, a container and files that bear a mark of their own.
# shellcheck disable=SC2016 # for the shell in the lab
litter='lab_guest_define $mark
lab_guest_start $mark
lab_lxc_define $mark-c
lab_lxc_start $mark-c
for dir in /run /run/lock /etc /etc/conf.d /etc/sysconfig /etc/default \
    /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt; do
	: >$dir/$mark
done
: >up
'

# For cases outside of a lab; processes are signalled, so no function is it.
lab_init()
{
	lab=$(atf_get_srcdir)/../tools/lab
	LAB_SUBR=$lab.subr
	# shellcheck source=/dev/null
	. "$LAB_SUBR"
}

left_init()
{
	lab_init
	mark=mark$$
	mkdir place
	TMPDIR=$PWD/place
	export TMPDIR
	where >before
}

left_end()
{
	clean "$TMPDIR"
	where >after
	cmp before after || atf_fail "directories came or went"
}

atf_test_case left
left_head()
{
	head_of 'nothing is left behind, and the exit code is the command'\''s'
}
left_body()
{
	left_init
	atf_check -s exit:7 "$lab" -l -c "mark=$mark; $litter exit 7"
	[ -e up ] || atf_fail "it did not get that far"
	left_end
	atf_check -s exit:0 -o inline:'a b\n' "$lab" echo 'a b'
	left_end
}

# ended SIGNAL EXIT: a lab that is ended in the middle leaves nothing.
ended()
{
	left_init
	"$lab" -l -c "mark=$mark; $litter sleep 1000" >out 2>&1 &
	pid=$!
	lab_wait_until test -e up || atf_fail "$(cat out)"
	processes "$TMPDIR" || atf_fail "no trace of it while it runs"
	kill "-$1" "$pid"
	code=0
	wait "$pid" 2>/dev/null || code=$?
	[ "$code" -eq "$2" ] || atf_fail "exit $code"
}

atf_test_case term
term_head()
{
	head_of 'ended by TERM it leaves nothing'
}
term_body()
{
	ended TERM 143
	left_end
}

# What only the lab itself could have removed.
ungroup()
{
	find /sys/fs/cgroup -depth -type d -path "*/$1*" -exec rmdir {} \;
	[ -z "$(find /sys/fs/cgroup -name "$1")" ]
}

atf_test_case kill
kill_head()
{
	head_of 'ended by KILL it leaves no process and no mount'
}
kill_body()
{
	ended KILL 137
	lab_wait_until lab_not processes "$TMPDIR" || atf_fail "processes"
	lab_wait_until ungroup "$(basename "$TMPDIR"/lab.*)" ||
	    atf_fail "cgroups"
	rm -rf "$TMPDIR"/lab.*
	left_end
}

atf_test_case broken
broken_head()
{
	head_of 'a lab that does not come up says why, and leaves nothing'
}
broken_body()
{
	left_init
	atf_check -s exit:125 -o empty -e match:'no such behaviour: nonsense' \
	    "$lab" -b nonsense true
	atf_check -s exit:125 -o empty -e \
	    match:'unsupported configuration|XML' \
	    "$lab" -b obey -x '<nonsense' true
	atf_check -s exit:125 -o empty -e match:'tests/tools/lab' "$lab" -q
	left_end
}

atf_test_case guard
guard_head()
{
	head_of 'its functions refuse to work on the host'
}
guard_body()
{
	lab_init
	for call in lab_begin lab_host_down lab_host_up lab_daemon_start \
	    lab_daemon_stop lab_guest_pids lab_save_full "lab_config default x"
	do
		$call 2>err && atf_fail "$call"
		grep -q 'this is no lab' err || atf_fail "$call: $(cat err)"
	done
}

atf_test_case twice
twice_head()
{
	head_of 'two labs at a time do not see each other'
}
twice_body()
{
	lab_init
		# shellcheck disable=SC2016 # for the shell in the lab
		meet='lab_lxc_define c; lab_lxc_start c
	    : >here$1; lab_wait_until test -e here$2
	    lab_virsh shutdown g1 >/dev/null; lab_guest_wait g1 "shut off"
	    : >off$1; lab_wait_until test -e off$2
	    [ "$(lab_guest_state g2)" = running ]
	    [ "$(lab_lxc_state c)" = running ]'
	"$lab" -l -b obey -b ignore -c "$meet" 1 2 >out 2>&1 &
	atf_check -o empty -e empty \
	    "$lab" -l -b obey -b ignore -c "$meet" 2 1
	wait $! || atf_fail "$(cat out)"
}

atf_test_case plain
plain_head()
{
	head_of 'a session without root, with namespaces and without'
}
plain_body()
{
	left_init
	chmod 711 .
	chmod 777 place
	mkdir -m 755 stub
	printf '#!/bin/sh\nexit 1\n' >stub/unshare
	chmod 755 stub/unshare
	for path in "$PATH" "$PWD/stub:$PATH"; do
		atf_check -o inline:'paused\n' env PATH="$path" \
		    setpriv --reuid nobody --regid nogroup --clear-groups \
		    "$lab" -s -c \
		    'lab_virsh suspend test >/dev/null; lab_guest_state test'
		left_end
	done
}

atf_init_test_cases()
{
	for name in obey ignore press delay deaf reboot panic sleep restored \
	    dealt transient unsavable full slow hold rewrite daemon host lxc \
	    config session left term kill broken guard twice plain
	do
		atf_add_test_case "$name"
	done
}
