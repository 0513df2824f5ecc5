# SPDX-License-Identifier: GPL-2.0
# about: 1 MiB from /dev/hwrng passes FIPS 140-2; it is read in pieces of many sizes
# tools: rngtest
# timeout: 60

set -o pipefail
dev=$(device_of virtio_rng) || die "no device is bound to virtio_rng"
name=virtio_rng.0
same "the hwrng core uses it" "$(cat /sys/class/misc/hw_random/rng_current)" $name

before=$(irq_count $dev)
size=$(($(fewer 16) * 65536))
check "$size bytes can be read" dd if=/dev/hwrng of=/tmp/a bs=64k count=$((size / 65536)) iflag=fullblock
same "how many there are" "$(stat -c %s /tmp/a)" $size
after=$(irq_count $dev)
check "interrupts arrived" [ "$after" -gt "$before" ]
fact rng.interrupts $((after - before))

# Blocks of 2500 bytes, behind a word that is thrown away; FIPS lets 8 of 10000
# good ones fail.
blocks=$(((size - 4) / 2500))
rngtest </tmp/a 2>/tmp/report
fails=$(sed -n 's/.*FIPS 140-2 failures: //p' /tmp/report)
good=$(sed -n 's/.*FIPS 140-2 successes: //p' /tmp/report)
echo "rngtest: $good good, $fails bad"
# More than 8 of some 400 come once in ten billion runs, more than 3 once in 2000.
check "rngtest: at most 8 of $blocks blocks fail" [ "$((good + fails))" -ge $blocks -a "$fails" -le 8 ]
fact rng.blocks "$good/$((good + fails))"

dd if=/dev/hwrng of=/tmp/b bs=64k count=1 iflag=fullblock 2>/dev/null
dd if=/tmp/a of=/tmp/c bs=64k count=1 2>/dev/null
refused "two readings differ" cmp -s /tmp/b /tmp/c

for size in 1 3 7 64 65 4095 4097; do
	got=$(dd if=/dev/hwrng bs=$size count=8 iflag=fullblock 2>/dev/null | wc -c)
	same "8 reads of $size bytes" "$got" $((size * 8))
done
zeros=$(dd if=/dev/hwrng bs=4096 count=16 iflag=fullblock 2>/dev/null | tr -d '\000' | wc -c)
check "no run of bytes that the device did not write" [ $((65536 - zeros)) -lt 1000 ]
