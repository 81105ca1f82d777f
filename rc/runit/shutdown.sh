# libvirt-guests (static): libvirt-guests(8)
#
# Stop the guests in stage 3 of runit, before the daemons are stopped.  Void
# runs every script in /etc/runit/shutdown.d, in the order of their names.
# Debian runs /etc/runit/rc.shutdown: call this script in its first line.
/usr/sbin/libvirt-guests stop
