# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What surrounds every module: the guard against the unexpected, signals, a missing library, and the harness itself."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

import pytest
import requests
from ansible_collections.safehold.backup.plugins.module_utils._core import requests_import
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import bad_input
from ansible_collections.safehold.backup.plugins.module_utils._shapes import ansible_module
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import client
from ansible_collections.safehold.backup.tests.unit.http_script import Script
from ansible_collections.safehold.backup.tests.unit.module_runner import Ran, assert_no_secret
from ansible_collections.safehold.backup.tests.unit.samples import (
    ACRONIS_TOKEN,
    GIVEN_TOKEN,
    PASSWORD,
    SVT,
    SVT_TOKEN,
    TASK_ID,
    TASK_PATH,
    TOKEN,
    VM_ID,
    backup,
    svt_list,
    svt_query,
    svt_task,
)


def test_k3_the_unexpected_becomes_a_fixed_sentence(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> Any:
        raise ZeroDivisionError(f"words with {GIVEN_TOKEN}")

    monkeypatch.setattr(client, "connect", broken)
    ran = run("svt_backup_info", SVT_TOKEN)
    assert ran.failed and ran.failure["kind"] == "bad_response"
    assert "ZeroDivisionError in test_module_surroundings.py:" in ran.msg
    assert "words" not in ran.output


@pytest.mark.parametrize("caught", [True, False])
def test_k3_no_exception_is_being_handled_when_ansible_is_told_of_a_failure(
    run: Any, monkeypatch: pytest.MonkeyPatch, caught: bool
) -> None:
    """ansible-core 2.19 and newer print its text when they are asked for tracebacks."""
    handled: list[object] = []
    tell = ansible_module.ModuleHost.fail

    def told(self: Any, failure: Any) -> None:
        handled.append(sys.exc_info()[1])
        tell(self, failure)

    def broken(*args: Any) -> Any:
        raise bad_input("words of ours") if caught else ValueError(f"words with {GIVEN_TOKEN}")

    monkeypatch.setattr(ansible_module.ModuleHost, "fail", told)
    monkeypatch.setattr(client, "connect", broken)
    assert run("svt_backup_info", SVT_TOKEN).failed
    assert handled == [None]


def test_k3_a_result_that_ansible_refuses_is_not_quoted(http: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any, result: Any) -> None:
        raise TypeError(f"Value of unknown type: {GIVEN_TOKEN}")

    http.expect("GET", TASK_PATH, reply=svt_task("COMPLETED"))
    monkeypatch.setattr(ansible_module.ModuleHost, "exit", refuse)
    ran = run("svt_task_info", {**SVT_TOKEN, "id": [TASK_ID]})
    assert ran.failed and "TypeError in test_module_surroundings.py:" in ran.msg


def test_k13_the_code_of_an_error_is_no_place_for_a_secret(http: Any, run: Any) -> None:
    http.expect("GET", TASK_PATH, status=403, reply={"error_code": GIVEN_TOKEN.upper(), "message": "no"})
    ran = run("svt_task_info", {**SVT_TOKEN, "id": [TASK_ID]})
    assert ran.failure["code"] == "********"


def test_j18_a_missing_library_is_named(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ansible_module, "REQUESTS_IMPORT_ERROR", "Traceback ...")
    ran = run("svt_backup_info", SVT_TOKEN)
    assert ran.failed and "requests" in ran.msg and "Traceback" not in ran.output
    assert set(ran.failure) >= {"kind", "detail", "requests"}


@pytest.mark.parametrize(
    ("version", "too_old"),
    [("2.28.1", False), ("2.28.0", True), ("2.9.0", True), ("3.0", False), ("2.34.2", False), ("2.28.2.dev1", False)],
)
def test_j18_an_old_library_is_recognised(version: str, too_old: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests_import.requests, "__version__", version)
    assert requests_import.requests_too_old() is too_old


def stop(*args: Any) -> Any:
    os.kill(os.getpid(), signal.SIGTERM)
    # the handler runs at the next instruction of the main thread
    for _turn in range(1000):
        time.sleep(0)
    raise AssertionError("the signal did not arrive")


def test_j8_a_module_that_is_told_to_stop_says_so_and_ends_its_session(
    http: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    http.expect("POST", "/api/oauth/token", reply={"access_token": TOKEN})
    http.expect("GET", "/api/oauth/revoke", headers={"Authorization": f"Bearer {TOKEN}"})

    def get(self: Any, *args: Any, **options: Any) -> Any:
        self.token()
        return stop()

    monkeypatch.setattr(client.SimplivityClient, "get", get)
    ran = run("svt_backup_info", SVT)
    assert ran.failed
    assert "told to stop (SIGTERM)" in ran.msg


def test_j8_a_rename_that_is_told_to_stop_hands_out_its_task(http: Any, run: Any, fake_time: Any) -> None:
    http.expect("GET", "/api/backups/b1", reply={"backup": backup()})
    query = svt_query(name="new", virtual_machine_id=VM_ID)
    http.expect("GET", "/api/backups", query=query, reply=svt_list("backups", []))
    http.expect("POST", "/api/backups/b1/rename", reply=svt_task("IN_PROGRESS"))
    fake_time.sleep = stop
    ran = run("svt_backup_rename", {**SVT_TOKEN, "id": "b1", "new_name": "new"})
    assert ran.failed and ran.result["changed"] is True
    assert (ran.failure["kind"], ran.failure["submitted"]) == ("unknown_outcome", True)
    assert ran.failure["task"]["id"] == TASK_ID
    assert "told to stop (SIGTERM)" in ran.msg
    assert ran.result["backup"]["id"] == "b1"


def test_every_failure_tells_how_long_it_took_and_how_many_requests(http: Any, run: Any) -> None:
    http.expect("GET", TASK_PATH, status=403)
    ran = run("svt_task_info", {**SVT_TOKEN, "id": [TASK_ID]})
    assert ran.failure["requests"] == 1
    assert 0 <= ran.failure["elapsed"] < 5


def test_a_message_is_one_line_of_a_thousand_characters_at_most(run: Any) -> None:
    ran = run("svt_backup_info", {**SVT_TOKEN, "fields": [f"field-{number}" * 50 for number in range(50)]})
    assert ran.failed
    assert len(ran.msg) <= 1000 and "\n" not in ran.msg


# the harness must be able to fail


def ask(script: Script, method: str = "GET", url: str = "https://svt.example.com:443/api/x", **options: Any) -> None:
    request = requests.Request(method, url, **options).prepare()
    script.send(requests.adapters.HTTPAdapter(), request)


def test_the_harness_fails_for_an_unexpected_call() -> None:
    script = Script()
    with pytest.raises(AssertionError, match="a call too many"):
        ask(script)
    with pytest.raises(AssertionError, match="a call too many"):
        script.verify()


def test_the_harness_fails_for_a_missing_call() -> None:
    script = Script()
    script.expect("GET", "/api/x")
    script.expect("GET", "/api/y", repeats=True)
    with pytest.raises(AssertionError, match=r"did not come: \['GET /api/x', 'GET /api/y'\]"):
        script.verify()


@pytest.mark.parametrize(
    "expected",
    [
        {"method": "POST"},
        {"path": "/api/y"},
        {"query": {"a": "2"}},
        {"headers": {"X-Own": "2"}},
    ],
)
def test_the_harness_fails_for_another_call(expected: Any) -> None:
    script = Script()
    script.expect(**{"method": "GET", "path": "/api/x", "query": {"a": "1"}, **expected})
    with pytest.raises(AssertionError, match="expected"):
        ask(script, params={"a": "1"}, headers={"X-Own": "1"})


@pytest.mark.parametrize("expected", [{"form": {"a": "2"}}, {"json_body": {"a": 2}}])
def test_the_harness_fails_for_another_body(expected: Any) -> None:
    script = Script()
    script.expect("POST", "/api/x", **expected)
    with pytest.raises(AssertionError, match="expected"):
        ask(script, "POST", **({"data": {"a": "1"}} if "form" in expected else {"json": {"a": 1}}))


def test_the_harness_fails_for_calls_out_of_order() -> None:
    script = Script()
    script.expect("GET", "/api/y")
    script.expect("GET", "/api/x")
    with pytest.raises(AssertionError, match="expected GET /api/y, got GET /api/x"):
        ask(script)


@pytest.mark.parametrize("url", ["https://evil.example/api/x", "http://svt.example.com:443/api/x"])
def test_the_harness_fails_for_another_host_and_for_plain_http(url: str) -> None:
    script = Script()
    script.expect("GET", "/api/x")
    with pytest.raises(AssertionError, match="a call to"):
        ask(script, url=url)


def test_the_harness_takes_calls_in_any_order_when_told() -> None:
    script = Script()
    script.in_order = False
    script.expect("GET", "/api/y")
    script.expect("GET", "/api/x")
    ask(script)
    ask(script, url="https://svt.example.com:443/api/y")
    script.verify()


@pytest.mark.parametrize("form", [TOKEN, TOKEN.upper(), TOKEN[:-1]])
def test_the_harness_finds_a_secret_in_output_and_before_it_is_masked(form: str) -> None:
    for ran in (Ran({}, {}, f"x {form} x", False), Ran({}, {"msg": [form]}, "", False)):
        with pytest.raises(AssertionError, match="a secret got out"):
            assert_no_secret(ran, [TOKEN])


def test_the_harness_fails_for_a_real_sleep(fake_time: Any) -> None:
    with pytest.raises(AssertionError, match=r"a real sleep of 0\.06 s"):
        time.sleep(0.06)
    assert fake_time.real_sleeps == [0.06]
    fake_time.real_sleeps.clear()


@pytest.mark.parametrize("name", ["SVT_PORT", "SVT_REQUEST_TIMEOUT", "SVT_VALIDATE_CERTS", "SVT_CA_PATH"])
def test_a_variable_of_the_environment_that_is_empty_is_one_that_is_not_set(
    http: Any, run: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A pipeline passes on what it lacks as an empty text, also for options that are no texts."""
    monkeypatch.setenv(name, "")
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    ran = run("svt_backup_info", SVT_TOKEN)
    assert not ran.failed and ran.warnings == []


@pytest.mark.parametrize(("module", "prefix"), [("svt_backup_info", "SVT"), ("acronis_task_info", "ACRONIS")])
def test_l2_a_value_from_the_environment_is_refused_by_the_name_of_its_variable(
    http: Any, run: Any, monkeypatch: pytest.MonkeyPatch, module: str, prefix: str
) -> None:
    monkeypatch.setenv(f"{prefix}_REQUEST_TIMEOUT", "soon")
    ran = run(module, SVT_TOKEN if prefix == "SVT" else ACRONIS_TOKEN)
    assert ran.msg == f"request_timeout (from {prefix}_REQUEST_TIMEOUT): 'soon' is not a number; give one, such as 60"
    assert ran.failure["kind"] == "input" and http.seen == []


def test_l1_an_option_that_is_missing_may_be_set_in_the_environment(http: Any, run: Any) -> None:
    ran = run("svt_backup_info", {})
    assert ran.msg == "host: is missing; set it, or SVT_HOST in the environment"


@pytest.mark.parametrize("given", [PASSWORD, f"{PASSWORD}\t", 10 * "x" + PASSWORD, 110 * "x" + PASSWORD])
def test_k3_a_secret_in_the_place_of_a_number_is_not_shown(http: Any, run: Any, given: str) -> None:
    ran = run("svt_backup_info", {**SVT, "port": given})
    assert ran.failed and ran.msg.startswith("port: ")
    assert PASSWORD[:8] not in ran.output
