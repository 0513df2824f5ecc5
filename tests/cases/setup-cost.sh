# SPDX-License-Identifier: GPL-2.0
# about: register accesses from probe to DRIVER_OK, ours and the kernel's own modules
# timeout: 120
# boot: own

need_disk
PERCENT=${PERCENT:-60}
TOTAL=${TOTAL:-100}

# cost DEVICE NUMBER LOAD...: accesses until DEVICE was set up by the command
cost()
{
	_device=$1 _number=$2
	shift 2
	host trace >/dev/null || return 1
	"$@" || return 1
	try_for 20 has_disk || return 1
	host count $_device $_number
}

load_intree()
{
	for _m in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci \
		virtio_mmio virtio_blk virtio-rng; do
		insmod /vgd/intree/$_m.ko || return 1
	done
}

unload_intree()
{
	for _m in virtio-rng virtio_blk virtio_mmio virtio_pci virtio_pci_modern_dev \
		virtio_pci_legacy_dev virtio virtio_ring; do
		rmmod $_m || return 1
	done
}

for d in blk:0 rng:1; do
	device=${d%:*} number=${d#*:}
	check "our modules out" unload_all
	ours=$(cost $device $number load_all) || die "no count of ours"
	queues=${ours#* } ours=${ours% *}
	check "our modules out again" unload_all
	theirs=$(cost $device $number load_intree) || die "no count of the kernel's own"
	their_queues=${theirs#* } theirs=${theirs% *}
	fact setup.$device "$ours accesses, $queues of them for queues; the kernel's own modules" \
		"$theirs and $their_queues"
	check "$device: something was counted" [ "$queues" -ge 3 -a "$their_queues" -ge 3 ]
	check "$device: for queues at most $PERCENT %: $queues to $their_queues" \
		[ $((100 * queues)) -le $((PERCENT * their_queues)) ]
	check "$device: in all at most $TOTAL %: $ours to $theirs" \
		[ $((100 * ours)) -le $((TOTAL * theirs)) ]
	check "the kernel's own modules out" unload_intree
	check "our modules in" load_all
	need_disk
done
