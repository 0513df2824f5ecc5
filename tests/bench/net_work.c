// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What a guest of the device benchmark does with its network
 *
 *	net_work up INTERFACE PAIRS DEVICE
 *	net_work udp-send|udp-recv|tcp-send|tcp-recv UNITS FLOWS DEVICE
 *	net_work udp-recv-128|udp-1|tcp-send-1|tcp-recv-1 UNITS 1 DEVICE
 *
 * 'up' gives the interface its address, and so many queue pairs.  The others
 * warm up, then do their work with net_peer.c on the host, and print what
 * dev_mark.h says.  Units are datagrams in Ethernet frames of 64 bytes, FCS
 * included, that arrived, or 64 KiB of a stream.  Of udp-recv so many are under
 * way that the guest does not wait for the host; of udp-recv-128 they are
 * bursts that fit in the ring.  Ways that end in 1 do nothing before they have
 * the host's answer: units are a datagram each way, or a PIECE of a stream that
 * goes, or comes.  With several FLOWS each is a process on a
 * CPU of its own.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "dev_mark.h"
#include "net_wire.h"

/* 64 less Ethernet, IP, UDP and FCS. */
#define PAYLOAD		(64 - 14 - 20 - 8 - 4)
#define BATCH		64
/* Datagrams asked for at a time, and how often beforehand: more than are read. */
#define ASK		512
#define ASKS		4
/* Of bursts, which the ring takes as they come. */
#define BURST		128
#define BURSTS		2
#define CHUNK		65536

static char chunk[CHUNK];
static struct mmsghdr messages[BATCH];

static struct sockaddr_in address(const char *ip, int port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(port),
	};

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

static void control(int fd, unsigned long request, void *arg, const char *what)
{
	if (ioctl(fd, request, arg))
		die(what);
}

/* The interface of the device. */
static void interface(struct ifreq *ifr)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/virtio/devices/%s/net", device);
	dir = opendir(path);
	if (!dir)
		die(path);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%.15s",
				 entry->d_name);
	closedir(dir);
}

/* All counters of ethtool -S that are called "..._kicks". */
static uint64_t count_kicks(void)
{
	static struct { struct ethtool_gstrings h; char s[4096][32]; } names;
	static struct { struct ethtool_stats h; __u64 n[4096]; } values;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr = { .ifr_data = (void *)&names };
	uint64_t sum = 0;
	unsigned int i;

	interface(&ifr);
	names.h.cmd = ETHTOOL_GSTRINGS;
	names.h.string_set = ETH_SS_STATS;
	control(fd, SIOCETHTOOL, &ifr, "ETHTOOL_GSTRINGS");
	values.h.cmd = ETHTOOL_GSTATS;
	ifr.ifr_data = (void *)&values;
	control(fd, SIOCETHTOOL, &ifr, "ETHTOOL_GSTATS");
	for (i = 0; i < values.h.n_stats && i < 4096; i++)
		if (strstr(names.s[i], "_kicks"))
			sum += values.n[i];
	close(fd);
	return sum;
}

/* Packets that the interface says it took from the stack, or gave to it. */
static uint64_t count_packets(const char *which)
{
	char path[64], text[32] = "";
	struct ifreq ifr;
	int fd;

	interface(&ifr);
	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s_packets",
		 ifr.ifr_name, which);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 1)
		die(path);
	close(fd);
	return strtoull(text, NULL, 10);
}

static void set_pairs(int fd, struct ifreq *ifr, unsigned int pairs)
{
	struct ethtool_channels now = { .cmd = ETHTOOL_GCHANNELS };
	struct ethtool_channels want = {
		.cmd = ETHTOOL_SCHANNELS, .combined_count = pairs,
	};

	ifr->ifr_data = (void *)&now;
	control(fd, SIOCETHTOOL, ifr, "ETHTOOL_GCHANNELS");
	if (now.combined_count == pairs)
		return;
	ifr->ifr_data = (void *)&want;
	control(fd, SIOCETHTOOL, ifr, "ETHTOOL_SCHANNELS");
}

