# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How objects look on the wire: level of detail, the text twins of ids, digits of times (acronis.md 3)."""

from __future__ import annotations

from typing import Any

from ..settings import AcronisSettings
from ..store import Record
from .conditions import normal_time

#: The contract's own list schema of tasks; what tiny and short keep.
SMALL_TASK = tuple(
    "id idString state issuer executor cancelRequested enqueuedAt assignedAt startedAt updatedAt completedAt"
    " assignCount result blockers".split()
)
#: Activities have one schema for list and single; tiny and short drop its optional fields.
SMALL_ACTIVITY = tuple(
    "id idString taskId taskIdString state type tenant executor createdAt updatedAt startedAt completedAt"
    " result".split()
)
DELETED = "$deleted"
TIMES = ("enqueuedAt", "createdAt", "assignedAt", "startedAt", "updatedAt", "completedAt")
TWINS = {"id": "idString", "taskId": "taskIdString", "parentActivityId": "parentActivityIdString"}


def render(record: Record, small: tuple[str, ...], lod: str, settings: AcronisSettings) -> dict[str, Any]:
    """One object; whether it counts as deleted is the simulator's own business."""
    view = record.view()
    view.pop(DELETED, None)
    if settings.id_string:
        for name, twin in TWINS.items():
            if view.get(name) is not None:
                view.setdefault(twin, str(view[name]))
    if settings.time_digits != 9:
        for name in TIMES:
            if view.get(name):
                view[name] = _cut(normal_time(view[name]), settings.time_digits)
    if lod in ("tiny", "short"):
        view = {name: view[name] for name in small if name in view}
    return view


def _cut(text: str, digits: int) -> str:
    whole, point, rest = text.partition(".")
    return whole + (point + rest[:digits] if digits else "") + "Z" if point else text
