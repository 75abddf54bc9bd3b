# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a module waits when a server asks it to slow down (D16, D17), on reads, logins and submissions."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from .answers import status
from .bench import Bench
from .places import PLACES, READERS, RENAME, Place

HOUR = 3600


@pytest.mark.parametrize("place", [pytest.param(place, id=place.module) for place in READERS])
@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        pytest.param("4", 4.0, 60.0, id="D16-seconds"),
        pytest.param("0", 0.0, 60.0, id="D16-zero"),
        pytest.param("in 10 s", 5.0, 60.0, id="D17-date"),
        pytest.param("1 h ago", 0.0, 60.0, id="D17-past-date"),
    ],
)
def test_the_pause_that_is_asked_for(value: str, least: float, most: float, place: Place, bench: Bench) -> None:
    options = bench.options(place.module)
    dates = {"in 10 s": 10.0, "1 h ago": -HOUR}
    now = bench.control.clock()["unix"]
    header = formatdate(now + dates[value], usegmt=True) if value in dates else value
    action = status(429, {"Retry-After": header})
    rule = {"method": "GET", "path": place.read, "times": 1, "action": action}
    played = bench.play(place.module, rule, options=options, check_mode=True)
    assert not played.seen.failed, played.msg
    first, second = played.to(place.read)[:2]
    assert least <= second["started"] - first["ended"] <= most
    assert played.open == 0


@pytest.mark.parametrize("place", [pytest.param(place, id=place.module) for place in PLACES])
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("21600", id="D16-six-hours"),
        pytest.param("Fri, 01 Jan 2100 00:00:00 GMT", id="D17-far-future"),
        pytest.param("999999999", id="D16-thirty-years"),
    ],
)
def test_a_pause_beyond_the_limit(value: str, place: Place, bench: Bench) -> None:
    """The limit of the call ends it: never a sleep of hours."""
    path = place.read or place.login
    rule = {"path": path, "action": status(429, {"Retry-After": value})}
    played = bench.play(place.module, rule, options=bench.options(place.module, request_timeout=10), limit=11)
    assert played.seen.kind == "rate_limited", played.msg
    assert played.open == 0 and not played.writes


@pytest.mark.parametrize("value", [pytest.param("21600", id="D16-six-hours")])
def test_a_submission_waits_no_longer_than_its_limit(value: str, bench: Bench) -> None:
    rule = {"method": "POST", "path": "/rename$", "action": status(429, {"Retry-After": value})}
    options = bench.options(RENAME.module, wait_timeout=20)
    played = bench.play(RENAME.module, rule, options=options, limit=21)
    assert played.seen.failed and played.open == 0 and not played.changes
    assert len(played.writes) <= 5
