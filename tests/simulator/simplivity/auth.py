# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions: tokens that die of idleness or of age, or are revoked (simplivity.md 1)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from ..clock import Clock
from ..settings import SimplivitySettings
from .errors import LoginRefused, TokenExpired, Unauthorized

EMERGENCY_USER = "svtcli"


@dataclass
class Session:
    """One token."""

    token: str
    username: str
    grant: str
    created: float
    used: float
    revoked: bool = False
    ended_as: str | None = None


class Sessions:
    """All tokens ever issued, by their text."""

    def __init__(self, clock: Clock, settings: SimplivitySettings) -> None:
        self._clock = clock
        self._settings = settings
        self._by_token: dict[str, Session] = {}
        self.logins = 0
        self.refused_logins = 0
        self.revokes = 0

    def login(self, form: dict[str, str]) -> dict[str, Any]:
        """The password grant and the emergency grant; returns the body of the answer."""
        grant = form.get("grant_type", "")
        if grant not in ("password", "emergency"):
            raise LoginRefused(400, "unsupported_grant_type", f"Unsupported grant type: {grant}")
        if grant == "emergency" and self._settings.mode == "mva":
            raise LoginRefused(400, "unsupported_grant_type", f"Unsupported grant type: {grant}")
        wanted = EMERGENCY_USER if grant == "emergency" else self._settings.username
        if (form.get("username"), form.get("password")) != (wanted, self._settings.password):
            self.refused_logins += 1
            raise LoginRefused(400, "invalid_grant", "Invalid credentials")
        now = self._clock.monotonic()
        session = Session(str(uuid.uuid4()), wanted, grant, now, now)
        self._by_token[session.token] = session
        self.logins += 1
        return {
            "access_token": session.token,
            "token_type": "bearer",
            "expires_in": max(int(self._settings.token_age_seconds - 0.001), 0),
            "scope": "read write",
            "updated_at": int(self._clock.wall() * 1000),
        }

    def use(self, authorization: str | None) -> Session:
        """The session of a request's header; using it keeps it alive."""
        scheme, _blank, token = (authorization or "").partition(" ")
        session = self._by_token.get(token.strip()) if scheme.lower() == "bearer" else None
        if session is None or session.revoked or session.ended_as == "unknown":
            raise Unauthorized
        self._age(session)
        if session.ended_as == "age":
            raise TokenExpired(f"Access token expired: {session.token}")
        if session.ended_as == "idle":
            raise TokenExpired(f"Access token expired due to inactivity: {session.token}")
        session.used = self._clock.monotonic()
        return session

    def revoke(self, session: Session) -> None:
        """Ends a session at its owner's wish."""
        session.revoked = True
        self.revokes += 1

    def expire(self, kind: str) -> int:
        """Ends all open sessions in the way asked: idle, age or unknown (as after a restart)."""
        opened = self.open()
        for session in opened:
            session.ended_as = kind
        return len(opened)

    def open(self) -> list[Session]:
        """Sessions that still work."""
        for session in self._by_token.values():
            self._age(session)
        return [one for one in self._by_token.values() if not one.revoked and one.ended_as is None]

    def issued(self) -> list[str]:
        """Every token ever given out."""
        return list(self._by_token)

    def _age(self, session: Session) -> None:
        now = self._clock.monotonic()
        if session.ended_as is not None:
            return
        if now - session.created > self._settings.token_age_seconds:
            session.ended_as = "age"
        elif now - session.used > self._settings.token_idle_seconds:
            session.ended_as = "idle"
