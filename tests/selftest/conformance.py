# SPDX-License-Identifier: GPL-2.0
"""Does scripts/check-conformance see what it is there to see?

Each check spoils one row of a copy of Documentation/conformance, or gives a
test a result that it must not have, and looks for the complaint.
"""

import os
import re
import shutil
import subprocess

KUNIT = """vgd: ready 0.24
host: > run kunit no yes CFG_cpus=1 SUITE=virtio_ring_test
vgd: begin kunit
KTAP version 1
%s
1..1
vgd: end kunit 0
"""
E2E = """vgd: ready 7.00
host: > run blk-remove yes CFG_cpus=2
vgd: begin blk-remove
KTAP version 1
HOST: unplug blk0
host: > host: ok 0.19
%s
1..1
vgd: end blk-remove %s
"""
# name: (page, what to replace, by what, complaint)
SPOILED = {
    "a test that is not there": (
        "packed.rst", "virtio_ring.longest_chain", "virtio_ring.no_such_case",
        "there is no test virtio_ring.no_such_case"),
    "an end-to-end case that is not there": (
        "basic-setup.rst", "``blk-remove``", "``blk-no-such``", "there is no test blk-no-such"),
    "a configuration that the case does not run on": (
        "basic-config.rst", "``blk-queue-size,deep``", "``blk-queue-size,blocks4k``",
        "there is no test blk-queue-size,blocks4k"),
    "a function that has gone": (
        "split-notify.rst", "vring_split.h:split_publish", "vring_split.h:split_vanished",
        "does not define split_vanished()"),
    "a function that is only declared": (
        "split-notify.rst", "virtqueue.c:vring_interrupt", "vring.h:vring_bad_id",
        "vring.h does not define vring_bad_id()"),
    "a file that has gone": (
        "packed.rst", "vring_chain.c:", "vring_gone.c:", "there is no file"),
    "a clause without a row": (
        "packed.rst", "PACKED-09, MUST", "PACKED: MUST", "PACKED-09 has no row"),
    "a clause with two": (
        "packed.rst", "PACKED-09, MUST", "PACKED-08, MUST", "PACKED-08 is there 2 times"),
    "a row that is no clause": (
        "packed.rst", "PACKED-16, MUST", "PACKED-17, MUST", "PACKED-17 is no clause"),
    "a level that is wrong": (
        "packed.rst", "PACKED-09, MUST", "PACKED-09, SHOULD", "PACKED-09 (packed.rst"),
    "neither test nor reason": (
        "basic-config.rst", ":not ours:", ":note:", "neither a test nor a reason"),
    "a field that is unknown": (
        "packed.rst", ":test:", ":tests:", "field 'tests' is unknown"),
    "a chapter that is neither open nor filled": (
        "index.rst", "ADMIN    14       11      open", "ADMIN    14       11      done",
        "ADMIN-01 has no row"),
}
# name: (log, what is in it, --ran or not, complaint; "skip: " before it when no failure)
RESULTS = {
    "a case that failed": (
        "kunit", KUNIT % "not ok 1 - longest_chain", "", "virtio_ring.longest_chain failed"),
    "a case that was skipped": (
        "kunit", KUNIT % "ok 1 - longest_chain # SKIP not today", "",
        "skip: virtio_ring.longest_chain was skipped: not today"),
    "a case that did not run": (
        "kunit", KUNIT % "ok 1 - longest_chain", "kunit",
        "virtio_ring.one_buffer did not run"),
    "a case that nobody ran": (
        "kunit", KUNIT % "ok 1 - longest_chain", "",
        "skip: virtio_ring.one_buffer is not confirmed"),
    "an end-to-end case that failed": (
        "e2e", E2E % ("not ok 1 - unbind", "0"), "", "blk-remove failed"),
    "an end-to-end case that ended badly": (
        "e2e", E2E % ("ok 1 - unbind", "3"), "", "blk-remove failed"),
    "an end-to-end case that did not run": (
        "e2e", "", "e2e", "blk-remove did not run"),
}


class Bench:
    """Copies to spoil, and the script that is to see it."""

    def __init__(self, tree, folder):
        self.script = os.path.join(tree, "scripts", "check-conformance")
        self.rows = os.path.join(tree, "Documentation", "conformance")
        self.docs, self.out = os.path.join(folder, "docs"), os.path.join(folder, "out")

    def fresh(self):
        """As in the tree, without any result."""
        for folder in (self.docs, self.out):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.rows, self.docs)
        for name in ("kunit", "e2e"):
            os.makedirs(os.path.join(self.out, name))

    def spoil(self, page, old, new):
        """Replace in a page, once."""
        path = os.path.join(self.docs, page)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))
        return old in text

    def log(self, kind, text):
        """A result of tests/kunit or tests/run."""
        path = os.path.join(self.out, kind, "01-q4-shared.ktap.log")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def run(self, ran=""):
        """(exit status, what it says)."""
        command = [self.script, "--docs", self.docs, "--results", self.out]
        run = subprocess.run(command + (["--ran", ran] if ran else []), text=True, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return run.returncode, run.stdout


def checks(tree, folder):
    """(name, good, detail) of each check."""
    bench = Bench(tree, folder)
    bench.fresh()
    status, said = bench.run()
    yield "conformance: the rows as they are", status == 0, said
    yield ("conformance: counts", re.search(r"^\d+ passed, 0 failed, \d+ skipped$",
                                            said.splitlines()[-1]) is not None, said)
    for name, (page, old, new, complaint) in SPOILED.items():
        bench.fresh()
        found = bench.spoil(page, old, new)
        status, said = bench.run()
        yield (f"conformance: {name}", found and status == 1 and complaint in said,
               said if found else f"{page} has no '{old}' any more: nothing was spoilt")
    for name, (kind, text, ran, complaint) in RESULTS.items():
        bench.fresh()
        bench.log(kind, text)
        status, said = bench.run(ran)
        want = 0 if complaint.startswith("skip: ") else 1
        good = status == want and complaint.replace("skip: ", "") in said
        yield f"conformance: {name}", good, said
    bench.fresh()
    bench.log("e2e", E2E % ("ok 1 - unbind", "0"))
    status, said = bench.run()
    yield ("conformance: an end-to-end case that passed",
           status == 0 and "blk-remove" not in said, said)
