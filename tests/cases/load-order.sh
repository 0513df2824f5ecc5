# SPDX-License-Identifier: GPL-2.0
# about: modules in any order: each device ends on the transport that is its own
# boot: own
# loads: no
# timeout: 120

# function, driver of the function, VERSION_1: what the devices of the
# configuration are is in tests/matrix, where they are in harness/qemu.py.
MODERN=0000:01:00.0
TRANSITIONAL=0000:02:00.0
LEGACY=0000:03:00.0
TAKEN="$MODERN virtio-pci 1
$TRANSITIONAL virtio-pci 1
$LEGACY virtio-pci-legacy 0"
FORCED="$MODERN virtio-pci 1
$TRANSITIONAL virtio-pci-legacy 0
$LEGACY virtio-pci-legacy 0"

bound() { [ "$(ls -d /sys/bus/virtio/devices/virtio*/driver | wc -l)" = "$1" ]; }

# who: which transport has which function
who()
{
	for v in /sys/bus/virtio/devices/virtio*; do
		echo "$(basename "$(readlink -f "$v/..")") $(transport_of "${v##*/}")"
	done | sort
}

# empty: take all of ours out, whatever was loaded
empty()
{
	for m in $(tac /vgd/modules); do
		loaded $m || continue
		rmmod $m || return 1
	done
}

# works: all three devices do what they are for
works()
{
	try_for 10 has_disk &&
		dd if=$DISK of=/dev/null bs=64k count=4 iflag=direct || return 1
	for r in $(tr ' ' '\n' </sys/class/misc/hw_random/rng_available | grep virtio_rng); do
		echo $r >/sys/class/misc/hw_random/rng_current &&
			dd if=/dev/hwrng of=/dev/null bs=1k count=1 iflag=fullblock || return 1
	done
}

# order EXPECTED MODULE...: load them, look, and take them out
order()
{
	expected=$1
	shift
	echo "# $*"
	for m in "$@"; do
		modprobe $m || die "$m does not load"
	done
	check "all devices have drivers: $*" try_for 10 bound 3
	same "on their transports" "$(who)" "$expected"
	check "they work" works 2>/dev/null
	check "unload" empty
}

order "$TAKEN" virtio_pci_modern virtio_pci_legacy virtio_blk virtio_rng
order "$TAKEN" virtio_pci_legacy virtio_pci_modern virtio_blk virtio_rng
order "$TAKEN" virtio_rng virtio_blk virtio_pci_legacy virtio_pci_modern
order "$TAKEN" virtio_blk virtio_pci_legacy virtio_rng virtio_pci_modern
order "$TAKEN" virtio_pci_modern virtio_rng virtio_pci_legacy virtio_blk

# One transport alone leaves what is the other's, also for the rest of time.
modprobe -a virtio_blk virtio_rng virtio_pci_legacy
same "the legacy transport alone" "$(who)" "$LEGACY virtio-pci-legacy 0"
modprobe virtio_pci_modern
same "with the modern one" "$(who)" "$TAKEN"
check "unload the legacy one" rmmod virtio_pci_legacy
same "the modern transport alone" "$(who)" "$(echo "$TAKEN" | head -n 2)"
check "unload" empty

for first in virtio_pci_legacy virtio_pci_modern; do
	modprobe virtio_pci force_legacy=1
	order "$FORCED" $first virtio_pci_modern virtio_pci_legacy virtio_rng virtio_blk
done
