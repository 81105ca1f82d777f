#!/usr/bin/env atf-sh
#
# Every way to a daemon: what there is to see, to stop and to bring back over
# it, and what is said where there is no way.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

# uris URI...: those are what is configured.
# through URI: all of g1 g2 are listed, saved and back.
# refuses URI REASON: exit 1, in bounded time, and why.
uris()
{
	step uris "$*"
	lab_config conf.d "URIS=\"$*\"
CONNECT_TIMEOUT=${patience-15}
PARALLEL_SUSPEND=2
PARALLEL_SHUTDOWN=2"
}

through()
{
	uris "$1"
	run 0 gueststatus
	is heading "* $1 URI:" grep "^\\*" out
	has out " g1 +running +-"
	has out " g2 +running +-"
	wanted="$1 $(uuids $(running))"
	run 0 stop
	[ ! -s err ] || fail "a complaint"
	saved g1 g2
	is list "$wanted" listed
	run 0 start
	[ ! -s err ] || fail "a complaint"
	all running g1 g2
	boots 1 g1 g2
	no_list
}

refuses()
{
	uris "$1"
	run 1 gueststatus
	is heading "* $1 URI:" grep "^\\*" out
	grep -F "libvirt-guests: $1: " err >why1 || fail "no URI"
	grep -Eq "$2" why1 || fail "not why: $2, but: $(cat why1)"
	is complaints 1 grep -c . err
	run ${stop-1} stop
	is skipped 1 grep -Fxc "Can't connect to $1. Skipping." out
	all running g1 g2
}

lab_case tcp 'tcp: IPv4, IPv6, names, ports' '-n 2'
tcp_lab()
{
	lab_listen "listen_tls = 0
listen_tcp = 1
auth_tcp = \"none\"
tcp_port = \"16599\""
	echo "127.0.0.1 lab.example" >>/etc/hosts
	through qemu+tcp://127.0.0.1:16599/system
	through "qemu+tcp://[::1]:16599/system"
	through qemu+tcp://lab.example:16599/system
	refuses qemu+tcp://127.0.0.1/system "127.0.0.1 port 16509: .*refused"
	refuses qemu+tcp://none.example/system "none.example: no such host"
	refuses qemu+tcp://127.0.0.1:16599/nowhere "nowhere"
	# Of such guests there are none to be stopped.
	stop=0 refuses nosuch+tcp://127.0.0.1:16599/system "nosuch:///system"
	lab_listen "listen_tls = 0
listen_tcp = 1
auth_tcp = \"sasl\""
	refuses qemu+tcp://127.0.0.1/system "SASL.*\\+ssh"
}

lab_case twice 'guests of one daemon by two URIs are stopped and listed once' \
    '-n 2'
twice_lab()
{
	lab_listen "listen_tls = 0
listen_tcp = 1
auth_tcp = \"none\""
	tcp=qemu+tcp://127.0.0.1/system
	uris "$uri $tcp"
	run 0 gueststatus
	is headings "* $uri URI:
* $tcp URI:" grep "^\\*" out
	is guests 2 grep -Ec " g[12] +running +-" out
	is complaints "libvirt-guests: warning: $tcp: the same daemon as $uri; \
its guests are counted there" cat err
	order=$(running)
	run 0 shutdown
	all "shut off" g1 g2
	proofs 1 g1 g2
	is presses 1 lab_guest_presses g1
	has out "^2 guests: 2 off$"
	is list "$uri $(uuids $order)" listed
	run 0 start
	all running g1 g2
	no_list
	# By two URIs of the same socket.
	uris "default $uri"
	order=$(running)
	run 0 stop
	saved g1 g2
	has out "^2 guests: 2 saved$"
	is list "default $(uuids $order)" listed
	uris "$uri"
	run 0 start
	all running g1 g2
	no_list
	# The daemon's own URI is on the list, another one is configured.
	for other in default $tcp; do
		uris "$uri"
		run 0 stop
		saved g1 g2
		uris "$other"
		run 0 start
		[ $other = default ] ||
		    grep -Fqx "$tcp: the guests of $uri on the list $(:
		    )are of this daemon" out || fail "not matched"
		all running g1 g2
		no_list
	done
	# A URI that no daemon has as its own.
	uris "$tcp"
	run 0 stop
	uris "$uri"
	run 1 start
	saved g1 g2
	grep -Fq "Ignoring guests on $tcp URI: URIS does not name it; $(:
	    )2 guests stay on the list; add it to URIS, or use -c" err ||
	    fail "not what to do"
	run 0 -c "$tcp" start
	all running g1 g2
	no_list
}

