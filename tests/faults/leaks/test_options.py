# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that hold secrets: each is marked, checked without being quoted, and hidden before anything is sent."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible_collections.safehold.backup.plugins.module_utils._core.transport import Transport

from faults.harness.running import run
from faults.harness.targets import options as least_options
from faults.leaks.canaries import CANARIES, EVERY_CANARY, SECRET_NAME, canary, options_of, secret_options
from faults.leaks.faults_at_hand import answers
from faults.leaks.findings import assert_absent, issued
from properties.catalogue import MODULES, group_of
from simulator.process import Simulator

K8_WARNING = "fewer than four characters"


def texts(seen: Any) -> str:
    """What a run printed, and what it handed to Ansible."""
    return str(seen.ran.output) + json.dumps(seen.ran.raw, ensure_ascii=False, default=str)


@pytest.mark.parametrize("module", [pytest.param(module, id=f"K1-{module}") for module in MODULES])
def test_every_option_that_sounds_like_a_secret_says_whether_it_is_one(module: str) -> None:
    unsaid = [name for name, spec in options_of(module) if SECRET_NAME.search(name) and spec.get("no_log") is None]
    assert not unsaid
    assert len(secret_options(module)) >= 2
    for name, spec in options_of(module):
        if spec.get("no_log"):
            assert "default" not in spec, f"{name}: a secret has no default"


@pytest.mark.parametrize("module", [pytest.param(module, id=f"K1-K2-{module}") for module in MODULES])
def test_secrets_are_hidden_before_the_first_request(
    simulator: Simulator, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K2: a token is known to Ansible as a secret before it is used for anything."""
    secrets = CANARIES[group_of(module)]
    hidden: list[set[str]] = []
    sent_tokens: list[str] = []
    hosts: list[Any] = []
    make, call = basic.AnsibleModule.__init__, Transport.call

    def made(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        hosts.append(self)

    def called(self: Any, method: str, path: str, **parts: Any) -> Any:
        hidden.append(set(hosts[0].no_log_values))
        bearer = (parts.get("headers") or {}).get("Authorization", "")
        if bearer.startswith("Bearer "):
            sent_tokens.append(bearer.removeprefix("Bearer "))
            assert sent_tokens[-1] in hidden[-1], "a token was sent that Ansible does not hide"
        return call(self, method, path, **parts)

    given = {**least_options(simulator, module), **secrets}
    if module.endswith("_token"):
        given["state"] = "absent"
    monkeypatch.setattr(basic.AnsibleModule, "__init__", made)
    monkeypatch.setattr(Transport, "call", called)
    seen = run(module, given, limit=10, here=True)
    assert hidden and all(set(secrets.values()) <= known for known in hidden)
    assert sent_tokens or module == "acronis_token"  # which ends a token with the secret of its client
    assert_absent(texts(seen), [*EVERY_CANARY, *issued(simulator.control)])
    # the first token is the one that was given, which this server does not know; with the next one it works
    assert not seen.failed


@pytest.mark.parametrize("module", [pytest.param(module, id=f"K5-{module}") for module in MODULES if "_info" in module])
def test_no_secret_is_ever_a_key(simulator: Simulator, module: str) -> None:
    """Ansible does not mask keys. Those of a result are ours and the API's names of fields."""
    given = {**least_options(simulator, module), **CANARIES[group_of(module)]}
    seen = run(module, given, limit=10)
    keys = "\n".join(_keys(seen.ran.raw))
    assert "changed" in keys
    assert_absent(keys, [*EVERY_CANARY, *issued(simulator.control)])
    failing = run(module, {**given, "request_timeout": 0.5, **_elsewhere(module)}, limit=3)
    assert failing.failed
    assert_absent("\n".join(_keys(failing.ran.raw)), EVERY_CANARY)


def _elsewhere(module: str) -> dict[str, Any]:
    return {"port": 1} if module.startswith("svt_") else {"datacenter_url": "https://127.0.0.1:1"}


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        pytest.param("\n", "contains a line break", id="K6-line-feed"),
        pytest.param("\r\n", "contains a line break", id="K6-carriage-return"),
        pytest.param("\x00", "contains a control character", id="K6-NUL"),
        pytest.param("\x1b[31m", "contains a control character", id="K6-escape"),
        pytest.param("x" * 10_240, "is longer than 8192", id="K6-10-kB"),
    ],
)
@pytest.mark.parametrize("module", ["svt_backup_info", "acronis_task_info"])
def test_a_secret_that_cannot_be_sent_is_refused_without_being_quoted(
    simulator: Simulator, module: str, ending: str, words: str
) -> None:
    for option in secret_options(module):
        secret = canary(f"{module}.{option}") + ending
        seen = run(module, {**least_options(simulator, module), option: secret}, limit=5)
        assert seen.kind == "input"
        assert seen.ran.msg.startswith(f"{option}: ") and words in seen.ran.msg
        assert_absent(texts(seen), [secret, secret.strip(), canary(f"{module}.{option}")])
    assert simulator.control.ledger() == []


