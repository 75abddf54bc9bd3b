# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that runs modules, each in a process of its own that can be killed at any request.

It reads orders, one line of JSON each, and forks a process for each: the imports are there already, so that hundreds of
runs cost little. `processes.py` is its other end.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

# As a program this file stands outside of every package.
_TESTS = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_TESTS), str(_TESTS.parent / "scripts")]

import workspace  # noqa: E402

sys.path.insert(0, str(workspace.link_tree()))

from ansible_collections.safehold.backup.plugins.module_utils._core import clock  # noqa: E402
from ansible_collections.safehold.backup.plugins.module_utils._core.transport import Transport  # noqa: E402

from faults.harness.scaled_time import scaled_time  # noqa: E402
from faults.harness.virtual_time import virtual_time  # noqa: E402
from simulator.process import Control  # noqa: E402
from unit.module_runner import MODULES, patch_module_args  # noqa: E402

PROGRAMS = {name: importlib.import_module(MODULES + name) for name in ("svt_backup_rename", "svt_backup_info")}


def main() -> None:
    """Serve orders until the other end closes."""
    running: dict[int, Any] = {}
    signal.signal(signal.SIGCHLD, lambda *_signal: None)
    wake, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(woken)
    poll = select.poll()
    poll.register(0, select.POLLIN)
    poll.register(wake, select.POLLIN)
    pending = b""
    while True:
        for descriptor, _event in poll.poll():
            if descriptor == wake:
                os.read(wake, 4096)
                continue
            read = os.read(0, 65536)
            if not read:
                return
            *lines, pending = (pending + read).split(b"\n")
            for line in lines:
                order = json.loads(line)
                running[_start(order)] = order["number"]
        _tell_ended(running)


def _start(order: Mapping[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        _run(order)
    _tell(number=order["number"], pid=child)
    return child


def _tell_ended(running: dict[int, Any]) -> None:
    for child in list(running):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            _tell(number=running.pop(child), status=os.waitstatus_to_exitcode(status))


def _tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def _run(order: Mapping[str, Any]) -> NoReturn:
    """The child: a module as Ansible would run it, its output in a file."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, output), (2, output)):
        os.dup2(source, target)
    os.environ.update(order["environment"])
    code: Any = 1
    try:
        with ExitStack() as stack:
            stack.enter_context(_time(**order["time"]))
            if order["kill"]:
                stack.enter_context(mock.patch.object(Transport, "call", _deadly(**order["kill"])))
            stack.enter_context(patch_module_args(order["options"]))
            PROGRAMS[order["module"]].main()
    except SystemExit as end:
        code = end.code
    except BaseException as error:
        print(f"ended by {type(error).__name__}", flush=True)
    finally:
        sys.stdout.flush()
        os._exit(int(code or 0))


def _time(control_url: str | None, speed: float, epoch: float) -> Any:
    """The time of the engine: that of a simulator, or faster than the real one with a wall clock that is the same in
    all processes. epoch: when that clock was right."""
    if control_url:
        return virtual_time(Control(control_url))

    def wall(_clock: clock.Clock) -> float:
        return epoch + (time.time() - epoch) * speed

    stack = ExitStack()
    stack.enter_context(scaled_time(speed))
    stack.enter_context(mock.patch.object(clock.Clock, "wall", wall))
    return stack


def _deadly(number: int, when: str) -> Any:
    """Transport.call that kills its process before or after the request of this number."""
    call = Transport.call
    lock = threading.Lock()
    counted = 0

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal counted
        with lock:
            counted += 1
            mine = counted == number
        if mine and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return call(*args, **kwargs)
        finally:
            if mine:
                os.kill(os.getpid(), signal.SIGKILL)

    return deadly


if __name__ == "__main__":
    main()
