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

static u32 vscsi_get32(const struct vscsi *vs, const __virtio32 *p)
{
	bool le = virtio_legacy_is_little_endian() || vs->little_endian;

	return __virtio32_to_cpu(le, READ_ONCE(*p));
}

/**
 * vscsi_set_sense - copy what the device says about an error
 * @vs: the host
 * @cmd: the command
 *
 * A length above what the device has room for is that room.
 */
static void vscsi_set_sense(struct vscsi *vs, struct vscsi_cmd *cmd)
{
	const struct virtio_scsi_cmd_resp *resp = &cmd->blk->resp;
	u32 len = vscsi_get32(vs, &resp->sense_len);

	if (likely(!len))
		return;
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
static void vscsi_set_resid(struct vscsi *vs, struct vscsi_cmd *cmd)
{
	u32 resid = vscsi_get32(vs, &cmd->blk->resp.resid);
	struct scsi_cmnd *sc = vscsi_scmd(cmd);

	if (likely(!resid))
		return;
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
 * vscsi_set_result - read the device's response
 * @vs: the host
 * @cmd: the command, used by the device, its data unmapped
 *
 * The used length has to cover the response, except on a legacy device, where
 * it means nothing (5.6.6), and except that it is 0: devices are known that
 * never say a length (Linux' vhost).  Whether a response was written at all
 * shows by the preset.
 */
void vscsi_set_result(struct vscsi *vs, struct vscsi_cmd *cmd)
{
	const struct virtio_scsi_cmd_resp *resp = &cmd->blk->resp;
	u8 response = READ_ONCE(resp->response);

	if (unlikely(cmd->used_len && cmd->used_len < VSCSI_RESP_HEAD &&
		     !vs->legacy))
		response = VSCSI_S_UNWRITTEN;
	if (likely(response == VIRTIO_SCSI_S_OK)) {
		vscsi_scmd(cmd)->result = READ_ONCE(resp->status);
		vscsi_set_resid(vs, cmd);
		vscsi_set_sense(vs, cmd);
		return;
	}
	if (response != VSCSI_S_UNWRITTEN) {
		vscsi_set_resid(vs, cmd);
		vscsi_set_sense(vs, cmd);
	}
	vscsi_set_failure(vs, cmd, response);
}
