#!/usr/bin/env atf-sh
#
# Hostile surroundings: files of others, odd names, a bad environment, limits.
# No guest is lost, nothing crashes, and no exit code is a wrong 0.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# spy NAME: a program that writes what it was given to NAME.environ, NAME.status
# (with its umask) and NAME.fds, in $here.
spy()
{
	cat >"bin/$1" <<-END
	#!/bin/sh
	[ ! -e $here/$1.fds ] || exit 1
	tr '\\0' '\\n' </proc/\$\$/environ | sort >$here/$1.environ
	exec /bin/sh -c 'cat /proc/self/status >$here/$1.status
	    umask >>$here/$1.status
	    exec ls /proc/self/fd >$here/$1.fds'
	END
	chmod 755 "bin/$1"
}

# spied NAME NO_NEW_PRIVILEGES IGNORED VARIABLES
spied()
{
	step spied "$*"
	lab_wait_until test -s "$1.fds"
	# The last one is its own.
	is "descriptors of $1" "0 1 2 3" xargs -a "$1.fds"
	is "umask of $1" 0022 tail -n 1 "$1.status"
	has "$1.status" "^NoNewPrivs:	$2$"
	has "$1.status" "^SigBlk:	0000000000000000$"
	has "$1.status" "^SigIgn:	$3$"
	is "environment of $1" "$4" \
	    eval "sed \"s/=.*//\" $1.environ | grep -v ^LIBVIRT_ | xargs"
}

lab_case children 'what programs that are run are given' '-n 0'
children_lab()
{
	here=$PWD
	mkdir bin /etc/libvirt-guests.d
	for name in ssh openssl getent ext hook; do
		spy $name
	done
	cp bin/hook /etc/libvirt-guests.d
	none=0000000000000000 hangup=0000000000000001
	: >ca
	ln -s "$here/ca" cacert.pem
	ln -s /nowhere x
	umask 0
	code=0
	# Descriptors 7 and 8 are for nobody else.
	env -i --ignore-signal --block-signal PATH=".:$here/bin::$PATH" \
	    HOME=/root SSH_AUTH_SOCK=/agent LD_LIBRARY_PATH=. LD_AUDIT=x.so \
	    IFS=/ ENV="$here/x" BASH_ENV="$here/x" LC_ALL=xx_YY TZ=:/dev/zero \
	    SECRET=1 "$LIBVIRT_GUESTS" -o CONNECT_TIMEOUT=3 \
	    -c "test+ext:///x?command=$here/bin/ext" -c test+ssh://host/x \
	    -c "test+tls://host/x?pkipath=$here" -c test+tcp://host/x \
	    stop 7</dev/null 8>leak >out 2>err || code=$?
	is exit 1 echo $code
	spied ext 0 $hangup "HOME PATH SSH_AUTH_SOCK"
	spied ssh 1 $hangup "HOME PATH SSH_AUTH_SOCK"
	spied openssl 1 $hangup "HOME PATH SSH_AUTH_SOCK"
	spied getent 1 $none "HOME PATH SSH_AUTH_SOCK"
	spied hook 0 $none PATH
	# Nothing is looked up in the current directory.
	has ssh.environ "^PATH=$here/bin:$PATH$"
}

# What is in the place of a file of ours.
odd_file()
{
	rm -rf "$2"
	case $1 in
	link)	ln -s "$PWD/victim" "$2" ;;
	fifo)	mkfifo "$2" ;;
	folder)	mkdir "$2" ;;
	others)	: >"$2"; chmod 666 "$2"; chown nobody "$2" ;;
	esac
}

# odd_stop FILE: a stop and a start with that in place; the exit code of a stop
# is 0 only if its list is there.
odd_stop()
{
	step odd_stop "$kind $1"
	odd_file "$kind" "$1"
	code=0
	timeout 60 "$LIBVIRT_GUESTS" stop >out 2>err </dev/null || code=$?
	[ $code -le 1 ] || fail "$kind $1: exit $code"
	saved g1
	is victim keep cat victim
	if [ $code -eq 0 ]; then
		list_is $uri g1
		if [ ! -f $list ] || [ -h $list ]; then
			fail "$kind $1: no list"
		fi
	else
		[ -s err ] || fail "$kind $1: no reason"
	fi
	code=0
	timeout 60 "$LIBVIRT_GUESTS" start >out 2>err </dev/null || code=$?
	[ $code -le 1 ] || fail "$kind $1: exit $code"
	is victim keep cat victim
	rm -rf "$1" $list*
	table
	row g1
	[ "$row_state" = running ] || booted g1
}

