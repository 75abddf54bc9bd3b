# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""A task as both back ends see it, and the one rule of waiting: every state is pending, success or failure."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from .clock import Clock, Deadline
from .errors import Failure
from .retry import is_passing
from .text import clean, listed, quoted
from .timestamps import NANOSECONDS, parse_rfc3339

PENDING, SUCCESS, FAILURE, UNKNOWN = "pending", "success", "failure", "unknown"
GONE = "gone"  # the server knew it, and does not any more

# A task may be visible only a moment after it was started, or be asked for on another node (reliability.md F9, F23).
MISSING_SECONDS = 10.0
SHORTEST_PAUSE = 0.15  # seconds

# From so many changes on, those of one plan are done in company: what saves requests may cost a moment.
MANY = 8
# A task is not left alone for longer because others took longer: this one may not.
_LONGEST_TRUST = 2.5


class Task(NamedTuple):
    """One task. outcome: pending, success, failure, unknown or gone. reason: why it failed. data: as modules return it.

    module: the one that shows it and waits for it. progress: percent, where the API says it in words of its own; only
    shown to people.
    """

    id: str
    state: str
    outcome: str
    reason: str
    code: str | None
    data: Mapping[str, Any]
    module: str = "the task_info module"
    progress: float | None = None

    @property
    def summary(self) -> str:
        """`task 'id' (state IN_PROGRESS, 40 %)`."""
        shown = "" if self.percent is None else f", {self.percent} %"
        return f"task {quoted(self.id)} (state {clean(self.state, 40)}{shown})"

    @property
    def percent(self) -> float | None:
        """How far it says it is; None when it does not say. Any number at all (reliability.md F7)."""
        percent = self.data.get("percent_complete")
        return percent if isinstance(percent, (int, float)) and not isinstance(percent, bool) else None

    @property
    def took(self) -> float:
        """The most seconds that it can have taken by its start and its end, which are told in whole ones; infinite
        when it does not say."""
        start, end = (parse_rfc3339(str(self.data.get(name))) for name in ("start_time", "end_time"))
        return (end - start) / NANOSECONDS + 1 if start and end and start <= end else math.inf


def _unwatched(_task: Task) -> None:
    """Nobody watches."""


class Waiting(NamedTuple):
    """The user's waiting options, in seconds. interval: the longest pause between two looks. watch: is shown each task
    as it was seen last."""

    wait: bool
    timeout: float
    interval: float
    watch: Callable[[Task], None] = _unwatched

    def pause(self, waited: float, percent: float | None = None) -> float:
        """Seconds until the next look: a tenth of the time waited so far, so that short tasks are noticed quickly
        and long ones cost few requests.

        percent: how far the task is. A task that goes on evenly is looked at less often before its end, and more often
        around it; one that does not, never later than after a quarter of the time waited.
        """
        pause = waited / 10
        if percent is not None and 0 < percent < 100:
            left = waited * (100 - percent) / percent
            pause = min(max(0.9 * left, waited / 22), waited / 4)
        return max(min(SHORTEST_PAUSE, self.interval), min(pause, self.interval))


class Pace:
    """How many tasks of one plan are under way, and how long they take. expected: seconds, of the shortest so far."""

    def __init__(self) -> None:
        self.under_way = 0
        self.expected = 0.0
        self._lock = threading.Lock()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """While a task is under way."""
        with self._lock:
            self.under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self.under_way -= 1

    def saw(self, task: Task, waited: float) -> None:
        """A task was looked at. One that is pending ends in time by how far it says it is; one that has ended may have
        done so long before."""
        percent = 100 if task.outcome != PENDING else task.percent
        if percent is not None and 0 < percent <= 100:
            seconds = min(waited * 100 / percent, task.took)
            with self._lock:
                self.expected = min(self.expected or math.inf, seconds)

    def left(self, waited: float, longest: float) -> float:
        """Seconds for which a task need not be looked at for the first time, as others of many have shown."""
        return min(self.expected, _LONGEST_TRUST, longest) - waited if self.under_way >= MANY else 0.0


