# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S4: Acronis tasks by a filter, and waiting for 500 of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import payload
from ground import Ground, counts, expect, printed
from measure import Figures, Measured, compare
from plan import Plan
from report import TIMES, Section, Table, times
from simulator import timelines

NAME, TITLE = "S4", "Acronis tasks"
PAGE, IDS_A_QUERY = 500, 100
WAITED_FOR = 500
FIRST_END, LAST_END = 1.0, 5.0  # seconds after they began
LARGE = 100_000  # from here on there are fewer runs, and caches are no part of the time, so none warms them up
MOST_MB = 500.0
NOTES = [
    f"Lists: `state: completed`, all fields. Waiting: {WAITED_FOR} tasks that end one after the other, "
    f"{FIRST_END:g} to {LAST_END:g} s after their begin; the script asks for each pending task once a second, as a "
    "loop of `until` would. A *round* is a look at all tasks that are still pending.",
    f"From {LARGE:,} tasks on there are fewer runs, as the differences are large.",
]


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    section.tables += [_lists(plan, section), _waiting(plan, section)]
    return section


def _lists(plan: Plan, section: Section) -> Table:
    table = Table(["tasks", "contestant", *TIMES, "requests", "module ÷ it", "body ÷ body"])
    for total in (1_000, 10_000) if plan.quick else (10_000, 100_000):
        with Ground() as ground:
            seeds = ground.control.objects("acronis", "tasks")
            ground.control.fill(tasks=total)
            matching = total - sum(task["state"] != "completed" for task in seeds)
            check = counts(ground, "tasks", matching, "acronis")
            contestants = [
                ground.module("acronis_task_info", {"state": ["completed"]}, inspect=check),
                ground.module("floor_tasks", {}, title="floor", inspect=check),
                ground.script("script_tasks.py", "script", inspect=check),
            ]
            runs = plan.runs if total < LARGE else plan.few
            measured = compare(contestants, runs, warm_up=total < LARGE)
        for one in measured:
            ratios = f"{measured[0].ratio(one):.2f}", f"{measured[0].body_ratio(one):.2f}"
            table.add(f"{total:,}", one.name, *times(one), f"{one.figure('requests'):.0f}", *ratios)
        _judge_list(section, total, matching, measured)
    return table


def _judge_list(section: Section, total: int, matching: int, measured: Sequence[Measured]) -> None:
    module, floor = measured[:2]
    ratio = module.body_ratio(floor)
    section.goal(f"{total:,} tasks: module body ≤ 1.3 × floor", f"{ratio:.2f}", ratio <= 1.3)
    least, asked = -(-matching // PAGE) + 2, module.figure("requests")
    section.goal(f"{total:,} tasks: requests = pages + 2 = {least}", f"{asked:.0f}", asked == least)
    if total >= LARGE:
        section.goal(
            f"{total:,} tasks: at most {MOST_MB:.0f} MB", f"{module.peak_mb:.0f} MB", module.peak_mb <= MOST_MB
        )


def _waiting(plan: Plan, section: Section) -> Table:
    table = Table(["contestant", *TIMES, "queries", "rounds", "queries a round (most)"])
    with Ground() as ground:
        start = _Waiting(ground)
        contestants = [
            ground.module("acronis_task_info", {"id": start.ids, "wait": True}, "waiting", **start.rules),
            ground.script("script_tasks.py", "script", {"IDS": str(start.file)}, **start.rules),
        ]
        measured = compare(contestants, plan.runs)
    for one in measured:
        shown = [f"{max(one.all(name)):.0f}" for name in ("queries", "rounds", "most")]
        table.add(one.name, *times(one), *shown)
    module, allowed = measured[0], -(-WAITED_FOR // IDS_A_QUERY)
    most = max(module.all("most"))
    section.goal(
        f"waiting for {WAITED_FOR} tasks: at most {allowed} queries a round, not one a task",
        f"{most:.0f}",
        most <= allowed,
    )
    return table


class _Waiting:
    """The tasks that are waited for: each run begins with the same ones, just started."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.ids = self._begin()
        payload.DIRECTORY.mkdir(parents=True, exist_ok=True)
        self.file = payload.DIRECTORY / "ids.json"
        self.file.write_text(json.dumps(self.ids), encoding="utf-8")
        self.rules: dict[str, Any] = {"prepare": self._begin, "inspect": self._inspect}

    def _begin(self) -> list[str]:
        self._ground.control.reset()
        step = (LAST_END - FIRST_END) / WAITED_FOR
        many = [
            {"type": "backup", "timeline": timelines.ends(after=FIRST_END + number * step)}
            for number in range(WAITED_FOR)
        ]
        return [str(task["id"]) for task in self._ground.control.add_many("acronis", "tasks", many)]

    def _inspect(self, output: Path) -> Figures:
        found = len(printed(output)["tasks"])
        expect(found == WAITED_FOR, f"{found} tasks instead of {WAITED_FOR}")
        rounds: list[int] = []
        asked: set[str] = set()
        seen = self._ground.control.requests("acronis", "GET", "/tasks")
        for query in seen:
            ids = {value for name, value in query["query"] if name == "id"} or {query["path"].rpartition("/")[2]}
            if not rounds or asked & ids:
                rounds.append(0)
                asked = set()
            asked |= ids
            rounds[-1] += 1
        return {"queries": len(seen), "rounds": len(rounds), "most": max(rounds)}
