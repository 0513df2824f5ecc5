// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What became of a command
 *
 * From the response of the device to the result of the middle layer, VIRTIO
 * 1.4, 5.6.6.1.  Each field is read once, and what it counts is bounded by what
 * the command has.  The response was preset, so a device that completes a
 * command without writing one has failed it.
 */
#include <asm/unaligned.h>
#include <scsi/scsi_eh.h>
#include "vscsi.h"

/**
 * struct vscsi_answer - the response without the sense, as it was read, once
 * @counts: both counts in one
 * @sense_len: bytes of sense
 * @resid: bytes that were not transferred
 * @ends: both bytes in one
 * @status: of SCSI
 * @response: VIRTIO_SCSI_S_*
 */
struct vscsi_answer {
	union {
		u64 counts;
		struct {
			__virtio32 sense_len;
			__virtio32 resid;
		};
	};
	union {
		u16 ends;
		struct {
			u8 status;
			u8 response;
		};
	};
};

static_assert(offsetof(struct virtio_scsi_cmd_resp, sense_len) == 0);
static_assert(offsetof(struct virtio_scsi_cmd_resp, resid) == 4);
static_assert(offsetof(struct virtio_scsi_cmd_resp, status) % 2 == 0);
static_assert(offsetof(struct virtio_scsi_cmd_resp, response) ==
	      offsetof(struct virtio_scsi_cmd_resp, status) + 1);
static_assert(offsetof(struct vscsi_block, resp) % sizeof(u64) == 0);

/* What the device can still write is read here, and nowhere else. */
static __always_inline struct vscsi_answer
vscsi_read_answer(const struct virtio_scsi_cmd_resp *resp)
{
	return (struct vscsi_answer){
		.counts = READ_ONCE(*(const u64 *)resp),
		.ends = READ_ONCE(*(const u16 *)&resp->status),
	};
}

static u32 vscsi_get32(const struct vscsi *vs, __virtio32 val)
{
	bool le = virtio_legacy_is_little_endian() || vs->little_endian;

	return __virtio32_to_cpu(le, val);
}

/**
 * vscsi_set_sense - copy what the device says about an error
 * @vs: the host
 * @cmd: the command
 * @len: bytes, by the device
 *
 * A length above what the device has room for is that room.
 */
static void vscsi_set_sense(struct vscsi *vs, struct vscsi_cmd *cmd, u32 len)
{
	const struct virtio_scsi_cmd_resp *resp = &cmd->blk->resp;

	if (len > sizeof(resp->sense)) {
		dev_err_ratelimited(&vs->vdev->dev,
				    "sense of %u bytes where %zu fit\n", len,
				    sizeof(resp->sense));
		len = sizeof(resp->sense);
	}
	static_assert(sizeof(resp->sense) <= SCSI_SENSE_BUFFERSIZE);
	memcpy(vscsi_scmd(cmd)->sense_buffer, resp->sense, len);
}

/* The residual cannot be more than there was to be transferred. */
static void vscsi_set_resid(struct vscsi *vs, struct vscsi_cmd *cmd, u32 resid)
{
	struct scsi_cmnd *sc = vscsi_scmd(cmd);

	if (resid > scsi_bufflen(sc)) {
		/* Protection information counts, where there is some. */
		if (!vs->pi)
			dev_err_ratelimited(&vs->vdev->dev,
					    "residual of %u bytes of %u\n",
					    resid, scsi_bufflen(sc));
		resid = scsi_bufflen(sc);
	}
	scsi_set_resid(sc, resid);
}

/*
 * The target failed and other paths to it would not help (5.6.6.1.2).  The
 * middle layer says so to those above when the sense does: internal target
 * failure (SPC), which is just that.
 */
static void vscsi_target_failure(struct scsi_cmnd *sc)
{
	scsi_build_sense(sc, 0, HARDWARE_ERROR, 0x44, 0);
}