lab_case files 'links, pipes and folders in place of our files' '-b obey'
files_lab()
{
	echo keep >victim
	for kind in link fifo folder others; do
		for file in $list $list.new \
		    /run/libvirt-guests.lock /run/libvirt-guests.journal \
		    /run/libvirt-guests.journal.new \
		    /run/libvirt-guests.sock $mark; do
			odd_stop $file
		done
	done
	boots 1 g1
}

lab_case owners 'directories and lists that others can write' '-n 2'
owners_lab()
{
	chmod 777 /var/lib/libvirt /run/lock
	chown nobody /var/lib/libvirt
	order=$(running)
	run 0 stop
	saved g1 g2
	list_is $uri $order
	run 0 start
	all running g1 g2
	# A URI on the list of another user could name a program.
	printf "#!/bin/sh\n: >%s\n" "$PWD/ran" >program
	chmod 755 program
	conf "URIS="
	sed -i /URIS=/d /etc/conf.d/libvirt-guests
	for owner in "chmod 666" "chown nobody" "chgrp nogroup $list; chmod 664"
	do
		rm -f $list
		echo "test+ext:///x?command=$PWD/program $(uuids g1)" >$list
		eval "$owner $list"
		run 1 start
		has err "$list: refused: writable by others than root"
		[ -s $list ] || fail "the list is gone"
		[ ! -e ran ] || fail "the program ran"
	done
	conf
	order=$(running)
	run 1 stop
	saved g1 g2
	has err "$list: refused"
	[ -s $list.broken ] || fail "no copy"
	list_is $uri $order
	run 0 start
	# A journal of others is ignored.
	boot=$(cat /proc/sys/kernel/random/boot_id)
	printf "%s\n" "boot $boot" "late $uri $(uuids g1) 1 1 1 7" \
	    >/run/libvirt-guests.journal
	chown nobody /run/libvirt-guests.journal
	run 0 stop
	saved g1 g2
}

lab_case surroundings 'environment, signals, limits, directory' '-n 1'
surroundings_lab()
{
	for limit in "-n 12" "-c 0" "-s 256"; do
		for command in stop start; do
			step "$command with $limit"
			mkdir gone
			(eval "ulimit $limit" && cd gone && rmdir ../gone &&
			    exec env -i --ignore-signal --block-signal \
			    LD_PRELOAD=/nowhere.so PATH=.:: IFS=/ \
			    LC_ALL=xx_YY TZ=:/dev/zero TERM=../../x \
			    HOME=relative NOTIFY_SOCKET=relative \
			    "$LIBVIRT_GUESTS" $command) >out 2>err ||
			    fail "$limit: exit $?"
		done
		all running g1
	done
	# No byte can be written to a file; output is none.
	(ulimit -f 0 && "$LIBVIRT_GUESTS" stop 2>&1 || echo "exit $?") |
	    cat >said
	has said "^exit 1$"
	has said "File too large"
	saved g1
}

# define NAME...: guests of the test driver, on.
define()
{
	for name; do
		printf "<domain type='test'><name>%s</name><memory>1024</memory>
		    <os><type>hvm</type></os></domain>" "$name" >one.xml
		lab_virsh create one.xml >/dev/null || fail "no guest $name"
	done
}

on()
{
	lab_virsh list --uuid | grep -c . || :
}

lab_case thousand 'a thousand guests of one daemon' -s
thousand_lab()
{
	uri=$LAB_URI
	conf ON_SHUTDOWN=shutdown PARALLEL_SHUTDOWN=50
	mkdir xml
	for i in $(seq 1000); do
		echo "<domain type='test'><name>t$i</name><memory>1024</memory>
		    <os><type>hvm</type></os></domain>" >xml/$i
		echo "define $PWD/xml/$i"
		echo "start t$i"
	done | lab_virsh >defined 2>&1
	is guests 1001 on
	run 0 stop
	has out "^1001 guests: 1001 off$"
	is on 0 on
	is words 1002 eval "listed | wc -w"
	run 0 start
	is on 1001 on
	no_list
}

