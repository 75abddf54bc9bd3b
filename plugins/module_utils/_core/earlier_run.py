# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What an earlier run submitted for the same object and did not see end is waited for, so that nothing is submitted
twice and nothing takes effect behind a report (reliability.md I9, J9)."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Union

from .change_failures import by_earlier_run, changed_by_others, not_visible, other_change, still_open, waited_for
from .clock import Clock, Deadline
from .ending import Ending
from .errors import Failure
from .journal import Entry, Journal
from .outcome import CHANGED, DOUBTFUL, FAILED, SUBMITTED, Operation, Outcome, Track
from .read_back import watch
from .retry import is_passing
from .tasks import FAILURE, GONE, MISSING_SECONDS, PENDING, Task, Waiting

# How often a run looks for what another run, which may still be at it, writes down.
_JOURNAL_SECONDS = 0.5
# How long the object is watched when an earlier run has sent a change whose task nobody knows. What was sent longer ago
# is not watched for any more, or a run with a shorter limit would never come after it.
_UNKNOWN_TASK_SECONDS, _LONG_AGO_SECONDS = 30.0, 60.0

# None: the object is as planned. A mapping: the object, of which the earlier run has made something else.
Left = Union[Outcome, Mapping[str, Any], None]


class EarlierRun:
    """The earlier run of one change. look_only: nothing is waited for or forgotten, and what is under way counts as
    done. warning: the sentence for the user when the earlier run has made something else of the object."""

    def __init__(
        self,
        track: Track,
        operation: Operation,
        waiting: Waiting,
        clock: Clock,
        deadline: Deadline,
        journal: Journal,
        look_only: bool,
    ) -> None:
        self.warning: str | None = None
        self._track = track
        self._operation = operation
        self._waiting = waiting
        self._clock = clock
        self._deadline = deadline
        self._journal = journal
        self._look_only = look_only

    def left(self) -> Generator[float, None, Left]:
        """What it has left behind, or the Outcome when the change ends with it; yields the seconds to pause."""
        operation, window = self._operation, None
        while True:
            entry = self._journal.entry(operation.target)
            if entry is None or (entry.wanted == operation.wanted and self._track.planned.is_done):
                return None
            theirs = operation.to(entry.wanted)
            if entry.task_id is not None:
                return (yield from self._follow(entry, entry.task_id, theirs))
            # a run that ended, or still is, between sending the change and reading the answer has noted no task: then
            # the object is watched for as long as the change may take to show, long, since it happens so rarely
            left = max(0.0, min(_UNKNOWN_TASK_SECONDS, _LONG_AGO_SECONDS - entry.age))
            window = window or Deadline(self._clock, left)
            if self._look_only or window.expired:
                return self._go_on(None, theirs)
            if self._deadline.expired:
                return Outcome(FAILED, failure=other_change(operation, theirs))
            yield min(_JOURNAL_SECONDS, window.remaining(), self._deadline.remaining())
            seen = yield from watch(theirs, 0, self._clock, self._deadline, once=True)
            if seen.applied:
                return self._judged(Outcome(CHANGED, seen.object), theirs)

    def _follow(self, entry: Entry, task_id: str, theirs: Operation) -> Generator[float, None, Left]:
        operation, same = self._operation, entry.wanted == self._operation.wanted
        task = Task(task_id, "not yet seen", PENDING, "", None, {"id": task_id})
        try:
            seen = operation.look(task_id, self._deadline)
        except Failure as failure:
            if not is_passing(failure):
                note = self._journal.path(operation.target)
                at = self._clock.wall() - entry.age
                return Outcome(FAILED, failure=not_visible(operation, theirs, task_id, at, note, failure))
        else:
            if seen is None and entry.age > MISSING_SECONDS:
                task = task._replace(outcome=GONE)
            task = seen or task
        pending = task.outcome == PENDING
        if pending and not same and not self._waiting.wait:
            return Outcome(FAILED, task=task.data, failure=other_change(operation, theirs, task))
        if self._look_only and (pending or same):
            return self._go_on(None if same else theirs.result, theirs, task)
        if same:
            self._track.submitted, self._track.task = True, task.data
            if pending and not self._waiting.wait:
                return Outcome(SUBMITTED, task=task.data, warning=by_earlier_run(operation, task))
        once = self._look_only or task.outcome == GONE or (task.outcome == FAILURE and not same)
        outcome = yield from Ending(theirs, self._waiting, self._clock, self._deadline).of(task, once)
        if same and outcome.state == DOUBTFUL and outcome.failure is not None:
            at = self._clock.wall() - entry.age
            still_open(at, self._journal.path(operation.target), outcome.failure)
        return self._judged(outcome, theirs, task)

    def _judged(self, outcome: Outcome, theirs: Operation, task: Task | None = None) -> Left:
        """What the end of the earlier change means for this one."""
        operation, found = self._operation, outcome.object
        as_planned = found is not None and operation.is_expected(found)
        if theirs.wanted == operation.wanted:
            if outcome.state == CHANGED:
                self._forget()
                return outcome._replace(warning=outcome.warning or by_earlier_run(operation, task))
            if outcome.state == DOUBTFUL or not as_planned:
                return outcome
            self._track.submitted, self._track.task = False, None
        elif outcome.failure is not None and outcome.failure.kind == "conflict":
            # somebody has made a third thing of it since
            self._forget()
            return Outcome(FAILED, found, failure=changed_by_others(operation, False))
        elif outcome.state == DOUBTFUL or not (as_planned or outcome.state == CHANGED):
            is_lost = outcome.failure is not None and outcome.failure.kind == "task_unknown_state"
            note = self._journal.path(operation.target) if is_lost else None
            return Outcome(FAILED, found, failure=other_change(operation, theirs, task, note))
        return self._go_on(found, theirs, task)

    def _go_on(self, found: Mapping[str, Any] | None, theirs: Operation, task: Task | None = None) -> Left:
        self._forget()
        if found is None or self._operation.is_expected(found):
            return None
        self.warning = waited_for(self._operation, theirs, task)
        return found

    def _forget(self) -> None:
        if not self._look_only:
            self._journal.forget(self._operation.target)
