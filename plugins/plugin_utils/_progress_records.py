# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What a module that waits has written of it: lines of JSON, read as they come and believed in nothing."""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from typing import Any, NamedTuple

from ansible_collections.safehold.backup.plugins.module_utils._core.progress_file import LARGEST_LINE, VERSION
from ansible_collections.safehold.backup.plugins.module_utils._core.text import clean

_LARGEST_READ = 256 * 1024
_LARGEST_NUMBER = 10**9


class Record(NamedTuple):
    """One record of _core/progress.py. run: the run of a module that it comes from. Texts are clean, numbers sane."""

    run: str
    what: str
    word: str
    state: str
    percent: float | None
    done: int
    failed: int
    running: int
    total: int
    elapsed: float
    over: bool


class RecordReader:
    """Reads a file that others append to. Raises nothing."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._handle: int | None = None
        self._rest = b""

    def read(self) -> list[Record]:
        """The records that have been added since the last call."""
        data = b""
        with suppress(OSError):
            if self._handle is None:
                self._handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            data = os.read(self._handle, _LARGEST_READ)
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-LARGEST_LINE:]
        return [record for record in map(parsed, lines) if record is not None]

    def close(self) -> None:
        """Let go of the file."""
        with suppress(OSError):
            if self._handle is not None:
                os.close(self._handle)
        self._handle = None


def parsed(line: bytes) -> Record | None:
    """The record of a line; None for anything else."""
    try:
        data = json.loads(line) if len(line) <= LARGEST_LINE else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("v") != VERSION or not isinstance(data.get("run"), str):
        return None
    percent = data.get("percent")
    return Record(
        run=data["run"],
        what=_text(data, "what"),
        word=_text(data, "word"),
        state=_text(data, "state"),
        percent=None if percent is None else min(100.0, _number(data, "percent")),
        done=int(_number(data, "done")),
        failed=int(_number(data, "failed")),
        running=int(_number(data, "running")),
        total=int(_number(data, "total")),
        elapsed=_number(data, "elapsed"),
        over=data.get("over") is True,
    )


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return clean(value, 200) if isinstance(value, str) else ""


def _number(data: dict[str, Any], key: str) -> float:
    """A number from 0 to a thousand million; 0 for what is none, as a number that Ansible has masked."""
    value = data.get(key)
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or (isinstance(value, float) and math.isnan(value))
    ):
        return 0
    return max(0, min(value, _LARGEST_NUMBER))
