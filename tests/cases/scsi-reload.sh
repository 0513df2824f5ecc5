# SPDX-License-Identifier: GPL-2.0
# about: the SCSI host's module comes and goes; its device is unbound and unplugged under load
# tools: fio
# modules: sd_mod
# io-errors: expected
# timeout: 120

. /vgd/scsi.sh
modprobe sd_mod
ROUNDS=$(fewer ${ROUNDS:-4} 2)
use_unit 0:0
random_file /tmp/data 1
sum=$(sha256sum </tmp/data | cut -d' ' -f1)
check "write" dd if=/tmp/data of=$DISK bs=64k oflag=direct
for i in $(seq 1 $ROUNDS); do
	check "reload, round $i" reload virtio_scsi
	use_unit 0:0
	same "the data is there" "$(disk_sum 1 0)" "$sum"
done

# load: on both disks, until they go; $load is its process
load()
{
	use_unit 1:0
	B=$DISK
	use_unit 0:0
	fio --allow_file_create=0 --direct=1 --rw=randrw --bs=4k --size=32m --offset=4m --time_based --runtime=600 \
		--ioengine=libaio --iodepth=32 --output=/tmp/fio --name=a --filename=$DISK \
		--name=b --filename=$B >/dev/null 2>&1 &
	load=$!
	sleep 1
}
dev=$(device_of virtio_scsi)
for i in $(seq 1 $ROUNDS); do
	load
	check "unbind it under load, round $i" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_scsi/unbind"
	check "the load ends" try_for 10 ended $load
	wait $load
	check "with an error" [ $? -ne 0 ]
	check "bind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_scsi/bind"
done
use_unit 0:0
same "the data is there" "$(disk_sum 1 0)" "$sum"
case $CFG_transport in
mmio*) skip "unplug it under load" "there is no slot"; finish ;;
esac
load
check "unplug it under load" host unplug scsi0
check "the load ends" try_for 10 ended $load
check "plug it in" host plug scsi0
check "and its disk" host plug sd0
use_unit 0:0
same "the data is there" "$(disk_sum 1 0)" "$sum"
check "and the other one" host plug sd1
need_unit 1:0
