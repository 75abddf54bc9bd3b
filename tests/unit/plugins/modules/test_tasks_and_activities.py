# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""svt_task_info, acronis_task_info and acronis_activity_info as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.tests.unit.samples import (
    ACRONIS,
    ACRONIS_TOKEN,
    GIVEN_TOKEN,
    SECOND_TOKEN,
    SVT,
    SVT_TOKEN,
    TASK_ID,
    TASK_PATH,
    TOKEN,
    acronis_task,
    expired,
    svt_error,
    svt_task,
)

TASKS = "/api/task_manager/v2/tasks"
ACTIVITIES = "/api/task_manager/v2/activities"
FIRST = 944455285181775872
UNKNOWN = {"status": 404, "reply": svt_error(404, "task could not be found")}


def page(*tasks: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    return {"items": list(tasks), "paging": {"cursors": {"after": after} if after else {}}}


def asked(*filters: tuple[str, str], limit: int = 500) -> list[tuple[str, str]]:
    return [*filters, ("order", "asc(id)"), ("lod", "full"), ("limit", str(limit))]


def expect_revoke(http: Any, token: str) -> None:
    form = {"token": token, "token_type_hint": "access_token"}
    http.expect("POST", "/api/2/idp/revoke_token", form=form)


# SimpliVity


@pytest.mark.parametrize("check_mode", [False, True])
def test_tasks_are_shown_by_their_ids(http: Any, run: Any, check_mode: bool) -> None:
    http.expect("GET", TASK_PATH, reply=svt_task("IN_PROGRESS", percent_complete=40))
    http.expect("GET", "/api/tasks/t2", **UNKNOWN)
    ran = run("svt_task_info", {**SVT_TOKEN, "id": [TASK_ID, "t2", TASK_ID]}, check_mode=check_mode)
    assert not ran.failed and ran.result["changed"] is False
    assert [task["state"] for task in ran.result["tasks"]] == ["IN_PROGRESS"]
    assert (ran.result["count"], ran.result["truncated"]) == (1, False)


def test_d2_tasks_are_waited_for_over_a_token_that_dies(http: Any, run: Any, fake_time: Any) -> None:
    http.expect("POST", "/api/oauth/token", reply={"access_token": TOKEN})
    http.expect("GET", TASK_PATH, reply=svt_task("IN_PROGRESS"))
    http.expect("GET", "/api/tasks/t2", reply=svt_task("COMPLETED", id="t2"))
    http.expect("GET", TASK_PATH, status=401, reply=expired(TOKEN))
    http.expect("POST", "/api/oauth/token", reply={"access_token": SECOND_TOKEN})
    http.expect("GET", TASK_PATH, reply=svt_task("IN_PROGRESS"))
    http.expect("GET", TASK_PATH, reply=svt_task("COMPLETED"))
    http.expect("GET", "/api/oauth/revoke")
    http.expect("GET", "/api/oauth/revoke")
    ran = run("svt_task_info", {**SVT, "id": [TASK_ID, "t2"], "wait": True})
    assert not ran.failed and ran.result["changed"] is False
    assert [(task["id"], task["state"]) for task in ran.result["tasks"]] == [
        (TASK_ID, "COMPLETED"),
        ("t2", "COMPLETED"),
    ]
    assert ran.result["count"] == 2


def test_f9_a_task_that_is_visible_only_later_is_waited_for_and_counted(http: Any, run: Any) -> None:
    for _look in range(3):
        http.expect("GET", TASK_PATH, **UNKNOWN)
    http.expect("GET", TASK_PATH, reply=svt_task("COMPLETED"))
    ran = run("svt_task_info", {**SVT_TOKEN, "id": [TASK_ID], "wait": True})
    assert not ran.failed
    assert (len(ran.result["tasks"]), ran.result["count"]) == (1, 1)


def test_f10_a_task_that_nobody_knows_is_told(http: Any, run: Any, fake_time: Any) -> None:
    http.expect("GET", TASK_PATH, repeats=True, **UNKNOWN)
    begun = fake_time.monotonic()
    ran = run("svt_task_info", {**SVT_TOKEN, "id": [TASK_ID], "wait": True})
    assert fake_time.monotonic() - begun < 15
    assert ran.failed and ran.failure["kind"] == "not_found"
    assert TASK_ID in ran.msg


def test_f1_tasks_that_do_not_end_are_told_with_all_that_was_seen(http: Any, run: Any, fake_time: Any) -> None:
    http.expect("GET", TASK_PATH, repeats=True, reply=svt_task("IN_PROGRESS", percent_complete=40))
    begun = fake_time.monotonic()
    ran = run("svt_task_info", {**SVT_TOKEN, "id": [TASK_ID], "wait": True, "wait_timeout": 30})
    assert fake_time.monotonic() - begun <= 31
    assert ran.failed and ran.failure["kind"] == "task_timeout"
    assert ran.failure["task"]["id"] == TASK_ID
    assert "state IN_PROGRESS, 40 %" in ran.msg and "30 s" in ran.msg
    assert ran.result["tasks"][0]["percent_complete"] == 40


def test_f5_a_failed_task_fails_the_wait_and_names_all_that_failed(http: Any, run: Any) -> None:
    http.expect("GET", "/api/tasks/t1", reply=svt_task("FAILED", id="t1", error_code=130, error_message="Power state."))
    http.expect("GET", "/api/tasks/t2", reply=svt_task("FAILED", id="t2"))
    http.expect("GET", "/api/tasks/t3", reply=svt_task("COMPLETED", id="t3"))
    ran = run("svt_task_info", {**SVT_TOKEN, "id": ["t1", "t2", "t3"], "wait": True})
    assert ran.failed
    assert (ran.failure["kind"], ran.failure["code"], ran.failure["detail"]) == ("task_failed", "130", "Power state.")
    assert ran.msg.startswith("2 of 3 tasks: task 't1' (state FAILED) failed, code 130: Power state.")
    assert "ended badly as well: 't2 FAILED'" in ran.msg
    assert len(ran.result["tasks"]) == 3


def test_f1_f5_a_failed_wait_names_what_failed_and_what_has_not_ended(http: Any, run: Any) -> None:
    for state in ("IN_PROGRESS", "FAILED"):
        # each task is read once before the wait, the ones that go on again and again
        http.expect("GET", f"/api/tasks/{state}", reply=svt_task(state, id=state))
    http.expect("GET", "/api/tasks/IN_PROGRESS", repeats=True, reply=svt_task("IN_PROGRESS", id="IN_PROGRESS"))
    ran = run("svt_task_info", {**SVT_TOKEN, "id": ["IN_PROGRESS", "FAILED"], "wait": True, "wait_timeout": 5})
    assert ran.failed and ran.failure["kind"] == "task_failed"
    assert ran.msg.startswith("1 of 2 tasks: task 'FAILED' (state FAILED) failed")
    assert "task 'IN_PROGRESS' (state IN_PROGRESS) not ended after 5 s (wait_timeout)" in ran.msg
    assert "follow it with svt_task_info, id 'IN_PROGRESS', wait: true" in ran.msg


def test_f3_a_state_that_nobody_knows_fails_the_wait(http: Any, run: Any) -> None:
    http.expect("GET", "/api/tasks/t1", reply=svt_task("TIMEDOUT", id="t1"))
    ran = run("svt_task_info", {**SVT_TOKEN, "id": ["t1"], "wait": True})
    assert ran.failed and ran.failure["kind"] == "task_unknown_state"
    assert "TIMEDOUT" in ran.msg


def test_f5_without_waiting_a_failed_task_is_only_shown(http: Any, run: Any) -> None:
    http.expect("GET", "/api/tasks/t1", reply=svt_task("FAILED", id="t1"))
    assert not run("svt_task_info", {**SVT_TOKEN, "id": ["t1"]}).failed


def test_f11_the_task_of_somebody_else_is_refused(http: Any, run: Any) -> None:
    http.expect("GET", "/api/tasks/t1", repeats=True, reply=svt_task("COMPLETED", id="other"))
    ran = run("svt_task_info", {**SVT_TOKEN, "id": ["t1"]})
    assert ran.failed and ran.failure["kind"] == "bad_response"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({}, "id: is missing; set it"),
        ({"id": {"id": "a"}}, "id: a dictionary is not a list; give one"),
        ({"id": []}, "id: the list is empty; give the id of a task at least"),
        ({"id": ["a", ""]}, "id: holds an empty text"),
        ({"id": ["a"], "wait_timeout": 0}, "wait_timeout: 0 is out of range"),
        ({"id": ["a"], "wait_interval": 0}, "wait_interval: 0 is out of range"),
        ({"id": ["a"], "host": "a/b"}, "host: 'a/b' is not a host name"),
        ({"id": [".."]}, "'..'"),
    ],
)
def test_l2_bad_input_is_refused_with_no_call(http: Any, run: Any, args: Any, words: str) -> None:
    ran = run("svt_task_info", {**SVT_TOKEN, **args})
    assert ran.failed and words in ran.msg
    assert http.seen == []


