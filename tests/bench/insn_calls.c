// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What a stretch of a module made the allocator do
 *
 * The guest's runner writes a file, one line for each function of interest:
 *
 *	ADDRESS KIND SIZE		KIND is alloc, entry, switch or io
 *
 * When a module calls a function 'alloc', all that the kernel executes until
 * that function returns goes to the stretch that called, calls and returns
 * being counted so that one that was jumped to at the end of a caller is
 * followed as well.  An interrupt meanwhile is not part of it: there is one
 * state for each level of interrupts.  Going to user space or to another task
 * ends everything; an allocation that sleeps is counted up to there.
 */
#include <stdint.h>
#include "insn_plugin.h"

#define LEVELS		16
#define SYMBOLS		1024

struct symbol {
	uint64_t vaddr;
	uint64_t size;
	uint8_t kind;
};

/**
 * struct level - one level of interrupts
 * @before: the stretch that ran last
 * @caller: whose allocation is under way, or NULL
 * @depth: calls inside of it that have not returned
 */
struct level {
	struct stretch *before;
	struct stretch *caller;
	unsigned int depth;
};

static const char *const kinds[] = {
	[KIND_OTHER] = "", [KIND_ALLOC] = "alloc", [KIND_ENTRY] = "entry",
	[KIND_SWITCH] = "switch", [KIND_IO] = "io",
};

static struct symbol symbols[SYMBOLS];
static unsigned int num_symbols;
static struct level levels[LEVELS];
static unsigned int level;

static int compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return (x->vaddr > y->vaddr) - (x->vaddr < y->vaddr);
}

static uint8_t kind_of(const char *name)
{
	uint8_t kind;

	for (kind = KIND_ALLOC; kind <= KIND_IO; kind++)
		if (!strcmp(kinds[kind], name))
			return kind;
	return KIND_OTHER;
}

/* Read the file of functions; how many there are, -1 for a bad file. */
int calls_load(const char *path)
{
	char kind[16];
	uint64_t vaddr, size;
	FILE *in = path ? fopen(path, "r") : NULL;

	num_symbols = 0;
	if (!in)
		return -1;
	while (num_symbols < SYMBOLS &&
	       fscanf(in, "%" SCNx64 " %15s %" SCNu64, &vaddr, kind, &size) == 3)
		symbols[num_symbols++] =
			(struct symbol){ vaddr, size, kind_of(kind) };
	fclose(in);
	qsort(symbols, num_symbols, sizeof(symbols[0]), compare);
	return num_symbols;
}

/* The last function that begins at or before this address, or NULL. */
static const struct symbol *symbol_before(uint64_t vaddr)
{
	unsigned int low = 0, high = num_symbols, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (symbols[middle].vaddr <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &symbols[low - 1] : NULL;
}

/* What begins at this address. */
uint8_t calls_kind(uint64_t vaddr)
{
	const struct symbol *s = symbol_before(vaddr);

	return s && s->vaddr == vaddr ? s->kind : KIND_OTHER;
}

/* Is it inside of a function that accesses registers? */
bool calls_in_io(uint64_t vaddr)
{
	const struct symbol *s = symbol_before(vaddr);

	return s && s->kind == KIND_IO && vaddr - s->vaddr < s->size;
}

/* How an instruction goes on. */
uint8_t calls_end(const struct qemu_plugin_insn *insn)
{
	static const uint8_t prefixes[] = {
		0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf2, 0xf3
	};
	const uint8_t *b = qemu_plugin_insn_data(insn);
	size_t i = 0, n = qemu_plugin_insn_size(insn);

	while (i < n && (memchr(prefixes, b[i], sizeof(prefixes)) ||
			 (b[i] & 0xf0) == 0x40))
		i++;
	if (i == n)
		return END_OTHER;
	if (b[i] == 0xe8 || (b[i] == 0xff && i + 1 < n &&
			     (b[i + 1] & 0x38) == 0x10))
		return END_CALL;
	if (b[i] == 0xc3 || b[i] == 0xc2)
		return END_RETURN;
	return b[i] == 0xcf ? END_IRET : END_OTHER;
}

/* Forget what is under way. */
void calls_reset(void)
{
	level = 0;
	memset(levels, 0, sizeof(levels));
}

/* A stretch runs, perhaps as the repetition of itself. */
void calls_stretch(struct stretch *s, bool again)
{
	struct level *l;

	if (s->vaddr < KERNEL_VADDR || s->kind == KIND_SWITCH) {
		calls_reset();
		return;
	}
	if (s->kind == KIND_ENTRY && level < LEVELS - 1)
		levels[++level] = (struct level){ NULL };
	l = &levels[level];
	if (!l->caller && s->kind == KIND_ALLOC && l->before &&
	    in_module(l->before)) {
		l->caller = l->before;
		l->depth = 0;
	}
	if (l->caller && !in_module(s)) {
		l->caller->called += s->num;
		l->caller->called_again += again;
	}
	if (l->caller && s->end == END_CALL)
		l->depth++;
	else if (l->caller && s->end == END_RETURN && !l->depth--)
		l->caller = NULL;
	l->before = s;
	if (s->end == END_IRET && level)
		level--;
}