/**
 * vscsi_host_byte - what a response is for the middle layer
 * @response: of the device, not OK, TARGET_FAILURE or NEXUS_FAILURE
 *
 * Return: the host byte, or -1 for what no device may say.
 */
static int vscsi_host_byte(u8 response)
{
	switch (response) {
	case VIRTIO_SCSI_S_OVERRUN:
	case VIRTIO_SCSI_S_FAILURE:
		return DID_ERROR;
	case VIRTIO_SCSI_S_ABORTED:
		return DID_ABORT;
	case VIRTIO_SCSI_S_BAD_TARGET:
		return DID_BAD_TARGET;
	case VIRTIO_SCSI_S_RESET:
		return DID_RESET;
	case VIRTIO_SCSI_S_BUSY:
		return DID_BUS_BUSY;
	case VIRTIO_SCSI_S_TRANSPORT_FAILURE:
		return DID_TRANSPORT_DISRUPTED;
	default:
		return -1;
	}
}

/* Everything but success. */
static void vscsi_set_failure(struct vscsi *vs, struct vscsi_cmd *cmd,
			      u8 response)
{
	struct scsi_cmnd *sc = vscsi_scmd(cmd);
	int host_byte;

	switch (response) {
	case VIRTIO_SCSI_S_TARGET_FAILURE:
		vscsi_target_failure(sc);
		return;
	case VIRTIO_SCSI_S_NEXUS_FAILURE:
		/* Which is how 6.1 spells it: the block layer's BLK_STS_NEXUS. */
		sc->result = SAM_STAT_RESERVATION_CONFLICT;
		return;
	}
	host_byte = vscsi_host_byte(response);
	if (host_byte < 0) {
		dev_err_ratelimited(&vs->vdev->dev,
				    "command used without a response (%#x, length %u)\n",
				    response, cmd->used_len);
		/* Nothing that it may have written is worth anything. */
		scsi_set_resid(sc, scsi_bufflen(sc));
		host_byte = DID_ERROR;
	}
	sc->result = host_byte << 16;
}

/**
 * vscsi_set_other_result - of an answer that is not as plain as most
 * @vs: the host
 * @cmd: the command
 * @answer: of the device
 *
 * The used length has to cover the response, except on a legacy device, where
 * it means nothing (5.6.6), and except that it is 0: devices are known that
 * never say a length (Linux' vhost).  Whether a response was written at all
 * shows by the preset.
 */
static noinline void vscsi_set_other_result(struct vscsi *vs,
					    struct vscsi_cmd *cmd,
					    struct vscsi_answer answer)
{
	if (cmd->used_len && cmd->used_len < VSCSI_RESP_HEAD && !vs->legacy)
		answer.response = VSCSI_S_UNWRITTEN;
	if (answer.response != VSCSI_S_UNWRITTEN) {
		vscsi_set_resid(vs, cmd, vscsi_get32(vs, answer.resid));
		vscsi_set_sense(vs, cmd, vscsi_get32(vs, answer.sense_len));
	}
	if (answer.response == VIRTIO_SCSI_S_OK)
		vscsi_scmd(cmd)->result = answer.status;
	else
		vscsi_set_failure(vs, cmd, answer.response);
}

/**
 * vscsi_set_result - read the device's response
 * @vs: the host
 * @cmd: the command, used by the device, its data unmapped
 *
 * Most have transferred all, and have nothing to tell.  Context: any.
 */
void vscsi_set_result(struct vscsi *vs, struct vscsi_cmd *cmd)
{
	struct vscsi_answer answer = vscsi_read_answer(&cmd->blk->resp);

	if (likely(cmd->used_len >= VSCSI_RESP_HEAD && !answer.counts &&
		   answer.response == VIRTIO_SCSI_S_OK))
		vscsi_scmd(cmd)->result = answer.status;
	else
		vscsi_set_other_result(vs, cmd, answer);
}
