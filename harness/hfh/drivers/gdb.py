# SPDX-License-Identifier: BSD-3-Clause
"""A scripted debugger session as an item: gdb's output is the console."""

import time
from collections.abc import Mapping

from hfh.debugger import debugged
from hfh.drivers.base import Launch, Outcome, limits
from hfh.drivers.process import Child
from hfh.drivers.qemu import CONSOLE
from hfh.judge import Cause, Ending
from hfh.plan import Item
from hfh.tree import Tree

MACHINE = "machine.log"
SCRIPT = "script.gdb"


def run_script(
    tree: Tree, item: Item, env: Mapping[str, str], launch: Launch
) -> Outcome:
    """Run an item's gdb script to its end.

    gdb's output goes to console.log, the guest's to machine.log.
    """
    script, begin = launch.folder / SCRIPT, time.monotonic()
    script.write_text(item.script)
    log = launch.folder / CONSOLE
    with (launch.folder / MACHINE).open("wb") as machine, log.open("wb") as out:
        with debugged(tree, item, env, machine) as session:
            argv = [*session.gdb, "-batch", "-x", str(script)]
            with Child(argv, [], out) as gdb:
                code = gdb.wait(limits(item.setup.deadline_s, False).wall_s)
    ending = Ending(Cause.STOPPED, "the script has ended")
    if code is None:
        ending = Ending(Cause.TIMEOUT, "the script does not end")
    if launch.tee is not None:
        launch.tee(log.read_bytes())
    missing = f"gdb ended with exit code {code}" if code else ""
    wall_s = time.monotonic() - begin
    return Outcome(ending, missing, wall_s=wall_s)
