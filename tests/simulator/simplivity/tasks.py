# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks: a change that is accepted now and takes effect when its time has come (simplivity.md 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ..clock import Clock, iso_seconds
from ..schedule import Schedule
from ..settings import SimplivitySettings
from .media import minor_version

EPOCH = "1970-01-01T00:00:00Z"
RUNNING, COMPLETED, FAILED = "IN_PROGRESS", "COMPLETED", "FAILED"
DEFAULT_FAILURE = (130, "The VM power state is not acceptable.")


@dataclass(frozen=True)
class Failure:
    """Why a task fails."""

    error_code: int
    message: str


@dataclass(frozen=True)
class Work:
    """What a task does: a check at its end, then the change; the objects that it affects."""

    name: str
    affected: list[dict[str, str]]
    apply: Callable[[float], None]
    check: Callable[[], Failure | None] = lambda: None


@dataclass
class Task:
    """One task; how it ends is settled when it ends."""

    id: str
    work: Work
    started: float
    due: float | None
    state: str = RUNNING
    ended: float | None = None
    error_code: int = 0
    error_text: str = ""
    affected: list[dict[str, str]] = field(default_factory=list)
    overrides: dict[str, Any] = field(default_factory=dict)
    hidden_until: float = 0.0


class Tasks:
    """Starts tasks, ends them by the clock, shows them."""

    def __init__(self, clock: Clock, schedule: Schedule, settings: SimplivitySettings) -> None:
        self._clock = clock
        self._schedule = schedule
        self._settings = settings
        self._tasks: dict[str, Task] = {}
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Work) -> Task:
        """Accepts a piece of work; with ``task_seconds`` 0 it has ended when the first answer is made."""
        now = self._clock.monotonic()
        seconds = self._settings.task_seconds
        task = Task(self._new_id(), work, now, None if seconds is None else now + seconds)
        task.hidden_until = now + self._settings.task_visible_after
        self._tasks[task.id] = task
        if task.due is not None:
            self._schedule.at(task.due, lambda due: self._end(task, due))
            self._schedule.run_due()
        return task

    def get(self, task_id: str) -> Task | None:
        """The task of that id, unless it is not visible yet or forgotten already."""
        task = self._tasks.get(task_id)
        if task is None:
            return None
        now = self._clock.monotonic()
        forgotten = self._settings.task_forgotten_after
        if now < task.hidden_until:
            return None
        if forgotten is not None and task.ended is not None and now >= task.ended + forgotten:
            return None
        return task

    def all(self) -> list[Task]:
        """All tasks, visible or not."""
        return list(self._tasks.values())

    def discard(self, task_id: str) -> bool:
        """Forgets a task (its work is done all the same)."""
        return self._tasks.pop(task_id, None) is not None

    def view(self, task: Task) -> dict[str, Any]:
        """The task on the wire; the key of the error text depends on the API version (simplivity.md 3)."""
        text_key = "error_message" if minor_version(self._settings.api_version) >= 12 else "message"
        shown: dict[str, Any] = {
            "id": task.id,
            "state": task.state,
            "percent_complete": self._percent(task),
            "affected_objects": task.affected,
            "error_code": task.error_code,
            "start_time": iso_seconds(self._clock.wall(task.started)),
            "end_time": EPOCH if task.ended is None else iso_seconds(self._clock.wall(task.ended)),
            "name": task.work.name,
            "type": "BACKUP",
            "owner_id": task.id.partition(":")[0],
            "destination_id": "",
        }
        if task.error_text:
            shown[text_key] = task.error_text
        return {**shown, **task.overrides}

    def _end(self, task: Task, due: float) -> None:
        failure = task.work.check() or self._ordered_failure()
        task.ended = due
        if failure is None:
            task.state = self._settings.task_end_state or COMPLETED
            task.error_code = self._settings.task_error_code
            task.affected = task.work.affected
        else:
            task.state, task.error_code, task.error_text = FAILED, failure.error_code, failure.message
        applies = self._settings.task_applies
        if applies if applies is not None else failure is None:
            if self._settings.apply_delay:
                self._schedule.at(due + self._settings.apply_delay, task.work.apply)
            else:
                task.work.apply(due)

    def _ordered_failure(self) -> Failure | None:
        """The failure that the settings ask for."""
        if self._settings.task_end_state != FAILED:
            return None
        code, text = DEFAULT_FAILURE
        return Failure(self._settings.task_error_code or code, self._settings.task_error_message or text)

    def _percent(self, task: Task) -> int:
        if task.ended is not None:
            return 100
        if task.due is None:
            return 0
        return min(99, int(100 * (self._clock.monotonic() - task.started) / (task.due - task.started)))

    def _new_id(self) -> str:
        """Three UUIDs joined by colons, as the guide prints them."""
        controller = "422a3b5d-9125-467b-1909-9fb5f5c9c65e"
        return f"{controller}:{controller}:{next(self._numbers):08x}-19d2-4fbb-a7ec-20638373ccfc"
