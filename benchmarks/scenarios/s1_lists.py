# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S1: all backups of a controller, with all fields and with three."""

from __future__ import annotations

from collections.abc import Sequence

from ground import CONTESTANTS, Ground, counts
from measure import Contestant, Measured, compare
from plan import Plan
from report import TIMES, Section, Table, times

NAME, TITLE = "S1", "listing backups"
PAGE = 500
THREE = ("id", "name", "created_at")
MOST_MB = 500.0
LATENCY = 0.02  # seconds for each request, of a controller that is not on the same machine
WITH_LATENCY = 10_000
LARGE = 100_000  # from here on caches are no part of the time, and no round is run to warm them up
PLAYED = 10_000  # the largest list that the playbook reads
NOTES = [
    "*Floor* is an Ansible module on a bare `http.client` that sends the least requests and checks nothing. *Body* "
    "is the time from the first connection to the end of the process. The SDK is told how many backups there are.",
    f"The uri playbook is not run beyond {PLAYED:,} backups: it takes a task for each page. It is run once.",
]


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    table = Table(["backups", "fields", "latency", "contestant", *TIMES, "requests", "module ÷ it", "body ÷ body"])
    section.tables.append(table)
    for total in plan.sizes(21, 10_000, 100_000):
        with Ground("--backups", str(total)) as ground:
            for fields in ((), THREE):
                _compare(plan, section, table, ground, total, fields)
            if total == WITH_LATENCY:
                ground.control.set("simplivity", latency=LATENCY)
                _compare(plan, section, table, ground, total, (), LATENCY)
    return section


def _compare(
    plan: Plan,
    section: Section,
    table: Table,
    ground: Ground,
    total: int,
    fields: Sequence[str],
    latency: float = 0.0,
) -> None:
    check = counts(ground, "backups", total)
    options = {"fields": list(fields)} if fields else {}
    chosen = {"FIELDS": ",".join(fields)}
    contestants = [
        ground.module("svt_backup_info", options, inspect=check),
        ground.module("floor_backups", options, title="floor", inspect=check),
        ground.script("script_backups.py", "script", chosen, inspect=check),
        ground.script("sdk_backups.py", "SDK", {**chosen, "TOTAL": str(total)}, inspect=check),
    ]
    measured = compare(contestants, plan.runs, warm_up=total < LARGE)
    if not fields and total <= PLAYED:
        measured += compare([_playbook(ground)], 1, warm_up=False)
    what = [f"{total:,}", str(len(fields)) if fields else "all", f"{latency * 1000:.0f} ms"]
    for one in measured:
        pairs = len(one.runs) == len(measured[0].runs)
        ratio = measured[0].ratio(one) if pairs else measured[0].median / one.median
        body = f"{measured[0].body_ratio(one):.2f}" if one.body else "–"
        table.add(*what, one.name, *times(one), f"{one.figure('requests'):.0f}", f"{ratio:.2f}", body)
    _judge(section, f"{what[0]} backups, {what[1]} fields, {what[2]}", total, measured)


def _playbook(ground: Ground) -> Contestant:
    return ground.play(
        CONTESTANTS / "uri_backups.yml", "uri playbook", inspect=lambda _output: {"requests": ground.requests()}
    )


def _judge(section: Section, what: str, total: int, measured: Sequence[Measured]) -> None:
    module, floor, *users = measured
    ratio = module.body_ratio(floor)
    section.goal(f"{what}: module body ≤ 1.3 × floor", f"{ratio:.2f}", ratio <= 1.3)
    least = max(1, -(-total // PAGE)) + 2
    asked = module.figure("requests")
    section.goal(f"{what}: requests = pages + 2 = {least}", f"{asked:.0f}", asked == least)
    for user in users:
        if user.peak_mb:
            ratio = module.ratio(user)
            section.goal(f"{what}: not slower than the {user.name}", f"{ratio:.2f} × its time", ratio <= 1.0)
    if total >= LARGE:
        section.goal(f"{what}: at most {MOST_MB:.0f} MB", f"{module.peak_mb:.0f} MB", module.peak_mb <= MOST_MB)
