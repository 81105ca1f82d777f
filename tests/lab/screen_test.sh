#!/usr/bin/env atf-sh
#
# What a stop shows on a terminal: that of tmux.

# shellcheck source-path=SCRIPTDIR source=cmd.subr
. "$(atf_get_srcdir)/cmd.subr"

term()
{
	tmux -S "$PWD/tmux" "$@"
}

# term_run COMMAND [VARIABLE...]: it runs on a terminal of 80 columns and
# $lines lines.
term_run()
{
	step term_run "$*"
	term_command=$1
	shift
	echo "set -g history-limit 0" >tmux.conf
	term -f tmux.conf new-session -d -x 80 -y ${lines-24} "trap : INT
		env $* '$LIBVIRT_GUESTS' $term_command
		echo exit \$?
		exec sleep 600" || fail "tmux: exit $?"
}

# The next session would find a server that is ending.
term_end()
{
	term_pid=$(term display-message -p "#{pid}")
	term kill-server
	lab_wait_until lab_not kill -0 "$term_pid"
}

# seen REGEX [REGEX]...: lines that are on the terminal at the same time.
seen()
{
	term capture-pane -p | sed "s/ *\$//" >shown || return
	for regex; do
		grep -Eq -e "$regex" shown || return
	done
}

sees()
{
	step sees "$*"
	lab_wait_until seen "$@" || fail "not seen: $* $(cat shown)"
}

red()
{
	term capture-pane -p -e | grep -q "31mFAILED"
}

# No line is wrapped, and none of an older table is left.
once()
{
	for regex in " GUEST " " g1 " " g2 " " g3 " " g4 " " g5 "; do
		is "lines with $regex" 1 grep -c -e "^$regex" shown
	done
}

lab_case table 'a row a guest, at each size of the terminal; TERM=dumb: lines' \
    '-b obey -b obey -b ignore -b obey -b obey'
table_lab()
{
	command -v tmux >/dev/null || fail "no tmux"
	conf ON_SHUTDOWN=shutdown,suspend SHUTDOWN_TIMEOUT=600 \
	    PARALLEL_SHUTDOWN=5 SUSPEND_TIMEOUT=60
	term_run stop
	sees "^ 5 guests, 4 done   elapsed [0-9:]+   ends by [0-9:]{8} \\([0-9:]+ left\\)\$" \
	    "^ Waiting for g3, at most [0-9:]+\$" \
	    "^ GUEST  NOW +SO FAR   LIMIT  THEN\$" \
	    "^ g3     asked .*[0-9]:[0-9]+ +(9|10):[0-9]+  suspend\$" \
	    "^ g1     off +[0-9]+:[0-9]+\$" \
	    "^ \\^C ends this run \\(guests stay\\)   hurry: kill -USR1 [0-9]+\$"
	once
	hasnt shown "Starting shutdown|Waiting for guest"
	has shown "^Running guests on "
	term resize-window -x 40 -y 20
	sees "^ 5 guests, 4 done, [0-9:]+, [0-9:]+\$" "^ GUEST  NOW +SO FAR\$" \
	    "^ hurry: kill -USR1 [0-9]+\$"
	once
	term resize-window -x 200 -y 50
	sees "^ GUEST  NOW +SO FAR   LIMIT  THEN\$" \
	    "^ \\^C ends this run \(guests stay\) "
	once
	term send-keys C-c
	sees "^exit 1\$" "^5 guests: 4 off, 1 interrupted\$" \
	    "^ 5 guests, 4 done, 1 failed " "^ g3     FAILED: interrupted\$" \
	    "^libvirt-guests: $uri: guest g3: interrupted\$"
	once
	is hints 1 grep -c "^libvirt-guests: guest g3 still runs; look with " \
	    shown
	has shown "^ 1 of 5 guests failed\$"
	has shown "^Details: libvirt-guests report\$"
	red || fail "no red"
	all running g3
	term_end
	term_run stop NO_COLOR=1
	sees "^ g3     asked "
	term send-keys C-c
	sees "^ g3     FAILED: interrupted\$" "^exit 1\$"
	! red || fail "red"
	term_end
	# Without replaced lines.
	term_run stop TERM=dumb
	sees "^Starting shutdown on guest: g3\$" "^Waiting for 1 guests to shut down, [0-9]+ seconds left\$"
	term send-keys C-c
	sees "^exit 1\$" "^1 guest: 1 interrupted\$"
	hasnt shown "^ GUEST |^Details"
	term_end
	# A plan that is too wide has reasons on lines of their own.
	term_run plan
	sees "^#  ORDER  GUEST  CHAIN +FROM  UNTIL$" \
	    "^    $uri, mode default: ON_SHUTDOWN of /etc/conf.d/" \
	    "^1  -      g3     shutdown 600 s, suspend 60 s  0 s   690 s$" \
	    "^worst case: 690 s$"
	term_end
	# The last table leaves room for what follows it.
	lab_virsh destroy g3 >/dev/null
	lines=11 term_run start
	sees "^ 5 guests, 5 done   elapsed [0-9:]+$" "^ All guests are done$" \
	    "^ \+3 done$" "^5 guests: 5 started$" "^exit 0$"
	term_end
}

atf_init_test_cases()
{
	cmd_cases
}
