// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A SCSI host for the suite virtio_scsi
 *
 * See scsi_fix.h.
 */
#include <linux/blk-mq.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "scsi_fix.h"

/* How long nothing has to come for a scan to be over, milliseconds. */
#define QUIET_MS	60

static int scsi_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

/* Let a scan that goes on come to its end. */
static void scsi_quiet(struct scsi_fix *f)
{
	bool more = false;

	do {
		msleep(QUIET_MS);
		more = scsi_step(f);
		while (scsi_step(f))
			;
	} while (more);
}

static void scsi_resource_free(struct kunit_resource *res)
{
	struct scsi_fix *f = res->data;

	if (f->shost && !f->m->dead)
		scsi_quiet(f);
	if (f->sdev)
		scsi_device_put(f->sdev);
	kfree(f);
}

/* A field of the configuration. */
void scsi_put_config(struct scsi_fix *f, unsigned int field, u32 value)
{
	put_unaligned_le32(value, f->m->config + field);
}

/* A device that is not on the bus yet. */
struct scsi_fix *scsi_new(struct kunit *test, u64 offered)
{
	struct scsi_fix *f = kzalloc(sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	f->test = test;
	f->m = mock_new(test, ID_SCSI, offered);
	f->m->num_vqs = 3;
	f->m->queue_size[Q_CONTROL] = 16;
	f->m->queue_size[Q_EVENT] = 16;
	f->m->queue_size[Q_REQUEST] = 16;
	f->p = play_new(f->m);
	if (offered & FB_T10_PI && IS_ENABLED(CONFIG_BLK_DEV_INTEGRITY))
		f->pi = REQ_PI_BYTES;
	scsi_put_config(f, CFG_NUM_QUEUES, 1);
	scsi_put_config(f, CFG_SEG_MAX, 4);
	scsi_put_config(f, CFG_MAX_SECTORS, 64);
	scsi_put_config(f, CFG_CMD_PER_LUN, 8);
	scsi_put_config(f, CFG_EVENT_SIZE, 16);
	scsi_put_config(f, CFG_SENSE_SIZE, 96);
	scsi_put_config(f, CFG_CDB_SIZE, 32);
	scsi_put_config(f, CFG_MAX_LUN, 1023);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     kunit_alloc_resource(test,
							  scsi_resource_init,
							  scsi_resource_free,
							  GFP_KERNEL, f));
	return f;
}

static int scsi_is_host(struct device *dev, void *data)
{
	return scsi_is_host_device(dev);
}

/* What a scan asks of a unit: it is there, and has the number 0. */
static unsigned int scsi_scan_data(const u8 *cdb, u8 *data)
{
	memset(data, 0, 64);
	switch (cdb[0]) {
	case INQUIRY:
		if (cdb[1] & 1)
			return 0;
		data[2] = 5;
		data[4] = 31;
		memcpy(data + 8, "KUNIT   MOCK            1   ", 28);
		return 36;
	case REPORT_LUNS:
		data[3] = 8;
		return 16;
	default:
		return 0;
	}
}

/* Answer a request that was taken and read, as a unit that is there. */
void scsi_play_scan(struct scsi_fix *f, struct play_buf *b, const u8 *req)
{
	struct scsi_resp resp = { .status = SAM_STAT_GOOD };
	unsigned int len;
	u8 data[64];

	len = scsi_scan_data(req + REQ_CDB + f->pi, data);
	len = min_t(unsigned int, len, b->in_len - RESP_LEN);
	play_write(f->p, b, RESP_LEN, data, len);
	resp.resid = b->in_len - RESP_LEN - len;
	/* Only the scan's own questions are refused. */
	if (!len && b->in_len > RESP_LEN) {
		resp.status = SAM_STAT_CHECK_CONDITION;
		resp.sense_len = 18;
	}
	scsi_answer(f, b, &resp);
}

/**
 * scsi_step - answer one command as a unit that is there
 * @f: the host
 *
 * Return: false when there was none.
 */
bool scsi_step(struct scsi_fix *f)
{
	struct play_buf b;
	u8 req[REQ_PI_LEN] = "";

	if (!play_try_take(f->p, Q_REQUEST, &b))
		return false;
	f->scanned++;
	play_read(f->p, &b, 0, req, sizeof(req));
	scsi_play_scan(f, &b, req);
	return true;
}

static bool scsi_scan_over(struct scsi_fix *f)
{
	struct scsi_device *sdev;
	bool over = false;

	sdev = scsi_device_lookup(f->shost, 0, 0, 0);
	if (sdev) {
		over = sdev->is_visible && !f->shost->async_scan;
		scsi_device_put(sdev);
	}
	return over;
}

/* Have the host found, and its unit, and wait for the end of the scan. */
void scsi_find(struct scsi_fix *f)
{
	struct device *dev;

	dev = device_find_child(&f->m->vdev.dev, NULL, scsi_is_host);
	KUNIT_ASSERT_NOT_NULL(f->test, dev);
	f->shost = dev_to_shost(dev);
	put_device(dev);
	KUNIT_ASSERT_TRUE(f->test, scsi_until(f, scsi_scan_over(f)));
	scsi_quiet(f);
	f->sdev = scsi_device_lookup(f->shost, 0, 0, 0);
	KUNIT_ASSERT_NOT_NULL(f->test, f->sdev);
}

/* On the bus, with its driver and a logical unit. */
struct scsi_fix *scsi_setup(struct kunit *test, u64 offered)
{
	struct scsi_fix *f = scsi_new(test, offered);

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_ASSERT_NOT_NULL(test, f->m->vdev.dev.driver);
	scsi_find(f);
	return f;
}

