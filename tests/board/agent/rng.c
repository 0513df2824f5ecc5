// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Bytes of the entropy device
 *
 * The command "rng BYTES" of a case: reads so many from /dev/hwrng, twice.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

/* Pieces of odd sizes, so that the driver has to cut its buffers. */
static size_t fill(int fd, unsigned char *data, size_t bytes)
{
	static const size_t sizes[] = { 1, 3, 64, 65, 4095, 4097, 700 };
	size_t done = 0, piece;
	unsigned int i = 0;
	ssize_t got;

	while (done < bytes) {
		piece = sizes[i++ % (ARRAY_SIZE(sizes))];
		if (piece > bytes - done)
			piece = bytes - done;
		got = read(fd, data + done, piece);
		if (got <= 0)
			break;
		done += got;
	}
	return done;
}

static unsigned int ones(const unsigned char *data, size_t bytes)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < bytes; i++)
		count += __builtin_popcount(data[i]);
	return count;
}

static unsigned int longest_run(const unsigned char *data, size_t bytes)
{
	unsigned int run = 1, longest = 1;
	size_t i;

	for (i = 1; i < bytes; i++) {
		run = data[i] == data[i - 1] ? run + 1 : 1;
		if (run > longest)
			longest = run;
	}
	return longest;
}

/*
 * With 64 KiB of a fair source each limit is missed less than once in 10^9
 * times: eight standard deviations, and a run of seven equal bytes.
 */
static void judge(const unsigned char *data, size_t bytes)
{
	double off = ones(data, bytes) - bytes * 4.0;
	unsigned int run = longest_run(data, bytes);

	ok(off * off < 64 * bytes * 2.0, "as many ones as zeroes: %.0f off of %zu",
	   off, bytes * 4);
	ok(run < 8, "no byte again and again: %u in a row", run);
}

void run_rng(int words, char **word)
{
	size_t bytes = words > 1 ? strtoul(word[1], NULL, 0) : 65536;
	unsigned char *first = calloc(1, bytes), *second = calloc(1, bytes);
	char name[64];
	int fd;

	slurp("/sys/class/misc/hw_random/rng_current", name, sizeof(name));
	ok(!strcmp(name, "virtio_rng.0"), "the source is %s", name);
	fd = open("/dev/hwrng", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !first || !second)
		die("no /dev/hwrng");
	same("bytes read", fill(fd, first, bytes), bytes);
	same("bytes read again", fill(fd, second, bytes), bytes);
	ok(memcmp(first, second, bytes), "they are not the same");
	judge(first, bytes);
	judge(second, bytes);
	close(fd);
}
