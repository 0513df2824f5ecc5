# SPDX-License-Identifier: GPL-2.0
"""What the guest needs to start another kernel: its image, and the program."""

from harness import programs


def guest_files(kernel):
    """The same kernel again, packed."""
    return {"root/kexec": programs.static("kexec"), "root/kernel": kernel.bzimage}
