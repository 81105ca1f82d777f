# libvirt-guests: see README, and config.mk for what can be set.
.POSIX:

include config.mk

BIN = build/libvirt-guests

# Objects are beside the program: two builds share none.
OBJ = $(BIN).obj
TEST_OBJ = build/test

ALL_CPPFLAGS = $(CPPFLAGS) -Icompat -iquote src -DVERSION='"$(VERSION)"' \
	-DTLS_COMMAND='"$(TLS_COMMAND)"' \
	$(LIBBSD_CFLAGS_$(LIBBSD)) $(STATIC_CFLAGS_$(STATIC))
# No path of the machine: the program has the same bytes in each folder.
ALL_CFLAGS = $(WARN) $(HARDEN) $(SECTIONS) $(CFLAGS) \
	-fdebug-prefix-map="$$PWD"=.
COMPILE = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)
LINK = $(CC) $(ALL_CFLAGS) $(LDFLAGS) $(STATIC_$(STATIC))

TEST_COMPILE = $(TEST_CC) $(CPPFLAGS) -Icompat -iquote src -iquote tests/tools \
	$(TEST_WARN) $(TEST_CFLAGS) $(TEST_SANITIZE)
TEST_LINK = $(TEST_CC) $(TEST_SANITIZE)
# sanitize.o by name: nothing refers to it.
TEST_LIBS = $(TEST_OBJ)/tests/tools/sanitize.o $(TEST_OBJ)/lib.a -latf-c

all: $(BIN)

# What each object is made of, told from the folders.
RULES != sh src/rules
include build/rules.mk

$(BIN): $(OBJECTS)
	@echo ld $@
	@$(LINK) -o $@ $(OBJECTS) $(LIBBSD_LIBS_$(LIBBSD))

$(TEST_OBJ)/lib.a: $(TEST_LIBRARY)
	@echo ar $@
	@rm -f $@
	@ar rc $@ $(TEST_LIBRARY)

# A build with other flags makes all objects anew.
$(OBJ)/flags: force
	@set -- $(CC); command -v "$$1" >/dev/null || { \
	    echo "no compiler $$1: set CC, or run, as root, \"sh" \
	    "tests/tools/deps build\"" >&2; exit 1; }
	@mkdir -p $(OBJ)
	@echo $(COMPILE) $(WARN_WIRE) $(LINK) >$@.new
	@cmp -s $@.new $@ || cp $@.new $@

$(TEST_OBJ)/flags: force
	@mkdir -p $(TEST_OBJ)
	@echo $(TEST_COMPILE) >$@.new
	@cmp -s $@.new $@ || cp $@.new $@

force:

# The targets that install what they need first work as the first command on
# a machine that has nothing yet.
JOBS = -j "$$(getconf _NPROCESSORS_ONLN)"

demo:
	sh tests/tools/deps demo
	$(MAKE) $(JOBS) all
	sh tests/tools/demo

# What is fetched comes while the program is built.
check:
	sh tests/tools/deps check
	sh tests/tools/fetch-all openrc script >/dev/null 2>&1 </dev/null &
	$(MAKE) $(JOBS) all check-build check-variants
	sh tests/run

# What one types while editing: modules, engine, a real stop and start.
check-quick:
	sh tests/tools/deps check
	$(MAKE) $(JOBS) all check-build
	sh tests/run tests/unit tests/lab/stop_test.sh:suspend

# Whole hosts and guests, made and booted: it takes its time.
check-boot:
	sh tests/tools/deps boot
	sh tests/tools/fetch-all kernel trixie >/dev/null 2>&1 </dev/null &
	$(MAKE) $(JOBS) all
	sh tests/run -k tests/boot/Kyuafile

# The lab with a program that has sanitizers: as long as make check.
check-sanitized:
	sh tests/tools/deps check
	$(MAKE) $(JOBS) all check-build
	sh tests/tools/sanitized

check-build: $(TEST_PROGRAMS)

# The last one takes minutes.
ANALYZERS = shell cppcheck gcc tidy

lint:
	sh tests/tools/deps check
	sh tests/tools/lint -a "$(ANALYZERS)"

# Every text of the program: FILE:LINE: TEXT.
messages:
	@mkdir -p build
	sh tests/tools/messages >build/messages.txt

# The program as tests need it, built here by all processors; a test tells of
# it if one fails.
check-variants: variant-checked variant-other

variant-checked:
	+@sh tests/tools/variant checked >/dev/null || true

variant-other:
	+@sh tests/tools/variant other >/dev/null || true

# Each moment of a stop, a start and a restart; `make check` has some of them.
torture:
	sh tests/tools/deps check
	$(MAKE) $(JOBS) all
	sh tests/tools/torture kill errors short power proxy qemu

# So long for each harness of tests/fuzz.
SECONDS = 60

fuzz:
	sh tests/tools/deps check
	$(MAKE) $(JOBS) check-build
	sh tests/tools/fuzz $(SECONDS)
	sh tests/tools/fuzz dash 20000

bench:
	sh tests/tools/deps demo
	$(MAKE) $(JOBS) all
	sh tests/tools/bench

# rc/install.tab says what INIT brings; SBINDIR and the others: config.mk.
INSTALL = INIT='$(INIT)' DESTDIR='$(DESTDIR)' SBINDIR='$(SBINDIR)' \
	CONFDIR='$(CONFDIR)' SYSTEMDDIR='$(SYSTEMDDIR)' DATADIR='$(DATADIR)' \
	SHIM='$(SHIM)' BASHDIR='$(BASHDIR)' ZSHDIR='$(ZSHDIR)' \
	FISHDIR='$(FISHDIR)' sh rc/install

install: all
	$(INSTALL) check
	mkdir -p "$(DESTDIR)$(SBINDIR)" "$(DESTDIR)$(MANDIR)/man8" \
	    "$(DESTDIR)$(MANDIR)/man5"
	cp $(BIN) "$(DESTDIR)$(SBINDIR)/libvirt-guests.new"
	$(STRIP) "$(DESTDIR)$(SBINDIR)/libvirt-guests.new"
	chmod 755 "$(DESTDIR)$(SBINDIR)/libvirt-guests.new"
	mv "$(DESTDIR)$(SBINDIR)/libvirt-guests.new" \
	    "$(DESTDIR)$(SBINDIR)/libvirt-guests"
	cp src/man/libvirt-guests.8 "$(DESTDIR)$(MANDIR)/man8"
	cp src/man/libvirt-guests.conf.5 src/man/guesttab.5 \
	    "$(DESTDIR)$(MANDIR)/man5"
	$(INSTALL) install

uninstall:
	rm -f "$(DESTDIR)$(SBINDIR)/libvirt-guests" \
	    "$(DESTDIR)$(MANDIR)/man8/libvirt-guests.8" \
	    "$(DESTDIR)$(MANDIR)/man5/libvirt-guests.conf.5" \
	    "$(DESTDIR)$(MANDIR)/man5/guesttab.5"
	$(INSTALL) uninstall

# The same bytes from the same sources: rc/dist.
dist:
	@sh rc/dist $(VERSION) build

# A package for Debian: rc/deb.
deb: all
	@MAKE='$(MAKE)' sh rc/deb '$(BIN)' $(VERSION) build

clean:
	rm -rf build
	rm -f $(TEST_PROGRAMS)

.PHONY: all demo check check-quick check-boot check-sanitized check-build \
	check-variants variant-checked variant-other lint messages torture \
	fuzz bench install uninstall dist deb clean force
