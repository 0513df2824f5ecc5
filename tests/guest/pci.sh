# SPDX-License-Identifier: GPL-2.0
# PCI functions as the guest sees them: names, configuration space.

PCI=/sys/bus/pci/devices

# function_of DEVICE: the PCI function of a virtio device; port_of: what is
# above it
function_of() { basename "$(realpath "/sys/bus/virtio/devices/$1/..")"; }
port_of() { basename "$(realpath "/sys/bus/virtio/devices/$1/../..")"; }

# get_config FUNCTION OFFSET: a word of configuration space, in decimal
get_config()
{
	echo $((0x$(dd if=$PCI/$1/config bs=2 skip=$(($2 / 2)) count=1 2>/dev/null |
		hexdump -e '1/2 "%04x"')))
}

# set_config FUNCTION OFFSET VALUE: write a word, in one access
set_config()
{
	printf "\\$(printf %03o $(($3 & 255)))\\$(printf %03o $(($3 >> 8)))" |
		dd of=$PCI/$1/config bs=2 seek=$(($2 / 2)) conv=notrunc 2>/dev/null
}

# capability FUNCTION ID: where it is; fails when there is none
capability()
{
	_at=$(($(get_config $1 52) & 252))
	while [ $_at != 0 ]; do
		_word=$(get_config $1 $_at)
		[ $((_word & 255)) != $(($2)) ] || { echo $_at; return 0; }
		_at=$((_word >> 8 & 252))
	done
	return 1
}

# PCI Bus Power Management: the Control/Status register, and what it says of the
# way back from D3hot.
PM_CTRL=4 PM_NO_SOFT_RESET=8

# no_soft_reset FUNCTION: on, off, or none without the capability
no_soft_reset()
{
	_at=$(capability $1 1) || { echo none; return; }
	if [ $(($(get_config $1 $((_at + PM_CTRL))) & PM_NO_SOFT_RESET)) = 0 ]; then echo off; else echo on; fi
}
