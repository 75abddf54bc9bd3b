# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What both clients share: one token, one renewal, repeats of reads, secrets out of every failure."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.safehold.backup.plugins.module_utils._acronis.client import connect as connect_acronis
from ansible_collections.safehold.backup.plugins.module_utils._core.client import Client, Runtime
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.requests_import import requests
from ansible_collections.safehold.backup.plugins.module_utils._core.schedule import Schedule, at_once
from ansible_collections.safehold.backup.plugins.module_utils._core.transport import path_segment
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import client as svt
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.client import SimplivityClient
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

DEFAULTS = {"port": 443, "validate_certs": True, "ca_path": None, "request_timeout": 60.0}


def simplivity(runtime: Runtime, **params: Any) -> SimplivityClient:
    return svt.connect({**DEFAULTS, **params}, runtime)


def acronis(runtime: Runtime, **params: Any) -> AcronisClient:
    return connect_acronis({**DEFAULTS, **params}, runtime)


def expect_login(http: Any, token: Any = TOKEN, **parts: Any) -> None:
    http.expect("POST", "/api/oauth/token", **{"reply": {"access_token": token, "expires_in": 86399}, **parts})


def expect_get(http: Any, token: str, **parts: Any) -> None:
    parts.setdefault("reply", {"ok": True})
    http.expect("GET", "/api/things", headers={"Authorization": f"Bearer {token}"}, **parts)


def expect_401(http: Any, token: str, method: str = "GET") -> None:
    headers = {"Authorization": f"Bearer {token}"}
    http.expect(method, "/api/things", headers=headers, status=401, reply=expired(token))


def expect_revoke(http: Any, token: str, **parts: Any) -> None:
    http.expect("GET", "/api/oauth/revoke", headers={"Authorization": f"Bearer {token}"}, **parts)


def test_the_first_call_logs_in_and_the_next_ones_use_the_token(http: Any, runtime: Runtime, messages: Any) -> None:
    form = {"grant_type": "password", "username": SVT["username"], "password": PASSWORD}
    expect_login(http, form=form, headers={"Authorization": "Basic c2ltcGxpdml0eTo="})
    expect_get(http, TOKEN)
    expect_get(http, TOKEN)
    expect_revoke(http, TOKEN)
    with simplivity(runtime, **SVT) as client:
        assert client.get("/things") == {"ok": True}
        assert client.get("/things") == {"ok": True}
    assert messages.masked == [PASSWORD, TOKEN]
    assert runtime.requests == 4


def test_a_request_whose_time_is_up_when_its_turn_comes_is_not_sent(http: Any, runtime: Runtime) -> None:
    client = simplivity(runtime, host=SVT["host"], access_token=GIVEN_TOKEN)
    with pytest.raises(Failure, match="the time was up before the request was sent") as raised:
        client.post("/things", b"{}", {}, Deadline(Clock(), 0))
    assert (raised.value.kind, raised.value.sent) == ("timeout", False)
    assert runtime.requests == 0


def test_nothing_is_opened_and_nothing_closed_when_nothing_is_asked(http: Any, runtime: Runtime) -> None:
    with simplivity(runtime, **SVT):
        pass


def test_a_token_that_was_handed_in_is_used_and_left_alone(http: Any, runtime: Runtime, messages: Any) -> None:
    expect_get(http, GIVEN_TOKEN)
    with simplivity(runtime, **SVT_TOKEN) as client:
        client.get("/things")
    assert messages.masked == [GIVEN_TOKEN]


def test_d2_g12_a_token_that_died_is_renewed_once_and_both_are_revoked(http: Any, runtime: Runtime) -> None:
    expect_login(http)
    expect_401(http, TOKEN)
    expect_login(http, SECOND_TOKEN)
    expect_get(http, SECOND_TOKEN)
    expect_revoke(http, TOKEN, status=401, reply=expired(TOKEN))
    expect_revoke(http, SECOND_TOKEN)
    with simplivity(runtime, **SVT) as client:
        assert client.get("/things") == {"ok": True}


def test_d3_a_second_401_ends_the_call(http: Any, runtime: Runtime) -> None:
    expect_login(http)
    expect_401(http, TOKEN)
    expect_login(http, SECOND_TOKEN)
    expect_401(http, SECOND_TOKEN)
    client = simplivity(runtime, **SVT)
    with pytest.raises(Failure) as raised:
        client.get("/things")
    assert raised.value.kind == "auth"
    for token in (TOKEN, SECOND_TOKEN):
        assert token not in raised.value.message
        assert token not in str(raised.value.detail)