@pytest.mark.parametrize(
    "option", [pytest.param("password", id="L7-K6-password"), pytest.param("access_token", id="L7-K6-token")]
)
def test_secrets_outside_of_latin_1(simulator: Simulator, option: str) -> None:
    """A password travels as UTF-8. A token cannot, since it is a header."""
    secret = "Kn-пароль-π-пароль"
    simulator.control.set("simplivity", password=secret if option == "password" else "another")
    seen = run("svt_backup_info", {**least_options(simulator, "svt_backup_info"), "limit": 1, option: secret}, limit=5)
    assert seen.kind == (None if option == "password" else "input")
    assert_absent(texts(seen), [secret])


@pytest.mark.parametrize(
    "secret", [pytest.param("vm", id="K8-two-letters"), pytest.param("32A", id="K8-three-letters")]
)
def test_a_short_secret_warns_and_ids_lead_on(simulator: Simulator, secret: str) -> None:
    """Ansible hides such a text wherever it occurs, in names as well. What follows goes by ids, which stay whole."""
    simulator.control.set("simplivity", password=secret)
    given = {**least_options(simulator, "svt_backup_info"), "password": secret, "virtual_machine_name": ["vm32_A_6"]}
    listed = run("svt_backup_info", {**given, "fields": ["id", "name", "virtual_machine_name"]}, limit=5)
    assert [warning for warning in listed.ran.warnings if K8_WARNING in warning]
    backups = listed.result["backups"]
    known = {backup["id"] for backup in simulator.control.objects("simplivity", "backups")}
    assert backups and {backup["id"] for backup in backups} <= known
    if secret == "vm":
        assert all(backup["virtual_machine_name"] != "vm32_A_6" for backup in backups)
    rename = {**least_options(simulator, "svt_backup_rename"), "password": secret, "id": backups[0]["id"]}
    renamed = run("svt_backup_rename", rename, limit=10)
    assert renamed.result["changed"] is True
    assert [(change["backup_id"], change["new_name"]) for change in simulator.control.changes()] == [
        (backups[0]["id"], "renamed")
    ]


@pytest.mark.parametrize(
    "longer", [pytest.param("password", id="K4-longer-password"), pytest.param("access_token", id="K4-longer-token")]
)
def test_one_secret_that_begins_another(simulator: Simulator, longer: str) -> None:
    """Were the shorter one taken out first, the rest of the longer one would stay (notes of ansible-core 2.19.11)."""
    begin = "Kn0123456789abcdef"
    rest = "-and-the-rest-of-it"
    secrets = {"password": begin, "access_token": begin, longer: begin + rest}
    body = {"error": "invalid_grant", "error_description": f"{begin + rest} / {begin} / {(begin + rest).upper()}"}
    simulator.control.fault(answers(400, body))
    seen = run("svt_backup_info", {**least_options(simulator, "svt_backup_info"), **secrets}, limit=5)
    assert seen.kind == "auth"
    assert_absent(texts(seen), [begin, begin + rest, rest])


