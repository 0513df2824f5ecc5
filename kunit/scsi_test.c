// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_scsi: a SCSI host that says and answers what it likes
 *
 * Layout of requests, hostile configuration, hostile answers and events, error
 * handling, recovery, removal.  See scsi_fix.h.
 */
#include <linux/module.h>
#include <linux/pagemap.h>

#include "scsi_fix.h"

#define FEATURES	(FB_VERSION_1 | FB_INDIRECT | FB_HOTPLUG | FB_CHANGE)

/* Events and reasons, 5.6.6.3. */
#define EV_MISSED	0x80000000
#define EV_RESET	1
#define EV_PARAM	3
#define RE_RESCAN	1
#define RE_REMOVED	2

/* Addresses: of the unit, of unit 5, of unit 300, of none. */
static const u8 lun_0[8] = { 1, 0, 0, 0 };
static const u8 lun_5[8] = { 1, 0, 0, 5 };
static const u8 lun_300[8] = { 1, 0, 0x41, 0x2c };

static void expect_request(struct kunit *test, const u8 *req, u8 opcode)
{
	static const u8 want[8] = { 1, 0, 0x40, 0 };
	unsigned int i;

	KUNIT_EXPECT_EQ(test, memcmp(req + REQ_LUN, want, 8), 0);
	/* task_attr, prio, crn */
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, req[REQ_ATTR + i], 0);
	KUNIT_EXPECT_EQ(test, req[REQ_CDB], opcode);
	for (i = 1; i < 32; i++)
		KUNIT_EXPECT_EQ(test, req[REQ_CDB + i], i < 10 ? i : 0);
}

/* 5.6.6.1: request, then response and data for the device to write. */
static void request_of_read(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct scsi_resp good = { };
	u8 req[REQ_LEN];
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 10000);
	scsi_take(f, &b, READ_10);
	KUNIT_EXPECT_EQ(test, b.out_len, REQ_LEN);
	KUNIT_EXPECT_EQ(test, b.in_len, RESP_LEN + BYTES);
	play_read(f->p, &b, 0, req, REQ_LEN);
	expect_request(test, req, READ_10);
	play_write(f->p, &b, RESP_LEN, "data", 5);
	scsi_answer(f, &b, &good);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, io->result, 0);
	KUNIT_EXPECT_STREQ(test, (char *)io->mem, "data");
	io_free(io);
}

/* 5.6.6.1: request and data, then the response. */
static void request_of_write(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct scsi_resp good = { };
	u8 req[REQ_LEN + BYTES];
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, WRITE_10, true, BYTES, 10000);
	scsi_take(f, &b, WRITE_10);
	KUNIT_EXPECT_EQ(test, b.out_len, REQ_LEN + BYTES);
	KUNIT_EXPECT_EQ(test, b.in_len, RESP_LEN);
	play_read(f->p, &b, 0, req, sizeof(req));
	expect_request(test, req, WRITE_10);
	KUNIT_EXPECT_EQ(test, memcmp(req + REQ_LEN, io->mem, BYTES), 0);
	scsi_answer(f, &b, &good);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, io->result, 0);
	io_free(io);
}

static void request_without_data(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct scsi_resp good = { };
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, TEST_UNIT_READY, false, 0, 10000);
	scsi_take(f, &b, TEST_UNIT_READY);
	KUNIT_EXPECT_EQ(test, b.out_len, REQ_LEN);
	KUNIT_EXPECT_EQ(test, b.in_len, RESP_LEN);
	scsi_answer(f, &b, &good);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, io->result, 0);
	io_free(io);
}

/*
 * With T10_PI: where <linux/virtio_scsi.h> has the fields, and no information
 * for a command that has none.
 */
