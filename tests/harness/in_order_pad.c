// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Room behind an array of QEMU
 *
 * QEMU 9.2 to 10.0.2, looking for a buffer to complete on a queue with
 * VIRTIO_F_IN_ORDER, reads up to one request's descriptors past the end of its
 * array of buffers when the search wraps around.  What it finds there, it adds
 * to its count of steps, gives up, and forgets the buffer ("cannot fill buffer
 * id"): the request never ends.  10.0.3 has it right.  Preloaded into an older
 * one, this puts zeroes behind what was to be zeroed memory, and zeroes change
 * no count.
 */
#include <stdlib.h>
#include <string.h>

void *calloc(size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(count, size, &bytes) ||
	    __builtin_add_overflow(bytes, bytes >= 256 ? 4096 : 0, &bytes))
		return NULL;
	p = malloc(bytes);
	return p ? memset(p, 0, bytes) : NULL;
}
