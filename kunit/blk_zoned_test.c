// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_blk_zoned: zoned disks, and what a disk says of its wear
 *
 * VIRTIO 1.4, 5.2.6, on the fixture of blk_fix.h.  The numbers of requests,
 * zone types, zone states and status codes are a reading of their own.
 *
 * Whoever reads zones waits for the device, so a work item does while the test
 * plays the device.
 */
#include <linux/module.h>

#include "blk_fix.h"

#define FB_LIFETIME	FB(15)
#define FB_ZONED	FB(17)

/* 5.2.4: offsets in the configuration. */
#define CFG_ZONE_SECTORS	72
#define CFG_MAX_OPEN		76
#define CFG_MAX_ACTIVE		80
#define CFG_MAX_APPEND		84
#define CFG_GRANULARITY		88
#define CFG_MODEL		92

#define MODEL_NONE	0
#define MODEL_HM	1
#define MODEL_HA	2

#define T_GET_LIFETIME	10
#define T_ZONE_APPEND	15
#define T_ZONE_REPORT	16
#define T_ZONE_OPEN	18
#define T_ZONE_CLOSE	20
#define T_ZONE_FINISH	22
#define T_ZONE_RESET	24
#define T_ZONE_RESET_ALL	26

#define ZT_CONV		1
#define ZT_SWR		2
#define ZS_NOT_WP	0
#define ZS_EMPTY	1
#define ZS_IOPEN	2
#define ZS_FULL		14

/* Bytes of a report's head and of each zone in it. */
#define REPORT_HEAD	64
#define REPORT_ZONE	64

/* A conventional zone, an empty one, an open one, a full one. */
#define ZONE		256
#define ZONES		4

/**
 * struct dev_zone - what the device says of a zone
 * @cap: capacity, sectors
 * @start: first sector
 * @wp: write pointer
 * @type: of the zone
 * @state: of the zone
 */
struct dev_zone {
	u64 cap;
	u64 start;
	u64 wp;
	u8 type;
	u8 state;
};

static const struct dev_zone all_zones[ZONES] = {
	{ ZONE, 0, 0, ZT_CONV, ZS_NOT_WP },
	{ ZONE, ZONE, ZONE, ZT_SWR, ZS_EMPTY },
	{ ZONE - 8, 2 * ZONE, 2 * ZONE + 16, ZT_SWR, ZS_IOPEN },
	{ ZONE, 3 * ZONE, 0, ZT_SWR, ZS_FULL },
};

static struct blk *zoned_new(struct kunit *test, u8 model, u64 more)
{
	struct blk *f = blk_new(test, FB_ZONED | more);
	u8 *config = f->m->config;

	put_unaligned_le32(ZONE, config + CFG_ZONE_SECTORS);
	put_unaligned_le32(8, config + CFG_MAX_OPEN);
	put_unaligned_le32(12, config + CFG_MAX_ACTIVE);
	put_unaligned_le32(64, config + CFG_MAX_APPEND);
	put_unaligned_le32(4096, config + CFG_GRANULARITY);
	config[CFG_MODEL] = model;
	return f;
}

static void put_zone(u8 *to, const struct dev_zone *z)
{
	put_unaligned_le64(z->cap, to);
	put_unaligned_le64(z->start, to + 8);
	put_unaligned_le64(z->wp, to + 16);
	to[24] = z->type;
	to[25] = z->state;
}

/* Answer this request for zones, with as many as fit; how many these are. */
static unsigned int fill_report(struct blk *f, struct play_buf *b, u64 sector,
				const struct dev_zone *zones, u64 num)
{
	u8 mem[REPORT_HEAD + ZONES * REPORT_ZONE] = "";
	unsigned int first = sector / ZONE, i, room;

	KUNIT_EXPECT_EQ(f->test, b->out_len, 16);
	KUNIT_ASSERT_GT(f->test, b->in_len, REPORT_HEAD + REPORT_ZONE);
	room = min_t(size_t, ZONES - first,
		     (b->in_len - 1 - REPORT_HEAD) / REPORT_ZONE);
	put_unaligned_le64(num == ZONES ? room : num, mem);
	for (i = 0; i < room; i++)
		put_zone(mem + REPORT_HEAD + i * REPORT_ZONE,
			 &zones[first + i]);
	play_write(f->p, b, 0, mem, min(b->in_len - 1, sizeof(mem)));
	blk_answer(f, b, S_OK, b->in_len);
	return room;
}

