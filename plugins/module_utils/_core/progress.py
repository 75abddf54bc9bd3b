# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""How far a wait has come, told now and then to whoever watches it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .clock import Clock
from .tasks import PENDING, SUCCESS, Task

Tell = Callable[[Mapping[str, Any]], None]

# Seconds between two records: a hundredth of the time waited, within these limits.
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 10.0


class Progress:
    """One wait, for one task or for many. It is over when the block that it is used in ends.

    tell: takes a record, raises nothing; None when nobody watches. what: what is waited for, where it is one thing.
    total: how many. word: what has become of those that ended well, as in `3 of 10 renamed`.

    A record: what, word, state (of the only task), percent (0 to 100, None when nobody says), done, failed, running,
    total, elapsed (seconds), over.
    """

    def __init__(self, tell: Tell | None, clock: Clock, total: int, word: str, what: str = "") -> None:
        self._tell = tell
        self._clock = clock
        self._fixed = {"what": what, "word": word, "total": total}
        self._total = total
        self._done = 0
        self._failed = 0
        self._running: dict[str, Task] = {}
        self._lock = threading.Lock()
        self._started = clock.monotonic()
        self._due = self._started
        self._told = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._told:
            with self._lock:
                self._record(over=True)

    def saw(self, task: Task) -> None:
        """A task was looked at. When it has ended, what it was to do has still to show."""
        if self._tell is not None:
            with self._lock:
                if self._total == 1:
                    self._running.clear()
                if self._total == 1 or task.outcome == PENDING:
                    self._running[task.id] = task
                else:
                    self._running.pop(task.id, None)
                self._record_if_due()

    def ended(self, failed: bool, task_id: str | None = None) -> None:
        """One of them has ended. task_id: the task that was followed, if any."""
        if self._tell is not None:
            with self._lock:
                self._running.pop(task_id or "", None)
                self._failed += failed
                self._done += not failed
                self._record_if_due()

    def _record_if_due(self) -> None:
        now = self._clock.monotonic()
        if now >= self._due:
            self._due = now + min(max(SHORTEST_PAUSE, (now - self._started) / 100), LONGEST_PAUSE)
            self._record()

    def _record(self, over: bool = False) -> None:
        if self._tell is None:
            return
        self._told = True
        only = next(iter(self._running.values()), None) if self._total == 1 else None
        self._tell(
            {
                **self._fixed,
                "state": only.state if only else "",
                "percent": self._percent(),
                "done": self._done,
                "failed": self._failed,
                "running": len(self._running),
                "elapsed": round(self._clock.monotonic() - self._started, 1),
                "over": over,
            }
        )

    def _percent(self) -> float | None:
        """How far all of them are together. One whose server says nothing counts once it has ended."""
        parts = [part for part in map(_share, self._running.values()) if part is not None]
        if self._total == 1 and not parts and not self._done + self._failed:
            return None
        return round(min(100.0, (100.0 * (self._done + self._failed) + sum(parts)) / max(1, self._total)), 1)


def _share(task: Task) -> float | None:
    """What the server says of one task, within 0 and 100: it may say any number at all (reliability.md F7)."""
    if task.outcome == SUCCESS:
        return 100.0
    percent = task.percent if task.progress is None else task.progress
    if percent is None or (isinstance(percent, float) and math.isnan(percent)):
        return None
    return float(max(0, min(percent, 100)))
