// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Are the devices those of the configuration?
 *
 * A case on a configuration with, say, packed=on shows nothing unless that
 * was negotiated, one on a legacy transport nothing when the device was driven
 * as a modern one.  Called before each case on the devices.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define DEVICES	"/sys/bus/virtio/devices"

/* VIRTIO 1.4, 6: bits of all devices, and the settings that they follow. */
static const struct {
	unsigned int bit;
	const char *name;
} features[] = {
	{ 28, "CFG_indirect_desc" },
	{ 29, "CFG_event_idx" },
	{ 33, "CFG_iommu_platform" },
	{ 34, "CFG_packed" },
	{ 35, "CFG_in_order" },
};

#define VERSION_1	32

static void compare_bit(const char *device, const char *bits, unsigned int bit,
			bool expected, const char *name)
{
	bool got = strlen(bits) > bit && bits[bit] == '1';

	if (got != expected)
		die("%s: feature bit %u is %d, which %s does not say", device,
		    bit, got, name);
}

static void check_features(const char *device)
{
	const char *transport = setting("CFG_transport", "");
	bool legacy = !strcmp(transport, "pci-legacy") ||
		      !strcmp(transport, "mmio-v1");
	char path[300], bits[100];
	unsigned int i;

	snprintf(path, sizeof(path), DEVICES "/%s/features", device);
	slurp(path, bits, sizeof(bits));
	for (i = 0; i < ARRAY_SIZE(features); i++)
		compare_bit(device, bits, features[i].bit,
			    is_on(features[i].name), features[i].name);
	compare_bit(device, bits, VERSION_1, !legacy, transport);
	say("# %s: features %s", device, bits);
}

/* Whether the device hangs where the configuration says. */
static void check_place(const char *device)
{
	bool mmio = !strncmp(setting("CFG_transport", ""), "mmio", 4);
	char path[300], place[PATH_MAX];

	snprintf(path, sizeof(path), DEVICES "/%s", device);
	if (!realpath(path, place))
		die("no %s", path);
	if (mmio != !!strstr(place, "virtio_mmio") ||
	    mmio == !!strstr(place, "/pci"))
		die("%s is %s, not on %s", device, place,
		    setting("CFG_transport", "?"));
}

void devices_as_configured(void)
{
	char path[300];
	int count = 0;
	struct dirent *entry;
	DIR *dir;

	dir = opendir(DEVICES);
	if (!dir)
		die("no " DEVICES);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), DEVICES "/%.100s/driver",
			 entry->d_name);
		if (access(path, F_OK))
			die("%s has no driver", entry->d_name);
		check_place(entry->d_name);
		check_features(entry->d_name);
		count++;
	}
	closedir(dir);
	ok(count == atoi(setting("CFG_count", "2")),
	   "%d devices, on %s, with the features of the configuration", count,
	   setting("CFG_transport", "?"));
}
