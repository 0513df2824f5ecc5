# SPDX-License-Identifier: GPL-2.0
# about: the host reads and writes the memory of a guest that runs
# boot: own
# memory: shared
same "what QEMU reads is what the harness wrote" "$(host poke 36864 90)" 90
same "and once more" "$(host poke 36864 165)" 165
refused "an address behind the memory" host poke 1099511627776 1
