# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated world: clock, both APIs with their state, faults, ledger, and the way back to the start."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from . import seeds
from .acronis.app import AcronisApi
from .acronis.state import AcronisState
from .clock import Clock
from .faults import Doing, Faults
from .gateway import Gateway
from .ledger import Ledger
from .schedule import Schedule
from .settings import AcronisSettings, SimplivitySettings
from .simplivity.app import SimplivityApi
from .simplivity.state import SimplivityState
from .wire import Receive, Scope, Send


class World:
    """Everything but the sockets."""

    def __init__(
        self,
        clock: Clock,
        simplivity: SimplivitySettings,
        acronis: AcronisSettings,
        totals: Mapping[str, int],
        backups_per_machine: int = 50,
    ) -> None:
        self.clock = clock
        self._at_start = (simplivity, acronis)
        self._totals = dict(totals)
        self._backups_per_machine = backups_per_machine
        self.reset()

    def reset(self) -> None:
        """Back to the start: objects, tokens, settings, faults, ledger and clock."""
        self.clock.reset()
        svt_settings, cloud_settings = deepcopy(self._at_start)
        self.settings = {"simplivity": svt_settings, "acronis": cloud_settings}
        self.schedule = Schedule(self.clock)
        self.ledger = Ledger()
        self.faults = Faults()
        self.simplivity = SimplivityState(self.clock, self.schedule, svt_settings)
        self.acronis = AcronisState(self.clock, self.schedule, cloud_settings)
        seeds.load(self.simplivity, self.acronis)
        self.fill(self._totals)
        parts = (self.clock, self.schedule, self.ledger, self.faults, self.meanwhile)
        self._gateways = {
            "simplivity": Gateway(SimplivityApi(self.simplivity, self.ledger), *parts),
            "acronis": Gateway(AcronisApi(self.acronis, self.ledger), *parts),
        }

    def fill(self, totals: Mapping[str, int]) -> None:
        """Fills up to so many objects of each kind."""
        seeds.fill(self.simplivity, self.acronis, dict(totals), self._backups_per_machine)

    def meanwhile(self, doing: Doing) -> None:
        """What somebody else does to SimpliVity's backups, sessions and settings, at the moment that a rule names."""
        backups = self.simplivity.backups
        for backup_id, fields in doing.get("patch", {}).items():
            if backup_id in backups:
                backups.change(backup_id, fields)
        for backup_id in doing.get("delete", ()):
            backups.remove(backup_id)
        if "expire" in doing:
            self.simplivity.sessions.expire(doing["expire"])
        self.settings["simplivity"].update(doing.get("set", {}))

    async def serve_simplivity(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI application of the SimpliVity port."""
        await self._gateways["simplivity"](scope, receive, send)

    async def serve_acronis(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI application of the Acronis port."""
        await self._gateways["acronis"](scope, receive, send)
