# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jumps of the machine's clock in the middle of a wait (F16), and a machine that sleeps (F17)."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from faults.harness import figures
from faults.harness.running import HANGS, run
from simulator.process import Control, Simulator

from .bench import Bench, target
from .places import OBJECT, RENAME, WAITERS, Place
from .waits import waiter

HOUR = 3600.0
# Of the waits by the real clock: a poll is longer than what a busy machine costs, and a jump ends a wait earlier.
WAIT, INTERVAL = 3.0, 2.0

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
        figures.record("clock", tried=1, max_polls=shift / wait.options["wait_interval"])
        assert shift == 0.0


def test_a_jump_of_the_clock_of_python(fast_bench: Bench) -> None:
    """The same with the real clock patched below the engine (F16): nothing reads it on another way."""
    wait = waiter(fast_bench, RENAME, seconds=None, wait_timeout=WAIT, wait_interval=INTERVAL)
    real, jumped = time.time, [0.0]

    def jumping() -> float:
        return real() + jumped[-1]

    with (
        mock.patch.object(time, "time", jumping),
        fast_bench.meanwhile(wait.polls, 1, lambda _control: jumped.append(HOUR)),
    ):
        seen = run(RENAME.module, wait.options, limit=30)
    assert seen.kind == "task_timeout"
    _assert_moved_by_less_than_a_poll(_waited(fast_bench.control, wait.options["id"]), WAIT)


@pytest.mark.parametrize("jumps", [pytest.param({"+0": 0.0, "+1h": HOUR, "-1h": -HOUR}, id="F16")])
def test_jumps_of_the_machines_clock(jumps: dict[str, float], fast_bench: Bench, tmp_path: Path) -> None:
    """The same end to end: processes that wait side by side, and what the system tells two of them jumps meanwhile.

    What a busy machine costs one of them it costs all."""
    library = _faketime()
    control = fast_bench.control
    wait = waiter(fast_bench, RENAME, seconds=None, wait_timeout=WAIT, wait_interval=INTERVAL)
    backups = [str(one["id"]) for one in control.objects("simplivity", "backups")[: len(jumps)]]
    waited: dict[str, float] = {}
    with ExitStack() as stack:
        processes = []
        for jump, backup in zip(jumps, backups, strict=True):
            _turn(tmp_path / jump, "+0")
            given = {**wait.options, "id": backup, "new_name": f"renamed {jump}"}
            processes.append(stack.enter_context(_clock_from(tmp_path / jump, library, given)))
        while any(process.poll() is None for process in processes):
            submitted = {change["backup_id"] for change in control.changes()}
            for jump, backup in zip(jumps, backups, strict=True):
                if backup in submitted:
                    _turn(tmp_path / jump, jump)
            time.sleep(0.05)
        for jump, backup, process in zip(jumps, backups, processes, strict=True):
            assert process.stdout is not None
            printed = [json.loads(line) for line in process.stdout if line.strip()]
            assert len(printed) == 2, "it did not end"
            result, clock = printed
            assert result["failure"]["kind"] == "task_timeout", result["msg"]
            assert abs(clock - time.time() - jumps[jump]) < HOUR / 60, "its clock did not jump"
            waited[jump] = _waited(control, backup)
    for jump in ("+1h", "-1h"):
        _assert_moved_by_less_than_a_poll(waited[jump], waited["+0"])


def _faketime() -> str:
    found = importlib.util.find_spec("libfaketime")
    if found is None or found.origin is None:
        pytest.skip("libfaketime is not installed, so a patched clock stands for the machine's")
    return str(Path(found.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1")


def _turn(clock: Path, by: str) -> None:
    """A clock is read at any moment, so its file is never half written."""
    new = clock.with_suffix(".new")
    new.write_text(f"{by}\n", encoding="ascii")
    new.replace(clock)


@contextmanager
def _clock_from(file: Path, library: str, given: Mapping[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """A rename in a process whose wall clock is off by what stands in a file; it ends when this does."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    program = [sys.executable, "-c", _UNDER_FAKETIME + _PROGRAM]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        # a wait that the jump makes an hour longer ends here, and has then no result
        ending = threading.Timer(HANGS, process.kill)
        ending.start()
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(dict(given)).encode())
            process.stdin.close()
            yield process
        finally:
            ending.cancel()
            process.kill()


def _waited(control: Control, backup: str) -> float:
    """Seconds from a submission to the end of its session, by the simulator's clock."""
    (change,) = [one for one in control.changes() if one["backup_id"] == backup]
    session = ["authorization", f"Bearer {change['token']}"]
    ended = [one for one in control.requests(path="/revoke") if session in one["headers"]]
    return float(ended[-1]["started"] - change["at"]) / SPEED


def _assert_moved_by_less_than_a_poll(waited: float, unmoved: float) -> None:
    polls = abs(waited - unmoved) / INTERVAL
    figures.record("clock", tried=1, max_polls=polls)
    assert polls < 1, f"the wait took {waited:.2f} s, and {unmoved:.2f} s without a jump"


# libfaketime 0.9.10 makes Python's own sleep fail with EINVAL; the last line of output is the wall clock
_UNDER_FAKETIME = """
import atexit, select, time
time.sleep = lambda seconds: select.select([], [], [], max(0, seconds))
atexit.register(lambda: print(time.time()))
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
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        )
        stack.callback(process.kill)
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(dict(wait.options)).encode())
        process.stdin.close()
        while not [entry for entry in fast_bench.control.ledger() if re.search(wait.polls, target(entry))]:
            assert process.poll() is None, "it ended before it looked at the task"
            time.sleep(0.02)
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        while [entry for entry in fast_bench.control.ledger() if entry["ended"] is None]:
            time.sleep(0.02)  # the answer to a look that is under way must not tell of the end
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
