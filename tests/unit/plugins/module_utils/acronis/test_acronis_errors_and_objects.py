# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Acronis' six error bodies, its objects as we return them, and its tasks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._acronis import errors
from ansible_collections.safehold.backup.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.safehold.backup.plugins.module_utils._acronis.resources import serialize as serialize_resource
from ansible_collections.safehold.backup.plugins.module_utils._acronis.serializer import serialize
from ansible_collections.safehold.backup.plugins.module_utils._acronis.tasks import CATEGORIES, TASKS
from ansible_collections.safehold.backup.plugins.module_utils._core.client import Runtime
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.transport import Answer
from ansible_collections.safehold.backup.tests.unit.samples import acronis_task


def failure(status: int, body: Any = b"", **headers: str) -> Failure:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = errors.failure(Answer(status, headers, data), "GET", "/tasks")
    assert found.message.endswith(f"(GET /tasks, status {status})")
    assert found.message.isprintable()
    return found


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        pytest.param(
            {"domain": "TaskManager", "code": "BadInput", "debug": {"msg": "bad condition field 'tenant_id'"}},
            "BadInput",
            "bad condition field 'tenant_id'",
            id="unwrapped",
        ),
        pytest.param({"domain": "X", "reason": "Old"}, "Old", None, id="obsolete-reason"),
        pytest.param(
            {"error": {"code": 1006, "domain": "a", "message": "m", "details": {"info": "i", "addition": "a"}}},
            "1006",
            "m / i / a",
            id="wrapped",
        ),
        pytest.param({"error": "invalid_scope", "error_description": "no"}, "invalid_scope", "no", id="oauth"),
        pytest.param(b"<html>401 Authorization Required</html>", None, None, id="html"),
        pytest.param(
            {"issues": [{"severity": "x", "error": {"code": "PlanDisabled", "message": "disabled"}}]},
            "PlanDisabled",
            "disabled",
            id="issues",
        ),
        pytest.param({"message": "only words"}, None, "only words", id="message-only"),
        pytest.param(b"", None, None, id="empty"),
        pytest.param(b"[1]", None, None, id="list"),
        pytest.param({"issues": []}, None, None, id="no-issues"),
        pytest.param({"issues": ["x"]}, None, None, id="odd-issues"),
        pytest.param({"code": True, "message": 5, "details": [], "context": "x"}, None, None, id="odd-values"),
    ],
)
def test_d15_every_shape_of_body_is_read(body: Any, code: Any, detail: Any) -> None:
    found = failure(400, body)
    assert (found.kind, found.code, found.detail) == ("input", code, detail)


def test_a_403_names_the_scope_that_is_missing() -> None:
    body = {"domain": "Access", "code": "AccessDeniedError", "context": {"required_scope": "task_manager:viewer"}}
    found = failure(403, body)
    assert (found.kind, found.detail) == ("permission", "required scope task_manager:viewer")


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, "input", "refused the request"),
        (401, "auth", "did not accept the credentials"),
        (403, "permission", "no permission"),
        (404, "not_found", "does not know this address"),
        (405, "bad_response", "refused the method"),
        (406, "bad_response", "refused the Accept header"),
        (408, "timeout", "refused"),
        (409, "conflict", "refused"),
        (413, "input", "too large"),
        (414, "input", "too large"),
        (415, "bad_response", "refused the media type"),
        (423, "conflict", "refused"),
        (422, "input", "refused"),
        (429, "rate_limited", "slow down"),
        (500, "server", "failed"),
        (503, "server", "failed"),
    ],
)
def test_d9_d12_each_status_has_its_kind_and_its_words(status: int, kind: str, words: str) -> None:
    found = failure(status)
    assert found.kind == kind
    assert words in found.message


def test_d16_how_long_to_slow_down_is_told() -> None:
    assert "slow down for 30 s" in failure(429, b"", **{"Retry-After": "30"}).message


def test_keys_become_snake_case_also_inside() -> None:
    raw = {"startedByUser": "x", "affinity": {"agentId": "a"}, "blockers": [{"taskId": 7, "possibleSolutions": []}]}
    assert serialize(raw) == {
        "started_by_user": "x",
        "affinity": {"agent_id": "a"},
        "blockers": [{"task_id": "7", "possible_solutions": []}],
    }


@pytest.mark.parametrize("key", ["context", "argument"])
def test_free_form_parts_keep_their_own_keys(key: str) -> None:
    assert serialize({key: {"IsProcessRoot": True, "runMode": {"aB": 1}}}) == {
        key: {"IsProcessRoot": True, "runMode": {"aB": 1}}
    }
    assert serialize({"result": {"payload": {"UnresolvedItems": 1}}}) == {"result": {"payload": {"UnresolvedItems": 1}}}


