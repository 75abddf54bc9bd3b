# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that quotes the secrets it got, in each place where it can put a text, and in each form."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from faults.harness.running import run
from faults.leaks.canaries import ACRONIS, EVERY_CANARY, SVT
from faults.leaks.faults_at_hand import answers
from faults.leaks.findings import assert_absent, issued
from simulator.process import Simulator

LOGIN, READ = r"/(oauth|idp)/token$", r"/(backups|tasks)(\?|$)"
MODULES = {"simplivity": "svt_backup_info", "acronis": "acronis_task_info"}
SECRET = {"simplivity": SVT["password"], "acronis": ACRONIS["client_secret"]}

FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper-case": str.upper,
    "lower-case": str.lower,
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "url-encoded": lambda secret: quote(secret, safe=""),
    "url-encoded-small": lambda secret: re.sub(
        "%[0-9A-F]{2}", lambda digits: digits[0].lower(), quote(secret, safe="")
    ),
    "json": json.dumps,
    "repr": repr,
    "reversed": lambda secret: secret[::-1],
    "cut-at-its-end": lambda secret: secret[:-1],
    "cut-at-its-start": lambda secret: secret[1:],
    # what a server that shows a header quotes: base64 of name:secret
    "pair-in-base64": lambda secret: base64.b64encode(f"an-account:{secret}".encode()).decode(),
    "pair-in-base64-2": lambda secret: base64.b64encode(f"my-account:{secret}x".encode()).decode(),
}
# Error bodies as both back ends have them (simplivity.md 4, acronis.md 4): where the text stands in them.
BODIES: dict[str, Callable[[str], Any]] = {
    "simplivity-oauth": lambda text: {"error": "invalid_grant", "error_description": text},
    "simplivity-oauth-code": lambda text: {"error": text, "error_description": "no"},
    "simplivity-spring": lambda text: {"exception": "x.SomeException", "message": text, "error": text},
    "simplivity-extended": lambda text: {"error_code": "1", "extendedResponse": text, "message": text},
    "acronis-error": lambda text: {"error": {"code": "no", "message": text, "details": {"info": text}}},
    "acronis-code": lambda text: {"error": {"code": text, "message": "no"}},
    "acronis-issues": lambda text: {
        "issues": [{"reason": "no", "debug": {"msg": text}, "context": {"cause_str": text}}]
    },
}


QUOTED_IN = {"simplivity": BODIES["simplivity-oauth"], "acronis": BODIES["acronis-error"]}


def options(simulator: Simulator, group: str) -> dict[str, Any]:
    """A read with every secret option."""
    place = simulator.simplivity if group == "simplivity" else simulator.acronis
    secrets = SVT if group == "simplivity" else ACRONIS
    return {**place, **secrets, "ca_path": simulator.ca_path, "limit": 1}


def quoted(simulator: Simulator, group: str, *rules: Any, **more: Any) -> Any:
    """A read that meets these rules. Looks for the secrets in what is printed and in what is handed to Ansible."""
    simulator.control.fault(*rules)
    seen = run(MODULES[group], {**options(simulator, group), **more}, limit=5)
    handed_over = json.dumps(seen.ran.raw, ensure_ascii=False, default=str)
    for text in (seen.ran.output, handed_over):
        assert_absent(text, [*EVERY_CANARY, *issued(simulator.control)])
    return seen


def form_params() -> list[Any]:
    return [pytest.param(form, id=f"K4-K13-{form}") for form in FORMS]


@pytest.mark.parametrize("secret", SECRET.values(), ids=SECRET)
@pytest.mark.parametrize("form", form_params())
def test_the_scanner_knows_the_form(form: str, secret: str) -> None:
    """Or the tests below could not fail on it."""
    for text in (FORMS[form](secret), json.dumps(FORMS[form](secret))):
        with pytest.raises(AssertionError, match="a secret leaked"):
            assert_absent(f"rejected: {text} !", [secret])


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("form", form_params())
def test_error_bodies(simulator: Simulator, body: str, form: str) -> None:
    group = body.partition("-")[0]
    text = BODIES[body](f"rejected: {FORMS[form](SECRET[group])} !")
    seen = quoted(simulator, group, answers(401, text))
    assert seen.kind == "auth"
    assert len(simulator.control.requests(method="POST", path="token")) == 1


