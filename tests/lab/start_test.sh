#!/usr/bin/env atf-sh
#
# start: what of the list comes back, what stays in it, and what is said.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case order 'in the order of the list, one at a time with START_DELAY' '-n 3'
order_lab()
{
	conf START_DELAY=1
	start_hook
	for order in "g3 g1 g2" "g2 g3 g1"; do
		reset g1 g2 g3
		echo "$uri $(uuids $order)" >$list
		: >starts
		run 0 start
		has out "^Resuming guests on $uri URI\\.\\.\\.$"
		is told "$order" told "Resuming guest " ": done"
		is sequence "$(for name in $order; do
			echo "$name"
			echo "$name on"
		done)" cat starts
		all running g1 g2 g3
		no_list
		run 0 status
	done
}

# Each start waits in the daemon until all have begun.
lab_case parallel 'START_DELAY=0: in parallel, within PARALLEL_START' '-n 4'
parallel_lab()
{
	start_hook
	reset g1 g2 g3 g4
	echo "$uri $(uuids g1 g2 g3 g4)" >$list
	: >hold/all
	begin start
	lab_wait_until eval "[ \$(wc -l <starts) -eq 4 ]"
	rm hold/all
	ends 0
	all running g1 g2 g3 g4
	boots 2 g1 g2 g3 g4
	reset g1 g2 g3 g4
	echo "$uri $(uuids g1 g2 g3 g4)" >$list
	: >starts
	: >hold/all
	conf PARALLEL_START=2
	begin start
	lab_wait_until eval "[ \$(wc -l <starts) -eq 2 ]"
	is "no third one" "" told "Resuming guest " ": done"
	rm hold/all
	ends 0
	# Never a third before one of two was done.
	is "at a time" 2 eval "awk \"/ on\$/ { n--; next } { if (++n > m) m = n }
    END { print m }\" starts"
	all running g1 g2 g3 g4
}

lab_case nothing 'without a list there is nothing to start' '-b obey'
nothing_lab()
{
	reset g1
	run 0 start
	is said "No guests to start: the list does not exist" cat out err
	all "shut off" g1
	run 0 status
	: >$list
	run 0 start
	no_list
	all "shut off" g1
}

lab_case ignore 'ON_BOOT=ignore: said, and the list is gone' '-n 2'
ignore_lab()
{
	conf ON_BOOT=ignore
	run 0 stop
	saved g1 g2
	lab_daemon_stop
	run 0 start
	has out "configured not to start any guests on boot$"
	no_list
	run 0 status
	lab_daemon_start
	saved g1 g2
}

lab_case boot 'boot=yes and boot=no, whatever ON_BOOT says' '-n 4'
boot_lab()
{
	cat >/etc/libvirt-guests.tab <<-END
		g1 - - - boot=no
		g2 - - - boot=yes
	END
	# One after another, for the order of the list.
	fresh $LAB_GUESTS
	run 0 stop
	saved $LAB_GUESTS
	list_is $uri g2 g3 g4
	run 0 start
	all running g2 g3 g4
	saved g1
	no_list
	hasnt out "g1"
	# Who is on a list all the same is dropped from it.
	reset $LAB_GUESTS
	echo "$uri $(uuids g1 g3 g2)" >$list
	run 0 start
	is back "g2 g3 " sorted "$(told "Resuming guest " ": done")"
	has out "^Guest g1 is not started: boot=no$"
	all "shut off" g1 g4
	no_list
	# That it alone is there is no reason for a failure.
	reset $LAB_GUESTS
	echo "$uri $(uuids g1)" >$list
	run 0 start
	no_list
	# With ON_BOOT=ignore all others are dropped, also those of other
	# daemons.
	{
		echo "$uri $(uuids g1 g2 g3)"
		echo "lxc:///system $(uuids g1)"
	} >$list
	conf ON_BOOT=ignore
	run 0 start
	all running g2
	all "shut off" g1 g3 g4
	no_list
	has out "any guests on boot except guests with boot=yes$"
	hasnt out "g[13]"
	# Of a daemon that does not answer nobody knows which they are.
	reset $LAB_GUESTS
	echo "$uri $(uuids g1 g2 g3)" >$list
	lab_daemon_stop
	run 1 -o START_WAIT=1 start
	lab_daemon_start
	list_is $uri g1 g2 g3
	run 0 start
	all running g2
	all "shut off" g1 g3 g4
}

