# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible_collections.safehold.backup.plugins.plugin_utils._forked import run


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGALRM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def ends(code: object) -> Callable[[], None]:
    def main() -> None:
        sys.exit(code)  # type: ignore[arg-type]

    return main


@pytest.mark.parametrize(
    ("main", "code", "stderr"),
    [
        (lambda: None, 0, b""),
        (ends(None), 0, b""),
        (ends(0), 0, b""),
        (ends(3), 3, b""),
        (ends("no more"), 1, b"no more\n"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), 137, b""),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), 143, b""),
    ],
)
def test_the_code_is_what_a_shell_tells(tmp_path: Path, main: Callable[[], None], code: int, stderr: bytes) -> None:
    ended = run(main, str(tmp_path))
    assert (ended.code, ended.stdout, ended.stderr) == (code, b"", stderr)


def test_what_is_printed_is_caught(tmp_path: Path) -> None:
    def main() -> None:
        print("plain ä \udce4")
        print("to standard error \udce4", file=sys.stderr)
        sys.stdout.flush()
        os.write(1, b"below Python\n")
        assert sys.stdin.read() == ""

    ended = run(main, str(tmp_path))
    assert ended.stdout == "plain ä ".encode() + b"\xe4\nbelow Python\n"
    assert ended.stderr == b"to standard error \\udce4\n"
    assert ended.code == 0


def test_much_is_read_from_both_at_once(tmp_path: Path) -> None:
    def main() -> None:
        for _round in range(30):
            sys.stdout.write("o" * 100_000)
            sys.stderr.write("e" * 100_000)

    ended = run(main, str(tmp_path))
    assert (len(ended.stdout), len(ended.stderr)) == (3_000_000, 3_000_000)


def test_an_exception_is_told_on_standard_error(tmp_path: Path) -> None:
    def main() -> None:
        raise KeyError("unforeseen")

    ended = run(main, str(tmp_path))
    assert ended.code == 1 and ended.stdout == b""
    assert ended.stderr.startswith(b"Traceback") and ended.stderr.endswith(b"KeyError: 'unforeseen'\n")


def test_a_directory_that_is_gone_ends_it(tmp_path: Path) -> None:
    ended = run(lambda: print("ran"), str(tmp_path / "gone"))
    assert ended.code == 1 and ended.stdout == b"" and b"FileNotFoundError" in ended.stderr


def test_nothing_of_it_stays_here(tmp_path: Path) -> None:
    before = (os.getcwd(), dict(os.environ), sys.stdout, set(os.listdir("/dev/fd")))

    def main() -> None:
        assert os.path.realpath(os.getcwd()) == os.path.realpath(tmp_path)
        os.environ["LEFT"] = "behind"
        logging.disable()

    assert run(main, str(tmp_path)).code == 0
    assert (os.getcwd(), dict(os.environ), sys.stdout, set(os.listdir("/dev/fd"))) == before
    assert logging.root.manager.disable == 0


@pytest.mark.parametrize("proc", [True, False], ids=["", "without /proc"])
def test_nothing_from_here_is_held_or_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proc: bool) -> None:
    """Who waits for the end of what Ansible has open does not wait for a module that goes on after Ansible."""

    def not_there(_path: str) -> None:
        raise FileNotFoundError

    if not proc:
        monkeypatch.setattr(os, "listdir", not_there)
    reading, writing = os.pipe()
    log = tmp_path / "log"
    handler = logging.FileHandler(log)
    logging.root.addHandler(handler)

    def main() -> None:
        os.write(writing, b"to nobody")
        logging.warning("to the log of Ansible")
        os.close(writing)

    try:
        ended = run(main, str(tmp_path))
    finally:
        logging.root.removeHandler(handler)
        handler.close()
    os.close(writing)
    assert ended.code == 0, ended.stderr
    assert os.read(reading, 100) == b""
    assert log.read_bytes() == b""
    os.close(reading)


def test_signals_are_those_of_a_new_program(tmp_path: Path) -> None:
    def not_here(*_signal: object) -> None:
        raise AssertionError("the handler of another program")

    signal.signal(signal.SIGTERM, not_here)
    signal.signal(signal.SIGALRM, not_here)

    def main() -> None:
        print(signal.getsignal(signal.SIGTERM) == signal.getsignal(signal.SIGALRM) == signal.SIG_DFL)
        print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        print(signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN)

    assert run(main, str(tmp_path)).stdout == b"True\n" * 3


def test_it_goes_on_when_the_waiting_is_interrupted(tmp_path: Path) -> None:
    """As any other program does: Ansible's limit of a task is one on its own patience."""
    go_on, done = tmp_path / "go on", tmp_path / "done"

    class Enough(Exception):
        pass

    def enough(*_signal: object) -> None:
        raise Enough

    def main() -> None:
        while not go_on.exists():
            os.sched_yield()
        done.touch()

    signal.signal(signal.SIGALRM, enough)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    with pytest.raises(Enough):
        run(main, str(tmp_path))
    assert not done.exists()
    go_on.touch()
    os.wait()
    assert done.exists()