/* Take a request for zones from this sector on, and answer it. */
static unsigned int answer_report(struct blk *f, u64 sector,
				  const struct dev_zone *zones, u64 num)
{
	struct play_buf b;

	blk_take(f, &b, T_ZONE_REPORT, sector);
	return fill_report(f, &b, sector, zones, num);
}

/* A disk that the block layer knows the zones of. */
static struct blk *zoned_setup(struct kunit *test, u8 model)
{
	struct blk *f = zoned_new(test, model, 0);
	unsigned int done = 0;

	blk_start(f);
	while (done < ZONES)
		done += answer_report(f, done * ZONE, all_zones, ZONES);
	KUNIT_ASSERT_TRUE(test, play_until(bdev_nr_zones(f->bdev) == ZONES));
	return f;
}

/**
 * struct asker - somebody who reads the zones
 * @work: does it
 * @done: it is done
 * @f: the disk
 * @zones: what came
 * @ret: what the block layer returned
 */
struct asker {
	struct work_struct work;
	struct completion done;
	struct blk *f;
	struct blk_zone zones[ZONES];
	int ret;
};

static int asker_zone(struct blk_zone *zone, unsigned int idx, void *data)
{
	struct asker *a = data;

	if (idx >= ZONES)
		return -E2BIG;
	a->zones[idx] = *zone;
	return 0;
}

static void asker_work(struct work_struct *work)
{
	struct asker *a = container_of(work, struct asker, work);

	a->ret = blkdev_report_zones(a->f->bdev, 0, ZONES, asker_zone, a);
	complete(&a->done);
}

