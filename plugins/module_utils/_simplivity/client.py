# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The connection to one Virtual Controller or Management Virtual Appliance (simplivity.md 1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .._core import connection
from .._core.client import Client, Runtime, positive
from .._core.clock import Deadline
from .._core.errors import Failure, bad_input
from .._core.options import whole_number
from .._core.text import quoted
from .._core.transport import Answer, Transport
from . import errors

MEDIA_TYPE = "application/vnd.simplivity.v1+json"
_LOGIN = "/oauth/token"
_REVOKE = "/oauth/revoke"
_VERSION = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})")
_BASIC = "Basic c2ltcGxpdml0eTo="  # client id `simplivity` with an empty password (simplivity.md 1)


class SimplivityClient(Client):
    """A session on one controller. What it opened is ended by `close`; a token that was handed in is left alone."""

    name = "SimpliVity"
    login_path = _LOGIN

    def __init__(
        self,
        transport: Transport,
        runtime: Runtime,
        request_timeout: float,
        username: str = "",
        password: str = "",
        access_token: str | None = None,
    ) -> None:
        super().__init__(transport, runtime, request_timeout, access_token)
        self._username = username
        self._password = password
        self._version: Mapping[str, Any] | None = None

    def can_login(self) -> bool:
        return bool(self._username)

    def login(self, deadline: Deadline) -> Any:
        """The whole answer of a login: access_token, expires_in and more."""
        form = {"grant_type": "password", "username": self._username, "password": self._password}
        try:
            answer = self.send(
                "POST",
                _LOGIN,
                deadline,
                headers={
                    "Authorization": _BASIC,
                    "Accept": "application/json",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                body=urlencode(form).encode("ascii"),
            )
        except Failure as failure:
            if failure.http_status in (400, 401, 403):
                failure.kind = "auth"
                said = f": {failure.detail}" if failure.detail else ""
                failure.message = f"SimpliVity refused the login{said}; check username and password (POST {_LOGIN})"
            raise
        return self.json(answer, "POST", _LOGIN)

    def issue(self, deadline: Deadline) -> dict[str, Any]:
        """A token that stays open: access_token, and expires_in seconds at most, 600 without a request
        (simplivity.md 1)."""
        answer = self.issued(deadline)
        return {"access_token": answer["access_token"], "expires_in": positive(answer.get("expires_in"))}

    def end(self, token: str, deadline: Deadline) -> bool:
        """End a token's session, a GET, as the guide has it (simplivity.md 1); False when it was no longer valid."""
        try:
            self.send("GET", _REVOKE, deadline, headers={"Authorization": f"Bearer {token}"})
        except Failure as failure:
            if failure.http_status != 401:
                raise
            return False
        return True

    def failure(self, answer: Answer, method: str, path: str) -> Failure:
        return errors.failure(answer, method, path)

    def get_object(self, path: str, key: str, deadline: Deadline | None = None) -> Mapping[str, Any] | None:
        """The object below `key` of a single GET; None when the server does not have it."""
        try:
            body = self.get(path, deadline=deadline)
        except Failure as failure:
            if failure.kind == "not_found" and failure.detail:
                return None
            raise
        found = body.get(key) if isinstance(body, dict) else None
        if not isinstance(found, dict):
            raise self.bad_response(f"an answer without {quoted(key)}", "GET", path)
        return found

    def post_json(self, path: str, body: Mapping[str, Any], deadline: Deadline | None = None) -> Any:
        """The JSON that a write answers with, None when it answers with nothing."""
        answer = self.post(path, json.dumps(body).encode("ascii"), {"Content-Type": MEDIA_TYPE}, deadline)
        return self.json(answer, "POST", path) if answer.body.strip() else None

    def takes_lists(self) -> bool:
        """Whether filters may hold comma lists: only a Management Virtual Appliance takes them, and only it leaves
        SVTFS_Version out of GET /version (simplivity.md 1, 4.6)."""
        version = self._versions()
        # one value at a time is right everywhere, so that is what an unclear answer means
        return bool(version) and not version.get("SVTFS_Version")

    def api_version(self) -> tuple[int, int] | None:
        """The version of the REST API, such as (1, 25); None when the server does not tell (simplivity.md 1)."""
        found = _VERSION.match(str(self._versions().get("REST_API_Version")))
        return (int(found[1]), int(found[2])) if found else None

    def _versions(self) -> Mapping[str, Any]:
        """What GET /version tells, asked once."""
        if self._version is None:
            try:
                version = self.get("/version")
            except Failure as failure:
                if failure.kind != "not_found":
                    raise
                version = None
            self._version = version if isinstance(version, dict) else {}
        return self._version


def argument_spec() -> dict[str, Any]:
    """The connection options of every svt_* module."""
    return {
        "host": {"type": "str", "required": True, "env": "SVT_HOST"},
        "port": {"type": "int", "default": 443, "env": "SVT_PORT"},
        "username": {"type": "str", "env": "SVT_USERNAME"},
        "password": {"type": "str", "no_log": True, "env": "SVT_PASSWORD"},
        **connection.argument_spec("SVT"),
    }


def connect(params: Mapping[str, Any], runtime: Runtime) -> SimplivityClient:
    """A client for the options, checked; nothing is sent yet. Raises a Failure of kind input that names the option."""
    for option in ("password", "access_token"):
        if params.get(option):
            runtime.mask(params[option])
    host = str(params["host"])
    if "@" in host:
        raise bad_input("host: must not hold a user name or password; they have options of their own")
    if not connection.is_host(host):
        raise bad_input(
            f"host: {quoted(host)} is not a host name or an IP address; give it without https://, path and port "
            "(the port has an option of its own)"
        )
    port = whole_number(params, "port", 1, 65535)
    verify = connection.verify(params)
    timeout = connection.request_timeout(params)
    token = connection.header_secret(params, "access_token") if params.get("access_token") else None
    username, password = str(params.get("username") or ""), ""
    if username:
        if not params.get("password"):
            raise bad_input("password: is missing beside username; set it, or SVT_PASSWORD in the environment")
        connection.secret(params, "username")
        password = connection.secret(params, "password")
    elif not token:
        raise bad_input(
            "username: no credentials; set username and password, or access_token "
            "(or SVT_USERNAME and SVT_PASSWORD, or SVT_ACCESS_TOKEN in the environment)"
        )
    name = f"[{host.strip('[]')}]" if ":" in host else host
    transport = Transport(f"https://{name}:{port}/api", verify, runtime.clock, runtime.count_request)
    return SimplivityClient(transport, runtime, timeout, username, password, token)
