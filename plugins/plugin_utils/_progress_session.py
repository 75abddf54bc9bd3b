# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The files that modules write to, and the thread that reads them: both are there only as long as they are needed."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Hashable
from contextlib import suppress
from types import FrameType
from typing import Any

from ansible_collections.safehold.backup.plugins.plugin_utils._progress_board import Board
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_records import RecordReader
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_screens import Picture, Screen
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_wait import Wait

_LOOK_SECONDS = 0.15
_SECONDS_TO_END = 1.0
# Ansible turns Ctrl-C into an orderly end; of these it dies, and nothing that is registered for the end is called.
_DEADLY = (signal.SIGTERM, signal.SIGHUP)


class Session:
    """Made by the main thread, whose process alone ends it. parent: where its private directory is made.

    No lock of its own is held while something is shown, and none is taken by a process that is forked meanwhile.
    """

    def __init__(self, board: Board, screen: Screen, parent: str) -> None:
        self._board = board
        self._screen = screen
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._readers: dict[Hashable, tuple[RecordReader, str]] = {}
        self._hushed: set[Hashable] = set()
        self._number = 0
        self._wake, self._stop = threading.Event(), threading.Event()
        self._handlers: dict[int, Any] = {}
        self.directory = tempfile.mkdtemp(prefix="safehold-progress-", dir=parent)
        atexit.register(self.close)
        self._take_signals()
        self._thread = threading.Thread(target=self._watch, name="safehold.backup.progress", daemon=True)
        self._thread.start()

    def begin(self, key: Hashable, wait: Wait) -> str:
        """A task begins on a host; the path of the file for it, which is there and empty."""
        self.end(key)
        self._number += 1
        path = os.path.join(self.directory, str(self._number))
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with self._lock:
            self._board.waits[key] = wait
            self._readers[key] = RecordReader(path), path
            self._wake.set()
        return path

    def end(self, key: Hashable) -> None:
        """The task has ended there."""
        with self._lock:
            self._hushed.discard(key)
            self._board.waits.pop(key, None)
            reader, path = self._readers.pop(key, (None, ""))
        if reader is not None:
            reader.close()
            with suppress(OSError):
                os.unlink(path)

    def hush(self, key: Hashable) -> None:
        """Until this task has ended somebody may be typing."""
        with self._lock:
            self._hushed.add(key)
        self._screen.clear()

    def detach(self, key: Hashable) -> None:
        """Ansible goes on, and so does the task."""
        with self._lock:
            if key in self._board.waits:
                self._board.waits[key].detached = True

    def close(self) -> None:
        """Leave nothing behind: no thread, no file, nothing on the screen. A second time nothing happens."""
        if os.getpid() != self._process or self._stop.is_set():
            return
        with self._lock:
            self._stop.set()
            self._wake.set()
        self._thread.join(_SECONDS_TO_END)
        self._screen.clear()
        for key in list(self._readers):
            self.end(key)
        shutil.rmtree(self.directory, ignore_errors=True)
        atexit.unregister(self.close)
        for number, previous in self._handlers.items():
            if signal.getsignal(number) == self._die:
                signal.signal(number, previous)

    def _watch(self) -> None:
        # what goes wrong here must not be told in the middle of a play
        with suppress(Exception):
            while not self._stop.is_set():
                self._screen.show(self._look(time.monotonic()))
                self._wake.wait()
                self._stop.wait(_LOOK_SECONDS)

    def _look(self, now: float) -> Picture:
        with self._lock:
            for key, (reader, _path) in self._readers.items():
                for record in reader.read():
                    self._board.waits[key].hear(record, now)
            if not self._readers and not self._stop.is_set():
                self._wake.clear()
            return Picture(None, ()) if self._hushed else self._screen.picture(self._board, now)

    def _take_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _DEADLY:
            previous = signal.getsignal(number)
            if previous not in (None, signal.SIG_IGN):
                signal.signal(number, self._die)
                self._handlers[number] = previous

    def _die(self, number: int, _frame: FrameType | None) -> None:
        """Clean up, and let the signal do what it would have done."""
        signal.signal(number, self._handlers[number])
        self.close()
        os.kill(os.getpid(), number)
