# SPDX-License-Identifier: GPL-2.0
"""The host's end of the transfers."""

from harness.netverbs import *      # noqa: F401,F403 pylint: disable=wildcard-import,unused-wildcard-import
