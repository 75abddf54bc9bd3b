# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that waits for a task of the simulator, whichever module and whatever becomes of the task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator import timelines

from .bench import Bench, Played, Rule
from .places import OBJECT, Place

SVT_POLLS, ACRONIS_POLLS = r"/tasks/[^/?]+$", r"/v2/tasks\?"
TASK_SECONDS = 4.0

Timeline = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Waiter:
    """One module beside one task. id: the task's, None for a rename, whose task is yet to be made."""

    bench: Bench
    place: Place
    options: Mapping[str, Any]
    id: str | None

    @property
    def polls(self) -> str:
        """A pattern for the requests that look at the task."""
        return SVT_POLLS if self.place.api == "simplivity" else ACRONIS_POLLS

    @property
    def task(self) -> str:
        """Where the task stands in an answer."""
        return "task" if self.place.api == "simplivity" else "items.0"

    def rule(self, action: Mapping[str, Any], times: int | None = None, skip: int = 1) -> Rule:
        """A fault on looks at the task; the first one tells the module of the task, so it goes well."""
        return {"method": "GET", "path": self.polls, "times": times, "skip": skip, "action": action}

    def play(self, *rules: Rule, **more: Any) -> Played:
        """The wait."""
        return self.bench.play(self.place.module, *rules, options=self.options, **more)

    def shown(self, played: Played) -> Mapping[str, Any]:
        """The task as the result shows it."""
        found = played.result["task"] if self.place.answers == OBJECT else played.result["tasks"][0]
        return dict(found)


def waiter(
    bench: Bench,
    place: Place,
    seconds: float | None = TASK_SECONDS,
    timeline: Iterable[Mapping[str, Any]] | None = None,
    settings: Mapping[str, Any] | None = None,
    **options: Any,
) -> Waiter:
    """A task that takes `seconds` of the simulator's time, for ever if that is None, and a module to wait for it.

    timeline: what becomes of it at Acronis. settings: what becomes of it at SimpliVity.
    """
    more = {"wait": True, "wait_interval": 1, **options}
    if place.api == "acronis":
        if timeline is None:
            timeline = timelines.stale() if seconds is None else timelines.ends("ok", after=seconds)
        added = bench.control.add("acronis", "tasks", type="backup", timeline=list(timeline))
        id = str(added["id"])
        return Waiter(bench, place, bench.options(place.module, id=[id], **more), id)
    bench.control.set("simplivity", task_seconds=seconds, **(settings or {}))
    given = bench.options(place.module, **more)
    return Waiter(bench, place, given, None if place.answers == OBJECT else given["id"][0])
