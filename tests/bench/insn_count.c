// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A plugin for QEMU's TCG: what a guest executes between two marks
 *
 * vring_bench.h has the marks.  Every stretch of instructions without a jump
 * or a mark in it is one counter, so that a count is exact whatever blocks
 * QEMU translates.  At MARK_ROW_END the row goes to the file out=PATH:
 *
 *	row INSTRUCTIONS STORES			stores are those to watched words
 *	at ADDRESS INSTRUCTIONS TIMES AGAIN CALLED CALLED-AGAIN
 *						each stretch that ran
 *
 * A string instruction with a repeat prefix is a stretch of its own.  QEMU
 * executes it once for each element; AGAIN is how many of these were not the
 * first, so that TIMES - AGAIN is what a processor's own counter would show.
 *
 * With symbols=PATH, MARK_SYMBOLS reads that file (insn_calls.c).  From then on
 * a stretch also has the instructions of the allocator that it called for, with
 * how many of these were repetitions, and a row has the accesses to devices (insn_io.c).
 *
 * One virtual CPU only.
 */
#include <stdint.h>
#include "insn_plugin.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
			       char **argv);

/* As in vring_bench.h and dev_work.c. */
enum { START = 1, STOP, ROW_BEGIN, ROW_END, WATCH, UNWATCH, SYMBOLS };

#define STRETCHES	(1U << 20)
#define WATCHES		8

static FILE *out;
static const char *symbols;
static qemu_plugin_id_t plugin;
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
		s->kind = calls_kind(vaddr);
		return s;
	}
}

static void on_stretch(unsigned int cpu, void *data)
{
	struct stretch *s = data;
	bool again;

	(void)cpu;
	if (!counting)
		return;
	if (!s->times++)
		ran[num_ran++] = s;
	instructions += s->num;
	again = s == last && s->repeats;
	if (symbols)
		calls_stretch(s, again);
	s->again += again;
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
	while (num_ran) {
		struct stretch *s = ran[--num_ran];

		s->times = 0;
		s->again = 0;
		s->called = 0;
		s->called_again = 0;
	}
	instructions = 0;
	stores = 0;
}

static void row_end(void)
{
	unsigned int i;

	fprintf(out, "row %" PRIu64 " %" PRIu64 "\n", instructions, stores);
	for (i = 0; i < num_ran; i++)
		fprintf(out, "at %" PRIx64 " %u %" PRIu64 " %" PRIu64
			" %" PRIu64 " %" PRIu64 "\n", ran[i]->vaddr,
			ran[i]->num, ran[i]->times, ran[i]->again,
			ran[i]->called, ran[i]->called_again);
	if (symbols)
		io_write(out);
	fflush(out);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

/* All code was forgotten: what is translated from here on knows the functions. */
static void on_reset(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
}

static void load_symbols(void)
{
	unsigned int i;

	if (calls_load(symbols) < 1) {
		fputs("insn_count: no file of functions\n", stderr);
		abort();
	}
	for (i = 0; i < STRETCHES; i++)
		if (stretches[i].num)
			stretches[i].kind = calls_kind(stretches[i].vaddr);
	qemu_plugin_reset(plugin, on_reset);
}

static void on_mark(unsigned int cpu, void *data)
{
	(void)cpu;
	switch ((uintptr_t)data) {
	case START:
		calls_reset();
		counting = true;
		break;
	case STOP:
		counting = false;
		last = NULL;
		break;
	case ROW_BEGIN:
		row_begin();
		io_clear();
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
	case SYMBOLS:
		load_symbols();
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
	s->end = calls_end(qemu_plugin_tb_get_insn(tb, end - 1));
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
		if (symbols)
			io_translate(insn);
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
	plugin = id;
	for (i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			path = argv[i] + 4;
		else if (!strncmp(argv[i], "symbols=", 8))
			symbols = strdup(argv[i] + 8);
	out = fopen(path, "w");
	stretches = calloc(STRETCHES, sizeof(*stretches));
	ran = calloc(STRETCHES, sizeof(*ran));
	if (!out || !stretches || !ran)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	return 0;
}
