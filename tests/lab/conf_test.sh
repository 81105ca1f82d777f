#!/usr/bin/env atf-sh
#
# The configuration: which file, whose defaults, and what a broken one costs:
# a stop never a guest, every other command everything.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

lab_case choice 'the first of -f, the environment, and three places' '-b obey'
choice_lab()
{
	for name in conf.d sysconfig default; do
		lab_config $name UNKNOWN=1
	done
	for name in option environment; do
		echo UNKNOWN=1 >/etc/$name.conf
	done
	# Only the file that is read is complained of.
	read_from()
	{
		has err "^libvirt-guests: warning: $1:1:1: unknown key UNKNOWN"
		is "findings of $1" 1 eval "grep -vc \"is not read\" err"
	}
	LIBVIRT_GUESTS_CONF=/etc/environment.conf
	export LIBVIRT_GUESTS_CONF
	run 6 -f /etc/option.conf reload
	read_from /etc/option.conf
	run 6 reload
	read_from /etc/environment.conf
	LIBVIRT_GUESTS_CONF=
	for name in conf.d sysconfig default; do
		run 6 reload
		read_from /etc/$name/libvirt-guests
		rm /etc/$name/libvirt-guests
	done
	run 0 reload
	[ ! -s err ] || fail "a finding in no file"
	has out "^Configuration without a file: no errors; 0 rows in /etc/lib"
	# One that was asked for has to be there.
	LIBVIRT_GUESTS_CONF=/etc/nothing
	run 6 reload
	has err "/etc/nothing"
	LIBVIRT_GUESTS_CONF=
	run 3 -f /etc/nothing status
	has err "/etc/nothing.*; using the defaults: URIS=default ON_BOOT="
	run 6 -f /etc/nothing start
	# The null device is a file without a line.
	run 0 -f /dev/null reload
	[ ! -s err ] || fail "a finding in nothing"
}

lab_case unread 'a configuration that cannot be read is an error' '-n 1'
unread_lab()
{
	file=/etc/conf.d/libvirt-guests
	for error in EIO EACCES; do
		eio="-P $file -e inject=open,openat:error=$error"
		faulty 6 "$eio" reload
		has err "$file: .*; using the defaults: URIS=default ON_BOOT="
		# Guests are stopped by the defaults, and the exit code shows it.
		faulty 6 "$eio" -c $uri stop
		has err "$file: .*; using the defaults: "
		saved g1
		run 0 start
		all running g1
	done
}

