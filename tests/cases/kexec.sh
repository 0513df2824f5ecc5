# SPDX-License-Identifier: GPL-2.0
# about: another kernel is started with I/O outstanding: no DMA into its memory, the disk works
# boot: own
# timeout: 240

[ -e /sys/kernel/kexec_loaded ] || skip_case "this kernel cannot start another one"

# The second kernel.  Before any driver is there, most of the memory is held and
# known to be zero while the host is free to end what the first kernel had asked
# for: a device that was not reset writes the contents of the disk there.
if [ -n "$BOOT" ]; then
	. /root/was
	check "the second kernel runs" grep -q vgd.kernel=second /proc/cmdline
	refused "no module is loaded" loaded virtio_ring
	mib=$(awk '/^MemAvailable:/ { print int($2 / 1024 / 2) }' /proc/meminfo)
	/root/kexec zeros $mib /tmp/go >/tmp/zeros &
	zeros=$!
	check "hold $mib MiB of zeroes" try_for 60 grep -q held /tmp/zeros
	check "the disk gets fast again" host throttle 0
	sleep 5
	: >/tmp/go
	wait $zeros
	same "they still are zeroes" $? 0
	cat /tmp/zeros

	check "load the modules" load_all
	features_as_configured
	transport_as_configured
	need_disk
	same "the first kernel's data" "$(disk_sum 4 0)" "$was"
	random_file /tmp/data 4
	sum=$(sha256sum </tmp/data | cut -d' ' -f1)
	check "write" dd if=/tmp/data of=$DISK bs=1M seek=32 oflag=direct
	same "what was written" "$(disk_sum 4 32)" "$sum"
	check "the rng works" dd if=/dev/hwrng of=/dev/null bs=4k count=1
	finish
fi

need_disk
random_file /tmp/data 4
was=$(sha256sum </tmp/data | cut -d' ' -f1)
check "write" dd if=/tmp/data of=$DISK bs=1M oflag=direct
random_file /tmp/data 12
check "write what will be read" dd if=/tmp/data of=$DISK bs=1M seek=8 oflag=direct
rm /tmp/data
echo "was=$was" >/root/was
check "pack the root file system" \
	sh -c 'cd / && find . -xdev ! -path ./root/kernel | cpio -o -H newc >/tmp/initrd'
/root/kexec load /root/kernel /tmp/initrd "$(cat /proc/cmdline) vgd.kernel=second" ||
	die "the second kernel cannot be loaded"
rm /tmp/initrd

# Two seconds each: most of them will be there when the second kernel is.
check "the disk gets slow" host throttle 65536
for i in $(seq 0 95); do
	dd if=$DISK of=/dev/null bs=128k skip=$((64 + i)) count=1 iflag=direct 2>/dev/null &
done
dd if=/dev/hwrng of=/dev/null bs=4k 2>/dev/null &
deep() { [ "$(awk '{ print $1 }' $SYS/inflight)" -ge 90 ]; }
check "90 reads are outstanding" try_for 60 deep
host comes_back $TESTS >/dev/null
/root/kexec start
die "the second kernel did not start"
