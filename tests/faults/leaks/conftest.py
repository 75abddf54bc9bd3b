# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulator and Ansible as the tests of leaks have them: every secret is a canary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.harness import cores
from faults.leaks import bugs
from faults.leaks.ansible_runs import AnsibleRuns
from faults.leaks.canaries import ACRONIS, SVT
from simulator.process import Simulator

Runs = Callable[[str], AnsibleRuns]


@pytest.fixture(scope="session")
def running_canary_simulator() -> Iterator[Simulator]:
    credentials = ["--password", SVT["password"], "--client-secret", ACRONIS["client_secret"]]
    with Simulator("--task-seconds", "0.2", *credentials) as simulator:
        yield simulator


@pytest.fixture
def simulator(running_canary_simulator: Simulator) -> Simulator:
    """The simulator as at its start, its credentials canaries."""
    running_canary_simulator.control.reset()
    return running_canary_simulator


@pytest.fixture(scope="session")
def buggy_collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection with bugs on demand."""
    return bugs.copy_with_bugs(tmp_path_factory.mktemp("collections"))


@pytest.fixture
def runs(
    simulator: Simulator,
    buggy_collections: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    in_controller: bool,
) -> Runs:
    """Ansible of a core; a core that cannot be had is said in a line that begins with NOTE:."""

    def of(which: str) -> AnsibleRuns:
        try:
            found = cores.core(which)
        except cores.NotHere as problem:
            with capsys.disabled():
                print(f"\nNOTE: not scanned for secrets: {which} ansible-core: {problem}", flush=True)
            pytest.skip(str(problem))
        return AnsibleRuns(found, simulator, tmp_path / which, buggy_collections, in_controller)

    return of
