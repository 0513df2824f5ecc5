// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A disk, to the last sector
 *
 * The command "disk" of a case.  The host writes a pattern that the guest has
 * to find, then the guest one that the host has to find in the image: data,
 * sector numbers or lengths that both directions had in the wrong order of
 * bytes would otherwise go unnoticed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define DISK	"/dev/vda"
#define SYS	"/sys/block/vda"

/* Which pattern: the host's, the guest's */
#define HOSTS	1
#define OURS	2

static bool wait_for(const char *path, uint64_t value, unsigned int seconds)
{
	const struct timespec tenth = { 0, 100000000 };
	unsigned int i;

	for (i = 0; i < 10 * seconds; i++) {
		if (number_in(path) == value)
			return true;
		nanosleep(&tenth, NULL);
	}
	return false;
}

static void open_disk(struct disk *disk)
{
	uint64_t bytes = strtoull(setting("CFG_disk", "0"), NULL, 0);

	wait_for(SYS "/size", bytes / 512, 10);
	same("sectors of the disk", number_in(SYS "/size"), bytes / 512);
	disk->sectors = bytes / 512;
	disk->fd = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (disk->fd < 0)
		die("cannot open " DISK ": %s", strerror(errno));
}

/* Fields of the configuration space and an answer of the device, as text. */
static void check_attributes(void)
{
	char text[64];

	slurp(SYS "/serial", text, sizeof(text));
	ok(!strcmp(text, "vgd-disk-0"), "serial number '%s'", text);
	slurp(SYS "/cache_type", text, sizeof(text));
	ok(!strcmp(text, "write back"), "cache '%s'", text);
	same("block size", number_in(SYS "/queue/logical_block_size"), 512);
	/* QEMU: two less than the queue has entries; limits in sectors */
	same("segments", number_in(SYS "/queue/max_segments"),
	     atoi(setting("CFG_segments", "254")));
	same("bytes of a discard", number_in(SYS "/queue/discard_max_hw_bytes"),
	     4194303ull * 512);
	same("bytes of zeroes", number_in(SYS "/queue/write_zeroes_max_bytes"),
	     4194303ull * 512);
}

static void check_sectors(struct disk *disk)
{
	unsigned long long sectors = disk->sectors;

	if (!ok(host("fill %d", HOSTS), "the host fills the disk"))
		finish();
	ok(every_sector(disk, READ_AND_COMPARE, HOSTS),
	   "each of %llu sectors is as the host wrote it", sectors);
	ok(every_sector(disk, WRITE, OURS), "each is written");
	ok(!fsync(disk->fd), "the cache is flushed");
	ok(every_sector(disk, READ_AND_COMPARE, OURS),
	   "each is read back as written");
	ok(host("verify %d", OURS), "the host finds each as written");
}

static bool range(struct disk *disk, unsigned long what, uint64_t first,
		  uint64_t count)
{
	uint64_t bytes[2] = { first * 512, count * 512 };

	if (!ioctl(disk->fd, what, bytes))
		return true;
	say("# ioctl: %s", strerror(errno));
	return false;
}

static void check_ranges(struct disk *disk)
{
	uint64_t middle = disk->sectors / 2 - 24;

	ok(range(disk, BLKZEROOUT, middle, 1000), "1000 sectors are zeroed");
	ok(sectors_are(disk, middle, 1000, 0), "they read as zeroes");
	ok(range(disk, BLKDISCARD, middle + 2000, 512),
	   "512 sectors are discarded");
	ok(sectors_are(disk, middle - 100, 100, OURS) &&
	   sectors_are(disk, middle + 1000, 1000, OURS) &&
	   sectors_are(disk, middle + 2512, 100, OURS),
	   "their neighbours are as they were");
}

/* The configuration changes: an interrupt, and a field that is read again. */
static void check_resize(struct disk *disk)
{
	unsigned long long larger = disk->sectors + 4096;

	if (!ok(host("resize %llu", larger * 512), "the host resizes the disk"))
		return;
	ok(wait_for(SYS "/size", larger, 10), "it has %llu sectors", larger);
	host("resize %llu", (unsigned long long)disk->sectors * 512);
	ok(wait_for(SYS "/size", disk->sectors, 10), "and its first size again");
}

void run_disk(int words, char **word)
{
	struct disk disk;

	open_disk(&disk);
	check_attributes();
	check_sectors(&disk);
	check_ranges(&disk);
	close(disk.fd);
	check_resize(&disk);
}
