# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""svt_token and acronis_token as a whole."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests
from ansible_collections.safehold.backup.tests.unit.fake_time import WALL
from ansible_collections.safehold.backup.tests.unit.samples import (
    ACRONIS,
    ACRONIS_TOKEN,
    CLIENT_SECRET,
    GIVEN_TOKEN,
    PASSWORD,
    SECOND_TOKEN,
    SVT,
    SVT_TOKEN,
    TOKEN,
    expired,
)

SHOWN = (TOKEN,)
TENANT = "ede9f834-70b3-476c-83d9-736f9f8c7dae"
BASIC = "Basic " + base64.b64encode(f"{ACRONIS['client_id']}:{CLIENT_SECRET}".encode()).decode()


def expect_svt_login(http: Any, **parts: Any) -> None:
    form = {"grant_type": "password", "username": SVT["username"], "password": PASSWORD}
    http.expect("POST", "/api/oauth/token", form=form, **parts)


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_session_is_opened_and_stays_open(http: Any, run: Any, check_mode: bool) -> None:
    expect_svt_login(http, reply={"access_token": TOKEN, "expires_in": 83649})
    ran = run("svt_token", SVT, shown=SHOWN, no_log=True, check_mode=check_mode)
    assert not ran.failed
    assert {key: ran.result[key] for key in ("changed", "access_token", "expires_in")} == {
        "changed": False,
        "access_token": TOKEN,
        "expires_in": 83649,
    }
    assert ran.warnings == []


def test_a_task_that_would_show_the_token_is_warned_of(http: Any, run: Any) -> None:
    expect_svt_login(http, reply={"access_token": TOKEN, "expires_in": 1})
    ran = run("svt_token", SVT, shown=SHOWN)
    assert len(ran.warnings) == 1 and "no_log: true" in ran.warnings[0]


@pytest.mark.parametrize("expires_in", [None, 0, -5, "3600", True, [], 1.5])
def test_d6_a_lifetime_that_makes_no_sense_is_not_told(http: Any, run: Any, expires_in: Any) -> None:
    expect_svt_login(http, reply={"access_token": TOKEN, "expires_in": expires_in})
    ran = run("svt_token", SVT, shown=SHOWN, no_log=True)
    assert not ran.failed and ran.result["expires_in"] is None


@pytest.mark.parametrize("token", [None, 5, "", f"{TOKEN}\n", f"{TOKEN} x"])
def test_d5_a_token_that_cannot_be_used_is_refused_and_not_shown(http: Any, run: Any, token: Any) -> None:
    http.expect("POST", "/api/oauth/token", repeats=True, reply={"access_token": token})
    ran = run("svt_token", SVT)
    assert ran.failed and ran.failure["kind"] == "bad_response"


def test_a_session_is_ended(http: Any, run: Any) -> None:
    http.expect("GET", "/api/oauth/revoke", headers={"Authorization": f"Bearer {GIVEN_TOKEN}"})
    ran = run("svt_token", {**SVT_TOKEN, "state": "absent"})
    assert (ran.failed, ran.result["changed"], ran.result["ended"]) == (False, False, True)


def test_a_session_that_has_ended_already_is_no_failure(http: Any, run: Any) -> None:
    http.expect("GET", "/api/oauth/revoke", status=401, reply=expired(GIVEN_TOKEN))
    ran = run("svt_token", {**SVT_TOKEN, "state": "absent"})
    assert (ran.failed, ran.result["ended"]) == (False, False)


def test_a_session_that_cannot_be_ended_is_a_failure(http: Any, run: Any) -> None:
    http.expect("GET", "/api/oauth/revoke", status=500, reply=b"<html>")
    ran = run("svt_token", {**SVT_TOKEN, "state": "absent"})
    assert ran.failed and ran.failure["kind"] == "server"


@pytest.mark.parametrize(
    ("module", "args", "words"),
    [
        ("svt_token", SVT_TOKEN, "username: no credentials"),
        ("svt_token", {**SVT, "state": "absent"}, "access_token: is missing"),
        ("svt_token", {**SVT, "password": "x\n"}, "password: contains a line break"),
        ("svt_token", {**SVT, "state": "renewed"}, "value of state must be one of"),
        ("acronis_token", ACRONIS_TOKEN, "client_id: no credentials"),
        ("acronis_token", {**ACRONIS, "state": "absent"}, "access_token: is missing"),
        ("acronis_token", {**ACRONIS, "tenant_id": "12"}, "tenant_id: '12' is not a UUID"),
        ("acronis_token", {**ACRONIS, "datacenter_url": "http://x"}, "datacenter_url: 'http://x' does not begin"),
    ],
)
def test_l3_bad_input_is_refused_with_no_call(http: Any, run: Any, module: str, args: Any, words: str) -> None:
    ran = run(module, args)
    assert ran.failed and words in ran.msg
    assert http.seen == []


