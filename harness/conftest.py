# SPDX-License-Identifier: BSD-3-Clause
"""Loads the plugin when pytest is started on anything below harness/."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

# With `-p hfh.plugin` it is there already.
if "hfh.plugin" not in sys.modules:
    pytest_plugins = ["hfh.plugin"]
