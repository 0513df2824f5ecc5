// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: An AF_XDP socket that answers UDP while a command runs
 *
 *	xsk INTERFACE QUEUE OPTION,OPTION... COMMAND...
 *
 * What comes to port 7777 on that queue goes back to who sent it, from the frame
 * that it was received in.  When the command ends, so does the socket.  There are
 * no more frames than a ring has entries: one that is lost is missed soon.
 *
 *	zerocopy	or nothing; without it, whatever the driver can do
 *	wakeup		XDP_USE_NEED_WAKEUP: system calls only when told
 *	unaligned	frames at odd places
 *	noprog		no program: the socket gets nothing, the stack everything
 *	late		the first frames are given when the driver says it has none
 *	churn=N		N sockets one after the other, while the command runs
 *	frames=N	so many frames (256, at most 512)
 *
 * Ends with the status of the command; 97 when the kernel gave back a frame that
 * it did not have, or kept one; 98 when the socket cannot be bound, and says why.
 * Writes "bound zerocopy" or "bound copy", "churned" when the last of N sockets is
 * there, at the end what it counted.
 *
 * Run in the guest.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT 7777
#define RING 1024
#define CHUNK 2048
#define PLACE 4096	/* bytes between frames */
#define ODD 1000	/* where unaligned ones begin */
#define MOST 512	/* frames */
#define AT_ONCE 4	/* answers */
#define INSNS 19	/* of the program */
#define WRONG 97
#define UNBOUND 98

/* They are not in every system's headers. */
#ifndef SOL_XDP
#define SOL_XDP 283
#endif
#ifndef AF_XDP
#define AF_XDP 44
#endif

struct ring {
	uint32_t *producer, *consumer, *flags;
	void *descs, *map;
	size_t size;
	uint32_t mine;	/* the side that is ours, not published yet */
};

enum owner { OURS, FILLED, SENT };

static struct {
	int zerocopy, wakeup, unaligned, noprog, late, churn, frames;
} want = { .frames = 256 };

static struct {
	unsigned long received, sent, completed, kicks, wakes, quiet, wrong;
} count;

static char *umem;
static int sock;
static struct ring fill, done, rx, tx;
static unsigned char owner[MOST];
static int stock[MOST], nr_stock;
static pid_t child;
static int status;

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* Frames have places of PLACE bytes each. */
static uint64_t address_of(int frame)
{
	return (uint64_t)frame * PLACE + (want.unaligned ? ODD : 0);
}

static int frame_of(uint64_t address)
{
	uint64_t base = want.unaligned ? address & XSK_UNALIGNED_BUF_ADDR_MASK : address;

	return base / PLACE;
}

/* Where data lies: an unaligned address has its offset in the upper bits. */
static uint64_t place_of(uint64_t address)
{
	if (!want.unaligned)
		return address;
	return (address & XSK_UNALIGNED_BUF_ADDR_MASK) +
	       (address >> XSK_UNALIGNED_BUF_OFFSET_SHIFT);
}

/* A frame comes back from where it was. */
static void comes_from(int frame, enum owner from)
{
	if (frame < 0 || frame >= want.frames || owner[frame] != from) {
		printf("frame %d is not there\n", frame);
		count.wrong++;
		return;
	}
	owner[frame] = OURS;
}

static int make_umem(void)
{
	struct xdp_umem_reg reg;
	size_t size = (size_t)MOST * PLACE;

	memset(&reg, 0, sizeof(reg));
	umem = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (umem == MAP_FAILED)
		return -1;
	reg.addr = (uintptr_t)umem;
	reg.len = size;
	reg.chunk_size = CHUNK;
	reg.flags = want.unaligned ? XDP_UMEM_UNALIGNED_CHUNK_FLAG : 0;
	return setsockopt(sock, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg));
}

