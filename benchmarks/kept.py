# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured last of each scenario, so that one can be measured again without all the others.

Each says by which commit and on how busy a machine it was measured.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from typing import NamedTuple

import machine
import payload
import workspace
from report import Goal, Section

DIRECTORY = payload.DIRECTORY / "sections"


class Kept(NamedTuple):
    """One scenario as it is printed."""

    name: str
    text: str
    goals: list[Goal]


def kept(section: Section, runs: int, load: str, seconds: float) -> Kept:
    """A section that was measured just now. load: of the machine before. seconds: how long it took."""
    how = f"{runs} runs at commit {_commit()}, {seconds / 60:.0f} min, load {load} before and {machine.load()} after."
    return Kept(section.name, f"{section}\n\n{how}", section.goals)


def keep(part: Kept) -> None:
    """Remember a scenario in place of what was known of it."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    (DIRECTORY / f"{part.name}.json").write_text(json.dumps(part), encoding="utf-8")


def known(names: Iterable[str]) -> list[Kept]:
    """What is remembered of these scenarios; those of which nothing is known are left out."""
    files = [DIRECTORY / f"{name}.json" for name in names]
    parts = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]
    return [Kept(name, text, [Goal(*goal) for goal in goals]) for name, text, goals in parts]


def _commit() -> str:
    described = ["git", "describe", "--always", "--dirty=+"]
    done = subprocess.run(described, cwd=workspace.ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
