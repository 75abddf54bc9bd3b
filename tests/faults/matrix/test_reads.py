# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of tables D and E on the first read of every module that reads, in check mode as well."""

from __future__ import annotations

import pytest

from .bench import Bench
from .places import OBJECT, Place
from .reads import CELLS, Fault


def _modes(place: Place) -> list[bool]:
    """Check mode for all; without it for the module that heeds it. `play` proves that the others do not look at it."""
    return [False, True] if place.answers == OBJECT else [True]


@pytest.mark.parametrize(
    ("fault", "place", "check_mode"),
    [
        pytest.param(fault, place, mode, id=f"{fault.id}-{place.module}{'-check' if mode else ''}")
        for fault, place in CELLS
        for mode in _modes(place)
    ],
)
def test_first_read(fault: Fault, place: Place, check_mode: bool, bench: Bench) -> None:
    kind = fault.kind_for(place)
    times = 1 if place.answers == OBJECT and fault.spoils_names else fault.times
    rule = {"method": "GET", "path": place.read, "times": times, "action": fault.make(place)}
    played = bench.play(place.module, rule, check_mode=check_mode)

    assert played.seen.kind == kind, played.msg
    assert played.open == 0
    if kind is None:
        fault.check(place, played.result)
        # a rename reads its backup back as well
        assert isinstance(fault.tries, int)
        assert played.hits[0] >= fault.tries if place.answers == OBJECT else played.hits == [fault.tries]
        renames = place.answers == OBJECT and not check_mode
        assert len(played.writes) == len(played.changes) == int(renames)
        assert played.result["changed"] is (place.answers == OBJECT)
        return
    assert fault.words_for(place) in played.msg
    assert played.failure["http_status"] in _statuses(fault, place)
    assert played.hits[0] in (fault.tries if isinstance(fault.tries, range) else [fault.tries])
    assert not played.writes and not played.result["changed"] and not played.failure["submitted"]


def _statuses(fault: Fault, place: Place) -> list[int | None]:
    if fault.http_status is None:
        return [None, 200, 204]
    # that a backup to be renamed does not exist is said by the rename, not by the request
    return (
        [None] if fault.kind == "not_found" and place.answers == OBJECT and "D10" in fault.id else [fault.http_status]
    )
