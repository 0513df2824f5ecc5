# SPDX-License-Identifier: GPL-2.0
# about: all modules out and in again, many times, with I/O; memory stays flat
# boot: own
# timeout: 600

ROUNDS=$(fewer ${ROUNDS:-10} 2)
LIMIT_KB=${LIMIT_KB:-2048}
SLAB_KB=${SLAB_KB:-1024}
round()
{
	try_for 10 has_disk || return 1
	dd if=/dev/urandom of=$DISK bs=64k count=2 oflag=direct 2>/dev/null || return 1
	dd if=$DISK of=/dev/null bs=64k count=2 iflag=direct 2>/dev/null || return 1
	dd if=/dev/hwrng of=/dev/null bs=512 count=1 2>/dev/null || return 1
	unload_all && load_all
}
for i in $(seq 1 $(fewer 5)); do round || die "warm-up round $i"; done
# The kernel's own caches fill up for some 20 rounds, whatever is loaded; a leak
# goes on.  So what counts is the second half.
for i in $(seq 1 $ROUNDS); do
	round || die "round $i of $ROUNDS"
	if [ $i = $((ROUNDS / 2)) ]; then
		before=$(used_kb)
		slab=$(slab_kb)
		slab_note /tmp/slabs
	fi
done
ok "$ROUNDS rounds of rmmod and insmod"
after=$(used_kb) slab2=$(slab_kb)
slab_growth /tmp/slabs
fact reload.memory "$((after - before)) kB more in $((ROUNDS - ROUNDS / 2)) rounds (slab $((slab2 - slab)) kB)"
memory_is_flat $((after - before)) $((slab2 - slab))
check "unload all at the end" unload_all
for m in $(cat /vgd/modules); do
	refused "$m is out" loaded $(echo $m | tr - _)
done
