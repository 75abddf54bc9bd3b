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
GOOD = {"id": "b0", "new_name": "a"}
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
    assert fake_time.slept == pytest.approx([0.15, 0.15])


def test_a_token_that_was_handed_in_needs_no_login_and_is_not_ended(http: Any, run: Any) -> None:
    expect_plan(http)
    expect_rename(http, reply=svt_task())
    expect_read(http, name="new")
    ran = run(MODULE, ONE)
    assert ran.result["changed"] is True
    assert all(seen.headers["Authorization"] == f"Bearer {GIVEN_TOKEN}" for seen in http.seen)


def test_i1_a_backup_that_bears_the_name_costs_one_read(http: Any, run: Any) -> None:
    expect_read(http, name="new")
    ran = run(MODULE, ONE, diff=True)
    assert not ran.failed
    assert (ran.result["changed"], ran.result["task"]) == (False, None)
    assert ran.result["diff"] == {"before": {}, "after": {}}


@pytest.mark.parametrize("check_mode", [True, False])
def test_j1_j3_check_mode_writes_nothing_and_predicts_changed_and_diff(http: Any, run: Any, check_mode: bool) -> None:
    expect_plan(http)
    if not check_mode:
        expect_rename(http, reply=svt_task())
        expect_read(http, name="new")
    ran = run(MODULE, ONE, check_mode=check_mode, diff=True)
    assert not ran.failed
    assert ran.result["changed"] is True
    assert ran.result["diff"] == {"before": {"b1": {"name": "old"}}, "after": {"b1": {"name": "new"}}}
    assert ran.result["backup"]["name"] == "new"


def test_f19_without_waiting_the_task_is_handed_out(http: Any, run: Any, fake_time: Any) -> None:
    expect_plan(http)
    expect_rename(http, status=202)
    ran = run(MODULE, {**ONE, "wait": False})
    assert not ran.failed
    assert ran.result["changed"] is True
    assert (ran.result["task"]["id"], ran.result["task"]["state"]) == (TASK_ID, "IN_PROGRESS")
    assert fake_time.slept == []


def start(http: Any, run: Any) -> None:
    """An earlier run, whose task is under way."""
    expect_plan(http)
    expect_rename(http)
    assert run(MODULE, {**ONE, "wait": False}).result["changed"] is True
    http.seen.clear()


def test_i9_i23_undone_while_under_way_it_ends_with_the_old_name(http: Any, run: Any) -> None:
    start(http, run)
    expect_read(http)
    expect_task(http, "IN_PROGRESS")
    expect_task(http)
    expect_read(http, name="new")
    expect_holders(http, "old")
    expect_rename(http, new_name="old")
    expect_task(http)
    expect_read(http)
    ran = run(MODULE, {**SVT_TOKEN, "renames": [{"id": "b1", "new_name": "old"}]}, diff=True)
    (entry,) = ran.result["results"]
    assert (ran.result["changed"], entry["outcome"]) == (True, "renamed")
    assert (entry["old_name"], entry["new_name"], entry["backup"]["name"]) == ("new", "old", "old")
    assert ran.result["diff"] == {"before": {"b1": {"name": "new"}}, "after": {"b1": {"name": "old"}}}
    assert f"an earlier run had submitted a rename to 'new' (task '{TASK_ID}'); this comes after it" in ran.warnings[0]


def test_j1_check_mode_foresees_that_undo(http: Any, run: Any) -> None:
    start(http, run)
    for _again in range(2):
        expect_read(http)
        expect_task(http, "IN_PROGRESS")
        expect_holders(http, "old")
        ran = run(MODULE, {**ONE, "new_name": "old"}, check_mode=True, diff=True)
        assert (ran.result["changed"], ran.result["backup"]["name"]) == (True, "old")
        assert ran.result["diff"] == {"before": {"b1": {"name": "new"}}, "after": {"b1": {"name": "old"}}}


