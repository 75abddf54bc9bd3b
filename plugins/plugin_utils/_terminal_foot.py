# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Rows at the foot of a terminal, below everything else that Ansible shows there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TextIO

_END_OF_LINE, _END_OF_SCREEN = "\x1b[K", "\x1b[J"


class Foot:
    """The cursor always stands at the beginning of the first row, so that whatever is shown next takes its place.

    display: Ansible's. All that Ansible shows goes through its method `display`, which for as long as there are rows
    takes them away first, so that no line is left broken; the next `show` puts them below. Its lock is held meanwhile:
    the one that Ansible itself holds while it forks.
    """

    def __init__(self, display: Any, stream: TextIO) -> None:
        self._display = display
        self._stream = stream
        self._process = os.getpid()
        self.is_shown = False

    def size(self) -> tuple[int, int]:
        """Columns and lines that a row may take, and that there are."""
        with suppress(OSError, ValueError):
            width, height = os.get_terminal_size(self._stream.fileno())
            if width and height:  # one that nobody has told its size, as under script(1), says 0
                return max(1, width - 1), height
        return 79, 24

    def show(self, rows: Sequence[str]) -> None:
        """Put these rows in the place of those that are there."""
        if not rows:
            self.clear()
            return
        with self._display._lock:
            self._display.display = self._display_above
            up = f"\x1b[{len(rows) - 1}A" if len(rows) > 1 else ""
            self._write("\r" + "\n".join(row + _END_OF_LINE for row in rows) + _END_OF_SCREEN + up + "\r")
            self.is_shown = True

    def clear(self) -> None:
        """Take the rows away."""
        if not self.is_shown:
            return
        with self._display._lock:
            self.is_shown = False
            self._display.__dict__.pop("display", None)
            self._write("\r" + _END_OF_SCREEN)

    def _display_above(self, *args: Any, **kwargs: Any) -> Any:
        if os.getpid() == self._process and not kwargs.get("log_only"):
            with self._display._lock:
                self.clear()
                return self._display.display(*args, **kwargs)
        # a worker hands over what it has to show
        return type(self._display).display(self._display, *args, **kwargs)

    def _write(self, text: str) -> None:
        # the terminal may have gone away, or a signal may have come in the middle of a write
        with suppress(OSError, ValueError, RuntimeError):
            self._stream.write(text)
            self._stream.flush()
