# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same tasks as processes and in the controller: what the user gets, key by key, and what the server saw."""

from __future__ import annotations

import itertools
import json
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme

from faults.leaks.ansible_runs import Ran
from integration.in_controller.conftest import CORES, Play
from integration.modules.harness.runs import COLLECTION, _Plan
from integration.modules.harness.ways import BOTH

pytestmark = pytest.mark.slow

HERE = "in the controller"
ONE, NONE = "f6d5980c-478c-4292-aabf-67da627dbc57", "00000000-0000-0000-0000-000000000000"
# What differs from run to run, also between two processes.
_MOMENT = re.compile(r"\b20\d\d-\d\d-\d\dT[0-9:.]+Z")
VARIES = ("access_token", "elapsed", "requests", "start_time", "end_time", "duration")


def broken(**action: Any) -> Any:
    """Prepares a fault of every read."""
    rule = {"method": "GET", "path": r"^/api/(?!oauth)", "times": None, "action": action}
    return lambda control: control.fault(rule)


def task(module: str, options: Mapping[str, Any] | None = None, **keywords: Any) -> dict[str, Any]:
    return {f"{COLLECTION}.{module}": dict(options or {}), **keywords}


def backups(**options: Any) -> dict[str, Any]:
    return task("svt_backup_info", {"sort": "name", "limit": 2, **options})


def rename(new_name: str = "renamed", keywords: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return task("svt_backup_rename", {"id": ONE, "new_name": new_name, **options}, **(keywords or {}))


def never_done(control: Any) -> None:
    control.set("simplivity", task_seconds=1e6)


def a_task_fails(control: Any) -> None:
    control.set("simplivity", task_seconds=0, task_end_state="FAILED", task_error_message="Duplicate name\r\nexists.")


# What is done to the simulator before a task, and the task. Two of them follow what the one before began.
CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "list": (None, backups()),
    "nothing": (None, backups(name="no such name")),
    "file": (None, backups(output_file="{{ place }}/backups.json")),
    "large list": (lambda control: control.fill(backups=1000), backups(limit=None, fields=["id", "name"])),
    "acronis": (None, task("acronis_task_info", {"order": "id", "limit": 5})),
    "check and diff": (None, rename(keywords={"check_mode": True, "diff": True})),
    "rename with diff": (None, rename(keywords={"diff": True})),
    "rename again": (None, rename(keywords={"diff": True})),
    "rename many": (None, task("svt_backup_rename", {"renames": [{"id": ONE, "new_name": "a"}]})),
    "not waited for": (never_done, rename("later", wait=False)),
    "waited for": (None, rename("later", wait_timeout=1)),
    "hidden": (None, rename("hidden", keywords={"no_log": True})),
    "looped": (None, backups(limit="{{ item }}", validate_certs=False) | {"loop": [1, 2]}),
    "until": (None, backups() | {"until": "false", "retries": 1, "delay": 0, "register": "outcome"}),
    "elsewhere": (None, backups() | {"delegate_to": "127.0.0.1"}),
    "once": (None, backups(summary=True) | {"run_once": True, "timeout": 60}),
    "token": (None, task("svt_token")),
    "short secret": (None, backups(password="vm")),
    "bad input": (None, backups(fields=["colour"])),
    "unknown option": (None, backups(colour="blue")),
    "wrong type": (None, backups(limit="all")),
    "excluded": (None, backups(name="a", name_pattern="b*")),
    "another CA": (None, backups(ca_path="{{ another_ca }}")),
    "not found": (None, task("svt_backup_rename", {"id": NONE, "new_name": "x"})),
    "wrong password": (lambda control: control.set("simplivity", password="another"), backups()),
    "no permission": (broken(status=403, json={"message": "Access is denied"}), backups()),
    "not JSON": (broken(status=200, body="<html>"), backups()),
    "task failed": (a_task_fails, rename("never")),
    "too late": (never_done, rename("late", wait_timeout=1)),
}
FOLLOWING = ("rename again", "waited for")


# Two plays of all cases for each core: the others are for `make ways`.
@pytest.mark.parametrize("ansible", CORES if BOTH else CORES[-1:], indirect=True)
def test_the_results_are_the_same(play: Play, tmp_path: Path) -> None:
    plan = {name: _steps(name) for name in CASES}
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "another-ca.pem"))
    variables = {"another_ca": str(tmp_path / "another-ca.pem"), "place": str(tmp_path)}
    surroundings = {"ANSIBLE_PIPELINING": "true", "XDG_STATE_HOME": str(tmp_path / "state")}
    tasks = {name: given for name, (_prepare, given) in CASES.items()}

    def played(**more: Any) -> Ran:
        (tmp_path / "backups.json").unlink(missing_ok=True)
        return play(tasks, surroundings, plan=plan, variables={**variables, **more})

    there, here = played(safehold_in_controller=False), played()
    assert HERE not in there.output and "> EXEC " not in here.output
    assert here.output.count(HERE) == there.output.count("> EXEC ") > len(CASES)
    unlike = {}
    for name in CASES:
        one, other = _comparable(there, name), _comparable(here, name)
        keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
        unlike.update({f"{name}, {key}": (one.get(key), other.get(key)) for key in keys})
    assert not unlike, json.dumps(unlike, indent=1, default=str)[:20000]
    assert here.tasks["list"].failed is False and here.tasks["task failed"].failed is True
    assert stat.S_IMODE((tmp_path / "backups.json").stat().st_mode) == 0o600


def _steps(name: str) -> list[tuple[str, str, Any]]:
    steps = _Plan()
    if name not in FOLLOWING:
        steps.reset()
    prepare = CASES[name][0]
    if prepare is not None:
        prepare(steps)
    return steps.calls


def _comparable(ran: Ran, name: str) -> dict[str, Any]:
    done = ran.tasks[name]
    asked = ((one["method"], one["path"], one["status"]) for one in done.ledger)
    # how often a task is looked at depends on the moment
    sent = [request for request, _same in itertools.groupby(asked)]
    return {"failed": done.failed, "sent": sent, "changes": len(done.changes), **_steady(dict(done.result))}


def _steady(value: Any, key: str = "") -> Any:
    if key in VARIES:
        return type(value).__name__
    if isinstance(value, dict):
        return {name: _steady(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_steady(one) for one in value]
    return _MOMENT.sub("a moment", value) if isinstance(value, str) else value
