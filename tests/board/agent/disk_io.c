// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Every sector of a disk, many requests at a time
 *
 * The kernel's asynchronous I/O on a descriptor with O_DIRECT: what is read
 * and written is the device's, in requests of the sizes and in the order that
 * this file chooses, up to DEPTH of them outstanding.
 */
#include <errno.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"

#define SECTOR	512
#define DEPTH	32
#define LARGEST	(128 * SECTOR)

/* A request: so many sectors from here. */
struct piece {
	uint64_t first;
	unsigned int count;
};

struct slot {
	struct iocb cb;
	struct piece piece;
	unsigned char *data;
};

struct walk {
	struct disk *disk;
	enum direction direction;
	uint64_t seed;
	aio_context_t context;
	struct slot slot[DEPTH];
	unsigned char *memory;
	struct piece *piece;
	size_t pieces, started, ended;
};

static uint64_t mixed(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

/*
 * 64 words, the least significant byte first: the position in the sector says
 * one half of each, the number of the sector the other.
 */
void pattern(unsigned char *sector, uint64_t number, uint64_t seed)
{
	uint64_t which = (number + 1) * 0x9e3779b97f4a7c15ull, word;
	unsigned int i, k;

	for (i = 0; i < SECTOR / 8; i++) {
		word = mixed(seed * 64 + i) ^ which;
		for (k = 0; k < 8; k++)
			*sector++ = word >> (8 * k);
	}
}

/* Cut the disk into pieces of many sizes; the last ends with the disk. */
static bool cut(struct walk *walk)
{
	static const unsigned int sizes[] = { 1, 8, 64, 3, 128, 16, 2, 100 };
	uint64_t at = 0, sectors = walk->disk->sectors;
	struct piece *piece;

	walk->piece = calloc(sectors / 40 + 16, 2 * sizeof(*piece));
	if (!walk->piece)
		return false;
	for (piece = walk->piece; at < sectors; piece++) {
		piece->first = at;
		piece->count = sizes[(piece - walk->piece) % 8];
		if (piece->count > sectors - at)
			piece->count = sectors - at;
		at += piece->count;
	}
	walk->pieces = piece - walk->piece;
	return true;
}

/* An order of the pieces in which neighbours are rarely neighbours. */
static void shuffle(struct walk *walk)
{
	struct piece other;
	size_t i, j;

	for (i = walk->pieces - 1; i; i--) {
		j = mixed(walk->seed + i) % (i + 1);
		other = walk->piece[i];
		walk->piece[i] = walk->piece[j];
		walk->piece[j] = other;
	}
}

static void fill(struct slot *slot, uint64_t seed)
{
	unsigned int i;

	for (i = 0; i < slot->piece.count; i++)
		pattern(slot->data + i * SECTOR, slot->piece.first + i, seed);
}

/* Tell what is wrong with the first sector that is. */
static bool compare(const struct piece *piece, const unsigned char *data,
		    uint64_t seed)
{
	unsigned char want[SECTOR];
	unsigned int i, at;

	for (i = 0; i < piece->count; i++, data += SECTOR) {
		pattern(want, piece->first + i, seed);
		if (!memcmp(data, want, SECTOR))
			continue;
		for (at = 0; data[at] == want[at];)
			at++;
		say("# sector %llu, byte %u: %02x, not %02x (of a read of %u from %llu)",
		    (unsigned long long)piece->first + i, at, data[at],
		    want[at], piece->count, (unsigned long long)piece->first);
		return false;
	}
	return true;
}

static bool submit(struct walk *walk, struct slot *slot)
{
	struct iocb *cb = &slot->cb;

	slot->piece = walk->piece[walk->started++];
	if (walk->direction == WRITE)
		fill(slot, walk->seed);
	else
		memset(slot->data, 0x5a, slot->piece.count * SECTOR);
	memset(cb, 0, sizeof(*cb));
	cb->aio_data = slot - walk->slot;
	cb->aio_lio_opcode = walk->direction == WRITE ? IOCB_CMD_PWRITE :
							IOCB_CMD_PREAD;
	cb->aio_fildes = walk->disk->fd;
	cb->aio_buf = (uintptr_t)slot->data;
	cb->aio_nbytes = slot->piece.count * SECTOR;
	cb->aio_offset = slot->piece.first * SECTOR;
	if (syscall(SYS_io_submit, walk->context, 1, &cb) == 1)
		return true;
	say("# io_submit: %s", strerror(errno));
	return false;
}

static bool take(struct walk *walk, const struct io_event *event)
{
	struct slot *slot = &walk->slot[event->data];
	const struct piece *piece = &slot->piece;

	walk->ended++;
	if (event->res != (long long)piece->count * SECTOR) {
		say("# %u sectors from %llu: %lld", piece->count,
		    (unsigned long long)piece->first, (long long)event->res);
		return false;
	}
	if (walk->direction == READ_AND_COMPARE &&
	    !compare(piece, slot->data, walk->seed))
		return false;
	return walk->started == walk->pieces || submit(walk, slot);
}

/* A 32-bit kernel may have the one with times of 64 bits only. */
static long wait_for_some(struct walk *walk, struct io_event *event)
{
#ifdef SYS_io_pgetevents_time64
	return syscall(SYS_io_pgetevents_time64, walk->context, 1, DEPTH, event,
		       NULL, NULL);
#else
	return syscall(SYS_io_getevents, walk->context, 1, DEPTH, event, NULL);
#endif
}

static bool go(struct walk *walk)
{
	struct io_event event[DEPTH];
	unsigned int i;
	long got;

	for (i = 0; i < DEPTH && walk->started < walk->pieces; i++)
		if (!submit(walk, &walk->slot[i]))
			return false;
	while (walk->ended < walk->pieces) {
		got = wait_for_some(walk, event);
		if (got < 1) {
			say("# io_getevents: %s", strerror(errno));
			return false;
		}
		for (i = 0; i < (unsigned long)got; i++)
			if (!take(walk, &event[i]))
				return false;
	}
	return true;
}

static bool prepare(struct walk *walk)
{
	unsigned int i;

	if (!cut(walk) ||
	    posix_memalign((void **)&walk->memory, 4096, DEPTH * LARGEST))
		return false;
	for (i = 0; i < DEPTH; i++)
		walk->slot[i].data = walk->memory + i * LARGEST;
	return !syscall(SYS_io_setup, DEPTH, &walk->context);
}

/* Write the pattern of @seed to each sector, or compare each with it. */
bool every_sector(struct disk *disk, enum direction direction, uint64_t seed)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	bool good = false;

	if (!walk)
		return false;
	walk->disk = disk;
	walk->direction = direction;
	walk->seed = seed;
	if (prepare(walk)) {
		shuffle(walk);
		good = go(walk);
		say("# %zu requests", walk->ended);
	}
	if (walk->context)
		syscall(SYS_io_destroy, walk->context);
	free(walk->piece);
	free(walk->memory);
	free(walk);
	return good;
}

/* Whether these sectors have the pattern of @seed; 0: whether they are zero. */
bool sectors_are(struct disk *disk, uint64_t first, unsigned int count,
		 uint64_t seed)
{
	struct piece piece = { first, count };
	size_t bytes = (size_t)count * SECTOR, i;
	unsigned char *data;
	bool good = false;

	if (posix_memalign((void **)&data, 4096, bytes))
		return false;
	memset(data, 0x5a, bytes);
	if (pread(disk->fd, data, bytes, first * SECTOR) == (ssize_t)bytes) {
		for (i = 0; !seed && i < bytes && !data[i];)
			i++;
		good = seed ? compare(&piece, data, seed) : i == bytes;
	}
	free(data);
	return good;
}
