# SPDX-License-Identifier: GPL-2.0
# about: unplug and replug under load, many times; memory stays flat
# tools: fio
# boot: own
# io-errors: expected
# timeout: 1200

. /vgd/plug.sh
plug_rounds unplug
