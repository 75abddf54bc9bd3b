# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SimpliVity's five error bodies, and its tasks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.client import Runtime
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.transport import Answer, Transport, Verify
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import errors, tasks
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.client import SimplivityClient
from ansible_collections.safehold.backup.tests.unit.samples import TASK_ID, TASK_PATH, svt_error, svt_task


def failure(status: int, body: Any = b"", method: str = "GET", **headers: str) -> Failure:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = errors.failure(Answer(status, headers, data), method, "/backups")
    assert found.message.endswith(f"({method} /backups, status {status})")
    assert found.message.isprintable()
    return found


def test_shape_1_the_useful_sentence_comes_first() -> None:
    body = svt_error(
        400,
        "Invalid or unexpected destination specified.",
        exception="com.simplivity.rpc.common.TaskException",
        error_code="142",
        extendedResponse="Direct copy not permitted.",
    )
    found = failure(400, body)
    assert (found.kind, found.code) == ("input", "142")
    assert found.detail == "Direct copy not permitted. / Invalid or unexpected destination specified."
    assert found.detail in found.message


def test_shape_1_a_duplicate_name_is_a_conflict() -> None:
    found = failure(400, svt_error(400, "Duplicate name exists.", error_code="13"))
    assert (found.kind, found.code, found.detail) == ("conflict", "13", "Duplicate name exists.")


def test_shape_2_an_exception_with_a_numeric_status() -> None:
    exception = "com.simplivity.restapi.exceptions.SvtExceptions$UnauthorizedException"
    body = {"timestamp": 1, "status": 401, "error": "Unauthorized", "exception": exception, "message": "Unauthorized"}
    found = failure(401, body)
    assert (found.kind, found.code) == ("auth", "UnauthorizedException")


def test_shape_3_an_expired_token() -> None:
    found = failure(401, {"error": "invalid_token", "message": "Access token expired: x"})
    assert (found.kind, found.detail) == ("auth", "Access token expired: x")


def test_shape_4_a_bad_login() -> None:
    found = failure(400, {"error": "invalid_grant", "error_description": "Invalid credentials"})
    assert (found.kind, found.detail) == ("auth", "Invalid credentials")


@pytest.mark.parametrize("body", [b"", b"<html>502 Bad Gateway</html>", b"\xff", b"[]", b'"text"', b"null"])
def test_shape_5_e3_a_body_that_says_nothing_is_no_crash(body: bytes) -> None:
    found = failure(502, body)
    assert (found.kind, found.code, found.detail) == ("server", None, None)
    assert "busy with too many requests" in found.message


def test_a_vcenter_that_answers_is_named() -> None:
    body = {"error_type": "NOT_FOUND", "messages": [{"id": "com.vmware.vapi.rest.httpNotFound"}]}
    assert "a vCenter answered" in failure(404, body).message


@pytest.mark.parametrize(
    ("exception", "kind"),
    [
        ("PermissionDeniedException", "permission"),
        ("ObjectInUseException", "conflict"),
        ("ObjectNotFoundException", "not_found"),
        ("InvalidParameterException", "input"),
    ],
)
def test_d15_an_exception_says_more_than_its_status(exception: str, kind: str) -> None:
    assert failure(400, svt_error(400, "why", exception=f"com.simplivity.{exception}")).kind == kind


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, "input", "refused the request"),
        (401, "auth", "did not accept the token"),
        (403, "permission", "no permission"),
        (404, "not_found", "API version may be too old"),
        (405, "bad_response", "refused the method"),
        (408, "timeout", "refused the request"),
        (406, "bad_response", "Accept"),
        (409, "conflict", "refused the request"),
        (413, "input", "too large"),
        (414, "input", "too large"),
        (415, "bad_response", "media type"),
        (423, "conflict", "refused the request"),
        (429, "rate_limited", "slow down"),
        (500, "server", "failed"),
        (502, "server", "too many requests at once"),
        (503, "server", "failed"),
        (504, "server", "60 seconds"),
    ],
)
def test_d9_d11_d12_d13_each_status_has_its_kind_and_its_words(status: int, kind: str, words: str) -> None:
    found = failure(status)
    assert found.kind == kind
    assert words in found.message


def test_d10_d11_an_unknown_object_is_told_from_an_unknown_address() -> None:
    found = failure(
        404, svt_error(404, "Object type: backup id: x could not be found", exception="a.ObjectNotFoundException")
    )
    assert found.detail and "API version" not in found.message
    found = failure(404, svt_error(404, "Not Found", exception="org.springframework.NoHandlerFoundException"))
    assert found.detail is None and "API version may be too old" in found.message


def test_d16_how_long_to_slow_down_is_told() -> None:
    assert "slow down for 30 s" in failure(429, b"", "GET", **{"Retry-After": "30"}).message


