# SPDX-License-Identifier: BSD-3-Clause
"""The test harness of Hafnium: a pytest plugin; see docs/testing.md.

Flow is one way and each arrow is a plain value:

    scenario -> plan -> pack -> driver -> console -> protocol -> judge
"""
