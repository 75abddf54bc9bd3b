# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The oldest core with the oldest requests says and does the same as the newest with the newest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from faults.leaks.ansible_runs import AnsibleRuns
from faults.surroundings.conftest import Runs
from faults.surroundings.plays import BACKUP, assert_no_secret, connection, rename, task
from integration.modules.harness.runs import Done, _Plan
from simulator.process import Control

pytestmark = pytest.mark.slow
QUICK = {"limit": 1, "request_timeout": 20}
_READ = r"/(backups|tasks)(\?|$)"


def rules(*given: dict[str, Any]) -> Any:
    return lambda control: control.fault(*given)


def once(path: str, action: dict[str, Any], when: str = "before", method: str = "GET") -> Any:
    return rules({"path": path, "method": method, "when": when, "times": 1, "action": action})


def always(path: str, action: dict[str, Any]) -> Any:
    return rules({"path": path, "when": "before", "action": action})


# One case from each part of the catalogue that goes through the libraries: module, options, what happens meanwhile.
CASES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "refused": ("svt_backup_info", {**QUICK, "port": 1}, None),
    "another CA": ("svt_backup_info", {**QUICK, "ca_path": "{{ other_ca }}"}, None),
    "reset once": ("svt_backup_info", QUICK, once(_READ, {"reset": True})),
    "a drip": (
        "acronis_task_info",
        {**QUICK, "request_timeout": 2},
        always(_READ, {"raw": "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[", "pause": 0.1}),
    ),
    "cut": ("svt_backup_info", QUICK, always(_READ, {"truncate": 20})),
    "redirect": (
        "svt_backup_info",
        QUICK,
        always(_READ, {"status": 307, "headers": {"Location": "https://127.0.0.1:1/"}, "body": ""}),
    ),
    "wrong password": ("svt_backup_info", {**QUICK, "password": "another password"}, None),
    "not UTF-8": ("svt_backup_info", QUICK, always(_READ, {"status": 200, "body_base64": "eyJhIjogIv8ifQ=="})),
    "rename": ("svt_backup_rename", rename(), None),
    "rename again": ("svt_backup_rename", rename(), None),
    "lost answer": (
        "svt_backup_rename",
        rename(new_name="lost"),
        once("/rename$", {"reset": True}, "after", "POST"),
    ),
}


RENAMES = ("rename", "rename again", "lost answer")


def outcome(done: Done) -> dict[str, Any]:
    """What a user and the server can compare of a task, whichever core ran it."""
    failure = done.result.get("failure") or {}
    return {
        "failed": done.failed,
        "changed": done.result.get("changed"),
        "kind": failure.get("kind"),
        "status": failure.get("http_status"),
        "submitted": failure.get("submitted"),
        "writes": len(done.writes),
        "logins": done.logins,
    }


def outcomes(ansible: AnsibleRuns, state: Path, other_ca: str) -> dict[str, dict[str, Any]]:
    plan, tasks = {}, []
    for name, (module, options, meanwhile) in CASES.items():
        steps = _Plan()
        Control.clear_faults(steps)
        if meanwhile:
            meanwhile(steps)
        plan[name] = steps.calls
        tasks.append({**task(module, options, ignore_errors=True), "name": name})
    ansible.simulator.control.reset()
    ran = ansible.play(tasks, plan=plan, variables={"other_ca": other_ca}, environment=connection(ansible, state))
    assert len(ran.tasks) == len(CASES), ran.output[-3000:]
    assert_no_secret(ansible, ran)
    assert {change["backup_id"] for change in ansible.simulator.control.changes()} == {BACKUP}
    return {name: outcome(done) for name, done in ran.tasks.items()}


@pytest.mark.parametrize("which", [pytest.param("oldest", id="J17-oldest")])
def test_oldest_and_newest_agree(runs: Runs, tmp_path: Path, which: str, other_ca: str) -> None:
    found = {one: outcomes(runs(one), tmp_path / f"{one}-state", other_ca) for one in (which, "newest")}
    assert found[which] == found["newest"]
    told = found["newest"]
    assert [name for name, seen in told.items() if seen["failed"]] == [
        "refused",
        "another CA",
        "a drip",
        "cut",
        "redirect",
        "wrong password",
        "not UTF-8",
    ]
    assert [seen["changed"] for name, seen in told.items() if name in RENAMES] == [True, False, True]
    assert [seen["writes"] for name, seen in told.items() if name in RENAMES] == [1, 0, 1]
