# SPDX-License-Identifier: BSD-3-Clause
"""pytest hooks: options, collection of scenarios, items, reports. No more."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hfh import evidence, report
from hfh.drivers.qemu import QemuDriver
from hfh.errors import InfraError, NotHere, UsageError
from hfh.execute import Bench, Result, run_item
from hfh.pack import forget
from hfh.plan import Item, Select, plan, require
from hfh.scenario import find, load
from hfh.status import Status
from hfh.tree import Tree, default_tree

_BENCH = pytest.StashKey[Bench]()
_NAME = pytest.StashKey[str]()
_RUN_KEY = "hf_run"
UNUSED_S = 86400.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; the defaults select everything."""
    group = parser.getgroup("hafnium")
    add = group.addoption
    add("--scenario", metavar="NAME", default="", help="only this scenario")
    add("--test", metavar="GLOB", default="", help="only these tests or cases")
    add("--cpus", type=int, help="only machines with this many CPUs")
    add("--gic", type=int, help="only machines with this GIC version")
    add("--cpu", default="", help="only machines with this CPU model")
    add("--build", default="", help="only images of this compiler")
    add("--live", action="store_true", help="show the console as it comes")


def _select(config: pytest.Config) -> Select:
    get = config.getoption
    words = ("test", "cpus", "gic", "cpu", "build")
    return Select(*(get(f"--{word}") for word in words))


def pytest_configure(config: pytest.Config) -> None:
    """Resolve scenario names given as arguments; choose the run's name."""
    # A shell's background job ignores SIGINT, by which xdist ends its workers.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    tree = default_tree()
    try:
        config.args = [_argument(tree, arg) for arg in config.args]
        if name := config.getoption("--scenario"):
            config.args = [str(find(tree.scenarios, name))]
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    worker = getattr(config, "workerinput", None)
    name = worker[_RUN_KEY] if worker else _run_name()
    config.stash[_NAME] = name
    _show_ids_as_they_are(config, tree)


def _show_ids_as_they_are(config: pytest.Config, tree: Tree) -> None:
    """Keep pytest from taking `scenario::test` for a path below the cwd."""
    relative = config.cwd_relative_nodeid
    names = {path.stem for path in tree.scenarios.glob("*.toml")}

    def shown(nodeid: str) -> str:
        known = nodeid.partition("::")[0] in names
        return nodeid if known else relative(nodeid)

    setattr(config, "cwd_relative_nodeid", shown)


def _run_name() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid():x}"


def _argument(tree: Tree, argument: str) -> str:
    """Turn `scenario::test[...]` into the path that pytest understands."""
    name, colons, rest = argument.partition("::")
    if not Path(name).exists() and "/" not in name:
        return f"{find(tree.scenarios, name)}{colons}{rest}"
    return argument


@pytest.hookimpl(optionalhook=True)  # type: ignore[misc]
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker the name of the run."""
    node.workerinput[_RUN_KEY] = node.config.stash[_NAME]


def bench(config: pytest.Config) -> Bench:
    """Return what all items share, made when the first one runs."""
    if _BENCH not in config.stash:
        tree = default_tree()
        forget(tree, UNUSED_S)
        tee = report.live_tee(config) if config.getoption("--live") else None
        config.stash[_BENCH] = Bench(
            tree=tree,
            run=evidence.start_run(tree, config.stash[_NAME]),
            driver=QemuDriver(),
            env=os.environ,
            commit=evidence.git_id(tree.root),
            tee=tee,
        )
    return config.stash[_BENCH]


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    """A TOML file in a folder `scenarios` is a scenario."""
    if file_path.suffix != ".toml" or file_path.parent.name != "scenarios":
        return None
    name = file_path.stem
    found: pytest.Collector = ScenarioFile.from_parent(
        parent, path=file_path, nodeid=name
    )
    return found


class ScenarioFile(pytest.File):
    """Collects the items of one scenario."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """Yield its items; a broken scenario is a collection error."""
        select, tree = _select(self.config), default_tree()
        named = bool(self.config.getoption("--scenario"))
        try:
            chosen = require if named else plan
            for item in chosen(tree, load(self.path), select):
                yield ScenarioItem.from_parent(self, name=item.label, item=item)
        except (UsageError, InfraError) as error:
            raise self.CollectError(f"error: {error}") from None


class Failed(Exception):
    """Carries the result of an item that did not pass to its report."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.verdict.text)
        self.result = result


class ScenarioItem(pytest.Item):
    """One cold start with one verdict."""

    def __init__(self, *, item: Item, **rest: Any) -> None:
        super().__init__(**rest)
        self.item = item

    def runtest(self) -> None:
        """Run it; raises Failed unless it passed, skips when it skipped."""
        try:
            result = run_item(bench(self.config), self.item)
        except NotHere as why:
            raise pytest.skip.Exception(
                str(why), _use_item_location=True
            ) from None
        verdict = result.verdict
        facts = {"status": verdict.status.value, "failure": verdict.failure}
        for key, value in facts.items():
            text = str(getattr(value, "value", value))
            self.user_properties.append((key, text))
        self.user_properties.append(("evidence", str(result.folder)))
        if self.config.getoption("--live"):
            report.live_verdict(self.config, result)
        if verdict.status is Status.SKIP:
            reason = verdict.text or "skipped by the test"
            raise pytest.skip.Exception(reason, _use_item_location=True)
        if verdict.status is not Status.PASS:
            raise Failed(result)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Show a failure of the item by what it left, not by a traceback."""
        error = excinfo.value
        if isinstance(error, Failed):
            return report.failure(error.result, default_tree())
        if isinstance(error, (UsageError, InfraError)):
            self.user_properties.append(("status", Status.ERROR.value))
            return f"error: {error}"
        self.user_properties.append(("status", Status.ERROR.value))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the item comes from, and its name."""
        return self.path, 0, f"scenario {self.item.id}"


def pytest_report_teststatus(
    report: Any, config: pytest.Config
) -> tuple[str, str, str] | None:
    """Show TIMEOUT, CRASH and ERROR as such in the progress lines.

    A live console is its own progress.
    """
    properties = dict(getattr(report, "user_properties", ()))
    status = str(properties.get("status", ""))
    letters = {"fail": "F", "error": "E", "timeout": "T", "crash": "C"}
    if report.when != "call" or status not in letters:
        live = config.getoption("--live") and report.when == "call"
        return (report.outcome, "", "") if live else None
    letter = "" if config.getoption("--live") else letters[status]
    return "failed", letter, status.upper()


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int) -> None:
    """Count the items by status; say so when nothing was selected."""
    report.summary(terminalreporter)
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        text = "error: no test was selected; `--collect-only -q` lists all"
        terminalreporter.write_line(text, red=True)
