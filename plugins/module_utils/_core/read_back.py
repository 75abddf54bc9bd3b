# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Reading an object back after it was to be changed: what it shows decides, not what a task or an error says."""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from .clock import Clock, Deadline
from .errors import Failure
from .outcome import Operation
from .retry import is_passing
from .tasks import MANY, Pace

# How long an object is watched: after its task has ended well, after a submission that the server turned away
# because it was busy, and after one that may or may not have been taken.
APPLIED_SECONDS = 5.0
BUSY_SECONDS = 2.0
DOUBT_SECONDS = 10.0
# Seconds between two reads at least, and where nobody expects to see the change: its task did not end well.
SHORTEST_PAUSE, UNLIKELY_PAUSE = 0.1, 1.0
_LONGEST_PAUSE = 10.0
_FINAL = ("auth", "tls")  # the kinds of failure that every other request would meet
_MOST_FAILED = 3  # looks in a row: then nobody answers, and the time runs on

_COMPANY_SECONDS = 0.1  # how long an object waits for others to be read back with


class Sight(NamedTuple):
    """What reading back showed: applied, not applied, or nothing at all (None). gone: the server does not have the
    object any more. refusal: why it does not show it."""

    applied: bool | None
    object: Mapping[str, Any] | None
    gone: bool = False
    refusal: Failure | None = None


def watch(
    operation: Operation,
    seconds: float,
    clock: Clock,
    deadline: Deadline,
    once: bool = False,
    pause: float = SHORTEST_PAUSE,
) -> Generator[float, None, Sight]:
    """Read the object until the change shows, for at most `seconds`; at least one read is tried. pause: the shortest
    between two reads.

    The time runs from the first answer on, and not while looks show nothing: one that takes long says nothing of the
    change. A refusal ends it only when every other request would be refused as well.

    That it is not found proves nothing by itself (reliability.md I12). It is gone when nothing else was seen for
    a while to the end, and the server's list does not have it either.
    """
    started, until = clock.monotonic(), deadline.within(seconds)
    answered = False
    missing_since: float | None = None
    failed = 0  # looks in a row
    sight = Sight(None, None)
    while True:
        looked, left = clock.monotonic(), until.remaining()
        try:
            found = operation.read(deadline if deadline.remaining() > 1 else Deadline(clock, 1))
        except Failure as failure:
            if failure.kind in _FINAL:
                # what was seen was not watched to the end
                return sight._replace(applied=None, refusal=failure)
            if not is_passing(failure):
                sight = sight._replace(refusal=failure)
            missing_since = None
            failed += 1
        else:
            failed = 0
            if found is not None:
                missing_since = None
                sight = Sight(operation.is_applied(found), found)
            elif missing_since is None:
                missing_since = looked
        if (failed or not answered) and failed < _MOST_FAILED:
            started += clock.monotonic() - looked
            until = deadline.within(left)
        answered = answered or not failed
        waited = clock.monotonic() - started
        if sight.applied or until.expired or (once and sight.applied is not None):
            long = missing_since is not None and clock.monotonic() - missing_since >= BUSY_SECONDS
            return sight._replace(gone=long and _is_gone(operation, clock))
        yield min(max(pause, waited / 5), _LONGEST_PAUSE, until.remaining())


def _is_gone(operation: Operation, clock: Clock) -> bool:
    try:
        return operation.is_gone(Deadline(clock, APPLIED_SECONDS))
    except Failure:
        return False


class Together:
    """Objects that are to be read at about the same time are read together.

    number: of changes that may be under way at once.
    """

    def __init__(self, clock: Clock, number: int) -> None:
        self._clock = clock
        self._few = number < MANY
        self.pace = Pace()
        self._lock = threading.Lock()
        self._next = _Batch()

    def read(
        self, operation: Operation, deadline: Deadline
    ) -> Generator[float, None, tuple[Mapping[str, Any] | None, float]]:
        """The object as it was read after this call, and when; None when it has to be read by itself."""
        if self._few:
            return None, 0.0
        with self._lock:
            batch = self._next
            batch.operations.append(operation)
        # what is due already comes first, and may be read as well
        yield _COMPANY_SECONDS if self.pace.under_way >= MANY else 0.0
        with batch.lock:
            if batch.found is None:
                with self._lock:
                    self._next = _Batch()
                batch.found = {}
                if len(batch.operations) > 1:
                    # what fails together is tried one by one
                    with suppress(Failure):
                        batch.found = operation.read_many(batch.operations, deadline.within(APPLIED_SECONDS))
                batch.at = self._clock.monotonic()
        return batch.found.get(operation.target), batch.at


class _Batch:
    """Changes whose objects are read together, and what was found."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.operations: list[Operation] = []
        self.found: Mapping[str, Mapping[str, Any]] | None = None
        self.at = 0.0
