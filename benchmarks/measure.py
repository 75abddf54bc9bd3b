# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole processes, side by side: a round runs each contestant once, so that what slows the machine slows all."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Prepare = Callable[[], None]


@dataclass(frozen=True)
class Contestant:
    """A command that does the work of a scenario.

    prepare: makes the ground the same before each run, outside of the time. check: raises when the work was not done.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""
    prepare: Prepare = lambda: None
    check: Callable[[str], None] = lambda output: None


@dataclass
class Measured:
    """What the runs of a contestant took. seconds and cpu_seconds: one figure a run. peak_mb: the largest of all."""

    contestant: Contestant
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> str:
        """From the fastest to the slowest run."""
        return f"{min(self.seconds):.3f}–{max(self.seconds):.3f}"

    def ratio(self, other: Measured) -> float:
        """How many times as long as the other it took: the median over the pairs of each round."""
        return statistics.median(mine / its for mine, its in zip(self.seconds, other.seconds, strict=True))


class WorkNotDone(Exception):
    """A contestant failed, or did not do what it was to do; its time would mean nothing."""


def compare(contestants: Sequence[Contestant], runs: int) -> list[Measured]:
    """Measure the contestants in rounds, after one round of warm-up that does not count."""
    measured = [Measured(contestant) for contestant in contestants]
    for number in range(runs + 1):
        # who is first changes from round to round
        shift = number % len(measured)
        for one in measured[shift:] + measured[:shift]:
            one.contestant.prepare()
            seconds, cpu, peak = _run(one.contestant)
            if number:
                one.seconds.append(seconds)
                one.cpu_seconds.append(cpu)
                one.peak_mb = max(one.peak_mb, peak)
    return measured


def _run(contestant: Contestant) -> tuple[float, float, float]:
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as output:
        given.write(contestant.stdin)
        given.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(
            contestant.command,
            env={**os.environ, **contestant.environment},
            stdin=given,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise WorkNotDone(f"{contestant.name} ended with {process.returncode}: {text[-2000:]}")
    contestant.check(text)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