def test_a_write_that_took_too_long_is_not_told_to_ask_for_less() -> None:
    assert "page_size" in failure(504).message
    assert "page_size" not in failure(504, b"", "POST").message


@pytest.mark.parametrize("odd", [None, {}, [], True, 5, "x" * 10_000, "a\nb\x1b[31m"])
def test_d15_h4_odd_values_in_a_body_are_cleaned_and_cut(odd: Any) -> None:
    body = dict.fromkeys(("message", "exception", "error_code", "error", "extendedResponse", "error_description"), odd)
    found = failure(400, body)
    assert len(found.message) < 1500
    assert len(found.detail or "") < 1000


# tasks


@pytest.fixture
def client(runtime: Runtime) -> SimplivityClient:
    return SimplivityClient(None, runtime, 60)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("IN_PROGRESS", "pending"),
        ("COMPLETED", "success"),
        ("FAILED", "failure"),
        (" completed ", "success"),
        ("Failed", "failure"),
        ("QUEUED", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
        (5, "unknown"),
        ([], "unknown"),
    ],
)
def test_f3_f4_every_state_is_in_one_of_the_sets(client: SimplivityClient, state: Any, outcome: str) -> None:
    assert tasks.as_task(svt_task(state), client, "/x").outcome == outcome


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"message": "old way"}, "old way"), ({"error_message": "new way"}, "new way"), ({}, ""), ({"message": None}, "")],
)
def test_f5_the_error_text_has_two_names(client: SimplivityClient, fields: Any, reason: str) -> None:
    task = tasks.as_task(svt_task("FAILED", error_code=130, **fields), client, "/x")
    assert (task.reason, task.code) == (reason, "130")
    assert task.data["error_message"] == reason
    assert "message" not in task.data


@pytest.mark.parametrize("code", [0, "0", "", None, [], 1.5])
def test_no_code_is_no_code(client: SimplivityClient, code: Any) -> None:
    assert tasks.as_task(svt_task(error_code=code), client, "/x").code is None


def test_f6_completed_with_an_error_code_is_no_success(client: SimplivityClient) -> None:
    task = tasks.as_task(svt_task("COMPLETED", error_code=130), client, "/x")
    assert (task.outcome, task.code, task.state) == ("failure", "130", "COMPLETED")


@pytest.mark.parametrize(("reply", "known"), [(b"", None), ({"message": "id: x could not be found"}, 0)])
def test_d11_an_unknown_address_is_no_unknown_task(http: Any, runtime: Runtime, reply: Any, known: int | None) -> None:
    http.expect("GET", "/api/tasks/x", status=404, reply=reply)
    link = Transport("https://svt.example.com:443/api", Verify(True, None), Clock(), lambda: None)
    client = SimplivityClient(link, runtime, 60, access_token="token")
    if known is None:
        with pytest.raises(Failure, match="API version may be too old"):
            tasks.TASKS.read(client, ["x"])
    else:
        assert tasks.TASKS.read(client, ["x"]).matching == known


@pytest.mark.parametrize(
    "body", [None, [], {}, {"task": None}, {"task": []}, {"task": {}}, {"task": {"id": 5}}, {"task": {"id": ""}}]
)
def test_e3_e4_f13_f14_what_is_no_task_is_refused(client: SimplivityClient, body: Any) -> None:
    with pytest.raises(Failure) as refused:
        tasks.as_task(body, client, "/x")
    assert refused.value.kind == "bad_response"


def test_f11_the_task_of_somebody_else_is_refused(client: SimplivityClient) -> None:
    with pytest.raises(Failure, match="other than the one asked for"):
        tasks.as_task(svt_task(id="other"), client, "/x", "mine")


@pytest.mark.parametrize("id", [".", "..", "a/../b", "a b", "{'id': 'a'}"])
def test_l5_a_part_of_an_address_is_no_id(id: str) -> None:
    with pytest.raises(Failure) as refused:
        tasks.TASKS.query({"id": [TASK_ID, id]}, 0)
    assert (refused.value.kind, refused.value.sent) == ("input", False)
    assert refused.value.message.startswith(f"id: '{id}' is not an id; give ids as they were returned")


def test_a_task_is_read_by_its_long_id(http: Any, runtime: Runtime) -> None:
    link = Transport("https://svt.example.com:443/api", Verify(True, None), Clock(), lambda: None)
    client = SimplivityClient(link, runtime, 60, access_token="token")
    http.expect("GET", TASK_PATH, reply=svt_task())
    http.expect("GET", TASK_PATH, status=404)
    http.expect("GET", TASK_PATH, status=403)
    found = tasks.read(client, TASK_ID)
    assert found is not None and found.id == TASK_ID
    assert tasks.read(client, TASK_ID) is None
    with pytest.raises(Failure):
        tasks.read(client, TASK_ID)
