#!/usr/bin/env atf-sh
#
# What check finds on a host, and that it finds nothing where nothing is.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# found LEVEL AREA OBJECT TEXT: one finding is that; TEXT is a regular
# expression, and there is something to do about it.
found()
{
	step found "$*"
	found_n=$(jq --arg level "$1" --arg area "$2" --arg object "$3" \
	    --arg text "$4" '[.findings[] | select(.level == $level and
	    .area == $area and ((.object // "") | startswith($object)) and
	    (.text | test($text)) and (.do | length) > 5)] | length' out)
	[ "$found_n" -eq 1 ] || fail "$found_n findings are $*"
}

# areas: those of all findings.
areas()
{
	jq -r '.findings[].area' out | sort | uniq -c | xargs
}

# openrc: this host has OpenRC, and our service; nothing is found.
openrc()
{
	mkdir -p /run/openrc /etc/runlevels/default
	cp "$CMD_TREE/openrc/libvirt-guests.initd" /etc/init.d/libvirt-guests
	ln -sf /etc/init.d/libvirt-guests /etc/runlevels/default
	# The file systems of the lab are in memory, except for this one.
	conf STATE_DIR=/etc ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=20
}

lab_case clean 'a clean host has only ok, whatever its service manager' \
    '-n 1'
clean_lab()
{
	openrc
	witness()
	{
		ls -lR --time-style=full-iso /run/lock /run/libvirt-guests* \
		    /etc/libvirt-guests* /etc/conf.d /var/lib/libvirt/qemu 2>&1 || :
		lab_virsh list --all
	}
	witness >before
	run 0 check
	[ ! -s err ] || fail "something on standard error"
	hasnt out "^[^o]"
	has out "^ok    /etc/conf.d/libvirt-guests, guesttab \\(0 rows\\), 0 hooks$"
	has out "^ok    $uri: libvirt [0-9]+\\.[0-9]+\\.[0-9]+, 1 guest$"
	has out "^ok    worst case of a stop: 20 s$"
	has out "^ok    OpenRC: the service is enabled$"
	run 0 -j check
	members check .
	is findings 0 jq ".findings | length" out
	is ok "configuration daemon owner service time" \
	    eval "jq -r .ok[].area out | sort | xargs"
	witness >after
	cmp -s before after || fail "it changed: $(diff before after)"

	# OpenRC: a service that waits gives up after 60 s.
	sed -i "/-timeout/d" /etc/init.d/libvirt-guests
	run 0 check
	run 1 -j -o SHUTDOWN_TIMEOUT=61 check
	is areas "1 service" areas
	found fail service OpenRC "after 60 s; the worst case is 61 s"
	# The daemon is to be stopped later.
	echo "# none" >/etc/init.d/libvirt-guests
	: >/etc/init.d/libvirtd
	ln -s /etc/init.d/libvirtd /etc/runlevels/default
	run 1 -j check
	is areas "1 service" areas
	found fail service OpenRC "not ordered after libvirtd"
	echo "before libvirt-guests" >/etc/init.d/libvirtd
	run 0 check
	rm /etc/runlevels/default/libvirt-guests
	run 1 -j check
	found fail service OpenRC "is not enabled"
	rm /etc/init.d/libvirt-guests
	run 1 -j check
	found fail service OpenRC "is not installed"
	has out "make install INIT=openrc; rc-update add libvirt-guests"
	rm -r /run/openrc

	# dinit kills after 10 s, unless stop-timeout is another.
	: >/run/dinitctl
	mkdir -p /etc/dinit.d/boot.d
	echo "type = scripted" >/etc/dinit.d/libvirt-guests
	ln -s ../libvirt-guests /etc/dinit.d/boot.d
	run 1 -j check
	is areas "1 service" areas
	found fail service dinit "after 10 s; the worst case is 20 s"
	for seconds in 0 20; do
		echo "stop-timeout = $seconds" >>/etc/dinit.d/libvirt-guests
		run 0 check
	done

	# An unreachable URI.
	conf STATE_DIR=/etc ON_SHUTDOWN=shutdown SHUTDOWN_TIMEOUT=20 \
	    "URIS=\"$uri qemu+unix:///system?socket=/nowhere\""
	run 1 -j -o CONNECT_TIMEOUT=1 check
	found fail daemon "qemu+unix:///system?socket=/nowhere" "No such file"
	run 1 check
	has out "^FAIL  qemu\\+unix:///system\\?socket=/nowhere: "
	[ ! -s err ] || fail "something on standard error"

	# A user sees a daemon of his own.
	cp "$LIBVIRT_GUESTS" "$LAB_DIR/program"
	setpriv --reuid nobody --regid nogroup --clear-groups \
	    "$LAB_DIR/program" -j check >out || :
	found warn configuration "" "^not run by root"
}

# unit NAME LINE...: a service of systemd that is enabled.
unit()
{
	unit_file=/etc/systemd/system/$1.service
	shift
	rm -rf "$unit_file.d"
	printf "%s\n" "[Service]" "$@" >"$unit_file"
	mkdir -p /etc/systemd/system/multi-user.target.wants
	ln -sf "$unit_file" /etc/systemd/system/multi-user.target.wants
}

# device NAME XML ACPI: a guest with that device, with or without ACPI.
device()
{
	lab_guest_write "$1" obey
	sed -i -e "s|</devices>|$2</devices>|" \
	    -e "s|<features>.*|<features>$3</features>|" \
	    "$LAB_DIR/guest/$1.xml"
	lab_virsh define "$LAB_DIR/guest/$1.xml" >/dev/null
	lab_guest_start "$1"
}

lab_case faults 'each of many faults is found, once, with what to do' '-n 1'
faults_lab()
{
	target="type='virtio' name='org.qemu.guest_agent.0'"
	channel="<channel type='unix'><target $target/></channel>"
	device shared "<filesystem type='mount'><source dir='$LAB_DIR'/>\
<target dir='x'/></filesystem>$channel" "<acpi/>"
	device deaf "" "<apic/>"
	lab_virsh autostart g1 >/dev/null
	lab_save_full
	mkdir -p /run/systemd/system /var/lib/pacemaker/cib /usr/local/sbin \
	    /etc/libvirt/hooks /etc/libvirt-guests.d
	: >/etc/libvirt-guests.d/hook
	unit libvirt-guests "ExecStop=/usr/lib/libvirt/libvirt-guests.sh stop"
	printf "#!/bin/sh\nvirsh managedsave x\n" >"$LAB_DIR/kvm-shutdown.sh"
	unit kvm-shutdown "ExecStop=-$LAB_DIR/kvm-shutdown.sh now"
	unit list "ExecStop=/usr/bin/virsh list"
	cp "$LAB_DIR/kvm-shutdown.sh" /etc/libvirt/hooks/daemon
	echo "auto_shutdown_poweroff = \"all\"" >>/etc/libvirt/qemu.conf
	echo "auto_shutdown_poweroff = \"none\"" >>/etc/libvirt/lxc.conf
	lab_config default "ON_BOOT=ignore"
	conf ON_BOOT=ignore ON_SHUTDOWN=suspend,shutdown SUSPEND_TIMEOUT=200 \
	    NO_SUCH_KEY=1 SHUTDOWN_MODE=agent,acpi
	run 6 -j check
	[ ! -s err ] || fail "something on standard error"
	found warn configuration "" "^/etc/default/libvirt-guests is not read"
	found warn configuration /etc/conf.d/libvirt-guests: \
	    "unknown key NO_SUCH_KEY"
	found warn configuration /etc/libvirt-guests.d/hook "not executable"
	found fail configuration /var/lib/libvirt "in memory"
	found warn guest $uri "^shared: cannot be saved"
	found warn guest $uri "^shared: no agent runs"
	found warn guest $uri "^deaf: the definition has no ACPI"
	found warn boot $uri "^g1: autostart"
	found warn save /var/lib/libvirt/qemu/save \
	    "need 48 MiB at most, and there are [0-9]+ MiB"
	found fail save /var/lib/libvirt/qemu/save "tmpfs"
	found fail owner /etc/libvirt/qemu.conf "auto_shutdown_"
	found fail owner /etc/libvirt/hooks/daemon "stops guests"
	found fail owner /etc/systemd/system/kvm-shutdown.service \
	    "stops guests"
	found fail service /etc/systemd/system/libvirt-guests.service \
	    "libvirt-guests.sh"
	is findings 14 jq ".findings | length" out
	is "the order" "fail warn" eval "jq -r .findings[].level out | uniq |
	    xargs"
	run 6 check
	[ "$(wc -L <out)" -le 80 ] || fail "lines over 80 columns"
	is "lines of findings" 14 grep -c "^[FW]" out
	has out "^(FAIL|WARN|ok  )  [^ ]|^      [^ ]|^         [^ ]"

	rm -r /etc/libvirt-guests.d
	# Directories and a list that a stop or a start cannot use.
	run 6 -j -o STATE_DIR=/etc/none/none -o RUN_DIR=/etc/passwd check
	found fail configuration /etc/none/none "No such file"
	found fail configuration /etc/passwd "^RUN_DIR: Not a directory"
	run 6 -j -o STATE_DIR=/etc/passwd check
	found fail configuration /etc/passwd "^STATE_DIR: Not a directory"
	mkdir /var/lib/libvirt/libvirt-guests
	run 6 -j check
	found fail configuration /var/lib/libvirt/libvirt-guests "^a part of"
	rmdir /var/lib/libvirt/libvirt-guests

	# Nothing but an agent is asked.
	run 6 -j -o SHUTDOWN_MODE=agent check
	found fail guest $uri "^g1, shared, deaf: SHUTDOWN_MODE is agent alone"

	# Only saves: the one that cannot be saved is lost.
	conf STATE_DIR=/etc ON_SHUTDOWN=suspend SUSPEND_TIMEOUT=200
	rm /etc/default/libvirt-guests /etc/libvirt/hooks/daemon
	rm /etc/systemd/system/kvm-shutdown.service
	# At the path of the script there is ours.
	mount --bind "$CMD_TREE/rc/libvirt-guests.sh" \
	    /usr/lib/libvirt/libvirt-guests.sh
	unit libvirt-guests "ExecStop=/usr/lib/libvirt/libvirt-guests.sh stop" \
	    "TimeoutStopSec=infinity" "[Unit]" \
	    "After=libvirtd.service virtqemud.service virtlxcd.service" \
	    "After=virtxend.service virtchd.service"
	run 1 -j check
	found fail guest $uri "^shared: cannot be saved"
	found fail save /var/lib/libvirt/qemu/save "^saves need"
	is areas "1 guest 1 owner 2 save" areas
	# A drop-in has a limit that is too short.
	mkdir -p /etc/systemd/system/libvirt-guests.service.d
	printf "[Service]\nTimeoutStopSec=1min 30s\n" \
	    >/etc/systemd/system/libvirt-guests.service.d/limit.conf
	run 1 -j check
	found fail service systemd "killed after 90 s; the worst case is"
	# Unless the service may extend it.
	echo "NotifyAccess=exec" >>/etc/systemd/system/libvirt-guests.service
	run 1 -j check
	is areas "1 guest 1 owner 2 save" areas
	# systemd forces the end, with no limit at all.
	run 1 -j -o SUSPEND_TIMEOUT=0 check
	found warn time "" "systemd forces the host down after 30 minutes"
	rm -r /run/systemd/system
}

atf_init_test_cases()
{
	cmd_cases
}
