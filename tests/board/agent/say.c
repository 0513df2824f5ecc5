// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Verdicts of a case, and its requests to the host
 *
 * KTAP lines on the control port, which is descriptor 3 as in the shell cases.
 * Called by the commands of a case, in the process that runs it.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

/* What the answer to a request begins with, unless it was refused */
#define GRANTED	"host: ok "

static int tests;

static void put_line(const char *text, size_t length)
{
	ssize_t put;

	while (length) {
		put = write(PORT, text, length);
		if (put <= 0)
			return;
		text += put;
		length -= put;
	}
}

static void put_args(const char *format, va_list args)
{
	char line[512];
	int length;

	length = vsnprintf(line, sizeof(line) - 1, format, args);
	if (length > (int)sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	put_line(line, length);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_args(format, args);
	va_end(args);
}

bool ok(bool good, const char *format, ...)
{
	char name[400];
	va_list args;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	say("%sok %d - %s", good ? "" : "not ", ++tests, name);
	return good;
}

void skip(const char *name, const char *reason)
{
	say("ok %d - %s # SKIP %s", ++tests, name, reason);
}

bool same(const char *what, uint64_t got, uint64_t expected)
{
	if (got == expected)
		return ok(true, "%s: %llu", what, (unsigned long long)got);
	return ok(false, "%s: got %llu, expected %llu", what,
		  (unsigned long long)got, (unsigned long long)expected);
}

void finish(void)
{
	say("1..%d", tests);
	exit(0);
}

void die(const char *format, ...)
{
	char why[400];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	ok(false, "%s", why);
	finish();
}

/* One byte at a time: what comes after the line is somebody else's. */
bool a_line(char *line, size_t size)
{
	size_t length = 0;
	char c;

	while (read(PORT, &c, 1) == 1) {
		if (c == '\n') {
			line[length] = '\0';
			return true;
		}
		if (c != '\r' && length + 1 < size)
			line[length++] = c;
	}
	return false;
}

bool host(const char *format, ...)
{
	char text[400], answer[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say("HOST: %s", text);
	if (!a_line(answer, sizeof(answer)))
		return false;
	say("# %s: %s", text, answer);
	return !strncmp(answer, GRANTED, strlen(GRANTED));
}
