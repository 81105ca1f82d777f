#!/usr/bin/env atf-sh
#
# What is asked of guests before they are stopped or started.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# runs NAME ID: what the definition of a guest says of its system.
runs()
{
	lab_virsh metadata "$1" --config ${3-} --key "${4-libosinfo}" \
	    --uri http://libosinfo.org/xmlns/libvirt/domain/1.0 \
	    --set "<libosinfo><os id=\"$2\"/></libosinfo>" >/dev/null
}

lab_case os 'rows for an operating system, at stop and start' '-n 4'
os_lab()
{
	runs g1 http://debian.org/debian/12 --live
	runs g2 "http://microsoft.com/win/11?a=1&amp;b=2" --live other
	runs g3 http://fedoraproject.org/fedora/38 --live
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=8
	cat >/etc/libvirt-guests.tab <<-END
		os:http://debian.org/*		10
		"os:http://microsoft.com/*"	-	leave
		os:http://microsoft.com/*b=2	20	suspend
		os:*debian*			-	leave
	END
	run 0 stop
	[ ! -s err ] || fail "something was said"
	all "shut off" $LAB_GUESTS
	saved g2
	unsaved g1 g3 g4
	proofs 1 g1 g3 g4
	is order "g2 g1" eval "sed -n \"s/^Suspending \\(.*\\): done/\\1/p
    s/^Starting shutdown on guest: \\(g1\\)/\\1/p\" out | tr \"\\n\" \" \" |
    sed \"s/ \$//\""
	# Those without an order are first down and last up.
	is "first" "g3 g4 " sorted "$(told "Starting shutdown on guest: " "" |
	    tr " " "\n" | head -n 2 | xargs)"
	run 0 start
	[ ! -s err ] || fail "something was said"
	all running $LAB_GUESTS
	is up "g1 g2" eval \
	    "told \"Resuming guest \" \": done\" | cut -d \" \" -f 1,2"
}

lab_case memory 'a save before the deadline begins as early as it must' \
    '-b ignore,memory=3000 -b ignore'
memory_lab()
{
	conf ON_SHUTDOWN=shutdown,suspend PARALLEL_SHUTDOWN=2
	# At 100 MB a second that is half a minute, of which a look is not all.
	run 0 -D 40 stop
	saved g1 g2
	has err "guest g1: the deadline is near; trying suspend$"
	has out "^Waiting for 2 guests to shut down, 35 seconds left$"
	hasnt out "^Waiting for [12] guests* .*, (25|20|15|10) seconds left$"
}

lab_case unknown 'what cannot be learned is said, and costs no guest' '-n 0'
unknown_lab()
{
	fake="$PWD/socket"
	fake_make
	cat >script <<-END
		273*2 list g1 g2 g3 g4 g5
		273 list
		14*1 answer 00000004 3c61623e
		14*1 error 1 no \\033 description
		14*1 hang
		14*1 answer 00000004 3c612f3e
		14*1 error 42 no domain
		16*1 error 38 no memory
		16*3 answer 00000001 0000000000000400 0000000000000400 \
		    00000001 0000000000000000
		16*1 hang
		163 answer 00000000 $(printf "%0176d" 0)
		212 answer 00000001 00000001
		182 answer
	END
	mkfifo orders
	./fake "$fake" script <orders >asked &
	exec 4>orders
	comes asked "^ready$"
	conf "URIS=test+unix:///default?socket=$fake" CONNECT_TIMEOUT=3
	echo "os:?* - destroy" >/etc/libvirt-guests.tab
	run 0 -D 60 stop
	exec 4>&-
	is definitions 5 grep -c " 14$" asked
	is memories 5 grep -c " 16$" asked
	has err \
	    "guest g1: its operating system is unknown: its definition is malformed"
	has err "guest g2: its operating system is unknown: no .* description$"
	has err "guest g3: its operating system is unknown: no answer in time$"
	hasnt err "guest g4: its operating system"
	hasnt err "guest g5: its operating system"
	# The connection has room for others while one waits for its answer.
	has err "guest g1: its memory is unknown: no memory$"
	has err "guest g3: its memory is unknown: no answer in time$"
	is "lines" 5 grep -c . err
	for name in g1 g2 g3 g4 g5; do
		has out "^Suspending $name: done$"
	done
}

lab_case unasked 'nobody is asked what nobody wants to know' '-n 0'
unasked_lab()
{
	fake="$PWD/socket"
	fake_make
	cat >script <<-END
		273*2 list g1 g2
		273*2 list
		273*2 list g1 g2
		273 list
		163 answer 00000000 $(printf "%0176d" 0)
		212 answer 00000001 00000001
		182 answer
		234 answer
	END
	mkfifo orders
	./fake "$fake" script <orders >asked &
	exec 4>orders
	comes asked "^ready$"
	conf "URIS=test+unix:///default?socket=$fake"
	run 0 stop
	rm "$list"
	run 0 -D 60 -o ON_SHUTDOWN=destroy stop
	exec 4>&-
	hasnt asked " (14|16)$"
	has asked " 182$"
	has asked " 234$"
}

atf_init_test_cases()
{
	cmd_cases
}
