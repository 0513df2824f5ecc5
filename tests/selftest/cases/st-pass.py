# SPDX-License-Identifier: GPL-2.0
"""The host's half of st-pass."""


def host_hello(_guest, words):
    """Answer with the words."""
    return " ".join(words) + " from the host"
