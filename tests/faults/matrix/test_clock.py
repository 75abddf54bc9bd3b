# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jumps of the machine's clock in the middle of a wait (F16), and a machine that sleeps (F17)."""

from __future__ import annotations

import glob
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from faults.harness import figures
from faults.harness.running import run
from simulator.process import Simulator

from .bench import Bench, target
from .places import OBJECT, WAITERS, Place
from .waits import waiter

HOUR = 3600.0
INTERVAL = 0.5
_FAKETIME = sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1"))

SPEED = 10.0  # of the simulator

every_waiter = pytest.mark.parametrize("place", [pytest.param(place, id=place.module) for place in WAITERS])


@pytest.fixture(scope="module")
def fast_simulator() -> Iterator[Simulator]:
    with Simulator("--speed", str(SPEED)) as simulator:
        yield simulator


@pytest.fixture
def fast_bench(fast_simulator: Simulator) -> Bench:
    """A simulator whose clock runs by itself."""
    fast_simulator.control.reset()
    return Bench(fast_simulator)


@every_waiter
@pytest.mark.parametrize("seconds", [pytest.param(None, id="F16-to-the-limit"), pytest.param(8.0, id="F16-to-its-end")])
def test_a_jump_of_the_wall_clock(
    seconds: float | None, place: Place, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait lasts as long as without the jump."""
    took: dict[float, float] = {}
    for jump in (0.0, HOUR, -HOUR):
        bench.control.reset()
        # what the run before this one submitted is not known to a simulator that begins anew
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"state {jump}"))
        wait = waiter(bench, place, seconds=seconds, wait_timeout=10)
        played = wait.play(jump=lambda now, jump=jump: jump if now > 3 else 0.0)
        assert played.seen.kind == ("task_timeout" if seconds is None else None)
        took[jump] = played.seen.seconds
        assert played.open == 0
    for jump in (HOUR, -HOUR):
        shift = abs(took[jump] - took[0.0])
        figures.record("clock", tried=1, max_shift_seconds=shift)
        assert shift == 0.0


def test_a_jump_of_the_clock_of_python(fast_bench: Bench) -> None:
    """The same with the real clock patched below the engine (F16): nothing reads it on another way."""
    place = next(place for place in WAITERS if place.answers == OBJECT)
    wait = waiter(fast_bench, place, seconds=None, wait_timeout=1, wait_interval=INTERVAL)
    real, began = time.time, time.monotonic()

    def jumping() -> float:
        return real() + (HOUR if time.monotonic() - began > 0.3 else 0.0)

    with mock.patch.object(time, "time", jumping):
        seen = run(place.module, wait.options, limit=30)
    assert seen.kind == "task_timeout"
    # other work on the machine may cost seconds; the jump would cost an hour, or end the wait at once
    assert 1 <= seen.result["failure"]["elapsed"] < HOUR / 2


@pytest.mark.parametrize("jump", [pytest.param("+1h", id="F16-forward"), pytest.param("-1h", id="F16-back")])
def test_a_jump_of_the_machines_clock(jump: str, fast_bench: Bench, tmp_path: Path) -> None:
    """The same with a process whose system calls lie, end to end."""
    library = os.environ.get("SAFEHOLD_LIBFAKETIME") or next(iter(_FAKETIME), None)
    if library is None:
        pytest.skip("libfaketime is not installed, so a patched clock stands for the machine's")
    place = next(place for place in WAITERS if place.answers == OBJECT)
    wait = waiter(fast_bench, place, seconds=None, wait_timeout=2, wait_interval=INTERVAL)
    program = _SLEEP_BY_SELECT + _PROGRAM
    now = tmp_path / "now"
    now.write_text("+0\n", encoding="ascii")
    moved = threading.Timer(0.8, now.write_text, [f"{jump}\n"])
    moved.start()
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(dict(wait.options)),
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(now),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        },
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    moved.join()
    result = json.loads(done.stdout)
    assert result["failure"]["kind"] == "task_timeout", result["msg"]
    shift = abs(result["failure"]["elapsed"] - 2.0)
    figures.record("clock", tried=1, max_shift_seconds=shift)
    assert shift < INTERVAL


# libfaketime 0.9.10 makes Python's own sleep fail with EINVAL
_SLEEP_BY_SELECT = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], max(0, seconds))
"""
_PROGRAM = """
import json, sys
from unit.module_runner import patch_module_args
from ansible_collections.safehold.backup.plugins.modules import svt_backup_rename
with patch_module_args(json.load(sys.stdin)):
    svt_backup_rename.main()
"""


@every_waiter
@pytest.mark.parametrize("asleep", [pytest.param(500.0, id="F17-suspended")])
def test_a_machine_that_sleeps(asleep: float, place: Place, fast_bench: Bench) -> None:
    """Decided: a limit counts the time that the machine is awake, as Linux' monotonic clock does, so that a laptop that
    was shut for a night does not report a limit that nobody watched. The sleep is played by stopping the process while
    the server's time goes on. After it there is one more look, and that decides."""
    wait = waiter(fast_bench, place, seconds=asleep)
    program = _PROGRAM.replace("svt_backup_rename", place.module)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        with fast_bench.meanwhile(wait.polls, 1, lambda _control: process.send_signal(signal.SIGSTOP)):
            process.stdin.write(json.dumps(dict(wait.options)).encode())
            process.stdin.close()
            while not [entry for entry in fast_bench.control.ledger() if re.search(wait.polls, target(entry))]:
                time.sleep(0.02)
            fast_bench.control.advance(asleep)
            time.sleep(1.5)  # longer than the longest pause
            looks = len(fast_bench.control.ledger())
        process.send_signal(signal.SIGCONT)
        result: dict[str, Any] = json.loads(process.stdout.read())
    assert "failure" not in result, result.get("msg")
    assert result["changed"] is (place.answers == OBJECT)
    after = fast_bench.control.ledger()[looks:]
    assert 1 <= len([entry for entry in after if re.search(wait.polls, target(entry))]) <= 2
    assert len(fast_bench.control.changes()) == int(place.answers == OBJECT)
    assert fast_bench.control.state()["simplivity"]["open_sessions"] == 0
