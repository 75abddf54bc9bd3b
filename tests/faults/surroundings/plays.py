# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small helpers for plays in which the connection comes from the environment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from faults.leaks.ansible_runs import COLLECTION, AnsibleRuns, Ran
from faults.leaks.findings import assert_clean, issued
from integration.modules.harness import surroundings
from simulator.process import Control, Simulator

BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
PATIENCE = 90.0  # seconds; a busy machine may take many of them to start and to end programs


def secrets(simulator: Simulator) -> dict[str, str]:
    """The credentials as environment variables."""
    return surroundings.secrets(simulator)


def connection(ansible: AnsibleRuns, state: Path | None = None) -> dict[str, str]:
    """Where the back ends are, and the credentials. state: the state directory that several runs share."""
    shared = {"XDG_STATE_HOME": str(state)} if state else {}
    return {**ansible.place_variables(), **secrets(ansible.simulator), **shared}


def task(module: str, options: Mapping[str, Any] | None = None, **keywords: Any) -> dict[str, Any]:
    """The task of a play, named after its module."""
    return {"name": module, f"{COLLECTION}.{module}": dict(options or {}), **keywords}


def rename(**options: Any) -> dict[str, Any]:
    """The options of a rename of one backup."""
    return {"id": BACKUP, "new_name": "renamed", "wait_interval": 1, **options}


def submissions(control: Control) -> int:
    """How many renames were sent."""
    return len(control.requests("simplivity", "POST", "/rename"))


def name_now(control: Control) -> str:
    """The name that the backup has on the server."""
    return str(control.object("simplivity", "backups", BACKUP)["name"])


def until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Waits for something that happens beside the test."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"did not happen within {patience:g} s: {what}"
        time.sleep(0.05)


def modules_at_work(mark: str) -> list[int]:
    """The processes whose environment holds this text and that no other of them was started by: what Ansible started
    last. When Ansible has ended, whatever is left."""
    parents = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark.encode() in (entry / "environ").read_bytes():
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return [number for number in parents if number not in parents.values()]


def ended(mark: str) -> None:
    until(lambda: not modules_at_work(mark), "the end of the module")


def assert_no_secret(ansible: AnsibleRuns, ran: Ran, known: Callable[[str], bool] = lambda place: False) -> None:
    """Nothing of a run holds a credential or a token that the simulator gave out."""
    given = [*secrets(ansible.simulator).values(), *issued(ansible.simulator.control)]
    assert_clean(ran, given, known)
