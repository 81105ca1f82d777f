#!/bin/sh
# libvirt-guests (static): for units and hooks that call libvirt-guests.sh.
exec /usr/sbin/libvirt-guests "$@"
