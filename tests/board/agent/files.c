// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Small files of sysfs and procfs, and the settings of a case
 *
 * Used by every command.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"

/* The bytes read, less a newline at the end; -1 when there is no such file. */
long long slurp(const char *path, char *text, size_t size)
{
	size_t length = 0;
	ssize_t got;
	int fd;

	text[0] = '\0';
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	while (length + 1 < size) {
		got = read(fd, text + length, size - 1 - length);
		if (got <= 0)
			break;
		length += got;
	}
	close(fd);
	while (length && text[length - 1] == '\n')
		length--;
	text[length] = '\0';
	return length;
}

/* A whole file of the archive, for the caller to free; NULL without it. */
char *slurp_all(const char *path)
{
	struct stat st;
	char *text;

	if (stat(path, &st))
		return NULL;
	text = malloc(st.st_size + 1);
	if (text)
		slurp(path, text, st.st_size + 1);
	return text;
}

bool spill(const char *path, const char *text)
{
	size_t length = strlen(text);
	bool good;
	int fd;

	fd = open(path, O_WRONLY);
	if (fd < 0)
		return false;
	good = write(fd, text, length) == (ssize_t)length;
	close(fd);
	return good;
}

/* What a file of sysfs says; UINT64_MAX when there is none. */
uint64_t number_in(const char *path)
{
	char text[64];

	if (slurp(path, text, sizeof(text)) <= 0)
		return UINT64_MAX;
	return strtoull(text, NULL, 0);
}

const char *setting(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value ? value : otherwise;
}

bool is_on(const char *name)
{
	return !strcmp(setting(name, "off"), "on");
}
