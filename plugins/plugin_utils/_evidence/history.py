# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Histories of backups in general: the newest per machine, streaks, freshness."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...module_utils._core.text import quoted
from .attempts import streak
from .times import SKEW, duration, moment, required_moment, spoken

GOOD_WORDS = ("PROTECTED", "DEGRADED", "REBUILDING", "ok", "warning")
# A run of Acronis that is not over may have a result all the same (acronis.md 3.3).
UNDER_WAY = ("enqueued", "assigned", "started", "paused")
BAD_WORDS = ("FAILED", "CANCELED", "error", "cancelled", "abandoned", "timedout")
_LONG_AGO = -(2**62)


def value_at(item: Mapping[str, Any], path: str) -> Any:
    """What stands at a path such as `result.code`, or None."""
    value: Any = item
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def now_or(now: Any) -> int:
    """Unix seconds of the moment that the user gave, or of this one. Raises ValueError."""
    return int(time.time()) if now is None or now == "" else required_moment("now", now)


def newest_first(items: Iterable[Mapping[str, Any]], at: str) -> list[Mapping[str, Any]]:
    """Sorted by time; what has none is the oldest."""

    def rank(item: Mapping[str, Any]) -> int:
        seconds = moment(value_at(item, at))
        return _LONG_AGO if seconds is None else seconds

    return sorted(items, key=rank, reverse=True)


def objects(items: Any) -> Sequence[Mapping[str, Any]]:
    """The items, when they are a list of dictionaries. Raises ValueError."""
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, Mapping) for item in items):
        raise ValueError("the input is not a list of objects, such as the backups that svt_backup_info returned")
    return items


def grouped(items: Any, by: str) -> dict[Any, list[Mapping[str, Any]]]:
    """The items by what stands at a path; those that have nothing there are left out. Raises ValueError."""
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for item in objects(items):
        key = value_at(item, by)
        if key is not None and key != "":
            if isinstance(key, (list, Mapping)):
                raise ValueError(f"by: {quoted(by)} is not a single value")
            found.setdefault(key, []).append(item)
    return found


def latest_per(items: Any, by: str, at: str = "created_at") -> list[Mapping[str, Any]]:
    """The newest item of each group, in the order in which the groups first appear."""
    return [newest_first(group, at)[0] for group in grouped(items, by).values()]


def streaks(
    items: Any,
    by: str,
    at: str = "created_at",
    outcome: str = "state",
    good: Sequence[str] = GOOD_WORDS,
    bad: Sequence[str] = BAD_WORDS,
) -> list[dict[str, Any]]:
    """How each group's newest attempts ended."""
    return [{"key": key, **row_of(group, at, outcome, good, bad)} for key, group in grouped(items, by).items()]


def row_of(items: Any, at: str, outcome: str, good: Sequence[str], bad: Sequence[str]) -> dict[str, Any]:
    """How the newest of some attempts ended. Those that are neither good nor bad are under way."""
    ended = [
        item
        for item in newest_first(objects(items), at)
        if value_at(item, outcome) in (*good, *bad) and item.get("state") not in UNDER_WAY
    ]
    row = streak(value_at(item, outcome) in good for item in ended)
    return {
        "attempts": len(ended),
        "failures": row.failures,
        "failures_before": row.failures_before,
        "recovered": row.failures_before > 0,
        "newest": ended[0] if ended else None,
    }


def freshness(value: Any, max_age: Any, now: Any = None) -> dict[str, Any]:
    """Whether the newest of some times is young enough. No time at all is not fresh, nor is one that is yet to come."""
    values = value if isinstance(value, (list, tuple)) else [value]
    moments = [seconds for seconds in map(moment, values) if seconds is not None]
    allowed, reference = duration("max_age", max_age), now_or(now)
    if not moments:
        return {"fresh": False, "age": None, "text": "never"}
    age = reference - max(moments)
    if age < -SKEW:
        return {"fresh": False, "age": None, "text": f"dated {spoken(-age)} ahead"}
    age = max(0, age)
    return {"fresh": age <= allowed, "age": age, "text": spoken(age)}
