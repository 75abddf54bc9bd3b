# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S7: fifty hosts of one play at once against one controller."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import plays
from ground import Ground, expect
from measure import Figures, compare
from plan import Plan
from report import Section, Table

NAME, TITLE = "S7", "fifty hosts, fifty forks, one controller"
HOSTS, SERVER_LIMIT, LATENCY = 50, 4, 0.05
BACKUPS, PAGE = 500, 100
NOTES = [
    f"Each host lists {BACKUPS} backups in pages of {PAGE} with a login of its own. The controller takes "
    f"{LATENCY * 1000:.0f} ms for a request and answers 502 to more than {SERVER_LIMIT} at once. A session's "
    "*requests* count those that were turned away; logins cannot be told apart and are not in it. Run less often "
    "than the others, without warm-up.",
]
HOSTS_FAILED = 2  # the exit code of a play
FAIR = 3.0  # times as many requests as the median session


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    hosts = 5 if plan.quick else HOSTS
    task = {"name": "List", "safehold.backup.svt_backup_info": {"page_size": PAGE}}
    play = plays.write("S7", [task], hosts="all")
    limits = ("--max-parallel", str(SERVER_LIMIT), "--latency", str(LATENCY))
    with Ground("--backups", str(BACKUPS), *limits) as ground:
        settings = {"ANSIBLE_FORKS": str(hosts)}
        arguments = ("--inventory", str(plays.inventory(hosts)))
        contestant = ground.play(
            play,
            f"{hosts} hosts",
            *arguments,
            environment=settings,
            prepare=ground.control.reset,
            inspect=lambda output: _seen(ground, output),
            codes=(0, HOSTS_FAILED),
        )
        (measured,) = compare([contestant], plan.few, warm_up=False)
    names = ("failed", "requests", "refused", "logins", "median", "most", "concurrent")
    shown = [f"{max(measured.all(name)):.0f}" for name in names]
    shown.insert(2, str(hosts * (BACKUPS // PAGE + 2)))
    table = Table(
        [
            "hosts",
            "whole process",
            "CPU",
            "failed",
            "requests",
            "needed",
            "502s",
            "logins",
            "of a session (median)",
            "(most)",
            "at once",
        ]
    )
    table.add(f"{hosts}", f"{measured.median:.1f} s", f"{measured.cpu:.1f} s", *shown)
    section.tables.append(table)
    refused, failed = max(measured.all("refused")), max(measured.all("failed"))
    section.goal(
        f"{hosts} hosts: no 502 is left unhandled", f"{refused:.0f} 502s, {failed:.0f} hosts failed", not failed
    )
    worst = max(most / median for most, median in zip(measured.all("most"), measured.all("median"), strict=True))
    section.goal(f"fair: no session sends more than {FAIR:g} × the median", f"{worst:.1f} ×", worst <= FAIR)
    return section


def _seen(ground: Ground, output: Path) -> Figures:
    """What the user and the controller saw."""
    seen = ground.control.requests("simplivity")
    recap = re.findall(r"^host\d+ +: .*failed=(\d+)", output.read_text(encoding="utf-8"), re.MULTILINE)
    expect(recap, "the play tells nothing of its hosts")
    sessions = Counter(dict(one["headers"]).get("authorization") for one in seen if not one["path"].endswith("/token"))
    counts = sorted(sessions.values())
    return {
        "failed": sum(map(int, recap)),
        "requests": len(seen),
        "refused": sum(one["status"] == 502 for one in seen),
        "logins": ground.control.state()["simplivity"]["logins"],
        "median": counts[len(counts) // 2],
        "most": counts[-1],
        "concurrent": max(one["concurrent"] for one in seen),
    }