static void request_with_pi(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES | FB_T10_PI);
	struct scsi_resp good = { };
	u8 req[REQ_PI_LEN];
	struct play_buf b;
	struct scsi_io *io;

	if (!f->pi)
		kunit_skip(test, "a kernel without BLK_DEV_INTEGRITY");
	KUNIT_EXPECT_TRUE(test, f->m->accepted & FB_T10_PI);
	KUNIT_EXPECT_NE(test, f->shost->prot_capabilities, 0);
	/* 5.6.4: seg_max is for data and information. */
	KUNIT_EXPECT_EQ(test, f->shost->sg_tablesize, 2);
	io = io_start(f, WRITE_10, true, BYTES, 10000);
	KUNIT_ASSERT_TRUE(test, play_take(f->p, Q_REQUEST, &b));
	KUNIT_EXPECT_EQ(test, b.out_len, REQ_PI_LEN + BYTES);
	play_read(f->p, &b, 0, req, REQ_PI_LEN);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(req + REQ_PI_OUT), 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(req + REQ_PI_IN), 0);
	KUNIT_EXPECT_EQ(test, req[REQ_CDB + REQ_PI_BYTES], WRITE_10);
	scsi_answer(f, &b, &good);
	if (io_end(f, io))
		io_free(io);
}

/* 5.6.6.1: what is out at a time has different ids. */
static void ids_are_different(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct scsi_resp good = { };
	u8 req[2][REQ_LEN];
	struct play_buf b[2];
	struct scsi_io *io[2];
	int i;

	for (i = 0; i < 2; i++) {
		io[i] = io_start(f, READ_10, false, BYTES, 10000);
		scsi_take(f, &b[i], READ_10);
		play_read(f->p, &b[i], 0, req[i], REQ_LEN);
	}
	KUNIT_EXPECT_NE(test, memcmp(req[0] + REQ_ID, req[1] + REQ_ID, 8), 0);
	for (i = 1; i >= 0; i--) {
		scsi_answer(f, &b[i], &good);
		if (!io_end(f, io[i]))
			return;
		KUNIT_EXPECT_EQ(test, io[i]->result, 0);
		io_free(io[i]);
	}
}

/* 5.6.6.1.3, 5.6.6.4: through the legacy interface; lengths mean nothing. */
static void legacy_device(struct kunit *test)
{
	struct scsi_fix *f = scsi_new(test, FB_INDIRECT);
	struct scsi_resp good = { .used = 1 };
	struct play_buf b;
	struct scsi_io *io;

	if (!IS_ENABLED(CONFIG_CPU_LITTLE_ENDIAN) && !IS_ENABLED(CONFIG_X86))
		kunit_skip(test, "the test plays a little-endian guest's device");
	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	scsi_find(f);
	io = io_start(f, READ_10, false, BYTES, 10000);
	scsi_take(f, &b, READ_10);
	/* A descriptor for the request, one for the response, one for data. */
	KUNIT_EXPECT_EQ(test, b.c.num, 3);
	KUNIT_EXPECT_EQ(test, b.c.elem[0].len, REQ_LEN);
	KUNIT_EXPECT_EQ(test, b.c.elem[1].len, RESP_LEN);
	scsi_answer(f, &b, &good);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, io->result, 0);
	io_free(io);
}

/* 5.6.6.3.2: for the device to write only, and long enough. */
static void gives_event_buffers(struct kunit *test)
{
	struct scsi_fix *f = scsi_new(test, FEATURES);
	struct play_buf b;
	int i;

	scsi_put_config(f, CFG_EVENT_SIZE, 64);
	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	scsi_find(f);
	for (i = 0; i < 16; i++) {
		KUNIT_ASSERT_TRUE(test, play_try_take(f->p, Q_EVENT, &b));
		KUNIT_EXPECT_EQ(test, b.out_len, 0);
		KUNIT_EXPECT_EQ(test, b.in_len, 64);
	}
}

/**
 * struct config_case - a value that cannot be meant
 * @name: for people
 * @field: of the configuration
 * @value: what the device says there
 * @works: the driver goes on
 */
struct config_case {
	const char *name;
	unsigned int field;
	u32 value;
	bool works;
};

