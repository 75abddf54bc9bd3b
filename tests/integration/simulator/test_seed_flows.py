# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents that the project starts from tell a reader to do, done with plain requests."""

from __future__ import annotations

OFFICE365 = (
    "UserMailboxBackup SPBackup ODBackup GSBackupGMail GSBackupGDrive"
    " UserMailboxRestore SPRestore ODRestore GSRestoreGMail GSRestoreGDrive"
).split()


def test_simplivity_read_then_rename_then_follow_the_task(svt, control):
    assert svt.get("/hosts").json()["hosts"] and svt.get("/datastores").json()["datastores"]
    page = svt.get(
        "/backups",
        type="MANUAL",
        fields="name, id, created_at",
        limit=100,
        offset=0,
        sort="name",
        order="ascending",
    ).json()
    assert (page["offset"], page["limit"], page["count"]) == (0, 100, 8)
    first = page["backups"][0]
    assert list(first) == ["name", "id", "created_at"]
    task = svt.rename(first["id"], "newbackupname")
    assert task["state"] == "IN_PROGRESS" and task["end_time"].startswith("1970-01-01")
    assert len(task["id"].split(":")) == 3
    assert svt.task(task["id"])["state"] == "IN_PROGRESS"
    control.advance(1)
    ended = svt.task(task["id"])
    assert ended["state"] == "COMPLETED" and ended["percent_complete"] == 100
    assert ended["affected_objects"] == [{"object_type": "backup", "object_id": first["id"]}]
    assert svt.get(f"/backups/{first['id']}").json()["backup"]["name"] == "newbackupname"


def test_simplivity_all_backups_as_the_guide_prints_them(svt):
    page = svt.get("/backups").json()
    assert (page["offset"], page["limit"], page["count"]) == (0, 500, 21)
    sample = next(one for one in page["backups"] if one["id"] == "f6d5980c-478c-4292-aabf-67da627dbc57")
    expected = {
        "name": "vm32_A_6-backup-2016-03-13T21:03:46-04:00",
        "sent": 0,
        "state": "PROTECTED",
        "type": "MANUAL",
        "omnistack_cluster_id": "0bf3988b-b684-4002-a04d-55bb8831b8c4",
        "omnistack_cluster_name": "Boston -:- OmniCube CN-2000 5.5.0",
        "datastore_id": "c1d172e2-bd89-4bad-ae2a-848e7fbe3dc4",
        "datastore_name": "ds2",
        "expiration_time": "NA",
        "virtual_machine_id": "729861fd-a006-4849-bf08-b232551989c0",
        "virtual_machine_name": "vm32_A_6",
        "size": 12574720,
        "application_consistent": False,
        "created_at": "2016-03-14T01:03:46Z",
    }
    assert {name: sample[name] for name in expected} == expected


def test_acronis_tasks_of_office_365(cloud):
    tasks = cloud.items("/tasks", {"type": OFFICE365})
    assert {task["type"] for task in tasks} >= set(OFFICE365)
    assert {task["type"] for task in tasks} <= {*OFFICE365}
    sample = next(task for task in tasks if task["startedAt"] == "2020-04-22T11:34:03.290396913Z")
    assert sample["type"] == "UserMailboxBackup" and sample["cancellable"] and not sample["cancelRequested"]


def test_acronis_tasks_completed_after_a_moment(cloud):
    tasks = cloud.items("/tasks", {"completedAt": "gt(2020-04-22T11:00:00Z)"})
    guide = next(task for task in tasks if task["idString"] == "944455285181775872")
    assert guide["result"] == {"code": "ok", "payload": "MachineManagement::AddAgentResponse"}
    assert guide["updatedAt"] == "2020-04-22T11:34:03.294683447Z"
    assert "uuid" not in guide["tenant"] and guide["tenant"]["locator"] == "/1/1496262/1496265/"
    assert cloud.items("/tasks", {"completedAt": "gt(2020-04-23T00:00:00Z)"}) == []


def test_acronis_tasks_in_progress_include_one_that_looks_finished(cloud):
    tasks = cloud.items("/tasks", {"state": ["started", "paused"]})
    assert {task["state"] for task in tasks} == {"started", "paused"}
    assert any("completedAt" in task and task["result"]["code"] == "ok" for task in tasks)
