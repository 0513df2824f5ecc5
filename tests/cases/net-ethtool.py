# SPDX-License-Identifier: GPL-2.0
"""What the device knows of its receive filter, and what it can ask for."""

from harness.netverbs import host_announce, host_filter     # noqa: F401 pylint: disable=unused-import
