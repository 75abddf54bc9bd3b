# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a Python program and writes down when it first connected and the most memory that it ever held.

    python launch.py TOLD SPEED PROGRAM [ARGUMENT …]

The program tells its memory itself: what the parent is told at the end (ru_maxrss) begins with what the parent held
when it forked. SPEED above 1 makes the program's pauses and its clock so many times as fast; sockets stay real.
"""

from __future__ import annotations

import atexit
import json
import re
import runpy
import sys
import threading
import time
from typing import Any

connected: float | None = None


def main() -> None:
    """Runs the program."""
    told, speed, program, *arguments = sys.argv[1:]
    atexit.register(_tell, told)
    sys.addaudithook(_listen)
    if float(speed) != 1:
        _hurry(float(speed))
    sys.argv = [program, *arguments]
    runpy.run_path(program, run_name="__main__")


def _listen(event: str, _arguments: tuple[Any, ...]) -> None:
    global connected
    if connected is None and event == "socket.connect":
        connected = time.perf_counter()  # one clock for all processes of a machine


def _tell(told: str) -> None:
    with open(told, "w", encoding="ascii") as file:
        json.dump({"connected": connected, "peak_kib": _peak_kib()}, file)


def _peak_kib() -> int | None:
    """The high water mark of resident memory, which begins at nothing with each program; only Linux tells it."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            found = re.search(r"^VmHWM:\s+(\d+) kB$", status.read(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) if found else None


def _hurry(speed: float) -> None:
    monotonic, sleep, wait = time.monotonic, time.sleep, threading.Condition.wait
    began = monotonic()

    def hurried_wait(self: threading.Condition, timeout: float | None = None) -> bool:
        return wait(self, None if timeout is None else timeout / speed)

    def hurried_sleep(seconds: Any) -> None:
        sleep(seconds / speed)

    time.monotonic = lambda: began + (monotonic() - began) * speed
    time.sleep = hurried_sleep
    threading.Condition.wait = hurried_wait  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
