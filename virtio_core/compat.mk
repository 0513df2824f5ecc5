# SPDX-License-Identifier: GPL-2.0
# Probes of the target kernel's headers.  Each answer is one -DHAVE_*; only
# compat.h may look at them.  Version numbers are never asked: distributions
# carry changes back.

compat-hdr = $(srctree)/include/$(1)
compat-has = $(if $(shell grep -s -m1 -e '$(2)' $(call compat-hdr,$(1))),-D$(3))

compat-flags := \
	$(call compat-has,linux/virtio_config.h,struct virtqueue_info,HAVE_VIRTQUEUE_INFO)
