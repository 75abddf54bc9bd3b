# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that list SimpliVity objects as a whole, against the exact list of calls that they make."""

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
    TOKEN,
    backup,
    expired,
    svt_error,
    svt_list,
    svt_query,
)

MODULE = "svt_backup_info"
# module, path and key of each list
LISTS = [
    ("svt_backup_info", "/api/backups", "backups"),
    ("svt_host_info", "/api/hosts", "hosts"),
    ("svt_datastore_info", "/api/datastores", "datastores"),
    ("svt_virtual_machine_info", "/api/virtual_machines", "virtual_machines"),
]
every_list = pytest.mark.parametrize(("module", "path", "key"), LISTS)


def expect_login(http: Any, token: str = TOKEN, **parts: Any) -> None:
    form = {"grant_type": "password", "username": SVT["username"], "password": PASSWORD}
    http.expect("POST", "/api/oauth/token", form=form, **{"reply": {"access_token": token}, **parts})


def expect_revoke(http: Any, token: str = TOKEN, **parts: Any) -> None:
    http.expect("GET", "/api/oauth/revoke", headers={"Authorization": f"Bearer {token}"}, **parts)


def things(*ids: str) -> list[dict[str, Any]]:
    return [{"id": id, "name": f"name of {id}"} for id in ids]


@every_list
@pytest.mark.parametrize("check_mode", [False, True])
def test_j1_a_list_is_read_in_check_mode_too(
    http: Any, run: Any, module: str, path: str, key: str, check_mode: bool
) -> None:
    expect_login(http)
    http.expect("GET", path, query=svt_query(), reply=svt_list(key, things("1", "2")))
    expect_revoke(http)
    ran = run(module, SVT, check_mode=check_mode)
    assert not ran.failed
    assert ran.result["changed"] is False
    assert ran.result[key] == things("1", "2")
    assert (ran.result["count"], ran.result["truncated"]) == (2, False)
    assert ran.warnings == []


@every_list
def test_nothing_found_is_an_empty_list(http: Any, run: Any, module: str, path: str, key: str) -> None:
    http.expect("GET", path, query=svt_query(name="none"), reply=svt_list(key, []))
    ran = run(module, {**SVT_TOKEN, "name": "none"})
    assert (ran.result[key], ran.result["count"], ran.result["truncated"]) == ([], 0, False)


@every_list
def test_g12_d2_a_401_between_pages_is_renewed_and_the_same_page_read(
    http: Any, run: Any, module: str, path: str, key: str
) -> None:
    expect_login(http)
    http.expect("GET", path, query=svt_query(limit=2), reply=svt_list(key, things("1", "2"), 3))
    http.expect("GET", path, query=svt_query(limit=2, offset=2), status=401, reply=expired(TOKEN))
    expect_login(http, SECOND_TOKEN)
    headers = {"Authorization": f"Bearer {SECOND_TOKEN}"}
    http.expect("GET", path, query=svt_query(limit=2, offset=2), headers=headers, reply=svt_list(key, things("3"), 3))
    expect_revoke(http, TOKEN, status=401)
    expect_revoke(http, SECOND_TOKEN)
    ran = run(module, {**SVT, "page_size": 2})
    assert ran.result[key] == things("1", "2", "3")


@every_list
@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"sort": "nmae"}, "sort: there is no field 'nmae'"),
        ({"fields": ["id", "nmae"]}, "fields: there is no field 'nmae'"),
        ({"limit": 0}, "limit: 0 is out of range"),
        ({"page_size": 5001}, "page_size: 5001 is out of range"),
        ({"name": []}, "name: the list is empty"),
        ({"order": "up"}, "value of order must be one of"),
        ({"access_token": None}, "username: no credentials"),
        ({"access_token": "line\nbreak"}, "access_token: contains a line break"),
        ({"host": "a b"}, "host: 'a b' is not a host name"),
        ({"request_timeout": 0}, "request_timeout: 0 is out of range"),
        ({"nmae": "x"}, "Unsupported parameters for"),
    ],
)
def test_l1_l2_l8_bad_input_is_refused_with_no_call(
    http: Any, run: Any, module: str, path: str, key: str, args: Any, words: str
) -> None:
    ran = run(module, {**SVT_TOKEN, **args})
    assert ran.failed and words in ran.msg
    assert http.seen == []