lab_case gone 'what is gone or runs already is said, the rest comes back' '-n 3'
gone_lab()
{
	run 0 stop
	uuid=$(uuids g2)
	lab_virsh undefine --managed-save g2 >/dev/null
	lab_guest_start g3
	run 1 start
	all running g1 g3
	has err "^libvirt-guests: warning: $uri: guest g2 no longer exists; removed"
	has out "^Resuming guest g3: already active$"
	has out "^Resuming guest g1: done$"
	is complaints 1 eval "wc -l <err"
	no_list
	boots 1 g1 g3
	# Nothing is left of a list of guests that are gone.
	echo "$uri $uuid" >$list
	run 1 start
	has err "guest $uuid no longer exists"
	no_list
	run 0 start
	# An operator abandons a guest.
	run 0 stop
	sed -i "s/ $(uuids g1)\([^=~]\)/\1/; s/ $(uuids g1)\$//" $list
	run 0 start
	all running g3
	saved g1
	no_list
}

lab_case broken 'a broken list is kept aside, its good entries are used' '-n 3'
broken_lab()
{
	run 0 stop
	{
		echo "$uri $(uuids g1) nonsense $(uuids g2)"
		echo
		echo "no:uri $(uuids g1)"
		printf "\\033[31m\\n"
		echo "$uri $(uuids g3)"
	} >$list
	cp $list before
	run 1 start
	all running g1 g2 g3
	boots 1 g1 g2 g3
	column=$((${#uri} + 1 + 36 + 2))
	has err "^libvirt-guests: $list:1:$column: "
	has err "^libvirt-guests: $list:3:1: "
	has err "^libvirt-guests: $list:4:1: "
	if LC_ALL=C grep -aq "$(printf "\\033")" err; then
		fail "a control byte"
	fi
	has err "$list: malformed; kept as $list"
	aside=$(sed -n "s/.*: malformed; kept as //p" err)
	cmp before "$aside" || fail "what was kept aside is not the list"
	no_list
	# A second one does not take the place of the first.
	echo "$uri nonsense" >$list
	run 1 start
	cmp before "$aside" || fail "what was kept aside is gone"
	run 0 start
	# A stop says it, too, and what it can read is not lost.
	echo "$uri nonsense $(uuids g3 g1)" >$list
	run 1 stop
	has err "^libvirt-guests: $list:1:$((${#uri} + 2)): "
	list_is $uri g3 g1 g2
	# Of many findings ten are printed.
	i=0
	while [ $((i += 1)) -le 25 ]; do
		echo "$uri nonsense"
	done >$list
	run 1 start
	is findings 10 grep -c "^libvirt-guests: $list:[0-9]*:[0-9]*: " err
	has err "$list: 15 findings are not printed$"
}

lab_case missing 'a start that fails keeps its entry for the next one' '-n 3'
missing_lab()
{
	for way in suspend shutdown; do
		run 0 -o ON_SHUTDOWN=$way stop
		mv "$LAB_DIR/guest/g2.img" away
		run 1 start
		all running g1 g3
		all "shut off" g2
		has err "^libvirt-guests: $uri: guest g2: .*g2\\.img"
		hasnt err "guest g[13]"
		list_is $uri g2
		run 0 status
		[ $way = shutdown ] || saved g2
		# It fails as often as it is tried.
		run 1 start
		list_is $uri g2
		mv away "$LAB_DIR/guest/g2.img"
		run 0 start
		has out "^Resuming guest g2: done$"
		all running g1 g2 g3
		no_list
		lab_guest_ready g1 g2 g3
	done
	# Restored the first time, booted the second.
	boots 2 g1 g2 g3
	# An entry that failed goes through the next stop.
	run 0 stop
	mv "$LAB_DIR/guest/g2.img" away
	run 1 start
	mv away "$LAB_DIR/guest/g2.img"
	order=$(running)
	run 0 stop
	saved g1 g2 g3
	list_is $uri g2 $order
	run 0 start
	boots 2 g1 g2 g3
	all running g1 g2 g3
	# An operator abandons a guest as the manual says.
	run 0 stop
	sed -i "/^[^#]/s/ $(uuids g2)//" $list
	run 0 start
	all running g1 g3
	all "shut off" g2
	no_list
}

lab_case others 'guests of a URI that is not configured stay listed' '-n 2'
others_lab()
{
	other="test:///default 11111111-2222-3333-4444-555555555555"
	run 0 stop
	wanted=$(listed)
	{
		echo "$other"
		echo "$wanted"
		echo "$other"
	} >$list
	run 1 start
	has err "Ignoring guests on test:///default URI: .* 1 guest stays on"
	is messages 1 eval "wc -l <err"
	all running g1 g2
	is list "$other" listed
	run 1 start
	is list "$other" listed
	# If URIS is not set, nothing says that the URI is not meant.
	lab_config conf.d ""
	run 1 start
	hasnt err "Ignoring"
	has err "guest 11111111-2222-3333-4444-555555555555 no longer exists"
	no_list
	reset g1
	echo "$uri $(uuids g1)" >$list
	run 0 plan start
	has out " g1 "
	run 0 start
	all running g1
	no_list
}

lab_case unread 'an error of the disk is not "there is no list"' '-b obey'
unread_lab()
{
	run 0 stop
	eio="-P $list -e inject=access,open,openat:error=EIO"
	faulty 3 "$eio" status
	has out "with saved guests$"
	for command in start "plan start"; do
		# shellcheck disable=SC2086 # words
		faulty 1 "$eio" $command
		has err "$list: (I/O|Input/output) error"
		saved g1
	done
	run 0 start
	all running g1
}

lab_case unreachable 'no daemon: nothing is dropped; it may be late' '-n 2'
unreachable_lab()
{
	order=$(running)
	run 0 stop
	lab_daemon_kill9
	conf START_WAIT=1
	run 1 start
	has out "^Can.t connect to $uri\\. Skipping\\.$"
	has err "^libvirt-guests: $uri: "
	# Started it is all the same.
	run 0 status
	conf START_WAIT=60
	begin start
	lab_wait_until grep -qx $began /run/libvirt-guests.lock
	lab_daemon_start
	ends 0
	all running g1 g2
	no_list
	boots 1 g1 g2
	# One that has none of the list is not waited for.
	conf "URIS=\"qemu+unix:///system?socket=/nowhere $uri\"
START_WAIT=1000"
	run 1 stop
	run 0 start
	has err "^libvirt-guests: .*/nowhere: No such file"
	all running g1 g2
	# One that is dead leaves the other its guests.
	conf "URIS=\"qemu+unix:///system?socket=/nowhere $uri\"
START_WAIT=1"
	order=$(running)
	run 1 stop
	dead="qemu+unix:///system?socket=/nowhere 11111111-2222-3333-4444-555555555555"
	echo "$dead" >>$list
	run 1 start
	all running g1 g2
	is list "$dead" listed
}

lab_case waits 'a start waits for the stop that is under way' '-n 2 -b delay=2'
waits_lab()
{
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=2
	run 0 start
	begin stop
	comes out "^Starting shutdown on guest: "
	stop=$began
	"$LIBVIRT_GUESTS" start >out2 2>err2 &
	start=$!
	comes out2 \
	    "^Waiting for another libvirt-guests \\(process $stop\\) to end$"
	ends 0
	has out "^Shutdown of guest g1 complete\\.$"
	has out "^Shutdown of guest g2 complete\\.$"
	wait $start || fail "start: exit $?: $(cat out2 err2)"
	proofs 1 g1 g2
	boots 2 g1 g2
	all running g1 g2
	has out2 "^Resuming guest g1: done$"
	run 0 status
}

lab_case term 'SIGTERM in the middle keeps what is not back' '-n 3'
term_lab()
{
	conf START_DELAY=1
	start_hook
	run 0 stop
	echo "$uri $(uuids g1 g2 g3)" >$list
	# Virsh would wait for the guest that is held.
	wanted="$uri $(uuids g2 g3)"
	: >hold/g2
	begin start
	comes out "^Resuming guest g1: done$"
	comes starts "^g2$"
	kill -TERM $began
	ends 1
	has err "guest g2: interrupted"
	is list "$wanted" listed
	rm hold/g2
	run 0 start
	all running g1 g2 g3
	boots 1 g1 g2 g3
	no_list
}

# A save or a restore around the cache opens its file in that way: it is seen
# in the descriptors of the process that libvirt has for it.
lab_case cache 'BYPASS_CACHE goes to saves and starts alike' '-b obey'
cache_lab()
{
	helper=/usr/lib/libvirt/libvirt_iohelper
	cp $helper "$LAB_DIR/iohelper"
	cat >helper <<-END
		#!/bin/sh
		# Its arguments are the name of the file and the descriptor.
		case \$(sed -n "s/^flags:[^0-9]*//p" "/proc/\$\$/fdinfo/\$2") in
		*4[0-7][0-7][0-7][0-7])	echo direct >>"$PWD/io" ;;
		*)	echo cached >>"$PWD/io" ;;
		esac
		exec "$LAB_DIR/iohelper" "\$@"
		END
	chmod +x helper
	mount --bind helper $helper
	# A restore that is cached needs no such process.
	saves=cached starts=
	for value in 0 1; do
		conf "BYPASS_CACHE=$value"
		: >io
		run 0 stop
		saved g1
		is "saves with $value" "$saves" cat io
		: >io
		run 0 start
		all running g1
		is "starts with $value" "$starts" cat io
		saves=direct starts=direct
	done
	boots 1 g1
}

atf_init_test_cases()
{
	cmd_cases
}
