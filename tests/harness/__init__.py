# SPDX-License-Identifier: GPL-2.0
"""The end-to-end test harness: boots guests on our modules and judges them."""
