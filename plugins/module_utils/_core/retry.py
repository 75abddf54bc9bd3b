# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Reads are repeated, inside their deadline and a budget for the whole run. Writes never come here."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TypeVar

from .clock import Clock, Deadline
from .errors import Failure

T = TypeVar("T")

TRIES = 5
BUDGET = 60
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_PASSING_STATUSES = (429, 500, 502, 503, 504)
# A server that is busy says so at once, and is asked again as long as there is time: a SimpliVity controller answers
# 502 when it has too many requests at once, and those of fifty hosts take their turn (simplivity.md 4).
BUSY_STATUSES = (429, 502, 503)


def is_passing(failure: Failure) -> bool:
    """Whether the same read may well succeed a moment later."""
    if failure.http_status is not None and not 200 <= failure.http_status < 300:
        return failure.http_status in _PASSING_STATUSES
    return failure.kind in ("connect", "timeout", "bad_response")


def retry_after(text: str, wall: float) -> float | None:
    """Seconds that a Retry-After header asks for; None when it says nothing usable. wall: Unix seconds."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.fromtimestamp(wall, timezone.utc)).total_seconds())


def _pause(failure: Failure, number: int) -> float:
    """Seconds: what the server asks for, else longer with each try, and never the same for two controllers."""
    if failure.retry_after is not None:
        return failure.retry_after
    return random.uniform(0.5, 1.0) * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**number)  # noqa: S311


class Retrier:
    """Repeats reads with full jitter, so that many controllers do not hammer in step (reliability.md D26)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left = BUDGET
        self._lock = threading.Lock()

    def __call__(self, attempt: Callable[[], T], deadline: Deadline) -> T:
        """What `attempt` returns; its last Failure when it keeps failing, or when trying again is useless."""
        busy: Failure | None = None
        for number in count():
            try:
                return attempt()
            except Failure as failure:
                if failure.http_status in BUSY_STATUSES:
                    busy = failure
                if not self._may_try_again(failure, number, deadline):
                    # a login inside a read has had its own tries already
                    failure.retried = True
                    # the last of many tries has hardly any time, and that it was too little says nothing
                    raise busy if busy and failure.kind == "timeout" else failure from None
                self._clock.sleep(min(_pause(failure, number), deadline.remaining() * 0.9))
        raise AssertionError("unreachable")

    def _may_try_again(self, failure: Failure, number: int, deadline: Deadline) -> bool:
        if failure.retried or not is_passing(failure) or deadline.remaining() < 0.1:
            return False
        return (number + 1 < TRIES or failure.http_status in BUSY_STATUSES) and self._take()

    def _take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0
