# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S8: how time and memory grow with the length of a list."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

from ground import Ground
from measure import Contestant, Measured, compare
from plan import Plan
from report import Section, Table

NAME, TITLE = "S8", "growth from 1,000 to 100,000 objects"
SIZES = (1_000, 10_000, 100_000)
MOST = 1.05
NOTES = [
    "The exponent is the slope of a straight line through the logarithms: 1 when twice as many objects take twice "
    "as long. *Time* is the processor's, which a busy machine does not stretch; time and *memory* are what comes "
    "on top of an empty module. What every call costs makes the exponent smaller, so that of the last step alone "
    "is shown too, and the larger one is judged. Run less often than the others.",
]


def run(plan: Plan) -> Section:
    """Measure."""
    section = Section(NAME, TITLE, NOTES)
    table = Table(["module", "objects", "time", "memory", "time for each", "memory for each"])
    exponents = Table(["module", "", "exponent", "of the last step"])
    sizes = plan.sizes(*SIZES)
    for module, kind, options in (
        ("svt_backup_info", "backups", {}),
        ("acronis_task_info", "tasks", {"state": ["completed"]}),
    ):
        seconds, megabytes = [], []
        for size in sizes:
            measured, empty = _measure(plan, module, kind, size, options)
            seconds.append(measured.cpu - empty.cpu)
            megabytes.append(measured.peak_mb - empty.peak_mb)
            shown = [f"{seconds[-1]:.2f} s", f"{megabytes[-1]:.0f} MB"]
            each = [f"{seconds[-1] / size * 1e6:.0f} µs", f"{megabytes[-1] / size * 1e6:.0f} bytes"]
            table.add(module, f"{size:,}", *shown, *each)
        for what, values in (("time", seconds), ("memory", megabytes)):
            whole, last = _exponent(sizes, values), _exponent(sizes[-2:], values[-2:])
            exponents.add(module, what, f"{whole:.2f}", f"{last:.2f}")
            largest = max(whole, last)
            section.goal(f"{module}: exponent of {what} ≤ {MOST}", f"{largest:.2f}", largest <= MOST)
    section.tables += [table, exponents]
    return section


def _measure(plan: Plan, module: str, kind: str, size: int, options: dict[str, Any]) -> Sequence[Measured]:
    with Ground(f"--{kind}", str(size)) as ground:
        contestants: list[Contestant] = [ground.module(module, options), ground.module("empty_requests", {})]
        return compare(contestants, plan.few)


def _exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    return statistics.linear_regression([math.log(size) for size in sizes], [math.log(one) for one in values]).slope
