# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""A thread that makes calls for another one, which can leave it behind in a call that does not end."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue


class Worker:
    """Makes one call after the other. The thread ends, after the call that it is in, when nobody holds its worker."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # knows the queue alone, or the worker would never be let go
        threading.Thread(target=_labour, args=(self._calls,), daemon=True).start()
        weakref.finalize(self, self._calls.put, None).atexit = False

    def start(self, call: Callable[[], None]) -> None:
        """Make a call as soon as those before it are over. call: raises nothing."""
        self._calls.put(call)


def _labour(calls: SimpleQueue[Callable[[], None] | None]) -> None:
    while True:
        call = calls.get()
        if call is None:
            return
        call()
        # what it knows of an answer may be large
        del call
