# Values for Makefile; override them here or on the command line of make.

VERSION = 0.1

PREFIX = /usr
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
DESTDIR =

# The init system that `make install` is for: openrc, sysvinit, systemd,
# upstart, runit, s6, dinit, finit, procd, busybox, or none.
INIT = none
# Where the configuration goes; empty: /etc/conf.d for openrc, else
# /etc/sysconfig where that is, else /etc/default.
CONFDIR =
# For packages of a distribution: /usr/lib/systemd/system.
SYSTEMDDIR = /etc/systemd/system
DATADIR = $(PREFIX)/share/libvirt-guests
# A script that calls the program, for units and hooks that call the script of
# libvirt.  It can have the path of that script, which is kept as *.orig then:
# /usr/libexec/libvirt-guests.sh or /usr/lib/libvirt/libvirt-guests.sh.
SHIM = $(DATADIR)/libvirt-guests.sh
# Completions of the command line.  Debian's zsh reads those of packages in
# /usr/share/zsh/vendor-completions: make install without DESTDIR puts it there.
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d

# The product: static, with musl where the machine has musl-gcc, else with the
# machine's own cc (which is musl on Alpine).  STATIC=no CC=cc LIBBSD=yes
# builds against the machine's libc and libbsd instead.  STATIC=nopie is for a
# libc without rcrt1.o: the program is at fixed addresses then.
CC = $$(command -v musl-gcc || echo cc)
STATIC = yes
LIBBSD = no

# The program that speaks TLS for tls:// URIs; its words are separated by
# blanks, and it takes the options of openssl s_client.
TLS_COMMAND = openssl s_client

CPPFLAGS = -D_GNU_SOURCE
CFLAGS = -Os -g
WARN = -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wformat=2 -Wundef -Wvla \
	-Wno-missing-field-initializers -Werror
# Besides, for src/text and src/wire.
WARN_WIRE = -Wconversion -Wsign-conversion
HARDEN = -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
SECTIONS = -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
# Without noseparate-code three page boundaries make it 8 KiB bigger.
LDFLAGS = -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noseparate-code
STRIP = strip

# What the choices above mean; nothing to change.
# musl-gcc knows no -static-pie, so its parts are named; compat/start.c is in
# place of crti.o.  Packed relocations save 30 KB; an old musl needs processors
# here whose linker leaves its start without relocations.
PACK = $$(case $$($(CC) -dumpmachine) in (x86_64*|i?86*) \
	echo ,-z,pack-relative-relocs;; esac)
# Optimized as a whole, the program is 5 KB smaller; tests read its objects.
STATIC_CFLAGS_yes = -DSTATIC_PIE -flto=auto -ffat-lto-objects
STATIC_CFLAGS_nopie =
STATIC_CFLAGS_no =
STATIC_yes = -static -nostartfiles \
	-Wl,-pie,--no-dynamic-linker,-z,text$(PACK) \
	-Wl,-l:rcrt1.o
STATIC_nopie = -static -no-pie
STATIC_no = -pie
LIBBSD_CFLAGS_yes = $$(pkg-config --cflags libbsd-overlay) -DHAVE_LIBBSD
LIBBSD_CFLAGS_no =
LIBBSD_LIBS_yes = $$(pkg-config --libs libbsd-overlay)
LIBBSD_LIBS_no =

# Test programs are built with the machine's compiler, beside the product:
# Kyua's libatf-c comes with the machine's libc.  Empty TEST_SANITIZE where that
# has no such libraries.
TEST_CC = cc
TEST_WARN = -std=c11 -Wall -Wextra -Werror -Wno-missing-field-initializers
TEST_CFLAGS = -O0 -g
TEST_SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