# Acronis


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("module", "path", "key"),
    [("acronis_task_info", TASKS, "tasks"), ("acronis_activity_info", ACTIVITIES, "activities")],
)
def test_a_list_is_read_to_its_end(http: Any, run: Any, module: str, path: str, key: str, check_mode: bool) -> None:
    http.expect("POST", "/api/2/idp/token", reply={"access_token": TOKEN})
    cursor = "0A8AAA+/AAAAAA=="
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    first = page(acronis_task(FIRST), after=cursor)
    http.expect("GET", path, query=asked(("state", "completed"), limit=1), headers=bearer, reply=first)
    http.expect("GET", path, query=[("limit", "1"), ("after", cursor)], reply=page(acronis_task(FIRST + 1)))
    expect_revoke(http, TOKEN)
    ran = run(module, {**ACRONIS, "state": ["completed"], "page_size": 1}, check_mode=check_mode)
    assert not ran.failed and ran.result["changed"] is False
    assert [found["id"] for found in ran.result[key]] == [str(FIRST), str(FIRST + 1)]
    assert (ran.result["count"], ran.result["truncated"]) == (2, False)


@pytest.mark.parametrize(
    ("module", "path", "key"),
    [("acronis_task_info", TASKS, "tasks"), ("acronis_activity_info", ACTIVITIES, "activities")],
)
def test_g12_d2_a_401_between_pages_is_renewed(http: Any, run: Any, module: str, path: str, key: str) -> None:
    http.expect("POST", "/api/2/idp/token", reply={"access_token": TOKEN})
    http.expect("GET", path, query=None, reply=page(acronis_task(1), after="x"))
    http.expect("GET", path, query=None, status=401, reply=b"<html>401 Authorization Required</html>")
    http.expect("POST", "/api/2/idp/token", reply={"access_token": SECOND_TOKEN})
    http.expect("GET", path, query=[("limit", "500"), ("after", "x")], reply=page(acronis_task(2)))
    expect_revoke(http, TOKEN)
    expect_revoke(http, SECOND_TOKEN)
    assert run(module, ACRONIS).result["count"] == 2