static const struct config_case config_cases[] = {
	{ "num_queues 0", CFG_NUM_QUEUES, 0, false },
	{ "num_queues 65535", CFG_NUM_QUEUES, 65535, true },
	{ "num_queues 2^32-1", CFG_NUM_QUEUES, U32_MAX, true },
	{ "seg_max 0", CFG_SEG_MAX, 0, true },
	{ "seg_max 2^32-1", CFG_SEG_MAX, U32_MAX, true },
	{ "max_sectors 0", CFG_MAX_SECTORS, 0, true },
	{ "max_sectors 2^32-1", CFG_MAX_SECTORS, U32_MAX, true },
	{ "cmd_per_lun 0", CFG_CMD_PER_LUN, 0, true },
	{ "cmd_per_lun 2^32-1", CFG_CMD_PER_LUN, U32_MAX, true },
	{ "event_info_size 0", CFG_EVENT_SIZE, 0, true },
	{ "event_info_size 2^32-1", CFG_EVENT_SIZE, U32_MAX, true },
	{ "sense_size 95", CFG_SENSE_SIZE, 95, true },
	{ "sense_size 0", CFG_SENSE_SIZE, 0, true },
	{ "cdb_size 1", CFG_CDB_SIZE, 1, true },
	{ "cdb_size 2^32-1", CFG_CDB_SIZE, U32_MAX, true },
	{ "max_target 65535", CFG_MAX_TARGET - 2, 0xffff0000, true },
	{ "max_lun 2^32-1", CFG_MAX_LUN, U32_MAX, true },
};

static void config_desc(const struct config_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(config, config_cases, config_desc);

static void expect_sane_host(struct scsi_fix *f)
{
	struct Scsi_Host *shost = f->shost;
	struct kunit *test = f->test;

	KUNIT_EXPECT_GE(test, shost->nr_hw_queues, 1);
	KUNIT_EXPECT_LE(test, shost->nr_hw_queues, nr_cpu_ids);
	/* 2.7.5.3.1: no chain is longer than the queue. */
	KUNIT_EXPECT_GE(test, shost->sg_tablesize, 1);
	KUNIT_EXPECT_LE(test, shost->sg_tablesize, 14);
	/* 5.6.4.1: as many as the queue has entries, at most. */
	KUNIT_EXPECT_GE(test, shost->cmd_per_lun, 1);
	KUNIT_EXPECT_LE(test, shost->cmd_per_lun, 16);
	KUNIT_EXPECT_GE(test, shost->max_sectors, PAGE_SIZE / 512);
	/* 5.6.6.1: 256 targets of 16384 units. */
	KUNIT_EXPECT_LE(test, shost->max_id, 256);
	KUNIT_EXPECT_LE(test, shost->max_lun, 0x8000);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(f->m->config +
						 CFG_SENSE_SIZE), 96);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(f->m->config + CFG_CDB_SIZE),
			32);
}

static void hostile_config(struct kunit *test)
{
	const struct config_case *c = test->param_value;
	struct scsi_fix *f = scsi_new(test, FEATURES);
	unsigned int i;

	f->m->num_vqs = min(2 + nr_cpu_ids, (unsigned int)MOCK_MAX_VQS);
	for (i = Q_REQUEST; i < f->m->num_vqs; i++)
		f->m->queue_size[i] = 16;
	scsi_put_config(f, c->field, c->value);
	mock_register(f->m);
	KUNIT_ASSERT_EQ(test, !!f->m->vdev.dev.driver, c->works);
	if (!c->works)
		return;
	/* Commands may come to any of the queues: they are not played here. */
	if (c->field == CFG_NUM_QUEUES || c->field == CFG_MAX_TARGET - 2) {
		struct device *dev = &f->m->vdev.dev;

		f->shost = dev_to_shost(dev);
		KUNIT_EXPECT_TRUE(test, f->m->status & ST_DRIVER_OK);
		f->m->dead = true;
		mock_config_interrupt(f->m);
		return;
	}
	scsi_find(f);
	expect_sane_host(f);
	scsi_expect_works(f);
}

/* The device keeps what it has, whatever is written. */
static void keep_config(struct virtio_device *vdev, unsigned int offset,
			const void *buf, unsigned int len)
{
}

