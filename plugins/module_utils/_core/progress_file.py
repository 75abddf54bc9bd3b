# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The file through which a module that waits tells the callback on the same machine how far it is."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

VERSION = 1
VARIABLE = "SAFEHOLD_PROGRESS_FILE"
LARGEST_LINE = 2000
LARGEST_FILE = 4 * 1024 * 1024


class ProgressFile:
    """Appends records, a line of JSON each, to a file that is there already and belongs to this user alone.

    Raises nothing: a file that cannot be used, or is full, is as good as none.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._run = os.urandom(6).hex()
        self._handle: int | None = None
        self._left = LARGEST_FILE

    def append(self, record: Mapping[str, Any]) -> None:
        """Add one record. Its line is written whole or not at all, as others append to the same file."""
        with suppress(OSError, ValueError, TypeError, RecursionError):
            line = json.dumps({"v": VERSION, "run": self._run, **record}).encode("ascii") + b"\n"
            if self._handle is None:
                self._open()
            if self._handle is not None and len(line) <= min(LARGEST_LINE, self._left):
                self._left -= len(line)
                if os.write(self._handle, line) != len(line):
                    self._left = 0

    def _open(self) -> None:
        if not self._left:
            return
        self._left, left = 0, self._left
        # it is never made here: one that has been removed is not wanted any more
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        status = os.fstat(handle)
        mine = status.st_uid == os.geteuid() and not status.st_mode & 0o077
        if not (stat.S_ISREG(status.st_mode) and mine):
            os.close(handle)
            return
        self._handle, self._left = handle, left - status.st_size


def progress_file() -> ProgressFile | None:
    """The file that the callback has named; None when there is no callback."""
    path = os.environ.get(VARIABLE)
    return ProgressFile(path) if path and os.path.isabs(path) else None
