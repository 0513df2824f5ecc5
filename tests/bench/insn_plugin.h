/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private to the counting plugin
 *
 * insn_count.c counts stretches, insn_calls.c adds to each what it called of
 * the allocator, insn_io.c counts accesses to the registers of devices.
 *
 * No package has the header of the plugin interface, version 1; what is used
 * of it is declared here.
 */
#ifndef _INSN_PLUGIN_H
#define _INSN_PLUGIN_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

enum { QEMU_PLUGIN_CB_NO_REGS = 0 };
enum { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_W, QEMU_PLUGIN_MEM_RW };

typedef void (*simple_cb)(qemu_plugin_id_t id);
typedef void (*tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*udata_cb)(unsigned int cpu, void *data);
typedef void (*mem_cb)(unsigned int cpu, qemu_plugin_meminfo_t info,
		       uint64_t vaddr, void *data);

void qemu_plugin_reset(qemu_plugin_id_t id, simple_cb cb);
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
struct qemu_plugin_hwaddr *
qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t info, uint64_t vaddr);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *haddr);
const char *
qemu_plugin_hwaddr_device_name(const struct qemu_plugin_hwaddr *haddr);

/* The guest's kernel, with nokaslr; modules are at the top of it. */
#define KERNEL_VADDR	0xffffffff80000000ULL
#define MODULES_VADDR	0xffffffffc0000000ULL

/**
 * enum stretch_end - how the last instruction of a stretch goes on
 * @END_OTHER: not as one of the others
 * @END_CALL: calls
 * @END_RETURN: returns
 * @END_IRET: returns from an interrupt
 */
enum stretch_end { END_OTHER, END_CALL, END_RETURN, END_IRET };

/**
 * enum stretch_kind - what begins where a stretch begins
 * @KIND_OTHER: nothing that is listed
 * @KIND_ALLOC: a function of the allocator
 * @KIND_ENTRY: an interrupt or an exception
 * @KIND_SWITCH: the switch to another task
 * @KIND_IO: a function that accesses registers of a device
 */
enum stretch_kind {
	KIND_OTHER, KIND_ALLOC, KIND_ENTRY, KIND_SWITCH, KIND_IO
};

/**
 * struct stretch - instructions without a jump or a mark between them
 * @vaddr: address of the first
 * @times: how often it ran
 * @again: how often it ran as the repetition of itself
 * @called: instructions of the allocator that it called for
 * @called_again: those of them that were the repetition of themselves
 * @num: instructions
 * @kind: &enum stretch_kind
 * @end: &enum stretch_end
 * @repeats: one string instruction with a repeat prefix
 */
struct stretch {
	uint64_t vaddr;
	uint64_t times;
	uint64_t again;
	uint64_t called;
	uint64_t called_again;
	uint32_t num;
	uint8_t kind;
	uint8_t end;
	bool repeats;
};

static inline bool in_module(const struct stretch *s)
{
	return s->vaddr >= MODULES_VADDR;
}

/* insn_calls.c */
int calls_load(const char *path);
uint8_t calls_kind(uint64_t vaddr);
bool calls_in_io(uint64_t vaddr);
uint8_t calls_end(const struct qemu_plugin_insn *insn);
void calls_stretch(struct stretch *s, bool again);
void calls_reset(void);

/* insn_io.c */
void io_translate(struct qemu_plugin_insn *insn);
void io_clear(void);
void io_write(FILE *out);

#endif /* _INSN_PLUGIN_H */
