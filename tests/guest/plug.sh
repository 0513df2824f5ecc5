# SPDX-License-Identifier: GPL-2.0
# Devices that come and go: out by the host's wish, or pulled out of their slot
# without notice; in again; many times.  Expects fio.

. /vgd/pci.sh

# PCI Express Base: offset into the capability, and bits, of Slot Control.
EXP_SLTCTL=24
SLTCTL_HPIE=$((1 << 5)) SLTCTL_PIC_OFF=$((3 << 8)) SLTCTL_PCC=$((1 << 10))

# pull PORT [quietly]: take the device out of a slot.  When a slot's power is
# switched off QEMU does it at once and asks nobody; with the power on again, the
# kernel finds what a hand would have left.  quietly: the port does not tell.
pull()
{
	_at=$(($(capability $1 16) + EXP_SLTCTL)) || return 1
	_was=$(get_config $1 $_at)
	set_config $1 $_at $(((_was | SLTCTL_PCC | SLTCTL_PIC_OFF) & ~SLTCTL_HPIE)) &&
		set_config $1 $_at $((_was & ~SLTCTL_HPIE)) || return 1
	[ -n "$2" ] || tell $1
}

# tell PORT: let the port speak again, of what has happened as well
tell()
{
	_at=$(($(capability $1 16) + EXP_SLTCTL)) || return 1
	set_config $1 $_at $(($(get_config $1 $_at) | SLTCTL_HPIE))
}

# empty PORT: the kernel is done with what was in the slot.  Only then it heeds
# what is put in.
empty()
{
	_at=$(($(capability $1 16) + EXP_SLTCTL)) || return 1
	[ $(($(get_config $1 $_at) & SLTCTL_PIC_OFF)) = $SLTCTL_PIC_OFF ]
}

gone() { ! has_disk; }
away() { [ ! -e "$1" ]; }
# The core names it so until another one is there.
have_rng() { [ "$(cat /sys/class/misc/hw_random/rng_current)" = virtio_rng.0 ]; }

# load: fio on the disk, until it fails; $load is its process
load()
{
	fio --name=load --filename=$DISK --allow_file_create=0 --direct=1 --rw=randrw --bs=4k --size=64m \
		--time_based --runtime=100 --ioengine=libaio --iodepth=32 --thread >/tmp/fio 2>&1 &
	load=$!
	try_for 20 busy || { echo "no load"; return 1; }
}
busy() { [ "$(awk '{ print $1 + $5 }' $SYS/stat)" -gt 200 ]; }

# plug_in PORT DEVICE: once the slot takes it
plug_in()
{
	[ "$CFG_hotplug" = acpi ] || try_for 10 empty "$1" || { echo "the slot is not empty"; return 1; }
	host plug "$2" >/dev/null
}

# take_out unplug|pull DEVICE PORT
take_out()
{
	if [ $1 = pull ]; then pull $3 && host pulled $2; else host unplug $2; fi >/dev/null
}

# plug_round unplug|pull NUMBER: the disk under load, sometimes the rng
plug_round()
{
	try_for 10 has_disk || return 1
	_port=$(port_of $(device_of virtio_blk))
	load && take_out $1 blk0 $_port || return 1
	wait $load && { echo "fio did not see the disk go"; return 1; }
	try_for 10 gone || return 1
	plug_in $_port blk0 || return 1
	[ $(($2 % 5)) = 0 ] || return 0
	try_for 10 have_rng || return 1
	_port=$(port_of $(device_of virtio_rng))
	dd if=/dev/hwrng of=/dev/null bs=4k 2>/dev/null &
	_reader=$!
	sleep 0.3
	take_out $1 rng0 $_port || return 1
	wait $_reader && { echo "the reader did not see the rng go"; return 1; }
	plug_in $_port rng0
}

# plug_rounds unplug|pull: $ROUNDS of them, and look at the memory
plug_rounds()
{
	ROUNDS=$(fewer ${ROUNDS:-6} 2)
	LIMIT_KB=${LIMIT_KB:-2048}
	SLAB_KB=${SLAB_KB:-1024}
	for i in $(seq 1 $(fewer 3)); do plug_round $1 $i || die "warm-up round $i"; done
	# The kernel's own caches fill up for some 20 rounds, whatever is loaded; a
	# leak goes on.  So what counts is the second half.
	for i in $(seq 1 $ROUNDS); do
		plug_round $1 $i || die "round $i of $ROUNDS"
		if [ $i = $((ROUNDS / 2)) ]; then
			before=$(used_kb)
			slab=$(slab_kb)
			slab_note /tmp/slabs
		fi
	done
	ok "$ROUNDS rounds under load"
	after=$(used_kb) slab2=$(slab_kb)
	slab_growth /tmp/slabs
	fact $1.memory "$((after - before)) kB more in $((ROUNDS - ROUNDS / 2)) rounds (slab $((slab2 - slab)) kB)"
	memory_is_flat $((after - before)) $((slab2 - slab))
	need_disk
	check "the disk works" fio --name=v --filename=$DISK --direct=1 --rw=randwrite --bs=4k --size=2m \
		--ioengine=libaio --iodepth=32 --verify=crc32c --output=/tmp/fio
	check "the rng is there" try_for 10 have_rng
	check "the rng works" dd if=/dev/hwrng of=/dev/null bs=4k count=1
}
