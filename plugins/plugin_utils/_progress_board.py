# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""All waits under way, and what is to be said of them now: a line at a time for a log, rows for a terminal."""

from __future__ import annotations

from collections.abc import Hashable

from ansible_collections.safehold.backup.plugins.plugin_utils._progress_text import Bricks, Paint, line, phrase, row
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_wait import Wait

SHORTEST_INTERVAL = 1.0
_MOST_PHRASES = 6
_MOST_ROWS = 8


class Board:
    """interval, heartbeat: seconds, as in Wait.is_due; no two lines ever come closer than a second."""

    def __init__(self, interval: float, heartbeat: float) -> None:
        self.waits: dict[Hashable, Wait] = {}
        self._interval = max(SHORTEST_INTERVAL, interval)
        self._heartbeat = max(self._interval, heartbeat) if heartbeat > 0 else 0.0
        self._told: float | None = None

    def line(self, now: float) -> str | None:
        """The line that is due, None for none. When several hosts have something to say, it is one line for all."""
        pause = None if self._told is None else now - self._told
        if pause is not None and pause < SHORTEST_INTERVAL:
            return None
        shown = self._shown(now)
        due = [wait for wait in shown if wait.is_due(now, self._interval, self._heartbeat)]
        is_news = any(wait.told is None for wait in due)
        if not due or (pause is not None and pause < self._interval and not is_news):
            return None
        self._told = now
        told = due if len(due) == 1 else shown
        for wait in told:
            wait.tell(now)
        return "progress: " + (line(due[0], now) if len(due) == 1 else _phrases(told))

    def rows(self, now: float, width: int, height: int, bricks: Bricks, paint: Paint) -> list[str]:
        """A row for each wait, as many as fit."""
        shown = self._shown(now)
        most = max(1, min(_MOST_ROWS, height - 2))
        kept = shown if len(shown) <= most else shown[: most - 1]
        rows = [row(wait, now, width, bricks, paint) for wait in kept]
        return rows if len(kept) == len(shown) else [*rows, f"and {len(shown) - len(kept)} more wait"[:width]]

    def _shown(self, now: float) -> list[Wait]:
        return [wait for wait in self.waits.values() if wait.is_shown(now)]


def _phrases(waits: list[Wait]) -> str:
    """A word on each, as far as they are few; of many on those that have the longest way to go."""
    more = len(waits) - _MOST_PHRASES
    if more <= 0:
        return ", ".join(map(phrase, waits))
    slowest = sorted(waits, key=lambda wait: wait.record.percent or 0.0)[:_MOST_PHRASES]
    return ", ".join([*map(phrase, slowest), f"and {more} more"])
