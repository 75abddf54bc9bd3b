# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulators that run as fast as the engine is made to, and module processes, for each test process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.process import Simulator

from .processes import PROCESS_SPEED, Processes


@pytest.fixture(scope="session")
def running_patient_simulator() -> Iterator[Simulator]:
    with Simulator("--speed", "0", "--task-seconds", "1") as simulator:
        yield simulator


@pytest.fixture
def patient_simulator(running_patient_simulator: Simulator) -> Simulator:
    """A simulator as at its start, whose clock moves when the engine waits."""
    running_patient_simulator.control.reset()
    return running_patient_simulator


@pytest.fixture(scope="session")
def running_simulator_of_processes() -> Iterator[Simulator]:
    with Simulator("--speed", str(PROCESS_SPEED), "--task-seconds", "1") as simulator:
        yield simulator


@pytest.fixture
def process_simulator(running_simulator_of_processes: Simulator) -> Simulator:
    """A simulator as at its start, as fast as the engine in module processes."""
    running_simulator_of_processes.control.reset()
    return running_simulator_of_processes


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    """Starts module processes."""
    started = Processes(speed=PROCESS_SPEED)
    yield started
    started.close()


@pytest.fixture(scope="session")
def patient_processes(running_patient_simulator: Simulator) -> Iterator[Processes]:
    """Starts module processes that keep time with the patient simulator, one at a time."""
    started = Processes(control_url=running_patient_simulator.announcement["control_url"])
    yield started
    started.close()