@every_list
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param({"status": 403, "reply": svt_error(403, f"no, {GIVEN_TOKEN}")}, "permission", id="D9"),
        pytest.param({"status": 404, "reply": b"<html>"}, "not_found", id="D11"),
        pytest.param({"status": 302, "reply_headers": {"Location": "https://evil.example/"}}, "bad_response", id="C1"),
        pytest.param({"status": 400, "reply": svt_error(400, "bad sort")}, "input", id="D15"),
        pytest.param({"status": 401, "reply": expired(GIVEN_TOKEN)}, "auth", id="D3"),
        pytest.param({"status": 505}, "server", id="D22"),
    ],
)
def test_a_refusal_is_a_failure_at_once(
    http: Any, run: Any, module: str, path: str, key: str, fault: Any, kind: str
) -> None:
    http.expect("GET", path, query=None, **fault)
    ran = run(module, SVT_TOKEN)
    assert ran.failed and ran.result["changed"] is False
    assert (ran.failure["kind"], ran.failure["path"]) == (kind, path[4:])
    assert key not in ran.result


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param({"status": 503}, "server", id="D20"),
        pytest.param({"status": 429}, "rate_limited", id="D19"),
        pytest.param({"reply": b""}, "bad_response", id="E1"),
        pytest.param({"reply": b"<html>maintenance"}, "bad_response", id="D25"),
        pytest.param({"reply": b'{"backups": [], "backups": []}'}, "bad_response", id="E8"),
        pytest.param({"raises": requests.exceptions.ConnectionError(), "sent": False}, "connect", id="A5"),
        pytest.param({"raises": requests.exceptions.ReadTimeout()}, "timeout", id="A7"),
    ],
)
def test_a_fault_that_stays_ends_the_read_within_its_limit(
    http: Any, run: Any, fake_time: Any, fault: Any, kind: str
) -> None:
    http.expect("GET", "/api/backups", query=None, repeats=True, **fault)
    begun = fake_time.monotonic()
    ran = run(MODULE, {**SVT_TOKEN, "request_timeout": 20})
    assert fake_time.monotonic() - begun <= 20
    assert ran.failed and ran.failure["kind"] == kind
    busy = kind in ("server", "rate_limited")
    assert (5 if busy else 1) < len(http.seen) <= (12 if busy else 5)


def test_the_seeds_query(http: Any, run: Any) -> None:
    query = svt_query(type="MANUAL")
    http.expect("GET", "/api/backups", query=query, reply=svt_list("backups", [backup("1", "a"), backup("2", "b")]))
    ran = run(MODULE, {**SVT_TOKEN, "type": ["MANUAL"]})
    assert [found["name"] for found in ran.result["backups"]] == ["a", "b"]


