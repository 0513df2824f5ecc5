# SPDX-License-Identifier: GPL-2.0
# Ports of a virtio console device, for cases that have the device ser0.

PORTS=/sys/class/virtio-ports

# node_of NAME: the device node of the port of that name
node_of()
{
	for _p in $PORTS/vport*; do
		[ "$(cat $_p/name)" = "$1" ] && { echo /dev/${_p##*/}; return 0; }
	done
	return 1
}

# names: of all ports, sorted
names() { cat $PORTS/vport*/name | grep . | sort | tr '\n' ' '; }

has_port() { node_of "$1" >/dev/null; }
no_port() { ! has_port "$1"; }
all_ports() { [ "$(names)" = "vgd.a vgd.b vgd.c vgd.d " ]; }

# state NODE KEY: what debugfs says
state() { sed -n "s/^$2: //p" /sys/kernel/debug/virtio-ports/${1##*/}; }

# is NODE KEY VALUE
is() { [ "$(state $1 $2)" = "$3" ]; }

# consoles: the ttys of the ports that are consoles, hvc0 hvc1 ...
consoles()
{
	dmesg | sed -n 's/.*virtio-ports vport[0-9p]*: console \(hvc[0-9]*\)$/\1/p' | tail -n ${1:-2}
}

need_ports() { try_for 10 all_ports || die "the ports do not appear: $(names)"; }