def ended_badly(task: Task, what: str, submitted: bool) -> Failure:
    """The failure for a task that ended in failure or in a state that nobody knows, or that vanished."""
    if task.outcome == GONE:
        return Failure(
            "unknown_outcome",
            f"{what}: the server no longer knows {task.summary}, so what became of it is not known; "
            "look at the object that it was to change",
            task=task.data,
            submitted=submitted,
        )
    if task.outcome == UNKNOWN:
        return Failure(
            "task_unknown_state",
            f"{what}: {task.summary} is in a state that this collection does not know; look at it on the system",
            task=task.data,
            submitted=submitted,
        )
    code = f", code {clean(task.code, 40)}" if task.code else ""
    return Failure(
        "task_failed",
        f"{what}: {task.summary} failed{code}: {task.reason or 'the API gives no reason'}",
        code=task.code,
        detail=task.reason or None,
        task=task.data,
        submitted=submitted,
    )


def follow(
    task: Task,
    look: Callable[[Deadline], Task | None],
    waiting: Waiting,
    clock: Clock,
    deadline: Deadline,
    pace: Pace | None = None,
) -> Generator[float, None, Task | None]:
    """Look at one task until it ends; yields the seconds to pause before each look.

    look: the task as it is now, None when the server does not know it. Returns the task in its last known state, which
    is still pending when the deadline came first, or None when the server does not know it any more. Errors that may
    pass do not end the wait; others (no permission, login refused) are raised with the task in them.
    pace: of the plan that the task is one of many in.
    """
    started = clock.monotonic()
    missing_since: float | None = None
    looked = False
    while task.outcome == PENDING and not deadline.expired:
        waiting.watch(task)
        yield min(waiting.pause(clock.monotonic() - started, task.percent), deadline.remaining())
        early = pace.left(clock.monotonic() - started, waiting.interval) if pace and not looked else 0.0
        if early > 0:
            yield min(early, deadline.remaining())
        looked = True
        try:
            # the last look at the limit gets a moment of its own
            seen = look(deadline if deadline.remaining() > 1 else Deadline(clock, 1))
        except Failure as failure:
            if not is_passing(failure):
                failure.task = task.data
                raise
            continue
        now = clock.monotonic()
        if seen is None:
            missing_since = now if missing_since is None else missing_since
            if now - missing_since >= MISSING_SECONDS:
                return None
            continue
        missing_since = None
        task = seen
        if pace is not None:
            pace.saw(task, now - started)
    waiting.watch(task)
    return task


def follow_all(
    pending: Sequence[str],
    look: Callable[[Sequence[str], Deadline], Mapping[str, Task]],
    waiting: Waiting,
    clock: Clock,
) -> dict[str, Task]:
    """Look at many tasks, one round of requests at a time, until all have ended or the timeout comes.

    look: the tasks with these ids as they are now; ids that the server does not know are left out. Returns the last
    known state by id; an id never seen is left out. A task that vanished keeps its last known state, with the outcome
    gone.
    """
    started = clock.monotonic()
    deadline = Deadline(clock, waiting.timeout)
    todo = list(pending)
    known: dict[str, Task] = {}
    last_seen = dict.fromkeys(todo, started)
    while todo:
        try:
            seen = look(todo, deadline if deadline.remaining() > 1 else Deadline(clock, 1))
        except Failure as failure:
            if not is_passing(failure):
                failure.task = known[todo[0]].data if todo[0] in known else {"id": todo[0]}
                failure.message += f"; the work goes on by itself: follow it with id {listed(todo)}, wait: true"
                raise
        else:
            known.update(seen)
            now = clock.monotonic()
            last_seen.update((id, now) for id in seen)
            gone = [id for id in todo if now - last_seen[id] >= MISSING_SECONDS]
            known.update((id, known[id]._replace(outcome=GONE)) for id in gone if id in known)
            for id in {*seen, *gone} & known.keys():
                waiting.watch(known[id])
            todo = [id for id in todo if id not in gone and (id not in seen or seen[id].outcome == PENDING)]
        if not todo or deadline.expired:
            break
        waited = clock.monotonic() - started
        pause = min(waiting.pause(waited, known[id].percent if id in known else None) for id in todo)
        clock.sleep(min(pause, deadline.remaining()))
    return known


def not_ended(tasks: Sequence[Task], waiting: Waiting) -> Failure:
    """The failure for tasks still pending at the limit: it says what they did last and how to go on."""
    first = tasks[0]
    many = f" and {len(tasks) - 1} more" if len(tasks) > 1 else ""
    return Failure(
        "task_timeout",
        f"{first.summary}{many} not ended after {waiting.timeout:g} s (wait_timeout); the work goes on by itself: "
        f"follow it with {first.module}, id {listed(task.id for task in tasks)}, wait: true",
        task=first.data,
    )
