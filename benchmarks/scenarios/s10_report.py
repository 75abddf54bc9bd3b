# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S10: the role backup_report over ten thousand machines: lists read, evidence made, six reports written."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import payload
import plays
from ground import Ground, expect
from measure import Contestant, Figures, compare
from plan import Plan
from report import Section, Table

NAME, TITLE = "S10", "a report of 10,000 machines with 100,000 backups"
PER_MACHINE = 10
SEEDED = 21  # backups, of machines that the simulator has anyway
MOST_SECONDS, MOST_MB = 60.0, 1000.0
SECONDS_BETWEEN_LOOKS = 0.2
NOTES = [
    "The whole ansible-playbook: it lists machines and backups, makes the evidence and writes it as JSON, HTML, "
    "mail, Markdown, CSV, JUnit XML and OpenMetrics. *Memory* is that of all its processes together, each page that "
    "they share counted once, looked at five times a second. Run without warm-up.",
]


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    table = Table(["machines", "backups", "whole process", "spread", "CPU", "memory", "evidence"])
    for machines in [1_000] if plan.quick else [1_000, 10_000]:
        backups = machines * PER_MACHINE
        with Ground("--backups", str(backups + SEEDED), "--backups-per-machine", str(PER_MACHINE)) as ground:
            (measured,) = compare([_report(ground, machines)], plan.few, warm_up=False)
        megabytes = max(measured.all("memory"))
        cells = [f"{measured.median:.1f} s", measured.spread, f"{measured.cpu:.1f} s", f"{megabytes:.0f} MB"]
        table.add(f"{machines:,}", f"{backups:,}", *cells, f"{measured.figure('evidence') / 1e6:.1f} MB")
        if machines == 10_000:
            seconds = measured.median
            section.goal(f"at most {MOST_SECONDS:.0f} s", f"{seconds:.1f} s", seconds <= MOST_SECONDS)
            section.goal(f"at most {MOST_MB:.0f} MB", f"{megabytes:.0f} MB", megabytes <= MOST_MB)
    section.tables.append(table)
    return section


def _report(ground: Ground, machines: int) -> Contestant:
    directory = payload.DIRECTORY / "report"
    role: dict[str, Any] = {
        "name": "Report",
        "ansible.builtin.include_role": {"name": "safehold.backup.backup_report"},
        "vars": {
            "backup_report_directory": str(directory),
            "backup_report_systems": ["simplivity"],
            "backup_report_formats": ["html", "mail", "markdown", "csv", "junit", "openmetrics"],
            "backup_report_now": "2026-07-01T06:00:00Z",
        },
    }
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    file = plays.write("S10 report", [role], vars=variables)
    memory = Memory()

    def prepare() -> None:
        shutil.rmtree(directory, ignore_errors=True)
        ground.control.clear_ledger()
        memory.start()

    def inspect(_output: Path) -> Figures:
        evidence = directory / "evidence.json"
        found = json.loads(evidence.read_text(encoding="utf-8"))["verdict"]["counts"]
        expect(found["machines"] >= machines, f"{found['machines']} machines instead of {machines}")
        expect(found["protected"] >= machines, f"{found['protected']} of them are protected")
        return {"memory": memory.stop(), "evidence": evidence.stat().st_size}

    return ground.play(file, f"{machines} machines", prepare=prepare, inspect=inspect)


class Memory:
    """The most memory in MB of 10^6 bytes that playbooks below this process took together."""

    def __init__(self) -> None:
        self._most = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def start(self) -> None:
        self._most, self._ended = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            self._most = max(self._most, sum(_shared_fairly(pid) for pid in _playbooks()))


def _playbooks() -> set[str]:
    """The processes below those that this process began for playbooks."""
    parents = {pid: stat for pid in os.listdir("/proc") if pid.isdigit() and (stat := _stat(pid))}
    mine = str(os.getpid())
    found = {pid for pid, (name, parent) in parents.items() if parent == mine and "ansible" in name}
    while below := {pid for pid, (_name, parent) in parents.items() if parent in found} - found:
        found |= below
    return found


def _stat(pid: str) -> tuple[str, str] | None:
    """Name and parent of a process, unless it has ended."""
    try:
        name, _end, rest = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")
    except OSError:
        return None
    return name, rest.split()[1]


def _shared_fairly(pid: str) -> float:
    """The memory of a process, of a page that n share one nth, in MB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
