// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Run a command with an XDP program on an interface
 *
 *	xdp INTERFACE PROGRAM COMMAND...
 *	xdp pin PATH
 *
 * Programs are pass, drop, tx, redirect, frags, tx-frags, meta, aborted, unknown.
 * Each says the same of each packet; "redirect" sends it back through the
 * interface that it came from, "frags" lets it pass and can have it in pieces, as
 * "tx-frags" can, "unknown" says what is no verdict, "meta" puts four bytes of
 * metadata before it, and drops it where that cannot be done.  Ends with the
 * status of the command, or 99 when the program cannot be loaded or put in place,
 * and says why.
 *
 * The second form leaves a program for tc at PATH, which drops packets without
 * these four bytes.
 *
 * Run in the guest.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAILED 99
#define META 0x56474d31		/* four bytes that are nothing else's */

/* They are not in every system's headers. */
#define HAS_FRAGS (1U << 5)

static char log_buf[4096];

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int load_type(int type, const struct bpf_insn *insns, unsigned int num, unsigned int flags)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = num;
	attr.license = (uintptr_t)"GPL";
	attr.prog_flags = flags;
	attr.log_buf = (uintptr_t)log_buf;
	attr.log_size = sizeof(log_buf);
	attr.log_level = 1;
	return bpf(BPF_PROG_LOAD, &attr);
}

static int load(const struct bpf_insn *insns, unsigned int num, unsigned int flags)
{
	return load_type(BPF_PROG_TYPE_XDP, insns, num, flags);
}

/* r0 = verdict; exit */
static int load_verdict(int verdict, unsigned int flags)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = verdict },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load(insns, 2, flags);
}

/* bpf_redirect(ifindex, 0) */
static int load_redirect(int ifindex)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = ifindex },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load(insns, 4, 0);
}

/* Words of the programs that are about metadata. */
#define MOV(to, value)	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = to, .imm = value }
#define COPY(to, from)	{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = to, .src_reg = from }
#define FIELD(to, from, at) \
	{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = to, .src_reg = from, .off = at }
#define EXIT()		{ .code = BPF_JMP | BPF_EXIT }

/* if (bpf_xdp_adjust_meta(ctx, -4)) drop; write it, look at it, pass */
static int load_meta(void)
{
	struct bpf_insn insns[] = {
		COPY(6, 1),
		MOV(2, -4),
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_xdp_adjust_meta },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 0, .imm = 0, .off = 9 },
		FIELD(2, 6, offsetof(struct xdp_md, data_meta)),
		FIELD(3, 6, offsetof(struct xdp_md, data)),
		COPY(4, 2),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 4, .imm = 4 },
		{ .code = BPF_JMP | BPF_JGT | BPF_X, .dst_reg = 4, .src_reg = 3, .off = 4 },
		{ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 2, .imm = META },
		FIELD(5, 2, 0),
		MOV(0, XDP_PASS),
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 5, .imm = META, .off = 1 },
		MOV(0, XDP_DROP),
		EXIT(),
	};

	return load(insns, sizeof(insns) / sizeof(*insns), 0);
}

/* 0 (TC_ACT_OK) for a packet with that before it, 2 (TC_ACT_SHOT) for all others */
static int load_meta_wanted(void)
{
	struct bpf_insn insns[] = {
		MOV(0, 2),
		FIELD(2, 1, offsetof(struct __sk_buff, data_meta)),
		FIELD(3, 1, offsetof(struct __sk_buff, data)),
		COPY(4, 2),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 4, .imm = 4 },
		{ .code = BPF_JMP | BPF_JGT | BPF_X, .dst_reg = 4, .src_reg = 3, .off = 3 },
		FIELD(5, 2, 0),
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 5, .imm = META, .off = 1 },
		MOV(0, 0),
		EXIT(),
	};

	return load_type(BPF_PROG_TYPE_SCHED_CLS, insns, sizeof(insns) / sizeof(*insns), 0);
}

static int leave_at(const char *path)
{
	union bpf_attr attr;
	int prog = load_meta_wanted();

	if (prog < 0) {
		printf("load: %s\n%s\n", strerror(errno), log_buf);
		return FAILED;
	}
	memset(&attr, 0, sizeof(attr));
	attr.pathname = (uintptr_t)path;
	attr.bpf_fd = prog;
	if (!bpf(BPF_OBJ_PIN, &attr))
		return 0;
	printf("pin: %s\n", strerror(errno));
	return FAILED;
}

static int load_named(const char *name, int ifindex)
{
	if (!strcmp(name, "pass"))
		return load_verdict(XDP_PASS, 0);
	if (!strcmp(name, "frags"))
		return load_verdict(XDP_PASS, HAS_FRAGS);
	if (!strcmp(name, "drop"))
		return load_verdict(XDP_DROP, 0);
	if (!strcmp(name, "aborted"))
		return load_verdict(XDP_ABORTED, 0);
	if (!strcmp(name, "unknown"))
		return load_verdict(77, 0);
	if (!strcmp(name, "tx-frags"))
		return load_verdict(XDP_TX, HAS_FRAGS);
	if (!strcmp(name, "tx"))
		return load_verdict(XDP_TX, 0);
	if (!strcmp(name, "redirect"))
		return load_redirect(ifindex);
	if (!strcmp(name, "meta"))
		return load_meta();
	errno = EINVAL;
	return -1;
}

/* In place as long as the descriptor is open. */
static int attach(int prog, int ifindex)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = prog;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = BPF_XDP;
	/* The driver's own, not the stack's. */
	attr.link_create.flags = 1U << 2;
	return bpf(BPF_LINK_CREATE, &attr);
}

int main(int argc, char **argv)
{
	int ifindex, prog, link, status;
	pid_t child;

	if (argc == 3 && !strcmp(argv[1], "pin"))
		return leave_at(argv[2]);
	if (argc < 4) {
		fprintf(stderr, "usage: see xdp.c\n");
		return FAILED;
	}
	ifindex = if_nametoindex(argv[1]);
	prog = load_named(argv[2], ifindex);
	if (prog < 0) {
		printf("load: %s\n%s\n", strerror(errno), log_buf);
		return FAILED;
	}
	link = attach(prog, ifindex);
	if (link < 0) {
		printf("attach: %s\n", strerror(errno));
		return FAILED;
	}
	child = fork();
	if (!child) {
		execvp(argv[3], argv + 3);
		_exit(FAILED);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return FAILED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}
