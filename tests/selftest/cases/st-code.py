# SPDX-License-Identifier: GPL-2.0
"""The host's half of st-code."""

import os


def guest_files(_kernel):
    """What the cases of this name share."""
    return {"root/stale": os.path.join(os.path.dirname(__file__), "stale")}
