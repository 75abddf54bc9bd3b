# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The connection to one Acronis datacenter (acronis.md 1)."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .._core import connection
from .._core.client import Client, Runtime, positive
from .._core.clock import Deadline
from .._core.errors import Failure, bad_input
from .._core.text import quoted
from .._core.transport import Answer, Transport
from . import errors

_LOGIN = "/api/2/idp/token"
_REVOKE = "/api/2/idp/revoke_token"
_CHECK_CLIENT = "check client_id and client_secret, and that datacenter_url is the client's own datacenter"
_CHECK_TENANT = "check that the tenant is below the API client's own"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_FORM = "application/x-www-form-urlencoded"
UUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


class AcronisClient(Client):
    """Calls with the token of an API client, narrowed to one tenant when that is asked."""

    name = "Acronis"
    login_path = _LOGIN

    def __init__(
        self,
        transport: Transport,
        runtime: Runtime,
        request_timeout: float,
        client_id: str = "",
        client_secret: str = "",
        tenant_id: str | None = None,
        access_token: str | None = None,
    ) -> None:
        super().__init__(transport, runtime, request_timeout, access_token)
        self._client_id = client_id
        self._client_secret = client_secret
        self._tenant_id = tenant_id

    def can_login(self) -> bool:
        return bool(self._client_id)

    def login(self, deadline: Deadline) -> Any:
        """The answer of a login: the client's own token, exchanged for the tenant's when tenant_id is set."""
        grant = {"grant_type": "client_credentials"}
        answer = self._ask_token(grant, self._basic(), deadline)
        if self._tenant_id is None:
            return answer
        token = self.own_token(answer)
        scope = {"scope": f"urn:acronis.com:tenant-id:{self._tenant_id}"}
        try:
            exchange = {"grant_type": _JWT_BEARER, "assertion": token, **scope}
            return self._ask_token(exchange, f"Bearer {token}", deadline, "tenant_id: ", _CHECK_TENANT)
        except Failure as failure:
            if failure.http_status != 400:
                raise
        # the other way that was seen to work: the scope in the login itself (acronis.md 1)
        return self._ask_token({**grant, **scope}, self._basic(), deadline, "tenant_id: ", _CHECK_TENANT)

    def _basic(self) -> str:
        pair = f"{self._client_id}:{self._client_secret}"
        return "Basic " + base64.b64encode(pair.encode("utf-8")).decode("ascii")

    def _ask_token(
        self,
        form: Mapping[str, str],
        authorization: str,
        deadline: Deadline,
        option: str = "",
        remedy: str = _CHECK_CLIENT,
    ) -> Any:
        """The answer. option, remedy: what to name and what to check when it is refused."""
        try:
            answer = self.send(
                "POST",
                _LOGIN,
                deadline,
                headers={"Authorization": authorization, "Accept": "application/json", "Content-Type": _FORM},
                body=urlencode(form).encode("ascii"),
            )
        except Failure as failure:
            if failure.http_status in (400, 401, 403):
                failure.kind = "auth"
                said = ", ".join(text for text in (failure.code, failure.detail) if text)
                failure.message = (
                    f"{option}Acronis refused the login{': ' + said if said else ''}; {remedy} (POST {_LOGIN})"
                )
            raise
        return self.json(answer, "POST", _LOGIN)

    def issue(self, deadline: Deadline) -> dict[str, Any]:
        """A token: access_token, and expires_in seconds by the server's own word; most answers hold only expires_on,
        in Unix seconds (acronis.md 1)."""
        answer = self.issued(deadline)
        lifetime, end = positive(answer.get("expires_in")), positive(answer.get("expires_on"))
        if lifetime is None and end is not None:
            lifetime = positive(int(end - self.clock.wall()))
        return {"access_token": answer["access_token"], "expires_in": lifetime}

    def end(self, token: str, deadline: Deadline) -> bool:
        """Revoke a token (RFC 7009, at the address that the provider's discovery document names); False when this
        datacenter cannot, or the token was no longer valid. Raises a Failure of kind auth when it is the client's own
        credentials that were refused: then the token still works."""
        authorization = self._basic() if self.can_login() else f"Bearer {token}"
        try:
            self.send(
                "POST",
                _REVOKE,
                deadline,
                headers={"Authorization": authorization, "Accept": "application/json", "Content-Type": _FORM},
                body=urlencode({"token": token, "token_type_hint": "access_token"}).encode("ascii"),
            )
        except Failure as failure:
            refused = failure.http_status in (401, 403) and self.can_login()
            if refused or failure.http_status not in (400, 401, 403, 404, 405, 501):
                raise
            return False
        return True

    def failure(self, answer: Answer, method: str, path: str) -> Failure:
        return errors.failure(answer, method, path)


def argument_spec() -> dict[str, Any]:
    """The connection options of every acronis_* module."""
    return {
        "datacenter_url": {"type": "str", "required": True, "env": "ACRONIS_DATACENTER_URL"},
        "client_id": {"type": "str", "env": "ACRONIS_CLIENT_ID"},
        "client_secret": {"type": "str", "no_log": True, "env": "ACRONIS_CLIENT_SECRET"},
        "tenant_id": {"type": "str", "env": "ACRONIS_TENANT_ID"},
        **connection.argument_spec("ACRONIS"),
    }


def connect(params: Mapping[str, Any], runtime: Runtime) -> AcronisClient:
    """A client for the options, checked; nothing is sent yet. Raises a Failure of kind input that names the option."""
    for option in ("client_secret", "access_token"):
        if params.get(option):
            runtime.mask(params[option])
    url = connection.origin("datacenter_url", str(params["datacenter_url"]), "https://eu2-cloud.acronis.com")
    verify = connection.verify(params)
    timeout = connection.request_timeout(params)
    token = connection.header_secret(params, "access_token") if params.get("access_token") else None
    tenant_id = params.get("tenant_id") or None
    if tenant_id is not None and not UUID.match(tenant_id):
        raise bad_input(f"tenant_id: {quoted(tenant_id)} is not a UUID; give the tenant's uuid, not its number or name")
    client_id, client_secret = str(params.get("client_id") or ""), ""
    if client_id:
        if not params.get("client_secret"):
            raise bad_input(
                "client_secret: is missing beside client_id; set it, or ACRONIS_CLIENT_SECRET in the environment"
            )
        connection.secret(params, "client_id")
        client_secret = connection.secret(params, "client_secret")
    elif not token:
        raise bad_input(
            "client_id: no credentials; set client_id and client_secret, or access_token "
            "(or ACRONIS_CLIENT_ID and ACRONIS_CLIENT_SECRET, or ACRONIS_ACCESS_TOKEN in the environment)"
        )
    transport = Transport(url, verify, runtime.clock, runtime.count_request)
    return AcronisClient(transport, runtime, timeout, client_id, client_secret, tenant_id, token)
