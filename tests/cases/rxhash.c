// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Count packets by the hash that came with them
 *
 *	rxhash INTERFACE HASH SECONDS
 *
 * Prints how many packets of IPv4 the kernel has with this hash within that time;
 * 0 is no hash.  A filter in the kernel looks at what the driver said: a program
 * is not told.
 *
 * Run in the guest.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Only packets with this hash. */
static int filter(int sock, uint32_t hash)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_RXHASH),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, hash, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 64),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { .len = 4, .filter = code };

	return setsockopt(sock, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

int main(int argc, char **argv)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP) };
	struct timeval limit = { .tv_usec = 200000 };
	int sock, count = 0;
	char packet[64];
	double end;

	if (argc != 4) {
		fprintf(stderr, "usage: see rxhash.c\n");
		return 2;
	}
	/* Of no protocol until the filter is there. */
	sock = socket(AF_PACKET, SOCK_DGRAM, 0);
	at.sll_ifindex = if_nametoindex(argv[1]);
	if (filter(sock, strtoul(argv[2], NULL, 0)) ||
	    setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
	    bind(sock, (void *)&at, sizeof(at))) {
		perror("rxhash");
		return 1;
	}
	for (end = now() + atof(argv[3]); now() < end;)
		count += recv(sock, packet, sizeof(packet), 0) > 0;
	printf("%d\n", count);
	return 0;
}
