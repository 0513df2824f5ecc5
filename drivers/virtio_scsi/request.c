// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: From a command of the middle layer to a request of the device
 *
 * Fills the part of a tag that says what is wanted.  Called by xfer_table.c
 * and xfer_sg.c, before the ring's lock is taken; the address of a logical
 * unit also goes into control requests.
 *
 * VIRTIO 1.4, 5.6.6.1; multi-byte fields are in the byte order of the
 * transport (5.6.6.1.3).  With VIRTIO_SCSI_F_T10_PI two fields come between
 * crn and cdb, as in <linux/virtio_scsi.h>: so do the devices have it that
 * offer the feature, while the text of the specification puts them behind cdb.
 */
#include <asm/unaligned.h>
#include "vscsi.h"

/**
 * vscsi_put_lun - the address of a logical unit
 * @to: 8 bytes
 * @sdev: the logical unit
 *
 * The REPORT LUNS well-known logical unit has an address of its own; all
 * others are 1, target and a single level LUN structure.  A number that comes
 * from REPORT LUNS may have the bits of flat space addressing already; those
 * of other well-known logical units stand as they are.
 */
void vscsi_put_lun(u8 *to, const struct scsi_device *sdev)
{
	u16 lun = sdev->lun;

	memset(to, 0, 8);
	if (lun == SCSI_W_LUN_REPORT_LUNS) {
		put_unaligned_be16(SCSI_W_LUN_REPORT_LUNS, to);
		return;
	}
	to[0] = 1;
	to[1] = sdev->id;
	put_unaligned_be16(lun < VSCSI_LUN_FLAT ? lun | VSCSI_LUN_FLAT : lun,
			   to + 2);
}

static bool vscsi_little_endian(const struct vscsi *vs)
{
	return virtio_legacy_is_little_endian() || vs->little_endian;
}

/* The request with the fields of protection information. */
static u8 *vscsi_fill_pi(struct vscsi *vs, struct vscsi_cmd *cmd, u32 bytes)
{
	struct virtio_scsi_cmd_req_pi *req = &cmd->blk->req_pi;
	bool out = vscsi_scmd(cmd)->sc_data_direction == DMA_TO_DEVICE;
	bool le = vscsi_little_endian(vs);

	req->pi_bytesout = __cpu_to_virtio32(le, out ? bytes : 0);
	req->pi_bytesin = __cpu_to_virtio32(le, out ? 0 : bytes);
	return req->cdb;
}

/**
 * vscsi_fill_request - write the request, and make the response unwritten
 * @vs: the host
 * @cmd: the command
 * @pi_bytes: bytes of protection information that go with it
 *
 * task_attr, prio and crn are 0, since the block was allocated (VIRTIO 1.4,
 * 5.6.6.1.2).  The CDB is shorter than its field more often than not, and
 * followed by zeroes in the middle layer's command as well: copying all of it
 * takes four instructions.
 */
void vscsi_fill_request(struct vscsi *vs, struct vscsi_cmd *cmd, u32 pi_bytes)
{
	struct virtio_scsi_cmd_req *req = &cmd->blk->req;
	struct scsi_cmnd *sc = vscsi_scmd(cmd);
	u8 *cdb = req->cdb;

	static_assert(sizeof(req->cdb) == sizeof(sc->cmnd));
	cmd->id = blk_mq_unique_tag(scsi_cmd_to_rq(sc));
	vscsi_put_lun(req->lun, sc->device);
	req->tag = __cpu_to_virtio64(vscsi_little_endian(vs), cmd->id);
	if (unlikely(vs->pi_layout))
		cdb = vscsi_fill_pi(vs, cmd, pi_bytes);
	memcpy(cdb, sc->cmnd, sizeof(sc->cmnd));
	cmd->blk->resp.response = VSCSI_S_UNWRITTEN;
}
