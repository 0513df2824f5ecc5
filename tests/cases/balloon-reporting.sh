# SPDX-License-Identifier: GPL-2.0
# about: free page reporting: the host takes what the guest has freed
# timeout: 90

. /vgd/balloon.sh
need_balloon
same "PAGE_REPORTING was negotiated" "$(feature $dev 5)" 1
mkdir -p /data && mount -t tmpfs -o size=$((CFG_mem / 2))m none /data
random_file /data/z $((CFG_mem / 3))
random_file /data/r 8
sum=$(sha256sum </data/r)
full=$(host balloon_resident)
rm /data/z
fact reporting.resident_full_mib $((full / 1024))
less() { [ "$(host balloon_resident)" -lt $((full - CFG_mem * 1024 / 6)) ]; }
check "the host takes what is free" try_for 40 less
fact reporting.resident_mib $(($(host balloon_resident) / 1024))
same "data are whole" "$(sha256sum </data/r)" "$sum"
check "what was reported can be used" dd if=/dev/zero of=/data/z bs=1M count=$((CFG_mem / 3))
same "it is what was written" "$(tr -d '\000' </data/z | wc -c)" 0
rm /data/z
check "unload the driver" rmmod virtio_balloon
check "load it again" modprobe virtio_balloon
umount /data
