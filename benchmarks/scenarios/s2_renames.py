# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S2: renaming 1, 100 and 1,000 backups."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import payload
from ground import CONTESTANTS, Ground, expect
from measure import Contestant, Figures, Measured, compare
from plan import Plan
from report import TIMES, Section, Table, times

NAME, TITLE = "S2", "renaming backups"
TASK_SECONDS = (0.2, 2.0)
LARGE = 1000  # from here on caches are no part of the time, and no round is run to warm them up
LATENCY = 0.02  # seconds for each request
PARALLEL, SERVER_LIMIT = 16, 4
NOTES = [
    "*Floor* is an Ansible module on a bare `http.client` that starts every rename, as many at once as the module, "
    "looks at each task once when it has surely ended, and believes every answer; the module reads every backup "
    "before and after, many of them in one list. It runs with `on_error: continue`, which like the floor has all tasks "
    "under way at once. Script and SDK wait a second before they look at a task, one after the other.",
    "The playbook is run once: it takes minutes.",
    f"*Limited*: the server answers 502 to more than {SERVER_LIMIT} requests at once, takes 20 ms for each, and the "
    f"module is allowed {PARALLEL} at once (`parallel`).",
]


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    table = Table(["renames", "task", "latency", "contestant", *TIMES, "requests", "502s", "module ÷ it"])
    section.tables.append(table)
    for seconds in TASK_SECONDS:
        with Ground("--backups", "1000", "--task-seconds", str(seconds)) as ground:
            for total in plan.sizes(1, 100, 1000):
                _compare(plan, section, table, ground, total, seconds)
    for seconds in TASK_SECONDS:
        with Ground("--backups", "1000", "--task-seconds", str(seconds), "--latency", str(LATENCY)) as ground:
            for total in plan.sizes(100, 1000):
                _compare(plan, section, table, ground, total, seconds, LATENCY)
    _limited(plan, section, table)
    return section


def _compare(
    plan: Plan, section: Section, table: Table, ground: Ground, total: int, seconds: float, latency: float = 0.0
) -> None:
    work = _Work(ground, total)
    module = work.module(on_error="continue")
    floor = ground.module(
        "floor_renames", {"renames": work.renames, "task_seconds": seconds}, title="floor", **work.rules
    )
    contestants = [module, floor]
    if total == 1:
        contestants += [work.script("script_renames.py", "script"), work.script("sdk_renames.py", "SDK")]
    measured = compare(contestants, plan.runs, warm_up=total < LARGE)
    if total <= 100 and seconds == TASK_SECONDS[0] and not latency:
        play = ground.play(CONTESTANTS / "uri_renames.yml", "uri playbook", environment=work.environment, **work.rules)
        measured += compare([play], 1, warm_up=False)
    what = f"{total:,} renames, tasks of {seconds:g} s, {latency * 1000:.0f} ms"
    _show(table, [f"{total:,}", f"{seconds:g} s", f"{latency * 1000:.0f} ms"], measured)
    if total == 100 and len(measured) > 2:
        ratio = measured[-1].median / measured[0].median
        section.goal(f"{what}: ≥ 20 × faster than the uri playbook", f"{ratio:.0f} ×", ratio >= 20)
    if total == LARGE:
        ratio = measured[0].ratio(measured[1])
        section.goal(f"{what}: ≤ 1.2 × floor", f"{ratio:.2f}", ratio <= 1.2)


def _limited(plan: Plan, section: Section, table: Table) -> None:
    limits = ("--max-parallel", str(SERVER_LIMIT), "--latency", str(LATENCY))
    with Ground("--backups", "1000", "--task-seconds", "0.2", *limits) as ground:
        work = _Work(ground, 100)
        measured = compare([work.module(on_error="continue", parallel=PARALLEL)], plan.runs)
    _show(table, ["100", "0.2 s, limited", f"{LATENCY * 1000:.0f} ms"], measured)
    refused = max(measured[0].all("refused"))
    # the first requests meet the limit before anything can be learned of it
    most = PARALLEL + PARALLEL // 2
    section.goal(
        f"100 renames, {PARALLEL} at once allowed and {SERVER_LIMIT} taken: all done, at most {most} 502s",
        f"{refused:.0f} 502s",
        refused <= most,
    )


class _Work:
    """The renames of one size, and the contestants that make them. Each run begins with the same backups."""

    def __init__(self, ground: Ground, total: int) -> None:
        self._ground = ground
        self._total = total
        backups = ground.control.objects("simplivity", "backups")[-total:]
        self.renames = [{"id": one["id"], "new_name": f"renamed {n}"} for n, one in enumerate(backups)]
        file = payload.DIRECTORY / f"renames_{total}.json"
        payload.DIRECTORY.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.renames), encoding="utf-8")
        self.environment = {"RENAMES": str(file)}
        self.rules: Mapping[str, Any] = {"prepare": ground.control.reset, "inspect": self._inspect}

    def module(self, **options: Any) -> Contestant:
        given = {"renames": self.renames, **options}
        return self._ground.module("svt_backup_rename", given, **self.rules)

    def script(self, file: str, title: str) -> Contestant:
        return self._ground.script(file, title, self.environment, **self.rules)

    def _inspect(self, _output: Path) -> Figures:
        done = len(self._ground.control.changes())
        expect(done == self._total, f"{done} renames instead of {self._total}")
        seen = self._ground.control.requests("simplivity")
        return {"requests": len(seen), "refused": sum(one["status"] == 502 for one in seen)}


def _show(table: Table, what: Sequence[str], measured: Sequence[Measured]) -> None:
    for one in measured:
        pairs = len(one.runs) == len(measured[0].runs)
        ratio = measured[0].ratio(one) if pairs else measured[0].median / one.median
        asked, refused = f"{one.figure('requests'):.0f}", f"{max(one.all('refused')):.0f}"
        table.add(*what, one.name, *times(one), asked, refused, f"{ratio:.2f}")
