# SPDX-License-Identifier: GPL-2.0
# about: logical units come and go under load, by hot-plug events; one in use, one numbered 300
# tools: fio
# modules: sd_mod
# io-errors: expected
# timeout: 90

. /vgd/scsi.sh
ROUNDS=$(fewer ${ROUNDS:-4} 2)
modprobe sd_mod
use_unit 0:0
A=$DISK
same "feature HOTPLUG" "$(feature $(device_of virtio_scsi) 1)" 1
start_verify 600 --rw=randrw --size=16m --verify_backlog=64
random_file /tmp/data 1
for i in $(seq 1 $ROUNDS); do
	for unit in 1:3,sd2 3:300,sd3; do
		check "plug ${unit#*,} in, round $i" host plug ${unit#*,}
		use_unit ${unit%,*}
		check "write to it, read it back" keeps /tmp/data
		check "unplug it" host unplug ${unit#*,}
		check "it is gone" try_for 5 no_unit ${unit%,*}
	done
done
check "plug sd2 in" host plug sd2
use_unit 1:3
fio --name=victim --filename=$DISK --allow_file_create=0 --direct=1 --rw=randrw --bs=4k --size=16m \
	--time_based --runtime=600 --ioengine=libaio --iodepth=16 --output=/tmp/victim >/dev/null 2>&1 &
victim=$!
sleep 1
check "unplug it in use" host unplug sd2
check "it is gone" try_for 5 no_unit 1:3
check "its load ends" try_for 10 sh -c "! kill -0 $victim"
wait $victim
check "with an error" [ $? -ne 0 ]
check "the other load goes on" kill -0 $load
kill $load
wait $load
check "the disk under load works" dd if=$A of=/dev/null bs=64k count=16 iflag=direct
