# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for each test process, whose clock moves when a module waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.process import Simulator

from .bench import Bench

TASK_SECONDS = 2.0


@pytest.fixture(scope="session")
def patient_simulator() -> Iterator[Simulator]:
    with Simulator("--speed", "0", "--task-seconds", str(TASK_SECONDS)) as simulator:
        yield simulator


@pytest.fixture
def bench(patient_simulator: Simulator) -> Bench:
    """The simulator as at its start."""
    patient_simulator.control.reset()
    return Bench(patient_simulator)
