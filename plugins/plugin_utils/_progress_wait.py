# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""One task of one host that waits: what its module said last, how fast it goes, and when it may be done."""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.safehold.backup.plugins.module_utils._core.text import clean
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_records import Record

# A wait that is over sooner is not worth a word.
PATIENCE = 0.4
# Whether a task that nobody waits for any more is still at work is seen by what it writes.
QUIET_SECONDS = 60.0
# A forecast made of less is a guess.
_ENOUGH_SECONDS = 2.0

_NOTHING = Record("", "", "", "", None, 0, 0, 0, 0, 0.0, True)


class _Sample(NamedTuple):
    elapsed: float
    percent: float
    ended: int


class Wait:
    """host, action: as Ansible names them. record: the last one; `over` before the first and after the last.

    All times are those of one monotonic clock, in seconds. told: when a line was printed last; None before the first.
    detached: Ansible does not wait for the task (poll 0).
    """

    def __init__(self, host: str, action: str) -> None:
        self.host = clean(host, 60)
        self.record = _NOTHING
        self.told: float | None = None
        self.detached = False
        self._action = clean(action.rpartition(".")[2], 60)
        self._told_of: object = None
        self._heard = self._began = self._shown_from = 0.0
        self._samples: list[_Sample] = []

    def hear(self, record: Record, now: float) -> None:
        """Take in a record."""
        if record.run != self.record.run:
            # the next one of a loop, or another try
            self._samples = []
            self._shown_from = now + PATIENCE
        self.record, self._heard, self._began = record, now, now - record.elapsed
        self._samples.append(_Sample(record.elapsed, record.percent or 0.0, record.done + record.failed))
        # how it went in the second half of the time says more of the rest than the beginning
        while len(self._samples) > 2 and self._samples[1].elapsed <= record.elapsed / 2:
            del self._samples[0]

    @property
    def what(self) -> str:
        return self.record.what or self._action

    def is_shown(self, now: float) -> bool:
        """Whether there is something to be seen."""
        gone = self.detached and now - self._heard > QUIET_SECONDS
        return not self.record.over and now >= self._shown_from and not gone

    def is_due(self, now: float, interval: float, heartbeat: float) -> bool:
        """Whether a line should be printed. interval: seconds between two. heartbeat: after so many, 0 for never, one
        is printed although nothing has changed."""
        if self.told is None:
            return True
        pause = now - self.told
        return (pause >= interval and self._told_of != self._face()) or 0 < heartbeat <= pause

    def tell(self, now: float) -> None:
        """A line is printed."""
        self.told, self._told_of = now, self._face()

    def _face(self) -> object:
        record = self.record
        percent = None if record.percent is None else int(record.percent)
        return record.run, record.what, record.state, percent, record.done, record.failed

    def elapsed(self, now: float) -> float:
        """How long it waits already."""
        return max(0.0, now - self._began)

    def left(self, now: float) -> float | None:
        """How long it may still take; None when that cannot be said."""
        seconds, percent, _ended = self._way()
        if percent <= 0 or seconds < _ENOUGH_SECONDS or self._samples[-1].percent >= 100:
            return None
        left = (100 - self._samples[-1].percent) * seconds / percent
        return max(0.0, left - (now - self._heard))

    def rate(self) -> float | None:
        """How many end in a second; None when that cannot be said."""
        seconds, _percent, ended = self._way()
        return ended / seconds if self.record.total > 1 and ended > 0 and seconds >= _ENOUGH_SECONDS else None

    def _way(self) -> _Sample:
        """What lies between the first sample and the last."""
        if not self._samples:
            return _Sample(0.0, 0.0, 0)
        first, last = self._samples[0], self._samples[-1]
        return _Sample(last.elapsed - first.elapsed, last.percent - first.percent, last.ended - first.ended)
