# SPDX-License-Identifier: BSD-3-Clause
"""`make gdb`: a test under gdb-multiarch, halted before its first instruction.

python3 -m hfh.gdb SCENARIO TEST [CPUS=n] [GIC=n] ... [--batch SCRIPT]: with a
script gdb runs it, unattended, and its exit code is that of this command.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from hfh.debugger import debugged
from hfh.errors import InfraError, UsageError
from hfh.live import knobs, selection
from hfh.plan import Item, require
from hfh.scenario import find, load
from hfh.tree import Tree, default_tree

BANNER = """\
hafnium: {id}, halted at reset
hafnium: `c` runs to the test; symbols of hypervisor and VM are loaded
"""


def choose(tree: Tree, argv: Sequence[str]) -> Item:
    """Return the item that the arguments name: the first that matches.

    Raises UsageError, with near names, when there is none.
    """
    found = knobs(argv, os.environ)
    for name in ("S", "T"):
        if name not in found:
            raise UsageError("say which: make gdb S=<scenario> T=<test>")
    scenario = load(find(tree.scenarios, found["S"]))
    return require(tree, scenario, selection(found))[0]


def attach(tree: Tree, item: Item, script: str) -> int:
    """Run gdb on an item, on this terminal or by a script."""
    output = sys.stdout.buffer
    with debugged(tree, item, os.environ, output) as session:
        argv = list(session.gdb)
        if script:
            argv += ["-batch", "-x", script]
            return subprocess.run(argv, check=False).returncode
        print(BANNER.format(id=item.id), end="", flush=True)
        # Ctrl-C is gdb's: it interrupts the guest.
        signal.signal(signal.SIGINT, lambda number, frame: None)
        return subprocess.run(argv, check=False).returncode


def main(argv: Sequence[str] | None = None) -> int:
    """Debug one test; 2 on wrong use."""
    words = list(sys.argv[1:] if argv is None else argv)
    script = ""
    try:
        if "--batch" in words:
            at = words.index("--batch")
            script = "".join(words[at + 1 : at + 2])
            if not os.path.isfile(script):
                raise UsageError(f'--batch: no script "{script}"')
            del words[at : at + 2]
        tree = default_tree()
        return attach(tree, choose(tree, words), script)
    except (UsageError, InfraError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