def test_d4_a_401_on_a_write_renews_and_sends_it_once_more(http: Any, runtime: Runtime) -> None:
    expect_login(http)
    expect_401(http, TOKEN, "POST")
    expect_login(http, SECOND_TOKEN)
    http.expect("POST", "/api/things", json_body={"a": 1}, headers={"Authorization": f"Bearer {SECOND_TOKEN}"})
    client = simplivity(runtime, **SVT)
    assert client.post_json("/things", {"a": 1}) is None


def test_a_401_of_a_token_that_cannot_be_renewed_is_told(http: Any, runtime: Runtime) -> None:
    expect_401(http, GIVEN_TOKEN)
    with pytest.raises(Failure) as raised:
        simplivity(runtime, **SVT_TOKEN).get("/things")
    assert raised.value.kind == "auth"
    assert GIVEN_TOKEN not in raised.value.message + str(raised.value.detail)


def test_a_token_that_died_is_replaced_when_there_are_credentials_too(http: Any, runtime: Runtime) -> None:
    expect_401(http, GIVEN_TOKEN)
    expect_login(http)
    expect_get(http, TOKEN)
    expect_revoke(http, TOKEN)
    with simplivity(runtime, **{**SVT, **SVT_TOKEN}) as client:
        client.get("/things")


def test_j8_a_log_out_waits_for_no_request_that_hangs(http: Any, runtime: Runtime) -> None:
    expect_login(http)
    expect_get(http, TOKEN)
    http.expect("GET", "/api/oauth/revoke")
    client = simplivity(runtime, **SVT)
    client.get("/things")
    client.throttle.limit = 1
    with client.throttle:
        client.close()
    assert http.lines()[-1] == "GET /api/oauth/revoke"


def test_many_threads_with_one_dead_token_log_in_once(http: Any, runtime: Runtime) -> None:
    http.in_order = False
    for _number in range(4):
        expect_401(http, GIVEN_TOKEN)
        expect_get(http, TOKEN)
    expect_login(http)
    client = simplivity(runtime, **{**SVT, **SVT_TOKEN})
    client.throttle.limit = 4
    all_refused = threading.Barrier(4)
    renew = client._renew

    def renew_together(refused: str, deadline: Deadline) -> str:
        all_refused.wait(5)
        return renew(refused, deadline)

    client._renew = renew_together
    answers = Schedule(Clock(), 4).run_all([at_once(lambda: client.get("/things")) for _number in range(4)])
    assert answers == [{"ok": True}] * 4


@pytest.mark.parametrize("status", [400, 401, 403])
def test_d1_a_wrong_password_is_tried_once(http: Any, runtime: Runtime, status: int) -> None:
    expect_login(http, status=status, reply={"error": "invalid_grant", "error_description": "Invalid credentials"})
    with pytest.raises(Failure) as raised:
        simplivity(runtime, **SVT).get("/things")
    assert raised.value.kind == "auth"
    assert "refused the login: Invalid credentials" in raised.value.message
    assert raised.value.sent is False


def test_d8_a_password_that_was_refused_is_not_tried_by_later_calls(http: Any, runtime: Runtime) -> None:
    expect_login(http)
    expect_401(http, TOKEN)
    expect_login(http, status=400, reply={"error": "invalid_grant", "error_description": "Invalid credentials"})
    expect_401(http, TOKEN)  # without a login after it
    client = simplivity(runtime, **SVT)
    for _call in range(2):
        with pytest.raises(Failure) as raised:
            client.get("/things")
        assert "refused the login: Invalid credentials" in raised.value.message
        assert (raised.value.kind, raised.value.http_status, raised.value.sent) == ("auth", 400, False)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": None},
        {"access_token": 5},
        {"access_token": ""},
        {"access_token": "with\nnewline"},
        {"access_token": "with blank"},
        {"access_token": "wïth-umlaut"},
        {"access_token": "x" * 1_000_000},
        [],
        "token",
        None,
    ],
)
def test_d5_a_login_answer_without_a_usable_token_is_refused_and_not_quoted(
    http: Any, runtime: Runtime, answer: Any
) -> None:
    expect_login(http, reply=b"null" if answer is None else answer)
    client = simplivity(runtime, **SVT)
    with pytest.raises(Failure) as raised:
        client.token(Deadline(Clock(), 60))
    assert raised.value.kind == "bad_response"
    assert "with" not in raised.value.message.replace("without a usable access_token", "")