@pytest.mark.parametrize("module", ["acronis_task_info", "acronis_activity_info"])
@pytest.mark.parametrize(
    ("status", "reply", "kind"),
    [
        (400, {"code": "BadInput", "debug": {"msg": "bad condition field"}}, "input"),
        (401, {"domain": "Access", "code": "AuthenticationTimeout"}, "auth"),
        (403, {"code": "AccessDeniedError", "context": {"required_scope": "x:viewer"}}, "permission"),
        (404, b"", "not_found"),
        (302, b"", "bad_response"),
    ],
)
def test_a_refusal_is_a_failure_at_once(http: Any, run: Any, module: str, status: int, reply: Any, kind: str) -> None:
    path = TASKS if module == "acronis_task_info" else ACTIVITIES
    http.expect("GET", path, query=None, status=status, reply=reply)
    ran = run(module, ACRONIS_TOKEN)
    assert ran.failed and ran.result["changed"] is False
    assert (ran.failure["kind"], ran.failure["http_status"], ran.failure["path"]) == (kind, status, path)


def test_the_seeds_three_questions(http: Any, run: Any) -> None:
    http.expect("GET", TASKS, query=asked(("state", "started"), ("state", "paused")), reply=page())
    run("acronis_task_info", {**ACRONIS_TOKEN, "state": ["started", "paused"]})
    http.expect("GET", TASKS, query=asked(("completedAt", "gt(2020-04-22T11:00:00Z)")), reply=page())
    run("acronis_task_info", {**ACRONIS_TOKEN, "completed_after": "2020-04-22T11:00:00Z"})
    http.expect("GET", TASKS, query=None, reply=page())
    run("acronis_task_info", {**ACRONIS_TOKEN, "category": "office365"})
    assert len([pair for pair in http.seen[-1].query if pair[0] == "type"]) == 10


