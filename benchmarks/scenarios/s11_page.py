# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S11: how long the HTML report of a large estate takes to open."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import chromium
import workspace
from measure import WorkNotDone
from plan import Plan
from report import Section, Table

sys.path.insert(0, str(workspace.link_tree()))

NAME, TITLE = "S11", "the HTML report opens, 10 backups a machine"
MOST = 2.0
NOTES = [
    "From the request for the file, which lies on a disk, to the end of the page's own script, in a headless Chromium. "
    "*Search* and *sort* are what the page needs to answer a word typed and a column clicked.",
]
_OPENED = "(() => { const [one] = performance.getEntriesByType('navigation'); return one.domComplete / 1000; })()"
_WORK = """(() => {
  const from = performance.now();
  document.querySelector("input[value=all]").click();
  const search = document.getElementById("search");
  search.value = "vm-0";
  search.dispatchEvent(new Event("input"));
  const then = performance.now();
  document.querySelector("#machines-table .sort").click();
  return [then - from, performance.now() - then];
})()"""


def run(plan: Plan) -> Section:
    """Measure."""
    path = chromium.find()
    if path is None:
        raise WorkNotDone(f"there is no Chromium: {chromium.REMEDY}")
    section = Section(NAME, TITLE, NOTES)
    table = Table(["machines", "file", "opens", "search", "sort"])
    with tempfile.TemporaryDirectory() as directory:
        for machines in plan.sizes(100, 1_000, 10_000):
            page = _page(Path(directory), machines)
            opens, searches, sorts = _measure(page, path, plan.runs)
            size = f"{page.stat().st_size / 1e6:.1f} MB"
            table.add(f"{machines:,}", size, f"{opens:.2f} s", f"{searches:.0f} ms", f"{sorts:.0f} ms")
        section.goal(f"the report of {machines:,} machines opens in ≤ {MOST:.0f} s", f"{opens:.2f} s", opens <= MOST)
    section.tables.append(table)
    return section


def _page(directory: Path, machines: int) -> Path:
    """The report of an estate in which about one machine in ten is not well."""
    from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.build import build

    from browser import rendering
    from evidence import estate

    chance = random.Random(machines)
    names = [f"vm-{number:05}" for number in range(machines)]
    backups: list[Any] = []
    for name in names:
        states = "pppppppfff" if chance.random() < 0.1 else "".join(chance.choices("pfd", [97, 2, 1], k=10))
        backups += estate.nightly(name, "Boston", chance.randrange(10, 900) * estate.GB, states)
    listed = [estate.machine(name, "Boston") for name in names]
    source = {
        "system": "simplivity",
        "name": "svt.example.com",
        "virtual_machines": {"virtual_machines": listed, "count": machines, "truncated": False},
        "backups": {"backups": backups, "count": len(backups), "truncated": False},
    }
    evidence = build([source], estate.NOW)
    page: Path = rendering.write(directory, "Backup report", {"report": evidence})["report"]
    return page


def _measure(page: Path, path: Path, runs: int) -> tuple[float, float, float]:
    """The medians of opening in seconds, and of a search and a sort in milliseconds."""
    from playwright.sync_api import sync_playwright

    from browser import rendering

    found = []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=rendering.SWITCHES)
        for _run in range(runs + 1):
            opened = started.new_page(viewport={"width": 1280, "height": 900})
            opened.goto(page.as_uri())
            found.append((opened.evaluate(_OPENED), *opened.evaluate(_WORK)))
            opened.close()
        started.close()
    opens, searches, sorts = (statistics.median(one) for one in zip(*found[1:], strict=True))
    return opens, searches, sorts