lab_case ext 'ext: a command of the URI, and what it may answer' '-n 2'
ext_lab()
{
	# ext TEXT: the command does that.
	ext()
	{
		echo "#!/bin/sh
$1" >way
		chmod +x way
	}
	way="qemu+ext:///system?command=$PWD/way"
	ext "exec socat - UNIX-CONNECT:/run/libvirt/libvirt-sock"
	through "$way"
	ext "echo first >&2; echo the reason >&2; exit 1"
	refuses "$way" "the reason$"
	# How it ends, and its last words, of many.
	ext "set -e; yes noise | head -c 3000000 >&2
echo \"the reason\" >&2; exit 9"
	refuses "$way" ": the command ended with exit code 9: the reason$"
	# One that ends after its connection.
	ext "exec <&- >&-; sleep 0.05; echo \"the reason\" >&2; exit 9"
	refuses "$way" ": the command ended with exit code 9: the reason$"
	# One that writes much while it carries a connection.
	ext "set -e; yes noise | head -c 3000000 >&2
exec socat - UNIX-CONNECT:/run/libvirt/libvirt-sock"
	through "$way"
	ext "printf \"\\\\377\\\\377\\\\377\\\\377\"; cat"
	refuses "$way" "length|frame|long"
	ext "printf \"\\\\0\\\\0\\\\0\\\\4\"; cat"
	refuses "$way" "length|frame|short"
	ext "printf \"\\\\0\\\\0\\\\0\\\\100half\""
	refuses "$way" "closed|ended|reset"
	ext "exec cat"
	patience=1 refuses "$way" "."
	ext "exec sleep 1000"
	patience=1 refuses "$way" "does not answer"
	ext "trap : TERM; while :; do sleep 1; done"
	patience=1 refuses "$way" "does not answer"
	refuses qemu+ext:///system?command=/none/such "/none/such: No such file"
}

lab_case cut 'a program that dies while it carries a connection' '-b ignore'
cut_lab()
{
	cat >way <<END
#!/bin/sh
echo \$\$ >$PWD/pid
echo "the last words" >&2
exec socat - UNIX-CONNECT:/run/libvirt/libvirt-sock
END
	chmod +x way
	way="qemu+ext:///system?command=$PWD/way"
	uris "$way"
	begin -o SHUTDOWN_TIMEOUT=5 shutdown
	comes out "^Starting shutdown on guest: "
	kill -KILL "$(cat pid)"
	ends 1
	has err "connection lost: the daemon closed the connection: $(:
	    )the command was ended by signal 9: the last words; reconnecting$"
	has err "guest g1: still on after its time limit$"
}

# A daemon of whose guests nobody knows may be starting anew.
lab_case again 'a URI that fails at first' '-n 2'
again_lab()
{
	cat >way <<END
#!/bin/sh
[ -e "$PWD/tried" ] || { touch "$PWD/tried"; exit 1; }
exec socat - UNIX-CONNECT:/run/libvirt/libvirt-sock
END
	chmod +x way
	uris "qemu+ext:///system?command=$PWD/way"
	run 0 stop
	[ -e tried ] || fail "never dialled"
	[ ! -s err ] || fail "a complaint"
	saved g1 g2
}

sshd_begin()
{
	mkdir -p /run/sshd ssh
	chmod 700 ssh
	ssh-keygen -q -t ed25519 -N "" -f ssh/host
	ssh-keygen -q -t ed25519 -N "" -f ssh/key
	ssh-keygen -q -t ed25519 -N "" -f ssh/other
	cp ssh/key.pub ssh/authorized
	cat >ssh/config <<END
Port 2222
ListenAddress 127.0.0.1
ListenAddress ::1
HostKey $PWD/ssh/host
AuthorizedKeysFile $PWD/ssh/authorized
PidFile $PWD/ssh/pid
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
LogLevel ERROR
END
	/usr/sbin/sshd -f "$PWD/ssh/config" -E "$PWD/ssh/log"
	lab_wait_until test -s ssh/pid
	for host in "[127.0.0.1]" "[::1]"; do
		echo "$host:2222 $(cat ssh/host.pub)"
	done >/etc/ssh/ssh_known_hosts
	key=keyfile=$PWD/ssh/key
}

