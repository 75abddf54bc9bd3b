# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S9: a play of 50 single tasks, in the controller and as processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plays
from ground import Ground, expect
from measure import Contestant, Figures, compare
from plan import Plan
from report import Section, Table

NAME, TITLE = "S9", "a play of 50 single tasks in the controller and as processes"
LIST, RENAME = "safehold.backup.svt_backup_info", "safehold.backup.svt_backup_rename"
BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
FASTER = 4.0
NOTES = [
    "By turns a task lists five backups and renames one, whose task ends at once. The last play is of tasks of "
    "ansible.builtin.debug, which is what Ansible itself costs. Run without warm-up. The goal is of whole processes, "
    "start of Ansible included.",
]


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    table = Table(["play", "whole process", "spread", "CPU", "a task", "requests", "÷ as processes"])
    tasks = 6 if plan.quick else 50
    with Ground("--task-seconds", "0") as ground:
        contestants = [
            _play(ground, "in the controller", True, tasks),
            _play(ground, "as processes", False, tasks),
            _nothing(ground, tasks),
        ]
        measured = compare(contestants, plan.few, warm_up=False)
    for one in measured:
        a_task = f"{one.median / tasks * 1000:.0f} ms"
        cells = [f"{one.median:.1f} s", one.spread, f"{one.cpu:.1f} s", a_task, f"{one.figure('requests'):.0f}"]
        table.add(one.name, *cells, f"{one.ratio(measured[1]):.2f}")
    section.tables.append(table)
    faster = 1 / measured[0].ratio(measured[1])
    section.goal(f"≥ {FASTER:g} × faster than processes", f"{faster:.1f} ×", faster >= FASTER)
    return section


def _play(ground: Ground, title: str, in_controller: bool, tasks: int) -> Contestant:
    variables = {
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "safehold_in_controller": in_controller,
    }
    file = plays.write(f"S9 {title}", [_task(number) for number in range(tasks)], vars=variables)

    def inspect(_output: Path) -> Figures:
        renamed = len(ground.control.changes())
        expect(renamed == tasks // 2, f"{renamed} renames instead of {tasks // 2}")
        return {"requests": ground.requests()}

    return ground.play(file, title, prepare=ground.control.reset, inspect=inspect)


def _task(number: int) -> dict[str, Any]:
    if number % 2:
        return {"name": f"Rename {number}", RENAME: {"id": BACKUP, "new_name": f"name {number}"}}
    return {"name": f"List {number}", LIST: {"limit": 5}}


def _nothing(ground: Ground, tasks: int) -> Contestant:
    message: dict[str, Any] = {"ansible.builtin.debug": {"msg": ""}}
    file = plays.write("S9 nothing", [{"name": f"Say {number}", **message} for number in range(tasks)])
    return ground.play(file, "nothing but Ansible", inspect=lambda _output: {"requests": ground.requests()})