/* Our requests would not be what it reads. */
static void cdb_size_that_stays(struct kunit *test)
{
	struct scsi_fix *f = scsi_new(test, FEATURES);

	scsi_put_config(f, CFG_CDB_SIZE, 16);
	f->m->ops.set = keep_config;
	mock_register(f->m);
	KUNIT_EXPECT_NULL(test, f->m->vdev.dev.driver);
}

static void change_always(struct mock *m, unsigned int offset, unsigned int len)
{
	m->generation++;
}

static void config_never_still(struct kunit *test)
{
	struct scsi_fix *f = scsi_new(test, FEATURES);

	f->m->on_config_read = change_always;
	mock_register(f->m);
	KUNIT_EXPECT_NULL(test, f->m->vdev.dev.driver);
}

/* 5.6.4.1: no field is written but two, and these not without need. */
static void writes_no_config(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);

	KUNIT_EXPECT_LT(test, mock_find_access(f->m, MOCK_CONFIG_WRITE, 0), 0);
}

/**
 * struct answer_case - what a device answers, and what the sender is told
 * @name: for people
 * @resp: the answer
 * @result: status byte and host byte
 * @resid: residual
 */
struct answer_case {
	const char *name;
	struct scsi_resp resp;
	int result;
	u32 resid;
};

/* 5.6.6.1.2 */
static const struct answer_case answer_cases[] = {
	{ "OK", { 0 }, 0 },
	{ "OK, half of it", { .resid = 256 }, 0, 256 },
	{ "OK, status", { .status = 0x04 }, 0x04 },
	{ "OK, sense", { .status = 0x02, .sense_len = 18 }, 0x02 },
	{ "OVERRUN", { .response = 1 }, DID_ERROR << 16 },
	{ "ABORTED", { .response = 2 }, DID_ABORT << 16 },
	{ "BAD_TARGET", { .response = 3 }, DID_BAD_TARGET << 16 },
	{ "RESET", { .response = 4 }, DID_RESET << 16 },
	{ "BUSY", { .response = 5 }, DID_BUS_BUSY << 16 },
	{ "TRANSPORT_FAILURE", { .response = 6 },
	  DID_TRANSPORT_DISRUPTED << 16 },
	{ "TARGET_FAILURE", { .response = 7 }, SAM_STAT_CHECK_CONDITION },
	{ "NEXUS_FAILURE", { .response = 8 }, SAM_STAT_RESERVATION_CONFLICT },
	{ "FAILURE", { .response = 9 }, DID_ERROR << 16 },
	{ "no response of a command", { .response = 12 }, DID_ERROR << 16,
	  BYTES },
	{ "unknown response", { .response = 0x77 }, DID_ERROR << 16, BYTES },
	{ "response unwritten", { .silent = true }, DID_ERROR << 16, BYTES },
	{ "used length of 4", { .used = 4 }, DID_ERROR << 16, BYTES },
	{ "used length of 4 GiB", { .used = U32_MAX }, 0 },
	{ "residual above the data", { .resid = BYTES + 1 }, 0, BYTES },
	{ "residual of 4 GiB", { .resid = U32_MAX }, 0, BYTES },
	{ "sense above its room", { .status = 0x02, .sense_len = 97 }, 0x02 },
	{ "sense of 4 GiB", { .status = 0x02, .sense_len = U32_MAX }, 0x02 },
};

static void answer_desc(const struct answer_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer, answer_cases, answer_desc);

static void answers(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 10000);
	scsi_take(f, &b, READ_10);
	scsi_answer(f, &b, &c->resp);
	if (!io_end(f, io))
		return;
	/* The middle layer keeps a word for itself in the second byte. */
	KUNIT_EXPECT_EQ(test, io->result & 0xff00ff, c->result);
	KUNIT_EXPECT_EQ(test, io->resid, c->resid);
	if (c->resp.sense_len)
		KUNIT_EXPECT_EQ(test, io->sense[12], 0x24);
	io_free(io);
	scsi_expect_works(f);
}

