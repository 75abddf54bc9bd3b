# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S9: a play of 50 single tasks, in the controller and as processes, and what else could be a task of a play."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import payload
import plays
from ground import CONTESTANTS, Ground, expect
from measure import Contestant, Figures, compare
from plan import Plan
from report import Section, Table

NAME, TITLE = "S9", "a play of 50 single tasks in the controller and as processes"
LIST, RENAME = "safehold.backup.svt_backup_info", "safehold.backup.svt_backup_rename"
BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
FASTER = 4.0
ALIKE = {21: 20, 10_000: 3, 100_000: 1}  # tasks of a play that lists so many backups
ONCE = 100_000  # from here on a play takes minutes
MOST_OF_EMPTY = 1.15
NOTES = [
    "By turns a task lists five backups and renames one, whose task ends at once. The last play is of tasks of "
    "ansible.builtin.debug, which is what Ansible itself costs. Run without warm-up. The goal is of whole processes, "
    "start of Ansible included.",
    "The second table is of plays in which each task lists all backups and keeps them with `register`: with the module "
    "as a play runs it, with script and SDK run by ansible.builtin.command, and beside them a module that only imports "
    f"requests. *A task* is what it takes beyond one of ansible.builtin.debug. The plays of {ONCE:,} backups run once.",
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
    section.tables.append(_alike(plan, section))
    return section


def _alike(plan: Plan, section: Section) -> Table:
    """Tasks that do the same, beside the module as a play runs it."""
    table = Table(["backups", "tasks", "each is", "whole process", "spread", "CPU", "a task", "module ÷ it"])
    for total in plan.sizes(*ALIKE):
        tasks = ALIKE[total]
        with Ground("--backups", str(total)) as ground:
            contestants = _tasks(ground, total, tasks)
            module, *others, nothing = compare(contestants, 1 if total >= ONCE else plan.few, warm_up=False)
        for one in (module, *others, nothing):
            spent = (one.median - nothing.median) / tasks
            cells = [f"{one.median:.2f} s", one.spread, f"{one.cpu:.2f} s", f"{spent * 1000:.0f} ms"]
            table.add(f"{total:,}", str(tasks), one.name, *cells, f"{module.ratio(one):.2f}")
        for one in others:
            _judge(section, total, one.name, module.ratio(one))
    return table


def _tasks(ground: Ground, total: int, tasks: int) -> list[Contestant]:
    """Plays of tasks: the module, what else lists all backups, and at the end what costs nothing."""
    shared = {"ANSIBLE_LIBRARY": str(payload.LIBRARY), "ANSIBLE_MODULE_UTILS": str(payload.SHARED)}
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}

    def play(title: str, action: str, options: Mapping[str, Any], **environment: str) -> Contestant:
        listed = [{"name": f"Task {number}", action: options, "register": "found"} for number in range(tasks)]
        file = plays.write(f"S9 {title}", listed, vars=variables)
        return ground.play(file, title, environment={**shared, **environment})

    def command(file: str) -> dict[str, Any]:
        return {"argv": [sys.executable, str(CONTESTANTS / file)]}

    return [
        play("svt_backup_info", LIST, {}),
        play("script", "ansible.builtin.command", command("script_backups.py")),
        play("SDK", "ansible.builtin.command", command("sdk_backups.py"), TOTAL=str(total)),
        *([play("empty module", "empty_requests", {})] if total == min(ALIKE) else []),
        play("nothing", "ansible.builtin.debug", {"msg": ""}),
    ]


def _judge(section: Section, total: int, name: str, ratio: float) -> None:
    if name == "empty module":
        asked, most = f"a task of a play ≤ {MOST_OF_EMPTY} × one of an empty module", MOST_OF_EMPTY
    else:
        asked, most = f"{total:,} backups as a task of a play: not slower than the {name}", 1.0
    section.goal(asked, f"{ratio:.2f} × its time", ratio <= most)


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
