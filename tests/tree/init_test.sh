#!/usr/bin/env atf-sh
# shellcheck disable=SC2016,SC2094 # stubs; nothing is read and written
#
# What init systems are given: scripts, units, jobs, samples, and how
# `make install` brings them.  Whole hosts are in tests/boot.

tree=$(cd "$(dirname "$0")/../.." && pwd)
inits="openrc sysvinit systemd upstart runit s6 dinit finit procd busybox"

# The program and its objects, newer than their sources: nothing is built.
program()
{
	[ -e program ] || atf_check cp -a "$tree/build/libvirt-guests.obj" \
	    program.obj
	[ -e program ] || atf_check cp -a "$tree/build/libvirt-guests" program
}

# installed INIT [ARGUMENT]...: into ./root, for a stub that notes how it is
# called in ./calls and exits as ./code says.
installed()
{
	init=$1
	shift
	rm -rf root
	program
	atf_check -o save:said make -C "$tree" -s install INIT="$init" \
	    BIN="$(pwd)/program" DESTDIR="$(pwd)/root" \
	    SBINDIR="$(pwd)/sbin" "$@"
	mkdir -p sbin
	: >calls
	echo 0 >code
	cat >sbin/libvirt-guests <<-END
	#!/bin/sh
	echo "\$*" >>$(pwd)/calls
	exit \$(cat $(pwd)/code)
	END
	chmod 755 sbin/libvirt-guests
}

# stub NAME TEXT: a command of the host, in ./bin.
stub()
{
	mkdir -p bin
	printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
	chmod 755 "bin/$1"
}

