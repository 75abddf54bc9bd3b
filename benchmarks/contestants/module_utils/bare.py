# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The barest HTTP client: one connection that is kept, no retry, no limit, no check of what comes."""

from __future__ import annotations

import http.client
import json
import ssl
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
SVT = "application/vnd.simplivity.v1+json"


class Bare:
    """One connection with a token."""

    def __init__(self, origin: str, ca_path: str, token: str = "") -> None:
        context = ssl.create_default_context(cafile=ca_path)
        self._connection = http.client.HTTPSConnection(urlsplit(origin).netloc, context=context)
        self._place = (origin, ca_path)
        self._token = token
        self._basic = ""
        self._headers = {"Authorization": f"Bearer {token}"}

    def another(self) -> Bare:
        """Another connection with the same token."""
        return Bare(*self._place, self._token)

    def login(self, path: str, user: str, secret: str, form: dict[str, str]) -> None:
        """Take a token for all later requests."""
        self._basic = "Basic " + b64encode(f"{user}:{secret}".encode()).decode()
        self._headers["Authorization"] = self._basic
        self._token = self.call("POST", path, urlencode(form), FORM)["access_token"]
        self._headers["Authorization"] = f"Bearer {self._token}"

    def call(self, method: str, path: str, body: str | None = None, kind: str = SVT) -> Any:
        """The JSON of an answer."""
        headers = {**self._headers, "Content-Type": kind} if body else self._headers
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return json.loads(content) if content else None

    def revoke(self) -> None:
        """End the token, as Acronis has it."""
        self._headers["Authorization"] = self._basic
        self.call("POST", "/api/2/idp/revoke_token", urlencode({"token": self._token}), FORM)


def simplivity(environment: Any) -> Bare:
    """A session on the controller that the environment names."""
    bare = Bare(f"https://{environment['SVT_HOST']}:{environment['SVT_PORT']}", environment["SVT_CA_PATH"])
    form = {
        "grant_type": "password",
        "username": environment["SVT_USERNAME"],
        "password": environment["SVT_PASSWORD"],
    }
    bare.login("/api/oauth/token", "simplivity", "", form)
    return bare


def acronis(environment: Any) -> Bare:
    """A session in the datacenter that the environment names."""
    bare = Bare(environment["ACRONIS_DATACENTER_URL"], environment["ACRONIS_CA_PATH"])
    form = {"grant_type": "client_credentials"}
    bare.login("/api/2/idp/token", environment["ACRONIS_CLIENT_ID"], environment["ACRONIS_CLIENT_SECRET"], form)
    return bare
