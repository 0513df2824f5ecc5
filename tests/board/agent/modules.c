// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Load modules with what they depend on
 *
 * Follows modules.dep, which the harness writes for these modules only.  A
 * guest without a shell has no modprobe.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent.h"

#define MODULES	64

/* The name that the kernel has for a file: no folder, no suffix, no dash. */
static void name_of(const char *path, char *name, size_t size)
{
	const char *base = strrchr(path, '/');
	char *c;

	snprintf(name, size, "%s", base ? base + 1 : path);
	c = strstr(name, ".ko");
	if (c)
		*c = '\0';
	for (c = name; *c; c++)
		if (*c == '-')
			*c = '_';
}

static bool is_loaded(const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	return !access(path, F_OK);
}

static bool load_file(const char *root, const char *file,
		      const char *parameters)
{
	char path[300];
	long rc;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		say("# no %s", path);
		return false;
	}
	rc = syscall(SYS_finit_module, fd, parameters, 0);
	if (rc && errno != EEXIST)
		say("# %s does not load: %s", path, strerror(errno));
	close(fd);
	return !rc || errno == EEXIST;
}

/* A line "file: needs...", the needs in the opposite order of loading. */
static bool load_line(const char *root, char *line, const char *parameters)
{
	char *file = strtok(line, ": "), *need[MODULES], name[100];
	int needs = 0;

	while (needs < MODULES && (need[needs] = strtok(NULL, " ")))
		needs++;
	while (needs--) {
		name_of(need[needs], name, sizeof(name));
		if (!is_loaded(name) && !load_file(root, need[needs], ""))
			return false;
	}
	return load_file(root, file, parameters);
}

bool load(const char *name, const char *parameters)
{
	char root[100], path[120], want[100], have[100], *text, *line, *next;
	struct utsname uts;
	bool good = false;

	uname(&uts);
	snprintf(root, sizeof(root), "/lib/modules/%.64s", uts.release);
	snprintf(path, sizeof(path), "%s/modules.dep", root);
	name_of(name, want, sizeof(want));
	if (is_loaded(want))
		return true;
	text = slurp_all(path);
	for (line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(line, ":"),
			 line);
		name_of(path, have, sizeof(have));
		if (!strcmp(have, want)) {
			good = load_line(root, line, parameters);
			break;
		}
	}
	if (!line || !*line)
		say("# no module %s", name);
	free(text);
	return good;
}

bool unload(const char *name)
{
	char plain[100];

	name_of(name, plain, sizeof(plain));
	if (!syscall(SYS_delete_module, plain, O_NONBLOCK))
		return true;
	say("# %s stays: %s", plain, strerror(errno));
	return false;
}

/* The names in /vgd/modules, in the order of loading. */
static int under_test(char *text, char **name)
{
	int count = 0;

	for (text = strtok(text, "\n"); text && count < MODULES;
	     text = strtok(NULL, "\n"))
		name[count++] = text;
	return count;
}

bool load_all(void)
{
	char *text = slurp_all("/vgd/modules"), *name[MODULES];
	int i, count = text ? under_test(text, name) : 0;

	for (i = 0; i < count; i++)
		if (!load(name[i], ""))
			return false;
	free(text);
	return count > 0;
}

bool unload_all(void)
{
	char *text = slurp_all("/vgd/modules"), *name[MODULES];
	int i, count = text ? under_test(text, name) : 0;

	for (i = count - 1; i >= 0; i--)
		if (!unload(name[i]))
			return false;
	free(text);
	return count > 0;
}

/* reload ROUNDS: every module goes and comes back, with its devices */
void run_reload(int words, char **word)
{
	int i, rounds = words > 1 ? atoi(word[1]) : 1;
	bool good = true;

	for (i = 0; good && i < rounds; i++) {
		good = unload_all();
		if (good && !access("/sys/block/vda", F_OK)) {
			say("# a disk without its driver");
			good = false;
		}
		good = good && load_all();
	}
	if (!ok(good, "%d times out and in again", rounds))
		finish();
	devices_as_configured();
}
