# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The private directory, the thread and the rows on the terminal: what is there meanwhile, and nothing afterwards."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import signal
import stat
import struct
import termios
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.progress_file import ProgressFile
from ansible_collections.safehold.backup.plugins.plugin_utils import _progress_session
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_board import Board
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_records import Record
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_screens import Lines, Picture, Rows
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_session import Session
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_wait import Wait
from ansible_collections.safehold.backup.plugins.plugin_utils._terminal_foot import Foot
from ansible_collections.safehold.backup.tests.unit.terminal import Terminal

PATIENCE = 5.0


class Display:
    """Ansible's, as far as it matters here."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.stream = io.StringIO()
        self.logged: list[str] = []

    def display(self, msg: str, log_only: bool = False, **_options: Any) -> None:
        if log_only:
            self.logged.append(msg)
        else:
            self.stream.write(msg + "\n")


class Kept:
    """A screen that keeps what it is shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.cleared = 0
        self.seen = threading.Event()

    def picture(self, board: Board, now: float) -> Picture:
        return Picture(board.line(now))

    def show(self, picture: Picture) -> None:
        if picture.line is not None:
            self.lines.append(picture.line)
            self.seen.set()

    def clear(self) -> None:
        self.cleared += 1


@pytest.fixture
def screen() -> Kept:
    return Kept()


@pytest.fixture
def session(screen: Kept, tmp_path: Path) -> Iterator[Session]:
    made = Session(Board(1, 0), screen, str(tmp_path))
    yield made
    made.close()


def test_what_a_module_writes_is_shown(session: Session, screen: Kept) -> None:
    path = session.begin("key", Wait("web01", "svt_task_info"))
    ProgressFile(path).append({"percent": 40, "elapsed": 7})
    assert screen.seen.wait(PATIENCE)
    assert screen.lines[0].startswith("progress: [web01] svt_task_info: 40 %, 7 s so far")