/* The answer of before is not taken for one of now. */
static void stale_response(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct scsi_resp silent = { .silent = true };
	struct play_buf b;
	struct scsi_io *io;
	int i;

	/* Often enough for each tag to have been used. */
	for (i = 0; i < 32; i++)
		scsi_expect_works(f);
	io = io_start(f, READ_10, false, BYTES, 10000);
	scsi_take(f, &b, READ_10);
	scsi_answer(f, &b, &silent);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, host_byte(io->result), DID_ERROR);
	io_free(io);
}

/* 2.7.8: once more for what was used already, or never given: a reset. */
static void used_twice(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct scsi_resp good = { };
	struct play_buf b[2];
	struct scsi_io *io[2];
	int i;

	for (i = 0; i < 2; i++) {
		io[i] = io_start(f, READ_10, false, BYTES, 10000);
		scsi_take(f, &b[i], READ_10);
	}
	scsi_answer(f, &b[0], &good);
	play_lie(f->p, Q_REQUEST, b[0].c.id, RESP_LEN);
	for (i = 0; i < 2; i++) {
		if (!io_end(f, io[i]))
			return;
		KUNIT_EXPECT_EQ(test, host_byte(io[i]->result),
				i ? DID_RESET : DID_OK);
		io_free(io[i]);
	}
	KUNIT_EXPECT_TRUE(test, scsi_until(f, f->p->life == 2));
	scsi_expect_works(f);
}

/* What was out when the device lied about another one is told so. */
static void id_out_of_range(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, WRITE_10, true, BYTES, 10000);
	scsi_take(f, &b, WRITE_10);
	play_lie(f->p, Q_REQUEST, 4711, RESP_LEN);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, host_byte(io->result), DID_RESET);
	io_free(io);
	KUNIT_EXPECT_TRUE(test, scsi_until(f, f->p->life == 2));
	scsi_expect_works(f);
}

static unsigned int scans(struct scsi_fix *f, unsigned int ms)
{
	unsigned int before = f->scanned;
	unsigned long end = jiffies + msecs_to_jiffies(ms);

	while (time_before(jiffies, end))
		if (!scsi_step(f))
			usleep_range(500, 1000);
	return f->scanned - before;
}

/* 5.6.6.3: a unit appears: the driver asks this one, by its number. */
static void event_new_unit(struct kunit *test)
{
	static const u8 want[8] = { 1, 0, 0x41, 0x2c };
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct scsi_device *sdev = NULL;
	u8 req[REQ_LEN];
	struct play_buf b;

	scsi_event(f, EV_RESET, lun_300, RE_RESCAN);
	KUNIT_ASSERT_TRUE(test, play_take(f->p, Q_REQUEST, &b));
	play_read(f->p, &b, 0, req, REQ_LEN);
	KUNIT_EXPECT_EQ(test, req[REQ_CDB], INQUIRY);
	KUNIT_EXPECT_EQ(test, memcmp(req, want, 8), 0);
	/* No such unit after all: an INQUIRY says that of each. */
	scsi_answer(f, &b, &(struct scsi_resp){ .response = 3 });
	scans(f, 50);
	scsi_event(f, EV_RESET, lun_5, RE_RESCAN);
	KUNIT_EXPECT_TRUE(test, scsi_until(f, (sdev =
				scsi_device_lookup(f->shost, 0, 0, 5))));
	if (sdev)
		scsi_device_put(sdev);
	KUNIT_EXPECT_NULL(test, scsi_device_lookup(f->shost, 0, 0, 0x412c));
}

static bool unit_is_gone(struct scsi_fix *f, u64 lun)
{
	struct scsi_device *sdev = scsi_device_lookup(f->shost, 0, 0, lun);

	if (sdev)
		scsi_device_put(sdev);
	return !sdev;
}

