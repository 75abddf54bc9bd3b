# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Time as the engine sees it: a monotonic clock, and deadlines handed down to whatever may block."""

from __future__ import annotations

import time


class Clock:
    """The machine's clock. Tests put their own in its place, so that nothing sleeps for real."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; wall-clock jumps do not touch them."""
        return time.monotonic()

    def wall(self) -> float:
        """Unix time in seconds; only for turning an age such as `24h` into a point in time."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class Deadline:
    """A point in monotonic time. seconds: how far away it lies when made."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock.monotonic())

    @property
    def expired(self) -> bool:
        return self.remaining() <= 0.0

    def within(self, seconds: float) -> Deadline:
        """The earlier of this deadline and `seconds` from now."""
        return Deadline(self._clock, min(seconds, self.remaining()))
