# SPDX-License-Identifier: GPL-2.0
# about: what make demo shows; tests/demo prints it
# tools: mkfs.ext4 fio rngtest
# modules: ext4 crc32c_generic
# timeout: 150
# loads: no

# step KEY: do_KEY does it and leaves the figures in DETAIL; the host prints a row
step()
{
	DETAIL=
	_t0=$(now)
	if do_$1 >/tmp/log 2>&1; then
		echo "# fact: row $1 $(since $_t0) $DETAIL" >&3
		ok "$1"
	else
		cat /tmp/log
		echo "# fact: row $1 $(since $_t0) $DETAIL" >&3
		not_ok "$1"
	fi
}
# hundredths of a second
now() { cut -d' ' -f1 /proc/uptime | tr -d .; }
since() { awk -v a=$1 -v b=$(now) 'BEGIN { printf "%.1f", (b - a) / 100 }'; }
# rate MIB T0: MiB/s since then
rate() { awk -v m=$1 -v a=$2 -v b=$(now) 'BEGIN { printf "%.0f", m * 100 / (b > a ? b - a : 1) }'; }

do_modules()
{
	for m in $(cat /vgd/modules); do
		DETAIL="modprobe $m fails"
		modprobe $m || return 1
	done
	read -r whose </vgd/whose
	DETAIL="one of the kernel's own virtio modules is in the guest"
	[ "$whose" != ours ] || ! find /lib/modules/*/kernel -name 'virtio*' | grep . || return 1
	own=0 all=0
	for m in $(cut -d' ' -f1 /proc/modules | grep ^virtio); do
		all=$((all + 1))
		grep -q O /sys/module/$m/taint && own=$((own + 1))
	done
	DETAIL="$own of $all loaded virtio modules are of this tree"
	[ "$own" -gt 0 ] && [ "$own" = "$all" ]
}

# bound DRIVER: tell the host about the device, for the table on top
bound()
{
	DETAIL="no device is bound to the driver"
	dev=$(device_of $1) || return 1
	sys=/sys/bus/virtio/devices/$dev
	bus=$(basename "$(readlink -f $sys/..)")
	lines=$(interrupts $dev)
	kind=INTx
	case $CFG_transport in mmio*) kind=wired ;; esac
	echo "$lines" | grep -q MSI && kind=MSI-X
	names=$(echo "$lines" | awk '{ print $NF }' | sed "s/^$dev-//" | tr '\n' ',')
	queues=$(echo "$lines" | grep -vc -e "$dev-config")
	# a queue without a driver's name for its interrupt is not to be seen there
	[ $1 = virtio_blk ] && queues=$(ls -d $SYS/mq/[0-9]* 2>/dev/null | wc -l)
	fact "device $dev $1 $bus $(cat $sys/device) $(cat $sys/features) $queues $kind ${names%,}"
	DETAIL="$dev, status $(cat $sys/status)"
	[ $(($(cat $sys/status) & 0x84)) = 4 ]
}

do_blk()
{
	try_for 5 has_disk
	# what a device says that is on another transport is not worth a table
	(transport_as_configured) || { DETAIL="on another transport"; return 1; }
	bound virtio_blk && has_disk
}
do_rngdev() { bound virtio_rng; }

# mounted: without it the files would be written into the guest's memory
mounted()
{
	grep -q "^$DISK /mnt " /proc/mounts && return 0
	DETAIL="no file system is mounted"
	return 1
}

do_mkfs()
{
	DETAIL="mkfs.ext4 and mount fail"
	make_fs $DISK || return 1
	DETAIL="mkfs.ext4 on $(($(cat $SYS/size) / 2048)) MiB, mounted"
}

do_files()
{
	mounted || return 1
	t=$(now)
	random_file /mnt/large 12 || return 1
	mkdir /mnt/d
	for i in $(seq 1 40); do
		head -c $((i * 2357)) /mnt/large >/mnt/d/$i || return 1
	done
	sync || return 1
	DETAIL="41 files, $(du -sm /mnt | cut -f1) MiB written and synced, $(rate 14 $t) MiB/s"
	(cd /mnt && find . -type f | sort | xargs sha256sum) >/tmp/before
}

do_remount()
{
	mounted || return 1
	umount /mnt && echo 3 >/proc/sys/vm/drop_caches && mount -t ext4 $DISK /mnt || return 1
	read0=$(awk '{ print $3 }' $SYS/stat)
	(cd /mnt && find . -type f | sort | xargs sha256sum) >/tmp/after
	read1=$(awk '{ print $3 }' $SYS/stat)
	same_files=$(grep -cxFf /tmp/before /tmp/after)
	DETAIL="$same_files of $(wc -l </tmp/before) files have the same sha256 ($(((read1 - read0) / 2048)) MiB read)"
	cmp /tmp/before /tmp/after && [ "$same_files" = 41 ]
}

do_resize()
{
	mounted || return 1
	was=$(cat $SYS/size)
	DETAIL="the host's new size is not seen"
	host resize $((was * 512 + 67108864)) || return 1
	grown() { [ "$(cat $SYS/size)" = $((was + 131072)) ]; }
	try_for 5 grown || return 1
	DETAIL="$((was / 2048)) MiB, then $(($(cat $SYS/size) / 2048)) MiB, while mounted"
	echo x >/mnt/x && sync && rm /mnt/x && sync
}

gone() { ! has_disk; }

# Prints what was done.
unplug_and_plug()
{
	took=$(host unplug blk0) && try_for 5 gone || return 1
	host plug blk0 >/dev/null || return 1
	echo "gone after $took s"
}

# The same without hot-plug: its platform device loses the driver.
unbind_and_bind()
{
	place=$(basename "$(readlink -f /sys/bus/virtio/devices/$(device_of virtio_blk)/..)")
	echo $place >/sys/bus/platform/drivers/virtio-mmio/unbind && try_for 5 gone || return 1
	echo "$place unbound"
	echo $place >/sys/bus/platform/drivers/virtio-mmio/bind
}

do_replug()
{
	mounted || return 1
	umount /mnt || return 1
	DETAIL="the disk does not go away, or not come back"
	case $CFG_transport in
	mmio*) unbind_and_bind ;;
	*) unplug_and_plug ;;
	esac >/tmp/how || return 1
	try_for 10 has_disk && mount -t ext4 $DISK /mnt || return 1
	(cd /mnt && find . -type f | sort | xargs sha256sum) >/tmp/after
	DETAIL="$(cat /tmp/how), back, 41 files have the same sha256"
	cmp /tmp/before /tmp/after || { DETAIL="files differ after it"; return 1; }
	umount /mnt
}

do_fio()
{
	DETAIL="fio ends with an error"
	fio --name=demo --filename=$DISK --allow_file_create=0 --direct=1 --rw=randwrite --bs=4k \
	    --size=8m --ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 --minimal \
	    --output=/tmp/fio || return 1
	DETAIL="4 KiB random, depth 16, 8 MiB verified: $(awk -F';' 'NR == 1 {
		printf "%d writes/s, %d reads/s", $49, $8 }' /tmp/fio)"
}

do_rng()
{
	DETAIL="/dev/hwrng gives nothing"
	grep -q virtio_rng /sys/class/misc/hw_random/rng_current || return 1
	t=$(now)
	dd if=/dev/hwrng of=/tmp/r bs=64k count=16 iflag=fullblock || return 1
	speed=$(awk -v a=$t -v b=$(now) 'BEGIN { printf "%.1f", 100 / (b > a ? b - a : 1) }')
	rngtest </tmp/r 2>/tmp/report
	good=$(sed -n 's/.*FIPS 140-2 successes: //p' /tmp/report)
	bad=$(sed -n 's/.*FIPS 140-2 failures: //p' /tmp/report)
	DETAIL="$(($(stat -c %s /tmp/r) / 1024)) KiB, $speed MiB/s, rngtest: $good blocks good, $bad bad"
	[ "$(stat -c %s /tmp/r)" = 1048576 ] && [ "$good" -ge 415 ] && [ "$bad" -le 3 ]
}

step modules
step blk
step rngdev
step mkfs
step files
step remount
step resize
step replug
step fio
step rng
