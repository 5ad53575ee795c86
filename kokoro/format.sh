#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# make format: C by clang-format and Python by black, in place. asm.h is
# assembly, whatever its name says. See docs/style.md.
set -euo pipefail
cd "${BASH_SOURCE[0]%/*}/.."
git ls-files -z -co --exclude-standard -- '*.c' '*.h' \
	':!hafnium/src/arch/aarch64/asm.h' | xargs -0 -r clang-format -i
black -q --config harness/pyproject.toml harness coverage kokoro