def test_d5_a_read_logs_in_once_when_the_answer_holds_no_token(http: Any, runtime: Runtime) -> None:
    expect_login(http, reply={"access_token": None})
    with pytest.raises(Failure, match="without a usable access_token"):
        simplivity(runtime, **SVT).get("/things")


def test_k13_a_secret_that_is_cut_in_two_by_the_length_of_a_message_is_hidden_whole(
    http: Any, runtime: Runtime
) -> None:
    message = "x" * 290 + " " + GIVEN_TOKEN
    http.expect("GET", "/api/things", status=400, reply={"message": message, "status": "400"})
    with pytest.raises(Failure) as raised:
        simplivity(runtime, **SVT_TOKEN).get("/things")
    assert raised.value.detail is not None
    assert GIVEN_TOKEN[:6] not in raised.value.message + raised.value.detail


@pytest.mark.parametrize("form", [PASSWORD, PASSWORD.upper()])
def test_k13_a_password_that_the_server_echoes_is_hidden(http: Any, runtime: Runtime, form: str) -> None:
    expect_login(http, status=400, reply={"error": "invalid_grant", "error_description": f"no user with {form}"})
    with pytest.raises(Failure) as raised:
        simplivity(runtime, **SVT).get("/things")
    assert form not in raised.value.message + str(raised.value.detail)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_d20_a_read_is_repeated(http: Any, runtime: Runtime, status: int) -> None:
    expect_get(http, GIVEN_TOKEN, status=status, reply=b"<html>")
    expect_get(http, GIVEN_TOKEN)
    assert simplivity(runtime, **SVT_TOKEN).get("/things") == {"ok": True}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"raises": requests.exceptions.ConnectionError(), "sent": False}, id="A1"),
        pytest.param({"raises": requests.exceptions.ReadTimeout()}, id="A7"),
        pytest.param({"reply": b"<html>maintenance</html>"}, id="D25-E2"),
        pytest.param({"reply": b""}, id="E1"),
        pytest.param({"reply": b'{"ok": tr'}, id="B5"),
    ],
)
def test_a_read_that_met_a_passing_fault_is_repeated(http: Any, runtime: Runtime, fault: Any) -> None:
    expect_get(http, GIVEN_TOKEN, **fault)
    expect_get(http, GIVEN_TOKEN)
    assert simplivity(runtime, **SVT_TOKEN).get("/things") == {"ok": True}


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 415, 501, 505, 507])
def test_d12_d22_a_read_that_is_refused_is_not_repeated(http: Any, runtime: Runtime, status: int) -> None:
    expect_get(http, GIVEN_TOKEN, status=status)
    with pytest.raises(Failure) as raised:
        simplivity(runtime, **SVT_TOKEN).get("/things")
    assert raised.value.http_status == status
    assert (raised.value.method, raised.value.path) == ("GET", "/things")


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_d21_a_write_is_sent_once(http: Any, runtime: Runtime, status: int) -> None:
    http.expect("POST", "/api/things", status=status)
    with pytest.raises(Failure):
        simplivity(runtime, **SVT_TOKEN).post_json("/things", {})


def test_d16_the_pause_that_the_server_asks_for_is_kept(http: Any, runtime: Runtime, fake_time: Any) -> None:
    expect_get(http, GIVEN_TOKEN, status=429, reply_headers={"Retry-After": "7"})
    expect_get(http, GIVEN_TOKEN)
    simplivity(runtime, **SVT_TOKEN).get("/things")
    assert fake_time.slept == [7.0]


def test_d19_a_server_that_always_asks_to_slow_down_ends_the_read(http: Any, runtime: Runtime, fake_time: Any) -> None:
    expect_get(http, GIVEN_TOKEN, status=429, reply_headers={"Retry-After": "3"}, repeats=True)
    with pytest.raises(Failure) as raised:
        simplivity(runtime, **SVT_TOKEN).get("/things")
    assert raised.value.kind == "rate_limited"


@pytest.mark.parametrize("status", [429, 502])
def test_a_busy_server_halves_the_number_of_requests_at_once(http: Any, runtime: Runtime, status: int) -> None:
    expect_get(http, GIVEN_TOKEN, status=status)
    expect_get(http, GIVEN_TOKEN)
    client = simplivity(runtime, **SVT_TOKEN)
    client.throttle.limit = 8
    client.get("/things")
    assert client.throttle.limit == 4


@pytest.mark.parametrize(
    "end", [{}, {"status": 401}, {"status": 500}, {"raises": requests.exceptions.ReadTimeout()}, {"status": 302}]
)
def test_closing_never_raises(http: Any, runtime: Runtime, end: Mapping[str, Any]) -> None:
    expect_login(http)
    expect_get(http, TOKEN)
    expect_revoke(http, TOKEN, **end)
    with simplivity(runtime, **SVT) as client:
        client.get("/things")
    client.close()


