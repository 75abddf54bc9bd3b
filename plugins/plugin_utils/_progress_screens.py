# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The two ways in which progress is shown. What is to be shown is made up first and shown later, as showing it may take
time: a terminal can be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol, TextIO

from ansible_collections.safehold.backup.plugins.plugin_utils._progress_board import Board
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_text import Bricks, Paint
from ansible_collections.safehold.backup.plugins.plugin_utils._terminal_foot import Foot

_REDRAW_SECONDS = 1.0


class Picture(NamedTuple):
    """line: for a log, None for none. rows: for a terminal, None when those that are there may stay."""

    line: str | None
    rows: Sequence[str] | None = None


class Screen(Protocol):
    """Where progress is shown."""

    def picture(self, board: Board, now: float) -> Picture:
        """What is to be shown now."""

    def show(self, picture: Picture) -> None:
        """Show it."""

    def clear(self) -> None:
        """Take away what is not to stay."""


class Lines:
    """Plain lines among those of Ansible, and through its display: so they are in its log, and events of a runner."""

    def __init__(self, display: Any, stream: TextIO, is_stderr: bool, color: str) -> None:
        self._display = display
        self._stream = stream
        self._options = {"color": color, "stderr": is_stderr}

    def picture(self, board: Board, now: float) -> Picture:
        return Picture(board.line(now))

    def show(self, picture: Picture) -> None:
        if picture.line is not None:
            with self._display._lock, suppress(OSError, ValueError):
                self._display.display(picture.line, **self._options)
                self._stream.flush()

    def clear(self) -> None:
        """Lines stay."""


class Rows:
    """Rows with bars at the foot of a terminal. Ansible's log, where there is one, gets the lines."""

    def __init__(self, display: Any, stream: TextIO, paint: Paint) -> None:
        self._display = display
        self._foot = Foot(display, stream)
        self._bricks = Bricks(stream.encoding)
        self._paint = paint
        self._redraw_at = 0.0

    def picture(self, board: Board, now: float) -> Picture:
        rows = board.rows(now, *self._foot.size(), self._bricks, self._paint)
        if rows and self._foot.is_shown and now < self._redraw_at:
            return Picture(board.line(now))
        self._redraw_at = now + _REDRAW_SECONDS
        return Picture(board.line(now), rows)

    def show(self, picture: Picture) -> None:
        if picture.line is not None:
            self._display.display(picture.line, log_only=True)
        if picture.rows is not None:
            self._foot.show(picture.rows)

    def clear(self) -> None:
        self._foot.clear()
