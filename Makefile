# libvirt-guests: see README, and config.mk for what can be set.
.POSIX:

include config.mk

BIN = build/libvirt-guests

# Pure: no file descriptor, no clock, no printing.
PURE = src/buf.c src/conf.c src/domxml.c src/engine.c src/engine_act.c \
	src/engine_job.c src/errmsg.c src/escape.c src/family.c \
	src/forecast.c src/guest.c src/guesttab.c src/hint.c src/json.c \
	src/list.c src/lvconf.c src/lvmsg.c src/pattern.c src/plan.c \
	src/policy.c src/qmp.c src/queue.c src/shvar.c src/sooner.c src/uri.c \
	src/uris.c src/uuid.c src/xdr.c

EFFECTS = src/child.c src/control.c src/dial.c src/file.c src/hook.c \
	src/journal.c src/log.c src/loop.c src/monitor.c src/notify.c \
	src/probe.c src/progress.c src/rpc.c src/runlevel.c src/state.c \
	src/tcp.c src/verdict.c src/virt.c

# Where the two meet.
MEET = src/cmd.c src/cmd_answer.c src/cmd_clock.c src/cmd_drive.c \
	src/cmd_gather.c src/cmd_hook.c src/cmd_info.c src/cmd_join.c \
	src/cmd_net.c src/cmd_plan.c src/cmd_prepare.c src/cmd_ready.c \
	src/cmd_rescue.c src/cmd_round.c src/cmd_run.c src/cmd_start.c \
	src/cmd_stop.c src/cmd_survey.c src/cmd_task.c

COMPAT = compat/strlcat.c compat/strlcpy.c compat/strtonum.c

LIB = $(PURE) $(EFFECTS) $(MEET) $(COMPAT)

HEADERS = src/buf.h src/child.h src/cmd.h src/conf.h src/control.h src/dial.h \
	src/domxml.h src/engine.h src/engine_part.h src/errmsg.h src/escape.h \
	src/family.h src/file.h src/forecast.h src/guest.h src/guesttab.h \
	src/hint.h src/hook.h src/journal.h src/json.h src/list.h src/log.h \
	src/loop.h src/lvconf.h src/lvmsg.h src/lvproto.h src/monitor.h \
	src/notify.h src/pattern.h src/plan.h src/policy.h src/probe.h \
	src/progress.h src/qmp.h src/queue.h src/rpc.h src/runlevel.h \
	src/shvar.h src/sooner.h src/state.h src/tcp.h src/uri.h src/uris.h \
	src/uuid.h src/verdict.h src/virt.h src/xdr.h compat/compat.h

ALL_CPPFLAGS = $(CPPFLAGS) -Icompat -Isrc -DVERSION='"$(VERSION)"' \
	-DTLS_COMMAND='"$(TLS_COMMAND)"' \
	$(LIBBSD_CFLAGS_$(LIBBSD))
ALL_CFLAGS = $(WARN) $(HARDEN) $(SECTIONS) $(CFLAGS)

all: $(BIN)

$(BIN): src/main.c $(LIB) $(HEADERS) Makefile config.mk
	mkdir -p build
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) $(STATIC_$(STATIC)) \
	    -o $@ src/main.c $(LIB) $(LIBBSD_LIBS_$(LIBBSD))

# These two install what they need first, so that each works as the first
# command on a machine that has nothing yet.
demo:
	sh tests/deps demo
	$(MAKE) all
	sh tests/demo

check:
	sh tests/deps check
	$(MAKE) all check-build
	sh tests/run

# Whole hosts, made and booted; apart from check, for it takes its time.
check-boot:
	sh tests/deps boot
	$(MAKE) all
	sh tests/run -k tests/boot/Kyuafile

check-build:
	TEST_CC='$(TEST_CC)' TEST_CFLAGS='$(TEST_CFLAGS)' \
	    TEST_SANITIZE='$(TEST_SANITIZE)' sh tests/build $(LIB)

bench: all
	sh tests/bench

# rc/install.tab says what INIT brings; SBINDIR and the others: config.mk.
INSTALL = INIT='$(INIT)' DESTDIR='$(DESTDIR)' SBINDIR='$(SBINDIR)' \
	CONFDIR='$(CONFDIR)' SYSTEMDDIR='$(SYSTEMDDIR)' DATADIR='$(DATADIR)' \
	sh rc/install

install: all
	$(INSTALL) check
	mkdir -p "$(DESTDIR)$(SBINDIR)" "$(DESTDIR)$(MANDIR)/man8" \
	    "$(DESTDIR)$(MANDIR)/man5"
	cp $(BIN) "$(DESTDIR)$(SBINDIR)/libvirt-guests.new"
	$(STRIP) "$(DESTDIR)$(SBINDIR)/libvirt-guests.new"
	chmod 755 "$(DESTDIR)$(SBINDIR)/libvirt-guests.new"
	mv "$(DESTDIR)$(SBINDIR)/libvirt-guests.new" \
	    "$(DESTDIR)$(SBINDIR)/libvirt-guests"
	cp src/libvirt-guests.8 "$(DESTDIR)$(MANDIR)/man8"
	cp src/libvirt-guests.conf.5 src/guesttab.5 "$(DESTDIR)$(MANDIR)/man5"
	$(INSTALL) install

uninstall:
	rm -f "$(DESTDIR)$(SBINDIR)/libvirt-guests" \
	    "$(DESTDIR)$(MANDIR)/man8/libvirt-guests.8" \
	    "$(DESTDIR)$(MANDIR)/man5/libvirt-guests.conf.5" \
	    "$(DESTDIR)$(MANDIR)/man5/guesttab.5"
	$(INSTALL) uninstall

clean:
	rm -rf build
	rm -f tests/*_test

.PHONY: all demo check check-boot check-build bench install uninstall clean
