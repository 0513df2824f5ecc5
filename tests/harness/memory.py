# SPDX-License-Identifier: GPL-2.0
"""The guest's memory from outside, while the guest runs.

QEMU has no command that writes to it.  Its gdb server does, but stops the
guest, and an emulated processor may come back from that without its timer.
"""

import mmap
import os


class Memory:
    """Memory of a guest that is a file without a name here.

    The machines with cases for it have less than fits below the hole for
    devices: an address in the guest is an offset in the file.
    """

    def __init__(self, mib):
        self.fd = os.memfd_create("guest")
        os.ftruncate(self.fd, mib << 20)
        self._map = mmap.mmap(self.fd, mib << 20)

    def options(self):
        """What QEMU is started with; it inherits the descriptor."""
        return ["-object", f"memory-backend-file,id=ram0,share=on,size={len(self._map)},"
                           f"mem-path=/dev/fd/{self.fd}",
                "-machine", "memory-backend=ram0"]

    def read(self, addr, size):
        """Bytes of guest-physical memory."""
        if addr < 0 or addr + size > len(self._map):
            raise OSError(f"no memory of the guest: {size} bytes at {addr:#x}")
        return self._map[addr:addr + size]

    def write(self, addr, data):
        """The other way; two aligned bytes are written at once."""
        self.read(addr, len(data))
        self._map[addr:addr + len(data)] = data

    def close(self):
        """Twice does no harm."""
        self._map.close()
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1
