# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways in which a run may go wrong with secrets at hand, and what the user then sees."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from properties.catalogue import group_of
from simulator.process import Control

from . import bugs
from .canaries import ACRONIS, EVERY_CANARY, SVT, canary, templates

ISSUED = canary("a token in a login answer")
BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
_LOGIN = r"/(oauth|idp)/token$"
_READ = r"/(backups|tasks)(\?|$)"


@dataclass(frozen=True)
class Fault:
    """One task. kind: of the failure, None when all goes well; several when it depends on which try was the last.

    rules, settings: of the simulator, in force during this task. logins: how many the server sees.
    """

    module: str
    kind: str | None
    rules: tuple[Mapping[str, Any], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    logins: int = 1

    def prepare(self, control: Control) -> None:
        """The simulator as this fault wants it."""
        control.reset()
        for api, changes in self.settings.items():
            control.set(api, **changes)
        if self.rules:
            control.fault(*self.rules)

    def all_options(self, place: Mapping[str, Mapping[str, Any]], secrets: Mapping[str, str]) -> dict[str, Any]:
        """The options of the task. place: of the back ends. secrets: options that hold them."""
        return {**place[group_of(self.module)], **secrets, **self.options}

    def task(self, name: str, place: Mapping[str, Mapping[str, Any]], no_log: bool = False) -> dict[str, Any]:
        """The task of a playbook, its secrets in variables."""
        options = self.all_options(place, templates(self.module))
        task = {"name": name, f"safehold.backup.{self.module}": options, "ignore_errors": True}
        return {**task, "no_log": True} if no_log else task


def answers(status: int, body: Any, path: str = _LOGIN, **headers: str) -> Mapping[str, Any]:
    """A rule: this answer instead of the real one."""
    content = {"body": body} if isinstance(body, str) else {"json": body}
    return {"path": path, "when": "before", "action": {"status": status, "headers": headers, **content}}


def changed_forms(secret: str) -> str:
    """The secret as a server may quote it from what it got."""
    data = secret.encode()
    return " ".join(
        [
            secret.upper(),
            quote(secret, safe=""),
            base64.b64encode(data).decode(),
            json.dumps(secret),
            repr(secret),
        ]
    )


_READ_ONE = {"limit": 1}
_BRIEF = {"limit": 1, "request_timeout": 0.6}
_PAGE = f"<html><h1>500</h1><pre>Authorization: Bearer {SVT['access_token']}\npassword={SVT['password']}</pre></html>"
_EXPIRED = {"error": "invalid_token", "error_description": f"Access token expired: {SVT['access_token']}"}

FAULTS: dict[str, Fault] = {
    "K1-all-well": Fault("svt_backup_info", None, options=_READ_ONE),
    "K1-all-well-acronis": Fault("acronis_task_info", None, options=_READ_ONE),
    "D1-wrong-password": Fault(
        "svt_backup_info", "auth", options=_READ_ONE, settings={"simplivity": {"password": "another"}}
    ),
    "D1-wrong-client-secret": Fault(
        "acronis_task_info", "auth", options=_READ_ONE, settings={"acronis": {"client_secret": "another"}}
    ),
    "K13-login-quotes-password": Fault(
        "svt_backup_info",
        "auth",
        (answers(400, {"error": "invalid_grant", "error_description": f"bad password {SVT['password']}"}),),
        _READ_ONE,
    ),
    "K13-login-quotes-changed-forms": Fault(
        "svt_backup_info",
        "auth",
        (answers(400, {"error": "invalid_grant", "error_description": changed_forms(SVT["password"])}),),
        _READ_ONE,
    ),
    "K13-login-quotes-client-secret": Fault(
        "acronis_task_info",
        "auth",
        (answers(401, {"error": {"code": ACRONIS["client_secret"], "message": ACRONIS["client_secret"]}}),),
        _READ_ONE,
    ),
    "D3-401-quotes-token": Fault("svt_backup_info", "auth", (answers(401, _EXPIRED, _READ),), _READ_ONE, logins=1),
    "D5-token-with-line-break": Fault(
        "svt_backup_info", "bad_response", (answers(200, {"access_token": ISSUED + "\n"}),), _READ_ONE
    ),
    "D5-token-with-line-break-acronis": Fault(
        "acronis_token", "bad_response", (answers(200, {"access_token": ISSUED + "\r\n"}),)
    ),
    "K13-page-that-quotes-everything": Fault(
        "svt_backup_info", "server timeout", (answers(500, _PAGE, _READ),), _BRIEF, logins=0
    ),
    "B1-reset": Fault(
        "svt_backup_info",
        "connect timeout",
        ({"path": _READ, "when": "before", "action": {"reset": True}},),
        _BRIEF,
        logins=0,
    ),
    "K13-broken-json": Fault(
        "acronis_task_info",
        "bad_response timeout",
        (answers(200, f'{{"items": ["{ACRONIS["access_token"]}', _READ),),
        _BRIEF,
        logins=0,
    ),
    "K13-task-quotes-password": Fault(
        "svt_backup_rename",
        "task_failed",
        options={"id": BACKUP, "new_name": "x", "wait_interval": 1},
        settings={
            "simplivity": {
                "task_seconds": 0,
                "task_end_state": "FAILED",
                "task_error_message": f"login of the proxy with {SVT['password']} failed",
            }
        },
    ),
    "K3-bug-that-quotes-all": Fault(
        "svt_backup_info", "bad_response", options={**_READ_ONE, "username": bugs.LOUD}, logins=0
    ),
    "K3-bug-in-the-result": Fault(
        "svt_backup_info", "bad_response", options={**_READ_ONE, "username": bugs.ODD_RESULT}, logins=0
    ),
    "K3-bug-at-the-end": Fault(
        "svt_backup_info", "bad_response", options={**_READ_ONE, "username": bugs.AT_THE_END}, logins=0
    ),
    "K3-secret-in-a-warning": Fault("svt_backup_info", None, options={**_READ_ONE, "username": bugs.WARNING}, logins=0),
    "K7-misspelt-option-beside-secrets": Fault("svt_backup_info", "input", options={"limitt": 1}, logins=0),
    "K6-password-with-line-break": Fault(
        "svt_backup_info", "input", options={"password": "{{ simplivity_password }}\n"}, logins=0
    ),
}
SECRETS = [*EVERY_CANARY, ISSUED]
# Each has a way out of its own; the others share one with these, so they run in the most talkative runs only.
TELLING = (
    "K1-all-well",
    "K13-login-quotes-changed-forms",
    "K13-login-quotes-client-secret",
    "D3-401-quotes-token",
    "D5-token-with-line-break",
    "K13-page-that-quotes-everything",
    "K3-bug-that-quotes-all",
    "K3-secret-in-a-warning",
    "K7-misspelt-option-beside-secrets",
)
# What ansible-core 2.19 showed even with no_log (reliability.md 6a).
ONCE_SHOWN = TELLING[-3:]
