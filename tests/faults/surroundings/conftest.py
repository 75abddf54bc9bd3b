# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the surroundings share: the real Ansible of a core, on the simulator of the process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from faults.harness import cores
from faults.leaks.ansible_runs import AnsibleRuns
from simulator.process import Simulator

Runs = Callable[[str], AnsibleRuns]


@pytest.fixture
def runs(simulator: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str], in_controller: bool) -> Runs:
    """Ansible of a core; a core that cannot be had is said in a line that begins with NOTE:."""

    def of(which: str) -> AnsibleRuns:
        try:
            found = cores.core(which)
        except cores.NotHere as problem:
            with capsys.disabled():
                print(f"\nNOTE: surroundings not tried: {which} ansible-core: {problem}", flush=True)
            pytest.skip(str(problem))
        return AnsibleRuns(found, simulator, tmp_path / which, in_controller=in_controller)

    return of


@pytest.fixture(scope="session")
def other_ca(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of a CA that did not sign the simulator's certificate."""
    path = tmp_path_factory.mktemp("ca") / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return str(path)
