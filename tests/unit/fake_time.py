# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time for tests: nothing waits for real, and what would have been waited is known."""

from __future__ import annotations

import threading
from typing import Any

WALL = 1_773_435_826.0  # 2026-03-13T21:03:46Z
_PATIENCE = 5.0


class FakeTime:
    """A clock that only moves when somebody sleeps, or when a test moves it.

    slept: every pause, in its order. real_sleeps: what somebody tried to sleep for real.
    """

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.real_sleeps: list[float] = []
        self._now = 1000.0
        self._wall_offset = WALL - self._now
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._now + self._wall_offset

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._now += max(0.0, seconds)

    def advance(self, seconds: float) -> None:
        """Time that passes without anybody sleeping, such as during a slow call."""
        with self._lock:
            self._now += seconds

    def advance_to(self, moment: float) -> None:
        """Time up to a moment; nothing when it has passed already."""
        with self._lock:
            self._now = max(self._now, moment)

    def jump_wall(self, seconds: float) -> None:
        """Somebody sets the machine's clock."""
        self._wall_offset += seconds


def patient_condition(time: FakeTime) -> type[threading.Condition]:
    """A Condition for the threads of a Schedule: a timed wait moves the fake clock instead of taking its time, and an
    endless one that nobody ends fails the test instead of hanging it."""

    class PatientCondition(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            until = time.monotonic() + (timeout or 0.0)
            notified = super().wait(_PATIENCE if timeout is None else 0.001)
            if timeout is None and not notified:
                raise AssertionError("a Schedule waits for something that nobody does")
            if timeout is not None and not notified:
                time.advance_to(until)
            return notified

    return PatientCondition


class PatientEvent(threading.Event):
    """An Event whose endless wait fails the test instead of hanging it."""

    def wait(self, timeout: float | None = None) -> bool:
        happened = super().wait(_PATIENCE if timeout is None else timeout)
        if timeout is None and not happened:
            raise AssertionError("a Schedule waits for something that nobody does")
        return happened


class FakeThreading:
    """What the schedule module needs of `threading`, with the patient condition."""

    Thread = threading.Thread
    Event = PatientEvent

    def __init__(self, time: FakeTime) -> None:
        self.Condition: Any = patient_condition(time)
