# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Many pieces of work at once. A piece is a generator that yields the seconds it wants to pause; while it pauses
it costs nothing, so a few threads carry a thousand tasks under way and send at most that many requests at once."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Generator, Sequence
from itertools import count
from typing import Any, TypeVar

from .clock import Clock

T = TypeVar("T")
Work = Generator[float, None, T]


def run(work: Work[T], clock: Clock) -> T:
    """Carry out one piece of work to its end and return its result."""
    while True:
        try:
            clock.sleep(next(work))
        except StopIteration as end:
            result: T = end.value
            return result


class Schedule:
    """Carries out pieces of work in `threads` threads, at most `window` of them begun and not yet ended."""

    def __init__(self, clock: Clock, threads: int, window: int | None = None) -> None:
        self._clock = clock
        self._threads = threads
        self._window = window

    def run_all(self, works: Sequence[Work[T]]) -> list[T]:
        """The results in the order of the works. An exception of a work ends the run and is raised."""
        # a thread may notice only later that all have ended, and must not meet the next works
        return _Run(self._clock, self._threads, self._window, works).results()


class _Run:
    """Some works on their way to their ends."""

    def __init__(self, clock: Clock, threads: int, window: int | None, works: Sequence[Work[Any]]) -> None:
        self._clock = clock
        self._threads = min(threads, len(works))
        self._window = window
        self._works = works
        self._results: list[Any] = [None] * len(works)
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._due: list[tuple[float, int, int]] = []  # when, in which turn, which
        self._turn = count()
        self._waiting = list(reversed(range(len(works))))
        self._begun = 0
        self._ended = 0
        self._error: BaseException | None = None

    def results(self) -> list[Any]:
        self._begin_more()
        if self._threads <= 1:
            self._labour()
        else:
            for _number in range(self._threads):
                threading.Thread(target=self._labour, daemon=True).start()
            self._over.wait()
        if self._error is not None:
            raise self._error
        return self._results

    def _begin_more(self) -> None:
        while self._waiting and (self._window is None or self._begun - self._ended < self._window):
            self._put(0.0, self._waiting.pop())
            self._begun += 1

    def _put(self, pause: float, index: int) -> None:
        heapq.heappush(self._due, (self._clock.monotonic() + pause, next(self._turn), index))

    def _labour(self) -> None:
        while True:
            index = self._next()
            if index is None:
                return
            pause: float | None = None
            try:
                pause = next(self._works[index])
            except StopIteration as end:
                self._results[index] = end.value
            except BaseException as error:  # pylint: disable=broad-except
                self._error = error
            with self._changed:
                if pause is not None:
                    self._put(pause, index)
                else:
                    self._ended += 1
                    self._begin_more()
                if self._is_over():
                    self._over.set()
                    self._changed.notify_all()
                else:
                    self._changed.notify()

    def _is_over(self) -> bool:
        return self._error is not None or self._ended == len(self._works)

    def _next(self) -> int | None:
        """The piece of work that is due, after waiting for it; None when all have ended."""
        while True:
            with self._changed:
                if self._is_over():
                    return None
                pause = None
                if self._due:
                    pause = self._due[0][0] - self._clock.monotonic()
                    if pause <= 0:
                        return heapq.heappop(self._due)[-1]
                if self._threads > 1:
                    self._changed.wait(pause)
                    continue
            self._clock.sleep(pause or 0)


def at_once(call: Callable[[], T]) -> Work[T]:
    """A piece of work that is one call and never pauses."""
    return call()
    yield 0.0  # pylint: disable=unreachable  # makes this function a generator
