# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""How many requests may be under way at once, lowered when the server says that it is too many."""

from __future__ import annotations

import threading
from collections import deque


class Throttle:
    """A gate for `limit` requests at once. Use as a context manager around each request."""

    def __init__(self, limit: int = 1) -> None:
        self.limit = limit
        self._active = 0
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    def __enter__(self) -> int:
        """Waits for a place, the first to come first, and returns the limit that was in force, to be handed to
        `slow_down`."""
        me = object()
        with self._changed:
            self._queue.append(me)
            try:
                while self._active >= self.limit or self._queue[0] is not me:
                    self._changed.wait()
                self._active += 1
            finally:
                self._queue.remove(me)
                self._changed.notify_all()
            return self.limit

    def __exit__(self, *exc: object) -> None:
        with self._changed:
            self._active -= 1
            self._changed.notify_all()

    def slow_down(self, limit: int) -> None:
        """Halve the limit, once for all the requests that were refused under the same one."""
        with self._changed:
            if limit == self.limit:
                self.limit = max(1, limit // 2)
