# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a run: what was tried, what went wrong. scripts/figures.py makes the table of them.

Each test process writes lines of its own, so that nothing is lost when several run at once.
"""

from __future__ import annotations

import json
import os

import workspace

DIRECTORY = workspace.BUILD / "figures"


def record(figure: str, **counts: float) -> None:
    """Counts for a figure. Those of many records are added up; a name that begins with `max_` keeps the largest.

    figure: its name in the table, such as `pairs`. counts: such as `tried=1, wrong=0`.
    """
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with (DIRECTORY / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"figure": figure, **counts}) + "\n")
