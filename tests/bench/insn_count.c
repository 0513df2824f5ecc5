// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A plugin for QEMU's TCG: what a guest executes between two marks
 *
 * vring_bench.h has the marks.  Every stretch of instructions without a jump
 * or a mark in it is one counter, so that a count is exact whatever blocks
 * QEMU translates.  At MARK_ROW_END the row goes to the file out=PATH:
 *
 *	row INSTRUCTIONS STORES			stores are those to watched words
 *	at ADDRESS INSTRUCTIONS TIMES AGAIN	each stretch that ran
 *
 * A string instruction with a repeat prefix is a stretch of its own.  QEMU
 * executes it once for each element; AGAIN is how many of these were not the
 * first, so that TIMES - AGAIN is what a processor's own counter would show.
 *
 * One virtual CPU only.  Written for version 1 of the plugin interface, whose
 * header no package has; what is used of it is declared here.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { QEMU_PLUGIN_CB_NO_REGS = 0, QEMU_PLUGIN_MEM_W = 2 };

typedef void (*tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*udata_cb)(unsigned int cpu, void *data);
typedef void (*mem_cb)(unsigned int cpu, qemu_plugin_meminfo_t info,
		       uint64_t vaddr, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb cb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    udata_cb cb, int flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, mem_cb cb,
				      int flags, int rw, void *data);
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
			       char **argv);

/* As in vring_bench.h. */
enum { START = 1, STOP, ROW_BEGIN, ROW_END, WATCH, UNWATCH };

/* Modules are above; only they write to a ring. */
#define MODULES_VADDR	0xffffffffc0000000ULL
#define STRETCHES	(1U << 20)
#define WATCHES		8

struct stretch {
	uint64_t vaddr;
	uint64_t times;
	uint64_t again;
	uint32_t num;
	bool repeats;
};

static FILE *out;
static struct stretch *stretches;
static struct stretch **ran, *last;
static unsigned int num_known, num_ran, num_watches;
static uint64_t watches[WATCHES];
static uint64_t instructions, stores;
static bool counting, watch_next;

/* The counter of @num instructions at @vaddr. */
static struct stretch *find(uint64_t vaddr, uint32_t num)
{
	uint64_t hash = (vaddr * 0x9e3779b97f4a7c15ULL) ^ (num * 0x85ebca6bULL);
	struct stretch *s;

	for (hash >>= 20; ; hash++) {
		s = &stretches[hash % STRETCHES];
		if (s->num == num && s->vaddr == vaddr)
			return s;
		if (s->num)
			continue;
		if (++num_known > STRETCHES / 2) {
			fputs("insn_count: too much code\n", stderr);
			abort();
		}
		s->vaddr = vaddr;
		s->num = num;
		return s;
	}
}

static void on_stretch(unsigned int cpu, void *data)
{
	struct stretch *s = data;

	(void)cpu;
	if (!counting)
		return;
	if (!s->times++)
		ran[num_ran++] = s;
	instructions += s->num;
	if (s == last && s->repeats)
		s->again++;
	last = s;
}

static void on_store(unsigned int cpu, qemu_plugin_meminfo_t info,
		     uint64_t vaddr, void *data)
{
	uint64_t end = vaddr + (1U << qemu_plugin_mem_size_shift(info));
	unsigned int i;

	(void)cpu;
	(void)data;
	/* QEMU 7.2 reports loads to those who asked for stores. */
	if (!qemu_plugin_mem_is_store(info))
		return;
	if (watch_next && num_watches < WATCHES) {
		watches[num_watches++] = vaddr;
		watch_next = false;
	}
	if (!counting)
		return;
	for (i = 0; i < num_watches; i++)
		if (vaddr < watches[i] + 2 && watches[i] < end) {
			stores++;
			return;
		}
}

static void row_begin(void)
{
	while (num_ran)
		*ran[--num_ran] = (struct stretch){
			.vaddr = ran[num_ran]->vaddr,
			.num = ran[num_ran]->num,
			.repeats = ran[num_ran]->repeats,
		};
	instructions = 0;
	stores = 0;
}

