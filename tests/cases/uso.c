// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: UDP in long packets that somebody below cuts
 *
 *	uso send ADDRESS PORT SIZE COUNT
 *	uso receive PORT SIZE COUNT
 *
 * Sends COUNT datagrams of SIZE bytes, 40 in each system call (UDP_SEGMENT), or
 * receives as many and compares each: its number comes first, what follows
 * depends on that.  Ends with 0 when all were sent, or all came and were right,
 * else says how many.
 *
 * Run in the guest; tests/harness/netverbs.py has the other end.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define AT_ONCE 40
#define MOST 65536

/* They are not in every system's headers. */
#define SOL_OF_UDP 17
#define SEGMENT 103
#define RCVBUF_FORCE 33

static unsigned char buffer[MOST];

/* Datagram number: itself, big-endian, then a pattern. */
static void fill(unsigned char *to, uint32_t number, int size)
{
	uint32_t first = htonl(number);
	int i;

	memcpy(to, &first, sizeof(first));
	for (i = sizeof(first); i < size; i++)
		to[i] = number + i * 7;
}

static int send_all(const char *address, int port, int size, int count)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int sock = socket(AF_INET, SOCK_DGRAM, 0);
	int done = 0, i, now;

	inet_aton(address, &to.sin_addr);
	if (setsockopt(sock, SOL_OF_UDP, SEGMENT, &size, sizeof(size))) {
		perror("UDP_SEGMENT");
		return 1;
	}
	while (done < count) {
		now = count - done < AT_ONCE ? count - done : AT_ONCE;
		for (i = 0; i < now; i++)
			fill(buffer + i * size, done + i, size);
		if (sendto(sock, buffer, now * size, 0, (void *)&to, sizeof(to)) != now * size) {
			perror("sendto");
			return 1;
		}
		done += now;
		usleep(2000);
	}
	return 0;
}

static int receive_all(int port, int size, int count)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct timeval limit = { .tv_sec = 5 };
	int sock = socket(AF_INET, SOCK_DGRAM, 0);
	int room = 16 << 20, good = 0, bad = 0, got;
	static unsigned char want[MOST];

	setsockopt(sock, SOL_SOCKET, RCVBUF_FORCE, &room, sizeof(room));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (bind(sock, (void *)&here, sizeof(here))) {
		perror("bind");
		return 1;
	}
	while (good + bad < count) {
		got = recv(sock, buffer, sizeof(buffer), 0);
		if (got < 0)
			break;
		fill(want, ntohl(*(uint32_t *)buffer), size);
		if (got == size && !memcmp(buffer, want, size))
			good++;
		else
			bad++;
	}
	printf("%d right, %d wrong, of %d\n", good, bad, count);
	return good != count;
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "send"))
		return send_all(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
	if (argc == 5 && !strcmp(argv[1], "receive"))
		return receive_all(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
	fprintf(stderr, "usage: see uso.c\n");
	return 2;
}
