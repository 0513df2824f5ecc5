# SPDX-License-Identifier: GPL-2.0
"""The host's side of the shared folder."""

import hashlib
import os

SIZES = (0, 1, 511, 4095, 4096, 4097, 65536, 65537, 1 << 20, (2 << 20) + 13)


def _sums(folder):
    """One sum of names and contents, as the guest's find, sort and sha256sum make it."""
    paths = sorted(os.path.relpath(os.path.join(where, name), folder)
                   for where, _, names in os.walk(folder) for name in names)
    lines = []
    for path in paths:
        with open(os.path.join(folder, path), "rb") as f:
            lines.append(f"{hashlib.sha256(f.read()).hexdigest()}  ./{path}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def host_tree(guest, _words):
    """tree: make a tree of files in the shared folder, return its sum."""
    root = os.path.join(guest.folder, "share", "tree")
    for number, size in enumerate(SIZES):
        folder = os.path.join(root, *["abc"[number % 3]] * (number % 4))
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"file{number}"), "wb") as f:
            f.write(os.urandom(size))
    return _sums(root)


def host_sums(guest, words):
    """sums NAME: the sum of what the guest wrote below NAME."""
    return _sums(os.path.join(guest.folder, "share", os.path.basename(words[0])))
