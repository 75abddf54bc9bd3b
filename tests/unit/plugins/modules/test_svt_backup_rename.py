# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""svt_backup_rename as a whole, against the exact list of calls that it makes."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ansible_collections.safehold.backup.tests.unit.samples import (
    GIVEN_TOKEN,
    PASSWORD,
    SECOND_TOKEN,
    SVT,
    SVT_TOKEN,
    TASK_ID,
    TASK_PATH,
    TOKEN,
    VM_ID,
    backup,
    expired,
    svt_error,
    svt_list,
    svt_query,
    svt_task,
)

MODULE = "svt_backup_rename"
ONE = {**SVT_TOKEN, "id": "b1", "new_name": "new"}
MEDIA_TYPE = "application/vnd.simplivity.v1+json"


def expect_login(http: Any, token: str = TOKEN) -> None:
    http.expect(
        "POST",
        "/api/oauth/token",
        form={"grant_type": "password", "username": SVT["username"], "password": PASSWORD},
        headers={"Authorization": "Basic c2ltcGxpdml0eTo="},
        reply={"access_token": token, "token_type": "bearer", "expires_in": 86399},
    )


def expect_revoke(http: Any, token: str = TOKEN) -> None:
    http.expect("GET", "/api/oauth/revoke", headers={"Authorization": f"Bearer {token}"})


def expect_read(http: Any, id: str = "b1", name: str = "old", **fields: Any) -> None:
    http.expect("GET", f"/api/backups/{id}", reply={"backup": backup(id, name, **fields)})


def expect_holders(http: Any, name: str = "new", holders: Any = ()) -> None:
    query = svt_query(name=name, virtual_machine_id=VM_ID)
    http.expect("GET", "/api/backups", query=query, reply=svt_list("backups", list(holders)))


def expect_rename(http: Any, id: str = "b1", new_name: str = "new", **parts: Any) -> None:
    parts.setdefault("reply", svt_task("IN_PROGRESS"))
    http.expect(
        "POST",
        f"/api/backups/{id}/rename",
        json_body={"backup_name": new_name},
        headers={"Content-Type": MEDIA_TYPE},
        **parts,
    )


def expect_task(http: Any, state: str = "COMPLETED", **fields: Any) -> None:
    http.expect("GET", TASK_PATH, reply=svt_task(state, **fields))


def expect_plan(http: Any, **parts: Any) -> None:
    expect_read(http, **parts)
    expect_holders(http)


def test_renames_by_id_waits_for_the_task_and_ends_its_own_session(http: Any, run: Any, fake_time: Any) -> None:
    expect_login(http)
    expect_plan(http)
    expect_rename(http, status=202)
    expect_task(http, "IN_PROGRESS", percent_complete=40)
    expect_task(http)
    expect_read(http, name="new")
    expect_revoke(http)
    ran = run(MODULE, {**SVT, "id": "b1", "new_name": "new"})
    assert not ran.failed
    assert ran.result["changed"] is True
    assert ran.result["backup"] == backup(name="new")
    assert ran.result["task"]["state"] == "COMPLETED"
    assert ran.warnings == []
    assert fake_time.slept == pytest.approx([0.1, 0.1])