@pytest.mark.parametrize(
    ("option", "value"),
    [
        pytest.param("datacenter_url", "https://me:{secret}@127.0.0.1", id="K11-user-info"),
        pytest.param("datacenter_url", "https://127.0.0.1/?token={secret}", id="K11-query"),
        pytest.param("datacenter_url", "https://127.0.0.1/#{secret}", id="K11-fragment"),
        pytest.param("datacenter_url", "https://me:{secret}@[::1", id="K11-broken-URL"),
        pytest.param("datacenter_url", "https://me:{secret}@127.0.0.1:99999", id="K11-bad-port"),
        pytest.param("datacenter_url", "http://me:{secret}@127.0.0.1", id="K11-user-info-without-TLS"),
        pytest.param("datacenter_url", "me:{secret}@127.0.0.1", id="K11-user-info-without-scheme"),
        pytest.param("datacenter_url", "http://127.0.0.1/?token={secret}", id="K11-query-without-TLS"),
        pytest.param("datacenter_url", "https://a..b/?token={secret}", id="K11-query-of-no-host"),
    ],
)
def test_a_secret_in_a_url_is_refused_without_being_quoted(simulator: Simulator, option: str, value: str) -> None:
    secret = "Kn5e5e5e5e5eabcdef"
    given = {**least_options(simulator, "acronis_task_info"), option: value.format(secret=secret)}
    seen = run("acronis_task_info", given, limit=5)
    assert seen.kind == "input" and seen.ran.msg.startswith("datacenter_url: ")
    # the arguments stand in the result of every module, so Ansible itself shows this one at -vvv (README, K11)
    del seen.ran.result["invocation"]
    assert_absent(json.dumps(seen.ran.result) + json.dumps(seen.ran.raw), [secret])
    assert simulator.control.ledger() == []


@pytest.mark.parametrize("value", [pytest.param("me:{secret}@127.0.0.1", id="K11-host")])
def test_a_secret_in_a_host_is_refused(simulator: Simulator, value: str) -> None:
    secret = "Kn5e5e5e5e5eabcdef"
    given = {**least_options(simulator, "svt_backup_info"), "host": value.format(secret=secret)}
    seen = run("svt_backup_info", given, limit=5)
    assert seen.kind == "input"
    del seen.ran.result["invocation"]
    assert_absent(json.dumps(seen.ran.result) + json.dumps(seen.ran.raw), [secret])


@pytest.mark.parametrize("module", [pytest.param(module, id=f"K14-{module}") for module in MODULES])
def test_what_goes_to_syslog(simulator: Simulator, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ansible logs the arguments of each module; the collection logs nothing by itself."""
    lines: list[str] = []
    given = {**least_options(simulator, module), **CANARIES[group_of(module)]}
    if module.endswith("_token"):
        given["state"] = "absent"
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.AnsibleModule, "_log_to_syslog", lambda self, message: lines.append(message))
    run(module, given, limit=10, here=True)
    assert len(lines) == 1 and lines[0].startswith("Invoked with"), lines
    assert_absent(lines[0], [*EVERY_CANARY, *issued(simulator.control)])


@pytest.mark.parametrize(
    "module", [pytest.param("svt_backup_info", id="K12-svt"), pytest.param("acronis_task_info", id="K12-acronis")]
)
def test_logging_of_the_libraries_is_not_switched_on(
    simulator: Simulator, module: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Even at DEBUG, and even when somebody else listens, no header and no body is logged: http.client alone prints
    them, and only when its debuglevel is set, which nobody here does."""
    import http.client

    caplog.set_level(logging.DEBUG)
    given = {**least_options(simulator, module), **CANARIES[group_of(module)], "limit": 1}
    with mock.patch.object(http.client, "print", create=True) as printed:
        seen = run(module, given, limit=10, here=True)
    assert not seen.failed
    assert not printed.called and http.client.HTTPConnection.debuglevel == 0
    assert caplog.records  # urllib3 does log its requests
    assert_absent(caplog.text, [*EVERY_CANARY, *issued(simulator.control)])


@pytest.mark.parametrize("token", [pytest.param("Kn-a-token\n", id="D5-line-break"), pytest.param("", id="D5-empty")])
@pytest.mark.parametrize("first", ["password", "access_token"])
def test_an_unusable_token_costs_one_login(simulator: Simulator, first: str, token: str) -> None:
    simulator.control.fault(answers(200, {"access_token": token}))
    given = {**least_options(simulator, "svt_backup_info"), "limit": 1}
    if first == "access_token":
        given["access_token"] = canary("unknown to the server")
    seen = run("svt_backup_info", given, limit=5)
    assert seen.kind == "bad_response"
    assert "Kn-a-token" not in texts(seen)
    assert len(simulator.control.requests(method="POST", path="token")) == 1
    assert re.search(r"access_token", seen.ran.msg)