lab_case hosts 'two hundred URIs, one of which answers' '-n 1'
hosts_lab()
{
	set --
	for i in $(seq 199); do
		set -- "$@" -c "test+unix:///x?socket=/nowhere/$i"
	done
	# What is beyond the bound is an error.
	run 1 -c "$uri" "$@" stop
	has err "-c more than 64 URIs"
	is unreachable 63 grep -c "^Can.t connect to .* Skipping" out
	saved g1
	list_is $uri g1
	run 0 start
	all running g1
	run 1 "$@" -c "$uri" stop
	has err "-c more than 64 URIs"
	# Programs of so many at a time.
	set --
	for i in $(seq 63); do
		set -- "$@" -c "test+ext:///$i?command=/bin/false"
	done
	run 1 "$@" -c "$uri" stop
	saved g1
	list_is $uri g1
}

lab_case names 'long names, and names that differ by little' -s
names_lab()
{
	uri=$LAB_URI
	long=$(printf "%04096d" 7)
	define "$long" "${long}x" g1 G1 "g1 x" "g1  x" "g1.x" "g1%20x"
	n=$(on)
	conf ON_SHUTDOWN=shutdown
	uuids=$(lab_virsh list --uuid --transient | sort)
	is transient 8 eval "echo \"$uuids\" | wc -w"
	run 0 stop
	is on 0 on
	has out "^$n guests: $n off$"
	for name in g1 G1 "g1 x" "g1  x" "g1.x" "g1%20x"; do
		grep -Fxq -- "Shutdown of guest $name complete." out ||
		    fail "not told: $name"
	done
	# No line is longer than a terminal can bear.
	! grep -Eq ".{4000}" out err || fail "a long line"
	is words $((n + 1)) eval "listed | wc -w"
}

# raw FILE...: no byte that could act on a terminal or begin a line.
raw()
{
	step raw "$*"
	! LC_ALL=C grep -n '[^ -~]' "$@" >found || fail "raw: $(cat -v found)"
}

# What libvirt (9.0) accepts in a name; it refuses other control bytes.
odd_names()
{
	tab=$(printf "b1\tb2") line=$(printf "b1\nInjected: line")
	next=$(printf "b1\302\205b2")
}

lab_case bytes 'newlines and control bytes in names: a real daemon' -s
bytes_lab()
{
	uri=$LAB_URI
	odd_names
	define "$tab" "$line" "$next"
	conf ON_SHUTDOWN=shutdown
	for command in gueststatus plan "-v stop"; do
		run 0 $command
		raw out err
		has out 'b1\\nInjected: line'
		has out 'b1\\tb2'
	done
	raw $list
	is on 0 on
}

# A daemon that does not check them.
lab_case escapes 'escape sequences in names: a daemon that lies' -s
escapes_lab()
{
	odd_names
	title=$(printf "\033]0;owned\007\033[2J") bad=$(printf "\377\200\001\177")
	quote="\"', \"x\": \\n \$(: >ran)"
	fake_open "$tab" "$line" "$next" "$title" "$bad" "$quote" </dev/null
	uri="test+unix:///default?socket=$PWD/socket"
	conf ON_SHUTDOWN=suspend
	echo "reset on" >&9
	run 0 -j gueststatus
	LC_ALL=C grep -q '[^ -~]' out && fail "JSON: $(cat -v out)"
	jq -j '.guests[].name + "\u0000"' <out | sort -z >names
	tr '\0' '\n' <names | grep -Fxq "$tab" || fail "no tab in JSON"
	tr '\0' '\n' <names | grep -Fxq "$quote" || fail "no quotes in JSON"
	run 0 -j plan
	is guests 6 jq '.guests | length' out
	for command in gueststatus plan "-v stop" "plan start" "-v start"; do
		run 0 $command
		raw out err
		[ ! -e $list ] || raw $list
	done
	[ ! -e ran ] || fail "it ran"
	no_list
}

atf_init_test_cases()
{
	cmd_cases
}
