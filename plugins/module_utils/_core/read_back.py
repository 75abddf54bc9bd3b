# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Reading an object back after it was to be changed: what it shows decides, not what a task or an error says."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple

from .clock import Clock, Deadline
from .errors import Failure
from .outcome import Operation
from .retry import is_passing

# How long an object is watched: after its task has ended well, after a submission that the server turned away
# because it was busy, and after one that may or may not have been taken.
APPLIED_SECONDS = 5.0
BUSY_SECONDS = 2.0
DOUBT_SECONDS = 10.0


class Sight(NamedTuple):
    """What reading back showed: applied, not applied, or nothing at all (None)."""

    applied: bool | None
    object: Mapping[str, Any] | None


def watch(
    operation: Operation, seconds: float, clock: Clock, deadline: Deadline, once: bool = False
) -> Generator[float, None, Sight]:
    """Read the object until the change shows, for at most `seconds`; at least one read is tried."""
    started = clock.monotonic()
    until = deadline.within(seconds)
    sight = Sight(None, None)
    while True:
        try:
            found = operation.read(deadline if deadline.remaining() > 1 else Deadline(clock, 1))
        except Failure as failure:
            if not is_passing(failure):
                return sight
        else:
            if found is not None:
                sight = Sight(operation.is_applied(found), found)
        if sight.applied or until.expired or (once and sight.applied is not None):
            return sight
        yield min(max(0.1, (clock.monotonic() - started) / 5), until.remaining())
