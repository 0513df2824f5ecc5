# SPDX-License-Identifier: GPL-2.0
"""The host's verbs about logical units."""

from harness.scsi import host_cd_sum    # noqa: F401 pylint: disable=unused-import