/* 5.6.6.3.2: unit 0 stands for its target: others of it are looked for. */
static void event_for_unit_0(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	unsigned int i, luns = 0;
	u8 req[REQ_LEN];
	struct play_buf b;

	scsi_event(f, EV_RESET, lun_0, RE_RESCAN);
	/* A scan of the target asks for its list of units. */
	for (i = 0; i < 16 && !luns; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(f->p, Q_REQUEST, &b));
		play_read(f->p, &b, 0, req, REQ_LEN);
		luns += req[REQ_CDB] == REPORT_LUNS;
		scsi_play_scan(f, &b, req);
	}
	KUNIT_EXPECT_EQ(test, luns, 1);
}

static void event_removed_unit(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);

	scsi_event(f, EV_RESET, lun_5, RE_RESCAN);
	KUNIT_EXPECT_TRUE(test, scsi_until(f, !unit_is_gone(f, 5)));
	scans(f, 50);
	scsi_event(f, EV_RESET, lun_5, RE_REMOVED);
	KUNIT_EXPECT_TRUE(test, scsi_until(f, unit_is_gone(f, 5)));
	scsi_expect_works(f);
}

/* 5.6.6.3.2: events were lost: the units are polled, and others looked for. */
static void events_missed(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);

	scsi_event(f, EV_MISSED, lun_0, 0);
	KUNIT_EXPECT_GT(test, scans(f, 1500), 0);
	scsi_expect_works(f);
}

/* However often: one look at everything in a second. */
static void events_missed_storm(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	unsigned int once, i;

	scsi_event(f, EV_MISSED, lun_0, 0);
	once = scans(f, 1500);
	for (i = 0; i < 100; i++)
		scsi_event(f, EV_MISSED, lun_0, 0);
	KUNIT_EXPECT_LE(test, scans(f, 1500), 2 * once);
	scsi_expect_works(f);
}

/**
 * struct event_case - an event that cannot be
 * @name: for people
 * @event: what it says
 * @lun: of which unit
 * @reason: why
 */
struct event_case {
	const char *name;
	u32 event;
	u8 lun[8];
	u32 reason;
};

static const struct event_case event_cases[] = {
	{ "no event", 0, { 1 } },
	{ "unknown type", 0x1234567, { 1 }, 1 },
	{ "unknown reason", EV_RESET, { 1 }, 77 },
	{ "target beyond max_target", EV_RESET, { 1, 1, 0, 5 }, RE_RESCAN },
	{ "unit beyond max_lun", EV_RESET, { 1, 0, 0x44, 0 }, RE_RESCAN },
	{ "address of no unit", EV_RESET, { 7, 0, 0, 5 }, RE_RESCAN },
	{ "well-known unit", EV_RESET, { 1, 0, 0xc1, 1 }, RE_RESCAN },
	{ "change of a unit that is not", EV_PARAM, { 1, 0, 0, 9 }, 0x92a },
	{ "removal of one that is not", EV_RESET, { 1, 0, 0, 9 }, RE_REMOVED },
};