def test_a_wait_asks_for_the_pending_ones_only_by_the_hundred(http: Any, run: Any, fake_time: Any) -> None:
    two = [acronis_task(1, "started"), acronis_task(2)]
    http.expect("GET", TASKS, query=asked(("id", "1"), ("id", "2")), reply=page(*two))
    again = [("id", "1"), ("lod", "full"), ("limit", "100")]
    http.expect("GET", TASKS, query=again, reply=page(acronis_task(1, "enqueued")))
    http.expect("GET", TASKS, query=again, reply=page(acronis_task(1)))
    ran = run("acronis_task_info", {**ACRONIS_TOKEN, "id": ["1", "2"], "wait": True})
    assert not ran.failed
    assert [(task["id"], task["state"]) for task in ran.result["tasks"]] == [("1", "completed"), ("2", "completed")]


def test_f6_a_completed_task_with_an_error_fails_the_wait(http: Any, run: Any) -> None:
    error = {"code": "CloudStorageUnavailable", "context": {"cause_str": "No connection"}}
    bad = acronis_task(1, result={"code": "error", "error": error})
    http.expect("GET", TASKS, query=None, reply=page(bad, acronis_task(2)))
    ran = run("acronis_task_info", {**ACRONIS_TOKEN, "wait": True})
    assert ran.failed
    assert (ran.failure["kind"], ran.failure["code"]) == ("task_failed", "error")
    assert "1 of 2 tasks: task '1' (state completed, result error) failed, code error: No connection" in ran.msg
    assert len(ran.result["tasks"]) == 2


def test_f21_what_counts_as_success_is_the_users_to_say(http: Any, run: Any) -> None:
    for success_codes, failed in ((["ok", "warning"], True), (["ok", "cancelled"], False)):
        http.expect("GET", TASKS, query=None, reply=page(acronis_task(1, result={"code": "cancelled"})))
        args = {**ACRONIS_TOKEN, "wait": True, "success_codes": success_codes}
        assert run("acronis_task_info", args).failed is failed


def test_f1_a_paused_task_is_waited_for_to_the_limit(http: Any, run: Any, fake_time: Any) -> None:
    http.expect("GET", TASKS, query=None, repeats=True, reply=page(acronis_task(1, "paused")))
    ran = run("acronis_task_info", {**ACRONIS_TOKEN, "state": ["paused"], "wait": True, "wait_timeout": 20})
    assert ran.failed and ran.failure["kind"] == "task_timeout"
    assert "state paused" in ran.msg
    assert sum(fake_time.slept) <= 20.1


def test_f15_a_wait_survives_what_passes(http: Any, run: Any) -> None:
    http.expect("GET", TASKS, query=None, reply=page(acronis_task(1, "started")))
    for status in (503, 429, 500):
        http.expect("GET", TASKS, query=None, status=status)
    http.expect("GET", TASKS, query=None, reply=b"<html>")
    http.expect("GET", TASKS, query=None, reply=page(acronis_task(1)))
    assert not run("acronis_task_info", {**ACRONIS_TOKEN, "wait": True}).failed


@pytest.mark.parametrize(("module", "path"), [("acronis_task_info", TASKS), ("acronis_activity_info", ACTIVITIES)])
def test_a_summary_counts_what_ended_how(http: Any, run: Any, module: str, path: str) -> None:
    items = [acronis_task(1, "started"), acronis_task(2), acronis_task(3, policy={"id": "1", "name": "Mailboxes"})]
    http.expect("GET", path, query=asked(), reply=page(*items))
    ran = run(module, {**ACRONIS_TOKEN, "summary": True})
    assert ran.result["count"] == 3
    assert not {"tasks", "activities"} & set(ran.result)
    assert ran.result["summary"] == {
        "state": {"completed": 2, "started": 1},
        "result_code": {"ok": 2, "": 1},
        "type": {"UserMailboxBackup": 3},
        "tenant": {"johndoe": 3},
        "policy": {"": 2, "Mailboxes": 1},
        "resource": {"": 3},
    }


