# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Sending a change: once; once more at most when its fate is in doubt, and up to four times more when the server says
that it was too busy, each time after the object was seen unchanged for a while (reliability.md I7-I9, D21)."""

from __future__ import annotations

from collections.abc import Generator

from .change_failures import about, although, changed_by_others, deleted_since, unknown
from .clock import Clock, Deadline
from .errors import Failure
from .journal import Journal
from .outcome import CHANGED, DOUBTFUL, FAILED, Operation, Outcome
from .read_back import BUSY_SECONDS, DOUBT_SECONDS, Sight, watch
from .retry import BUSY_STATUSES
from .tasks import Task

MOST_BUSY_ANSWERS = 4
_TOO_MANY, _UNAVAILABLE = 429, 503
# the server cannot do it at all (reliability.md D22)
_NEVER_STATUSES = (501, 505, 507)


class Submission:
    """Sending a change until it is known to be taken, refused or in doubt."""

    def __init__(self, operation: Operation, clock: Clock, deadline: Deadline, journal: Journal) -> None:
        self._operation = operation
        self._clock = clock
        self._deadline = deadline
        self._journal = journal
        self._busy = 0  # answers and connections that turned it away
        self._doubts = 0  # submissions that may or may not have been taken
        self._maybe_taken = False
        self._failed: list[Failure] = []  # what came of each
        self.cause: Failure | None = None  # why the task of a change that was taken is not known

    def run(self) -> Generator[float, None, Outcome | Task | None]:
        """The task, None when the server took the change and its task is not known, or the end that it came to."""
        target, wanted = self._operation.target, self._operation.wanted
        while True:
            try:
                task = self._operation.submit(self._deadline)
            except Failure as failure:
                if failure.taken:
                    self.cause = failure
                    return None
                end = yield from self._after(failure)
                if end is not None:
                    return end
                # nothing is sent when the time is up
                yield min(failure.retry_after or 0.5 * self._busy, self._deadline.remaining() * 0.9)
                self._journal.note(target, wanted)
            else:
                if task is not None:
                    self._journal.note(target, wanted, task.id)
                return task

    def _after(self, failure: Failure) -> Generator[float, None, Outcome | None]:
        """The end that a failed submission means; None when it may be sent again."""
        self._failed.append(failure)
        refused = _is_refusal(failure)
        if refused and self._busy + self._doubts == 0:
            return self._refusal(failure)
        turned_away = not failure.sent or failure.http_status in BUSY_STATUSES
        # a 503 may come from a proxy, behind a server that took it
        seconds = BUSY_SECONDS if turned_away and failure.http_status != _UNAVAILABLE else DOUBT_SECONDS
        seen = yield from watch(self._operation, seconds, self._clock, self._deadline, once=not failure.sent)
        if seen.applied:
            return Outcome(CHANGED, seen.object, warning=although(self._operation, failure.message))
        # a refusal says nothing of an earlier submission that may have been taken
        if refused and not self._doubts:
            return self._refusal(failure, seen)
        self._busy += turned_away
        self._doubts += not turned_away
        self._maybe_taken |= failure.sent and failure.http_status != _TOO_MANY
        if seen.gone and self._maybe_taken:
            return Outcome(DOUBTFUL, failure=deleted_since(self._operation))
        if seen.object is not None and not self._operation.is_expected(seen.object):
            state = DOUBTFUL if self._maybe_taken else FAILED
            return Outcome(state, seen.object, failure=changed_by_others(self._operation, self._maybe_taken))
        spent = self._doubts > 1 or self._busy > MOST_BUSY_ANSWERS or self._deadline.expired
        if not refused and not spent and seen.applied is not None:
            return None
        if not self._maybe_taken:
            return self._refusal(failure, seen)
        return Outcome(
            DOUBTFUL, seen.object, failure=unknown(self._operation, cause=failure, history=self._history(seen))
        )

    def _history(self, seen: Sight) -> str:
        """How often it was sent, what came of the first time and of the last, and what the object shows."""
        first, last = self._failed[0], self._failed[-1]
        sent = sum(failure.sent for failure in self._failed)
        told = first.message
        if len(self._failed) > 1:
            told = f"it was sent {'once' if sent == 1 else f'{sent} times'}: {told}"
        if last.message != first.message:
            told += f"; then: {last.message}"
        return f"{told}; the object was still as before when it was read last" if seen.object is not None else told

    def _refusal(self, failure: Failure, seen: Sight | None = None) -> Outcome:
        return Outcome(FAILED, seen.object if seen else None, failure=about(self._operation, failure))


def _is_refusal(failure: Failure) -> bool:
    """Whether the server, or our own checks, surely did not start anything."""
    if failure.kind in ("input", "auth", "permission", "not_found", "conflict", "tls"):
        return True
    # a redirect is not followed, so what it asked for did not happen
    status = failure.http_status or 0
    return status in _NEVER_STATUSES or (300 <= status < 500 and status not in (408, _TOO_MANY))
