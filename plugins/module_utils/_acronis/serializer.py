# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Task Manager objects as the modules return them: the API's own words in snake_case, ids as texts (acronis.md 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_WORD = re.compile(r"(?<=[a-z0-9])([A-Z])")
# Free-form parts belong to whoever wrote them, so their keys stay as they are.
_FREE_FORM = frozenset({"context", "argument", "payload", "debug", "kbLink"})
_NUMERIC_IDS = frozenset({"id", "taskId", "parentActivityId", "workflowId", "activityId"})
_TWINS = {"idString": "id", "taskIdString": "taskId", "parentActivityIdString": "parentActivityId"}


def serialize(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A task or an activity. Ids exceed 2^53, where other tools lose digits, so every id is a text."""
    thing = _converted(raw)
    for twin, name in _TWINS.items():
        if isinstance(raw.get(twin), str):
            thing[_snake(name)] = raw[twin]
    return thing


def _converted(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        _snake(key): item if key in _FREE_FORM else _id_as_text(key, _convert(item))
        for key, item in value.items()
        if key not in _TWINS
    }


def _convert(value: Any) -> Any:
    if isinstance(value, dict):
        return _converted(value)
    if isinstance(value, list):
        return [_convert(item) for item in value]
    return value


def _id_as_text(key: str, value: Any) -> Any:
    return str(value) if key in _NUMERIC_IDS and isinstance(value, int) and not isinstance(value, bool) else value


@lru_cache(maxsize=1024)  # every object of a list has the same keys
def _snake(key: str) -> str:
    return _WORD.sub(lambda match: "_" + match.group(1).lower(), key)
