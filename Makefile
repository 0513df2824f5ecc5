# SPDX-License-Identifier: GPL-2.0
#
# Front end for people.  kbuild itself reads Kbuild, not this file.
#
#	make			every module, for the newest Debian 6.1 headers
#	make KDIR=/path		for another kernel
#	make W=1 C=2 CF=-D__CHECK_ENDIAN__	with all warnings, and sparse

SHELL := /bin/bash
KDIR ?=
export KDIR

# Debian's headers come without vmlinux, which BTF would need.
kbuild = $(MAKE) -C "$$(scripts/kdir)" M=$(CURDIR) \
	 $(if $(wildcard $(KDIR)/vmlinux),,CONFIG_DEBUG_INFO_BTF_MODULES=)

.PHONY: modules modules_install clean help setup check check-all kunit mutants \
	e2e e2e-be e2e-arm64 demo shell selftest bench bench-doc bench-devices bench-selftest abi style \
	doc layers conformance

modules:
	@[ -n "$(KDIR)" ] || scripts/setup build
	@$(if $(C),scripts/setup check)
	@scripts/check-kernel "$$(scripts/kdir)"
	+@$(kbuild) $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc)) modules

# Debian's headers call themselves by the upstream version, not by uname -r.
release = $$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	  "$$(scripts/kdir)/include/generated/utsrelease.h")

# Nobody but the distribution has the key that it signs its modules with.
unsigned = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)

modules_install: modules
	+@$(kbuild) KERNELRELEASE="$(release)" INSTALL_MOD_DIR=updates $(unsigned) \
		modules_install
	@depmod $(if $(INSTALL_MOD_PATH),-b "$(INSTALL_MOD_PATH)") "$(release)"

clean:
	@dir="$$(scripts/kdir)"; [ -z "$$dir" ] || { $(kbuild) clean && \
		$(MAKE) -C "$$dir" M=$(CURDIR)/kunit clean && \
		$(MAKE) -C "$$dir" M=$(CURDIR)/tests/bench clean; }
	@rm -rf out

setup:
	@scripts/setup all

check:
	@scripts/check

check-all:
	@scripts/check --all

# The kernel with checkers, or KERNEL=stock, uml, kcsan, malta.
kunit:
	@scripts/setup kunit
	@$(if $(filter stock,$(KERNEL)),,scripts/setup kernel $(or $(KERNEL),debug))
	@tests/kunit --kernel $(or $(KERNEL),debug)

mutants:
	@scripts/setup kernel uml
	@tests/mutants/run

e2e:
	@scripts/setup e2e
	@$(MAKE) --no-print-directory modules
	@tests/run $(if $(CASE),--case '$(CASE)') $(if $(FULL),--full)

# On boards of other architectures, see Documentation/testing-boards.rst.
e2e-be: BOARD = malta
e2e-arm64: BOARD = arm64
e2e-be e2e-arm64:
	@scripts/setup kernel $(BOARD)
	@tests/run --kernel $(BOARD) $(if $(CASE),--case '$(CASE)')

selftest:
	@scripts/setup e2e
	@$(MAKE) --no-print-directory modules
	@tests/selftest/run

bench bench-doc:
	@scripts/setup bench
	@$(MAKE) --no-print-directory modules
	@tests/bench/run $(if $(PROFILE),--profile '$(PROFILE)') \
		$(if $(filter %-doc,$@),--record)
	@$(if $(PROFILE),,tests/bench/devices $(if $(filter %-doc,$@),--record))

# Whole devices alone; ROWS='blk/*' or PROFILE='blk/read/1'.
bench-devices:
	@scripts/setup bench
	@$(MAKE) --no-print-directory modules
	@tests/bench/devices $(if $(PROFILE),--profile '$(PROFILE)') \
		$(if $(ROWS),--rows '$(ROWS)')

bench-selftest:
	@scripts/setup bench
	@$(MAKE) --no-print-directory modules
	@tests/bench/selftest

demo:
	@scripts/setup demo
	@$(MAKE) --no-print-directory modules
	@tests/demo $(if $(TRANSPORT),--transport $(TRANSPORT))

shell:
	@scripts/setup demo
	@$(MAKE) --no-print-directory modules
	@tests/shell $(if $(TRANSPORT),--transport $(TRANSPORT))

abi: modules
	@scripts/check-abi "$$(scripts/kdir)"

style:
	@scripts/setup check
	@scripts/check-style

doc:
	@scripts/setup check
	@scripts/check-doc

layers: modules
	@scripts/check-layers

conformance:
	@scripts/check-conformance

help:
	@echo 'make                  build every module (KDIR= another kernel, W=1, C=2 CF=-D__CHECK_ENDIAN__)'
	@echo 'make modules_install  install into updates/ of the target kernel, then depmod (INSTALL_MOD_PATH=)'
	@echo 'make clean            remove what was built'
	@echo 'make setup            install all that the targets below need (each does so by itself)'
	@echo 'make demo             boot a guest on these modules, do real I/O, print a table (TRANSPORT=modern legacy mmio)'
	@echo 'make shell            an interactive guest with the modules loaded (TRANSPORT=)'
	@echo 'make check            all tests, a short list of the slow ones; what CI runs'
	@echo 'make check-all        all tests'
	@echo 'make kunit            the unit tests, on a kernel with checkers (KERNEL=stock uml kcsan malta)'
	@echo 'make mutants          the ring broken on purpose, once per rule: do the unit tests notice?'
	@echo 'make e2e              the end-to-end cases (CASE=name one of them, FULL=1 the full matrix)'
	@echo 'make e2e-be           the same on a big-endian machine (MIPS), legacy and modern devices'
	@echo 'make e2e-arm64        the same on 64-bit ARM, virtio-mmio by device tree and PCI'
	@echo 'make selftest         the tests of the end-to-end runner itself'
	@echo 'make bench            instructions per buffer, to the kernel'"'"'s ring (PROFILE='"'"'split/both/blk3/32/off'"'"' by function)'
	@echo 'make bench-devices    instructions, interrupts, time per request to whole devices (ROWS=, PROFILE=)'
	@echo 'make bench-doc        the same, and renew Documentation/benchmarks'
	@echo 'make bench-selftest   the benchmark sees broken rings'
	@echo 'make abi              compare exported symbols and their versions with the kernel'"'"'s'
	@echo 'make style            checkpatch'
	@echo 'make doc              kernel-doc and size of functions'
	@echo 'make layers           who may include and link whom'
	@echo 'make conformance      each clause of the specification: its code and its test'
