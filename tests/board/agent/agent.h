/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the guest's agent share.
 */
#ifndef VGD_AGENT_H
#define VGD_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define __noreturn	__attribute__((noreturn))

/* The control port: where the shell cases have it, too */
#define PORT	3

/* say.c: verdicts and requests, on the control port */
void say(const char *format, ...) __printf(1, 2);
bool ok(bool good, const char *format, ...) __printf(2, 3);
void skip(const char *name, const char *reason);
bool same(const char *what, uint64_t got, uint64_t expected);
void finish(void) __noreturn;
void die(const char *format, ...) __printf(1, 2) __noreturn;
bool host(const char *format, ...) __printf(1, 2);
bool a_line(char *line, size_t size);

/* files.c: small files of sysfs and procfs */
long long slurp(const char *path, char *text, size_t size);
char *slurp_all(const char *path);
bool spill(const char *path, const char *text);
uint64_t number_in(const char *path);
const char *setting(const char *name, const char *otherwise);
bool is_on(const char *name);

/* modules.c */
bool load(const char *name, const char *parameters);
bool load_all(void);
bool unload(const char *name);
bool unload_all(void);

/* devices.c: are they what the configuration says? */
void devices_as_configured(void);

/* The commands of a case: what follows the name, from the case's file. */
void run_disk(int words, char **word);
void run_reload(int words, char **word);
void run_rng(int words, char **word);
void run_suite(int words, char **word);

/* disk_io.c: every sector of a disk, many requests at a time */
struct disk {
	int fd;
	uint64_t sectors;
};

enum direction { READ_AND_COMPARE, WRITE };

/* One sector's pattern: as tests/board/cases/blk-sectors.py has it */
void pattern(unsigned char *sector, uint64_t number, uint64_t seed);
bool every_sector(struct disk *disk, enum direction direction, uint64_t seed);
bool sectors_are(struct disk *disk, uint64_t first, unsigned int count,
		 uint64_t seed);

#endif