static int make_ring(struct ring *r, uint64_t where, const struct xdp_ring_offset *off,
		     size_t size)
{
	char *map;

	r->size = off->desc + RING * size;
	map = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		   sock, where);
	if (map == MAP_FAILED)
		return -1;
	r->map = map;
	r->producer = (void *)(map + off->producer);
	r->consumer = (void *)(map + off->consumer);
	r->flags = (void *)(map + off->flags);
	r->descs = map + off->desc;
	r->mine = 0;
	return 0;
}

static int make_rings(void)
{
	static const int options[] = {
		XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING
	};
	struct xdp_mmap_offsets off;
	socklen_t len = sizeof(off);
	int entries = RING;
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (setsockopt(sock, SOL_XDP, options[i], &entries, sizeof(entries)))
			return -1;
	if (getsockopt(sock, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len))
		return -1;
	return make_ring(&fill, XDP_UMEM_PGOFF_FILL_RING, &off.fr, sizeof(uint64_t)) ||
	       make_ring(&done, XDP_UMEM_PGOFF_COMPLETION_RING, &off.cr, sizeof(uint64_t)) ||
	       make_ring(&rx, XDP_PGOFF_RX_RING, &off.rx, sizeof(struct xdp_desc)) ||
	       make_ring(&tx, XDP_PGOFF_TX_RING, &off.tx, sizeof(struct xdp_desc)) ? -1 : 0;
}