static struct asker *asker_start(struct blk *f)
{
	struct asker *a = kunit_kzalloc(f->test, sizeof(*a), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(f->test, a);
	a->f = f;
	init_completion(&a->done);
	INIT_WORK(&a->work, asker_work);
	schedule_work(&a->work);
	return a;
}

/* The asker is done; what it got. */
static int asker_end(struct asker *a)
{
	KUNIT_EXPECT_TRUE(a->f->test,
			  wait_for_completion_timeout(&a->done,
						      msecs_to_jiffies(10 * PLAY_MS)));
	flush_work(&a->work);
	return a->ret;
}

/* 5.2.6: the block layer learns what the device says. */
static void zones_are_known(struct kunit *test)
{
	struct blk *f = zoned_setup(test, MODEL_HM);
	struct gendisk *disk = f->bdev->bd_disk;
	unsigned int done = 0;
	struct asker *a;

	KUNIT_EXPECT_EQ(test, blk_queue_zoned_model(disk->queue), BLK_ZONED_HM);
	KUNIT_EXPECT_EQ(test, bdev_zone_sectors(f->bdev), ZONE);
	KUNIT_EXPECT_EQ(test, bdev_max_open_zones(f->bdev), 8);
	KUNIT_EXPECT_EQ(test, bdev_max_active_zones(f->bdev), 12);
	KUNIT_EXPECT_EQ(test, bdev_max_zone_append_sectors(f->bdev), 64);
	KUNIT_EXPECT_TRUE(test, play_until(!disk_zone_is_seq(disk, 0)));
	KUNIT_EXPECT_TRUE(test, disk_zone_is_seq(disk, ZONE));

	a = asker_start(f);
	while (done < ZONES)
		done += answer_report(f, done * ZONE, all_zones, ZONES);
	KUNIT_EXPECT_EQ(test, asker_end(a), ZONES);
	KUNIT_EXPECT_EQ(test, a->zones[0].type, BLK_ZONE_TYPE_CONVENTIONAL);
	KUNIT_EXPECT_EQ(test, a->zones[1].type, BLK_ZONE_TYPE_SEQWRITE_REQ);
	KUNIT_EXPECT_EQ(test, a->zones[1].cond, BLK_ZONE_COND_EMPTY);
	KUNIT_EXPECT_EQ(test, a->zones[2].cond, BLK_ZONE_COND_IMP_OPEN);
	KUNIT_EXPECT_EQ(test, a->zones[2].wp, 2 * ZONE + 16);
	KUNIT_EXPECT_EQ(test, a->zones[2].capacity, ZONE - 8);
	/* A full zone has no write pointer, whatever the device wrote there. */
	KUNIT_EXPECT_EQ(test, a->zones[3].wp, 4 * ZONE);
}

/**
 * struct report_case - a report that cannot be
 * @name: of the case
 * @zone: what the device says of the third zone
 * @num: how many zones it says there are
 */
struct report_case {
	const char *name;
	struct dev_zone zone;
	u64 num;
};

#define GOOD	{ ZONE, 2 * ZONE, 2 * ZONE, ZT_SWR, ZS_EMPTY }

static const struct report_case report_cases[] = {
	{ "starts late", { ZONE, 2 * ZONE + 8, 2 * ZONE + 8, ZT_SWR, ZS_IOPEN },
	  ZONES },
	{ "starts before", { ZONE, ZONE, 2 * ZONE, ZT_SWR, ZS_IOPEN }, ZONES },
	{ "too large", { ZONE + 1, 2 * ZONE, 2 * ZONE, ZT_SWR, ZS_IOPEN },
	  ZONES },
	{ "pointer before", { ZONE, 2 * ZONE, 2 * ZONE - 1, ZT_SWR, ZS_IOPEN },
	  ZONES },
	{ "pointer behind", { ZONE, 2 * ZONE, 3 * ZONE + 1, ZT_SWR, ZS_IOPEN },
	  ZONES },
	{ "type 0", { ZONE, 2 * ZONE, 2 * ZONE, 0, ZS_EMPTY }, ZONES },
	{ "type 9", { ZONE, 2 * ZONE, 2 * ZONE, 9, ZS_EMPTY }, ZONES },
	{ "state 5", { ZONE, 2 * ZONE, 2 * ZONE, ZT_SWR, 5 }, ZONES },
	{ "state 16", { ZONE, 2 * ZONE, 2 * ZONE, ZT_SWR, 16 }, ZONES },
	{ "conventional and full", { ZONE, 2 * ZONE, 0, ZT_CONV, ZS_FULL },
	  ZONES },
	{ "sequential without pointer",
	  { ZONE, 2 * ZONE, 0, ZT_SWR, ZS_NOT_WP }, ZONES },
	{ "no zones", GOOD, 0 },
	{ "more zones than room", GOOD, 100000 },
	{ "zones without end", GOOD, U64_MAX },
};

static void report_desc(const struct report_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(report, report_cases, report_desc);

static void report_lies(struct kunit *test)
{
	const struct report_case *c = test->param_value;
	struct blk *f = zoned_setup(test, MODEL_HM);
	struct dev_zone zones[ZONES];
	struct asker *a;

	memcpy(zones, all_zones, sizeof(zones));
	zones[2] = c->zone;
	a = asker_start(f);
	answer_report(f, 0, zones, c->num);
	KUNIT_EXPECT_EQ(test, asker_end(a), -EIO);
	KUNIT_EXPECT_EQ(test, bdev_nr_zones(f->bdev), ZONES);
	blk_expect_works(f);
}

/**
 * struct zoned_config_case - a configuration, and what becomes of the disk
 * @name: of the case
 * @offset: of the field
 * @value: little-endian
 * @usable: the disk is to work
 */
struct zoned_config_case {
	const char *name;
	unsigned int offset;
	u32 value;
	bool usable;
};

static const struct zoned_config_case zoned_config_cases[] = {
	{ "zones of 0", CFG_ZONE_SECTORS, 0, false },
	{ "zones of 4", CFG_ZONE_SECTORS, 4, false },
	{ "zones of 384", CFG_ZONE_SECTORS, 384, false },
	{ "granularity 0", CFG_GRANULARITY, 0, false },
	{ "granularity 3000", CFG_GRANULARITY, 3000, false },
	{ "granularity 1 MiB", CFG_GRANULARITY, BIT(20), false },
	{ "append of 0", CFG_MAX_APPEND, 0, false },
	{ "append of 7", CFG_MAX_APPEND, 7, false },
	{ "append of 4 Gi", CFG_MAX_APPEND, U32_MAX, true },
	{ "model 3", CFG_MODEL, 3, false },
	{ "host-aware", CFG_MODEL, MODEL_HA, true },
	{ "no zones", CFG_MODEL, MODEL_NONE, true },
};

static void zoned_config_desc(const struct zoned_config_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zoned_config, zoned_config_cases, zoned_config_desc);

static void config_lies(struct kunit *test)
{
	const struct zoned_config_case *c = test->param_value;
	struct blk *f = zoned_new(test, MODEL_HM, FB_BLK_SIZE);

	put_unaligned_le32(4096, f->m->config + CFG_BLK_SIZE);
	put_unaligned_le32(c->value, f->m->config + c->offset);
	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_EQ(test, !!f->m->vdev.dev.driver, c->usable);
	KUNIT_EXPECT_EQ(test, !!(f->m->status & ST_FAILED), !c->usable);
}

/* 5.2.5.1: the other fields mean nothing then, and the disk is any disk. */
static void model_none(struct kunit *test)
{
	struct blk *f = zoned_new(test, MODEL_NONE, 0);

	put_unaligned_le32(0, f->m->config + CFG_ZONE_SECTORS);
	blk_start(f);
	KUNIT_EXPECT_EQ(test, bdev_nr_zones(f->bdev), 0);
	KUNIT_EXPECT_FALSE(test, bdev_is_zoned(f->bdev));
	blk_expect_works(f);
}

/* 5.2.5.1: no DISCARD of a host-managed disk. */
static void no_discard(struct kunit *test)
{
	struct blk *f = zoned_new(test, MODEL_HM, FB_DISCARD);

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_TRUE(test, f->m->accepted & FB_ZONED);
	KUNIT_EXPECT_FALSE(test, f->m->accepted & FB_DISCARD);
}

/* A host-aware one may. */
static void discard_host_aware(struct kunit *test)
{
	struct blk *f = zoned_new(test, MODEL_HA, FB_DISCARD);

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_TRUE(test, f->m->accepted & FB_DISCARD);
}

/**
 * struct zone_op_case - an operation on a zone
 * @name: of the case
 * @op: of the block layer
 * @type: of the request
 * @sector: in its header
 */
struct zone_op_case {
	const char *name;
	enum req_op op;
	u32 type;
	u64 sector;
};

static const struct zone_op_case zone_op_cases[] = {
	{ "open", REQ_OP_ZONE_OPEN, T_ZONE_OPEN, ZONE },
	{ "close", REQ_OP_ZONE_CLOSE, T_ZONE_CLOSE, ZONE },
	{ "finish", REQ_OP_ZONE_FINISH, T_ZONE_FINISH, ZONE },
	{ "reset", REQ_OP_ZONE_RESET, T_ZONE_RESET, ZONE },
	{ "reset all", REQ_OP_ZONE_RESET_ALL, T_ZONE_RESET_ALL, 0 },
};

static void zone_op_desc(const struct zone_op_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(zone_op, zone_op_cases, zone_op_desc);

/* 5.2.6: no data, the first sector of the zone or none. */
static void zone_ops(struct kunit *test)
{
	const struct zone_op_case *c = test->param_value;
	struct blk *f = zoned_setup(test, MODEL_HM);
	struct blk_io *io = io_start(f, c->op | REQ_SYNC, c->sector, 0);
	struct play_buf b;

	blk_take(f, &b, c->type, c->sector);
	KUNIT_EXPECT_EQ(test, b.out_len, 16);
	KUNIT_EXPECT_EQ(test, b.in_len, 1);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

/**
 * struct append_case - where a device says that it put 8 sectors
 * @name: of the case
 * @at: there
 * @status: its status
 * @want: the end of the bio
 */
struct append_case {
	const char *name;
	u64 at;
	u8 status;
	int want;
};

static const struct append_case append_cases[] = {
	{ "at the start", ZONE, S_OK, 0 },
	{ "in the zone", ZONE + 24, S_OK, 0 },
	{ "at the end", 2 * ZONE - 8, S_OK, 0 },
	{ "over the end", 2 * ZONE - 7, S_OK, -EIO },
	{ "before the zone", ZONE - 8, S_OK, -EIO },
	{ "nowhere", U64_MAX, S_OK, -EIO },
	{ "invalid command", ZONE, 3, -EIO },
	{ "unaligned", ZONE, 4, -EIO },
	{ "too many open", ZONE, 5, -ETOOMANYREFS },
	{ "too many active", ZONE, 6, -EOVERFLOW },
	{ "status 7", ZONE, 7, -EIO },
};

static void append_desc(const struct append_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(append, append_cases, append_desc);

/* 5.2.6: struct virtio_blk_req_za. */
static void appends(struct kunit *test)
{
	const struct append_case *c = test->param_value;
	struct blk *f = zoned_setup(test, MODEL_HM);
	struct blk_io *io = io_start(f, REQ_OP_ZONE_APPEND | REQ_SYNC, ZONE,
				     BYTES);
	struct play_buf b;
	u8 at[8];

	blk_take(f, &b, T_ZONE_APPEND, ZONE);
	KUNIT_EXPECT_EQ(test, b.out_len, 16 + BYTES);
	KUNIT_EXPECT_EQ(test, b.in_len, 9);
	put_unaligned_le64(c->at, at);
	play_write(f->p, &b, 0, at, 8);
	blk_answer(f, &b, c->status, 9);
	play_until(completion_done(&io->done));
	if (c->want == 0)
		KUNIT_EXPECT_EQ(test, io->bio->bi_iter.bi_sector, c->at);
	KUNIT_EXPECT_EQ(test, io_end(f, io), c->want);
}

/*
 * Nobody knows whether they were done, and doing them twice would not be the
 * same: they fail, and a read is given again.
 */
static void writes_are_not_repeated(struct kunit *test)
{
	struct blk *f = zoned_setup(test, MODEL_HM);
	struct blk_io *append, *write, *read;
	unsigned int life = f->p->life, done = 0, reads = 0;
	struct play_buf b;
	u8 hdr[16];

	append = io_start(f, REQ_OP_ZONE_APPEND | REQ_SYNC, ZONE, BYTES);
	write = io_start(f, REQ_OP_WRITE | REQ_SYNC, 2 * ZONE + 16, BYTES);
	read = io_start(f, REQ_OP_READ, 0, BYTES);
	KUNIT_EXPECT_TRUE(test, play_until(play_poll(f->p, 0) == 3));
	mock_needs_reset(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(f->p->life == life + 1));
	/* The zones are looked at again, before or after the read. */
	while (done < ZONES || !reads) {
		KUNIT_ASSERT_TRUE(test, play_take(f->p, 0, &b));
		play_read(f->p, &b, 0, hdr, sizeof(hdr));
		if (get_unaligned_le32(hdr) == T_ZONE_REPORT) {
			done += fill_report(f, &b, done * ZONE, all_zones,
					    ZONES);
			continue;
		}
		KUNIT_ASSERT_EQ(test, get_unaligned_le32(hdr), T_IN);
		blk_answer(f, &b, S_OK, BYTES + 1);
		reads++;
	}
	KUNIT_EXPECT_EQ(test, reads, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, read), 0);
	KUNIT_EXPECT_EQ(test, io_end(f, append), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, io_end(f, write), -ETIMEDOUT);
}

/* The zones are being learnt: the request for them, not answered. */
static void learning(struct blk *f, struct play_buf *b)
{
	blk_set_capacity(f, ZONES * ZONE);
	blk_take(f, b, T_ZONE_REPORT, 0);
}

/*
 * The block layer makes room for as many zones as the disk has when it begins
 * to learn them.
 */
static void empty_while_learnt(struct kunit *test)
{
	struct blk *f = zoned_setup(test, MODEL_HM);
	struct play_buf b;

	learning(f, &b);
	blk_set_capacity(f, 0);
	msleep(50);
	fill_report(f, &b, 0, all_zones, ZONES);
	KUNIT_EXPECT_TRUE(test, play_until(!bdev_nr_sectors(f->bdev)));
}

static void shrinks_while_learnt(struct kunit *test)
{
	struct blk *f = zoned_setup(test, MODEL_HM);
	struct play_buf b;

	learning(f, &b);
	blk_set_capacity(f, 2 * ZONE);
	msleep(50);
	fill_report(f, &b, 0, all_zones, ZONES);
	answer_report(f, 0, all_zones, 2);
	KUNIT_EXPECT_TRUE(test, play_until(bdev_nr_zones(f->bdev) == 2));
	blk_expect_works(f);
}

/* Nobody gets at zones that the block layer has no room for. */
static void does_not_grow(struct kunit *test)
{
	struct blk *f = zoned_setup(test, MODEL_HM);

	blk_set_capacity(f, 1000 * ZONE);
	answer_report(f, 0, all_zones, ZONES);
	KUNIT_EXPECT_TRUE(test, play_until(!play_poll(f->p, 0)));
	KUNIT_EXPECT_EQ(test, bdev_nr_sectors(f->bdev), ZONES * ZONE);
	KUNIT_EXPECT_EQ(test, bdev_nr_zones(f->bdev), ZONES);
	blk_expect_works(f);
}

/**
 * struct leaver - somebody who takes the device away
 * @work: does it
 * @f: the disk
 */
struct leaver {
	struct work_struct work;
	struct blk *f;
};

static void leaver_work(struct work_struct *work)
{
	mock_unregister(container_of(work, struct leaver, work)->f->m);
}

static void removed_while_learnt(struct kunit *test)
{
	struct blk *f = zoned_setup(test, MODEL_HM);
	struct leaver l = { .f = f };
	struct play_buf b;

	learning(f, &b);
	INIT_WORK_ONSTACK(&l.work, leaver_work);
	schedule_work(&l.work);
	msleep(50);
	fill_report(f, &b, 0, all_zones, ZONES);
	flush_work(&l.work);
	destroy_work_on_stack(&l.work);
	KUNIT_EXPECT_FALSE(test, play_up(f->p, 0));
}

/* 5.2.6: struct virtio_blk_lifetime, field by field. */
static void wear(struct kunit *test)
{
	static const struct {
		const char *name;
		const char *text;
	} fields[] = {
		{ "lifetime/pre_eol_info", "2\n" },
		{ "lifetime/device_lifetime_est_typ_a", "11\n" },
		{ "lifetime/device_lifetime_est_typ_b", "258\n" },
	};
	static const u8 answer[6] = { 2, 0, 11, 0, 2, 1 };
	struct blk *f = blk_setup(test, FB_LIFETIME);
	struct play_buf b;
	struct reader *r;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		r = reader_start(f, fields[i].name);
		blk_take(f, &b, T_GET_LIFETIME, 0);
		KUNIT_EXPECT_EQ(test, b.out_len, 16);
		KUNIT_EXPECT_EQ(test, b.in_len, 7);
		play_write(f->p, &b, 0, answer, sizeof(answer));
		blk_answer(f, &b, S_OK, 7);
		KUNIT_EXPECT_GT(test, reader_end(f, r), 0);
		KUNIT_EXPECT_STREQ(test, r->text, fields[i].text);
	}
}

static void wear_refused(struct kunit *test)
{
	struct blk *f = blk_setup(test, FB_LIFETIME);
	struct play_buf b;
	struct reader *r = reader_start(f, "lifetime/pre_eol_info");

	blk_take(f, &b, T_GET_LIFETIME, 0);
	blk_answer(f, &b, S_IOERR, 1);
	KUNIT_EXPECT_EQ(test, reader_end(f, r), -EIO);
}

/* Nothing is asked of a device that does not offer it. */
static void no_wear(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct reader *r = reader_start(f, "lifetime/pre_eol_info");

	KUNIT_EXPECT_EQ(test, reader_end(f, r), -ENOENT);
}

static struct kunit_case zoned_cases[] = {
	KUNIT_CASE(zones_are_known),
	KUNIT_CASE_PARAM(report_lies, report_gen_params),
	KUNIT_CASE_PARAM(config_lies, zoned_config_gen_params),
	KUNIT_CASE(model_none),
	KUNIT_CASE(no_discard),
	KUNIT_CASE(discard_host_aware),
	KUNIT_CASE_PARAM(zone_ops, zone_op_gen_params),
	KUNIT_CASE_PARAM(appends, append_gen_params),
	KUNIT_CASE(writes_are_not_repeated),
	KUNIT_CASE(empty_while_learnt),
	KUNIT_CASE(shrinks_while_learnt),
	KUNIT_CASE(does_not_grow),
	KUNIT_CASE(removed_while_learnt),
	KUNIT_CASE(wear),
	KUNIT_CASE(wear_refused),
	KUNIT_CASE(no_wear),
	{}
};

static struct kunit_suite zoned_suite = {
	.name = "virtio_blk_zoned",
	.test_cases = zoned_cases,
};

kunit_test_suites(&zoned_suite);

MODULE_DESCRIPTION("Unit tests of virtio_blk: zoned disks");
MODULE_LICENSE("GPL");
