# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S5: one call of each module, and what it costs to start one."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import payload
import workspace
from ground import Ground
from measure import Contestant, compare
from plan import Plan
from report import Section, Table

NAME, TITLE = "S5", "one call of each module"
MOST = 1.15
RUNS = 3  # times as many as of the others, as they are short
MOST_EXTRA_MS = 10.0
EMPTY = "empty_requests"
NOTES = [
    "Processor time is judged: a call is little else, and other programs disturb it less.",
    "From the start of the file that Ansible ships to its JSON. *Empty* is a module that only imports requests. "
    "*Start* is the time until the first connection: interpreter, Ansible's wrapper, imports, options. *Payload* "
    "is the file that Ansible writes and runs, *own* what of it is the collection: files, uncompressed. Nothing in "
    "it is compiled beforehand, so each run compiles what it imports.",
    "*Other imports*: modules of the standard library that the module loads and the empty one does not, with the "
    "time for each of them alone (`-X importtime`), their files compiled.",
]


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    table = Table(["module", "whole process", "spread", "start", "CPU", "÷ empty", "CPU ÷ empty", "payload", "own"])
    modules = sorted(path.stem for path in (workspace.ROOT / "plugins" / "modules").glob("[!_]*.py"))
    with Ground("--task-seconds", "0") as ground:
        options = _options(ground)
        shipped = {module: payload.ship(module, options.get(module, {})) for module in [*modules, EMPTY, "empty"]}
        contestants = [
            Contestant(module, [str(one.path)], ground.environment, prepare=lambda: _prepare(ground))
            for module, one in shipped.items()
        ]
        measured = dict(zip(shipped, compare(contestants, RUNS * plan.runs), strict=True))
    empty = measured[EMPTY]
    for module, one in measured.items():
        size = shipped[module]
        own = f"{size.own_files}, {size.own_size / 1024:.0f} KiB" if size.own_files else "–"
        start = one.median - one.body
        ratio = one.cpu_ratio(empty)
        cells = [f"{one.cpu:.3f} s", f"{one.ratio(empty):.2f}", f"{ratio:.2f}", f"{size.size / 1024:.0f} KiB", own]
        table.add(module, f"{one.median:.3f} s", one.spread, f"{start:.3f} s", *cells)
        if module in modules:
            section.goal(f"{module} ≤ {MOST} × an empty module", f"{ratio:.2f}", ratio <= MOST)
    section.tables += [table, _imports(section, modules)]
    return section


def _options(ground: Ground) -> dict[str, dict[str, Any]]:
    """The least options with which the modules that need some do their work."""
    backup = ground.control.objects("simplivity", "backups")[0]
    return {
        "svt_backup_rename": {"id": backup["id"], "new_name": "renamed"},
        "svt_task_info": {"id": ["422a3b5d-9125-467b-1909-9fb5f5c9c65e"]},
    }


def _prepare(ground: Ground) -> None:
    """The backup has its name again, and no earlier run is remembered."""
    ground.control.reset()


def _imports(section: Section, modules: list[str]) -> Table:
    table = Table(["module", "own imports", "other imports", "the slowest of them"])
    most = 0.0
    library = _loaded("import ansible.module_utils.basic, requests, runpy, zipfile, base64, tempfile, shutil")
    for module in modules:
        found = _loaded(f"import ansible_collections.{workspace.COLLECTION}.plugins.modules.{module}")
        own = sum(spent for name, spent in found.items() if name.startswith("ansible_collections"))
        others = {
            name: spent
            for name, spent in found.items()
            if name not in library and not name.startswith(("ansible_collections", "ansible."))
        }
        extra = sum(others.values())
        slowest = sorted(others, key=lambda name: -others[name])[:3]
        shown = ", ".join(f"{name} {others[name]:.1f} ms" for name in slowest)
        table.add(module, f"{own:.1f} ms", f"{len(others)}, {extra:.1f} ms", shown)
        most = max(most, extra)
    section.goal(
        f"nothing heavy is loaded: other imports ≤ {MOST_EXTRA_MS:.0f} ms", f"{most:.1f} ms", most <= MOST_EXTRA_MS
    )
    return table


def _loaded(code: str) -> dict[str, float]:
    """What an import loads: milliseconds for each module alone, the least of three runs."""
    runs = [_loaded_once(code) for _run in range(3)]
    return {name: min(run.get(name, spent) for run in runs) for name, spent in runs[0].items()}


def _loaded_once(code: str) -> dict[str, float]:
    environment = {**workspace.environment(), "PYTHONPATH": str(workspace.link_tree())}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    lines = re.findall(r"^import time: +(\d+) \| +\d+ \| *(\S+)$", done.stderr, re.MULTILINE)
    return {name: int(spent) / 1000 for spent, name in lines}
