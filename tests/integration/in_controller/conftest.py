# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible of the oldest core and the newest, on one simulator; of the checkout too where both ways are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from faults.harness import cores
from faults.leaks.ansible_runs import AnsibleRuns, Ran
from integration.modules.harness.ways import BOTH
from simulator.process import Simulator

Play = Callable[..., Ran]
CORES = [*([cores.CHECKOUT] if BOTH else []), cores.OLDEST, cores.NEWEST]


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator("--task-seconds", "0.3") as running:
        yield running


@pytest.fixture(params=CORES)
def ansible(request: pytest.FixtureRequest, simulator: Simulator, tmp_path: Path) -> AnsibleRuns:
    try:
        core = cores.core(request.param)
    except cores.NotHere as problem:
        pytest.skip(f"{request.param} ansible-core: {problem}")
    if request.param != cores.OLDEST and core == cores.core(cores.OLDEST):
        pytest.skip(f"the {request.param} ansible-core is the oldest")
    simulator.control.reset()
    return AnsibleRuns(core, simulator, tmp_path)


@pytest.fixture
def play(ansible: AnsibleRuns) -> Play:
    """Runs tasks, the connection in the environment, and says what became of each."""

    def run(tasks: Mapping[str, Mapping[str, Any]], environment: Mapping[str, str] | None = None, **rest: Any) -> Ran:
        svt, acronis = ansible.simulator.simplivity, ansible.simulator.acronis
        given = {
            **ansible.place_variables(),
            "SVT_PASSWORD": svt["password"],
            "ACRONIS_CLIENT_SECRET": acronis["client_secret"],
            **(environment or {}),
        }
        named = [{"name": name, "ignore_errors": True, **task} for name, task in tasks.items()]
        rest.setdefault("plan", {})
        ran = ansible.play(named, environment=given, verbosity=3, **rest)
        assert set(ran.tasks) == set(tasks), ran.output[-3000:]
        return ran

    return run