@pytest.mark.parametrize("check_mode", [False, True])
def test_i9_undone_without_waiting_it_is_red_and_says_how_to_go_on(http: Any, run: Any, check_mode: bool) -> None:
    start(http, run)
    expect_read(http)
    expect_task(http, "IN_PROGRESS")
    ran = run(MODULE, {**ONE, "new_name": "old", "wait": False}, check_mode=check_mode)
    assert (ran.failed, ran.result["changed"], ran.failure["kind"]) == (True, False, "conflict")
    assert ran.failure["task"]["id"] == TASK_ID
    assert f"nothing was sent; wait for it with svt_task_info, id '{TASK_ID}', wait: true, then run this" in ran.msg


def test_i2_a_name_that_was_taken_meanwhile_is_not_given_back(http: Any, run: Any) -> None:
    start(http, run)
    expect_read(http)
    expect_task(http)
    expect_read(http, name="new")
    expect_holders(http, "old", [backup("b2", "old")])
    ran = run(MODULE, {**ONE, "new_name": "old"})
    assert (ran.failure["kind"], ran.result["backup"]["name"]) == ("conflict", "new")
    assert "already has a backup named 'old' (id 'b2')" in ran.msg


def test_by_name_in_a_virtual_machine(http: Any, run: Any) -> None:
    query = svt_query(name="old", virtual_machine_name="vm1")
    http.expect("GET", "/api/backups", query=query, reply=svt_list("backups", [backup()]))
    expect_holders(http)
    expect_rename(http, reply=svt_task())
    expect_read(http, name="new")
    ran = run(MODULE, {**SVT_TOKEN, "name": "old", "virtual_machine_name": "vm1", "new_name": "new"})
    assert ran.result["changed"] is True


def test_h17_an_ambiguous_name_fails_with_the_candidates(http: Any, run: Any) -> None:
    found = [backup("b1"), backup("b2", virtual_machine_name="vm2")]
    http.expect("GET", "/api/backups", query=svt_query(name="old"), reply=svt_list("backups", found))
    ran = run(MODULE, {**SVT_TOKEN, "name": "old", "new_name": "new"})
    assert ran.failed
    assert ran.failure["kind"] == "ambiguous"
    assert ran.result["candidates"] == [
        {
            "id": found["id"],
            "name": "old",
            "virtual_machine_name": found["virtual_machine_name"],
            "omnistack_cluster_name": "Boston",
            "created_at": "2026-03-01T10:00:00Z",
        }
        for found in found
    ]


def test_d2_a_token_that_dies_in_mid_wait_is_renewed_and_the_same_task_followed(http: Any, run: Any) -> None:
    expect_login(http)
    expect_plan(http)
    expect_rename(http)
    expect_task(http, "IN_PROGRESS")
    http.expect("GET", TASK_PATH, headers={"Authorization": f"Bearer {TOKEN}"}, status=401, reply=expired(TOKEN))
    expect_login(http, SECOND_TOKEN)
    http.expect("GET", TASK_PATH, headers={"Authorization": f"Bearer {SECOND_TOKEN}"}, reply=svt_task())
    expect_read(http, name="new")
    http.expect("GET", "/api/oauth/revoke", status=401, reply=expired(TOKEN))
    expect_revoke(http, SECOND_TOKEN)
    ran = run(MODULE, {**SVT, "id": "b1", "new_name": "new"})
    assert not ran.failed and ran.result["changed"] is True
    assert http.lines().count("POST /api/backups/b1/rename") == 1


def test_d4_a_401_on_the_write_is_renewed_and_the_write_repeated_once(http: Any, run: Any) -> None:
    expect_login(http)
    expect_plan(http)
    expect_rename(http, status=401, reply=expired(TOKEN))
    expect_login(http, SECOND_TOKEN)
    expect_rename(http, reply=svt_task())
    expect_read(http, name="new")
    expect_revoke(http, TOKEN)
    expect_revoke(http, SECOND_TOKEN)
    assert not run(MODULE, {**SVT, "id": "b1", "new_name": "new"}).failed


