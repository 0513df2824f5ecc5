// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: One module of KUnit suites
 *
 * The command "suite NAME [a=1,b=2]" of a case: what tests/unit/kunit.sh does
 * where there is a shell.  Each KUnit case becomes a result of this case;
 * loading the module says nothing of failed ones, the kernel's log does.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#include "agent.h"

#define READ_CLEAR	4
#define CLEAR		5
#define LOG_BYTES	(2 << 20)

/*
 * Suites whose devices want a driver of this tree, and its parameters: nobody
 * waits long for a device that does not answer.
 */
static const struct {
	const char *suite;
	const char *driver;
	const char *parameters;
} driven[] = {
	{ "virtio_drivers_test", "virtio_blk", "" },
	{ "virtio_drivers_test", "virtio_rng", "" },
	{ "virtio_blk_test", "virtio_blk", "" },
	{ "virtio_blk_requests_test", "virtio_blk", "" },
	{ "virtio_blk_zoned_test", "virtio_blk", "" },
	{ "virtio_console_test", "virtio_console", "" },
	{ "virtio_console_hold_test", "virtio_console", "" },
	{ "virtio_balloon_test", "virtio_balloon", "answer_ms=1500" },
	{ "virtio_balloon_hostile_test", "virtio_balloon", "answer_ms=1500" },
	{ "virtio_scsi_test", "virtio_scsi", "tmf_timeout=1" },
	{ "virtio_scsi_interrupt_test", "virtio_scsi", "" },
	{ "virtio_net_ctrl_test", "virtio_net", "ctrl_timeout=1" },
	{ "virtio_net_data_test", "virtio_net", "ctrl_timeout=1" },
	{ NULL }
};

static int ended, runs, skipped;

/* "    ok 1 - name # comment": four blanks, a case; more, a parameter. */
static bool take_case(char *text)
{
	bool good = !strncmp(text, "    ok ", 7);
	char *name;

	if (!good && strncmp(text, "    not ok ", 11))
		return false;
	name = strstr(text, "ok ") + 3;
	name += strspn(name, "0123456789");
	name += strspn(name, " -");
	ok(good, "%s", name);
	return true;
}

static int count_after(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at ? atoi(at + strlen(word)) : 0;
}

static void take_line(char *text)
{
	if (take_case(text))
		return;
	if (!strncmp(text, "ok ", 3) || !strncmp(text, "not ok ", 7))
		ended++;
	if (strstr(text, "# Totals: ")) {
		runs += count_after(text, "total:");
		skipped += count_after(text, "skip:");
	}
	if (strstr(text, "EXPECTATION FAILED") || strstr(text, "Expected") ||
	    strstr(text, "ASSERTION FAILED") || strstr(text, "=="))
		say("# %.300s", text);
}

static void take_log(char *log)
{
	char *line, *text, *save;

	for (line = strtok_r(log, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		text = strstr(line, "] ");
		if (line[0] == '<' && text)
			take_line(text + 2);
	}
}

static void set_parameters(char *list)
{
	char path[200], *word, *save, *value;

	for (word = strtok_r(list, ",", &save); word;
	     word = strtok_r(NULL, ",", &save)) {
		value = strchr(word, '=');
		if (!value)
			die("a parameter without a value: %s", word);
		*value++ = '\0';
		snprintf(path, sizeof(path),
			 "/sys/module/virtio_kunit_mock/parameters/%.80s", word);
		if (!spill(path, value))
			die("cannot set %s", word);
	}
}

static void load_drivers(const char *suite)
{
	unsigned int i;

	for (i = 0; driven[i].suite; i++)
		if (!strcmp(driven[i].suite, suite) &&
		    !load(driven[i].driver, driven[i].parameters))
			die("cannot load %s", driven[i].driver);
	/* How long a device may be back from sleep is not worth waiting for. */
	if (!strcmp(suite, "virtio_recovery_test") &&
	    !spill("/sys/module/virtio/parameters/wake_limit", "1"))
		die("cannot set wake_limit");
}

static void unload_drivers(const char *suite)
{
	unsigned int i;

	for (i = 0; driven[i].suite; i++)
		if (!strcmp(driven[i].suite, suite) &&
		    !unload(driven[i].driver))
			ok(false, "%s does not unload", driven[i].driver);
}

void run_suite(int words, char **word)
{
	char slow[40], *log = malloc(LOG_BYTES + 1);
	int length;

	if (words < 2 || !log)
		die("which suite?");
	snprintf(slow, sizeof(slow), "slow=%s", setting("SLOW", "1"));
	if (!load("virtio_kunit_mock", slow))
		die("cannot load the mock");
	load_drivers(word[1]);
	if (words > 2)
		set_parameters(word[2]);
	klogctl(CLEAR, NULL, 0);
	if (!load(word[1], ""))
		die("cannot load %s", word[1]);
	length = klogctl(READ_CLEAR, log, LOG_BYTES);
	log[length < 0 ? 0 : length] = '\0';
	take_log(log);
	if (!ended)
		ok(false, "the suite did not end");
	unload(word[1]);
	unload_drivers(word[1]);
	say("# fact: runs %d", runs);
	say("# fact: skipped %d", skipped);
	free(log);
}