def test_f6_a_wait_that_fails_keeps_the_tasks_in_the_file(http: Any, run: Any, tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    http.expect("GET", TASKS, query=None, reply=page(acronis_task(FIRST, result={"code": "error"})))
    ran = run("acronis_task_info", {**ACRONIS_TOKEN, "wait": True, "output_file": str(file)})
    assert ran.failure["kind"] == "task_failed"
    assert ran.result["output_file"] == str(file) and "tasks" not in ran.result
    assert [task["id"] for task in json.loads(file.read_text())["tasks"]] == [str(FIRST)]


@pytest.mark.parametrize(
    ("task", "kind", "told"),
    [
        (acronis_task(FIRST, result={"code": "error"}), "task_failed", "failed"),
        (acronis_task(FIRST, state="started"), "task_timeout", "not ended after 1 s"),
    ],
)
def test_f5_f1_a_file_that_cannot_be_written_does_not_hide_what_became_of_the_tasks(
    http: Any, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Any, kind: str, told: str
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    http.expect("GET", TASKS, query=None, reply=page(task), repeats=True)
    options = {"wait": True, "wait_timeout": 1, "output_file": str(tmp_path / "tasks.json")}
    ran = run("acronis_task_info", {**ACRONIS_TOKEN, **options})
    assert ran.failure["kind"] == kind and ran.failure["task"]["id"] == str(FIRST)
    assert told in ran.msg and f"'{FIRST}'" in ran.msg
    assert "; output_file: '" in ran.msg
    assert "could not be written: No space left on device" in ran.msg
    assert (ran.result["count"], ran.result["truncated"], "output_file" in ran.result) == (1, False, False)


def test_nothing_to_wait_for_is_no_failure(http: Any, run: Any) -> None:
    http.expect("GET", TASKS, query=None, reply=page())
    ran = run("acronis_task_info", {**ACRONIS_TOKEN, "wait": True})
    assert not ran.failed and ran.result["tasks"] == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"id": ["abc"]}, "id: 'abc' is not a number"),
        ({"type": ["a"], "category": "office365"}, "mutually exclusive"),
        ({"policy_name": ["a"], "policy_name_contains": ["a"]}, "mutually exclusive"),
        ({"state": ["running"]}, "value of state must be one or more of"),
        ({"success_codes": ["done"]}, "value of success_codes must be one or more of"),
        (
            {"wait": True, "success_codes": []},
            "success_codes: the list is empty; no task could end well; give one code",
        ),
        ({"started_after": "yesterday"}, "started_after: 'yesterday' is not a time"),
        ({"started_after": "2020-04-22T11:00:00"}, "started_after: '2020-04-22T11:00:00' has no time zone"),
        ({"order": ["size"]}, "order: 'size' is not an order"),
        ({"summary": True, "level_of_detail": "short"}, "level_of_detail: leaves out what summary counts"),
        ({"output_file": "tasks.json"}, "output_file: 'tasks.json' is not an absolute path"),
        ({"limit": 0}, "limit: 0 is out of range"),
        ({"wait": True, "wait_timeout": -1}, "wait_timeout: -1 is out of range"),
        ({"datacenter_url": "https://x/?token=y"}, "datacenter_url: must end after the host"),
        ({"tenant_id": "1"}, "tenant_id: '1' is not a UUID"),
        ({"access_token": None}, "client_id: no credentials"),
    ],
)
def test_l1_l3_l4_l8_bad_acronis_input_is_refused_with_no_call(http: Any, run: Any, args: Any, words: str) -> None:
    ran = run("acronis_task_info", {**ACRONIS_TOKEN, **args})
    assert ran.failed and words in ran.msg
    assert http.seen == []


def test_k13_a_token_in_an_error_does_not_get_out(http: Any, run: Any) -> None:
    http.expect("GET", TASKS, query=None, status=400, reply={"code": f"x{GIVEN_TOKEN}", "message": GIVEN_TOKEN.upper()})
    assert run("acronis_task_info", ACRONIS_TOKEN).failed


@pytest.mark.parametrize("place", ["state", "error_message"])
def test_k13_a_token_that_a_message_would_cut_does_not_get_out_in_part(http: Any, run: Any, place: str) -> None:
    before = {"state": 20, "error_message": 280}[place] * "x"
    told = svt_task(**{"state": "FAILED", place: before + GIVEN_TOKEN})
    http.expect("GET", TASK_PATH, reply=told, repeats=True)
    # in the task itself Ansible masks it
    ran = run("svt_task_info", {**SVT_TOKEN, "id": [TASK_ID], "wait": True}, shown=(GIVEN_TOKEN,))
    assert ran.failed
    assert GIVEN_TOKEN[:8] not in ran.output


def test_k13_a_token_that_a_message_would_cut_does_not_get_out_of_acronis(http: Any, run: Any) -> None:
    error = {"code": "x", "context": {"effect_str": 140 * "x" + GIVEN_TOKEN}}
    http.expect("GET", TASKS, query=None, reply=page(acronis_task(1, result={"code": "error", "error": error})))
    ran = run("acronis_task_info", {**ACRONIS_TOKEN, "wait": True}, shown=(GIVEN_TOKEN,))
    assert ran.failed
    assert GIVEN_TOKEN[:8] not in ran.output