static void work_up(const char *name, unsigned int pairs)
{
	static const unsigned char host[] = HOST_MAC;
	struct sockaddr_in a = address(GUEST_ADDR, 0);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr = { 0 };
	struct arpreq arp = {
		.arp_flags = ATF_PERM | ATF_COM,
		.arp_ha.sa_family = ARPHRD_ETHER,
	};

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	snprintf(arp.arp_dev, sizeof(arp.arp_dev), "%s", name);
	memcpy(&ifr.ifr_addr, &a, sizeof(a));
	control(fd, SIOCSIFADDR, &ifr, "SIOCSIFADDR");
	a = address("255.255.255.0", 0);
	memcpy(&ifr.ifr_netmask, &a, sizeof(a));
	control(fd, SIOCSIFNETMASK, &ifr, "SIOCSIFNETMASK");
	ifr.ifr_flags = IFF_UP;
	control(fd, SIOCSIFFLAGS, &ifr, "SIOCSIFFLAGS");
	a = address(HOST_ADDR, 0);
	memcpy(&arp.arp_pa, &a, sizeof(a));
	memcpy(arp.arp_ha.sa_data, host, sizeof(host));
	control(fd, SIOCSARP, &arp, "SIOCSARP");
	set_pairs(fd, &ifr, pairs);
	close(fd);
}

static int open_to(int type, int port)
{
	struct sockaddr_in a = address(HOST_ADDR, port);
	struct timeval limit = { .tv_sec = 10 };
	int fd = socket(AF_INET, type, 0), room = 4 << 20;

	if (type == SOCK_DGRAM)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (fd < 0 || connect(fd, (void *)&a, sizeof(a)))
		die("connect");
	return fd;
}

static void prepare(size_t size)
{
	static struct iovec pieces[BATCH];
	int i;

	for (i = 0; i < BATCH; i++) {
		pieces[i] = (struct iovec){ chunk, size };
		messages[i].msg_hdr = (struct msghdr){
			.msg_iov = &pieces[i], .msg_iovlen = 1,
		};
	}
}

static void udp_send(int fd, uint64_t left)
{
	int put;

	prepare(PAYLOAD);
	for (; left; left -= put) {
		put = sendmmsg(fd, messages, left < BATCH ? left : BATCH, 0);
		if (put < 1)
			die("sendmmsg");
	}
}

/* How many arrived, once it is so many or none comes any more. */
static uint64_t udp_count(int fd, uint64_t due)
{
	uint64_t got;

	if (send(fd, &due, sizeof(due), 0) != sizeof(due) ||
	    recv(fd, &got, sizeof(got), 0) != sizeof(got))
		die("count");
	return got;
}

static void udp_ask(int fd, uint64_t *left, uint32_t most)
{
	struct net_ask ask = { *left < most ? *left : most, PAYLOAD };

	if (ask.num && send(fd, &ask, sizeof(ask), 0) != sizeof(ask))
		die("ask");
	*left -= ask.num;
}

/* Never more under way than the host's queue takes: none is lost. */
static void udp_take(int fd, uint64_t due, uint32_t most, int asks)
{
	uint64_t left = due, got = 0, asked = 0;
	int n;

	prepare(CHUNK);
	while (asks--)
		udp_ask(fd, &left, most);
	while (got < due) {
		n = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
		if (n < 1)
			die("recvmmsg");
		got += n;
		while (left && got - asked >= most) {
			udp_ask(fd, &left, most);
			asked += most;
		}
	}
}

static void udp_recv(int fd, uint64_t due)
{
	udp_take(fd, due, ASK, ASKS);
}

static void udp_recv_bursts(int fd, uint64_t due)
{
	udp_take(fd, due, BURST, BURSTS);
}

static void tcp_send(int fd, uint64_t units)
{
	ssize_t put;
	size_t at;

	while (units--)
		for (at = 0; at < CHUNK; at += put) {
			put = write(fd, chunk + at, CHUNK - at);
			if (put < 1)
				die("write");
		}
}

static void tcp_recv(int fd, uint64_t units)
{
	uint64_t left = units * CHUNK;
	ssize_t got;

	for (; left; left -= got) {
		got = read(fd, chunk, left < CHUNK ? left : CHUNK);
		if (got < 1)
			die("read");
	}
}

static void udp_alone(int fd, uint64_t units)
{
	struct net_ask ask = { 1, PAYLOAD };

	while (units--)
		if (send(fd, &ask, sizeof(ask), 0) != sizeof(ask) ||
		    recv(fd, chunk, CHUNK, 0) != PAYLOAD)
			die("answer");
}

static void tcp_send_alone(int fd, uint64_t units)
{
	while (units--)
		if (send(fd, chunk, PIECE, 0) != PIECE ||
		    recv(fd, chunk, 1, 0) != 1)
			die("answer");
}

static void tcp_recv_alone(int fd, uint64_t units)
{
	uint64_t due = PIECE;

	while (units--)
		if (send(fd, &due, sizeof(due), 0) != sizeof(due) ||
		    recv(fd, chunk, PIECE, MSG_WAITALL) != PIECE)
			die("answer");
}

