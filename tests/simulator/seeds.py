# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything there is at the start, and filling up to any size."""

from __future__ import annotations

from .acronis import seeds as acronis
from .acronis.state import AcronisState
from .simplivity import seeds as simplivity
from .simplivity.state import SimplivityState

KINDS = ("backups", "tasks", "activities")


def load(svt: SimplivityState, cloud: AcronisState) -> None:
    """The objects of the seed documents."""
    simplivity.load(svt)
    acronis.load(cloud)


def fill(svt: SimplivityState, cloud: AcronisState, totals: dict[str, int], backups_per_machine: int) -> None:
    """Fills up to so many backups, tasks, activities in all."""
    for kind, total in totals.items():
        if kind == "backups":
            simplivity.fill(svt, total, backups_per_machine)
        else:
            acronis.fill(cloud, kind, total)
