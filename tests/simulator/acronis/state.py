# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the Acronis cloud holds: tasks, activities, resources, tokens, cursors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..clock import Clock, iso_nanos
from ..schedule import Schedule
from ..settings import AcronisSettings
from ..store import Collection, Record
from .auth import Tokens
from .cursors import Cursors

NOW = "$now"


class AcronisState:
    """Objects, their timelines and tokens."""

    def __init__(self, clock: Clock, schedule: Schedule, settings: AcronisSettings) -> None:
        self.clock = clock
        self.settings = settings
        self._schedule = schedule
        self.objects = {"tasks": Collection(), "activities": Collection(), "resources": Collection()}
        self.tokens = Tokens(clock, settings)
        self.cursors = Cursors()

    def follow(self, plural: str, record: Record, timeline: Sequence[Mapping[str, Any]], beat: float | None) -> None:
        """Plans the steps of an object's life: ``{"at": seconds from now, "changes": {…}, "unset": […]}``.

        In changes the text "$now" stands for the moment of the step; ``updatedAt`` moves with every step that
        does not set it, and with every heartbeat while the object is started.
        """
        start = self.clock.monotonic()
        key = record.get("id")
        for step in timeline:
            self._schedule.at(start + float(step["at"]), partial(self._take, plural, key, step))
        if beat:
            self._beat(plural, key, start + beat, beat)
        self._schedule.run_due()

    def _take(self, plural: str, key: int, step: Mapping[str, Any], due: float) -> None:
        if key not in self.objects[plural]:
            return
        moment = iso_nanos(self.clock.wall(due))
        changes = {"updatedAt": NOW, **step.get("changes", {})}
        self.objects[plural].change(key, {name: moment if value == NOW else value for name, value in changes.items()})
        if step.get("unset"):
            self.objects[plural].unset(key, step["unset"])

    def _beat(self, plural: str, key: int, due: float, every: float) -> None:
        def beat(moment: float) -> None:
            record = self.objects[plural].get(key)
            if record is None or record.get("state") == "completed":
                return
            if record.get("state") == "started":
                self.objects[plural].change(key, {"updatedAt": iso_nanos(self.clock.wall(moment))})
            self._beat(plural, key, moment + every, every)

        self._schedule.at(due, beat)

    def counts(self) -> dict[str, Any]:
        """Figures for the control API."""
        return {
            **{plural: len(collection) for plural, collection in self.objects.items()},
            "open_sessions": len(self.tokens.live()),
            "logins": self.tokens.logins,
            "exchanges": self.tokens.exchanges,
            "refused_logins": self.tokens.refused_logins,
            "revokes": self.tokens.revokes,
            "tokens": self.tokens.issued(),
        }