static enum rq_end_io_ret io_done(struct request *rq, blk_status_t err)
{
	struct scsi_cmnd *sc = blk_mq_rq_to_pdu(rq);
	struct scsi_io *io = rq->end_io_data;

	io->result = sc->result;
	io->resid = sc->resid_len;
	memcpy(io->sense, sc->sense_buffer, sizeof(io->sense));
	complete(&io->done);
	return RQ_END_IO_FREE;
}

/* Bytes that a write has. */
static u8 io_byte(unsigned int i)
{
	return i * 7 + (i >> 8) + 1;
}

/**
 * io_start - send a command
 * @f: the host
 * @opcode: first byte of the CDB; the others are 1 to 9
 * @write: direction of the data
 * @bytes: of data, up to a page
 * @ms: what it may take
 *
 * Return: the command; io_end() is to follow.
 */
struct scsi_io *io_start(struct scsi_fix *f, u8 opcode, bool write,
			 unsigned int bytes, unsigned int ms)
{
	struct scsi_io *io = kzalloc(sizeof(*io), GFP_KERNEL);
	struct scsi_cmnd *sc;
	struct request *rq;
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(f->test, io);
	init_completion(&io->done);
	io->mem = (u8 *)get_zeroed_page(GFP_KERNEL);
	for (i = 0; write && i < bytes; i++)
		io->mem[i] = io_byte(i);
	rq = scsi_alloc_request(f->sdev->request_queue,
				write ? REQ_OP_DRV_OUT : REQ_OP_DRV_IN,
				BLK_MQ_REQ_PM);
	KUNIT_ASSERT_FALSE(f->test, IS_ERR(rq));
	if (bytes)
		KUNIT_ASSERT_EQ(f->test,
				blk_rq_map_kern(rq->q, rq, io->mem, bytes,
						GFP_KERNEL), 0);
	sc = blk_mq_rq_to_pdu(rq);
	sc->cmd_len = 10;
	for (i = 0; i < 10; i++)
		sc->cmnd[i] = i ?: opcode;
	sc->allowed = 0;
	rq->timeout = msecs_to_jiffies(ms);
	rq->rq_flags |= RQF_QUIET;
	rq->end_io = io_done;
	rq->end_io_data = io;
	blk_execute_rq_nowait(rq, false);
	return io;
}

/* The command's end is seen once. */
bool io_ended(struct scsi_io *io)
{
	return completion_done(&io->done);
}

void io_free(struct scsi_io *io)
{
	free_page((unsigned long)io->mem);
	kfree(io);
}

/* Wait for the end of a command; false: it did not, and its memory is lost. */
bool io_end(struct scsi_fix *f, struct scsi_io *io)
{
	if (wait_for_completion_timeout(&io->done,
					msecs_to_jiffies(10 * PLAY_MS)))
		return true;
	KUNIT_FAIL(f->test, "a command did not end");
	return false;
}

/* Take a request that has to be there, and be this command. */
void scsi_take(struct scsi_fix *f, struct play_buf *b, u8 opcode)
{
	u8 req[REQ_LEN] = "";

	KUNIT_ASSERT_TRUE_MSG(f->test, play_take(f->p, Q_REQUEST, b),
			      "no command %#x", opcode);
	KUNIT_EXPECT_EQ(f->test, play_read(f->p, b, 0, req, REQ_LEN), REQ_LEN);
	KUNIT_EXPECT_EQ(f->test, req[REQ_CDB], opcode);
}

/* Answer a request, its data left as it is. */
void scsi_answer(struct scsi_fix *f, struct play_buf *b,
		 const struct scsi_resp *resp)
{
	u8 out[RESP_LEN] = "";

	put_unaligned_le32(resp->sense_len, out + RESP_SENSE_LEN);
	put_unaligned_le32(resp->resid, out + RESP_RESID);
	out[RESP_STATUS] = resp->status;
	out[RESP_RESPONSE] = resp->response;
	/* ILLEGAL REQUEST, INVALID FIELD IN CDB, of the fixed format. */
	out[RESP_SENSE] = 0x70;
	out[RESP_SENSE + 2] = 5;
	out[RESP_SENSE + 7] = 10;
	out[RESP_SENSE + 12] = 0x24;
	if (!resp->silent)
		play_write(f->p, b, 0, out, RESP_LEN);
	play_done(f->p, b, resp->used ?: b->in_len);
}

/* A command gets to the device, and its answer back. */
void scsi_expect_works(struct scsi_fix *f)
{
	struct scsi_resp good = { };
	struct play_buf b;
	struct scsi_io *io;

	io = io_start(f, READ_10, false, BYTES, 10000);
	scsi_take(f, &b, READ_10);
	play_write(f->p, &b, RESP_LEN, "works", 6);
	scsi_answer(f, &b, &good);
	if (!io_end(f, io))
		return;
	KUNIT_EXPECT_EQ(f->test, io->result, 0);
	KUNIT_EXPECT_STREQ(f->test, (char *)io->mem, "works");
	io_free(io);
}

/* Report an event for the logical unit at @lun, 8 bytes. */
void scsi_event(struct scsi_fix *f, u32 event, const u8 *lun, u32 reason)
{
	u8 data[16];

	put_unaligned_le32(event, data);
	memcpy(data + 4, lun, 8);
	put_unaligned_le32(reason, data + 12);
	KUNIT_ASSERT_TRUE(f->test, play_answer(f->p, Q_EVENT, data, 16));
}
