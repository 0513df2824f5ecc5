// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Run a command with an XDP program on an interface
 *
 *	xdp INTERFACE pass|drop|tx|redirect|frags COMMAND...
 *
 * The program says the same of each packet; "redirect" sends it back through
 * the interface that it came from, "frags" lets it pass and can have it in
 * pieces.  Ends with the status of the command, or 99 when the program cannot
 * be loaded or put in place, and says why.
 *
 * Run in the guest.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAILED 99

/* They are not in every system's headers. */
#define HAS_FRAGS (1U << 5)

static char log_buf[4096];

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int load(const struct bpf_insn *insns, unsigned int num, unsigned int flags)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = num;
	attr.license = (uintptr_t)"GPL";
	attr.prog_flags = flags;
	attr.log_buf = (uintptr_t)log_buf;
	attr.log_size = sizeof(log_buf);
	attr.log_level = 1;
	return bpf(BPF_PROG_LOAD, &attr);
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

static int load_named(const char *name, int ifindex)
{
	if (!strcmp(name, "pass"))
		return load_verdict(XDP_PASS, 0);
	if (!strcmp(name, "frags"))
		return load_verdict(XDP_PASS, HAS_FRAGS);
	if (!strcmp(name, "drop"))
		return load_verdict(XDP_DROP, 0);
	if (!strcmp(name, "tx"))
		return load_verdict(XDP_TX, 0);
	if (!strcmp(name, "redirect"))
		return load_redirect(ifindex);
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