def test_a_session_is_ended_when_the_work_fails(http: Any, runtime: Runtime) -> None:
    expect_login(http)
    expect_revoke(http, TOKEN)

    def fail(client: SimplivityClient) -> None:
        with client:
            client.token()
            raise KeyError

    with pytest.raises(KeyError):
        fail(simplivity(runtime, **SVT))


def test_c13_ids_stay_one_segment_when_they_travel(http: Any, runtime: Runtime) -> None:
    http.expect("GET", "/api/things/..%2Foauth%3Fx", reply={"thing": {}})
    client = simplivity(runtime, **SVT_TOKEN)
    assert client.get_object("/things/" + path_segment("../oauth?x"), "thing") == {}


# options


@pytest.mark.parametrize(
    ("params", "option"),
    [
        ({**SVT, "host": "https://svt.example.com"}, "host"),
        ({**SVT, "host": "svt.example.com:443"}, "host"),
        ({**SVT, "host": "svt.example.com\n"}, "host"),
        ({**SVT, "port": 0}, "port"),
        ({**SVT, "port": 99999}, "port"),
        ({**SVT, "password": None}, "password"),
        ({**SVT, "password": "p4ss\n"}, "password"),
        ({**SVT, "username": "admin\n"}, "username"),
        ({**SVT, "username": "admin\udcff"}, "username"),
        ({"host": "svt"}, "username"),
        ({"host": "svt", "access_token": "with blank"}, "access_token"),
        ({**SVT, "ca_path": "/no/such/file"}, "ca_path"),
        ({**SVT, "request_timeout": 0}, "request_timeout"),
    ],
)
def test_l1_l3_simplivity_options_that_cannot_work_are_refused(runtime: Runtime, params: Any, option: str) -> None:
    with pytest.raises(Failure) as refused:
        simplivity(runtime, **params)
    assert (refused.value.kind, refused.value.sent) == ("input", False)
    assert refused.value.message.startswith(f"{option}: ")


@pytest.mark.parametrize(
    ("params", "option"),
    [
        ({**ACRONIS, "datacenter_url": "http://eu2-cloud.example.com"}, "datacenter_url"),
        ({**ACRONIS, "client_secret": None}, "client_secret"),
        ({**ACRONIS, "client_secret": "x\n"}, "client_secret"),
        ({**ACRONIS, "client_id": "x\n"}, "client_id"),
        ({**ACRONIS, "tenant_id": "1496265"}, "tenant_id"),
        ({**ACRONIS, "tenant_id": "ede9f834-70b3-476c-83d9-736f9f8c7dae\n"}, "tenant_id"),
        ({"datacenter_url": "https://eu2"}, "client_id"),
        ({"datacenter_url": "https://eu2", "access_token": "tökén"}, "access_token"),
    ],
)
def test_l1_l3_acronis_options_that_cannot_work_are_refused(runtime: Runtime, params: Any, option: str) -> None:
    with pytest.raises(Failure) as refused:
        acronis(runtime, **params)
    assert (refused.value.kind, refused.value.sent) == ("input", False)
    assert refused.value.message.startswith(f"{option}: ")


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("2001:db8::1", "https://[2001:db8::1]:443/api"),
        ("[2001:db8::1]", "https://[2001:db8::1]:443/api"),
        ("10.0.0.5", "https://10.0.0.5:443/api"),
    ],
)
def test_l1_an_address_becomes_a_base_url(runtime: Runtime, host: str, base: str) -> None:
    assert simplivity(runtime, **{**SVT, "host": host}).transport.base_url == base


def test_secrets_are_masked_before_anything_is_checked(runtime: Runtime, messages: Any) -> None:
    with pytest.raises(Failure):
        simplivity(runtime, **{**SVT, "host": "no host"})
    assert PASSWORD in messages.masked
    with pytest.raises(Failure):
        acronis(runtime, **{**ACRONIS, "datacenter_url": "no url"})
    assert CLIENT_SECRET in messages.masked


def test_a_client_without_credentials_says_so(runtime: Runtime) -> None:
    client = AcronisClient(None, runtime, 60)
    with pytest.raises(Failure, match="no access_token and no credentials"):
        client.token(Deadline(Clock(), 1))


