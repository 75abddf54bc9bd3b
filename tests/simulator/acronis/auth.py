# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token service: client credentials, exchange for a tenant, revocation (acronis.md 1)."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Any

import orjson

from ..clock import Clock
from ..settings import AcronisSettings
from . import errors
from .tenants import ROOT, Tenant, by_uuid

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TENANT_SCOPE = "urn:acronis.com:tenant-id:"
RESOURCE_SCOPES = ("urn:acronis.com::resource_management::read",)
READER_SCOPES = ("urn:acronis.com::task_manager::viewer", "urn:acronis.com::task_manager::admin")


@dataclass
class Token:
    """One access token and the tenant that it is good for (with all below it)."""

    text: str
    tenant: Tenant
    expires: float
    revoked: bool = False
    unknown: bool = False


class Tokens:
    """All tokens ever issued, by their text."""

    def __init__(self, clock: Clock, settings: AcronisSettings) -> None:
        self._clock = clock
        self._settings = settings
        self._by_text: dict[str, Token] = {}
        self.logins = 0
        self.exchanges = 0
        self.refused_logins = 0
        self.revokes = 0

    def issue(self, form: dict[str, str], authorization: str | None) -> dict[str, Any]:
        """Answers a token request."""
        grant = form.get("grant_type")
        if grant == "client_credentials":
            self.check_client(form, authorization)
            self.logins += 1
            tenant = self._scope(form["scope"]) if form.get("scope") else ROOT
        elif grant == JWT_BEARER:
            tenant = self._exchange(form, authorization)
        else:
            raise errors.oauth(400, "invalid_request", f"Unsupported grant type: {grant}")
        return self._new(tenant)

    def use(self, authorization: str | None) -> Token:
        """The token of a request's header."""
        scheme, _blank, text = (authorization or "").partition(" ")
        token = self._by_text.get(text.strip()) if scheme.lower() == "bearer" else None
        if token is None or token.revoked or token.unknown:
            raise errors.unauthorized("UnauthorizedRequest")
        if self._clock.monotonic() > token.expires:
            raise errors.unauthorized("AuthenticationTimeout")
        return token

    def require(self, scopes: tuple[str, ...]) -> None:
        """One of these scopes: reading tasks takes the viewer's or the admin's."""
        if not set(scopes) & set(self._settings.scopes):
            raise errors.forbidden(" ".join(self._settings.scopes), scopes[0])

    def check_client(self, form: dict[str, str], authorization: str | None) -> None:
        """Client credentials by Basic or in the body."""
        given = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
        if given != (self._settings.client_id, self._settings.client_secret):
            self.refused_logins += 1
            raise errors.oauth(401, "access_denied", "Invalid client credentials")

    def revoke(self, form: dict[str, str], authorization: str | None) -> None:
        """RFC 7009: an unknown token is no error."""
        self.check_client(form, authorization)
        token = self._by_text.get(form.get("token", ""))
        if token is not None and not token.revoked:
            token.revoked = True
            self.revokes += 1

    def expire(self, kind: str) -> int:
        """Ends all live tokens: by age (idle is the same here) or by making them unknown."""
        live = self.live()
        for token in live:
            if kind == "unknown":
                token.unknown = True
            else:
                token.expires = self._clock.monotonic() - 1
        return len(live)

    def live(self) -> list[Token]:
        """Tokens that still work."""
        now = self._clock.monotonic()
        return [one for one in self._by_text.values() if not (one.revoked or one.unknown) and now <= one.expires]

    def issued(self) -> list[str]:
        """Every token ever given out."""
        return list(self._by_text)

    def _exchange(self, form: dict[str, str], authorization: str | None) -> Tenant:
        """A partner's token for one that is scoped to a tenant."""
        partner = self.use(authorization)
        if form.get("assertion") != partner.text or not form.get("scope"):
            raise errors.oauth(400, "invalid_request", "assertion and scope are required")
        self.exchanges += 1
        return self._scope(form["scope"])

    def _scope(self, scope: str) -> Tenant:
        tenant = by_uuid(scope.removeprefix(TENANT_SCOPE)) if scope.startswith(TENANT_SCOPE) else None
        if tenant is None:
            raise errors.oauth(403, "access_denied", "Requested scope is not allowed")
        return tenant

    def _new(self, tenant: Tenant) -> dict[str, Any]:
        life = self._settings.token_seconds
        expires_on = int(self._clock.wall() + life)
        token = Token(_jwt(tenant, expires_on), tenant, self._clock.monotonic() + life)
        self._by_text[token.text] = token
        answer: dict[str, Any] = {
            "access_token": token.text,
            "expires_on": expires_on,
            "id_token": _jwt(tenant, expires_on),
            "token_type": "bearer",
        }
        if self._settings.token_expires_in:
            answer["expires_in"] = int(life)
        return answer


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _blank, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _jwt(tenant: Tenant, expires_on: int) -> str:
    """A text in the form of a signed token; the signature is only random."""
    parts = [
        orjson.dumps({"typ": "JWT", "alg": "RS256", "kid": "simulator"}),
        orjson.dumps({"exp": expires_on, "tuid": tenant.uuid, "jti": secrets.token_hex(8)}),
        secrets.token_bytes(48),
    ]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