def test_d3_a_token_that_dies_in_mid_wait_and_cannot_be_renewed_leaves_the_task_in_the_failure(
    http: Any, run: Any
) -> None:
    expect_plan(http)
    expect_rename(http)
    http.expect("GET", TASK_PATH, status=401, reply=expired(GIVEN_TOKEN))
    http.expect("GET", "/api/backups/b1", status=401, reply=expired(GIVEN_TOKEN))
    ran = run(MODULE, ONE)
    assert ran.failed and ran.result["changed"] is True
    assert ran.failure["kind"] == "auth" and ran.failure["submitted"] is True
    assert ran.failure["task"]["id"] == TASK_ID
    assert "rename of backup 'old' (id 'b1') to 'new'" in ran.msg


def test_i7_b2_an_answer_that_was_lost_is_found_out_by_reading_back(http: Any, run: Any) -> None:
    expect_plan(http)
    expect_rename(http, raises=requests.exceptions.ReadTimeout())
    expect_read(http, name="old")
    expect_read(http, name="new")
    ran = run(MODULE, ONE)
    assert not ran.failed and ran.result["changed"] is True
    assert len(ran.warnings) == 1 and "is done, as reading it back shows, although" in ran.warnings[0]


def test_d24_a_204_is_read_back(http: Any, run: Any) -> None:
    expect_plan(http)
    expect_rename(http, status=204, reply=b"")
    expect_read(http, name="new")
    assert run(MODULE, ONE).result["changed"] is True


def test_i8_i12_in_doubt_to_the_end_is_unknown_and_counts_as_changed(http: Any, run: Any, fake_time: Any) -> None:
    expect_plan(http)
    expect_rename(http, status=504)
    gone = {"status": 404, "reply": svt_error(404, "backup id: b1 could not be found")}
    http.expect("GET", "/api/backups/b1", repeats=True, **gone)
    listed = {"backups": [{"id": "b1", "name": "nightly"}], "count": 1, "limit": 1, "offset": 0}
    http.expect("GET", "/api/backups", query=[("id", "b1"), ("limit", "1")], reply=listed)
    begun = fake_time.monotonic()
    ran = run(MODULE, ONE)
    assert fake_time.monotonic() - begun == pytest.approx(10)
    assert ran.failed and ran.result["changed"] is True
    assert ran.failure["kind"] == "unknown_outcome" and ran.failure["submitted"] is True
    assert "it is not known whether it happened" in ran.msg


def test_f1_a_wait_that_ends_too_early_hands_out_the_task_and_how_to_go_on(http: Any, run: Any, fake_time: Any) -> None:
    expect_plan(http)
    expect_rename(http)
    http.expect("GET", TASK_PATH, reply=svt_task("IN_PROGRESS", percent_complete=40), repeats=True)
    expect_read(http)
    begun = fake_time.monotonic()
    ran = run(MODULE, {**ONE, "wait_timeout": 1, "wait_interval": 0.4})
    assert fake_time.monotonic() - begun <= 1.1
    assert ran.failed and ran.result["changed"] is True
    assert ran.failure["kind"] == "task_timeout"
    assert ran.failure["task"]["percent_complete"] == 40
    assert ran.result["task"]["id"] == TASK_ID
    assert "state IN_PROGRESS, 40 %" in ran.msg and "wait: true" in ran.msg


def test_f5_a_failed_task_is_a_failure(http: Any, run: Any) -> None:
    expect_plan(http)
    expect_rename(http)
    expect_task(http, "FAILED", error_code=13, message="Duplicate name exists.")
    http.expect("GET", "/api/backups/b1", reply={"backup": backup()}, repeats=True)
    ran = run(MODULE, ONE)
    assert ran.failed and ran.result["changed"] is False
    assert (ran.failure["kind"], ran.failure["code"]) == ("task_failed", "13")
    assert ran.failure["detail"] == "Duplicate name exists."
    assert ran.result["task"]["error_message"] == "Duplicate name exists."


