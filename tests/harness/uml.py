# SPDX-License-Identifier: GPL-2.0
"""User-mode Linux: a guest kernel that is a program of this machine.

No QEMU, no devices, one processor; half a second from start to init.  The
console and the control port are its serial lines 0 and 1, each one end of a
socket pair.
"""

import os
import resource
import socket
import subprocess

from .qemu import die_with_parent

MEMORY = 512 << 20
CMDLINE = ("console=ttyS0 con=null rdinit=/init panic_on_warn=1 oops=panic printk.time=1 "
           "random.trust_cpu=on")


def _memory_folder(folder):
    """Where the file that is the guest's memory has room."""
    try:
        shm = os.statvfs("/dev/shm")
    except OSError:
        return folder
    return "/dev/shm" if shm.f_bavail * shm.f_frsize > MEMORY else folder


def _in_child():
    """A panic ends with abort(): without a file for it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    die_with_parent()


def start(image, initrd, folder, append, log):
    """Start it.  (process, command line, console, control port)"""
    pairs = [socket.socketpair() for _ in range(2)]
    far = [pair[1].fileno() for pair in pairs]
    args = [image, f"mem={MEMORY >> 20}M", f"initrd={initrd}", f"uml_dir={folder}/", "umid=guest",
            f"ssl0=fd:{far[0]},fd:{far[0]}", f"ssl1=fd:{far[1]},fd:{far[1]}"]
    args += f"{CMDLINE} {append}".split()
    process = subprocess.Popen(
        args, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, pass_fds=far,
        env=dict(os.environ, TMPDIR=_memory_folder(folder)), start_new_session=True,
        preexec_fn=_in_child)
    for pair in pairs:
        pair[1].close()
    return process, args, pairs[0][0], pairs[1][0]
