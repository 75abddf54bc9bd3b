# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What will happen later: changes with a due time, carried out when the clock has passed it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from .clock import Clock

Change = Callable[[float], None]


class Schedule:
    """A heap of due changes.

    It is run at the start of every request and gives each change its own due time, so that what a client
    sees depends on the time alone, never on how often it asked.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Change]] = []
        self._order = count()

    def at(self, due: float, change: Change) -> None:
        """Plans a change for a moment of the simulator's clock."""
        heapq.heappush(self._heap, (due, next(self._order), change))

    def run_due(self) -> None:
        """Carries out, in order, everything that is due by now."""
        now = self._clock.monotonic()
        while self._heap and self._heap[0][0] <= now:
            due, _number, change = heapq.heappop(self._heap)
            change(due)

    def clear(self) -> None:
        """Forgets all plans."""
        self._heap.clear()
