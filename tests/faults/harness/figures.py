# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a run: what was tried, what went wrong. scripts/figures.py makes the table of them.

They are written to the directory that SAFEHOLD_FIGURES names, if it does; each test process writes lines of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def judged(figure: str, wrong: str, **counts: float) -> Iterator[None]:
    """Counts for a figure, and one of `wrong` when what is asserted meanwhile does not hold."""
    failed = 1
    try:
        yield
        failed = 0
    finally:
        record(figure, **counts, **{wrong: failed})


def record(figure: str, **counts: float) -> None:
    """Counts for a figure. Those of many records are added up; a name that begins with `max_` keeps the largest.

    figure: its name in the table, such as `pairs`. counts: such as `tried=1, wrong=0`.
    """
    directory = os.environ.get("SAFEHOLD_FIGURES")
    if directory is None:
        return
    with Path(directory, f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"figure": figure, **counts}) + "\n")
