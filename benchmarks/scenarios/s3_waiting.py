# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S3: noticing the end of a task of 0.3, 3, 30 and 300 seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import cycle
from typing import Any

import payload
from ground import CONTESTANTS, Ground, expect
from measure import Contestant, Figures, Measured, compare
from plan import Plan
from report import Section, Table

NAME, TITLE = "S3", "noticing the end of a task"
# The length of the task in seconds, and how fast the clocks of the server and of the contestants run.
TASKS = ((0.3, 1), (3.0, 1), (30.0, 10), (300.0, 25))
# When the end falls between two looks is chance, so no two runs have tasks of the same length.
STRETCHES = (1.0, 0.93, 1.07, 0.97, 1.03)
SHARE, LEAST = 0.05, 0.2  # of the task's length, and seconds
MOST_LOOKS = 60
ALL_UP_TO = 3  # seconds of a task at whose end all contestants are looked at
NOTES = [
    "One backup is renamed. *Noticed* is how long after its end the answer came that tells of it, in seconds of "
    "the server's clock, by the server's ledger; the lengths of the tasks are spread by 7 % so that luck evens "
    "out. Tasks of 30 and 300 s: the clock of the server and the pauses of the contestants run 10 and 25 times as "
    "fast, the requests do not, so that what they cost counts 10 and 25 times.",
    "At 30 and 300 s only the module is run; the script would look every second, the SDK every ten.",
]


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    table = Table(["task", "contestant", "noticed after (median)", "(worst)", "looks"])
    section.tables.append(table)
    for length, speed in TASKS[: 2 if plan.quick else None]:
        with Ground("--task-seconds", str(length), "--speed", str(speed)) as ground:
            contestants = _contestants(ground, length, speed)
            measured = compare(contestants, plan.runs)
            if length == 3:
                play = _play(ground, length)
                measured += compare([play], plan.few, warm_up=False)
        for one in measured:
            looks = f"{max(one.all('looks')):.0f}"
            table.add(f"{length:g} s", one.name, f"{one.figure('late'):.2f} s", f"{max(one.all('late')):.2f} s", looks)
        _judge(section, length, measured[0])
    return section


def _contestants(ground: Ground, length: float, speed: float) -> list[Contestant]:
    backup = ground.control.objects("simplivity", "backups")[0]
    rename = {"id": backup["id"], "new_name": "renamed"}
    file = payload.DIRECTORY / "renames_1.json"
    payload.DIRECTORY.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([rename]), encoding="utf-8")
    environment = {"RENAMES": str(file)}
    module = ground.module("svt_backup_rename", rename, **_rules(ground, length, speed))
    if length > ALL_UP_TO:
        return [module]
    return [
        module,
        ground.script("script_renames.py", "script", environment, **_rules(ground, length, speed)),
        ground.script("sdk_renames.py", "SDK", environment, **_rules(ground, length, speed)),
    ]


def _play(ground: Ground, length: float) -> Contestant:
    rules = _rules(ground, length, 1)
    del rules["speed"]
    environment = {"RENAMES": str(payload.DIRECTORY / "renames_1.json")}
    return ground.play(CONTESTANTS / "uri_renames.yml", "uri playbook", environment=environment, **rules)


def _rules(ground: Ground, length: float, speed: float) -> dict[str, Any]:
    """How a contestant's runs begin and what is looked at when they have ended."""
    lengths = cycle(length * stretch for stretch in STRETCHES)
    now = {"length": length}

    def prepare() -> None:
        ground.control.reset()
        now["length"] = next(lengths)
        ground.control.set("simplivity", task_seconds=now["length"])

    return {"prepare": prepare, "inspect": lambda _output: _noticed(ground, now), "speed": speed}


def _noticed(ground: Ground, now: Mapping[str, float]) -> Figures:
    seen = ground.control.requests("simplivity")
    starts = [one["started"] for one in seen if one["method"] == "POST" and one["path"].endswith("/rename")]
    looks = [one["ended"] for one in seen if one["method"] == "GET" and "/tasks/" in one["path"]]
    expect(len(starts) == 1 and looks, f"{len(starts)} renames and {len(looks)} looks at the task")
    end = starts[0] + now["length"]
    expect(max(looks) >= end, "nobody saw the task end")
    return {"late": min(look for look in looks if look >= end) - end, "looks": len(looks)}


def _judge(section: Section, length: float, module: Measured) -> None:
    most = max(SHARE * length, LEAST)
    worst, looks = max(module.all("late")), max(module.all("looks"))
    section.goal(
        f"end of a task of {length:g} s noticed within {most:g} s (5 %, at least 0.2 s)",
        f"{worst:.2f} s",
        worst <= most,
    )
    if length == 300:
        section.goal(f"at most {MOST_LOOKS} looks at a task of {length:g} s", f"{looks:.0f}", looks <= MOST_LOOKS)