def test_directory_and_files_are_private(session: Session) -> None:
    path = session.begin("key", Wait("a", "b"))
    assert stat.S_IMODE(os.stat(session.directory).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_the_file_goes_with_its_task_and_everything_with_the_session(session: Session, tmp_path: Path) -> None:
    first, second = session.begin("one", Wait("a", "b")), session.begin("two", Wait("a", "b"))
    session.end("one")
    session.end("one")
    assert not os.path.exists(first) and os.path.exists(second)
    thread = session._thread
    session.close()
    session.close()
    assert not list(tmp_path.iterdir())
    assert not thread.is_alive()


def test_a_thread_that_has_nothing_to_read_sleeps(session: Session) -> None:
    session.begin("key", Wait("a", "b"))
    session.end("key")
    for _moment in range(100):
        if not session._wake.is_set():
            break
        threading.Event().wait(0.02)
    assert not session._wake.is_set()
    session.close()
    assert not session._thread.is_alive()


def test_while_somebody_may_be_typing_nothing_is_shown(session: Session, screen: Kept) -> None:
    session.hush("pause")
    assert screen.cleared == 1
    ProgressFile(session.begin("key", Wait("a", "b"))).append({"percent": 40})
    assert not screen.seen.wait(1.2)
    session.end("pause")
    assert screen.seen.wait(PATIENCE)


def test_a_screen_that_fails_ends_the_showing_and_nothing_else(
    screen: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def show(_picture: Picture) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(screen, "show", show)
    session = Session(Board(1, 0), screen, str(tmp_path))
    session.begin("key", Wait("a", "b"))
    session._thread.join(PATIENCE)
    assert not session._thread.is_alive()
    session.end("key")
    session.close()
    assert not list(tmp_path.iterdir())


def test_a_process_that_was_forked_meanwhile_leaves_it_alone(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getpid", lambda: -1)
    session.close()
    monkeypatch.undo()
    assert os.path.isdir(session.directory)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_do_what_they_did_after_the_cleaning(
    screen: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    came: list[int] = []
    before = signal.signal(number, lambda number, _frame: came.append(number))
    try:
        session = Session(Board(1, 0), screen, str(tmp_path))
        os.kill(os.getpid(), number)
        assert came == [number]
        assert not list(tmp_path.iterdir()) and screen.cleared
        session.close()
    finally:
        signal.signal(number, before)


def test_handlers_are_given_back(screen: Kept, tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in _progress_session._DEADLY]
    Session(Board(1, 0), screen, str(tmp_path)).close()
    assert [signal.getsignal(number) for number in _progress_session._DEADLY] == before


# the foot of the terminal


def test_output_never_meets_a_row() -> None:
    display = Display()
    foot = Foot(display, display.stream)
    display.display("TASK [one]")
    foot.show(["first row, a long one", "second row"])
    assert Terminal(display.stream.getvalue()).text == "TASK [one]\nfirst row, a long one\nsecond row"
    foot.show(["first", "2nd", "3rd"])
    assert Terminal(display.stream.getvalue()).text == "TASK [one]\nfirst\n2nd\n3rd"
    display.display("ok: [a]")
    assert Terminal(display.stream.getvalue()).text == "TASK [one]\nok: [a]"
    assert not foot.is_shown
    foot.show(["again"])
    display.display("ok: [b]")
    foot.clear()
    assert Terminal(display.stream.getvalue()).text == "TASK [one]\nok: [a]\nok: [b]"


def test_ansibles_display_is_its_own_again_afterwards() -> None:
    display = Display()
    foot = Foot(display, display.stream)
    foot.show(["row"])
    assert "display" in vars(display)
    foot.show([])
    assert "display" not in vars(display)
    foot.clear()
    assert Terminal(display.stream.getvalue()).text == ""


@pytest.mark.parametrize(("columns", "lines", "room"), [(0, 0, (79, 24)), (120, 40, (119, 40)), (1, 1, (1, 1))])
def test_a_terminal_that_does_not_know_its_size(columns: int, lines: int, room: tuple[int, int]) -> None:
    terminal, other_end = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    with open(other_end, "w", encoding="utf-8") as stream:
        assert Foot(Display(), stream).size() == room
    os.close(terminal)


def test_what_only_the_log_gets_leaves_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    display = Display()
    foot = Foot(display, display.stream)
    foot.show(["row"])
    display.display("for the log", log_only=True)
    assert foot.is_shown and display.logged == ["for the log"]


def test_a_worker_does_not_touch_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    display = Display()
    foot = Foot(display, display.stream)
    foot.show(["row"])
    written = display.stream.getvalue()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    display.display("from a worker")
    assert display.stream.getvalue() == written + "from a worker\n"
    assert foot.is_shown


@pytest.mark.parametrize("error", [OSError(5, "gone"), ValueError("closed"), RuntimeError("reentrant call")])
def test_a_terminal_that_is_gone_breaks_nothing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    display = Display()
    foot = Foot(display, display.stream)

    def write(_text: str) -> int:
        raise error

    monkeypatch.setattr(display.stream, "write", write)
    foot.show(["row"])
    foot.clear()
    with suppress(OSError, ValueError, RuntimeError):
        display.display("x")


def test_rows_are_drawn_once_a_second_and_after_each_output() -> None:
    display = Display()
    rows = Rows(display, display.stream, lambda text, _color: text)
    board = Board(5, 0)
    board.waits["a"] = Wait("a", "svt_task_info")
    board.waits["a"].hear(_record(40), 0.0)
    drawn = []
    for tick in range(5, 50):
        picture = rows.picture(board, tick / 10)
        drawn.append(picture.rows is not None)
        rows.show(picture)
        if tick == 33:
            display.display("ok: [b]")
    assert sum(drawn) == 5
    assert drawn[34 - 5]
    assert display.logged == ["progress: [a] svt_task_info: 40 %"]
    assert "40 %" in Terminal(display.stream.getvalue()).rows[-1]
    rows.clear()
    assert Terminal(display.stream.getvalue()).text == "ok: [b]"


def test_a_line_goes_through_ansibles_display() -> None:
    display = Display()
    lines = Lines(display, display.stream, False, "cyan")
    lines.show(Picture("progress: [a] x"))
    lines.show(Picture(None))
    lines.clear()
    assert display.stream.getvalue() == "progress: [a] x\n"


def _record(percent: float) -> Any:
    return Record("r", "", "", "", percent, 0, 0, 0, 1, 0.0, False)
