# SPDX-License-Identifier: GPL-2.0
# about: devices are named through sysfs, strings that make no sense are refused, a place is taken once
# timeout: 60

need_disk
parameter=/sys/module/virtio_mmio/parameters/device
drivers=/sys/bus/platform/drivers/virtio-mmio
said() { dmesg | grep -q "$1"; }
# why TEXT: prints the error of a write that has to fail
why() { echo "$1" 2>&1 >$parameter | sed 's/.*: //'; }
rng_works() { dd if=/dev/hwrng of=/dev/null bs=512 count=4 iflag=fullblock; }

check "the driver has its name" [ -d $drivers ]
named=$(tr ' ' '\n' </proc/cmdline | sed -n 's/^virtio_mmio\.device=//p')
same "as many devices as were named at first" "$(wc -l <$parameter)" "$(echo "$named" | grep -c .)"
[ -z "$named" ] || same "they are shown" "$(head -n 1 $parameter)" "0x200@0x$(echo "$named" |
	sed -n '1s/^512@0x\(.*\):\(.*\)/\1:\2:0/p')"

for text in 512 512@0x1000 512@0x1000:5:x 255@0x1000:5 512@0x1002:5 512@0x1000:0 512@-1:5 512@0x1000:5:1:1; do
	same "'$text'" "$(why $text)" "Invalid argument"
	check "  the log says why" said "virtio_mmio: device=$text: "
done

# A place without a device: nothing is said of it.
echo 512@0xfeb00000:5:70 >$parameter || not_ok "a place without a device"
same "nothing is said" "$(dmesg | grep -F virtio-mmio.70)" ""
check "is a device of the platform" [ -e /sys/devices/virtio-mmio-cmdline/virtio-mmio.70 ]
refused "which nobody drives" [ -e /sys/devices/virtio-mmio-cmdline/virtio-mmio.70/driver ]
same "it is shown" "$(tail -n 1 $parameter)" 0x200@0xfeb00000:5:70
same "the same bytes again" "$(why 512@0xfeb00100:6)" "File exists"
same "the same number again" "$(why 512@0xfeb00200:6:70)" "File exists"
check "no device at all is named" sh -c "echo 512@0xfd000000:5:71 >$parameter"
check "  and the log says so" said "virtio-mmio.71: no virtio device: magic value"

# Numbers go on from the largest.
check "a smaller number is named" sh -c "echo 512@0xfd001000:5:60 >$parameter"
check "and no number" sh -c "echo 512@0xfd002000:5 >$parameter"
same "  which is the next" "$(tail -n 1 $parameter)" 0x200@0xfd002000:5:72

# The entropy device, which has a name already.
dev=$(device_of virtio_rng) || die "no device is bound to virtio_rng"
place=$(basename "$(readlink -f /sys/bus/virtio/devices/$dev/..)")
irq=$(interrupts $dev | sed 's/^ *\([0-9]*\):.*/\1/')
start=$(sed -n "s/^ *\([0-9a-f]*\)-[0-9a-f]* : $place\$/\1/p" /proc/iomem | head -n 1)
if [ "$CFG_discovery" = acpi ]; then
	check "a place that is taken can be named" sh -c "echo 512@0x$start:$irq:73 >$parameter"
	refused "  but not driven twice" [ -e /sys/devices/virtio-mmio-cmdline/virtio-mmio.73/driver ]
	check "the entropy device works" rng_works
	check "it is let go" sh -c "echo $place >$drivers/unbind"
	refused "no entropy" rng_works
	check "the other name takes it" sh -c "echo virtio-mmio.73 >$drivers/bind"
	check "the entropy device works by that name" try_for 5 rng_works
	same "it is named" "$(basename "$(readlink -f /sys/bus/virtio/devices/$(device_of virtio_rng)/..)")" \
		virtio-mmio.73
	check "it is let go" sh -c "echo virtio-mmio.73 >$drivers/unbind"
	check "and taken back" sh -c "echo $place >$drivers/bind"
else
	check "it is let go" sh -c "echo $place >$drivers/unbind"
	check "and taken back" sh -c "echo $place >$drivers/bind"
fi
check "the entropy device works again" try_for 5 rng_works

# QEMU offers VIRTIO_F_RING_RESET without the register for it.
disk=$(device_of virtio_blk)
if [ "$(feature $disk 40)" = 1 ]; then
	size=$(cat $SYS/queue_size)
	refused "the rings cannot change" sh -c "echo $((size / 2)) >$SYS/queue_size"
	check "  the log says why" said "does not know QueueReset"
	same "they are as they were" "$(cat $SYS/queue_size)" "$size"
fi
check "the disk works" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct

# The parameter is as empty as it was when all is loaded again.
check "unload" unload_all
refused "the named devices are gone" [ -e /sys/devices/virtio-mmio-cmdline ]
check "load" load_all
same "as many devices as at first" "$(wc -l <$parameter)" "$(echo "$named" | grep -c .)"
check "a bad string fails the load" sh -c "rmmod virtio_mmio && ! modprobe virtio_mmio device=512@0x1000"
check "and the next load works" modprobe virtio_mmio
need_disk
