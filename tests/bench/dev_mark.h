/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Begin and end of a row of work in a guest
 *
 * For dev_work.c and net_work.c: the marks that insn_count.c looks for, the
 * time, the interrupts that /proc/interrupts has for a device, and its
 * notifications where the driver counts them.
 */
#ifndef _DEV_MARK_H
#define _DEV_MARK_H

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As in vring_bench.h: the plugin finds it, to the guest it is a no-op. */
static inline __attribute__((always_inline)) void mark(const int kind)
{
	asm volatile(".byte 0x0f,0x1f,0x84,0x00,%c0,0x00,0x56,0x52"
		     : : "i" (kind) : "memory");
}

enum { START = 1, STOP, ROW_BEGIN, ROW_END, SYMBOLS = 7 };

static const char *device;
static uint64_t began, interrupts, notified, sent, received;

/* Notifications that the driver counted, or NULL. */
static uint64_t (*count_notified)(void);

/* Packets that an interface has sent ("tx") or received ("rx"), or NULL. */
static uint64_t (*count_moved)(const char *way);

static void die(const char *what)
{
	printf("failed %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* Numbers of a line of /proc/interrupts, behind the vector. */
static uint64_t sum_line(char *line)
{
	uint64_t sum = 0, n;
	char *at = strchr(line, ':'), *end;

	while (at) {
		n = strtoull(++at, &end, 10);
		if (end == at || (*end != ' ' && *end != '\n'))
			break;
		sum += n;
		at = end;
	}
	return sum;
}

/* virtio1-req.0 with a vector of its own, virtio1 on a shared line. */
static bool is_of_device(const char *line)
{
	char name[32];
	const char *at;

	snprintf(name, sizeof(name), " %s", device);
	at = strstr(line, name);
	return at && strchr("-,\n", at[strlen(name)]);
}

static uint64_t count_interrupts(void)
{
	char line[4096];
	FILE *in = fopen("/proc/interrupts", "r");
	uint64_t sum = 0;

	if (!in)
		die("/proc/interrupts");
	while (fgets(line, sizeof(line), in))
		if (is_of_device(line))
			sum += sum_line(line);
	fclose(in);
	return sum;
}

static void begin(void)
{
	interrupts = count_interrupts();
	if (count_notified)
		notified = count_notified();
	if (count_moved) {
		sent = count_moved("tx");
		received = count_moved("rx");
	}
	mark(ROW_BEGIN);
	began = now();
	mark(START);
}

static void end(uint64_t units)
{
	mark(STOP);
	began = now() - began;
	mark(ROW_END);
	printf("got %" PRIu64 " ns %" PRIu64 " interrupts %" PRIu64, units,
	       began, count_interrupts() - interrupts);
	if (count_notified)
		printf(" notified %" PRIu64, count_notified() - notified);
	if (count_moved)
		printf(" sent %" PRIu64 " received %" PRIu64,
		       count_moved("tx") - sent, count_moved("rx") - received);
	puts("");
}

#endif /* _DEV_MARK_H */
