# SPDX-License-Identifier: GPL-2.0
# about: skips with a reason
skip_case "nothing to do it with"