@pytest.mark.parametrize(
    ("status", "reply", "kind"),
    [
        (400, svt_error(400, "Duplicate name exists.", error_code="13"), "conflict"),
        (400, svt_error(400, "no", exception="x.PermissionDeniedException"), "permission"),
        (403, b"", "permission"),
        (409, b"<html>", "conflict"),
        (415, b"", "bad_response"),
    ],
)
def test_d9_d12_d13_a_refused_write_is_a_failure_that_changed_nothing(
    http: Any, run: Any, status: int, reply: Any, kind: str
) -> None:
    expect_plan(http)
    expect_rename(http, status=status, reply=reply)
    ran = run(MODULE, ONE)
    assert ran.failed and ran.result["changed"] is False
    assert (ran.failure["kind"], ran.failure["http_status"]) == (kind, status)
    assert (ran.failure["method"], ran.failure["path"]) == ("POST", "/backups/b1/rename")
    assert ran.failure["submitted"] is False
    assert ran.result["backup"]["name"] == "old"


def test_many_in_one_call_log_in_once_and_report_each(http: Any, run: Any) -> None:
    http.in_order = False
    expect_login(http)
    expect_revoke(http)
    for number in range(6):
        id, vm = f"b{number}", f"vm-{number}"
        expect_read(http, id, "old", virtual_machine_id=vm)
        query = svt_query(name=f"new{number}", virtual_machine_id=vm)
        http.expect("GET", "/api/backups", query=query, reply=svt_list("backups", []))
        expect_rename(http, id, f"new{number}", reply=svt_task(id=f"t{number}"))
        expect_read(http, id, f"new{number}", virtual_machine_id=vm)
    # planning reads each backup before the renames do; both reads are expected, so their order is checked by the names
    http._expected.sort(key=lambda expected: "new" in str(expected.reply))
    renames = [{"id": f"b{number}", "new_name": f"new{number}"} for number in range(6)]
    ran = run(MODULE, {**SVT, "renames": renames, "parallel": 4}, diff=True)
    assert not ran.failed and ran.result["changed"] is True
    assert [entry["outcome"] for entry in ran.result["results"]] == ["renamed"] * 6
    assert [entry["new_name"] for entry in ran.result["results"]] == [entry["new_name"] for entry in renames]
    assert set(ran.result["diff"]["before"]) == {f"b{number}" for number in range(6)}
    assert "backup" not in ran.result and "task" not in ran.result


