# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that reads a list of the simulator in small pages, and the objects that the list must hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .bench import Bench, Played, Rule
from .places import Place

# small enough for three pages of the simulator's own objects
_PAGE_SIZES = {
    "svt_backup_info": 8,
    "svt_datastore_info": 1,
    "svt_host_info": 1,
    "svt_virtual_machine_info": 1,
    "acronis_task_info": 10,
    "acronis_activity_info": 20,
    "acronis_resource_info": 1,
}
HOLD = {"delay": 2}  # real seconds in which somebody else can act


@dataclass(frozen=True)
class Paged:
    """One module, one list."""

    bench: Bench
    place: Place

    @property
    def size(self) -> int:
        return _PAGE_SIZES[self.place.module]

    @property
    def kind(self) -> str:
        """The simulator's name for the objects."""
        return self.place.result_key

    def objects(self) -> list[dict[str, Any]]:
        """All objects in the order of the list."""
        found = self.bench.control.objects(self.place.api, self.kind)
        if self.kind == "virtual_machines":
            # the API shows the others only when it is asked for their state
            found = [one for one in found if one["state"] == "ALIVE"]
        if self.place.api == "acronis":
            return sorted(found, key=lambda one: one["id"])
        fold = self.kind == "backups"
        return sorted(found, key=lambda one: (one["name"].casefold() if fold else one["name"], one["id"]))

    def ids(self) -> list[str]:
        return [str(one["id"]) for one in self.objects()]

    @property
    def lowest(self) -> Any:
        """An id that comes before all others."""
        return "0" if self.place.inside else 1

    def rule(self, action: dict[str, Any], page: int = 1, times: int | None = None) -> Rule:
        """A fault that begins with the n-th page that is asked for."""
        return {"method": "GET", "path": self.place.read, "skip": page - 1, "times": times, "action": action}

    def play(self, *rules: Rule, after: int = 0, **options: Any) -> Played:
        given = self.bench.options(self.place.module, **{"page_size": self.size, **options})
        return self.bench.play(self.place.module, *rules, options=given, after=after)

    def shown(self, played: Played) -> list[str]:
        """The ids in the result."""
        return [str(one["id"]) for one in played.result[self.place.result_key]]

    def pages(self, played: Played) -> int:
        return len(played.to(self.place.read))
