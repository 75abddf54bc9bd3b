# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a session goes wrong: that never spoils a run. Tokens that the token modules end are another matter."""

from __future__ import annotations

from typing import Any

import pytest

from .answers import BROKEN_BODIES, refusal, status
from .bench import Bench
from .places import PLACES, READERS, TOKEN, Place

REVOKE = r"/revoke(_token)?$"
# None of these lets the server end the session: the one reason why it stays open.
FAULTS: dict[str, Any] = {
    "D20-500": status(500),
    "D20-503": status(503),
    "D3-401": refusal(401),
    "D11-404": status(404),
    "D15-400": refusal(400),
    "D16-429-six-hours": status(429, {"Retry-After": "21600"}),
    "E1-empty": BROKEN_BODIES["E1-empty"],
    "E2-page-called-json": BROKEN_BODIES["E2-page-called-json"],
    "B1-reset": {"reset": True},
    "B8-hang": {"hang": 30},
    "B12-not-http": {"raw": "220 mail.example.com ESMTP\r\n"},
}

LIMIT = 5.0  # seconds for the end of a session; the work before it takes none here


@pytest.mark.parametrize("place", [pytest.param(place, id=place.module) for place in READERS])
@pytest.mark.parametrize("fault", [pytest.param(name, id=name) for name in FAULTS])
def test_the_end_of_a_session_that_fails(fault: str, place: Place, bench: Bench) -> None:
    played = bench.play(place.module, {"path": REVOKE, "action": FAULTS[fault]}, check_mode=True, limit=LIMIT)
    assert not played.seen.failed, played.msg
    assert played.open == 1 and len(played.to(REVOKE)) == 1
    assert not played.seen.ran.warnings


@pytest.mark.parametrize("place", [pytest.param(place, id=place.module) for place in READERS])
@pytest.mark.parametrize("fault", [pytest.param("reset", id="B2-answer-lost"), pytest.param("relabel", id="D24-204")])
def test_the_end_of_a_session_whose_answer_is_lost(fault: str, place: Place, bench: Bench) -> None:
    action: dict[str, Any] = {"reset": True} if fault == "reset" else {"relabel": 204}
    played = bench.play(place.module, {"path": REVOKE, "when": "after", "action": action}, check_mode=True)
    assert not played.seen.failed and played.open == 0


# What `state: absent` says: a kind of failure, or whether the token was ended.
SAID: dict[str, tuple[Any, Any]] = {
    "D20-500": ("server", "server"),
    "D20-503": ("server", "server"),
    "D3-401": (False, "auth"),  # RFC 7009: the client was refused, so the token still works
    "D11-404": ("not_found", False),  # RFC 7009 is an extra of Acronis that a datacenter may lack
    "D15-400": ("input", False),
    "B1-reset": ("connect", "connect"),
    "B12-not-http": ("bad_response", "bad_response"),
}


@pytest.mark.parametrize("place", [pytest.param(p, id=p.module) for p in PLACES if p.answers == TOKEN])
@pytest.mark.parametrize("fault", [pytest.param(name, id=name) for name in SAID])
def test_a_token_module_that_cannot_end_a_token(fault: str, place: Place, bench: Bench) -> None:
    given = bench.options(place.module)
    login = bench.play(place.module, options=given)
    options = {**given, "access_token": login.result["access_token"], "state": "absent"}
    rule = {"path": REVOKE, "action": FAULTS[fault]}
    played = bench.play(place.module, rule, options=options, after=login.ledger[-1]["n"])
    said = SAID[fault][place.api == "acronis"]
    assert (played.seen.kind or played.result["ended"]) == said, played.msg
    assert played.open == 1 and len(played.ledger) == 1
