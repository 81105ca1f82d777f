# libvirt-guests (static): libvirt-guests(8)
#
# Stage 3 of runit, before it stops the daemons.  Void runs every script of
# /etc/runit/shutdown.d (05-libvirt-guests.sh comes first there); Debian runs
# /etc/runit/rc.shutdown, into which this line goes.
/usr/sbin/libvirt-guests stop