def test_i16_one_of_many_that_fails_names_what_became_of_each(http: Any, run: Any) -> None:
    expect_read(http, "b1")
    http.expect("GET", "/api/backups/b2", status=404, reply=svt_error(404, "backup id: b2 could not be found"))
    expect_holders(http)
    renames = [{"id": "b1", "new_name": "new"}, {"id": "b2", "new_name": "x"}]
    ran = run(MODULE, {**SVT_TOKEN, "renames": renames, "parallel": 1})
    assert ran.failed and ran.result["changed"] is False
    assert [entry["outcome"] for entry in ran.result["results"]] == ["not_tried", "failed"]
    assert ran.result["results"][1]["failure"]["kind"] == "not_found"
    assert ran.msg.startswith("of 2: 1 not tried, 1 failed; first failure: ")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({}, "one of these is required: id, name, renames"),
        ({"id": "b1"}, "missing parameter(s) required by 'id': new_name"),
        ({"name": "a"}, "missing parameter(s) required by 'name': new_name"),
        ({"id": "b1", "name": "a", "new_name": "b"}, "id and name are mutually exclusive; keep one of them"),
        ({"id": "b1", "virtual_machine_name": "a", "new_name": "b"}, "id and virtual_machine_name are mutually"),
        ({"id": "b1", "new_name": "b", "renames": []}, "id and renames are mutually exclusive"),
        ({"renames": [GOOD, {"new_name": "b"}]}, "renames[1]: one of these is required: id, name"),
        ({"renames": [GOOD, {"id": "b1"}]}, "renames[1].new_name: is missing; set it"),
        (
            {"renames": [GOOD, {"id": "b1", "name": "a", "new_name": "b"}]},
            "renames[1]: id and name are mutually exclusive; keep one of them",
        ),
        ({"renames": [{**GOOD, "neu_name": "c"}]}, "renames[0]: there is no option 'neu_name'; the options are id, "),
        ({"renames": "foo"}, "renames: 'foo' is not a list of dictionaries; give one with some of id, name, "),
        ({"renames": GOOD}, "renames: a dictionary is not a list; give one"),
        ({"renames": [GOOD, None]}, "renames[1]: null is not a dictionary; give one with some of id, name, "),
        ({"renames": [[GOOD]]}, "renames[0]: a list is not a dictionary; give one with some of id, name, "),
        ({"renames": [GOOD, 5]}, "renames[1]: '5' is not a dictionary"),
        ({"renames": []}, "renames: the list is empty"),
        ({"id": "b1", "new_name": ""}, "new_name: is empty"),
        ({"id": None, "new_name": "b"}, "id: is null, and no name is given; give one of them"),
        ({"name": None, "new_name": "b"}, "id: is null"),
        ({"renames": [GOOD, {"id": None, "new_name": "b"}]}, "renames[1].id: is null, and no name is given"),
        ({"id": "a/../b", "new_name": "b"}, "id: 'a/../b' is not an id"),
        ({"id": {"id": "b1"}, "new_name": "b"}, "is not an id; give ids as they were returned"),
        ({"name": "a", "virtual_machine_id": "vm 1", "new_name": "b"}, "virtual_machine_id: 'vm 1' is not an id"),
        (
            {"renames": [{"id": "b1", "new_name": "b"}, {"id": "b2 ", "new_name": "c"}]},
            "renames[1].id: 'b2 ' is not an id",
        ),
        ({"id": "b1", "new_name": "b", "parallel": 0}, "parallel: 0 is out of range"),
        ({"id": "b1", "new_name": "b", "parallel": 65}, "parallel: 65 is out of range"),
        ({"id": "b1", "new_name": "b", "wait_timeout": 0}, "wait_timeout: 0 is out of range"),
        ({"id": "b1", "new_name": "b", "wait_interval": -1}, "wait_interval: -1 is out of range"),
        ({"id": "b1", "new_name": "b", "request_timeout": 10**22}, "request_timeout: 1e+22 is out of range"),
        ({"id": "b1", "new_name": "b", "ca_path": "/no/such/file"}, "ca_path: '/no/such/file' does not exist"),
        ({"id": "b1", "new_name": "b", "host": "https://svt"}, "host: 'https://svt' is not a host name"),
        ({"id": "b1", "new_name": "b", "port": 70000}, "port: 70000 is out of range"),
        ({"id": "b1", "new_name": "b", "port": "abc"}, "port: 'abc' is not a whole number; give one, such as 443"),
        ({"id": "b1", "new_name": "b", "parallel": 2.5}, "parallel: '2.5' is not a whole number; give one, such as 4"),
        ({"id": "b1", "new_name": "b", "request_timeout": "abc"}, "request_timeout: 'abc' is not a number; give one, "),
        ({"id": "b1", "new_name": "b", "wait_timeout": {}}, "wait_timeout: a dictionary is not a number; give one, "),
        ({"id": "b1", "new_name": "b", "wait": "perhaps"}, "wait: 'perhaps' is neither true nor false; give one of "),
        ({"id": "b1", "new_name": "b", "on_error": "retry"}, "value of on_error must be one of"),
    ],
)
def test_l1_l2_l3_i3_bad_input_is_refused_with_no_call(http: Any, run: Any, args: Any, words: str) -> None:
    ran = run(MODULE, {**SVT_TOKEN, **args})
    assert ran.failed
    assert words in ran.msg
    assert http.seen == []
    if "failure" in ran.result:
        assert ran.failure["kind"] == "input" and ran.failure["submitted"] is False


def test_b2_a_session_is_ended_when_the_rename_fails(http: Any, run: Any) -> None:
    expect_login(http)
    expect_plan(http)
    expect_rename(http, status=403, reply=svt_error(403, f"not with {TOKEN}"))
    expect_revoke(http)
    ran = run(MODULE, {**SVT, "id": "b1", "new_name": "new"})
    assert ran.failed and ran.failure["kind"] == "permission"