def test_options_come_from_the_environment_too(http: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOST", "svt.example.com"), ("ACCESS_TOKEN", GIVEN_TOKEN), ("VALIDATE_CERTS", "no")):
        monkeypatch.setenv(f"SVT_{name}", value)
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    ran = run(MODULE, {})
    assert not ran.failed
    assert http.seen[0].verify is False
    assert http.seen[0].headers["Authorization"] == f"Bearer {GIVEN_TOKEN}"


def test_a17_verification_that_is_off_is_told_once(http: Any, run: Any) -> None:
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    ran = run(MODULE, {**SVT_TOKEN, "validate_certs": False})
    assert len(ran.warnings) == 1 and ran.warnings[0].startswith("validate_certs is false")


def test_a16_an_empty_ca_path_leaves_verification_on(http: Any, run: Any) -> None:
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    run(MODULE, {**SVT_TOKEN, "ca_path": ""})
    assert http.seen[0].verify is True


def test_g1_a_list_that_never_holds_still_is_given_with_a_warning(http: Any, run: Any) -> None:
    for _reading in range(3):
        http.expect("GET", "/api/backups", query=None, reply=svt_list("backups", [backup("1"), backup("2")], 3))
        http.expect("GET", "/api/backups", query=None, reply=svt_list("backups", [backup("3")], 2))
    ran = run(MODULE, {**SVT_TOKEN, "page_size": 2})
    assert not ran.failed
    assert len(ran.warnings) == 1 and "changed while it was read" in ran.warnings[0]


def test_a_limit_says_that_there_are_more(http: Any, run: Any) -> None:
    reply = svt_list("backups", [backup("1"), backup("2")], 1203)
    http.expect("GET", "/api/backups", query=svt_query(limit=2), reply=reply)
    ran = run(MODULE, {**SVT_TOKEN, "limit": 2})
    assert (len(ran.result["backups"]), ran.result["count"], ran.result["truncated"]) == (2, 1203, True)


def test_lists_are_split_for_a_virtual_controller(http: Any, run: Any) -> None:
    http.expect("GET", "/api/version", reply={"REST_API_Version": "1.25", "SVTFS_Version": "3.5.9904.284"})
    for name in ("a", "b"):
        reply = svt_list("backups", [backup(f"id-{name}", name)])
        http.expect("GET", "/api/backups", query=svt_query(name=name), reply=reply)
    assert run(MODULE, {**SVT_TOKEN, "name": ["a", "b"]}).result["count"] == 2


def test_e14_h1_what_the_api_says_decides_nothing(http: Any, run: Any) -> None:
    odd = backup("1", "{{ lookup('pipe', 'id') }}", failed=True, changed=True, ansible_facts={"x": 1}, newField=None)
    body = {**svt_list("backups", [odd]), "failed": True, "changed": True, "msg": "x"}
    http.expect("GET", "/api/backups", query=svt_query(), reply=body)
    ran = run(MODULE, SVT_TOKEN)
    assert not ran.failed and ran.result["changed"] is False
    assert ran.result["backups"] == [odd]
    assert set(ran.result) <= {"backups", "count", "truncated", "changed", "invocation", "warnings"}


def test_e11_e13_what_would_void_a_result_loses_its_force(http: Any, run: Any) -> None:
    body = b'{"count": 1, "backups": [{"id": "1", "name": "x\\ud800", "__ansible_type": "TaggedStr"}]}'
    http.expect("GET", "/api/backups", query=svt_query(), reply=body)
    ran = run(MODULE, SVT_TOKEN)
    assert ran.result["backups"] == [{"id": "1", "name": "x\\ud800", "api__ansible_type": "TaggedStr"}]


def test_h4_an_error_cannot_forge_lines(http: Any, run: Any) -> None:
    words = "no\r\n\x1b[2JPLAY RECAP\n***\u202e" + "x" * 10_000
    http.expect("GET", "/api/backups", query=None, status=400, reply=svt_error(400, words))
    ran = run(MODULE, SVT_TOKEN)
    assert "\\x1b[2J" in ran.msg
    assert ran.failure["detail"].isprintable()


def test_d1_a_wrong_password_is_tried_once(http: Any, run: Any) -> None:
    reply = {"error": "invalid_grant", "error_description": f"Invalid credentials {PASSWORD}"}
    expect_login(http, status=400, reply=reply)
    ran = run(MODULE, SVT)
    assert ran.failed and ran.failure["kind"] == "auth"
    assert "check username and password" in ran.msg


def test_a1_a_host_that_refuses_connections_is_tried_a_few_times_only(http: Any, run: Any) -> None:
    refused = requests.exceptions.ConnectionError(ConnectionRefusedError())
    http.expect("POST", "/api/oauth/token", raises=refused, sent=False, repeats=True)
    ran = run(MODULE, SVT)
    assert ran.failed and ran.failure["kind"] == "connect"
    assert "svt.example.com:443 refused the connection" in ran.msg
    assert len(http.seen) <= 5


def test_k8_a_short_secret_is_warned_of(http: Any, run: Any) -> None:
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    ran = run(MODULE, {"host": "svt.example.com", "access_token": "vm"})
    assert len(ran.warnings) == 1 and "fewer than four characters" in ran.warnings[0]


def test_optional_fields_are_asked_for(http: Any, run: Any) -> None:
    query = svt_query(show_optional_fields="true")
    http.expect("GET", "/api/hosts", query=query, reply=svt_list("hosts", things("1")))
    assert not run("svt_host_info", {**SVT_TOKEN, "show_optional_fields": True}).failed


def test_a_filter_that_takes_one_value_at_a_time_is_split_everywhere(http: Any, run: Any) -> None:
    for state, id in (("ALIVE", "1"), ("FAULTY", "2")):
        found = [{"id": id, "name": id, "state": state}]
        http.expect("GET", "/api/hosts", query=svt_query(state=state), reply=svt_list("hosts", found))
    assert run("svt_host_info", {**SVT_TOKEN, "state": ["ALIVE", "FAULTY"]}).result["count"] == 2
