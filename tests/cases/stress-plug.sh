# SPDX-License-Identifier: GPL-2.0
# about: unplug and replug under load, many times; memory stays flat
# tools: fio
# boot: own
# io-errors: expected
# timeout: 600

ROUNDS=$(fewer ${ROUNDS:-5} 2)
LIMIT_KB=${LIMIT_KB:-2048}
SLAB_KB=${SLAB_KB:-1024}
gone() { ! has_disk; }
round()
{
	try_for 10 has_disk || return 1
	fio --name=load --filename=$DISK --allow_file_create=0 --direct=1 --rw=randrw --bs=4k --size=64m --time_based \
		--runtime=60 --ioengine=libaio --iodepth=16 --thread >/dev/null 2>&1 &
	load=$!
	busy() { [ "$(awk '{ print $1 + $5 }' $SYS/stat)" -gt 200 ]; }
	try_for 20 busy || { echo "no load"; return 1; }
	host unplug blk0 >/dev/null || return 1
	wait $load && { echo "fio did not see the disk go"; return 1; }
	try_for 10 gone || return 1
	if [ $(($1 % 5)) = 0 ]; then
		host unplug rng0 >/dev/null && host plug rng0 >/dev/null || return 1
	fi
	host plug blk0 >/dev/null
}
for i in $(seq 1 $(fewer 3)); do round $i || die "warm-up round $i"; done
# The kernel's own caches fill up for some 20 rounds, whatever is loaded; a leak
# goes on.  So what counts is the second half.
for i in $(seq 1 $ROUNDS); do
	round $i || die "round $i of $ROUNDS"
	if [ $i = $((ROUNDS / 2)) ]; then
		before=$(used_kb)
		slab=$(slab_kb)
		slab_note /tmp/slabs
	fi
done
ok "$ROUNDS rounds of unplug and replug under load"
after=$(used_kb) slab2=$(slab_kb)
slab_growth /tmp/slabs
fact replug.memory "$((after - before)) kB more in $((ROUNDS - ROUNDS / 2)) rounds (slab $((slab2 - slab)) kB)"
memory_is_flat $((after - before)) $((slab2 - slab))
need_disk
check "the disk works" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct
check "the rng works" dd if=/dev/hwrng of=/dev/null bs=4k count=1
