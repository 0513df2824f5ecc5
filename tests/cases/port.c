// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What a shell cannot do to a port
 *
 *	port splice DEVICE FILE		send a file by splice()
 *	port sigio DEVICE		wait for the signal that input has come
 *	port hangup DEVICE		wait until the host has closed its end, and
 *					say what read() and write() give then
 *	port throttle DEVICE FILE	send a file without waiting for room, and
 *					what does not fit with waiting
 *	port read DEVICE		what a read() that waits ends with
 *	port write DEVICE		the same of a write() that waits
 *
 * Run in the guest, by the cases of consoles.  Says what it finds on its
 * standard output.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 4096

static char buf[CHUNK];

static int fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	return 1;
}

static int open_port(const char *path, int flags)
{
	int fd = open(path, O_RDWR | flags);

	if (fd < 0)
		exit(fail(path));
	return fd;
}

/* Not moved: what a pipe holds is copied by the driver. */
static int do_splice(const char *device, const char *file)
{
	int port = open_port(device, 0), from = open(file, O_RDONLY);
	int ends[2];
	ssize_t n, out;

	if (from < 0 || pipe(ends))
		return fail(file);
	while ((n = splice(from, NULL, ends[1], NULL, 65536, 0)) > 0) {
		for (; n; n -= out) {
			out = splice(ends[0], NULL, port, NULL, n, 0);
			if (out <= 0)
				return fail("splice");
		}
	}
	return n ? fail("splice") : 0;
}

static int do_sigio(const char *device)
{
	int port = open_port(device, 0);
	struct timespec limit = { .tv_sec = 60 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fcntl(port, F_SETOWN, getpid()) ||
	    fcntl(port, F_SETFL, fcntl(port, F_GETFL) | O_ASYNC))
		return fail("fcntl");
	puts("armed");
	fflush(stdout);
	if (sigtimedwait(&set, NULL, &limit) != SIGIO)
		return fail("sigtimedwait");
	puts("signal");
	return 0;
}

static int do_hangup(const char *device)
{
	struct pollfd p = { .fd = open_port(device, 0) };
	ssize_t n;

	puts("open");
	fflush(stdout);
	if (poll(&p, 1, 60000) != 1)
		return fail("poll");
	printf("poll %s\n", p.revents & POLLHUP ? "hangup" : "something else");
	printf("read %zd\n", read(p.fd, buf, sizeof(buf)));
	n = write(p.fd, "x", 1);
	printf("write %s\n", n < 0 ? strerrorname_np(errno) : "taken");
	return 0;
}

/* Returns what fitted, or -1. */
static long fill(int port, int file)
{
	long all = 0;
	ssize_t n, out;

	while ((n = read(file, buf, sizeof(buf))) > 0) {
		out = write(port, buf, n);
		if (out < 0 && errno == EAGAIN)
			out = 0;
		else if (out < 0)
			return -1;
		all += out;
		if (out < n) {
			lseek(file, out - n, SEEK_CUR);
			return all;
		}
	}
	errno = 0;
	return -1;
}

static int do_throttle(const char *device, const char *name)
{
	struct pollfd p = { .events = POLLOUT };
	int file = open(name, O_RDONLY);
	ssize_t n, out, at;
	long all;

	p.fd = open_port(device, O_NONBLOCK);
	all = file < 0 ? -1 : fill(p.fd, file);
	if (all < 0)
		return fail("fill");
	/* The host's own buffers go on for a moment. */
	while (poll(&p, 1, 2000) == 1) {
		n = fill(p.fd, file);
		if (n < 0)
			return fail("fill");
		all += n;
	}
	printf("full\n");
	fflush(stdout);
	fprintf(stderr, "%ld bytes fitted\n", all);
	fcntl(p.fd, F_SETFL, 0);
	while ((n = read(file, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n; at += out) {
			out = write(p.fd, buf + at, n - at);
			if (out <= 0)
				return fail("write");
		}
	}
	puts("done");
	return n ? fail("read") : 0;
}

static int do_read(const char *device)
{
	int port = open_port(device, 0);
	ssize_t n;

	while ((n = read(port, buf, sizeof(buf))) > 0)
		;
	puts(n ? strerrorname_np(errno) : "end");
	return 0;
}

static int do_write(const char *device)
{
	int port = open_port(device, 0);

	while (write(port, buf, sizeof(buf)) > 0)
		;
	puts(strerrorname_np(errno));
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (argc == 4 && !strcmp(what, "splice"))
		return do_splice(argv[2], argv[3]);
	if (argc == 4 && !strcmp(what, "throttle"))
		return do_throttle(argv[2], argv[3]);
	if (!strcmp(what, "sigio"))
		return do_sigio(argv[2]);
	if (!strcmp(what, "hangup"))
		return do_hangup(argv[2]);
	if (!strcmp(what, "read"))
		return do_read(argv[2]);
	if (!strcmp(what, "write"))
		return do_write(argv[2]);
	fprintf(stderr, "usage: see port.c\n");
	return 2;
}
