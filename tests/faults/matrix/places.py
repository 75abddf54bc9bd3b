# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module asks a server for: where a fault can meet it, and what its answers look like."""

from __future__ import annotations

from dataclasses import dataclass

from properties.catalogue import MODULES

LIST, OBJECT, TASK, TOKEN = "list", "object", "task", "token"


@dataclass(frozen=True)
class Place:
    """One module. answers: the shape of what it reads first. key: where that stands in the answer.

    read: a pattern for that request. text: a field of an object that holds text and is no id. inside: where an item of
    a list holds the object, when it is not the item itself.
    """

    module: str
    answers: str
    key: str = ""
    read: str = ""
    text: str = "name"
    inside: str = ""

    @property
    def api(self) -> str:
        return "simplivity" if self.module.startswith("svt_") else "acronis"

    @property
    def login(self) -> str:
        """A pattern for the request that logs in."""
        return "/oauth/token$" if self.api == "simplivity" else "/idp/token$"

    @property
    def first(self) -> str:
        """The dotted path of the first object in an answer, as fault rules have it."""
        item = f"{self.key}.0" if self.answers == LIST else self.key
        return f"{item}.{self.inside}" if self.inside else item

    def shown(self, result: dict[str, object]) -> dict[str, object]:
        """The first object in the module's result."""
        found = result[self.result_key]
        return found[0] if isinstance(found, list) else found  # type: ignore[return-value]

    @property
    def result_key(self) -> str:
        """Where the module's result holds what it read."""
        if self.answers == OBJECT:
            return self.key
        if self.answers == TASK:
            return "tasks"
        return _ACRONIS_KEYS.get(self.module, self.key)


_ACRONIS_KEYS = {
    "acronis_task_info": "tasks",
    "acronis_activity_info": "activities",
    "acronis_resource_info": "resources",
}
PLACES = (
    Place("acronis_activity_info", LIST, "items", r"/v2/activities\?", "type"),
    Place("acronis_resource_info", LIST, "items", r"/resource_statuses\?", inside="context"),
    Place("acronis_task_info", LIST, "items", r"/v2/tasks\?", "type"),
    Place("acronis_token", TOKEN),
    Place("svt_backup_info", LIST, "backups", r"/backups\?"),
    Place("svt_backup_rename", OBJECT, "backup", r"/backups/[^/?]+$"),
    Place("svt_datastore_info", LIST, "datastores", r"/datastores\?"),
    Place("svt_host_info", LIST, "hosts", r"/hosts\?"),
    Place("svt_task_info", TASK, "task", r"/tasks/[^/?]+$"),
    Place("svt_token", TOKEN),
    Place("svt_virtual_machine_info", LIST, "virtual_machines", r"/virtual_machines\?"),
)
READERS = tuple(place for place in PLACES if place.read)
LISTS = tuple(place for place in PLACES if place.answers == LIST)
SVT_LISTS = tuple(place for place in LISTS if place.api == "simplivity")
ACRONIS_LISTS = tuple(place for place in LISTS if place.api == "acronis")
# lists of Task Manager, which counts its objects and orders them by that
TASK_LISTS = tuple(place for place in ACRONIS_LISTS if not place.inside)
RENAME = next(place for place in PLACES if place.module == "svt_backup_rename")
# modules that wait for tasks, with `wait: true`
WAITERS = tuple(
    place for place in PLACES if place.module in ("svt_backup_rename", "svt_task_info", "acronis_task_info")
)

# a new module has to be given a place before anything here passes
assert sorted(MODULES) == sorted(place.module for place in PLACES), "a module without a place in the matrix"
