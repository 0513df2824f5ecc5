/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: What net_work.c in the guest and net_peer.c on the host agree on
 *
 * Both are programs of one machine's byte order.
 */
#ifndef _NET_WIRE_H
#define _NET_WIRE_H

#include <stdint.h>

#define HOST_ADDR	"10.77.0.1"
#define GUEST_ADDR	"10.77.0.2"
#define HOST_MAC	{ 0x52, 0x54, 0, 0x77, 0, 1 }
#define GUEST_MAC	{ 0x52, 0x54, 0, 0x77, 0, 2 }

/*
 * Ports.  UDP: datagrams to PORT_SINK are counted; PORT_SOURCE sends so many
 * back as the request says; PORT_COUNT answers when so many were counted as the
 * request says, or none came for a second, and begins anew.  TCP: PORT_SINK
 * reads all, and says how much it was; PORT_SOURCE sends as much as it is told,
 * each time that it is told; PORT_TAKE answers each PIECE with a byte.
 */
enum { PORT_SINK = 7001, PORT_SOURCE, PORT_COUNT, PORT_TAKE };

/* Of a stream, what the host hands its tap, or takes from it, as one packet. */
#define PIECE		(60 << 10)

/**
 * struct net_ask - a request to PORT_SOURCE
 * @num: datagrams
 * @size: bytes of each
 */
struct net_ask {
	uint32_t num;
	uint32_t size;
};

#endif /* _NET_WIRE_H */
