# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole processes, side by side: a round runs each contestant once, so that what slows the machine slows all."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from resource import struct_rusage
from typing import NamedTuple

LAUNCH = Path(__file__).resolve().with_name("launch.py")
SECONDS_AT_MOST = 900.0  # for one run; nothing may hang for ever
SHOWN_CHARACTERS = 2000
Figures = Mapping[str, float]


class WorkNotDone(Exception):
    """A contestant failed, or did not do what it was to do; its time would mean nothing."""


class Run(NamedTuple):
    """One run. seconds: from start to end. body_seconds: from the first connection to the end, so without the start of
    the interpreter and the imports. peak_mb: the most resident memory in MB of 10^6 bytes. The last two are 0 when the
    program was not watched, or the system does not tell."""

    seconds: float
    cpu_seconds: float
    body_seconds: float
    peak_mb: float
    figures: Figures


@dataclass(frozen=True)
class Contestant:
    """A command that does the work of a scenario.

    prepare: makes the ground the same before each run, outside of the time. inspect: gets what was printed and returns
    what else is of interest, such as the number of requests; raises WorkNotDone. watched: a Python program that the
    launcher runs, so that its memory and the time of its first connection are known. speed: how fast its time runs.
    codes: the exit codes with which the work may be done.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    prepare: Callable[[], object] = lambda: None
    inspect: Callable[[Path], Figures] = lambda _output: {}
    watched: bool = True
    speed: float = 1.0
    codes: Sequence[int] = (0,)


@dataclass
class Measured:
    """What the runs of a contestant took."""

    name: str
    runs: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        return [run.seconds for run in self.runs]

    @property
    def median(self) -> float:
        """Seconds of the whole process."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> str:
        """From the fastest to the slowest run, in seconds."""
        return f"{min(self.seconds):.2f}–{max(self.seconds):.2f}"

    @property
    def body(self) -> float:
        """Seconds from the first connection to the end."""
        return statistics.median(run.body_seconds for run in self.runs)

    @property
    def cpu(self) -> float:
        """Seconds of processor time."""
        return statistics.median(run.cpu_seconds for run in self.runs)

    @property
    def peak_mb(self) -> float:
        """The largest of all runs."""
        return max(run.peak_mb for run in self.runs)

    def figure(self, name: str) -> float:
        """The median of a figure."""
        return statistics.median(self.all(name))

    def all(self, name: str) -> list[float]:
        """A figure, run by run."""
        return [run.figures[name] for run in self.runs]

    def ratio(self, other: Measured) -> float:
        """How many times as long as the other it took: the median over the pairs of each round."""
        return _median_ratio([run.seconds for run in self.runs], [run.seconds for run in other.runs])

    def cpu_ratio(self, other: Measured) -> float:
        """The same by processor time."""
        return _median_ratio([run.cpu_seconds for run in self.runs], [run.cpu_seconds for run in other.runs])

    def body_ratio(self, other: Measured) -> float:
        """The same by time, without the start of the interpreter and the imports."""
        return _median_ratio([run.body_seconds for run in self.runs], [run.body_seconds for run in other.runs])


def compare(contestants: Sequence[Contestant], runs: int, warm_up: bool = True) -> list[Measured]:
    """Measure the contestants in rounds; a first round that does not count warms up caches."""
    measured = [Measured(contestant.name) for contestant in contestants]
    pairs = list(zip(contestants, measured, strict=True))
    for number in range(0 if warm_up else 1, runs + 1):
        shift = number % len(pairs)  # who is first changes from round to round
        for contestant, kept in pairs[shift:] + pairs[:shift]:
            run = once(contestant)
            if number:
                kept.runs.append(run)
    return measured


def once(contestant: Contestant) -> Run:
    """One run of a contestant. Raises WorkNotDone."""
    contestant.prepare()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as directory:
        told, output = Path(directory) / "told", Path(directory) / "output"
        began = time.perf_counter()
        with output.open("wb") as file:
            process = subprocess.Popen(
                _command(contestant, told),
                env=dict(contestant.environment),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            code, usage = _wait(process)
        ended = time.perf_counter()
        if code not in contestant.codes:
            shown = output.read_text(encoding="utf-8", errors="replace")[-SHOWN_CHARACTERS:]
            raise WorkNotDone(f"{contestant.name} ended with {code}: {shown}")
        known = json.loads(told.read_text(encoding="ascii")) if told.exists() else {}
        connected = known.get("connected")
        return Run(
            seconds=ended - began,
            cpu_seconds=usage.ru_utime + usage.ru_stime,
            body_seconds=ended - connected if connected else 0.0,
            peak_mb=(known.get("peak_kib") or 0) * 1024 / 1e6,
            figures=contestant.inspect(output),
        )


def _command(contestant: Contestant, told: Path) -> list[str]:
    if not contestant.watched:
        return list(contestant.command)
    return [sys.executable, str(LAUNCH), str(told), str(contestant.speed), *contestant.command]


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, struct_rusage]:
    """The exit code, and the processor time of the process and of all whose end it saw."""

    def end(*_signal: object) -> None:
        os.killpg(process.pid, signal.SIGKILL)

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_AT_MOST)
    try:
        _pid, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        end()
        process.wait()
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage


def _median_ratio(mine: Sequence[float], others: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(mine, others, strict=True))
