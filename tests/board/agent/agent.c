// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The first process of a guest without a shell
 *
 * What tests/guest/init and tests/guest/case are for a PC, in one program
 * without libraries, for machines whose busybox is not at hand.  The host
 * talks to it on the control port; a case is a file of commands, each of them
 * a function of this program.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"

#define WORDS	80

static const struct {
	const char *name;
	void (*run)(int words, char **word);
} commands[] = {
	{ "disk", run_disk },
	{ "reload", run_reload },
	{ "rng", run_rng },
	{ "suite", run_suite },
};

static int split(char *line, char **word)
{
	int words = 0;
	char *save, *next;

	for (next = strtok_r(line, " \t\n", &save); next && words < WORDS - 1;
	     next = strtok_r(NULL, " \t\n", &save)) {
		if (next[0] == '$')
			next = getenv(next + 1);
		if (next)
			word[words++] = next;
	}
	word[words] = NULL;
	return words;
}

static void run_line(char *line)
{
	char *word[WORDS];
	int words = split(line, word);
	unsigned int i;

	if (!words || word[0][0] == '#')
		return;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i].name, word[0])) {
			commands[i].run(words, word);
			return;
		}
	}
	die("no command '%s'", word[0]);
}

/* In a process of its own: a command may end it at any point. */
static void run_commands(const char *name, bool loads)
{
	char path[200], line[400];
	FILE *file;

	say("KTAP version 1");
	if (loads) {
		if (!load_all())
			die("the modules do not load");
		devices_as_configured();
	}
	snprintf(path, sizeof(path), "/vgd/cases/%s.case", name);
	file = fopen(path, "re");
	if (!file)
		die("no case %s", name);
	while (fgets(line, sizeof(line), file))
		run_line(line);
	finish();
}

static void mark(const char *what, const char *name)
{
	char text[200];

	snprintf(text, sizeof(text), "vgd-case: %s %s\n", what, name);
	spill("/dev/kmsg", text);
}

/* run NAME LOADS LEAKS SETTINGS... */
static void run_case(int words, char **word)
{
	int i, status = 0;
	pid_t child;

	mark("begin", word[1]);
	say("vgd: begin %s", word[1]);
	child = fork();
	if (!child) {
		for (i = 4; i < words; i++)
			putenv(word[i]);
		run_commands(word[1], !strcmp(word[2], "yes"));
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		status = -1;
	mark("end", word[1]);
	say("vgd: end %s %d", word[1],
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}

static void mount_all(void)
{
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
}

/* The control port, whose name is in /vgd/args, as descriptor 3. */
static bool open_port(void)
{
	struct termios mode;
	char name[100];
	int fd;

	slurp("/vgd/args", name, sizeof(name));
	fd = open(name, O_RDWR | O_NOCTTY);
	if (fd < 0 || tcgetattr(fd, &mode))
		return false;
	cfmakeraw(&mode);
	cfsetspeed(&mode, B115200);
	mode.c_cflag |= CLOCAL | CREAD;
	tcsetattr(fd, TCSANOW, &mode);
	if (fd == PORT)
		return true;
	dup2(fd, PORT);
	close(fd);
	return true;
}

static void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

int main(void)
{
	char line[2000], *word[WORDS];
	int words;

	mount_all();
	if (!open_port()) {
		spill("/dev/kmsg", "vgd: no control port\n");
		power_off();
	}
	say("vgd: ready");
	while (a_line(line, sizeof(line))) {
		words = split(line, word);
		if (words > 3 && !strcmp(word[0], "run"))
			run_case(words, word);
		else if (words && !strcmp(word[0], "off"))
			power_off();
		else
			say("vgd: unknown");
	}
	power_off();
	return 0;
}
