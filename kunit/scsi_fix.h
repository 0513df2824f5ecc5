/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A SCSI host for the suite virtio_scsi
 *
 * virtio_scsi, loaded beside the suite, on a mock whose queues the test plays,
 * with one logical unit, 0 of target 0, that nobody drives: what comes to the
 * device is what the test sends, and what a scan asks.  The test is user and
 * device in one thread: it starts a command, plays its request, and looks what
 * became of the command.
 */
#ifndef _KUNIT_SCSI_FIX_H
#define _KUNIT_SCSI_FIX_H

#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <asm/unaligned.h>

#include "play.h"

#define ID_SCSI		8

/* Queues, VIRTIO 1.4, 5.6.2. */
#define Q_CONTROL	0
#define Q_EVENT		1
#define Q_REQUEST	2

/* Features, 5.6.3. */
#define FB_HOTPLUG	FB(1)
#define FB_CHANGE	FB(2)
#define FB_T10_PI	FB(3)

/* Fields of the configuration, 5.6.4. */
#define CFG_NUM_QUEUES	0
#define CFG_SEG_MAX	4
#define CFG_MAX_SECTORS	8
#define CFG_CMD_PER_LUN	12
#define CFG_EVENT_SIZE	16
#define CFG_SENSE_SIZE	20
#define CFG_CDB_SIZE	24
#define CFG_MAX_TARGET	30
#define CFG_MAX_LUN	32

/* A request without protection information, and its response: 5.6.6.1. */
#define REQ_LUN		0
#define REQ_ID		8
#define REQ_ATTR	16
#define REQ_CDB		19
#define REQ_LEN		51
/* With protection information two fields of 4 bytes come before the CDB. */
#define REQ_PI_OUT	19
#define REQ_PI_IN	23
#define REQ_PI_BYTES	8
#define REQ_PI_LEN	59
#define RESP_SENSE_LEN	0
#define RESP_RESID	4
#define RESP_STATUS	10
#define RESP_RESPONSE	11
#define RESP_SENSE	12
#define RESP_LEN	108

/* A task management request: 5.6.6.2. */
#define TMF_SUBTYPE	4
#define TMF_LUN		8
#define TMF_ID		16
#define TMF_LEN		24
#define TMF_ABORT_TASK	0
#define TMF_LUN_RESET	5

/* Bytes of data of a command. */
#define BYTES		512

/**
 * struct scsi_fix - a host
 * @test: the test
 * @m: the device
 * @p: its player
 * @shost: the middle layer's host
 * @sdev: the logical unit
 * @pi: bytes that the request has for protection information
 * @scanned: requests that the device answered by itself
 */
struct scsi_fix {
	struct kunit *test;
	struct mock *m;
	struct play *p;
	struct Scsi_Host *shost;
	struct scsi_device *sdev;
	unsigned int pi;
	unsigned int scanned;
};

/**
 * struct scsi_io - a command on its way
 * @done: it ended
 * @mem: its data
 * @result: how it ended
 * @resid: what the residual was
 * @sense: the sense data
 */
struct scsi_io {
	struct completion done;
	u8 *mem;
	int result;
	u32 resid;
	u8 sense[SCSI_SENSE_BUFFERSIZE];
};

/**
 * struct scsi_resp - what the device answers to a command
 * @response: 5.6.6.1
 * @status: of SCSI
 * @sense_len: what it says
 * @resid: what it says
 * @used: used length, or 0 for what it is
 * @silent: write nothing
 */
struct scsi_resp {
	u8 response;
	u8 status;
	u32 sense_len;
	u32 resid;
	u32 used;
	bool silent;
};

struct scsi_fix *scsi_new(struct kunit *test, u64 offered);
struct scsi_fix *scsi_setup(struct kunit *test, u64 offered);
void scsi_find(struct scsi_fix *f);
void scsi_play_scan(struct scsi_fix *f, struct play_buf *b, const u8 *req);
bool scsi_step(struct scsi_fix *f);
struct scsi_io *io_start(struct scsi_fix *f, u8 opcode, bool write,
			 unsigned int bytes, unsigned int ms);
bool io_ended(struct scsi_io *io);
void io_free(struct scsi_io *io);
bool io_end(struct scsi_fix *f, struct scsi_io *io);
void scsi_take(struct scsi_fix *f, struct play_buf *b, u8 opcode);
void scsi_answer(struct scsi_fix *f, struct play_buf *b,
		 const struct scsi_resp *resp);
void scsi_expect_works(struct scsi_fix *f);
void scsi_event(struct scsi_fix *f, u32 event, const u8 *lun, u32 reason);
void scsi_put_config(struct scsi_fix *f, unsigned int field, u32 value);

/* Let the device answer scans until @condition holds, or some time passed. */
#define scsi_until(f, condition)					\
	play_until(({ while (scsi_step(f)) ; (condition); }))

#endif /* _KUNIT_SCSI_FIX_H */
