#!/usr/bin/env atf-sh
#
# What a stop sends to the system log.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# A folder /dev of our own: /dev/log of the machine is not for these messages.
dev_make()
{
	mkdir dev
	mount -t tmpfs dev dev || fail "no tmpfs"
	for file in null zero full random urandom tty ptmx kvm; do
		[ ! -e /dev/$file ] || {
			: >dev/$file
			mount --bind /dev/$file dev/$file
		}
	done
	for file in pts shm; do
		mkdir dev/$file
		mount --rbind /dev/$file dev/$file
	done
	ln -s /proc/self/fd dev/fd
	mount --rbind dev /dev || fail "no /dev"
}

# logs REGEX: a message of the log.
logs()
{
	step logs "$*"
	lab_wait_until eval "sed 's/<[0-9]*>/\\n&/g' log | grep -Eq -e '$1'" ||
	    fail "log: no $1: $(cat log)"
}

lab_case sent 'results, errors and warnings; a log daemon that does not read' \
    '-b obey -b ignore'
sent_lab()
{
	command -v socat >/dev/null || fail "no socat"
	dev_make
	: >log
	socat -u UNIX-RECV:/dev/log OPEN:log,append &
	socat=$!
	lab_wait_until test -S /dev/log
	conf ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=2 PARALLEL_SHUTDOWN=2 \
	    UNKNOWN=1
	run 1 -q stop
	at="[A-Z][a-z][a-z] [ 1-3][0-9] [0-9:]+ libvirt-guests\\[[0-9]+\\]:"
	logs "^<28>$at warning: .*conf.d/libvirt-guests:.*UNKNOWN"
	logs "^<30>$at Shutdown of guest g1 complete\\.\$"
	logs "^<27>$at $uri: guest g2: still on after its time limit"
	logs "^<30>$at 2 guests: 1 off, 1 still on\$"
	hasnt log "Waiting for"
	is lines 0 eval "wc -l <out"
	# Commands that only read, and a key.
	before=$(wc -c <log)
	run 0 gueststatus
	run 1 -o SYSLOG=no stop
	run 1 -o SYSLOG=yes stop
	logs "^<27>$at $uri: guest g2: still on.*"
	is messages 1 eval \
	    "tail -c +$((before + 1)) log | grep -o 'guest g2: ' | wc -l"

	# It does not read: as many messages as no queue takes.
	mkdir -p /etc/libvirt-guests.d
	# shellcheck disable=SC2016 # it is for the hook
	printf '#!/bin/sh\n[ $1 != pre-stop ] || seq 1 900\n' \
	    >/etc/libvirt-guests.d/many
	chmod 755 /etc/libvirt-guests.d/many
	kill -STOP $socat
	run 1 stop
	has out "^Hook many \\(pre-stop\\): 900\$"
	kill -CONT $socat
	run 0 -o ON_SHUTDOWN=suspend stop
	logs "^<30>$at Suspending g2: done\$"
	kill $socat
}

atf_init_test_cases()
{
	cmd_cases
}
