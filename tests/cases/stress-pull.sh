# SPDX-License-Identifier: GPL-2.0
# about: pull out without notice and plug in under load, many times; memory stays flat
# tools: fio
# boot: own
# io-errors: expected
# timeout: 900

. /vgd/plug.sh
[ "$CFG_hotplug" = pcie ] || skip_case "only a port with hot-plug by PCIe can be pulled from"
plug_rounds pull
