# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""How anything that goes wrong is told: one exception, raised deep, turned into a module failure in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = (
    "input",
    "connect",
    "tls",
    "timeout",
    "auth",
    "permission",
    "not_found",
    "ambiguous",
    "conflict",
    "rate_limited",
    "server",
    "bad_response",
    "task_failed",
    "task_timeout",
    "task_unknown_state",
    "unknown_outcome",
)


# What a status means on any system.
KIND_BY_STATUS = {
    401: "auth",
    403: "permission",
    404: "not_found",
    408: "timeout",
    409: "conflict",
    423: "conflict",
    429: "rate_limited",
}
REFUSED_FORMS = {405: "the method", 406: "the Accept header", 415: "the media type"}


class Failure(Exception):
    """A failure with the facts that a playbook can act on.

    message: one clean line (operation, object, reason, next step), already free of secrets and control characters.
    detail: the API's own words, cleaned. task: the serialized task, when one is known.
    sent: whether the request may have reached the server; it decides if a write is in doubt. taken: whether the server
    had begun to say yes when its answer broke off.
    submitted: whether a change was sent to the back end. result: what the module returns beside the failure.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        http_status: int | None = None,
        code: str | None = None,
        detail: str | None = None,
        method: str | None = None,
        path: str | None = None,
        task: Mapping[str, Any] | None = None,
        sent: bool = True,
        taken: bool = False,
        submitted: bool = False,
        retry_after: float | None = None,
        result: Mapping[str, Any] | None = None,
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"unknown failure kind {kind!r}")
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.http_status = http_status
        self.code = code
        self.detail = detail
        self.method = method
        self.path = path
        self.task = task
        self.sent = sent
        self.taken = taken
        self.submitted = submitted
        self.retry_after = retry_after
        self.retried = False
        self.result = dict(result or {})

    def as_dict(self) -> dict[str, Any]:
        """The `failure` dictionary of the result, of stable shape. Who runs the module knows the last two."""
        return {
            "kind": self.kind,
            "http_status": self.http_status,
            "code": self.code,
            "detail": self.detail,
            "method": self.method,
            "path": self.path,
            "task": dict(self.task) if self.task is not None else None,
            "submitted": self.submitted,
            "elapsed": None,
            "requests": None,
        }


def unexpected(error: BaseException) -> Failure:
    """The failure for an error that nobody foresaw: its type and place, never its text, which may hold anything."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "an unknown place"
    return Failure(
        "bad_response",
        f"this should not happen ({type(error).__name__} in {place}); please report it with the version of the "
        "collection; whether a change was made is best seen by reading the object",
    )


def bad_input(message: str) -> Failure:
    """The user's input cannot work. The message names the option and the remedy; no request has been sent."""
    return Failure("input", message, sent=False)
