# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One world of a rename: a simulator in which some things go wrong, a run in it, and what became of everything."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unittest import mock

from ansible.module_utils.common import warnings as ansible_warnings

from faults.harness import targets
from faults.harness.running import Seen, run
from faults.harness.scanner import assert_nothing_leaked
from faults.harness.virtual_time import virtual_time
from simulator.process import Simulator

from .single_faults import BACKUP, NEW, Fault

WAITING = {"wait_timeout": 40, "wait_interval": 2, "request_timeout": 6}
# What a run may take in seconds: a login, three reads and the end of a session beside the wait itself,
# and the last look at the object.
LIMIT = 40 + 4 * 6 + 5 + 5
# Long enough for every task that will ever end.
LATER = 10_000.0


@dataclass(frozen=True)
class Truth:
    """What the server knows. name: of the backup now; later: when all tasks have ended (None: it does not exist).

    accepted: the submissions that were taken. ledger: all requests. sessions: still open. others: the names of all
    other backups. states: how the tasks of the submissions ended, by task id.
    """

    name: str | None
    later: str | None
    accepted: Sequence[Mapping[str, Any]]
    ledger: Sequence[Mapping[str, Any]]
    sessions: int
    others: Mapping[str, str]
    states: Mapping[str, str]

    @property
    def posts(self) -> list[Mapping[str, Any]]:
        return [one for one in self.ledger if one["method"] == "POST" and one["path"].endswith("/rename")]

    @property
    def logins(self) -> int:
        return len([one for one in self.ledger if one["path"].endswith("/oauth/token")])


@dataclass(frozen=True)
class Happened:
    """A run in a world: what the user sees, and the truth."""

    faults: Sequence[Fault]
    seen: Seen
    truth: Truth


def rename_in(simulator: Simulator, faults: Sequence[Fault]) -> Happened:
    """Rename the backup in a world with these faults, and with a time of its own."""
    control = simulator.control
    control.reset()
    settings: dict[str, Any] = {}
    for fault in faults:
        settings.update(fault.settings)
    if settings:
        control.set("simplivity", **settings)
    control.fault(*[{**rule, "name": fault.id} for fault in faults for rule in fault.rules])
    given = {**targets.connection(simulator, "svt_backup_rename"), "id": BACKUP, "new_name": NEW, **WAITING}
    # every world has a past of its own
    with tempfile.TemporaryDirectory() as state, mock.patch.dict(os.environ, XDG_STATE_HOME=state):
        _forget_warnings()
        with virtual_time(control) as time:
            seen = run("svt_backup_rename", given, secrets=[given["password"]], limit=LIMIT, within=time)
    assert_nothing_leaked(
        seen.ran.output + json.dumps(seen.ran.raw, ensure_ascii=False, default=str), targets.secrets(simulator, given)
    )
    return Happened(faults, seen, the_truth(simulator))


def _forget_warnings() -> None:
    """Ansible keeps those of a process, and a process is one run elsewhere."""
    for kept in (ansible_warnings._global_warnings, ansible_warnings._global_deprecations):
        kept.clear()


def the_truth(simulator: Simulator, backup: str = BACKUP) -> Truth:
    """What the server knows now; its clock is far in the future afterwards."""
    control = simulator.control
    sessions = control.state()["simplivity"]["open_sessions"]
    ledger = control.ledger()
    accepted = [one for one in control.changes() if one["operation"] == "rename"]
    now = {one["id"]: one["name"] for one in control.objects("simplivity", "backups")}
    control.advance(LATER)
    later = {one["id"]: one["name"] for one in control.objects("simplivity", "backups")}
    states = {one["id"]: one["state"] for one in control.objects("simplivity", "tasks")} if accepted else {}
    return Truth(
        name=now.get(backup),
        later=later.get(backup),
        accepted=accepted,
        ledger=ledger,
        sessions=sessions,
        others={id: name for id, name in later.items() if id != backup},
        states=states,
    )
