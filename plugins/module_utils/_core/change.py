# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""One change of one object, told truthfully: submit once, follow the task, read the object back, then report
(reliability.md I7-I13)."""

from __future__ import annotations

from collections.abc import Generator

from .change_failures import about, although, by_earlier_run, changed_by_others, not_applied, other_change, unknown
from .clock import Clock, Deadline
from .errors import Failure
from .journal import Entry, Journal
from .outcome import CHANGED, DOUBTFUL, FAILED, SUBMITTED, Operation, Outcome, Track
from .read_back import APPLIED_SECONDS, DOUBT_SECONDS, Sight, watch
from .retry import is_passing
from .submission import Submission
from .tasks import FAILURE, MISSING_SECONDS, PENDING, SUCCESS, UNKNOWN, Task, Waiting, ended_badly, follow, not_ended

# How often a run looks for what another run, which may still be at it, writes down.
_JOURNAL_SECONDS = 0.5


def apply(
    operation: Operation, waiting: Waiting, clock: Clock, track: Track, journal: Journal
) -> Generator[float, None, Outcome]:
    """Carry the change out; yields the seconds to pause. Raises nothing: every end is an Outcome."""
    return (yield from _Change(operation, waiting, clock, track, journal).run())


class _Change:
    def __init__(self, operation: Operation, waiting: Waiting, clock: Clock, track: Track, journal: Journal) -> None:
        self._operation = operation
        self._waiting = waiting
        self._clock = clock
        self._deadline = Deadline(clock, waiting.timeout)
        self._track = track
        self._journal = journal

    def run(self) -> Generator[float, None, Outcome]:
        outcome = yield from self._follow_earlier_run()
        if outcome is None:
            outcome = yield from self._submit()
        # what this run has not submitted, and not seen end, stays for the next one
        if outcome.state == CHANGED or (outcome.state == FAILED and self._track.submitted):
            self._journal.forget(self._operation.target)
        return outcome

    def _submit(self) -> Generator[float, None, Outcome]:
        self._track.submitted = True
        task = yield from Submission(self._operation, self._clock, self._deadline, self._journal).run()
        if isinstance(task, Outcome):
            return task
        if task is not None:
            return (yield from self._follow(task))
        seen = yield from watch(self._operation, DOUBT_SECONDS, self._clock, self._deadline)
        if seen.applied:
            return Outcome(CHANGED, seen.object)
        return Outcome(DOUBTFUL, seen.object, failure=unknown(self._operation))

    def _follow(self, task: Task) -> Generator[float, None, Outcome]:
        self._track.task = task.data
        if not self._waiting.wait and task.outcome == PENDING:
            return Outcome(SUBMITTED, task=task.data)
        return (yield from self._finish(task))

    def _follow_earlier_run(self) -> Generator[float, None, Outcome | None]:
        """What an earlier run submitted for the same object and did not see end is waited for, so that nothing is
        submitted twice. None when there is no such thing, or it has ended and left the object as it was."""
        operation = self._operation
        entry = yield from self._earlier_entry()
        if entry is None or isinstance(entry, Outcome):
            return entry
        task = Task(str(entry.task_id), "not yet seen", PENDING, "", None, {"id": entry.task_id})
        try:
            seen = operation.look(task.id, self._deadline)
        except Failure as failure:
            if not is_passing(failure):
                return Outcome(FAILED, failure=about(operation, failure))
            seen = task
        if seen is None and entry.age > MISSING_SECONDS:
            return None
        task = seen or task
        if task.outcome == PENDING and not self._waiting.wait and entry.wanted != operation.wanted:
            return Outcome(FAILED, task=task.data, failure=other_change(operation, task))
        self._track.submitted = True
        outcome = yield from self._follow(task)
        if outcome.state in (CHANGED, SUBMITTED):
            return outcome._replace(warning=outcome.warning or by_earlier_run(operation, task))
        moved_on = outcome.object is not None and not operation.is_expected(outcome.object)
        if entry.wanted == operation.wanted and (moved_on or outcome.state == DOUBTFUL or outcome.object is None):
            return outcome
        self._track.submitted, self._track.task = False, None
        if moved_on:
            self._journal.forget(operation.target)
        if moved_on or outcome.state == DOUBTFUL:
            return Outcome(FAILED, outcome.object, failure=other_change(operation, task))
        return None

    def _earlier_entry(self) -> Generator[float, None, Entry | Outcome | None]:
        """The task of an earlier run. One that ended, or still is, between sending the change and reading the answer
        has noted no task: then the object is watched for as long as the change may take to show."""
        target, limit = self._operation.target, None
        while True:
            entry = self._journal.entry(target)
            if entry is None or entry.task_id is not None:
                return entry
            limit = limit or self._deadline.within(max(0.0, DOUBT_SECONDS - entry.age))
            if limit.expired:
                return None
            yield min(_JOURNAL_SECONDS, limit.remaining())
            seen = yield from watch(self._operation, 0, self._clock, self._deadline, once=True)
            if seen.applied:
                return Outcome(CHANGED, seen.object, warning=by_earlier_run(self._operation, None))

    def _finish(self, task: Task) -> Generator[float, None, Outcome]:
        """Follow a task to its end, and tell what the object shows then."""
        operation, clock, id = self._operation, self._clock, task.id
        while True:
            try:
                ended = yield from follow(
                    task, lambda limit: operation.look(id, limit), self._waiting, clock, self._deadline
                )
            except Failure as failure:
                return (yield from self._lost_sight(task, failure))
            last = ended or task
            well = ended is not None and ended.outcome == SUCCESS
            # the object is looked at once more even when the time is up
            in_time = self._deadline.remaining() > APPLIED_SECONDS
            grace = self._deadline if in_time else Deadline(clock, APPLIED_SECONDS)
            once = ended is not None and ended.outcome == PENDING
            seen = yield from watch(operation, APPLIED_SECONDS, clock, grace, once=once)
            if seen.applied:
                warning = None if well else although(operation, f"{last.summary} did not end well")
                return Outcome(CHANGED, seen.object, last.data, warning=warning)
            again = self._look_again(last) if well else None
            if again is None:
                return self._not_changed(last, ended, seen)
            task = again

    def _look_again(self, ended: Task) -> Task | None:
        """The task, when it is under way although it was said to have ended (reliability.md F8)."""
        try:
            task = self._operation.look(ended.id, self._deadline)
        except Failure:
            return None
        return task if task is not None and task.outcome == PENDING and not self._deadline.expired else None

    def _lost_sight(self, task: Task, failure: Failure) -> Generator[float, None, Outcome]:
        operation = self._operation
        seen = yield from watch(operation, 0, self._clock, self._deadline, once=True)
        if seen.applied:
            return Outcome(CHANGED, seen.object, task.data, warning=although(operation, failure.message))
        failure.message += f"; {task.summary} goes on by itself: follow it with {task.module}"
        failure.submitted = True
        return Outcome(DOUBTFUL, seen.object, task.data, failure=about(operation, failure))

    def _not_changed(self, last: Task, ended: Task | None, seen: Sight) -> Outcome:
        """What to say of a task that is followed no more, and of an object that is not as it was to be."""
        operation = self._operation
        state = DOUBTFUL
        if ended is None or (ended.outcome == SUCCESS and seen.object is None):
            why = unknown(operation, task=last)
        elif ended.outcome in (SUCCESS, FAILURE) and seen.object is not None and not operation.is_expected(seen.object):
            why = changed_by_others(operation, True, last)
        elif ended.outcome == SUCCESS:
            state, why = FAILED, not_applied(operation, last)
        elif ended.outcome == PENDING:
            why = about(operation, not_ended([last], self._waiting))
            why.submitted = True
        else:
            state = DOUBTFUL if ended.outcome == UNKNOWN else FAILED
            why = ended_badly(last, operation.subject, submitted=True)
        return Outcome(state, seen.object, last.data, failure=why)
