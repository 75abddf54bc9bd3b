# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What was submitted and has not been seen to end, kept in files, so that a run that comes after a kill, a timeout or
`wait: false` follows the task in flight instead of submitting the change again.

SimpliVity has no list of tasks: an id that is lost cannot be found again (simplivity.md 2). A file holds a task's id
and the wanted state of one object, no secret, and its last whole line counts. Where none can be kept (a read-only home,
a container that is thrown away) everything works as if there had been no earlier run.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from .clock import Clock

KEPT_SECONDS = 86400.0
_LONGEST_END = 16384  # bytes at the end of a file, among which the last line is


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
        self._known: dict[str, str] = {}  # what was read or written last, by path
        self._own: set[str] = set()  # the paths of files that this run has put there
        self._over: dict[str, str] = {}  # what this run has forgotten, by path: the file may be there all the same

    def entry(self, target: str) -> Entry | None:
        """The submission under way for an object, or None. target: names the object, the same in every run."""
        if self._directory is None:
            return None
        path = self.path(target)
        with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            self._known[path] = _read_own_file(path)
            if self._known[path] == self._over.get(path):
                return None
            found = json.loads(self._known[path])
            age = self._clock.wall() - float(found["at"])
            task_id = found["task_id"]
            # the clock may have been set back since
            if abs(age) < KEPT_SECONDS and (task_id is None or isinstance(task_id, str)):
                return Entry(str(found["wanted"]), task_id, max(0.0, age))
        return None

    def claim(self, target: str, wanted: str) -> bool:
        """Remember a submission right before it is sent. False when another run, which may be under way, has done so
        for the same object since `entry` was asked."""
        try:
            self._place(target, wanted, None, os.link)
        except FileExistsError:
            if self.entry(target) is not None:
                return False
            self.note(target, wanted)
        except OSError:
            # not every file system has links
            self.note(target, wanted)
        return True

    def note(self, target: str, wanted: str, task_id: str | None = None) -> None:
        """Remember a submission anew: before it is sent once more, and when its task is known."""
        path = self.path(target)
        with suppress(OSError):
            if path in self._own:
                # to replace a file takes many times as long
                with suppress(OSError):
                    self._known[path] = self._write(path, wanted, task_id, os.O_APPEND)
                    return
            self._place(target, wanted, task_id, os.replace)

    def forget(self, target: str) -> None:
        """The submission has ended, or was never taken. What another run has noted since stays."""
        path = self.path(target)
        with suppress(OSError, ValueError):
            if _read_own_file(path) == self._known.get(path):
                self._over[path] = self._known[path]
                os.unlink(path)

    def sweep(self) -> None:
        """Remove what is too old to be believed."""
        if self._directory is None:
            return
        with suppress(OSError), os.scandir(self._directory) as files:
            for file in files if _is_private(os.stat(self._directory)) else ():
                with suppress(OSError):
                    if abs(self._clock.wall() - file.stat(follow_symlinks=False).st_mtime) > KEPT_SECONDS:
                        os.unlink(file.path)

    def path(self, target: str) -> str:
        """The file for an object."""
        return os.path.join(self._directory or "", hashlib.sha256(target.encode("utf-8")).hexdigest())

    def _place(self, target: str, wanted: str, task_id: str | None, place: Callable[[str, str], None]) -> None:
        """Write a file beside its place, then put it there. Raises OSError."""
        if not self._usable():
            return
        path = self.path(target)
        draft = f"{path}.{os.urandom(8).hex()}"
        try:
            text = self._write(draft, wanted, task_id, os.O_CREAT | os.O_EXCL)
            place(draft, path)
            self._known[path] = text
            self._own.add(path)
        finally:
            with suppress(OSError):
                os.unlink(draft)

    def _write(self, path: str, wanted: str, task_id: str | None, how: int) -> str:
        """Write a line at the end of a file and return it. how: flags of `open`. Raises OSError."""
        now = self._clock.wall()
        text = json.dumps({"at": now, "wanted": wanted, "task_id": task_id})
        # what is there may be half a line
        line = f"\n{text}\n".encode("ascii")
        handle = _open_own(path, os.O_WRONLY | how)
        try:
            if os.write(handle, line) != len(line):
                raise OSError("there is no room")
            os.utime(handle, (now, now))
        finally:
            os.close(handle)
        return text

    def _usable(self) -> bool:
        """Whether the directory is there and nobody else's."""
        with self._lock:
            if self._ready is None:
                self._ready = False
                if self._directory is not None:
                    with suppress(OSError):
                        os.makedirs(self._directory, mode=0o700, exist_ok=True)
                        self._ready = _is_private(os.stat(self._directory))
            return self._ready


def state_directory() -> str | None:
    """Where a user's programs keep such things; None when there is no home."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "safehold.backup") if os.path.isabs(base) else None


def _is_private(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _open_own(path: str, how: int) -> int:
    """A file that is the user's alone, neither a link nor a pipe, which would be waited for. Raises OSError."""
    handle = os.open(path, how | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    status = os.fstat(handle)
    if stat.S_ISREG(status.st_mode) and _is_private(status):
        return handle
    os.close(handle)
    raise OSError("not a file of ours")


def _read_own_file(path: str) -> str:
    """The last whole line. Raises OSError or ValueError."""
    # who can write to the directory can put the file of one object in the place of another's
    if not _is_private(os.stat(os.path.dirname(path))):
        raise OSError("not a directory of ours")
    handle = _open_own(path, os.O_RDONLY)
    try:
        size = os.fstat(handle).st_size
        end = os.pread(handle, _LONGEST_END, max(0, size - _LONGEST_END))
    finally:
        os.close(handle)
    whole = end.rpartition(b"\n")[0].rstrip(b"\n")
    return whole.rpartition(b"\n")[2].decode("ascii")