def test_d1_a_wrong_password_is_tried_once(http: Any, run: Any) -> None:
    expect_svt_login(http, status=400, reply={"error": "invalid_grant", "error_description": "Invalid credentials"})
    ran = run("svt_token", SVT)
    assert ran.failed
    assert (ran.failure["kind"], ran.failure["http_status"]) == ("auth", 400)
    assert (ran.failure["method"], ran.failure["path"]) == ("POST", "/oauth/token")


@pytest.mark.parametrize(
    ("answer", "expires_in"),
    [
        ({"expires_on": int(WALL) + 7200}, 7200),
        ({"expires_in": 7199, "expires_on": int(WALL) + 5}, 7199),
        ({"expires_on": int(WALL) - 5}, None),
        ({"expires_on": "soon"}, None),
        ({}, None),
    ],
)
def test_d6_acronis_tells_the_end_in_one_of_two_ways(http: Any, run: Any, answer: Any, expires_in: Any) -> None:
    form = {"grant_type": "client_credentials"}
    reply = {"access_token": TOKEN, **answer}
    http.expect("POST", "/api/2/idp/token", form=form, headers={"Authorization": BASIC}, reply=reply)
    ran = run("acronis_token", ACRONIS, shown=SHOWN, no_log=True)
    assert (ran.result["access_token"], ran.result["expires_in"]) == (TOKEN, expires_in)


def test_k2_of_two_tokens_only_the_tenants_is_handed_out(http: Any, run: Any) -> None:
    http.expect("POST", "/api/2/idp/token", reply={"access_token": SECOND_TOKEN})
    http.expect("POST", "/api/2/idp/token", reply={"access_token": TOKEN})
    form = {"token": SECOND_TOKEN, "token_type_hint": "access_token"}
    http.expect("POST", "/api/2/idp/revoke_token", form=form)
    ran = run("acronis_token", {**ACRONIS, "tenant_id": TENANT}, shown=SHOWN, no_log=True)
    assert ran.result["access_token"] == TOKEN


@pytest.mark.parametrize("end", [{}, {"status": 404}, {"status": 500}, {"raises": requests.exceptions.ReadTimeout()}])
def test_the_tokens_of_a_modules_own_logins_are_ended_and_nothing_hangs_on_it(http: Any, run: Any, end: Any) -> None:
    http.expect("POST", "/api/2/idp/token", reply={"access_token": SECOND_TOKEN})
    http.expect("POST", "/api/2/idp/token", reply={"access_token": TOKEN})
    http.expect("GET", "/api/task_manager/v2/tasks", query=None, reply={"items": [], "paging": {}})
    for token in (SECOND_TOKEN, TOKEN):
        form = {"token": token, "token_type_hint": "access_token"}
        http.expect("POST", "/api/2/idp/revoke_token", form=form, headers={"Authorization": BASIC}, **end)
    ran = run("acronis_task_info", {**ACRONIS, "tenant_id": TENANT})
    assert not ran.failed


@pytest.mark.parametrize(
    ("args", "authorization"), [(ACRONIS_TOKEN, f"Bearer {GIVEN_TOKEN}"), ({**ACRONIS, **ACRONIS_TOKEN}, BASIC)]
)
def test_acronis_tokens_are_revoked(http: Any, run: Any, args: Any, authorization: str) -> None:
    form = {"token": GIVEN_TOKEN, "token_type_hint": "access_token"}
    http.expect("POST", "/api/2/idp/revoke_token", form=form, headers={"Authorization": authorization})
    ran = run("acronis_token", {**args, "state": "absent"})
    assert (ran.failed, ran.result["changed"], ran.result["ended"]) == (False, False, True)


@pytest.mark.parametrize(("status", "kind"), [(401, "auth"), (403, "permission")])
def test_a_client_that_may_not_revoke_is_a_failure_as_the_token_still_works(
    http: Any, run: Any, status: int, kind: str
) -> None:
    http.expect("POST", "/api/2/idp/revoke_token", status=status)
    ran = run("acronis_token", {**ACRONIS, **ACRONIS_TOKEN, "state": "absent"})
    assert ran.failed and ran.failure["kind"] == kind


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 501])
def test_a_datacenter_that_cannot_revoke_is_no_failure(http: Any, run: Any, status: int) -> None:
    http.expect("POST", "/api/2/idp/revoke_token", status=status)
    ran = run("acronis_token", {**ACRONIS_TOKEN, "state": "absent"})
    assert (ran.failed, ran.result["ended"]) == (False, False)