static void event_desc(const struct event_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(event, event_cases, event_desc);

static void hostile_event(struct kunit *test)
{
	const struct event_case *c = test->param_value;
	struct scsi_fix *f = scsi_setup(test, FEATURES);

	scsi_event(f, c->event, c->lun, c->reason);
	KUNIT_EXPECT_EQ(test, scans(f, 100), 0);
	/* The buffer is the device's again: 5.6.6.3.2. */
	KUNIT_EXPECT_EQ(test, play_poll(f->p, Q_EVENT), 16);
	scsi_expect_works(f);
}

/* A used length that covers half of an event. */
static void event_too_short(struct kunit *test)
{
	static const u8 data[16] = { EV_RESET, 0, 0, 0, 1, 0, 0, 5 };
	struct scsi_fix *f = scsi_setup(test, FEATURES);

	KUNIT_ASSERT_TRUE(test, play_answer(f->p, Q_EVENT, data, 8));
	KUNIT_EXPECT_EQ(test, scans(f, 100), 0);
	scsi_expect_works(f);
}

/* Take a task management request that has to be this one. */
static void take_tmf(struct scsi_fix *f, struct play_buf *b, u32 subtype)
{
	u8 tmf[TMF_LEN] = "";

	KUNIT_ASSERT_TRUE(f->test, play_take(f->p, Q_CONTROL, b));
	KUNIT_EXPECT_EQ(f->test, b->out_len, TMF_LEN);
	KUNIT_EXPECT_EQ(f->test, b->in_len, 1);
	play_read(f->p, b, 0, tmf, TMF_LEN);
	KUNIT_EXPECT_EQ(f->test, get_unaligned_le32(tmf), 0);
	KUNIT_EXPECT_EQ(f->test, get_unaligned_le32(tmf + TMF_SUBTYPE),
			subtype);
	KUNIT_EXPECT_EQ(f->test, tmf[TMF_LUN], 1);
}

static void answer_tmf(struct scsi_fix *f, struct play_buf *b, u8 response)
{
	play_write(f->p, b, 0, &response, 1);
	play_done(f->p, b, 1);
}

/* 5.6.6.2: aborted, and given back before the answer. */
static void timeout_abort(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	u8 req[REQ_LEN], tmf[TMF_LEN];
	struct play_buf b, t;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 300);
	scsi_take(f, &b, READ_10);
	play_read(f->p, &b, 0, req, REQ_LEN);
	take_tmf(f, &t, TMF_ABORT_TASK);
	play_read(f->p, &t, 0, tmf, TMF_LEN);
	KUNIT_EXPECT_EQ(test, memcmp(req + REQ_ID, tmf + TMF_ID, 8), 0);
	scsi_answer(f, &b, &(struct scsi_resp){ .response = 2 });
	answer_tmf(f, &t, 0);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_NE(test, io->result, 0);
	io_free(io);
	KUNIT_EXPECT_EQ(test, f->p->life, 1);
	scsi_expect_works(f);
}

/* The answer was there, only its interrupt was not. */
static void timeout_lost_interrupt(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	u8 out[RESP_LEN] = "";
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 300);
	scsi_take(f, &b, READ_10);
	play_write(f->p, &b, 0, out, RESP_LEN);
	play_push(f->p, &b, b.in_len);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, io->result, 0);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, Q_CONTROL, &b));
	io_free(io);
}

/* It says that it did, and keeps the command: it is reset. */
static void tmf_lies(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct play_buf b, t;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 300);
	scsi_take(f, &b, READ_10);
	KUNIT_EXPECT_TRUE(test, play_until(({
		if (play_try_take(f->p, Q_CONTROL, &t))
			answer_tmf(f, &t, 0);
		f->p->life == 2 && (scsi_step(f), io_ended(io));
	})));
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_NE(test, io->result, 0);
	io_free(io);
	scans(f, 100);
	scsi_expect_works(f);
}

/* Refused, and the command is kept. */
static void tmf_rejected(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct play_buf b, t;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 300);
	scsi_take(f, &b, READ_10);
	KUNIT_EXPECT_TRUE(test, play_until(({
		if (play_try_take(f->p, Q_CONTROL, &t))
			answer_tmf(f, &t, 11);
		f->p->life == 2 && (scsi_step(f), io_ended(io));
	})));
	if (io_end(f, io))
		io_free(io);
	scans(f, 100);
	scsi_expect_works(f);
}

/* No answer to anything: a reset takes the command back. */
static void tmf_never_answered(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	unsigned long start = jiffies;
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 300);
	scsi_take(f, &b, READ_10);
	while (!io_ended(io) && time_before(jiffies, start + 20 * HZ)) {
		if (f->p->life == 2)
			scsi_step(f);
		usleep_range(500, 1000);
	}
	KUNIT_EXPECT_EQ(test, f->p->life, 2);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_NE(test, io->result, 0);
	io_free(io);
	scans(f, 100);
	scsi_expect_works(f);
}

/* 2.1.1: what was out ends, and what comes after it works. */
static void needs_reset(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, WRITE_10, true, BYTES, 10000);
	scsi_take(f, &b, WRITE_10);
	mock_needs_reset(f->m);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, host_byte(io->result), DID_RESET);
	io_free(io);
	KUNIT_EXPECT_TRUE(test, scsi_until(f, f->p->life == 2));
	scans(f, 100);
	scsi_expect_works(f);
}

