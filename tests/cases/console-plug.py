# SPDX-License-Identifier: GPL-2.0
"""The host's ends of the ports."""

from harness.serial import *        # noqa: F401,F403 pylint: disable=wildcard-import,unused-wildcard-import
