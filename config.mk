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

# The product: static, with musl where the machine has musl-gcc, else with the
# machine's own cc (which is musl on Alpine).  STATIC=no CC=cc LIBBSD=yes
# builds against the machine's libc and libbsd instead.
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
HARDEN = -fstack-protector-strong -D_FORTIFY_SOURCE=2
SECTIONS = -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
# Without noseparate-code three page boundaries make it 8 KiB bigger.
LDFLAGS = -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noseparate-code
STRIP = strip

# What the choices above mean; nothing to change.
STATIC_yes = -static
STATIC_no =
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