lab_case ssh 'ssh: virt-ssh-helper, and netcat' '-n 2'
ssh_lab()
{
	sshd_begin
	through "qemu+ssh://root@127.0.0.1:2222/system?$key"
	through "qemu+ssh://root@[::1]:2222/system?$key&proxy=netcat"
	# A host that has no virt-ssh-helper.
	mount --bind /dev/null /usr/bin/virt-ssh-helper
	through "qemu+ssh://root@127.0.0.1:2222/system?$key"
	refuses "qemu+ssh://root@127.0.0.1:2222/system?$key&proxy=native" \
	    "virt-ssh-helper"
	echo "remote_proxy = \"native\"" >/etc/libvirt/libvirt.conf
	run 1 -c "qemu+ssh://root@127.0.0.1:2222/system?$key" gueststatus
	has err "virt-ssh-helper"
	run 0 -c "qemu+ssh://root@127.0.0.1:2222/system?$key&proxy=netcat" \
	    gueststatus
	rm /etc/libvirt/libvirt.conf
	umount /usr/bin/virt-ssh-helper
	# A socket that the helper does not know of.
	mv /run/libvirt/libvirt-sock /run/libvirt/other
	run 1 -c "qemu+ssh://root@127.0.0.1:2222/system?$key" gueststatus
	run 0 -c "qemu+ssh://root@127.0.0.1:2222/system?$key&$(:
	    )socket=/run/libvirt/other" gueststatus
	has out " g1 +running +-"
	mv /run/libvirt/other /run/libvirt/libvirt-sock
	# Nobody is asked for anything.
	refuses "qemu+ssh://root@127.0.0.1:2222/system?keyfile=$PWD/ssh/other" \
	    "Permission denied"
	refuses "qemu+ssh://127.0.0.1:2223/system?$key" "refused"
	refuses "qemu+ssh://root@127.0.0.1:2222/system?$key&command=/none/ssh" \
	    "/none/ssh: No such file"
	refuses "qemu+ssh://none.example/system?$key" "resolve"
	: >/etc/ssh/ssh_known_hosts
	refuses "qemu+ssh://root@127.0.0.1:2222/system?$key" "verification"
}

lab_case dropbear 'ssh by the client of dropbear' '-n 2'
dropbear_lab()
{
	sshd_begin
	dropbearkey -t ed25519 -f ssh/drop >ssh/drop.out 2>&1
	grep ^ssh- ssh/drop.out >>ssh/authorized
	through "qemu+ssh://root@127.0.0.1:2222/system?command=dbclient&$(:
	    )keyfile=$PWD/ssh/drop&no_verify=1"
}

# ca NAME, cert CA NAME SUBJECTALTNAME [DAYS]: into tls/NAME.
ca()
{
	mkdir -p tls/$1
	openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj "/CN=$1" \
	    -keyout tls/$1/cakey.pem -out tls/$1/cacert.pem 2>tls/log
}

cert()
{
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" \
	    -keyout tls/$1/$2key.pem -out tls/$1/$2.csr 2>tls/log
	printf "%s\n" "subjectAltName=$3" \
	    "keyUsage=digitalSignature,keyEncipherment" \
	    "extendedKeyUsage=serverAuth,clientAuth" >tls/ext
	openssl x509 -req -in tls/$1/$2.csr -days ${4-9} -extfile tls/ext \
	    -CA tls/$1/cacert.pem -CAkey tls/$1/cakey.pem -CAcreateserial \
	    -out tls/$1/$2cert.pem 2>tls/log
}

listen()
{
	lab_listen "listen_tls = 1
listen_tcp = 0
key_file = \"$PWD/tls/good/$1key.pem\"
cert_file = \"$PWD/tls/good/$1cert.pem\"
ca_file = \"$PWD/tls/good/cacert.pem\"
tls_no_sanity_certificate = 1"
}

pki_begin()
{
	ca good
	ca evil
	cert good server IP:127.0.0.1,IP:::1,DNS:localhost
	cert good client DNS:client
	cert good expired IP:127.0.0.1 -1
	cert evil client DNS:client
	mkdir tls/bare
	cp tls/good/cacert.pem tls/bare
}