@pytest.mark.parametrize(
    ("raw", "thing"),
    [
        ({"id": 944455285181775873}, {"id": "944455285181775873"}),
        ({"id": 944455285181775900, "idString": "944455285181775873"}, {"id": "944455285181775873"}),
        ({"id": "12"}, {"id": "12"}),
        ({"taskId": 5, "taskIdString": "55"}, {"task_id": "55"}),
        ({"parentActivityId": 2**63 - 1, "workflowId": 8}, {"parent_activity_id": str(2**63 - 1), "workflow_id": "8"}),
        ({"idString": None, "id": 1}, {"id": "1"}),
    ],
)
def test_e15_e16_ids_are_texts_with_all_their_digits(raw: Any, thing: Any) -> None:
    assert serialize(raw) == thing


def test_e5_unknown_fields_pass_through() -> None:
    assert serialize({"newField": [{"deepKey": None}], "x": 1.5}) == {"new_field": [{"deep_key": None}], "x": 1.5}


@pytest.fixture
def client(runtime: Runtime) -> AcronisClient:
    return AcronisClient(None, runtime, 60)


def as_task(client: AcronisClient, **fields: Any) -> Any:
    return TASKS.task(serialize(acronis_task(**fields)), client)


@pytest.mark.parametrize("state", ["enqueued", "assigned", "started", "paused", " Started "])
def test_f20_only_completed_ends_a_task(client: AcronisClient, state: str) -> None:
    odd = {"completedAt": "2026-03-13T21:03:46Z", "result": {"code": "ok"}, "cancelRequested": True}
    assert as_task(client, state=state, **odd).outcome == "pending"


@pytest.mark.parametrize("code", ["ok", "error", "warning", "cancelled", "abandoned", "timedout"])
def test_f6_f21_a_completed_task_is_judged_by_its_result(client: AcronisClient, code: str) -> None:
    task = as_task(client, result={"code": code})
    assert task.outcome == "success"
    assert task.state == f"completed, result {code}"
    assert TASKS.is_success(task, {"success_codes": ["ok", "warning"]}) is (code in ("ok", "warning"))
    assert TASKS.is_success(task, {"success_codes": [code]})


@pytest.mark.parametrize("result", [None, {}, {"code": "odd"}, {"code": None}, {"code": 5}, "ok", []])
def test_f3_a_completed_task_without_a_known_result_is_unknown(client: AcronisClient, result: Any) -> None:
    task = as_task(client, result=result)
    assert task.outcome == "unknown"
    assert not TASKS.is_success(task, {"success_codes": ["ok"]})


@pytest.mark.parametrize("state", ["odd", "", None, 5, []])
def test_f3_f4_an_unknown_state_is_unknown(client: AcronisClient, state: Any) -> None:
    assert as_task(client, state=state).outcome == "unknown"


def test_f5_the_reason_is_the_whole_chain_of_causes(client: AcronisClient) -> None:
    error = {
        "code": "Outer",
        "context": {"effect_str": "Backup failed"},
        "cause": {"code": "Inner", "context": {"cause_str": "No space\nleft"}, "suberror": {"code": "Deepest"}},
    }
    task = as_task(client, result={"code": "error", "error": error})
    assert (task.reason, task.code) == ("Backup failed, Outer, No space left, Inner, Deepest", "error")


def test_f5_a_warning_is_a_reason_too_and_circles_end(client: AcronisClient) -> None:
    deep: dict[str, Any] = {"code": "E"}
    for level in range(30):
        deep = {"code": f"E{level}", "inner": deep}
    task = as_task(client, result={"code": "warning", "warnings": [deep]})
    assert task.reason == "E29, E28, E27, E26, E25"


def test_the_category_is_the_seeds_ten_types() -> None:
    assert len(CATEGORIES["office365"]) == 10


@pytest.mark.parametrize(
    ("names", "plans"),
    [("DB; Files ;", ["DB", "Files"]), ("\t=1+1", ["\t=1+1"]), (["DB", " a;b"], ["DB", " a;b"]), (None, []), (5, [])],
)
def test_plans_of_a_resource_are_told_apart_in_both_forms(names: object, plans: list[str]) -> None:
    """One text, or a list (acronis.md 5.1)."""
    raw = {"context": {"id": 1}, "aggregate": {"names": names}}
    assert serialize_resource(raw)["plans"] == plans
