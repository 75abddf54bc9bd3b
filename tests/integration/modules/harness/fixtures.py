# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures: one simulator for each test process, and Ansible beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.process import Control, Simulator

from .runs import Ansible

TASK_SECONDS = "0.3"


@pytest.fixture(scope="session")
def running_ansible(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ansible]:
    with Simulator("--task-seconds", TASK_SECONDS) as simulator:
        yield Ansible(simulator, tmp_path_factory.mktemp("ansible"))


@pytest.fixture
def ansible(running_ansible: Ansible, in_controller: bool) -> Ansible:
    """Ansible, and the simulator as at its start."""
    running_ansible.in_controller = in_controller
    running_ansible.begin_anew()
    return running_ansible


@pytest.fixture
def control(ansible: Ansible) -> Control:
    return ansible.control