lab_case tls 'tls, by openssl: certificates and names are verified' '-n 2'
tls_lab()
{
	pki_begin
	listen server
	good=pkipath=$PWD/tls/good
	through "qemu+tls://127.0.0.1/system?$good"
	through "qemu://[::1]:16514/system?$good"
	mkdir -p /etc/pki/CA /etc/pki/libvirt/private
	cp tls/good/cacert.pem /etc/pki/CA
	cp tls/good/clientcert.pem /etc/pki/libvirt
	cp tls/good/clientkey.pem /etc/pki/libvirt/private
	through qemu://localhost/system
	echo "127.0.0.1 other.example" >>/etc/hosts
	refuses "qemu+tls://other.example/system?$good" "[Hh]ost ?name mismatch"
	through "qemu+tls://other.example/system?$good&no_verify=1"
	refuses "qemu+tls://127.0.0.1/system?pkipath=$PWD/tls/evil" \
	    "self.signed|unable to get|unknown|verif"
	refuses "qemu+tls://127.0.0.1/system?pkipath=$PWD/tls/bare" \
	    "the client certificate was refused"
	refuses "qemu+tls://127.0.0.1/system?pkipath=$PWD/none" \
	    "none/cacert.pem: No such file"
	refuses "qemu+tls://127.0.0.1:1/system?$good" "refused"
	# Revoked, but not yet on the list; then on it.
	: >tls/index
	printf "%s\\n" "[ca]" default_ca=d "[d]" database="$PWD/tls/index" \
	    default_md=sha256 default_crl_days=9 >tls/conf
	authority="openssl ca -config tls/conf -keyfile tls/good/cakey.pem
    -cert tls/good/cacert.pem"
	$authority -gencrl -out tls/good/cacrl.pem 2>tls/log
	run 0 -c "qemu+tls://127.0.0.1/system?$good" gueststatus
	has out " g1 +running +-"
	$authority -revoke tls/good/servercert.pem 2>tls/log
	$authority -gencrl -out tls/good/cacrl.pem 2>tls/log
	refuses "qemu+tls://127.0.0.1/system?$good" "revoked"
	run 0 -c "qemu+tls://127.0.0.1/system?$good&no_verify=1" gueststatus
	rm tls/good/cacrl.pem
	listen expired
	refuses "qemu+tls://127.0.0.1/system?$good" "expired"
}

# It takes connections, and answers none.

mute_begin()
{
	mute="qemu+unix:///system?socket=$PWD/mute"
	socat "UNIX-LISTEN:$PWD/mute,fork" SYSTEM:"touch taken; sleep 1000" &
	lab_wait_until test -S mute
	uris "$uri $mute"
}

lab_case mute 'a deadline bounds the wait for a URI that is mute' \
    '-b delay=2 -b delay=2'
mute_lab()
{
	patience=60

	mute_begin

	run 1 -D 20 shutdown
	all "shut off" g1 g2
	proofs 1 g1 g2
	has err "mute: the daemon sent no list of guests in time$"
	has err "mute: the state of its guests is unknown$"
	is complaints 2 grep -c . err
	# So does that of who joins meanwhile.
	lab_guest_start g1 g2
	lab_guest_ready g1 g2
	rm taken
	begin shutdown
	lab_wait_until test -e taken
	"$LIBVIRT_GUESTS" -D 20 shutdown >out2 2>err2 </dev/null &&
	    fail "the second knows all"
	ends 1
	all "shut off" g1 g2
	proofs 2 g1 g2
	has out "^Another stop set the deadline to "
}

# A daemon that is stopped, one that never answers, one that is not there and
# one of which there is no name: the guests of the good one are stopped.
lab_case dead 'dead URIs neither delay nor hide the others' '-n 2'
dead_lab()
{
	good=$LAB_URI
	lab_session
	frozen=$LAB_URI
	LAB_URI=$good
	unset XDG_RUNTIME_DIR
	kill -STOP $(cat "$LAB_DIR/session/libvirtd.pid")
	socat TCP-LISTEN:16600,bind=127.0.0.1,fork,reuseaddr EXEC:"sleep 1000" &
	lab_wait_until sh -c "cat /proc/net/tcp | grep -q :40D8"
	patience=3
	dead="$frozen qemu+tcp://127.0.0.1:16600/system \
    qemu+tcp://127.0.0.1:1/system qemu+tcp://192.0.2.1/system \
    qemu+tcp://none.example/system qemu+libssh2://localhost/system \
    qemu+ext:///system?command=/none/such"
	dead=$(echo "$dead" | xargs)
	uris "$dead $uri"
	for command in gueststatus stop; do
		run 1 $command
		for u in $dead; do
			is "$u" 1 eval "grep -F \"libvirt-guests: $u: \" err |
		    grep -vc \"the state of its guests is unknown\""
		done
		hasnt err "libvirt-guests: $uri: "
	done
	has err "libssh2 is unsupported; use \\+ssh"
	saved g1 g2
	list_is $uri $(told "Suspending " ": \\.\\.\\.")
	uris "$uri $dead"
	run 0 -o START_WAIT=0 start
	all running g1 g2
}

