// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What a guest of the device benchmark does: one row of work
 *
 *	dev_work symbols
 *	dev_work blk PATH read|write DEPTH BATCH OPS DEVICE
 *	dev_work console PATH WRITES DEVICE
 *	dev_work rng PATH KIB DEVICE
 *	dev_work wait DEVICE
 *
 * Each warms up, then does its work between the marks of insn_count.c, and
 * prints "got UNITS ns NANOSECONDS interrupts NUMBER".  Interrupts are those
 * that /proc/interrupts has for DEVICE, such as virtio0.  'wait' works as long
 * as its standard input is silent: the host does something meanwhile.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "dev_mark.h"

#define BLOCK		4096
#define MAX_DEPTH	256
#define WARM_OPS	256

/**
 * struct disk - requests of 4 KiB to one disk
 * @ctx: context of the kernel's asynchronous I/O
 * @blocks: how many the disk has
 * @random: state of the generator
 * @iocbs: the requests
 * @list: pointers to those that go next
 */
struct disk {
	aio_context_t ctx;
	uint64_t blocks;
	uint64_t random;
	struct iocb iocbs[MAX_DEPTH];
	struct iocb *list[MAX_DEPTH];
};

static uint64_t next_block(struct disk *d)
{
	d->random ^= d->random << 13;
	d->random ^= d->random >> 7;
	d->random ^= d->random << 17;
	return d->random % d->blocks;
}

/* @batch by a call: 1 as programs do that resubmit each as it comes back. */
static void submit(struct disk *d, unsigned int num, unsigned int batch)
{
	unsigned int i, now;

	for (i = 0; i < num; i++)
		d->list[i]->aio_offset = next_block(d) * BLOCK;
	for (i = 0; i < num; i += now) {
		now = num - i < batch ? num - i : batch;
		if (syscall(SYS_io_submit, d->ctx, (long)now, d->list + i) !=
		    now)
			die("io_submit");
	}
}

/*
 * Do @ops requests, @depth of them at a time, resubmitted as they come back,
 * once @batch of them have.
 */
static void run_disk(struct disk *d, unsigned int depth, unsigned int batch,
		     uint64_t ops)
{
	struct io_event events[MAX_DEPTH];
	uint64_t submitted = depth, done = 0;
	unsigned int num;
	long got, i;

	for (i = 0; i < depth; i++)
		d->list[i] = &d->iocbs[i];
	submit(d, depth, batch);
	while (done < ops) {
		got = syscall(SYS_io_getevents, d->ctx,
			      (long)(ops - done < batch ? ops - done : batch),
			      (long)depth, events, NULL);
		if (got < 1)
			die("io_getevents");
		for (i = num = 0; i < got; i++) {
			if (events[i].res != BLOCK) {
				errno = -events[i].res;
				die("request");
			}
			if (submitted + num < ops)
				d->list[num++] = (void *)events[i].obj;
		}
		done += got;
		submitted += num;
		if (num)
			submit(d, num, batch);
	}
}

static void work_blk(const char *path, bool write, unsigned int depth,
		     unsigned int batch, uint64_t ops)
{
	static struct disk d = { .random = 88172645463325252ULL };
	int fd = open(path, (write ? O_RDWR : O_RDONLY) | O_DIRECT);
	uint64_t bytes;
	unsigned int i;
	void *mem;

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes))
		die(path);
	if (!batch || batch > depth || depth > MAX_DEPTH ||
	    posix_memalign(&mem, BLOCK, depth * BLOCK) ||
	    syscall(SYS_io_setup, depth, &d.ctx))
		die("io_setup");
	memset(mem, 0x5a, depth * BLOCK);
	d.blocks = bytes / BLOCK;
	for (i = 0; i < depth; i++)
		d.iocbs[i] = (struct iocb){
			.aio_fildes = fd,
			.aio_lio_opcode = write ? IOCB_CMD_PWRITE :
						  IOCB_CMD_PREAD,
			.aio_buf = (uintptr_t)mem + i * BLOCK,
			.aio_nbytes = BLOCK,
		};
	run_disk(&d, depth, batch, WARM_OPS);
	begin();
	run_disk(&d, depth, batch, ops);
	end(ops);
}

static void write_all(int fd, uint64_t writes)
{
	static char block[BLOCK];
	ssize_t got;
	size_t at;

	while (writes--)
		for (at = 0; at < BLOCK; at += got) {
			got = write(fd, block + at, BLOCK - at);
			if (got < 1)
				die("write");
		}
}

static void work_console(const char *path, uint64_t writes)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		die(path);
	write_all(fd, 64);
	begin();
	write_all(fd, writes);
	end(writes);
}

static void read_all(int fd, uint64_t kib)
{
	static char block[16384];
	uint64_t left = kib * 1024;
	ssize_t got;

	while (left) {
		got = read(fd, block,
			   left < sizeof(block) ? left : sizeof(block));
		if (got < 1)
			die("read");
		left -= got;
	}
}

static void work_rng(const char *path, uint64_t kib)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
	read_all(fd, 16);
	begin();
	read_all(fd, kib);
	end(kib);
}

static void work_wait(void)
{
	char line[80];

	begin();
	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		die("stdin");
	end(1);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	device = argv[argc - 1];
	if (!strcmp(what, "symbols"))
		mark(SYMBOLS);
	else if (!strcmp(what, "blk") && argc == 8)
		work_blk(argv[2], argv[3][0] == 'w', atoi(argv[4]),
			 atoi(argv[5]), strtoull(argv[6], NULL, 10));
	else if (!strcmp(what, "console") && argc == 5)
		work_console(argv[2], strtoull(argv[3], NULL, 10));
	else if (!strcmp(what, "rng") && argc == 5)
		work_rng(argv[2], strtoull(argv[3], NULL, 10));
	else if (!strcmp(what, "wait") && argc == 3)
		work_wait();
	else
		return 2;
	return 0;
}
