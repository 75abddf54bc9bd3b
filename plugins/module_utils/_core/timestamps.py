# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Points in time as whole nanoseconds since the epoch: exact for 0 to 9 fractional digits on every Python."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from .errors import bad_input
from .text import quoted

NANOSECONDS = 1_000_000_000

_RFC3339 = re.compile(
    r"^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d):?(\d\d))?\Z", re.ASCII
)
_AGE = re.compile(r"^(\+?)(\d{1,9})\s*([smhdw])\Z", re.ASCII)
_AGE_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
EARLIEST, LATEST = -62135596800, 253402300799  # Unix seconds of the first and the last moment that a calendar has


def parse_rfc3339(text: str) -> int | None:
    """Nanoseconds since the epoch, or None when the text is no RFC 3339 time or has no zone."""
    match = _RFC3339.match(text)
    if not match or not (match.group(8) or match.group(9)):
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    offset = timedelta(0)
    if match.group(9):
        hours, minutes = int(match.group(10)), int(match.group(11))
        if hours > 23 or minutes > 59:
            return None
        offset = timedelta(hours=hours, minutes=minutes) * (1 if match.group(9) == "+" else -1)
    try:
        # a leap second is told as the second before it
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone.utc)
        since_epoch = moment - _EPOCH - offset
    except (ValueError, OverflowError):
        return None
    if second > 60:
        return None
    fraction = int((match.group(7) or "0").ljust(9, "0"))
    return (since_epoch.days * 86400 + since_epoch.seconds) * NANOSECONDS + fraction


def parse_option(option: str, text: str, now: float) -> int:
    """The point in time that a user wrote: RFC 3339 with a zone, an age (`24h`) or a time ahead (`+7d`).

    now: Unix seconds. Raises a Failure of kind input that names the option.
    """
    text = text.strip()
    age = _AGE.match(text)
    if age:
        seconds = int(age.group(2)) * _AGE_SECONDS[age.group(3)] * (1 if age.group(1) else -1)
        instant: int | None = int((now + seconds) * NANOSECONDS)
    else:
        instant = parse_rfc3339(text)
        if instant is None and _RFC3339.match(text) and not re.search(r"[Zz]$|[+-]\d\d:?\d\d$", text[11:]):
            raise bad_input(f"{option}: {quoted(text)} has no time zone; end it with Z or an offset such as +02:00")
    if instant is None or not _in_range(instant):
        raise bad_input(
            f"{option}: {quoted(text)} is not a time; write RFC 3339 such as 2026-03-13T21:03:46Z, "
            "an age such as 90m, 24h or 7d, or +7d for a time ahead"
        )
    return instant


def _in_range(instant: int) -> bool:
    return EARLIEST <= instant // NANOSECONDS <= LATEST


def format_utc(instant: int, fraction: bool = True) -> str:
    """`2026-03-13T21:03:46Z`, with the fraction only when there is one and it is wanted."""
    seconds, nanoseconds = divmod(instant, NANOSECONDS)
    moment = _EPOCH + timedelta(seconds=seconds)
    # strftime does not pad years below 1000 on every platform
    text = moment.replace(tzinfo=None).isoformat(timespec="seconds")
    digits = f".{nanoseconds:09d}".rstrip("0") if fraction and nanoseconds else ""
    return f"{text}{digits}Z"