# called LINE...: this is how the stub was called since the last time.
called()
{
	[ $# -eq 0 ] || printf '%s\n' "$@" >want
	[ $# -gt 0 ] || : >want
	atf_check diff -u want calls
	: >calls
}

with_bin()
{
	PATH=$(pwd)/bin:$PATH "$@"
}

atf_test_case style
style_head()
{
	atf_set descr "scripts are short and clean for any shell"
}
style_body()
{
	cd "$tree" || atf_fail "no tree"
	for file in openrc/*.initd sysvinit/*.init rc/*/libvirt-guests* \
	    rc/*/run rc/*/*.sh rc/*/inittab rc/s6/*/* rc/s6/rc.shutdown; do
		[ -f "$file" ] || continue
		[ "$(wc -l <"$file")" -le 40 ] || atf_fail "$file: too long"
		[ "$(grep -vc -e '^ *#' -e '^$' "$file")" -lt 30 ] ||
		    atf_fail "$file: 30 lines or more"
		[ -z "$(tail -c 1 "$file")" ] || atf_fail "$file: no newline"
	done
	scripts="sysvinit/libvirt-guests.init rc/runit/run rc/runit/shutdown.sh
	    rc/install rc/completion rc/dist rc/libvirt-guests.sh openrc/libvirt-guests.initd rc/procd/libvirt-guests.init
	    rc/deb rc/debian/preinst rc/debian/postinst rc/debian/postrm"
	if command -v busybox >/dev/null; then
		for script in $scripts; do
			atf_check busybox ash -n "$script"
		done
	fi
	command -v shellcheck >/dev/null || atf_skip "no shellcheck"
	# OpenRC and OpenWrt call the functions and read the variables.
	for script in $scripts; do
		atf_check shellcheck -s sh -e SC2034,SC2317,SC2329,SC2086 \
		    "$script"
	done
	for job in rc/upstart/*.conf; do
		for part in pre-start post-stop ''; do
			part_of "$job" "$part" >"$OLDPWD/part"
			[ ! -s "$OLDPWD/part" ] ||
			    atf_check shellcheck -s sh -e SC2086 \
			    "$OLDPWD/part"
		done
	done
	# Without this mark the next install takes a file for the distribution's.
	awk -F '\t' '$1 != "#" && $2 == "file" && $4 !~ /\/libvirt-guests\// {
	    print $4 }' rc/install.tab >"$OLDPWD/marked"
	while read -r file; do
		grep -q 'libvirt-guests (static)' "$file" ||
		    atf_fail "$file lacks the mark \"libvirt-guests (static)\""
	done <"$OLDPWD/marked"
}

atf_test_case daemons
daemons_head()
{
	atf_set descr "all drivers' daemons are ordered against, everywhere"
}
daemons_body()
{
	cd "$tree" || atf_fail "no tree"
	grep -rlw -e virtlxcd openrc rc sysvinit >"$OLDPWD/glue"
	[ "$(wc -l <"$OLDPWD/glue")" -ge 3 ] || atf_fail "no glue is seen"
	while read -r file; do
		want=$(grep -ow virtlxcd "$file" | wc -l)
		for daemon in virtqemud virtxend virtchd; do
			got=$(grep -ow "$daemon" "$file" | wc -l)
			[ "$got" -eq "$want" ] || atf_fail "$file names" 			    "virtlxcd $want times, $daemon $got times"
		done
	done <"$OLDPWD/glue"
	# The log daemon, too, so that it has the messages of a stop.
	atf_check -o ignore grep -E '^	after .* logger ' \
	    openrc/libvirt-guests.initd
}

# part_of JOB pre-start | post-stop | '': the script of an Upstart job.
part_of()
{
	sed -n "/^${2:+$2 }script\$/,/^end script\$/{
	    s/^${2:+$2 }script\$/#!\/bin\/sh -e/; /^end script\$/!p; }" "$1"
}

atf_test_case sysvinit
sysvinit_body()
{
	installed sysvinit
	script=root/etc/init.d/libvirt-guests
	for word in start stop restart try-restart reload force-reload status \
	    shutdown gueststatus; do
		atf_check "$script" "$word"
		called "$word"
	done
	echo 3 >code
	atf_check -s exit:3 "$script" status
	# shellcheck disable=SC2094 # two files: $script is in root/
	sed "s,=/var/lock,=$(pwd)," "$script" >script
	atf_check -s exit:3 sh script start
	mkdir subsys
	atf_check -s exit:3 sh script stop
	atf_check -s exit:3 sh script start
	atf_check -s exit:3 sh script status
	atf_check test -e subsys/libvirt-guests
	atf_check -s exit:3 sh script stop
	atf_check -s exit:1 test -e subsys/libvirt-guests
	rm sbin/libvirt-guests
	atf_check -s exit:5 "$script" stop
	# What insserv and chkconfig read.
	for line in 'Provides: *libvirt-guests' 'Default-Stop: *0 1 6' \
	    'Required-Stop: *[$]remote_fs' 'Should-Stop:.* libvirtd virtqemud' \
	    'Should-Stop:.* dbus ' 'Should-Stop:.* [$]syslog '; do
		atf_check -o match:"^# $line" cat "$script"
	done
	atf_check -o match:2345 grep '^# chkconfig: 2345 [0-9]* 01' "$script"
}

atf_test_case systemd
systemd_body()
{
	command -v systemd-analyze >/dev/null || atf_skip "no systemd-analyze"
	# Against the machine's own units; the program has to be there.
	installed systemd SYSTEMDDIR=/usr/lib/systemd/system
	unit=root/usr/lib/systemd/system/libvirt-guests.service
	atf_check cp $unit .
	# Other units of the machine may have faults of their own.
	atf_check -s ignore -o save:verify sh -c \
	    'systemd-analyze verify --man=no ./libvirt-guests.service 2>&1'
	atf_check -s exit:1 grep libvirt-guests.service verify
	atf_check -s exit:1 grep -E '^(Requires|BindsTo|PartOf)=' $unit
	# A unit that is still starting has no ExecStop: see notify_test.
	atf_check -o inline:'Type=notify\n' grep '^Type=' $unit
	atf_check -o inline:'TimeoutStartSec=infinity\n' \
	    grep '^TimeoutStartSec=' $unit
	# Below JobTimeoutSec=30min of poweroff.target and reboot.target.
	atf_check -o inline:'TimeoutStopSec=28min\n' \
	    grep '^TimeoutStopSec=' $unit
	atf_check -o ignore grep '^# .*STOP_DEADLINE to 1500' $unit
	atf_check -o ignore grep '^# .*systemd forces the host down 30' \
	    "$tree/rc/libvirt-guests.conf"
	for command in start stop reload; do
		line=$(sed -n "s/^Exec[A-Za-z]*=-*\\(.* $command\\)\$/\\1/p" \
		    $unit)
		atf_check sh -c "$line"
		called "$command"
	done
}

atf_test_case openrc
openrc_head()
{
	atf_set require.user root
	atf_set descr "a real OpenRC runs the service as it should"
}
openrc_body()
{
	got=0
	openrc=$("$tree/tests/tools/fetch-openrc" 2>said) || got=$?
	[ "$got" -eq 0 ] || atf_skip "$(cat said)"
	installed openrc
	atf_check -o save:said unshare --mount --pid --fork --mount-proc \
	    sh -e -c '
		mkdir m
		mount -t tmpfs tmpfs m
		mkdir m/u m/w m/all
		cp -a "$1/etc" m/u
		for dir in lib sbin bin usr; do
			to=$dir
			[ ! -L "/$dir" ] || to=usr/$dir
			mkdir -p "m/u/$to"
			cp -a "$1/$dir/." "m/u/$to"
		done
		cp root/etc/init.d/libvirt-guests m/u/etc/init.d
		rm -rf m/u/etc/runlevels
		mkdir -p m/u/etc/runlevels/default
		mount -t overlay -o lowerdir=/,upperdir=m/u,workdir=m/w \
		    overlay m/all
		mount -t tmpfs tmpfs m/all/run
		mount -t proc proc m/all/proc
		mount --bind /dev m/all/dev
		mkdir -p "m/all$PWD"
		mount --bind . "m/all$PWD"
		mkdir -p m/all/run/openrc
		: >m/all/run/openrc/softlevel
		exec chroot m/all sh -e "$2" "$PWD/calls"
	' sh "$openrc" "$tree/tests/tools/openrc-steps"
	atf_check cat said
}

atf_test_case upstart
upstart_body()
{
	installed upstart
	job=root/etc/init/libvirt-guests.conf
	part_of $job pre-start >pre-start
	part_of $job post-stop >post-stop
	part_of root/etc/init/libvirt-guests-wait.conf '' >hold
	echo 1 >code
	atf_check sh -e pre-start
	called start
	echo 0 >code
	# Runlevel, events, reason: stopped or not.
	while IFS=: read -r level events reason wanted; do
		stub runlevel "echo '$level'"
		[ "$level" != unknown ] || stub runlevel "echo unknown; exit 1"
		unset UPSTART_STOP_EVENTS REASON
		[ -z "$events" ] || export UPSTART_STOP_EVENTS="$events"
		[ -z "$reason" ] || export REASON="$reason"
		RUNLEVEL=2 with_bin atf_check sh -e post-stop
		# shellcheck disable=SC2086 # a word, or none
		called $wanted
	done <<-'END'
	N 2:::stop
	2 0:starting::stop
	2 0:stopping::stop
	2 6:stopping::stop
	2 1:starting::stop
	2 0:::stop
	N 2:stopping::
	N 2:starting::
	N 2::upgrade:
	unknown:::stop
	unknown:stopping::stop
	unknown::upgrade:
	END
	unset UPSTART_STOP_EVENTS REASON
	stub runlevel 'exit 1'
	with_bin atf_check sh -e post-stop
	called stop
	# The program hears in which runlevel the host goes down.
	stub runlevel 'echo 2 6'
	sed -i '2a echo "$RUNLEVEL" >>level' sbin/libvirt-guests
	RUNLEVEL=2 with_bin atf_check sh -e post-stop
	atf_check -o inline:'6\n' cat level
	called stop
	upstart_wait
}

# For which job the wait job was begun, the states of our job, one a look, and of
# the daemon's: how often it looks before it ends.  A host shutdown stops guests
# in each row.
upstart_wait()
{
	stub status '[ "$(cat "$1.state")" != none ] || exit 1
	    echo "$1 $(head -n 1 "$1.state")"; echo "$1" >>looks
	    [ "$(wc -l <"$1.state")" -eq 1 ] || sed -i 1d "$1.state"
	    [ "$(wc -l <looks)" -lt 20 ] || kill $PPID'
	stub sleep 'exit 0'
	while IFS=: read -r ours looks; do
		for daemon in start/running stop/pre-stop stop/waiting none; do
			echo "$daemon" >libvirt-bin.state
			for job in rc libvirt-bin libvirtd; do
				echo "$ours" | tr '|' '\n' \
				    >libvirt-guests.state
				: >looks
				: >level
				: >calls
				JOB=$job RUNLEVEL=6 with_bin sh -e hold ||
				    atf_fail "$job, $ours, $daemon: exit"
				got=$(wc -l <looks):$(cat calls level |
				    tr '\n' ' ')
				want="$looks:"
				[ $job != rc ] || want="$looks:stop 6 "
				[ "$got" = "$want" ] || atf_fail \
				    "$job, $ours, $daemon: '$got', not '$want'"
			done
		done
	done <<-'END'
	start/running:1
	start/pre-start, process 7:1
	stop/post-stop, process 7|stop/post-stop, process 7|stop/waiting:3
	stop/killed, process 7|stop/waiting:2
	stop/post-stop, process 7|start/pre-start, process 8:2
	stop/waiting:1
	none:0
	END
	atf_check -o match:'^pre-stop exec /bin/true$' \
	    cat root/etc/init/libvirt-bin.override
}

atf_test_case runit
runit_body()
{
	installed runit
	stub sv 'echo "sv $*" >>calls'
	with_bin atf_check root/etc/sv/libvirt-guests/run
	called start 'sv once .'
	# As Void's stage 3 does: in its own shell.
	atf_check -o inline:'goes on\n' \
	    sh -c '. root/etc/runit/shutdown.d/05-libvirt-guests.sh
	    echo goes on'
	called stop
	echo 1 >code
	atf_check -s exit:1 root/etc/runit/shutdown.d/05-libvirt-guests.sh
	called stop
}

atf_test_case s6
s6_body()
{
	installed s6
	dir=root/etc/s6-rc/source/libvirt-guests
	atf_check -o inline:'oneshot\n' cat $dir/type
	# No dependency: an admin who stops the daemon stops no guest.
	atf_check -o inline:'down type up ' sh -c "ls $dir | tr '\n' ' '"
	for way in up down; do
		atf_check sh $dir/$way
	done
	called start stop
	atf_check sh root/usr/share/libvirt-guests/rc.shutdown
	called stop
}

atf_test_case dinit
dinit_body()
{
	installed dinit
	dir=root/etc/dinit.d
	dinit_run $dir/libvirt-guests command
	dinit_run $dir/libvirt-guests stop-command
	called start stop
	# Not of itself, and not with the daemon.
	atf_check -s exit:1 grep depends-on $dir/libvirt-guests
	atf_check -o match:'= 0' grep stop-timeout $dir/libvirt-guests
	stub dinitctl '[ "$*" = "is-started boot" ]'
	dinit_run $dir/libvirt-guests-hold stop-command
	called
	stub dinitctl 'exit 1'
	dinit_run $dir/libvirt-guests-hold stop-command
	called stop
}

dinit_run()
{
	with_bin atf_check sh -c "$(sed -n "s/^$2 = //p" "$1")"
}

atf_test_case finit
finit_body()
{
	installed finit
	conf=root/etc/finit.d/libvirt-guests.conf
	for word in start stop; do
		atf_check sh -c "$(sed -n "s, -- .*,,; s,.* \(/[^ ]* $word\)$,\1,p" \
		    $conf)"
		called $word
	done
	atf_check -o match:'^run \[06\] :stop <hook/sys/shutdown> ' grep 'libvirt-guests stop' $conf
}

atf_test_case procd
procd_body()
{
	installed procd
	script=root/etc/init.d/libvirt-guests
	atf_check -o inline:'#!/bin/sh /etc/rc.common\n' head -n 1 $script
	for word in start stop restart reload gueststatus; do
		atf_check sh -c '. "$0" && "$1"' "./$script" $word
	done
	called start stop restart reload gueststatus
	atf_check -o inline:'99 01\n' sh -c '. "$0"; echo $START $STOP' \
	    "./$script"
}

atf_test_case busybox
busybox_body()
{
	installed busybox
	grep -v '^#' root/usr/share/libvirt-guests/inittab >lines
	atf_check -o inline:'::once:\n::shutdown:\n' sed 's,/.*,,' lines
	sed 's/^::[a-z]*://' lines >commands
	atf_check sh commands
	called start stop
}

atf_test_case files
files_head()
{
	atf_set descr "each INIT brings its files, and takes them away"
}
files_body()
{
	program
	for init in none $inits; do
		atf_check -o ignore make -C "$tree" -s install INIT="$init" \
		    BIN="$(pwd)/program" DESTDIR="$(pwd)/$init"
		(cd "$init" && find . -type f | LC_ALL=C sort) |
		    grep -v '/man/\|/usr/sbin/' >"found.$init"
		{
			wanted "$init"
			[ "$init" = none ] || echo ./etc/libvirt-guests.tab
		} | LC_ALL=C sort >want
		atf_check diff -u want "found.$init"
		atf_check -o save:kept make -C "$tree" -s uninstall \
		    BIN="$(pwd)/program" DESTDIR="$(pwd)/$init"
		find "$init" -type f | grep -v -e '/libvirt-guests.tab$' \
		    -e '/etc/\(default\|conf.d\)/libvirt-guests$' >left
		atf_check cat left
		atf_check -s exit:1 grep -v ' is kept$' kept
		[ "$init" = none ] || [ -s "$init/etc/libvirt-guests.tab" ] ||
		    atf_fail "$init: the configuration is gone"
	done
}

wanted()
{
	echo ./usr/share/bash-completion/completions/libvirt-guests
	echo ./usr/share/fish/vendor_completions.d/libvirt-guests.fish
	echo ./usr/share/libvirt-guests/libvirt-guests.sh
	echo ./usr/share/zsh/site-functions/_libvirt-guests
	case $1 in
	openrc)		echo ./etc/conf.d/libvirt-guests ;;
	none)		;;
	*)		echo ./etc/default/libvirt-guests ;;
	esac
	case $1 in
	openrc|sysvinit|procd)
		echo ./etc/init.d/libvirt-guests ;;
	systemd)
		echo ./etc/systemd/system/libvirt-guests.service ;;
	upstart)
		echo ./etc/init/libvirt-guests.conf
		echo ./etc/init/libvirt-bin.override
		echo ./etc/init/libvirt-guests-wait.conf ;;
	runit)
		echo ./etc/sv/libvirt-guests/run
		echo ./etc/runit/shutdown.d/05-libvirt-guests.sh ;;
	s6)
		printf './etc/s6-rc/source/libvirt-guests/%s\n' down type up
		echo ./usr/share/libvirt-guests/rc.shutdown ;;
	dinit)
		echo ./etc/dinit.d/libvirt-guests
		echo ./etc/dinit.d/libvirt-guests-hold ;;
	finit)
		echo ./etc/finit.d/libvirt-guests.conf ;;
	busybox)
		echo ./usr/share/libvirt-guests/inittab ;;
	esac
}

atf_test_case kept
kept_head()
{
	atf_set descr "a host's configuration is kept, its own service too"
}
kept_body()
{
	program
	mkdir -p root/etc/init.d root/etc/default root/etc/sysconfig
	echo theirs >root/etc/init.d/libvirt-guests
	echo URIS=lxc:/// >root/etc/sysconfig/libvirt-guests
	echo 'a - leave' >root/etc/libvirt-guests.tab
	root="DESTDIR=$(pwd)/root"
	quiet="-s BIN=$(pwd)/program $root"
	for init in openrc sysvinit systemd; do
		# shellcheck disable=SC2086 # words
		atf_check -o save:said make -C "$tree" $quiet install \
		    INIT="$init"
		atf_check -o match:'etc/sysconfig/libvirt-guests is kept' \
		    -o match:'etc/libvirt-guests.tab is kept' \
		    -o match:'plan shows what a stop does' cat said
	done
	atf_check -o inline:'URIS=lxc:///\n' \
	    cat root/etc/sysconfig/libvirt-guests
	atf_check -o inline:'a - leave\n' cat root/etc/libvirt-guests.tab
	atf_check -s exit:1 test -e root/etc/conf.d/libvirt-guests
	atf_check -s exit:1 test -e root/etc/default/libvirt-guests
	# Ours took its place twice: theirs is kept.
	atf_check -o inline:'theirs\n' cat root/etc/init.d/libvirt-guests.orig
	atf_check -s exit:1 test -x root/etc/init.d/libvirt-guests.orig
	# shellcheck disable=SC2086 # words
	atf_check -o match:'sysconfig/libvirt-guests is kept' \
	    -o match:'libvirt-guests.tab is kept' \
	    make -C "$tree" $quiet uninstall
	atf_check -o inline:'theirs\n' cat root/etc/init.d/libvirt-guests
	atf_check test -x root/etc/init.d/libvirt-guests
	atf_check -o inline:'URIS=lxc:///\n' \
	    cat root/etc/sysconfig/libvirt-guests
}

atf_test_case told
told_head()
{
	atf_set descr "what is replaced, passed over, wrong or missing is told"
}
told_body()
{
	program
	mkdir -p root/etc/default root/etc/init.d root/usr/lib/systemd/system
	echo theirs >root/usr/lib/systemd/system/libvirt-guests.service
	echo theirs >root/etc/init.d/libvirt-guests
	echo libvirtd_shutdown_timeout=9 >root/etc/default/libvirt-bin
	quiet="-s BIN=$(pwd)/program DESTDIR=$(pwd)/root"
	# shellcheck disable=SC2086 # words
	atf_check -o match:'system/libvirt-guests.service .* no longer used' \
	    -o match:'then: systemctl ' -o match:'libvirt-bin is kept' \
	    make -C "$tree" $quiet install INIT=systemd
	# shellcheck disable=SC2086 # words
	atf_check -o match:'init.d/libvirt-guests replaces the file' \
	    make -C "$tree" $quiet install INIT=sysvinit
	# shellcheck disable=SC2086 # words
	atf_check -o match:'CONF/libvirt-guests$' sh -c "
	    make -C '$tree' $quiet install INIT=procd CONFDIR=/CONF &&
	    rm root/etc/default/libvirt-bin &&
	    make -C '$tree' $quiet install INIT=procd CONFDIR=/CONF &&
	    find root/CONF -type f"
	atf_check -s not-exit:0 -e match:'INIT=launchd: not one of openrc ' \
	    make -C "$tree" -s BIN="$(pwd)/program" install INIT=launchd \
	    DESTDIR="$(pwd)/none"
	atf_check -s not-exit:0 -e match:'INIT=all: not one of openrc ' \
	    -e not-match:'of.* all' \
	    make -C "$tree" -s BIN="$(pwd)/program" install INIT=all \
	    DESTDIR="$(pwd)/none"
	atf_check -s exit:1 test -e none
	[ ! -e /etc/dinit.d ] || return 0
	# Nothing at all is installed then.
	atf_check -s not-exit:0 -e match:'no /etc/dinit.d here' \
	    make -C "$tree" -s BIN="$(pwd)/program" install INIT=dinit \
	    PREFIX="$(pwd)/none"
	atf_check -s exit:1 test -e none
}

atf_test_case shim
shim_head()
{
	atf_set descr "units and hooks may call the path of libvirt's script"
}
shim_body()
{
	installed none
	atf_check -o match:"sh can call /usr/share/libvirt-guests/" \
	    -o match:'make install INIT=x' -o match:'libvirt-guests check ' \
	    cat said
	echo 6 >code
	atf_check -s exit:6 root/usr/share/libvirt-guests/libvirt-guests.sh \
	    -c "a  b" stop
	called "-c a  b stop"
	# At the path of the script, which is kept and comes back.
	old=/usr/libexec/libvirt-guests.sh
	quiet="-s BIN=$(pwd)/program DESTDIR=$(pwd)/root SHIM=$old"
	mkdir -p root/usr/libexec
	echo theirs >root$old
	chmod 755 root$old
	for turn in 1 2; do
		# shellcheck disable=SC2086 # words
		atf_check -o save:said make -C "$tree" $quiet install \
		    SBINDIR="$(pwd)/sbin"
		[ "$turn" -eq 2 ] || atf_check -o match:"$old replaces the file" \
		    cat said
		atf_check -o inline:'theirs\n' cat root$old.orig
	done
	atf_check -s exit:1 test -x root$old.orig
	# shellcheck disable=SC2086 # words
	atf_check make -C "$tree" $quiet uninstall
	atf_check -o inline:'theirs\n' cat root$old
	atf_check test -x root$old
}

atf_test_case samples
samples_head()
{
	atf_set descr "the samples have all there is, with the true defaults"
}
samples_body()
{
	sed -n 's/^	KEY("\([A-Z_]*\)",[^"]*"\([^"]*\)".*/\1=\2/p' \
	    "$tree/src/config/conf.c" | sort >want
	sed -n 's/^#\([A-Z_]*=.*\)/\1/p' "$tree/rc/libvirt-guests.conf" |
	    sort >found
	atf_check -o match:URIS= cat want
	atf_check diff -u want found
	atf_check -s exit:1 grep -v '^#\|^$' "$tree/rc/libvirt-guests.conf" \
	    "$tree/rc/libvirt-guests.tab"
	atf_check -s exit:1 grep '.\{80\}' "$tree/rc/libvirt-guests.conf"
	sed -n 's/^	{ "\([a-z-]*\)",[ 	]*[a-z_]*_take, .*/\1/p' \
	    "$tree/src/config/guesttab_row.c" >options
	atf_check -o match:'^start-delay$' cat options
	while read -r option; do
		atf_check -o match:"$option=" cat "$tree/rc/libvirt-guests.tab"
	done <options
	sed 's/^#\([A-Z_]*=\)/\1/' "$tree/rc/libvirt-guests.conf" >conf
	sed -n 's/^#\([a-z*].*\)/\1/p' "$tree/rc/libvirt-guests.tab" >tab
	[ "$(wc -l <tab)" -eq 4 ] || atf_fail "no rows"
	program
	atf_check -o match:'no errors; 4 rows' \
	    ./program -f conf -o GUESTTAB="$(pwd)/tab" reload
}

# fresh_in DIRECTORY EFFECT: what a new configuration there has and does.
fresh_in()
{
	atf_check -o match:"^install: a stop $2: see " \
	    make -C "$tree" -s install INIT=sysvinit CONFDIR="$1" \
	    BIN="$(pwd)/program" DESTDIR="$(pwd)/root"
	grep '^#*ON_[BS]' "root$1/libvirt-guests" >keys
	grep -v '^#\|^$' "root$1/libvirt-guests" >assigned || :
	rm "root$1/libvirt-guests"
}

atf_test_case fresh
fresh_head()
{
	atf_set descr "a new configuration starts the guests at boot"
}
fresh_body()
{
	program
	fresh_in /etc/default \
	    "shuts guests down, a boot starts them again"
	atf_check -o inline:'ON_BOOT=start\n#ON_SHUTDOWN=shutdown\n' cat keys
	atf_check -o inline:'ON_BOOT=start\n' cat assigned
	for place in sysconfig conf.d; do
		fresh_in /etc/$place "saves guests, a boot restores them"
		atf_check -o inline:'#ON_BOOT=start\n#ON_SHUTDOWN=suspend\n' \
		    cat keys
		atf_check cat assigned
	done
	# Those are the defaults of that place.
	sed -n 's/.*"debian",[	 ]*"\(ON_[A-Z_]*\)",[	 ]*"\(.*\)".*/\1=\2/p' \
	    "$tree/src/config/family.c" >debian
	atf_check -o inline:'ON_BOOT=ignore\nON_SHUTDOWN=shutdown\n' cat debian
}

atf_init_test_cases()
{
	atf_add_test_case style
	atf_add_test_case daemons
	for name in $inits files kept told shim samples fresh; do
		atf_add_test_case "$name"
	done
}
