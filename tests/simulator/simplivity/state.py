# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything a SimpliVity federation holds."""

from __future__ import annotations

from itertools import count
from typing import Any

from ..clock import Clock
from ..schedule import Schedule
from ..settings import SimplivitySettings
from ..store import Collection, Record
from .auth import Sessions
from .filters import RESOURCES
from .tasks import Tasks


def _place_of(record: Record) -> tuple[str, str]:
    """Where a backup's name must be unique: within its machine (simplivity.md 8, question 7)."""
    return record.get("virtual_machine_id"), record.get("name")


class SimplivityState:
    """Objects, sessions and tasks."""

    def __init__(self, clock: Clock, schedule: Schedule, settings: SimplivitySettings) -> None:
        self.settings = settings
        self.clock = clock
        self.schedule = schedule
        self.objects = {plural: Collection() for plural in RESOURCES}
        self.objects["backups"] = Collection(index=_place_of)
        self.numbers = count(1)
        self.fields: dict[str, frozenset[str]] = {}
        self.sessions = Sessions(clock, settings)
        self.tasks = Tasks(clock, schedule, settings)

    @property
    def backups(self) -> Collection:
        """The backups."""
        return self.objects["backups"]

    def counts(self) -> dict[str, Any]:
        """Figures for the control API."""
        return {
            **{plural: len(collection) for plural, collection in self.objects.items()},
            "tasks": len(self.tasks),
            "open_sessions": len(self.sessions.open()),
            "logins": self.sessions.logins,
            "refused_logins": self.sessions.refused_logins,
            "revokes": self.sessions.revokes,
            "tokens": self.sessions.issued(),
        }