static uint32_t load(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static void publish(struct ring *r, uint32_t *side)
{
	__atomic_store_n(side, r->mine, __ATOMIC_RELEASE);
	/* Before the look at the flag. */
	__sync_synchronize();
}

/* May a system call be left out?  Only then is it. */
static int told(const struct ring *r)
{
	if (!want.wakeup)
		return 1;
	return load(r->flags) & XDP_RING_NEED_WAKEUP;
}

static void give_frames(void)
{
	int some = nr_stock;

	while (nr_stock) {
		int frame = stock[--nr_stock];

		owner[frame] = FILLED;
		((uint64_t *)fill.descs)[fill.mine++ % RING] = address_of(frame);
	}
	if (!some)
		return;
	publish(&fill, fill.producer);
	if (want.wakeup && told(&fill)) {
		count.wakes++;
		recvfrom(sock, NULL, 0, MSG_DONTWAIT, NULL, NULL);
	}
}

static void take_done(void)
{
	uint32_t end = load(done.producer);

	while (done.mine != end) {
		int frame = frame_of(((uint64_t *)done.descs)[done.mine++ % RING]);

		comes_from(frame, SENT);
		stock[nr_stock++] = frame;
		count.completed++;
	}
	__atomic_store_n(done.consumer, done.mine, __ATOMIC_RELEASE);
}

static void swap_bytes(unsigned char *a, unsigned char *b, int n)
{
	unsigned char t;

	for (; n--; a++, b++) {
		t = *a;
		*a = *b;
		*b = t;
	}
}

/* Back to who sent it; the checksums stay right. */
static void turn(unsigned char *p)
{
	swap_bytes(p, p + 6, 6);
	swap_bytes(p + 26, p + 30, 4);
	swap_bytes(p + 34, p + 36, 2);
}

static int answer_some(void)
{
	uint32_t end = load(rx.producer);
	int n = 0;

	for (; rx.mine != end && n < AT_ONCE; n++) {
		struct xdp_desc *d = &((struct xdp_desc *)rx.descs)[rx.mine++ % RING];
		int frame = frame_of(d->addr);

		comes_from(frame, FILLED);
		turn((unsigned char *)umem + place_of(d->addr));
		owner[frame] = SENT;
		((struct xdp_desc *)tx.descs)[tx.mine++ % RING] = *d;
		count.received++;
	}
	__atomic_store_n(rx.consumer, rx.mine, __ATOMIC_RELEASE);
	if (n)
		publish(&tx, tx.producer);
	count.sent += n;
	return n;
}

/* Frames that the kernel did not take yet, or that it did not give back. */
static int pending(void)
{
	return count.sent != count.completed;
}

static void kick(int sent)
{
	if (!told(&tx)) {
		count.quiet += sent;
		return;
	}
	count.kicks++;
	sendto(sock, NULL, 0, MSG_DONTWAIT, NULL, 0);
}

static int child_runs(void)
{
	return !waitpid(child, &status, WNOHANG);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void serve_once(void)
{
	int n = answer_some();

	take_done();
	give_frames();
	/* With the flag only when there is something new, so that a lost one shows. */
	if (n || (pending() && !want.wakeup) || (pending() && told(&tx)))
		kick(n);
	if (!n)
		usleep(100);
}

/* A driver without frames says so, and takes some when it is told of them. */
static void wait_until_asked(void)
{
	double end = seconds() + 5;

	while (!told(&fill) && seconds() < end)
		usleep(1000);
	if (!told(&fill)) {
		printf("the driver does not say that it has no frames\n");
		count.wrong++;
	}
	give_frames();
	end = seconds() + 5;
	while (told(&fill) && seconds() < end)
		usleep(1000);
	if (told(&fill)) {
		printf("the driver still says so with %d\n", want.frames);
		count.wrong++;
	}
}

/* What was sent comes back. */
static void settle(void)
{
	double end = seconds() + 5;

	while (pending() && seconds() < end)
		serve_once();
	if (pending()) {
		printf("%lu frames are still with the driver\n", count.sent - count.completed);
		count.wrong++;
	}
}

static int load_program(int map)
{
	struct bpf_insn insns[INSNS] = {
		/* r2 = data, r3 = data_end: up to the ports */
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 0 },
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 3, .src_reg = 1, .off = 4 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 4, .src_reg = 2 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 4, .imm = 42 },
		{ .code = BPF_JMP | BPF_JGT | BPF_X, .dst_reg = 4, .src_reg = 3, .off = 12 },
		{ .code = BPF_LDX | BPF_MEM | BPF_H, .dst_reg = 5, .src_reg = 2, .off = 12 },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 5, .imm = htons(0x0800),
		  .off = 10 },
		{ .code = BPF_LDX | BPF_MEM | BPF_B, .dst_reg = 5, .src_reg = 2, .off = 23 },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 5, .imm = 17, .off = 8 },
		{ .code = BPF_LDX | BPF_MEM | BPF_H, .dst_reg = 5, .src_reg = 2, .off = 36 },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 5, .imm = htons(PORT), .off = 6 },
		/* bpf_redirect_map(map, rx_queue_index, XDP_PASS) */
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 16 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map },
		{ },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static char log_buf[8192];
	union bpf_attr attr;
	int prog;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = INSNS;
	attr.license = (uintptr_t)"GPL";
	attr.log_buf = (uintptr_t)log_buf;
	attr.log_size = sizeof(log_buf);
	attr.log_level = 1;
	prog = bpf(BPF_PROG_LOAD, &attr);
	if (prog < 0)
		printf("load: %s\n%s\n", strerror(errno), log_buf);
	return prog;
}

static int make_map(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_XSKMAP;
	attr.key_size = 4;
	attr.value_size = 4;
	attr.max_entries = 64;
	return bpf(BPF_MAP_CREATE, &attr);
}

/* In place as long as the descriptor is open. */
static int attach(int prog, int ifindex)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = prog;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = XDP_FLAGS_DRV_MODE;
	return bpf(BPF_LINK_CREATE, &attr);
}

