#!/usr/bin/env atf-sh
#
# Hooks: when they run, what they are told, and that nothing they do costs a
# guest.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# hook NAME LINES: an executable of HOOK_DIR, a shell script.  It writes to
# files in $here; stage is $1.
dir=/etc/libvirt-guests.d

hook()
{
	printf "#!/bin/sh\nhere=%s\n%s\n" "$here" "$2" >$dir/$1
	chmod 755 $dir/$1
}

# calls REGEX: what the hooks noted, of those lines.
calls()
{
	grep -E -e "$1" calls || :
}

hooks_begin()
{
	here=$PWD
	mkdir -p $dir
}

lab_case stages 'every stage, in order, with arguments and environment' '-n 2'
stages_lab()
{
	hooks_begin
	note="note=\"\$(basename \"\$0\") \$*\"
case \$1 in
*-guest) is=\$(virsh -q -c qemu:///system domstate \"\$3\") ;;
*) is=\$(virsh -q -c qemu:///system list --name | grep -c .) ;;
esac
list=\$(grep -vc '^#' $list)
echo \"\$note: \$is, \$list, \$LIBVIRT_GUESTS_COMMAND\" >>\$here/calls
env | grep LIBVIRT_GUESTS_ | sort >\$here/env.\$1\$3"
	hook 20-b "$note"
	hook 10-a "$note"
	hook 05-left.dpkg-old "$note"
	g1=$(uuids g1) g2=$(uuids g2)
	conf ON_SHUTDOWN=shutdown
	run 0 stop
	[ ! -s err ] || fail "a complaint"
	is first "10-a pre-stop: 2, 1, stop" sed -n 1p calls
	is second "20-b pre-stop: 2, 1, stop" sed -n 2p calls
	is last "20-b post-stop: 0, 1, stop" sed -n "\$p" calls
	is number 12 eval "wc -l <calls"
	is "of g1" "10-a pre-stop-guest $uri g1 $g1: running, 1, stop
20-b pre-stop-guest $uri g1 $g1: running, 1, stop
10-a post-stop-guest $uri g1 $g1: shut off, 1, stop
20-b post-stop-guest $uri g1 $g1: shut off, 1, stop" calls " g1 "
	is "of g2" 4 eval "calls \" g2 $g2: \" | wc -l"
	is environment "LIBVIRT_GUESTS_COMMAND=stop
LIBVIRT_GUESTS_DEADLINE=
LIBVIRT_GUESTS_NAME=g2
LIBVIRT_GUESTS_RESULT=off
LIBVIRT_GUESTS_STAGE=post-stop-guest
LIBVIRT_GUESTS_URI=$uri
LIBVIRT_GUESTS_UUID=$g2" cat env.post-stop-guestg2
	is "of the whole" "LIBVIRT_GUESTS_COMMAND=stop
LIBVIRT_GUESTS_DEADLINE=
LIBVIRT_GUESTS_STAGE=pre-stop" cat env.pre-stop
	proofs 1 g1 g2
	: >calls
	rm -f env.*
	run 0 start
	is first "10-a pre-start: 0, 1, start" sed -n 1p calls
	is "but one" "10-a post-start: 2, , start" \
	    eval "tail -n 2 calls | sed -n 1p"
	is number 12 eval "wc -l <calls"
	is "of g1" "10-a pre-start-guest $uri g1 $g1: shut off
20-b pre-start-guest $uri g1 $g1: shut off
10-a post-start-guest $uri g1 $g1: running
20-b post-start-guest $uri g1 $g1: running" \
	    eval "calls \" g1 \" | sed \"s/, .*//\""
	grep -qx LIBVIRT_GUESTS_RESULT=started env.post-start-guestg1 ||
	    fail "$(cat env.post-start-guestg1)"
	all running g1 g2
	lab_guest_ready g1 g2
	: >calls
	run 0 -D 100 restart
	is first "10-a pre-stop: 2, 1, restart" sed -n 1p calls
	# Half of what is left, at most.
	grep -Eqx "LIBVIRT_GUESTS_DEADLINE=[1-4]?[0-9]" env.pre-stop ||
	    fail "$(cat env.pre-stop)"
}

lab_case none 'no hooks, no guests, and guests that are left alone' \
    '-b obey -b obey,transient'
