# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The token modules: one login for a play, and its end."""

from __future__ import annotations

from typing import Any, Protocol

from .._core.clock import Deadline
from .._core.errors import bad_input
from .host import BackEnd, Host

ARGUMENT_SPEC: dict[str, Any] = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}


class TokenClient(Protocol):
    """What a back end's client must be able to do with tokens."""

    def __enter__(self) -> object:
        """Begin a block at whose end what was opened for it is ended."""

    def __exit__(self, *exc: object) -> None:
        """End the block."""

    def issue(self, deadline: Deadline) -> dict[str, Any]:
        """Log in and keep the token open: access_token and expires_in (seconds, None when unknown)."""

    def end(self, token: str, deadline: Deadline) -> bool:
        """End a token; False when the API cannot, or the token was no longer valid."""


def manage_token(host: Host, back_end: BackEnd) -> dict[str, Any]:
    """The shape: `present` logs in and returns the token, `absent` ends the one in `access_token`.

    Sessions are not what is backed up, so nothing counts as changed, and check mode does the same: the tasks after
    it read with the token.
    """
    present = host.params["state"] == "present"
    client: TokenClient = back_end.connect(
        {**host.params, "access_token": None} if present else host.params, host.runtime
    )
    deadline = Deadline(host.runtime.clock, host.params["request_timeout"])
    if present:
        with client:
            result: dict[str, Any] = client.issue(deadline)
        if not host.no_log:
            host.runtime.warn(
                "this task returns a secret: set no_log: true on it, so that access_token is not shown or logged"
            )
        return {"changed": False, **result}
    token = host.params.get("access_token")
    if not token:
        raise bad_input("access_token: is missing; state absent ends the token that is given there")
    return {"changed": False, "ended": client.end(token, deadline)}