static int into_map(int map, uint32_t queue)
{
	union bpf_attr attr;
	uint32_t value = sock;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = map;
	attr.key = (uintptr_t)&queue;
	attr.value = (uintptr_t)&value;
	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

/* The pool of a socket that was closed goes a little later. */
static int bind_to(int ifindex, int queue)
{
	struct sockaddr_xdp to;
	double end = seconds() + 5;
	int err;

	memset(&to, 0, sizeof(to));
	to.sxdp_family = AF_XDP;
	to.sxdp_ifindex = ifindex;
	to.sxdp_queue_id = queue;
	to.sxdp_flags = (want.zerocopy ? XDP_ZEROCOPY : 0) |
			(want.wakeup ? XDP_USE_NEED_WAKEUP : 0);
	do {
		err = bind(sock, (void *)&to, sizeof(to));
		if (err && errno == EBUSY)
			usleep(2000);
	} while (err && errno == EBUSY && seconds() < end);
	return err;
}

static const char *mode(void)
{
	struct xdp_options options;
	socklen_t len = sizeof(options);

	if (getsockopt(sock, SOL_XDP, XDP_OPTIONS, &options, &len))
		return "unknown";
	return options.flags & XDP_OPTIONS_ZEROCOPY ? "zerocopy" : "copy";
}

static int open_socket(int ifindex, int queue)
{
	int i;

	sock = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (sock < 0 || make_umem() || make_rings()) {
		printf("socket: %s\n", strerror(errno));
		return -1;
	}
	nr_stock = 0;
	for (i = 0; i < want.frames; i++) {
		owner[i] = OURS;
		stock[nr_stock++] = i;
	}
	if (!want.late)
		give_frames();
	if (bind_to(ifindex, queue)) {
		printf("bind: %s\n", strerror(errno));
		return -1;
	}
	return 0;
}

/* Half of them with frames that the kernel has. */
static void close_socket(int orderly)
{
	if (orderly)
		settle();
	count.sent = 0;
	count.completed = 0;
	/* A mapping would keep the socket. */
	munmap(fill.map, fill.size);
	munmap(done.map, done.size);
	munmap(rx.map, rx.size);
	munmap(tx.map, tx.size);
	close(sock);
	munmap(umem, (size_t)MOST * PLACE);
}

static void churn(int ifindex, int queue, int map)
{
	double end;
	int i;

	for (i = 1; i < want.churn; i++) {
		close_socket(i & 1);
		if (open_socket(ifindex, queue) || into_map(map, queue)) {
			count.wrong++;
			return;
		}
		for (end = seconds() + 0.1 * (i % 3); seconds() < end;)
			serve_once();
	}
	printf("churned\n");
}

static void options(char *list)
{
	char *word;

	for (word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		want.zerocopy |= !strcmp(word, "zerocopy");
		want.wakeup |= !strcmp(word, "wakeup");
		want.unaligned |= !strcmp(word, "unaligned");
		want.noprog |= !strcmp(word, "noprog");
		want.late |= !strcmp(word, "late");
		if (!strncmp(word, "churn=", 6))
			want.churn = atoi(word + 6);
		if (!strncmp(word, "frames=", 7))
			want.frames = atoi(word + 7);
	}
}

static int prepare(int ifindex, int queue, int *map)
{
	int prog;

	*map = make_map();
	if (*map < 0 || open_socket(ifindex, queue))
		return -1;
	if (want.noprog)
		return 0;
	prog = load_program(*map);
	if (prog < 0 || attach(prog, ifindex) < 0 || into_map(*map, queue)) {
		printf("program: %s\n", strerror(errno));
		return -1;
	}
	return 0;
}

static int result(void)
{
	if (count.wrong)
		return WRONG;
	return WIFEXITED(status) ? WEXITSTATUS(status) : WRONG;
}

int main(int argc, char **argv)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int ifindex, queue, map;

	if (argc < 5) {
		fprintf(stderr, "usage: see xsk.c\n");
		return UNBOUND;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	setrlimit(RLIMIT_MEMLOCK, &all);
	ifindex = if_nametoindex(argv[1]);
	queue = atoi(argv[2]);
	options(argv[3]);
	if (prepare(ifindex, queue, &map))
		return UNBOUND;
	printf("bound %s\n", mode());
	if (want.late)
		wait_until_asked();
	child = fork();
	if (!child) {
		execvp(argv[4], argv + 4);
		_exit(WRONG);
	}
	if (want.churn)
		churn(ifindex, queue, map);
	while (child_runs())
		serve_once();
	settle();
	printf("received %lu, sent %lu, kicks %lu, wakes %lu, quiet %lu, wrong %lu\n",
	       count.received, count.sent, count.kicks, count.wakes, count.quiet, count.wrong);
	return result();
}
