# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every fault test has: a clean environment, a state directory of its own, a simulator for each test process."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from ansible.module_utils.common import warnings as ansible_warnings

from faults.catalogue import named_in
from faults.harness import figures
from integration.modules.harness.ways import in_controller
from simulator.process import Simulator

__all__ = ["in_controller"]

# The directories whose tests are cells of a figure: a fault, or a text, and a module that meets it.
CELLS_OF = {"wire": "matrix", "matrix": "matrix", "hostile": "hostile"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" or report.skipped:
        figures.record("rows", **{f"max_{row}": int(report.passed) for row in named_in(item.nodeid)})
    figure = CELLS_OF.get(item.path.parent.name)
    if figure and (report.failed or (report.passed and report.when == "call")):
        figures.record(figure, cells=int(report.when == "call"), failed=int(report.failed))
    return report


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("SVT_", "ACRONIS_")) or name.lower().endswith(("_proxy", "_ca_bundle")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(autouse=True)
def _clean_process() -> Iterator[None]:
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)
    for kept in (ansible_warnings._global_warnings, ansible_warnings._global_deprecations):
        kept.clear()


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[Simulator]:
    with Simulator("--task-seconds", "0.2") as simulator:
        yield simulator


@pytest.fixture
def simulator(running_simulator: Simulator) -> Simulator:
    """The simulator as at its start, its clock at normal speed."""
    running_simulator.control.reset()
    return running_simulator
