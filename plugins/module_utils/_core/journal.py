# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What was submitted and has not been seen to end, kept in files, so that a run that comes after a kill, a timeout or
`wait: false` follows the task in flight instead of submitting the change again.

SimpliVity has no list of tasks: an id that is lost cannot be found again (simplivity.md 2). A file holds a task's id
and the wanted state of one object, no secret. Where none can be kept (a read-only home, a container that is thrown
away) everything works as if there had been no earlier run.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
from contextlib import suppress
from typing import NamedTuple

from .clock import Clock

KEPT_SECONDS = 86400.0
_LARGEST_FILE = 16384


class Entry(NamedTuple):
    """A submission. wanted: the state asked for. task_id: None when no answer came. age: seconds since."""

    wanted: str
    task_id: str | None
    age: float


class Journal:
    """The entries in one directory. Raises nothing: a file that cannot be read or written is as good as none."""

    def __init__(self, clock: Clock, directory: str | None) -> None:
        self._clock = clock
        self._directory = directory
        self._lock = threading.Lock()
        self._ready: bool | None = None

    def entry(self, target: str) -> Entry | None:
        """The submission under way for an object, or None. target: names the object, the same in every run."""
        if self._directory is None:
            return None
        with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            found = json.loads(_read_own_file(self._path(target)))
            age = self._clock.wall() - float(found["at"])
            task_id = found["task_id"]
            # the clock may have been set back since
            if abs(age) < KEPT_SECONDS and (task_id is None or isinstance(task_id, str)):
                return Entry(str(found["wanted"]), task_id, max(0.0, age))
        return None

    def note(self, target: str, wanted: str, task_id: str | None = None) -> None:
        """Remember a submission: before it is sent, and again when its task is known."""
        if not self._usable():
            return
        path = self._path(target)
        with suppress(OSError):
            handle = os.open(f"{path}.{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump({"at": self._clock.wall(), "wanted": wanted, "task_id": task_id}, file)
            os.replace(f"{path}.{os.getpid()}", path)

    def forget(self, target: str) -> None:
        """The submission has ended, or was never taken."""
        if self._directory is not None:
            with suppress(OSError):
                os.unlink(self._path(target))

    def _path(self, target: str) -> str:
        return os.path.join(str(self._directory), hashlib.sha256(target.encode("utf-8")).hexdigest())

    def _usable(self) -> bool:
        """Whether the directory is there and nobody else's; entries of long ago are removed on the way."""
        with self._lock:
            if self._ready is None:
                self._ready = False
                if self._directory is not None:
                    with suppress(OSError):
                        os.makedirs(self._directory, mode=0o700, exist_ok=True)
                        self._ready = _is_private(os.stat(self._directory))
                        self._remove_old()
            return self._ready

    def _remove_old(self) -> None:
        oldest = self._clock.wall() - KEPT_SECONDS
        with os.scandir(str(self._directory)) as files:
            for file in files:
                if file.stat(follow_symlinks=False).st_mtime < oldest:
                    os.unlink(file.path)


def state_directory() -> str | None:
    """Where a user's programs keep such things; None when there is no home."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "safehold.backup") if os.path.isabs(base) else None


def _is_private(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _read_own_file(path: str) -> str:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, encoding="ascii") as file:
        status = os.fstat(file.fileno())
        if not (stat.S_ISREG(status.st_mode) and _is_private(status)):
            raise OSError("not a file of ours")
        return file.read(_LARGEST_FILE)