none_lab()
{
	hooks_begin
	run 0 reload
	hook a "echo \$* >>\$here/calls"
	conf ON_SHUTDOWN=leave
	run 0 stop
	is "left running" "pre-stop
post-stop" cat calls
	conf ON_SHUTDOWN=suspend
	run 0 stop
	saved g1
	all running g2
	is "left by its kind" "" calls g2
	: >calls
	lab_virsh destroy g2 >/dev/null
	run 0 stop
	is "no guests" "pre-stop
post-stop" cat calls
	chmod 777 $dir
	: >calls
	run 6 reload
	# The other one cannot come back.
	run 1 start
	has err "HOOK_DIR: no hook is run: the directory is writable by oth"
	is "not ours" "" cat calls
	all running g1
}

lab_case starts 'a pre-stop hook starts the first guest' '-n 1'
starts_lab()
{
	hooks_begin
	reset g1
	hook 10-start "[ \$1 != pre-stop ] || virsh -q -c $uri start g1"
	run 0 stop
	has out "^Guest g1 was started meanwhile"
	saved g1
	list_is $uri g1
}

lab_case output 'what they say is logged line by line, escaped' '-n 1'
output_lab()
{
	hooks_begin
	hook 10-say "printf \"one\\n\\033[2Jtwo\\nno end\"
echo three >&2"
	run 0 stop
	has out "^Hook 10-say \\(pre-stop\\): one$"
	has out "^Hook 10-say \\(pre-stop\\): .e\\[2Jtwo$"
	has out "^Hook 10-say \\(pre-stop\\): no endthree$"
	has out "^Hook 10-say \\(pre-stop-guest g1\\): one$"
	has out "^Hook 10-say \\(post-stop-guest g1\\): one$"
	has out "^Hook 10-say \\(post-stop\\): one$"
	[ ! -s err ] || fail "a complaint"
	saved g1
}

lab_case failing 'each failure is named, and none costs a guest' '-n 2'
failing_lab()
{
	hooks_begin
	hook 10-fails "exit 3"
	hook 20-killed "kill -9 \$\$"
	hook 30-plain :
	chmod 644 $dir/30-plain
	hook 40-open :
	chmod 757 $dir/40-open
	hook 50-flood "[ \$1 != pre-stop-guest ] || yes | head -c 2000000"
	mkdir $dir/60-dir
	ln -s nowhere $dir/70-link
	hook 90-last "echo \$1 >>\$here/calls"
	printf "\177nonsense" >$dir/80-bad
	chmod 755 $dir/80-bad
	run 0 stop
	saved g1 g2
	proofs 0 g1 g2
	has err "warning: hook 10-fails \\(pre-stop\\): exit code 3$"
	has err "hook 10-fails \\(post-stop-guest g2\\): exit code 3$"
	has err "hook 20-killed \\(pre-stop-guest g1\\): killed by signal 9$"
	has err "hook 30-plain \\(pre-stop\\): not run: not executable$"
	has err \
	    "hook 40-open \\(pre-stop\\): not run: writable by others than"
	has out "^Hook 50-flood \\(pre-stop-guest g1\\): output cut$"
	has err "hook 60-dir \\(pre-stop\\): not run: not a regular file$"
	has err "hook 70-link \\(pre-stop\\): not run: No such file"
	has err "hook 80-bad \\(pre-stop\\): exit code 127$"
	is "told once" 1 grep -c "hook 30-plain" err
	is "the last one" 6 eval "wc -l <calls"
}

lab_case hang 'one that hangs is ended at HOOK_TIMEOUT' '-n 2'
hang_lab()
{
	hooks_begin
	hook 10-hang "[ \$1 = pre-stop-guest ] || exit 0
[ \$3 = g2 ] || trap \"\" TERM
while :; do sleep 1000; done"
	hook 20-next "echo \$* >>\$here/calls"
	conf ON_SHUTDOWN=shutdown HOOK_TIMEOUT=1
	run 0 stop
	all "shut off" g1 g2
	proofs 1 g1 g2
	for name in g1 g2; do
		has err \
		    "10-hang \\(pre-stop-guest $name\\): stopped: .*HOOK_TIM"
		is "next of $name" 2 eval "calls \" $name \" | wc -l"
	done
}

lab_case deadline 'they leave guests their time' '-b ignore -b obey'
deadline_lab()
{
	hooks_begin
	hook 10-hang "trap \"\" TERM
while :; do sleep 1000; done"
	hook 20-next "echo \$1 >>\$here/calls"
	conf ON_SHUTDOWN=shutdown,suspend HOOK_TIMEOUT=1000 \
	    PARALLEL_SHUTDOWN=2
	run 0 -D 20 stop
	saved g1 g2
	has err "10-hang \\(pre-stop\\): stopped: the deadline has passed$"
	has err "20-next \\(pre-stop\\): not run: the deadline has passed$"
	has err "10-hang \\(pre-stop-guest g1\\): stopped: the deadline has"
	hasnt err "interrupted|guest g1: still on"
	# There is no time at all.
	rm $dir/10-hang
	conf ON_SHUTDOWN=leave
	run 0 -D 2 stop
	is "no time for it" "" calls post
	has err "hooks \\(post-stop\\) are not run: the deadline is too near$"
}

