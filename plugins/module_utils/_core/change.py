# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Changes told truthfully: what an earlier run left, submit once, follow the task, read the object back, then report
(reliability.md I4-I13)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from .change_failures import about, although, changed_by_others, deleted, deleted_since, unknown
from .clock import Clock, Deadline
from .earlier_run import EarlierRun
from .ending import Ending
from .errors import Failure
from .journal import Journal
from .outcome import CHANGED, DOUBTFUL, FAILED, SUBMITTED, UNCHANGED, Operation, Outcome, Planned, Track
from .read_back import DOUBT_SECONDS, Sight, Together, watch
from .submission import Submission
from .tasks import PENDING, Task, Waiting

# An object that was read longer ago than this is read again right before it is changed.
FRESH_SECONDS = 5.0

Replan = Callable[[Planned, Mapping[str, Any]], Planned]


class Changes:
    """Carries out the changes of one plan. Made when the plan is.

    replan: the change, planned anew for the object that an earlier run has left. look_only: for check mode, which sends
    no change, notes nothing and does not wait. number: of changes that may be under way at once.
    """

    def __init__(
        self,
        waiting: Waiting,
        clock: Clock,
        journal: Journal,
        replan: Replan,
        look_only: bool = False,
        number: int = 1,
    ) -> None:
        self._waiting = waiting
        self._clock = clock
        self._journal = journal
        self._replan = replan
        self._look_only = look_only
        self._planned_at = clock.monotonic()
        self._together = Together(clock, number)

    def is_settled(self, change: Planned) -> bool:
        """Whether the object is as wanted, and no earlier run may be about to make something else of it."""
        if change.operation is None or not change.is_done:
            return False
        entry = self._journal.entry(change.operation.target)
        return entry is None or entry.wanted == change.operation.wanted

    def freshen(self, track: Track) -> Generator[float, None, None]:
        """Before a change that is begun late: see, together with others, whether the object still is as planned."""
        change = track.planned
        if change.operation is None or change.is_done or self._look_only:
            return
        while self._is_old(track):
            found, at = yield from self._together.read(change.operation, Deadline(self._clock, self._waiting.timeout))
            if found is None or not change.operation.is_expected(found):
                return
            track.seen_at = at

    def apply(self, track: Track) -> Generator[float, None, Outcome]:
        """Carry one change out; yields the seconds to pause. Raises nothing foreseen: every end is an Outcome."""
        deadline = Deadline(self._clock, self._waiting.timeout)
        warning = None
        while True:
            operation = _operation(track.planned)
            earlier = EarlierRun(track, operation, self._waiting, self._clock, deadline, self._journal, self._look_only)
            left = yield from earlier.left()
            warning = earlier.warning or warning
            outcome = left if isinstance(left, Outcome) else self._without_sending(track, left, deadline)
            # when another run has been quicker, this one comes after it
            if outcome is not None or self._journal.claim(operation.target, operation.wanted):
                break
        if outcome is None:
            outcome = yield from self._submit(track, deadline)
        return outcome._replace(warning=outcome.warning or warning)

    def _is_old(self, track: Track) -> bool:
        seen_at = self._planned_at if track.seen_at is None else track.seen_at
        return self._clock.monotonic() - seen_at > FRESH_SECONDS

    def _without_sending(self, track: Track, left: Mapping[str, Any] | None, deadline: Deadline) -> Outcome | None:
        """How the change ends when there is nothing to send; None when there is."""
        if left is not None:
            track.planned = self._replan(track.planned, left)
        change = track.planned
        if change.failure is not None:
            return Outcome(FAILED, change.object, failure=change.failure)
        if change.is_done:
            return Outcome(UNCHANGED, change.object)
        if self._look_only:
            return Outcome(CHANGED, _operation(change).result)
        if self._is_old(track):
            return self._moved_on(_operation(change), deadline)
        return None

    def _moved_on(self, operation: Operation, deadline: Deadline) -> Outcome | None:
        """What to say when the object is no longer what the plan was made for; None when it still is."""
        try:
            found = operation.read(deadline)
        except Failure as failure:
            return Outcome(FAILED, failure=about(operation, failure))
        if found is None:
            return Outcome(FAILED, failure=deleted(operation))
        if operation.is_applied(found):
            return Outcome(UNCHANGED, found)
        if operation.is_expected(found):
            return None
        return Outcome(FAILED, found, failure=changed_by_others(operation, False))

    def _submit(self, track: Track, deadline: Deadline) -> Generator[float, None, Outcome]:
        operation = _operation(track.planned)
        track.submitted = True
        submission = Submission(operation, self._clock, deadline, self._journal)
        task = yield from submission.run()
        if isinstance(task, Outcome):
            outcome = task
        elif task is not None:
            outcome = yield from self._follow(track, task, deadline)
        else:
            # it was taken, so there is all the time that the user gives it
            seconds = self._waiting.timeout if self._waiting.wait else DOUBT_SECONDS
            seen = yield from watch(operation, seconds, self._clock, deadline)
            cause = submission.cause
            failure = _not_seen_done(operation, seen, cause)
            warning = although(operation, cause.message) if cause and not failure else None
            outcome = Outcome(DOUBTFUL if failure else CHANGED, seen.object, failure=failure, warning=warning)
        # what is not seen to end stays for the next run
        if outcome.state in (CHANGED, FAILED):
            self._journal.forget(operation.target)
        return outcome

    def _follow(self, track: Track, task: Task, deadline: Deadline) -> Generator[float, None, Outcome]:
        track.task = task.data
        if not self._waiting.wait and task.outcome == PENDING:
            return Outcome(SUBMITTED, task=task.data)
        ending = Ending(_operation(track.planned), self._waiting, self._clock, deadline, self._together)
        with self._together.pace.one_more():
            return (yield from ending.of(task))


def _not_seen_done(operation: Operation, seen: Sight, cause: Failure | None) -> Failure | None:
    """What to say of a change that the server took, and whose task is not known; None when it shows."""
    if seen.applied:
        return None
    if seen.gone:
        return deleted_since(operation)
    if seen.object is not None and not operation.is_expected(seen.object):
        return changed_by_others(operation, True)
    return unknown(operation, cause=cause)


def _operation(change: Planned) -> Operation:
    """The operation of a change that can be done."""
    if change.operation is None:
        raise ValueError("a change that cannot be done has no operation")
    return change.operation
