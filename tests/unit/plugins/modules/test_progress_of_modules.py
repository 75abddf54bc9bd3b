# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules write for the callback while they wait, and what they never write."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.progress_file import VARIABLE
from ansible_collections.safehold.backup.tests.unit.module_runner import Ran, assert_no_secret
from ansible_collections.safehold.backup.tests.unit.samples import (
    ACRONIS_TOKEN,
    GIVEN_TOKEN,
    PASSWORD,
    SECRETS,
    SVT,
    SVT_TOKEN,
    TASK_ID,
    TASK_PATH,
    TOKEN,
    acronis_task,
    backup,
    svt_list,
    svt_task,
)

TASKS = "/api/task_manager/v2/tasks"
RENAME = {**SVT_TOKEN, "id": "b1", "new_name": "new"}


def page(*tasks: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(tasks), "paging": {"cursors": {}}}


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Reads what was written; no secret is among it."""
    path = tmp_path / "records"
    path.touch(mode=0o600)
    monkeypatch.setenv(VARIABLE, str(path))

    def read() -> list[Any]:
        text = path.read_text(encoding="ascii")
        assert_no_secret(Ran({}, {}, text, False), SECRETS)
        return [json.loads(line) for line in text.splitlines()]

    return read


def expect_rename(http: Any, looks: Iterable[Any], new_name: str = "new", old_name: str = "old") -> None:
    http.expect("GET", "/api/backups/b1", reply={"backup": backup("b1", old_name)})
    http.expect("GET", "/api/backups", query=None, reply=svt_list("backups", []))
    http.expect("POST", "/api/backups/b1/rename", reply=svt_task("IN_PROGRESS", percent_complete=0))
    for look in looks:
        http.expect("GET", TASK_PATH, reply=look)
    http.expect("GET", "/api/backups/b1", reply={"backup": backup("b1", new_name)})


def test_a_rename_tells_what_it_is_and_how_far(http: Any, run: Any, records: Any) -> None:
    expect_rename(http, [*(svt_task("IN_PROGRESS", percent_complete=n) for n in range(10, 90, 4)), svt_task()])
    assert not run("svt_backup_rename", RENAME).failed
    told = records()
    assert told[0]["what"] == "rename of backup 'old' (id 'b1') to 'new'"
    assert (told[0]["state"], told[0]["percent"]) == ("IN_PROGRESS", 0.0)
    assert 3 <= len(told) < 15
    last = told[-1]
    assert (last["over"], last["done"], last["failed"], last["total"]) == (True, 1, 0, 1)
    assert [one["percent"] for one in told] == sorted(one["percent"] for one in told)


@pytest.mark.parametrize("flags", [{"no_log": True}, {"check_mode": True}])
def test_with_no_log_and_in_check_mode_nothing_is_told(http: Any, run: Any, records: Any, flags: Any) -> None:
    if flags == {"no_log": True}:
        expect_rename(http, [svt_task()])
    else:
        http.expect("GET", "/api/backups/b1", reply={"backup": backup("b1", "old")})
        http.expect("GET", "/api/backups", query=None, reply=svt_list("backups", []))
    run("svt_backup_rename", RENAME, **flags)
    assert records() == []


def test_without_the_callback_no_file_is_touched(
    http: Any, run: Any, records: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(VARIABLE)
    opened: list[str] = []
    real = os.open

    def recorded(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            opened.append(str(path))
        return real(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", recorded)
    http.expect("GET", TASK_PATH, reply=svt_task("IN_PROGRESS"))
    http.expect("GET", TASK_PATH, reply=svt_task())
    assert not run("svt_task_info", {**SVT_TOKEN, "id": [TASK_ID], "wait": True}).failed
    assert opened == []
    assert records() == []


def test_tasks_that_are_waited_for_are_counted(http: Any, run: Any, records: Any) -> None:
    for first in ("IN_PROGRESS", "FAILED", "COMPLETED"):
        http.expect("GET", f"/api/tasks/{first}", reply=svt_task(first, id=first))
    http.expect("GET", "/api/tasks/IN_PROGRESS", repeats=True, reply=svt_task("IN_PROGRESS", id="IN_PROGRESS"))
    ids = ["IN_PROGRESS", "FAILED", "COMPLETED"]
    assert run("svt_task_info", {**SVT_TOKEN, "id": ids, "wait": True, "wait_timeout": 20}).failed
    last = records()[-1]
    assert (last["what"], last["word"]) == ("", "done")
    assert (last["done"], last["failed"], last["running"], last["total"]) == (1, 1, 1, 3)
    assert last["percent"] == 66.7


def test_an_acronis_task_says_how_far_it_is_in_its_own_words(http: Any, run: Any, records: Any) -> None:
    http.expect("GET", TASKS, query=None, reply=page(acronis_task(1, "started", progress={"current": 1, "total": 4})))
    http.expect("GET", TASKS, query=None, reply=page(acronis_task(1)))
    assert not run("acronis_task_info", {**ACRONIS_TOKEN, "id": ["1"], "wait": True}).failed
    told = records()
    assert (told[0]["what"], told[0]["state"], told[0]["percent"]) == ("task '1'", "started", 25.0)
    assert (told[-1]["over"], told[-1]["done"], told[-1]["failed"]) == (True, 1, 0)


def test_ended_in_a_way_that_is_no_success_counts_as_failed(http: Any, run: Any, records: Any) -> None:
    tasks = [acronis_task(1, "started"), acronis_task(2, result={"code": "cancelled"})]
    http.expect("GET", TASKS, query=None, reply=page(*tasks))
    http.expect("GET", TASKS, query=None, reply=page(acronis_task(1)))
    assert run("acronis_task_info", {**ACRONIS_TOKEN, "wait": True}).failed
    assert [(one["done"], one["failed"]) for one in records()][-1] == (1, 1)


@pytest.mark.parametrize(
    "progress", [None, 7, {}, {"current": "1", "total": 4}, {"current": 1, "total": 0}, {"current": -1, "total": 4}]
)
def test_an_acronis_task_that_says_nonsense_says_nothing(http: Any, run: Any, records: Any, progress: Any) -> None:
    http.expect("GET", TASKS, query=None, reply=page(acronis_task(1, "started", progress=progress)))
    http.expect("GET", TASKS, query=None, reply=page(acronis_task(1)))
    assert not run("acronis_task_info", {**ACRONIS_TOKEN, "id": ["1"], "wait": True}).failed
    assert records()[0]["percent"] is None


# secrets


def test_k8_canaries_in_names_and_states_are_masked(http: Any, run: Any, records: Any) -> None:
    """The password, the token of the module's own login, and forms of both."""
    http.expect("POST", "/api/oauth/token", reply={"access_token": TOKEN})
    shouted = svt_task(f"{PASSWORD.upper()} {TOKEN}", percent_complete=3)
    busy = svt_task("IN_PROGRESS", percent_complete=3)
    expect_rename(http, [*[busy] * 20, shouted], f"to {TOKEN}", f"old {PASSWORD}")
    http.expect("GET", "/api/oauth/revoke")
    run("svt_backup_rename", {**SVT, "id": "b1", "new_name": f"to {TOKEN}"}, shown=SECRETS)
    told = records()
    assert "********" in told[0]["what"]
    assert any("********" in one["state"] for one in told)


def test_a_token_in_the_id_of_a_task_is_masked(http: Any, run: Any, records: Any) -> None:
    path = f"/api/tasks/{GIVEN_TOKEN}"
    http.expect("GET", path, reply=svt_task("IN_PROGRESS", id=GIVEN_TOKEN))
    http.expect("GET", path, reply=svt_task(id=GIVEN_TOKEN))
    run("svt_task_info", {**SVT_TOKEN, "id": [GIVEN_TOKEN], "wait": True}, shown=SECRETS)
    assert records()[0]["what"] == "task '********'"


def test_hostile_names_are_one_printable_line(http: Any, run: Any, records: Any) -> None:
    expect_rename(http, [svt_task()], "new", "\x1b[2J\u202ename\n{{ 7*7 }}" + "x" * 5000)
    run("svt_backup_rename", RENAME)
    (what,) = {one["what"] for one in records()}
    assert what.isprintable() and len(what) <= 300
    assert "\\x1b[2J\\u202ename\\n{{ 7*7 }}" in what
