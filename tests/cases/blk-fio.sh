# SPDX-License-Identifier: GPL-2.0
# about: fio --verify with block sizes from 512 bytes to 1 MiB, queued and not
# tools: fio
# timeout: 120

need_disk
# run NAME OPTIONS...: random write, then read back and compare by CRC32C
run()
{
	_n=$1
	shift
	if fio --name="$_n" --filename=$DISK --direct=1 --verify=crc32c --verify_fatal=1 \
	       --randrepeat=1 --output=/tmp/fio "$@" >/dev/null 2>/tmp/fio.err; then
		ok "$_n"
	else
		cat /tmp/fio /tmp/fio.err
		not_ok "$_n"
	fi
}
run "512 bytes, depth 1"   --rw=randwrite --bs=512 --size=$(fewer 256)k --ioengine=psync
run "4 KiB, depth 32"      --rw=randwrite --bs=4k --size=$(fewer 8)m --ioengine=libaio --iodepth=32
run "4 KiB, 4 jobs"        --rw=randwrite --bs=4k --size=$(fewer 2)m --ioengine=libaio --iodepth=16 \
			   --numjobs=4 --offset_increment=16m
run "mixed 512 to 128 KiB" --rw=randwrite --bsrange=512-128k --bs_unaligned=0 \
			   --size=$(fewer 8)m --ioengine=libaio --iodepth=64
run "1 MiB, depth 4"       --rw=write --bs=1m --size=$(fewer 32)m --ioengine=libaio --iodepth=4
run "4 KiB, io_uring"      --rw=randwrite --bs=4k --size=$(fewer 4)m --ioengine=io_uring --iodepth=16
run "reads and writes"     --rw=randrw --bs=8k --size=$(fewer 8)m --ioengine=libaio --iodepth=16
run "with flushes"         --rw=randwrite --bs=4k --size=$(fewer 1024)k --ioengine=libaio --iodepth=4 --fsync=8
check "I/O in vectors of single pages" fio --name=iov --filename=$DISK --direct=0 --rw=randwrite \
	--bs=64k --size=$(fewer 8)m --ioengine=psync --verify=crc32c --output=/tmp/fio
inflight=$(tr -s ' \n' ' ' <$SYS/inflight)
same "nothing is left in flight" "$(echo $inflight)" "0 0"
