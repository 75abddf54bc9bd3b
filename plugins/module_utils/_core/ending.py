# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The end of one change: its task is followed, the object is read back, and what it shows is what is said
(reliability.md I9-I13)."""

from __future__ import annotations

from collections.abc import Generator

from .change_failures import (
    about,
    although,
    changed_by_others,
    deleted_since,
    failed_unseen,
    not_applied,
    not_shown,
    unknown,
)
from .clock import Clock, Deadline
from .errors import Failure
from .outcome import CHANGED, DOUBTFUL, FAILED, Operation, Outcome
from .read_back import APPLIED_SECONDS, SHORTEST_PAUSE, UNLIKELY_PAUSE, Sight, Together, watch
from .tasks import FAILURE, PENDING, SUCCESS, UNKNOWN, Task, Waiting, ended_badly, follow, not_ended


class Ending:
    """Follows the task of one change. together: of a change that is one of many."""

    def __init__(
        self,
        operation: Operation,
        waiting: Waiting,
        clock: Clock,
        deadline: Deadline,
        together: Together | None = None,
    ) -> None:
        self._operation = operation
        self._waiting = waiting
        self._clock = clock
        self._deadline = deadline
        self._together = together

    def of(self, task: Task, once: bool = False) -> Generator[float, None, Outcome]:
        """How the change ended; yields the seconds to pause. once: the object is not given time to show it."""
        operation, clock, id = self._operation, self._clock, task.id
        pace = self._together.pace if self._together is not None else None
        while True:
            try:
                ended = yield from follow(
                    task, lambda limit: operation.look(id, limit), self._waiting, clock, self._deadline, pace
                )
            except Failure as failure:
                return (yield from self._lost_sight(task, failure))
            last = ended or task
            well = ended is not None and ended.outcome == SUCCESS
            if well and self._together is not None:
                found, _at = yield from self._together.read(operation, self._deadline)
                if found is not None and operation.is_applied(found):
                    return Outcome(CHANGED, found, last.data)
            # the object is looked at once more even when the time is up
            in_time = self._deadline.remaining() > APPLIED_SECONDS
            grace = self._deadline if in_time else Deadline(clock, APPLIED_SECONDS)
            enough = once or (ended is not None and ended.outcome == PENDING)
            pause = SHORTEST_PAUSE if well else UNLIKELY_PAUSE
            seen = yield from watch(operation, APPLIED_SECONDS, clock, grace, once=enough, pause=pause)
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
        forbidden = seen.refusal if seen.refusal is not None and seen.refusal.kind in ("auth", "permission") else None
        others = seen.object is not None and not operation.is_expected(seen.object)
        if seen.gone and (ended is None or ended.outcome == SUCCESS):
            why = deleted_since(operation, last)
        elif others and (ended is None or ended.outcome in (SUCCESS, FAILURE)):
            why = changed_by_others(operation, True, last)
        elif ended is not None and ended.outcome == SUCCESS and seen.applied is None and forbidden is not None:
            why = not_shown(operation, last, forbidden)
        elif ended is None or (ended.outcome == SUCCESS and seen.applied is None):
            why = unknown(operation, task=last)
        elif ended.outcome == FAILURE and seen.applied is None and not seen.gone:
            why = failed_unseen(operation, last)
        elif ended.outcome == SUCCESS:
            state, why = FAILED, not_applied(operation, last)
        elif ended.outcome == PENDING:
            why = about(operation, not_ended([last], self._waiting))
            why.submitted = True
        else:
            state = DOUBTFUL if ended.outcome == UNKNOWN else FAILED
            why = ended_badly(last, operation.subject, submitted=True)
        return Outcome(state, seen.object, last.data, failure=why)
