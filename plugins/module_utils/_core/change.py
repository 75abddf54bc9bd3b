# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""One change of one object, told truthfully: submit once, follow the task, read the object back, then report.

What is read back decides, not what a task or an error says. A submission whose fate is unknown is repeated once at
most, and only after the object was seen unchanged for a while (reliability.md I7-I13).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple, Protocol

from .clock import Clock, Deadline
from .errors import Failure
from .retry import is_passing
from .tasks import PENDING, SUCCESS, UNKNOWN, Task, Waiting, ended_badly, follow, not_ended

CHANGED, UNCHANGED, SUBMITTED, FAILED, DOUBTFUL, NOT_TRIED = (
    "changed",
    "unchanged",
    "submitted",
    "failed",
    "unknown",
    "not_tried",
)

# How long an object is watched: after its task has ended well, after a submission that the server turned away
# because it was busy, and after one that may or may not have been taken.
APPLIED_SECONDS = 5.0
BUSY_SECONDS = 2.0
DOUBT_SECONDS = 10.0
MOST_BUSY_ANSWERS = 4
_BUSY_STATUSES = (429, 502, 503)

Pauses = Generator[float, None, Any]


class Operation(Protocol):
    """What a back end must be able to do for one change. subject: `rename of backup 'a' (id 1) to 'b'`, clean."""

    subject: str

    def submit(self, deadline: Deadline) -> Task | None:
        """Send the change once; None when the server gave no task."""

    def look(self, task_id: str, deadline: Deadline) -> Task | None:
        """The task now; None when the server does not know it."""

    def read(self, deadline: Deadline) -> Mapping[str, Any] | None:
        """The object now; None when the server does not have it."""

    def is_applied(self, found: Mapping[str, Any]) -> bool:
        """Whether the object is as the change wants it."""

    def is_expected(self, found: Mapping[str, Any]) -> bool:
        """Whether the object is still as it was when the change was planned."""


class Track:
    """What is known of a change while it is under way, for the report of a run that is told to stop."""

    def __init__(self) -> None:
        self.submitted = False
        self.task: Mapping[str, Any] | None = None


class Outcome(NamedTuple):
    """How one change ended. object: as read last. failure: set for failed and unknown. warning: one sentence."""

    state: str
    object: Mapping[str, Any] | None = None
    task: Mapping[str, Any] | None = None
    failure: Failure | None = None
    warning: str | None = None


class Planned(NamedTuple):
    """One change as planned. about: what the result says of it in any case (id, names). object: as it is now.

    wanted: as it will be. operation: None when there is nothing to do. failure: why it cannot be done.
    after: the positions of the changes that must have been made before this one.
    """

    about: Mapping[str, Any]
    object: Mapping[str, Any] | None = None
    wanted: Mapping[str, Any] | None = None
    operation: Operation | None = None
    failure: Failure | None = None
    after: tuple[int, ...] = ()


class _Sight(NamedTuple):
    """What reading back showed: applied, not applied, or nothing at all (None)."""

    applied: bool | None
    object: Mapping[str, Any] | None


def apply(operation: Operation, waiting: Waiting, clock: Clock, track: Track) -> Generator[float, None, Outcome]:
    """Carry the change out; yields the seconds to pause. Raises nothing: every end is an Outcome."""
    deadline = Deadline(clock, waiting.timeout)
    track.submitted = True
    task = yield from _Submission(operation, clock, deadline).run()
    if isinstance(task, Outcome):
        return task
    track.task = task.data if task else None
    if task is None:
        seen = yield from _watch(operation, DOUBT_SECONDS, clock, deadline)
        if seen.applied:
            return Outcome(CHANGED, seen.object)
        return Outcome(DOUBTFUL, seen.object, failure=_unknown(operation, None))
    if not waiting.wait and task.outcome == PENDING:
        return Outcome(SUBMITTED, task=task.data)
    return (yield from _finish(operation, task, waiting, clock, deadline))


class _Submission:
    """Sending a change until it is known to be taken, refused or in doubt."""

    def __init__(self, operation: Operation, clock: Clock, deadline: Deadline) -> None:
        self._operation = operation
        self._clock = clock
        self._deadline = deadline
        self._busy = 0  # answers and connections that turned it away
        self._doubts = 0  # submissions that may or may not have been taken

    def run(self) -> Generator[float, None, Outcome | Task | None]:
        """The task, None when the server took the change without one, or the end that it came to."""
        while True:
            try:
                return self._operation.submit(self._deadline)
            except Failure as failure:
                end = yield from self._after(failure)
                if end is not None:
                    return end
                # nothing is sent when the time is up
                yield min(failure.retry_after or 0.5 * self._busy, self._deadline.remaining() * 0.9)

    def _after(self, failure: Failure) -> Generator[float, None, Outcome | None]:
        """The end that a failed submission means; None when it may be sent again."""
        refused = _is_refusal(failure)
        if refused and self._busy + self._doubts == 0:
            return self._refusal(failure)
        turned_away = not failure.sent or failure.http_status in _BUSY_STATUSES
        seconds = BUSY_SECONDS if turned_away else DOUBT_SECONDS
        seen = yield from _watch(self._operation, seconds, self._clock, self._deadline, once=not failure.sent)
        if seen.applied:
            return Outcome(CHANGED, seen.object, warning=_warning(self._operation, failure.message))
        # a refusal says nothing of an earlier submission that may have been taken
        if refused and not self._doubts:
            return self._refusal(failure, seen)
        self._busy += turned_away
        self._doubts += not turned_away
        spent = self._doubts > 1 or self._busy > MOST_BUSY_ANSWERS or self._deadline.expired
        if not refused and not spent and seen.applied is not None:
            return None
        if not failure.sent and not self._doubts:
            return self._refusal(failure, seen)
        return Outcome(DOUBTFUL, seen.object, failure=_unknown(self._operation, failure))

    def _refusal(self, failure: Failure, seen: _Sight | None = None) -> Outcome:
        return Outcome(FAILED, seen.object if seen else None, failure=_about(self._operation, failure))


