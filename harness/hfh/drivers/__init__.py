# SPDX-License-Identifier: BSD-3-Clause
"""How to start, feed, watch and stop a machine."""
