# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S6: a play of 50 tasks with one token for all of them, and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import plays
from ground import Ground, expect
from measure import Contestant, Figures, compare
from plan import Plan
from report import Section, Table

NAME, TITLE = "S6", "a play of 50 tasks with svt_token and without"
MODULE, TOKEN = "safehold.backup.svt_backup_info", "safehold.backup.svt_token"
LATENCY = 0.02
NOTES = [
    "Each task reads one backup; a request takes 20 ms. With svt_token the play has two more tasks, which take the "
    "token and end it. Ansible's own cost of a task is in both. Run without warm-up.",
]


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    table = Table(["play", "whole process", "spread", "CPU", "logins", "requests", "÷ without"])
    tasks = 5 if plan.quick else 50
    with Ground("--latency", str(LATENCY)) as ground:
        contestants = [_play(ground, "with svt_token", _with(tasks)), _play(ground, "without", _without(tasks))]
        measured = compare(contestants, plan.few, warm_up=False)
    for one in measured:
        figures = [f"{one.figure(name):.0f}" for name in ("logins", "requests")]
        cells = [f"{one.median:.1f} s", one.spread, f"{one.cpu:.1f} s", *figures]
        table.add(one.name, *cells, f"{one.ratio(measured[1]):.2f}")
    section.tables.append(table)
    logins = [int(one.figure("logins")) for one in measured]
    section.goal(f"logins: 1 against {tasks}", f"{logins[0]} against {logins[1]}", logins == [1, tasks])
    return section


def _without(tasks: int) -> list[dict[str, Any]]:
    return [{"name": f"Read {number}", MODULE: {"limit": 1}} for number in range(tasks)]


def _with(tasks: int) -> list[dict[str, Any]]:
    token = "{{ login.access_token }}"
    return [
        {"name": "Take a token", TOKEN: {}, "register": "login", "no_log": True},
        *({"name": f"Read {number}", MODULE: {"limit": 1, "access_token": token}} for number in range(tasks)),
        {"name": "End it", TOKEN: {"state": "absent", "access_token": token}},
    ]


def _play(ground: Ground, title: str, tasks: Sequence[Mapping[str, Any]]) -> Contestant:
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    file = plays.write(f"S6 {title}", tasks, vars=variables)

    def inspect(_output: Path) -> Figures:
        state = ground.control.state()["simplivity"]
        expect(state["open_sessions"] == 0, f"{state['open_sessions']} sessions are still open")
        return {"logins": state["logins"], "requests": ground.requests()}

    return ground.play(file, title, prepare=ground.control.reset, inspect=inspect)