@pytest.mark.parametrize("before", [0, 180, 192, 280, 292])
@pytest.mark.parametrize("group", [pytest.param(group, id=f"K13-{group}") for group in MODULES])
def test_a_text_is_not_cut_within_a_secret(simulator: Simulator, group: str, before: int) -> None:
    """Half of a secret is not recognised any more, so it is taken out before anything is cut."""
    body = json.dumps(QUOTED_IN[group]("x" * before + SECRET[group]))
    assert_no_half(quoted(simulator, group, answers(401, body)), group)


@pytest.mark.parametrize(
    ("group", "before"),
    [pytest.param("simplivity", 280, id="K13-simplivity"), pytest.param("acronis", 180, id="K13-acronis")],
)
def test_a_text_with_escaped_slashes_is_not_cut_within_a_secret(simulator: Simulator, group: str, before: int) -> None:
    """Some JSON libraries write \\/ for a slash."""
    body = json.dumps(QUOTED_IN[group]("x" * before + SECRET[group])).replace("/", "\\/")
    assert_no_half(quoted(simulator, group, answers(401, body)), group)


def assert_no_half(seen: Any, group: str) -> None:
    assert seen.kind == "auth"
    assert "xxx" in seen.ran.output or "detail" in seen.ran.output
    assert SECRET[group][:9] not in seen.ran.output
    assert SECRET[group][:9] not in str(seen.ran.raw)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Location", "https://{secret}.example/", id="C1-K13-host-of-a-redirect"),
        pytest.param("Location", "https://me:{secret}@elsewhere.example/", id="C1-K13-user-info-of-a-redirect"),
        pytest.param("Location", "https://elsewhere.example/?token={secret}", id="C1-K13-query-of-a-redirect"),
        pytest.param("Retry-After", "{secret}", id="D18-K13-retry-after"),
        pytest.param("Content-Encoding", "{secret}", id="K13-content-encoding"),
    ],
)
@pytest.mark.parametrize("group", list(MODULES))
def test_headers(simulator: Simulator, group: str, name: str, value: str) -> None:
    """The token in use, which is longer than what is quoted of a header, is quoted there."""
    token = "Kn" + hashlib.sha512(b"a token in use").hexdigest()
    status = {"Location": 302, "Retry-After": 429}.get(name, 200)
    given = {**options(simulator, group), "access_token": token, "request_timeout": 1.5}
    simulator.control.fault(answers(status, {}, READ, **{name: value.format(secret=token)}))
    seen = run(MODULES[group], given, secrets=[*EVERY_CANARY, token[:20], token[-20:]], limit=5)
    assert seen.kind in ("timeout", "rate_limited" if status == 429 else "bad_response")
    assert {one["path"] for one in simulator.control.ledger()} == {
        "/api/backups" if group == "simplivity" else "/api/task_manager/v2/tasks"
    }


@pytest.mark.parametrize("group", list(MODULES))
@pytest.mark.parametrize("path", [pytest.param(LOGIN, id="K13-login"), pytest.param(READ, id="K13-read")])
def test_a_page_that_quotes_the_whole_request(simulator: Simulator, group: str, path: str) -> None:
    secrets = SVT if group == "simplivity" else ACRONIS
    page = "<pre>" + "\n".join(f"{form(secret)}" for form in FORMS.values() for secret in secrets.values()) + "</pre>"
    seen = quoted(simulator, group, answers(500, page, path), request_timeout=1.5)
    assert seen.kind in ("server", "timeout")  # a read is tried again until its time is up
