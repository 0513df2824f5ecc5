// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The host's end of the guest's network
 *
 *	net_peer QUEUES PROGRAM ARGUMENT...
 *
 * Goes into a network namespace of its own, makes a tap with so many queues,
 * and becomes the program, QEMU, with the queues as file descriptors from
 * FIRST_FD on.  A child, which goes with it, answers the guest: net_wire.h.
 * The namespace is gone when both are.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net_wire.h"

#define FIRST_FD	100
#define BATCH		64
#define BUFFER		(1 << 20)
#define RECEIVE		(64 << 20)

static char buffer[BUFFER];

static void die(const char *what)
{
	fprintf(stderr, "net_peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int check(int result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

static void open_queue(int i)
{
	struct ifreq ifr = {
		.ifr_name = "tap0",
		.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR |
			     IFF_MULTI_QUEUE,
	};
	int fd = check(open("/dev/net/tun", O_RDWR | O_NONBLOCK),
		       "/dev/net/tun");

	check(ioctl(fd, TUNSETIFF, &ifr), "TUNSETIFF");
	check(dup2(fd, FIRST_FD + i), "dup2");
	close(fd);
}

static struct sockaddr_in address(const char *ip, int port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(port),
	};

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

static void set_up(int fd)
{
	static const unsigned char host[] = HOST_MAC, guest[] = GUEST_MAC;
	struct sockaddr_in a = address(HOST_ADDR, 0);
	struct ifreq ifr = { .ifr_name = "tap0" };
	struct arpreq arp = {
		.arp_flags = ATF_PERM | ATF_COM, .arp_dev = "tap0",
		.arp_ha.sa_family = ARPHRD_ETHER,
	};

	ifr.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(ifr.ifr_hwaddr.sa_data, host, sizeof(host));
	check(ioctl(fd, SIOCSIFHWADDR, &ifr), "SIOCSIFHWADDR");
	memcpy(&ifr.ifr_addr, &a, sizeof(a));
	check(ioctl(fd, SIOCSIFADDR, &ifr), "SIOCSIFADDR");
	a = address("255.255.255.0", 0);
	memcpy(&ifr.ifr_netmask, &a, sizeof(a));
	check(ioctl(fd, SIOCSIFNETMASK, &ifr), "SIOCSIFNETMASK");
	/* More than all that the guest's flows ask for beforehand: 8192. */
	ifr.ifr_qlen = 20000;
	check(ioctl(fd, SIOCSIFTXQLEN, &ifr), "SIOCSIFTXQLEN");
	ifr.ifr_flags = IFF_UP;
	check(ioctl(fd, SIOCSIFFLAGS, &ifr), "SIOCSIFFLAGS");
	a = address(GUEST_ADDR, 0);
	memcpy(&arp.arp_pa, &a, sizeof(a));
	memcpy(arp.arp_ha.sa_data, guest, sizeof(guest));
	check(ioctl(fd, SIOCSARP, &arp), "SIOCSARP");
}

static int listener(int type, int port)
{
	struct sockaddr_in a = address(HOST_ADDR, port);
	int fd = check(socket(AF_INET, type, 0), "socket"), on = 1;
	int room = RECEIVE;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (type == SOCK_DGRAM) {
		check(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
				 sizeof(room)), "SO_RCVBUFFORCE");
		check(fcntl(fd, F_SETFL, O_NONBLOCK), "O_NONBLOCK");
	}
	check(bind(fd, (void *)&a, sizeof(a)), "bind");
	if (type == SOCK_STREAM)
		check(listen(fd, 16), "listen");
	return fd;
}

/* A connection of its own process: all that comes, then how much it was. */
static void tcp_sink(int fd)
{
	uint64_t sum = 0;
	ssize_t got;

	while ((got = read(fd, buffer, BUFFER)) > 0)
		sum += got;
	send(fd, &sum, sizeof(sum), 0);
}

/* As much as is asked for, until the guest has it all. */
static void tcp_source(int fd)
{
	uint64_t left;
	ssize_t put;

	while (recv(fd, &left, sizeof(left), MSG_WAITALL) == sizeof(left))
		for (; left; left -= put) {
			put = write(fd, buffer, left < BUFFER ? left : BUFFER);
			if (put < 1)
				return;
		}
}

static void tcp_take(int fd)
{
	while (recv(fd, buffer, PIECE, MSG_WAITALL) == PIECE &&
	       write(fd, buffer, 1) == 1)
		;
}

static void serve(int listening, void (*work)(int fd))
{
	int fd = accept(listening, NULL, NULL);

	if (fd < 0)
		return;
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work(fd);
		_exit(0);
	}
	close(fd);
}

