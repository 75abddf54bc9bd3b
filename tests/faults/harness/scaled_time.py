# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's time, faster: pauses, deadlines and waits take a fraction of what they say.

Sockets and threads stay real. A simulator beside it runs at the same speed (``--speed``), so that tasks, tokens and
limits keep their proportions.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from ansible_collections.safehold.backup.plugins.module_utils._core import clock, schedule, transport

_SCALED = (schedule, transport)


@contextmanager
def scaled_time(scale: float) -> Iterator[None]:
    """Everything in the engine that takes time, ``scale`` times as fast while this lasts."""

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(None if timeout is None else timeout / scale)

    class Condition(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(None if timeout is None else timeout / scale)

    class Scaled:
        """What the engine uses of ``threading``."""

        Thread, Lock, local = threading.Thread, threading.Lock, threading.local

    Scaled.Event, Scaled.Condition = Event, Condition  # type: ignore[attr-defined]
    began, began_wall = time.monotonic(), time.time()

    def monotonic(_clock: clock.Clock) -> float:
        return began + (time.monotonic() - began) * scale

    def wall(_clock: clock.Clock) -> float:
        return began_wall + (time.monotonic() - began) * scale

    def sleep(_clock: clock.Clock, seconds: float) -> None:
        time.sleep(max(0.0, seconds) / scale)

    with (
        mock.patch.object(clock.Clock, "monotonic", monotonic),
        mock.patch.object(clock.Clock, "wall", wall),
        mock.patch.object(clock.Clock, "sleep", sleep),
    ):
        patches = [mock.patch.object(module, "threading", Scaled) for module in _SCALED]
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()
