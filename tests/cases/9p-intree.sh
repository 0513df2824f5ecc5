# SPDX-License-Identifier: GPL-2.0
# about: the kernel's own 9pnet_virtio on our ring, bus and transport: trees compared by SHA-256
# intree: 9pnet_virtio
# modules: 9p
# timeout: 120

dev=$(device_of 9pnet_virtio) || die "no device is bound to 9pnet_virtio"
same "it is the kernel's own module" "$(modinfo -n 9pnet_virtio | cut -d/ -f5)" kernel
mkdir -p /mnt
share() { mount -t 9p -o "trans=virtio,version=9p2000.L,$1" share /mnt; }

# sums DIRECTORY: one sum of names and contents of a whole tree
sums() { (cd "$1" && find . -type f | sort | xargs sha256sum) | sha256sum | cut -d' ' -f1; }

want=$(host tree) || die "the host has no tree"
before=$(irq_count $dev)
# Small messages, large ones that are not copied, pages mapped into memory.
for how in msize=8192 msize=524288 msize=131072,cache=mmap; do
	check "mount, $how" share $how
	same "the tree of the host" "$(sums /mnt/tree)" "$want"
	rm -rf /mnt/mine
	mkdir -p /mnt/mine/deep/er
	cp -r /mnt/tree /mnt/mine/deep/er/copy
	random_file /mnt/mine/big 3
	dd if=/mnt/mine/big of=/mnt/mine/odd bs=4097 skip=1 count=50 2>/dev/null
	sync
	same "the tree of the guest" "$(sums /mnt/mine)" "$(host sums mine)"
	check "unmount" umount /mnt
done
check "interrupts arrived" [ "$(irq_count $dev)" -gt "$before" ]

check "mount" share msize=65536
for job in 1 2 3 4; do
	sums /mnt/tree >/tmp/sums.$job &
done
wait
for job in 1 2 3 4; do
	same "four at a time: $job" "$(cat /tmp/sums.$job)" "$want"
done
check "rename, remove" sh -c "mv /mnt/mine /mnt/gone && rm -r /mnt/gone"
same "they are gone" "$(ls /mnt)" tree
check "unmount" umount /mnt
drivers=/sys/bus/virtio/drivers/9pnet_virtio
check "unbind" sh -c "echo $dev >$drivers/unbind"
check "bind" sh -c "echo $dev >$drivers/bind"
check "mount" share msize=65536
same "the tree of the host" "$(sums /mnt/tree)" "$want"
umount /mnt
