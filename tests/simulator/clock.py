# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's own time: it runs by itself, faster if told so, and tests can push it forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime

NANO = 1_000_000_000


class Clock:
    """Monotonic time plus an offset; everything that ages in the simulator ages by this clock."""

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        self.speed = speed
        self._given_start = start
        self.reset()

    def reset(self) -> None:
        """Starts again at zero, at the wall time given or at the machine's."""
        self._zero = time.monotonic()
        self._offset = 0.0
        self._start = time.time() if self._given_start is None else self._given_start

    def monotonic(self) -> float:
        """Seconds since the start (or the last reset)."""
        return (time.monotonic() - self._zero) * self.speed + self._offset

    def advance(self, seconds: float) -> None:
        """Pushes the clock forward; it never goes back."""
        if seconds < 0:
            raise ValueError("the clock only goes forward")
        self._offset += seconds

    def wall(self, monotonic: float | None = None) -> float:
        """Unix time that the APIs show, now or at a given monotonic moment."""
        return self._start + (self.monotonic() if monotonic is None else monotonic)


def iso_seconds(unix: float) -> str:
    """``2016-03-15T15:43:24Z``, the form of every time in SimpliVity (simplivity.md 2.0)."""
    return datetime.fromtimestamp(int(unix), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_nanos(unix: float) -> str:
    """``2020-04-22T11:34:03.290396913Z``, the form of every time in Task Manager (acronis.md 3.1)."""
    seconds, nanos = divmod(int(unix * 1_000_000) * 1000, NANO)
    return iso_from_nanos(seconds * NANO + nanos)


def iso_from_nanos(nanos: int) -> str:
    """The same from an integer of nanoseconds, without loss."""
    seconds, rest = divmod(nanos, NANO)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def parse_iso(text: str) -> datetime:
    """Reads ISO 8601; a time without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
