# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Moments as whole Unix seconds, durations as people write and read them, and the days of a time zone."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from ...module_utils._core.text import quoted
from ...module_utils._core.timestamps import NANOSECONDS, format_utc, parse_rfc3339

_DURATION = re.compile(r"^(\d{1,9})\s*([smhdw])\Z", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DATE = re.compile(r"^\d{4}-\d\d-\d\d\Z", re.ASCII)
_LAST = 253402300799  # 9999-12-31T23:59:59Z, the last moment that has a text
SKEW = 300  # seconds by which two clocks may differ without a word


def moment(value: Any) -> int | None:
    """Unix seconds of an RFC 3339 text with a zone, or None when it says no time, as `NA` and an empty text do."""
    if isinstance(value, datetime) and value.tzinfo:
        return int(value.timestamp())
    instant = parse_rfc3339(value) if isinstance(value, str) else None
    return None if instant is None else instant // NANOSECONDS


def required_moment(option: str, value: Any) -> int:
    """The same for what a user wrote. Raises ValueError that names the option."""
    found = moment(value)
    if found is None:
        raise ValueError(f"{option}: {quoted(value)} is not a time; write RFC 3339 with a zone: 2026-03-13T21:03:46Z")
    return found


def end_moment(option: str, value: Any, zone: tzinfo) -> int:
    """The same where a date alone is allowed and means until the end of that day. Raises ValueError."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    if isinstance(value, str) and _DATE.match(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{option}: {quoted(value)} is not a date") from None
        if day == date.max:
            return _LAST
        return int(datetime.combine(day + timedelta(days=1), time(), zone).timestamp())
    found = moment(value)
    if found is None:
        raise ValueError(f"{option}: {quoted(value)} is not a date or a time; write 2026-12-31 or 2026-12-31T18:00:00Z")
    return found


def text(seconds: int) -> str:
    """`2026-03-13T21:03:46Z`."""
    return format_utc(seconds * NANOSECONDS)


def text_or_none(seconds: int | None) -> str | None:
    """The same, with nothing for nothing."""
    return None if seconds is None else text(seconds)


def duration(option: str, value: Any) -> int:
    """Seconds of `90m`, `26h` or `7d`. Raises ValueError that names the option."""
    match = _DURATION.match(value.strip()) if isinstance(value, str) else None
    seconds = int(match.group(1)) * _SECONDS[match.group(2)] if match else 0
    if not seconds:
        raise ValueError(f"{option}: {quoted(value)} is not a duration; write a number and its unit: 90m, 26h or 7d")
    return seconds


def spoken(seconds: int) -> str:
    """A duration for people, its two largest parts: `2 d 3 h`, `26 min`."""
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")) if n]
    return " ".join(parts[:2]) or "0 s"


def zone_of(name: str) -> tzinfo:
    """The time zone of that name. Raises ValueError."""
    if name.upper() == "UTC":
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(
            f"time_zone: {quoted(name)} is not known; write a name such as Europe/Berlin, or UTC"
        ) from None


class Days:
    """The last `count` days of a time zone, the one of `now` included."""

    def __init__(self, now: int, count: int, zone_name: str) -> None:
        self.zone_name = zone_name
        zone = zone_of(zone_name)
        last = datetime.fromtimestamp(now, zone).date()
        dates = [last - timedelta(days=n) for n in range(count - 1, -1, -1)]
        self.names: Sequence[str] = [day.isoformat() for day in dates]
        self.latest = now + SKEW  # what is dated later than that is dated wrongly
        self._starts = [int(datetime.combine(day, time(), zone).timestamp()) for day in dates]

    @property
    def start(self) -> int:
        """The first moment of the first day."""
        return self._starts[0]

    def index(self, seconds: int) -> int | None:
        """Which of the days a moment is in; one ahead of the last, as clocks that differ bring, is in the last."""
        found = bisect_right(self._starts, seconds) - 1
        return found if found >= 0 else None
