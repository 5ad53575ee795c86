#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# make check: every rule of docs/style.md; arguments choose some by name.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
exec /usr/bin/python3 "$here/../harness/checks/run.py" "$@"