lab_case aliases 'libvirt.conf: aliases, default, mode, and faults' '-n 2'
aliases_lab()
{
	cat >/etc/libvirt/libvirt.conf <<END
# All that it may hold
uri_aliases = [
  "here=qemu+unix:///system?mode=legacy",
  "gone=qemu:///system?socket=/nowhere",
]
uri_default = "here"
END
	through here
	through default
	run 1 -c gone gueststatus
	has err "^libvirt-guests: gone: /nowhere: No such file"
	# One that nobody knows hides no other.
	uris nosuch here
	run 1 gueststatus
	has err "^libvirt-guests: nosuch: missing ://"
	has out " g1 +running +-"
	run 1 stop
	saved g1 g2
	uris here
	run 0 start
	export LIBVIRT_DEFAULT_URI=gone
	run 1 -c default gueststatus
	has err "^libvirt-guests: default: /nowhere: No such file"
	export LIBVIRT_DEFAULT_URI=here
	through default
	unset LIBVIRT_DEFAULT_URI
	echo "remote_mode = \"direct\"" >/etc/libvirt/libvirt.conf
	run 1 -c $uri gueststatus
	has err "virtqemud-sock: No such file"
	run 0 -c "$uri?mode=legacy" gueststatus
	# A fault is told, and costs no guest.
	printf 'uri_default = "%s"\nremote_mode = "both"\n' "$uri" \
	    >/etc/libvirt/libvirt.conf
	uris default
	run 0 stop
	has err "warning: /etc/libvirt/libvirt.conf:2: remote_mode: use "
	rm /etc/libvirt/libvirt.conf
	saved g1 g2
}

# There is no virtqemud in some distributions: it is the same daemon then, by
# the name of the modular one.
lab_case modular 'the socket of a modular daemon' '-n 2'
modular_lab()
{
	mv /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock
	run 0 -c $uri gueststatus
	has out " g1 +running +-"
	run 0 -c default gueststatus
	has out " g1 +running +-"
	run 1 -c "$uri?mode=legacy" gueststatus
	has err "libvirt/libvirt-sock: No such file"
	ln -s virtqemud-sock /run/libvirt/libvirt-sock
	through $uri
	through "$uri?mode=direct"
}

lab_case session 'qemu:///session, as its user' '-n 0'
session_lab()
{
	lab_session
	LAB_URI=qemu:///session
	home=$LAB_DIR/session
	program=$home/program
	cp "$LIBVIRT_GUESTS" $program
	lab_guest_write g1 ""
	chown -R nobody "$LAB_DIR/guest"
	LIBVIRT_GUESTS=as_user
	as_user()
	{
		lab_session_run $program -c qemu:///session \
		    -o STATE_DIR="$home/state" -o RUN_DIR="$home/run" "$@"
	}
	virsh()
	{
		lab_session_run virsh "$@"
	}
	mkdir "$home/state"
	chown nobody "$home/state"
	lab_virsh define "$LAB_DIR/guest/g1.xml" >virsh.out
	lab_guest_start g1
	lab_guest_ready g1
	run 0 gueststatus
	has out " g1 +running +-"
	run 0 stop
	saved g1
	has "$home/state/libvirt-guests" "^qemu:///session $(uuids g1)$"
	run 0 start
	all running g1
	run 0 shutdown
	proofs 1 g1
	# Without that daemon, too.
	lab_guest_start g1
	lab_guest_ready g1
	pid=$(cat "$home/libvirtd.pid")
	kill -KILL $pid
	lab_wait_until lab_not kill -0 $pid
	run 0 -o CONNECT_TIMEOUT=1 shutdown
	has err "the daemon is gone; stopping its guests by their monitors"
	has out "^Guest g1 has shut down; ending its QEMU$"
	lab_no_guest_pids || fail "it is left"
	proofs 2 g1
	# Only it knew which guests are transient: those that were left to
	# themselves are not taken for others when it is gone.
	rm -f "$home/state/"*
	lab_session_run libvirtd -d -p "$home/libvirtd.pid"
	lab_wait_until lab_virsh list
	lab_guest_write g2 ""
	lab_guest_write g3 delay=2
	chown -R nobody "$LAB_DIR/guest"
	lab_virsh create "$LAB_DIR/guest/g2.xml" >virsh.out
	lab_virsh define "$LAB_DIR/guest/g3.xml" >virsh.out
	lab_guest_start g3
	lab_guest_ready g2 g3
	: >out
	as_user -o CONNECT_TIMEOUT=1 -o PERSISTENT_ONLY=yes shutdown >out \
	    2>err &
	began=$!
	comes out "^Starting shutdown on guest: g3$"
	kill -KILL $(cat "$home/libvirtd.pid")
	ends 0
	has err "the daemon is gone; stopping its guests by their monitors"
	hasnt out "was started meanwhile"
	is left 1 eval "lab_guest_pids | wc -l"
	proofs 1 g3
	proofs 0 g2
}

atf_init_test_cases()
{
	cmd_cases
}