def _finish(
    operation: Operation, task: Task, waiting: Waiting, clock: Clock, deadline: Deadline
) -> Generator[float, None, Outcome]:
    try:
        ended = yield from follow(task, lambda limit: operation.look(task.id, limit), waiting, clock, deadline)
    except Failure as failure:
        seen = yield from _watch(operation, 0, clock, deadline, once=True)
        if seen.applied:
            return Outcome(CHANGED, seen.object, task.data, warning=_warning(operation, failure.message))
        failure.message += f"; {task.summary} goes on by itself: follow it with {task.module}"
        failure.submitted = True
        return Outcome(DOUBTFUL, seen.object, task.data, failure=_about(operation, failure))
    last = ended or task
    well = ended is not None and ended.outcome == SUCCESS
    # the object is looked at once more even when the time is up
    grace = Deadline(clock, APPLIED_SECONDS)
    seen = yield from _watch(operation, APPLIED_SECONDS, clock, grace, once=not well and ended is not None)
    if seen.applied:
        warning = None if well else _warning(operation, f"{last.summary} did not end well")
        return Outcome(CHANGED, seen.object, last.data, warning=warning)
    if ended is None or (well and seen.applied is None):
        state, why = DOUBTFUL, _unknown(operation, None, last)
    elif well:
        state, why = FAILED, _not_applied(operation, last)
    elif last.outcome == PENDING:
        state, why = DOUBTFUL, not_ended([last], waiting)
        why.message = f"{operation.subject}: {why.message}"
        why.submitted = True
    else:
        state = DOUBTFUL if last.outcome == UNKNOWN else FAILED
        why = ended_badly(last, operation.subject, submitted=True)
    return Outcome(state, seen.object, last.data, failure=why)


def _not_applied(operation: Operation, task: Task) -> Failure:
    return Failure(
        "task_failed",
        f"{operation.subject}: {task.summary} says that it is done, but the object is as before; "
        "look at it on the system and run this again",
        task=task.data,
        submitted=True,
    )


def _watch(
    operation: Operation, seconds: float, clock: Clock, deadline: Deadline, once: bool = False
) -> Generator[float, None, _Sight]:
    """Read the object until the change shows, for at most `seconds`; at least one read is tried."""
    started = clock.monotonic()
    until = deadline.within(seconds)
    sight = _Sight(None, None)
    while True:
        try:
            found = operation.read(deadline if deadline.remaining() > 1 else Deadline(clock, 1))
        except Failure as failure:
            if not is_passing(failure):
                return sight
        else:
            if found is not None:
                sight = _Sight(operation.is_applied(found), found)
        if sight.applied or until.expired or (once and sight.applied is not None):
            return sight
        yield min(max(0.1, (clock.monotonic() - started) / 5), until.remaining())


def _is_refusal(failure: Failure) -> bool:
    """Whether the server, or our own checks, surely did not start anything."""
    if failure.kind in ("input", "auth", "permission", "not_found", "conflict", "tls"):
        return True
    # a redirect is not followed, so what it asked for did not happen
    status = failure.http_status or 0
    return 300 <= status < 500 and status not in (408, 429)


def _about(operation: Operation, failure: Failure) -> Failure:
    failure.message = f"{operation.subject}: {failure.message}"
    return failure


def _warning(operation: Operation, why: str) -> str:
    return f"{operation.subject} is done, as reading it back shows, although {why}"


def _unknown(operation: Operation, cause: Failure | None, task: Task | None = None) -> Failure:
    if cause is not None:
        why = cause.message
    elif task is not None:
        why = f"{task.summary} ended, or is no longer known, and the object could not be seen changed"
    else:
        why = "the server took it without naming a task, and the object did not change"
    return Failure(
        "unknown_outcome",
        f"{operation.subject}: it is not known whether it happened: {why}; read the object, then run this again: "
        "what is already done stays untouched",
        http_status=cause.http_status if cause else None,
        code=cause.code if cause else None,
        detail=cause.detail if cause else None,
        method=cause.method if cause else None,
        path=cause.path if cause else None,
        task=task.data if task else None,
        submitted=True,
    )