static uint64_t udp_sink(int fd)
{
	static struct mmsghdr messages[BATCH];
	static struct iovec pieces[BATCH];
	uint64_t sum = 0;
	int got, i;

	for (i = 0; i < BATCH; i++) {
		pieces[i] = (struct iovec){ buffer, 2048 };
		messages[i].msg_hdr = (struct msghdr){
			.msg_iov = &pieces[i], .msg_iovlen = 1,
		};
	}
	while ((got = recvmmsg(fd, messages, BATCH, 0, NULL)) > 0)
		sum += got;
	return sum;
}

/* Send what was asked for, in calls of many. */
static void udp_source(int fd)
{
	static struct mmsghdr messages[BATCH];
	struct sockaddr_in from;
	struct iovec piece = { buffer, 0 };
	socklen_t len = sizeof(from);
	struct net_ask ask;
	unsigned int i;
	int put;

	while (recvfrom(fd, &ask, sizeof(ask), 0, (void *)&from, &len) ==
	       sizeof(ask)) {
		piece.iov_len = ask.size < 1500 ? ask.size : 1500;
		for (i = 0; i < BATCH; i++)
			messages[i].msg_hdr = (struct msghdr){
				.msg_name = &from, .msg_namelen = len,
				.msg_iov = &piece, .msg_iovlen = 1,
			};
		while (ask.num) {
			put = sendmmsg(fd, messages,
				       ask.num < BATCH ? ask.num : BATCH, 0);
			if (put > 0)
				ask.num -= put;
			else if (errno != EAGAIN && errno != ENOBUFS)
				return;
		}
	}
}

/**
 * struct count - a question of the guest's
 * @due: when to answer: so many datagrams
 * @from: whom to
 * @asked: there is one
 */
struct count {
	uint64_t due;
	struct sockaddr_in from;
	int asked;
};

static void answer(int fd, struct count *c, uint64_t *got)
{
	if (sendto(fd, got, sizeof(*got), 0, (void *)&c->from,
		   sizeof(c->from)) < 0)
		perror("net_peer: sendto");
	c->asked = 0;
	*got = 0;
}

static void ask(int fd, struct count *c)
{
	socklen_t len = sizeof(c->from);

	if (recvfrom(fd, &c->due, sizeof(c->due), 0, (void *)&c->from, &len) ==
	    sizeof(c->due))
		c->asked = 1;
}

static void peer(void)
{
	struct pollfd fds[] = {
		{ listener(SOCK_DGRAM, PORT_SINK), POLLIN, 0 },
		{ listener(SOCK_DGRAM, PORT_SOURCE), POLLIN, 0 },
		{ listener(SOCK_DGRAM, PORT_COUNT), POLLIN, 0 },
		{ listener(SOCK_STREAM, PORT_SINK), POLLIN, 0 },
		{ listener(SOCK_STREAM, PORT_SOURCE), POLLIN, 0 },
		{ listener(SOCK_STREAM, PORT_TAKE), POLLIN, 0 },
	};
	struct count c = { 0 };
	uint64_t got = 0;
	int ready;

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		ready = poll(fds, 6, 1000);
		if (fds[0].revents)
			got += udp_sink(fds[0].fd);
		if (ready > 0 && fds[1].revents)
			udp_source(fds[1].fd);
		if (ready > 0 && fds[2].revents)
			ask(fds[2].fd, &c);
		if (c.asked && (got >= c.due || !ready))
			answer(fds[2].fd, &c, &got);
		if (ready > 0 && fds[3].revents)
			serve(fds[3].fd, tcp_sink);
		if (ready > 0 && fds[4].revents)
			serve(fds[4].fd, tcp_source);
		if (ready > 0 && fds[5].revents)
			serve(fds[5].fd, tcp_take);
	}
}

int main(int argc, char **argv)
{
	int queues = argc > 2 ? atoi(argv[1]) : 0, fd, i;
	pid_t parent = getpid();

	if (queues < 1)
		return 2;
	check(unshare(CLONE_NEWNET | (geteuid() ? CLONE_NEWUSER : 0)),
	      "no network namespace");
	for (i = 0; i < queues; i++)
		open_queue(i);
	fd = check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	set_up(fd);
	close(fd);
	if (!check(fork(), "fork")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (i = 0; i < queues; i++)
			close(FIRST_FD + i);
		if (getppid() == parent)
			peer();
		_exit(1);
	}
	execvp(argv[2], argv + 2);
	die(argv[2]);
}