static void row_end(void)
{
	unsigned int i;

	fprintf(out, "row %" PRIu64 " %" PRIu64 "\n", instructions, stores);
	for (i = 0; i < num_ran; i++)
		fprintf(out, "at %" PRIx64 " %u %" PRIu64 " %" PRIu64 "\n",
			ran[i]->vaddr, ran[i]->num, ran[i]->times,
			ran[i]->again);
	fflush(out);
}

static void on_mark(unsigned int cpu, void *data)
{
	(void)cpu;
	switch ((uintptr_t)data) {
	case START:
		counting = true;
		break;
	case STOP:
		counting = false;
		last = NULL;
		break;
	case ROW_BEGIN:
		row_begin();
		break;
	case ROW_END:
		row_end();
		break;
	case WATCH:
		watch_next = true;
		break;
	case UNWATCH:
		num_watches = 0;
		break;
	}
}

/* Which mark an instruction is; 0: none. */
static unsigned int mark_of(const struct qemu_plugin_insn *insn)
{
	const uint8_t *b = qemu_plugin_insn_data(insn);

	if (qemu_plugin_insn_size(insn) != 8 || memcmp(b, "\x0f\x1f\x84\0", 4) ||
	    memcmp(b + 5, "\0VR", 3))
		return 0;
	return b[4];
}

/* Is it INS, OUTS, MOVS, CMPS, STOS, LODS or SCAS with REP, REPE or REPNE? */
static bool is_repeated(const struct qemu_plugin_insn *insn)
{
	static const uint8_t prefixes[] = {
		0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67
	};
	const uint8_t *b = qemu_plugin_insn_data(insn);
	size_t i, n = qemu_plugin_insn_size(insn);
	bool prefix = false;

	for (i = 0; i < n; i++) {
		if (b[i] == 0xf2 || b[i] == 0xf3)
			prefix = true;
		else if (!memchr(prefixes, b[i], sizeof(prefixes)) &&
			 (b[i] & 0xf0) != 0x40)
			break;
	}
	return prefix && i < n &&
	       ((b[i] >= 0xa4 && b[i] <= 0xa7) || (b[i] >= 0xaa && b[i] <= 0xaf) ||
		(b[i] >= 0x6c && b[i] <= 0x6f));
}

/* Count instructions @first to @end, without the latter. */
static void count(struct qemu_plugin_tb *tb, size_t first, size_t end)
{
	struct qemu_plugin_insn *insn;
	struct stretch *s;

	if (first == end)
		return;
	insn = qemu_plugin_tb_get_insn(tb, first);
	s = find(qemu_plugin_insn_vaddr(insn), end - first);
	s->repeats = is_repeated(insn);
	qemu_plugin_register_vcpu_insn_exec_cb(insn, on_stretch,
					       QEMU_PLUGIN_CB_NO_REGS, s);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, first = 0, n = qemu_plugin_tb_n_insns(tb);
	struct qemu_plugin_insn *insn;
	uintptr_t mark;

	(void)id;
	for (i = 0; i < n; i++) {
		insn = qemu_plugin_tb_get_insn(tb, i);
		mark = mark_of(insn);
		if (qemu_plugin_insn_vaddr(insn) >= MODULES_VADDR)
			qemu_plugin_register_vcpu_mem_cb(insn, on_store,
							 QEMU_PLUGIN_CB_NO_REGS,
							 QEMU_PLUGIN_MEM_W, NULL);
		if (!mark && !is_repeated(insn))
			continue;
		count(tb, first, i);
		if (mark)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark,
							       QEMU_PLUGIN_CB_NO_REGS,
							       (void *)mark);
		else
			count(tb, i, i + 1);
		first = i + 1;
	}
	count(tb, first, n);
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
			char **argv)
{
	const char *path = "insn_count.out";
	int i;

	(void)info;
	for (i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			path = argv[i] + 4;
	out = fopen(path, "w");
	stretches = calloc(STRETCHES, sizeof(*stretches));
	ran = calloc(STRETCHES, sizeof(*ran));
	if (!out || !stretches || !ran)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	return 0;
}