def test_a_back_end_must_say_how_it_logs_in(runtime: Runtime) -> None:
    client = Client(None, runtime, 60)
    for unsaid in (client.can_login, lambda: client.login(Deadline(Clock(), 1)), lambda: client.failure(None, "", "")):
        with pytest.raises(NotImplementedError):
            unsaid()
    client.close()


# Acronis


ACRONIS_LOGIN = "/api/2/idp/token"
TENANT = "ede9f834-70b3-476c-83d9-736f9f8c7dae"
SCOPE = f"urn:acronis.com:tenant-id:{TENANT}"
BASIC = "Basic " + base64.b64encode(f"{ACRONIS['client_id']}:{CLIENT_SECRET}".encode()).decode()


def expect_acronis_login(http: Any, token: str = TOKEN, **parts: Any) -> None:
    form = {"grant_type": "client_credentials"}
    parts = {"form": form, "headers": {"Authorization": BASIC}, "reply": {"access_token": token}, **parts}
    http.expect("POST", ACRONIS_LOGIN, **parts)


def test_acronis_logs_in_with_the_client_and_revokes_its_token(http: Any, runtime: Runtime, messages: Any) -> None:
    expect_acronis_login(http)
    http.expect("GET", "/things", headers={"Authorization": f"Bearer {TOKEN}"}, reply={})
    http.expect("POST", "/api/2/idp/revoke_token", form={"token": TOKEN, "token_type_hint": "access_token"})
    with acronis(runtime, **ACRONIS) as client:
        client.get("/things")
    assert messages.masked == [CLIENT_SECRET, TOKEN]


def test_a_tenant_exchanges_the_token_and_masks_both(http: Any, runtime: Runtime, messages: Any) -> None:
    expect_acronis_login(http)
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    form = {"grant_type": grant, "assertion": TOKEN, "scope": SCOPE}
    expect_acronis_login(http, SECOND_TOKEN, form=form, headers={"Authorization": f"Bearer {TOKEN}"})
    client = acronis(runtime, **ACRONIS, tenant_id=TENANT)
    assert client.token(Deadline(Clock(), 60)) == SECOND_TOKEN
    assert messages.masked == [CLIENT_SECRET, TOKEN, SECOND_TOKEN]


@pytest.mark.parametrize("code", ["unsupported_grant_type", "invalid_grant"])
def test_a_datacenter_that_knows_no_exchange_gets_the_scope_in_the_login(
    http: Any, runtime: Runtime, code: str
) -> None:
    expect_acronis_login(http)
    expect_acronis_login(http, form=None, headers={}, status=400, reply={"error": code})
    expect_acronis_login(http, SECOND_TOKEN, form={"grant_type": "client_credentials", "scope": SCOPE})
    client = acronis(runtime, **ACRONIS, tenant_id=TENANT)
    assert client.token(Deadline(Clock(), 60)) == SECOND_TOKEN


@pytest.mark.parametrize("statuses", [[403], [401], [400, 400], [400, 403]])
def test_a_tenant_that_is_not_below_the_client_is_told(http: Any, runtime: Runtime, statuses: list[int]) -> None:
    """The client's own credentials have just been accepted, so they are not what to check."""
    expect_acronis_login(http)
    for status in statuses:
        expect_acronis_login(http, form=None, headers={}, status=status, reply={"error": "access_denied"})
    with pytest.raises(Failure) as raised:
        acronis(runtime, **ACRONIS, tenant_id=TENANT).token(Deadline(Clock(), 60))
    assert raised.value.message.startswith("tenant_id: Acronis refused the login: access_denied")
    assert "below the API client's own" in raised.value.message
    assert "client_secret" not in raised.value.message
    assert raised.value.kind == "auth"


def test_d1_a_wrong_client_secret_is_tried_once(http: Any, runtime: Runtime) -> None:
    expect_acronis_login(http, status=401, reply={"error": "access_denied", "error_description": "no"})
    with pytest.raises(Failure) as raised:
        acronis(runtime, **ACRONIS).get("/things")
    assert raised.value.kind == "auth"
    assert "refused the login: access_denied, no; check client_id" in raised.value.message


def test_d2_acronis_renews_too(http: Any, runtime: Runtime) -> None:
    http.expect("GET", "/things", headers={"Authorization": f"Bearer {GIVEN_TOKEN}"}, status=401, reply=b"<html>")
    expect_acronis_login(http)
    http.expect("GET", "/things", headers={"Authorization": f"Bearer {TOKEN}"}, reply={"a": 1})
    assert acronis(runtime, **{**ACRONIS, **ACRONIS_TOKEN}).get("/things") == {"a": 1}
