# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of tables D and E that a login can meet. Every module logs in, so every module can meet each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .answers import BROKEN_BODIES, REASON, SPOILED_BODIES, Action, refusal, spoiled, status
from .reads import BUSY, BUSY_TRIES, TRIES

CANARY = "canary-7f2d1b9c"  # what a spoiled token is made of


@dataclass(frozen=True)
class Login:
    """One row. kind: of the failure, None when the run goes well. tries: to log in. times: how many the fault acts on.

    opened: whether the server opens a session and the module never learns its token.
    """

    id: str
    action: Action
    kind: str | None = None
    tries: int | range = 1
    says: str | Mapping[str, str] = ""
    times: int | None = None
    opened: bool = False


def _statuses() -> Iterator[Login]:
    for number in (400, 401, 403):
        yield Login(f"D1-refused-{number}", refusal(number), "auth", says="refused the login")
        yield Login(f"D1-refused-{number}-page", status(number), "auth", says="refused the login")
    yield Login("D11-404", status(404), "not_found", says={"simplivity": "API version", "acronis": "datacenter_url"})
    for number in (405, 406, 415):
        yield Login(f"D12-{number}", status(number), "bad_response", says="API version")
    for number in (409, 423):
        yield Login(f"D13-{number}", refusal(number), "conflict", says=REASON)
    yield Login("D14-413", status(413), "input", says="too large")
    yield Login("D15-422", refusal(422), "input", says=REASON)
    yield Login("D16-429-retry-after", status(429, {"Retry-After": "1"}), tries=2, times=1)
    yield Login("D18-429-retry-after-garbage", status(429, {"Retry-After": "soon"}), tries=2, times=1)
    yield Login("D19-429-for-ever", status(429), "rate_limited", BUSY_TRIES, "slow down")
    for number in (500, 502, 503, 504):
        yield Login(f"D20-{number}-once", status(number), tries=2, times=1)
        tries = BUSY_TRIES if number in BUSY else TRIES
        yield Login(f"D20-{number}-for-ever", status(number), "server", tries, f"status {number}")
    for number in (501, 505, 507):
        yield Login(f"D22-{number}", refusal(number), "server", says=REASON)
    yield Login("D24-201", {"relabel": 201})
    yield Login("D24-204", status(204, body=""), "bad_response")


def _tokens() -> Iterator[Login]:
    values = {
        "null": None,
        "number": 5,
        "true": True,
        "empty": "",
        "list": [CANARY],
        "line-break": f"{CANARY}\n",
        "carriage-return": f"{CANARY}\r\nX-Injected: 1",
        "blank": f"{CANARY} x",
        "not-latin-1": f"{CANARY}\u20ac",
        "latin-1": f"{CANARY}\u00e9",
        "1-MB": CANARY * 70_000,
    }
    for name, value in values.items():
        yield Login(f"D5-token-{name}", {"mutate": {"access_token": value}}, "bad_response", opened=True)
    yield Login("D5-token-missing", {"remove": ["access_token"]}, "bad_response", says="access_token", opened=True)
    for name, value in {"0": 0, "negative": -5, "text": "soon", "null": None, "huge": 10**18, "float": 1.5}.items():
        yield Login(f"D6-lifetime-{name}", {"mutate": {"expires_in": value, "expires_on": value}})
    yield Login("D6-lifetime-missing", {"remove": ["expires_in", "expires_on"]})


def _bodies() -> Iterator[Login]:
    # one session is enough: what came in the place of a token may have opened one, so a login is not tried again
    for name, action in BROKEN_BODIES.items():
        yield Login(name, action, "bad_response")
    for name in SPOILED_BODIES:
        if name != "E9-5000-digits":  # where the Python that reads it has no limit, the token in it is good
            yield Login(name, spoiled(name, "access_token"), "bad_response", opened=True)
    yield Login("E2-json-called-page", {"headers": {"content-type": "text/html"}})
    yield Login("E5-unknown-fields", {"mutate": {"brand_new": {"a": [None]}, "scope": 5, "token_type": None}})
    yield Login("E6-byte-order-mark", {"edit": [["{", "\xef\xbb\xbf{"]]})


LOGINS: Sequence[Login] = (*_statuses(), *_tokens(), *_bodies())