lab_case upstream 'the defaults of upstream: suspend, start' '-n 2'
upstream_lab()
{
	for name in conf.d sysconfig; do
		rm -f /etc/*/libvirt-guests
		lab_config $name URIS=$uri
		run 0 stop
		saved g1 g2
		run 0 start
		all running g1 g2
		boots 1 g1 g2
	done
	# The family goes by the path, not by the text.
	cp /etc/sysconfig/libvirt-guests /etc/elsewhere
	run 0 -f /etc/elsewhere stop
	saved g1 g2
}

lab_case debian 'the defaults of Debian: shutdown, ignore' '-n 2'
debian_lab()
{
	rm /etc/conf.d/libvirt-guests
	lab_config default URIS=$uri
	run 0 stop
	all "shut off" g1 g2
	unsaved g1 g2
	proofs 1 g1 g2
	[ -s $list ] || fail "no list"
	run 0 start
	has out "configured not to start any guests on boot"
	all "shut off" g1 g2
	no_list
	run 0 status
	has out "^started$"
	# What the file says goes before them.
	fresh g1 g2
	lab_config default "URIS=$uri
ON_BOOT=start
ON_SHUTDOWN=suspend"
	run 0 stop
	saved g1 g2
	run 0 start
	all running g1 g2
	# The same file by -f is still that of the family.
	lab_config default URIS=$uri
	run 0 -f /etc/default/libvirt-guests stop
	unsaved g1 g2
}

# What is wrong with a configuration, and the complaint; FILE is its name.
lab_case broken 'reload exits 6 at once, all others in the end' '-b obey'
broken_lab()
{
	file=/etc/conf.d/libvirt-guests
	touches_nothing()
	{
		for command in condrestart try-restart reload force-reload \
		    gueststatus; do
			run 6 -c $uri $command
			has err "$1"
			is "$command: state" "$2" lab_guest_state g1
		done
		run 3 status
		has err "$1"
		has out "^stopped"
		[ -e $list ] || [ "$2" = running ] || fail "the list is gone"
		[ ! -e $mark ] || fail "marked as started"
	}
	# broken COMPLAINT: by the file as it is now.
	broken()
	{
		touches_nothing "$1" running
		run 6 -c $uri stop
		has err "$1"
		saved g1
		list_is $uri g1
		touches_nothing "$1" "shut off"
		run 6 -c $uri start
		has err "$1"
		all running g1
		run 0 status
		rm $mark
	}
	echo URIS=$uri >/etc/good
	says()
	{
		lab_config conf.d "URIS=$uri
$1"
		broken "^libvirt-guests: $file:$2"
		chmod 644 $file
	}
	says "PARALLEL_SHUTDOWN=-1" \
	    "2:19: PARALLEL_SHUTDOWN: .* \\(0 to 1000\\)"
	says "ON_SHUTDOWN=suspended" "2:13: ON_SHUTDOWN: .* using suspend"
	says "ON_BOOT start" "2:"
	says "ON_BOOT=\"start" "2:"
	conf ""
	chmod 666 $file
	broken "$file: refused: .* using the defaults: URIS=default "
	conf ""
	chown nobody $file
	broken "$file: refused: writable by others than root"
	chown root $file
	rm $file
	mkdir $file
	broken "$file: not a regular file"
	rmdir $file
	mkfifo $file
	broken "$file: not a regular file"
}

lab_case values 'every number has its bounds, with file, line and column' '-n 0'
values_lab()
{
	file=/etc/conf.d/libvirt-guests
	bad()
	{
		lab_config conf.d "# a comment

$1=$2"
		run 6 reload
		has err "^libvirt-guests: $file:3:$((${#1} + 2)): $1: "
		is "findings for $1=$2" 1 eval "wc -l <err"
		run 6 stop
		has err \
		    "^libvirt-guests: $file:3:$((${#1} + 2)): $1: .*; using .*$"
	}
	for key in START_DELAY SHUTDOWN_TIMEOUT PARALLEL_SHUTDOWN \
	    PARALLEL_SUSPEND \
	    CONNECT_TIMEOUT POLL_INTERVAL START_WAIT STOP_DEADLINE; do
		bad $key -1
		bad $key 5x
		bad $key five
		bad $key 1e3
	done
	lab_config conf.d "PARALLEL_SHUTDOWN=99999999999999999999"
	run 6 reload
	run 0 stop
	has err ":1:19: PARALLEL_SHUTDOWN: .*; using the limit$"
	for key in ON_BOOT ON_SHUTDOWN PERSISTENT_ONLY BYPASS_CACHE SYNC_TIME \
	    STATE_DIR; do
		bad $key "\"no such thing\""
	done
	bad URIS "\"no:such\""
	# On the command line as well.
	lab_config conf.d ""
	for text in SHUTDOWN_TIMEOUT=-1 NO_SUCH_KEY=1 ON_BOOT=; do
		case $text in
		ON_BOOT=)	run 0 -o $text reload ;;
		*)	run 6 -o $text reload
			has err "^libvirt-guests: -o $text: "
			;;
		esac
	done
	run 6 -c "no such uri" reload
}

lab_case worse 'a guest that is not off is worse than a broken line' \
    '-b obey -b ignore'
worse_lab()
{
	conf "ON_SHUTDOWN=shutdown
SHUTDOWN_TIMEOUT=1
nonsense"
	run 1 stop
	has err ":4:"
	all "shut off" g1
	all running g2
}

lab_case unknown 'an unknown key is a finding, and costs nothing' '-b obey'
unknown_lab()
{
	conf "ON_SHUTDWON=shutdown"
	complaint="libvirt-guests:2:1: unknown key ON_SHUTDWON .*mean ON_SHUTDOWN"
	run 6 reload
	has err "$complaint"
	run 6 force-reload
	has err "$complaint"
	run 0 stop
	has err "$complaint"
	saved g1
	run 0 start
	has err "$complaint"
	all running g1
	conf "ON_SHUTDOWN=shutdown"
	for command in reload force-reload; do
		run 0 $command
		[ ! -s err ] || fail "$command: a finding"
		has out "^Configuration /etc/conf.d/libvirt-guests: no errors;"
		all running g1
		proofs 0 g1
	done
}

lab_case executed 'the file is read, never executed' '-b obey'
executed_lab()
{
	file=/etc/conf.d/libvirt-guests
	for text in "ON_BOOT=\$(touch x)" "ON_BOOT=\`touch x\`" "touch x" \
	    "ON_BOOT=start; touch x" "ON_BOOT=start touch x" \
	    "ON_BOOT=start & touch x" \
	    "ON_BOOT=\"\$(touch x)\"" "ON_BOOT=start | touch x" ". /etc/evil" \
	    "ON_BOOT=\${ON_BOOT:=\$(touch x)}" "f() { touch x; }" ">x" \
	    "if touch x; then" "ON_BOOT=\$((\$(touch x)))" "eval touch x"; do
		echo "touch x" >/etc/evil
		conf "$text"
		run 6 reload
		has err "^libvirt-guests: (warning: )?$file:2:"
		code=6
		[ "$text" != ". /etc/evil" ] || code=0
		run $code stop
		saved g1
		run $code start
		[ ! -e x ] || fail "executed: $text"
		all running g1
		# A broken line takes no other with it.
		conf "$text
ON_SHUTDOWN=suspended"
		run 6 reload
		has err "^libvirt-guests: $file:3:13: "
	done
}

lab_case override 'options go before the file' '-n 2'
override_lab()
{
	conf "ON_SHUTDOWN=suspend"
	run 0 -o ON_SHUTDOWN=shutdown stop
	unsaved g1 g2
	proofs 1 g1 g2
	run 0 start
	lab_guest_ready g1 g2
	boots 2 g1 g2
	lab_config conf.d "URIS=test:///nowhere"
	run 0 -c $uri -o ON_SHUTDOWN=suspend stop
	saved g1 g2
	run 0 -c $uri start
	# A bad one is to a stop what a bad line is.
	run 6 -c $uri -o ON_SHUTDOWN=nonsense stop
	has err "^libvirt-guests: -o ON_SHUTDOWN=nonsense: "
	saved g1 g2
	run 6 -c $uri -o ON_BOOT=nonsense start
	all running g1 g2
}

atf_init_test_cases()
{
	cmd_cases
}
