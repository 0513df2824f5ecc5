// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Start another kernel from this one
 *
 *	kexec load KERNEL INITRD LINE	load it
 *	kexec start			shut the devices down and start it
 *	kexec zeros MIB FILE		hold so much zeroed memory until there is
 *					a FILE; has anything changed?
 *
 * What kexec-tools do, without their hooks into the machine that builds the
 * guest, and a check that is fast also where the processor is emulated.  Run in
 * the guest, by the case of this name.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/reboot.h>

#define PAGE 4096

static int load(const char *kernel, const char *initrd, const char *line)
{
	int k = open(kernel, O_RDONLY), i = open(initrd, O_RDONLY);

	if (k < 0 || i < 0) {
		perror("kernel and initrd");
		return 1;
	}
	if (syscall(SYS_kexec_file_load, k, i, strlen(line) + 1, line, 0L)) {
		perror("kexec_file_load");
		return 1;
	}
	return 0;
}

static int start(void)
{
	reboot(LINUX_REBOOT_CMD_KEXEC);
	perror("reboot");
	return 1;
}

/* Pages in which something is not zero. */
static size_t changed(const uint64_t *mem, size_t pages)
{
	size_t page, i, bad = 0;

	for (page = 0; page < pages; page++) {
		const uint64_t *p = mem + page * (PAGE / sizeof(*p));
		uint64_t any = 0;

		for (i = 0; i < PAGE / sizeof(*p); i++)
			any |= p[i];
		bad += any != 0;
	}
	return bad;
}

static int zeros(size_t mib, const char *file)
{
	size_t pages = (mib << 20) / PAGE, before, after;
	void *mem = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (mem == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	before = changed(mem, pages);
	printf("%zu pages are held\n", pages);
	fflush(stdout);
	while (access(file, F_OK))
		usleep(100000);
	after = changed(mem, pages);
	printf("%zu of them were not zero, %zu are not\n", before, after);
	return before || after;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 5 && !strcmp(what, "load"))
		return load(argv[2], argv[3], argv[4]);
	if (argc == 2 && !strcmp(what, "start"))
		return start();
	if (argc == 4 && !strcmp(what, "zeros"))
		return zeros(strtoul(argv[2], NULL, 10), argv[3]);
	fprintf(stderr, "kexec: bad arguments\n");
	return 2;
}
