# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Runs a function as a program of its own that has nothing to load: in a process that is forked from this one."""

from __future__ import annotations

import logging
import os
import resource
import selectors
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, NoReturn


class Ended(NamedTuple):
    """How it ended. code: as a shell tells it, 128 and the signal when it was killed."""

    code: int
    stdout: bytes
    stderr: bytes


def run(main: Callable[[], object], directory: str) -> Ended:
    """Call `main` in a child process in this directory and wait for its end. SystemExit means what it always does.

    An exception that interrupts the waiting leaves the child at work, as it leaves any other program.
    """
    (out, out_end), (err, err_end) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        _be_a_program(main, directory, out_end, err_end)
    os.close(out_end)
    os.close(err_end)
    try:
        stdout, stderr = _read_to_the_end(out, err)
    finally:
        os.close(out)
        os.close(err)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(code if code >= 0 else 128 - code, stdout, stderr)


def _read_to_the_end(*sources: int) -> list[bytes]:
    read: dict[int, list[bytes]] = {source: [] for source in sources}
    with selectors.DefaultSelector() as selector:
        for source in sources:
            selector.register(source, selectors.EVENT_READ)
        while selector.get_map():
            for key, _events in selector.select():
                if data := os.read(key.fd, 1 << 20):
                    read[key.fd].append(data)
                else:
                    selector.unregister(key.fd)
    return [b"".join(parts) for parts in read.values()]


def _be_a_program(main: Callable[[], object], directory: str, out: int, err: int) -> NoReturn:
    """What was forked is Ansible in the midst of its work; it never returns to that."""
    code = 1
    try:
        _let_go_of_signals()
        _let_go_of_files(out, err)
        os.chdir(directory)
        code = _code_of(main)
    except BaseException:  # pylint: disable=broad-except
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)


def _code_of(main: Callable[[], object]) -> int:
    try:
        main()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    return 0


def _let_go_of_signals() -> None:
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _let_go_of_files(out: int, err: int) -> None:
    """Nothing that was open is held or written to: not the terminal, not Ansible's log, not its queue of results."""
    logging.root.handlers.clear()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    for number in _open_files():
        if number > 2 and number != nothing:
            # taken, not closed: an object that still has the number may close it at any time
            with suppress(OSError):
                os.dup2(nothing, number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


def _open_files() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        # a container without /proc
        highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return [number for number in range(min(highest, 65536)) if _is_open(number)]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