/* Registers read as all ones: what was out ends, and what comes at once. */
static void gone(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 60000);
	scsi_take(f, &b, READ_10);
	f->m->dead = true;
	mock_config_interrupt(f->m);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_NE(test, io->result, 0);
	io_free(io);
	io = io_start(f, READ_10, false, BYTES, 60000);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, host_byte(io->result), DID_NO_CONNECT);
	io_free(io);
}

static void queues_do_not_come_back(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	struct scsi_io *io;

	f->m->refuse_vqs = -ENOENT;
	mock_needs_reset(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(f->m->status & ST_FAILED));
	io = io_start(f, READ_10, false, BYTES, 60000);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(test, host_byte(io->result), DID_NO_CONNECT);
	io_free(io);
}

/* Removed while a command is out that the device does not answer. */
static void removal_with_a_command_out(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	unsigned long start;
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 500);
	scsi_take(f, &b, READ_10);
	scsi_device_put(f->sdev);
	f->sdev = NULL;
	start = jiffies;
	mock_unregister(f->m);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, start + 20 * HZ));
	KUNIT_EXPECT_TRUE(test, io_ended(io));
	if (io_end(f, io))
		io_free(io);
}

/* Removed in the middle of the first scan, which the device does not answer. */
static void removal_during_scan(struct kunit *test)
{
	struct scsi_fix *f = scsi_new(test, FEATURES);
	struct play_buf b;

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_ASSERT_TRUE(test, play_take(f->p, Q_REQUEST, &b));
	f->m->dead = true;
	mock_config_interrupt(f->m);
	mock_unregister(f->m);
}

/* Interrupts for nothing, of all queues. */
static void nothing_used(struct kunit *test)
{
	struct scsi_fix *f = scsi_setup(test, FEATURES);
	int i, q;

	for (i = 0; i < 100; i++)
		for (q = 0; q < 3; q++)
			mock_interrupt(f->m, q);
	scsi_expect_works(f);
}

static struct kunit_case scsi_cases[] = {
	KUNIT_CASE(request_of_read),
	KUNIT_CASE(request_of_write),
	KUNIT_CASE(request_without_data),
	KUNIT_CASE(request_with_pi),
	KUNIT_CASE(ids_are_different),
	KUNIT_CASE(legacy_device),
	KUNIT_CASE(gives_event_buffers),
	KUNIT_CASE_PARAM(hostile_config, config_gen_params),
	KUNIT_CASE(cdb_size_that_stays),
	KUNIT_CASE(config_never_still),
	KUNIT_CASE(writes_no_config),
	KUNIT_CASE_PARAM(answers, answer_gen_params),
	KUNIT_CASE(stale_response),
	KUNIT_CASE(used_twice),
	KUNIT_CASE(id_out_of_range),
	KUNIT_CASE(event_new_unit),
	KUNIT_CASE(event_for_unit_0),
	KUNIT_CASE(event_removed_unit),
	KUNIT_CASE(events_missed),
	KUNIT_CASE(events_missed_storm),
	KUNIT_CASE_PARAM(hostile_event, event_gen_params),
	KUNIT_CASE(event_too_short),
	KUNIT_CASE(timeout_abort),
	KUNIT_CASE(timeout_lost_interrupt),
	KUNIT_CASE(tmf_lies),
	KUNIT_CASE(tmf_rejected),
	KUNIT_CASE(tmf_never_answered),
	KUNIT_CASE(needs_reset),
	KUNIT_CASE(gone),
	KUNIT_CASE(queues_do_not_come_back),
	KUNIT_CASE(removal_with_a_command_out),
	KUNIT_CASE(removal_during_scan),
	KUNIT_CASE(nothing_used),
	{}
};

static struct kunit_suite scsi_suite = {
	.name = "virtio_scsi",
	.test_cases = scsi_cases,
};

kunit_test_suites(&scsi_suite);

MODULE_DESCRIPTION("Unit tests of the SCSI host driver on a mock device");
MODULE_LICENSE("GPL");