lab_case parallel 'eight guests at once, four hooks' '-n 8'
parallel_lab()
{
	hooks_begin
	hook a "echo \"+ \$*\" >>\$here/calls
[ \$1 != pre-stop-guest ] ||
    until [ \$(grep -c \"pre-stop-guest\" \$here/calls) -ge 4 ]; do
	sleep 0.02
done
echo \"- \$*\" >>\$here/calls"
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=8
	order=$(running)
	run 0 stop
	all "shut off" $order
	proofs 1 $order
	for name in $order; do
		is "hooks of $name" 2 eval \
		    "calls \"^- .*-guest .* $name \" | wc -l"
	done
	is "at a time" 4 awk "\$1 == \"+\" && ++n > m { m = n } \$1 == \"-\" { n-- }
    END { print m }" calls
}

lab_case itself 'one that stops its guest itself' '-n 2'
itself_lab()
{
	hooks_begin
	hook a "echo \"\$1 \$3\" >>\$here/calls
[ \$1 != pre-stop-guest ] ||
    virsh -q -c qemu:///system destroy \$3 >/dev/null
echo \"\$1 \$3 done\" >>\$here/calls"
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2
	run 0 stop
	all "shut off" g1 g2
	proofs 0 g1 g2
	for name in g1 g2; do
		is "hooks of $name" "pre-stop-guest $name
pre-stop-guest $name done
post-stop-guest $name
post-stop-guest $name done" calls " $name"
	done
}

lab_case rounds 'a guest that a hook starts is stopped, too' '-b obey -b ignore'
rounds_lab()
{
	hooks_begin
	reset g2
	hook a "echo \$1 \$3 >>\$here/calls
[ \$1 = post-stop-guest -a \$3 = g1 ] || exit 0
virsh -q -c qemu:///system start g2"
	conf ON_SHUTDOWN=shutdown,destroy SHUTDOWN_TIMEOUT=0
	run 0 -D 20 stop
	all "shut off" g1 g2
	has out "^Guest g2 was started meanwhile$"
	has err "guest g2: the deadline is near; trying destroy$"
	is calls "pre-stop
pre-stop-guest g1
post-stop-guest g1
pre-stop-guest g2
post-stop-guest g2
post-stop" sed "s/ $//" calls
}

# Of four places three are for those behind guests.
lab_case behind 'those behind guests hold up no guest' '-n 6'
behind_lab()
{
	hooks_begin
	hook a "[ \$1 != post-stop-guest ] ||
    until [ -e \$here/go ]; do sleep 0.05; done
echo \$1 >>\$here/calls"
	conf ON_SHUTDOWN=shutdown
	order=$(running)
	begin stop
	for name in $order; do
		comes out "^Shutdown of guest $name complete\\.$"
	done
	is "not yet" "" calls post-
	: >go
	ends 0
	is behind 6 eval "calls post-stop-guest | wc -l"
	is last post-stop sed -n "\$p" calls
}

lab_case daemon 'what one leaves behind holds nobody' '-n 1'
daemon_lab()
{
	hooks_begin
	hook a "sleep 100000 &
echo \$! >>\$here/left"
	run 0 stop
	saved g1
	pids=$(cat left)
	for pid in $pids; do
		kill -0 $pid || fail "it was ended"
	done
}

lab_case signal 'SIGTERM ends hooks, and runs no more of them' '-n 2'
signal_lab()
{
	hooks_begin
	for stage in pre-stop pre-stop-guest; do
		hook a "echo \$1 >>\$here/calls
[ \$1 = $stage ] || exit 0
echo \$\$ >>\$here/left
trap \"\" TERM
while :; do sleep 1000; done"
		: >calls
		: >left
		begin stop
		lab_wait_until test -s left
		kill -TERM $began
		ends 1
		has err "guest g1: interrupted$"
		has err "guest g2: interrupted$"
		has err "^libvirt-guests: stop: ended by signal 15$"
		is "the last one" $stage sed -n "\$p" calls
		lab_wait_until lab_not kill -0 $(cat left)
		all running g1 g2
	done
}

atf_init_test_cases()
{
	cmd_cases
}
