################################################################################
#
# libvirt-guests
#
################################################################################

LIBVIRT_GUESTS_VERSION = 0.1
LIBVIRT_GUESTS_SITE = $(TOPDIR)/../libvirt-guests
LIBVIRT_GUESTS_SITE_METHOD = local
LIBVIRT_GUESTS_LICENSE = ISC
LIBVIRT_GUESTS_LICENSE_FILES = LICENSE
# The unit replaces that of libvirt, which is installed before.
LIBVIRT_GUESTS_DEPENDENCIES = $(if $(BR2_PACKAGE_LIBVIRT),libvirt)

# uClibc may lack rcrt1.o.
LIBVIRT_GUESTS_STATIC = $(if $(BR2_TOOLCHAIN_USES_UCLIBC),nopie,yes)
LIBVIRT_GUESTS_MAKE_OPTS = CC="$(TARGET_CC)" STRIP=: WARN=-std=c11 \
	STATIC=$(if $(BR2_STATIC_LIBS),$(LIBVIRT_GUESTS_STATIC),no)

define LIBVIRT_GUESTS_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D) $(LIBVIRT_GUESTS_MAKE_OPTS)
endef

define LIBVIRT_GUESTS_INSTALL_TARGET_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D) $(LIBVIRT_GUESTS_MAKE_OPTS) \
		DESTDIR=$(TARGET_DIR) install
endef

# rcS runs S??* in order and rcK in reverse order, so that S99 is started last
# and stopped first.
define LIBVIRT_GUESTS_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 755 $(@D)/sysvinit/libvirt-guests.init \
		$(TARGET_DIR)/etc/init.d/S99libvirt-guests
endef
define LIBVIRT_GUESTS_INSTALL_INIT_SYSTEMD
	$(INSTALL) -D -m 644 $(@D)/rc/systemd/libvirt-guests.service \
		$(TARGET_DIR)/usr/lib/systemd/system/libvirt-guests.service
endef

$(eval $(generic-package))
