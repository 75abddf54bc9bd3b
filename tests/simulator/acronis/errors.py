# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error bodies of the Acronis services in their shapes (acronis.md 4)."""

from __future__ import annotations

from typing import Any

from ..wire import Answer


class Refused(Exception):
    """Any answer that is not a success."""

    def __init__(self, status: int, body: dict[str, Any], headers: list[tuple[str, str]] | None = None) -> None:
        super().__init__(str(body))
        self.answer = Answer.of_json(status, body, headers)


def _domain_error(status: int, code: str, message: str) -> Refused:
    """Shape 1, unwrapped: Task Manager."""
    return Refused(
        status,
        {"domain": "TaskManager", "code": code, "reason": code, "context": {}, "debug": {"msg": message}},
    )


def bad_request(message: str) -> Refused:
    """Bad user input."""
    return _domain_error(400, "BadRequest", message)


def not_found(kind: str) -> Refused:
    """No such task or activity."""
    return _domain_error(404, "NotFound", f"The {kind} does not exist.")


def forbidden(scope: str, required: str) -> Refused:
    """No right, or another tenant's object; names the scope that is missing (acronis.md 1)."""
    return Refused(
        403,
        {
            "domain": "Access",
            "code": "AccessDeniedError",
            "context": {"scope": scope, "required_scope": required},
        },
    )


def unauthorized(code: str) -> Refused:
    """A token that is missing, unknown or expired."""
    return Refused(401, {"domain": "Access", "code": code})


def oauth(status: int, error: str, description: str) -> Refused:
    """Shape 3: the token service."""
    return Refused(status, {"error": error, "error_description": description}, [("cache-control", "no-store")])


def account(status: int, code: int, message: str) -> Refused:
    """Shape 2, wrapped: account management."""
    return Refused(
        status,
        {
            "error": {
                "code": code,
                "domain": "PlatformAccountServer",
                "message": message,
                "details": {"info": message},
                "context": {},
            }
        },
    )


def unauthorized_page() -> Answer:
    """Shape 4: nginx answers before the service does."""
    return Answer.of_html(401, "Authorization Required")


def too_many_requests() -> Answer:
    """429 as the vendor's own service library makes it."""
    return Answer.of_json(
        429,
        {"error": {"domain": "TaskManager", "code": "tooManyRequests", "message": "Too many requests."}},
        [("retry-after", "1")],
    )
