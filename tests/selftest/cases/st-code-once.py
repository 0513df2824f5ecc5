# SPDX-License-Identifier: GPL-2.0
"""The host's half of st-code-once."""

import os


def host_first(guest, _words):
    """first: is it?  yes or no."""
    mark = os.path.join(os.path.dirname(guest.console_path), "stale-once")
    if os.path.exists(mark):
        return "no"
    open(mark, "w", encoding="ascii").close()
    return "yes"


def guest_files(_kernel):
    """What the cases of this name share."""
    return {"root/stale": os.path.join(os.path.dirname(__file__), "stale")}
