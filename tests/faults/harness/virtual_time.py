# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time that passes only when nothing else can happen, for the engine and for the simulator alike.

Sockets and threads stay real, and take no time. When every thread of the engine waits, or is at a request that will not
be answered, the time jumps to the first moment at which one of them goes on. So a pause costs nothing, a run takes the
same path on a busy machine as on an idle one, and what it takes in seconds is exact.
"""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest import mock

from ansible_collections.safehold.backup.plugins.module_utils._core import (
    client,
    clock,
    read_back,
    retry,
    schedule,
    throttle,
    transport,
)
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import many

from simulator.process import Control

_THREADED = (client, many, read_back, schedule, throttle, transport)
# Real seconds after which a thread that waits looks again whether the simulator holds back what the others wait for.
_LOOK_SECONDS = 0.02
# What rounding leaves of a pause would never pass.
_LEAST_SECONDS = 1e-6


@dataclass
class _Wait:
    """A thread that waits until something is so, or until a moment."""

    ready: Callable[[], bool]
    due: float


class Time:
    """The time of one run.

    control: of the simulator whose clock, at speed 0, is taken along. held: numbers of the requests, or connections,
    that a server holds back now.
    """

    def __init__(self, control: Control | None, held: Callable[[], Collection[int]]) -> None:
        self.now = 0.0
        self._control = control
        self._held_back = held
        self._world = threading.Condition()
        self._threads = 1
        self._waits: list[_Wait] = []
        self._given_up: set[int] = set()

    def wait(self, ready: Callable[[], bool], seconds: float | None = None) -> bool:
        """Whether it is so within so many seconds. `ready` is asked by any thread."""
        with self._world:
            wait = _Wait(ready, math.inf if seconds is None else self.now + max(_LEAST_SECONDS, seconds))
            self._waits.append(wait)
            try:
                looks = 0
                while not ready() and self.now < wait.due:
                    if not self._jump(look=looks > 0):
                        self._world.wait(_LOOK_SECONDS)
                        looks += 1
                return ready()
            finally:
                self._waits.remove(wait)

    def changed(self) -> None:
        """Tell those who wait to look again."""
        with self._world:
            self._world.notify_all()

    def started(self, threads: int) -> None:
        """So many threads more, or fewer, can make something happen."""
        with self._world:
            self._threads += threads
            self._world.notify_all()

    def _jump(self, look: bool) -> bool:
        """Go to the next moment when nothing can happen before it."""
        if any(wait.ready() or wait.due <= self.now for wait in self._waits):
            return False
        at_work = self._threads - len(self._waits)
        # what is at work may wait for answers that do not come
        if at_work and not (look and at_work <= len(self._held())):
            return False
        due = min(wait.due for wait in self._waits)
        if due == math.inf:
            return False
        if self._control:
            self._control.advance(due - self.now)
        self.now = due
        self._world.notify_all()
        return True

    def gave_up(self) -> None:
        """A thread goes on without the answer that it waited for, which may be one that is held back."""
        with self._world:
            self._given_up.update(sorted(self._held())[:1])

    def _held(self) -> set[int]:
        return set(self._held_back()) - self._given_up


class _Thread(threading.Thread):
    def __init__(self, time: Time, **options: Any) -> None:
        super().__init__(**options)
        self._time = time

    def start(self) -> None:
        self._time.started(1)
        super().start()

    def run(self) -> None:
        try:
            super().run()
        finally:
            self._time.started(-1)


class _Worker(transport.Worker):  # type: ignore[misc]
    def __init__(self, time: Time) -> None:
        super().__init__()
        self._time = time

    def start(self, call: Callable[[], None]) -> None:
        def counted() -> None:
            try:
                call()
            finally:
                self._time.started(-1)

        self._time.started(1)
        super().start(counted)


class _Event:
    def __init__(self, time: Time) -> None:
        self._time = time
        self._set = False

    def set(self) -> None:
        self._set = True
        self._time.changed()

    def wait(self, timeout: float | None = None) -> bool:
        if not self._time.wait(lambda: self._set, timeout):
            self._time.gave_up()
        return self._set


class _Lock:
    def __init__(self, time: Time) -> None:
        self._time = time
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        while not self._lock.acquire(blocking=False):
            self._time.wait(lambda: not self._lock.locked())

    def __exit__(self, *exc: object) -> None:
        self._lock.release()
        self._time.changed()


class _Condition(_Lock):
    def __init__(self, time: Time) -> None:
        super().__init__(time)
        self._notified = 0

    def notify_all(self) -> None:
        self._notified += 1

    notify = notify_all

    def wait(self, timeout: float | None = None) -> bool:
        before = self._notified
        self.__exit__()
        try:
            return self._time.wait(lambda: self._notified != before, timeout)
        finally:
            self.__enter__()


def _threading(time: Time) -> SimpleNamespace:
    """What the engine uses of `threading`, in this time."""
    made = {"Thread": _Thread, "Event": _Event, "Lock": _Lock, "Condition": _Condition}
    return SimpleNamespace(local=threading.local, **{name: partial(kind, time) for name, kind in made.items()})


@contextmanager
def virtual_time(
    control: Control | None = None,
    jump: Callable[[float], float] = lambda _now: 0.0,
    held: Callable[[], Collection[int]] = tuple,
) -> Iterator[Time]:
    """The engine, and the simulator, in a time of their own while this lasts.

    control, held: see Time; the simulator tells by itself what it holds back. jump: by how many seconds the engine's
    wall clock is wrong at a moment.
    """
    time = Time(control, (lambda: control.clock()["held"]) if control else held)
    unix = control.clock()["unix"] if control else 0.0

    def sleep(_clock: clock.Clock, seconds: float) -> None:
        time.wait(lambda: False, seconds)

    with ExitStack() as stack:
        for name, method in (
            ("monotonic", lambda _clock: time.now),
            ("wall", lambda _clock: unix + time.now + jump(time.now)),
            ("sleep", sleep),
        ):
            stack.enter_context(mock.patch.object(clock.Clock, name, method))
        for module in _THREADED:
            stack.enter_context(mock.patch.object(module, "threading", _threading(time)))
        stack.enter_context(mock.patch.object(transport, "Worker", partial(_Worker, time)))
        stack.enter_context(mock.patch.object(retry, "random", random.Random(0)))
        yield time