/**
 * struct flow - one flow of a row
 * @fd: its socket
 * @units: what it is to do, warming up not included
 * @warm: what it does first
 */
struct flow {
	int fd;
	uint64_t units;
	uint64_t warm;
};

struct kind {
	const char *name;
	int type;
	int port;
	uint64_t warm;
	void (*work)(int fd, uint64_t units);
};

static const struct kind kinds[] = {
	{ "udp-send", SOCK_DGRAM, PORT_SINK, 2000, udp_send },
	{ "udp-recv", SOCK_DGRAM, PORT_SOURCE, 2000, udp_recv },
	{ "udp-recv-128", SOCK_DGRAM, PORT_SOURCE, 2000, udp_recv_bursts },
	{ "tcp-send", SOCK_STREAM, PORT_SINK, 64, tcp_send },
	{ "tcp-recv", SOCK_STREAM, PORT_SOURCE, 64, tcp_recv },
	{ "udp-1", SOCK_DGRAM, PORT_SOURCE, 200, udp_alone },
	{ "tcp-send-1", SOCK_STREAM, PORT_TAKE, 64, tcp_send_alone },
	{ "tcp-recv-1", SOCK_STREAM, PORT_SOURCE, 64, tcp_recv_alone },
	{ NULL, 0, 0, 0, NULL },
};

/* What a stream's source is to send, or its sink has to have got. */
static void tcp_total(const struct kind *k, const struct flow *f, bool end)
{
	uint64_t due = (f->units + f->warm) * CHUNK, got;

	if (k->work == tcp_recv && !end &&
	    send(f->fd, &due, sizeof(due), 0) != sizeof(due))
		die("total");
	if (k->work != tcp_send || !end)
		return;
	shutdown(f->fd, SHUT_WR);
	if (recv(f->fd, &got, sizeof(got), MSG_WAITALL) != sizeof(got) ||
	    got != due)
		die("bytes were lost");
}

static void open_flow(const struct kind *k, struct flow *f, uint64_t units)
{
	*f = (struct flow){ open_to(k->type, k->port), units, k->warm };
	tcp_total(k, f, false);
	k->work(f->fd, f->warm);
}

/* A flow in a process of its own, which begins when @gate is closed. */
static pid_t start(const struct kind *k, uint64_t units, int cpu, int gate[2],
		   int ready)
{
	struct flow f;
	cpu_set_t set;
	pid_t pid = fork();
	char c = 0;

	if (pid)
		return pid;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	close(gate[1]);
	open_flow(k, &f, units);
	if (write(ready, &c, 1) != 1 || read(gate[0], &c, 1))
		die("gate");
	k->work(f.fd, units);
	tcp_total(k, &f, true);
	fflush(stdout);
	_exit(0);
}

static void run_flows(const struct kind *k, uint64_t units, int flows,
		      int count, uint64_t *got)
{
	int gate[2], ready[2], i, status;
	char c;

	if (pipe(gate) || pipe(ready))
		die("pipe");
	for (i = 0; i < flows; i++)
		start(k, units / flows, i, gate, ready[1]);
	for (i = 0; i < flows; i++)
		if (read(ready[0], &c, 1) != 1)
			die("ready");
	udp_count(count, k->work == udp_send ? flows * k->warm : 0);
	begin();
	close(gate[1]);
	for (i = 0; i < flows; i++)
		if (wait(&status) < 0 || status)
			die("flow");
	if (k->work == udp_send)
		*got = udp_count(count, units);
	end(*got);
}

static void run_flow(const struct kind *k, uint64_t units, int count,
		     uint64_t *got)
{
	struct flow f;

	open_flow(k, &f, units);
	udp_count(count, k->work == udp_send ? k->warm : 0);
	begin();
	k->work(f.fd, units);
	if (k->work == udp_send)
		*got = udp_count(count, units);
	tcp_total(k, &f, true);
	end(*got);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const struct kind *k;
	int count;

	device = argv[argc - 1];
	if (argc != 5)
		return 2;
	if (!strcmp(what, "up")) {
		work_up(argv[2], atoi(argv[3]));
		return 0;
	}
	count_notified = count_kicks;
	count_moved = count_packets;
	count = open_to(SOCK_DGRAM, PORT_COUNT);
	for (k = kinds; k->name; k++) {
		uint64_t units = strtoull(argv[2], NULL, 10), got = units;

		if (strcmp(what, k->name))
			continue;
		if (atoi(argv[3]) == 1)
			run_flow(k, units, count, &got);
		else
			run_flows(k, units, atoi(argv[3]), count, &got);
		return 0;
	}
	return 2;
}
