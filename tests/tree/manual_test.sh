#!/usr/bin/env atf-sh
#
# The manual: what its examples configure.

. "$(atf_get_srcdir)/tree.subr"

# Write the literal blocks of a section to files N.block in the test's folder.
blocks_make()
{
	awk -v section="$2" -v to="$OLDPWD" '
	    /^\.Sh/ { on = substr($0, 5) == section }
	    on && /^\.Bd/ { file = to "/" ++n ".block"; next }
	    /^\.Ed/ { file = "" }
	    file != "" { gsub(/\\e/, "\\"); print >file }' "src/man/$1"
}

test_case examples 'the configurations and tables of EXAMPLES have no fault'
examples_check()
{
	[ -x build/libvirt-guests ] || atf_skip "make was not run"
	[ "$(id -u)" -eq 0 ] || atf_skip "not root: no file is trusted"
	blocks_make libvirt-guests.8 EXAMPLES
	confs=0 tabs=0
	for block in "$OLDPWD"/*.block; do
		conf=/dev/null tab=/nonexistent
		case $(head -n 1 "$block") in
		\#* | \$* | SHUTDOWNCMD*)
			continue ;;
		[A-Z]*=*)
			conf=$block confs=$((confs + 1)) ;;
		*)
			tab=$block tabs=$((tabs + 1)) ;;
		esac
		build/libvirt-guests -f "$conf" -o GUESTTAB="$tab" \
		    -o HOOK_DIR=/nonexistent reload >"$OLDPWD/out" 2>&1 ||
		    fault "$(cat "$block" "$OLDPWD/out")"
	done
	[ "$confs,$tabs" = 5,1 ] ||
	    fault "$confs configurations, $tabs tables"
}

test_case samples 'README has the configurations of the manual'
samples_check()
{
	blocks_make libvirt-guests.8 EXAMPLES
	# The first three: small server, UPS, appliance.
	seen=0
	for block in "$OLDPWD"/*.block; do
		case $(head -n 1 "$block") in
		ON_BOOT=* | URIS=*)	;;
		*)	continue ;;
		esac
		[ "$(grep -c . "$block")" -ge 5 ] || continue
		seen=$((seen + 1))
		while read -r line; do
			grep -qF "	$line" README ||
			    fault "README has no $line"
		done <"$block"
	done
	[ $seen -eq 3 ] || fault "$seen configurations"
}

# The items of a section of libvirt-guests.8.
items()
{
	awk -v section="$1" '
	    /^\.Sh/ { on = substr($0, 5) == section }
	    on && /^\.It Cm/ { print $3 }' src/man/libvirt-guests.8 | sort
}

test_case logs 'LOGS has each init system'
logs_check()
{
	[ "$(items LOGS | wc -l)" -ge 10 ] || fault "$(items LOGS)"
	[ "$(items LOGS)" = "$(items "INIT SYSTEMS")" ] ||
	    fault "$(items LOGS), not $(items "INIT SYSTEMS")"
	# The log daemon adds them, or the item says who does.
	awk '/^\.Sh/ { on = $0 == ".Sh LOGS" }
	    on && /^\.(It Cm|El)/ {
		if (item != "" && !stamped)
			print item ": no time stamp"
		item = $3
		stamped = 0
	    }
	    on && /log daemon|time stamp/ { stamped = 1 }
	' src/man/libvirt-guests.8 >"$OLDPWD/bare"
	[ ! -s "$OLDPWD/bare" ] || fault "$(cat "$OLDPWD/bare")"
}

test_case windows 'no example ends the updates of a Windows guest by force'
windows_check()
{
	cat src/man/*.[58] README rc/libvirt-guests.tab |
	    grep 'microsoft.*destroy' >"$OLDPWD/rows"
	[ -s "$OLDPWD/rows" ] || fault "no example"
	while read -r _ _ chain limit _; do
		[ "$limit" -ge 600 ] || fault "$chain after $limit s"
	done <"$OLDPWD/rows"
}

# default KEY: as the program has it.
default()
{
	sed -n "s/.*KEY(\"$1\", [a-z_]*, [a-z]*, \"\([^\"]*\)\".*/\1/p" \
	    src/config/conf.c
}

test_case cost 'the cost of a stop by default is that of the defaults'
cost_check()
{
	tr '\n' ' ' <src/man/libvirt-guests.8 >"$OLDPWD/page"
	grep -q "Guests shut down one after another by default, each for up to $(
	    default SHUTDOWN_TIMEOUT) seconds, and are saved one at a time" \
	    "$OLDPWD/page" || fault "not $(default SHUTDOWN_TIMEOUT) seconds"
	[ "$(default PARALLEL_SHUTDOWN)" -le 1 ] || fault "not one by one"
	[ "$(default PARALLEL_SUSPEND)" -eq 1 ] || fault "not one at a time"
}
