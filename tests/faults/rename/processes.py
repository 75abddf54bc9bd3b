# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real module processes for the tests: start, signal, wait, and read what they said."""

from __future__ import annotations

import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faults.harness.scanner import assert_nothing_leaked

PROGRAM = Path(__file__).resolve().parent / "module_process.py"
# The engine in these processes, and the simulator beside them, run so many times as fast as the clock on the wall.
PROCESS_SPEED = 20.0
# Real seconds after which a process counts as hanging.
HANGS = 60.0


class Process:
    """One run of a module."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.pid: int | None = None
        self.status: int | None = None
        self._facts: queue.Queue[Mapping[str, int]] = queue.Queue()

    def told(self, facts: Mapping[str, int]) -> None:
        self._facts.put(facts)

    def _next(self) -> None:
        facts = self._facts.get(timeout=HANGS)
        self.pid, self.status = facts.get("pid", self.pid), facts.get("status", self.status)

    def started(self) -> Process:
        """Wait until it runs."""
        while self.pid is None:
            self._next()
        return self

    def ended(self) -> Process:
        """Wait for its end."""
        try:
            while self.status is None:
                self._next()
        except queue.Empty:
            raise AssertionError(f"process {self.pid} did not end within {HANGS:g} s") from None
        return self

    def send(self, number: int) -> None:
        """Send it a signal."""
        assert self.started().pid is not None
        os.kill(self.pid, number)  # type: ignore[arg-type]

    @property
    def was_killed(self) -> bool:
        return self.ended().status == -signal.SIGKILL

    @property
    def text(self) -> str:
        """All that it printed."""
        return self.ended().output.read_text(encoding="utf-8")

    @property
    def result(self) -> dict[str, Any]:
        """What it reported; a process that died without a word has no result."""
        text = self.text
        assert text.startswith(("\n{", "{")), f"status {self.status}: {text[:500]!r}"
        return dict(json.loads(text))

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))


class Processes:
    """Starts module processes; ends with the test process.

    speed: how fast their time runs. control_url: of the simulator that keeps time with them, one process at a time;
    then it passes when they wait, and no speed counts.
    """

    def __init__(self, *, speed: float = 1.0, control_url: str | None = None) -> None:
        self._time = {"control_url": control_url, "speed": speed, "epoch": time.time()}
        self._numbers = itertools.count()
        self._running: dict[int, Process] = {}
        self._directory = tempfile.TemporaryDirectory()
        self._program = subprocess.Popen(
            [sys.executable, str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def start(
        self,
        options: Mapping[str, Any],
        state: Path,
        *,
        module: str = "svt_backup_rename",
        kill: tuple[int, str] | None = None,
    ) -> Process:
        """Begin a run. state: the directory that it remembers things in. kill: it kills itself (number of the request,
        "before" or "after" it)."""
        number = next(self._numbers)
        process = self._running[number] = Process(Path(self._directory.name) / f"{number}.json")
        order = {
            "number": number,
            "module": module,
            "options": dict(options),
            "output": str(process.output),
            "environment": {"XDG_STATE_HOME": str(state), "HOME": str(state)},
            "kill": {"number": kill[0], "when": kill[1]} if kill else None,
            "time": self._time,
        }
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        return process

    def run(self, options: Mapping[str, Any], state: Path, **more: Any) -> Process:
        """A run from beginning to end."""
        process = self.start(options, state, **more).ended()
        assert_nothing_leaked(process.text, [options["password"]])
        return process

    def close(self) -> None:
        """End the program; what it started ends by itself."""
        assert self._program.stdin is not None
        self._program.stdin.close()
        self._program.wait(HANGS)
        self._directory.cleanup()

    def _listen(self) -> None:
        assert self._program.stdout is not None
        for line in self._program.stdout:
            facts = json.loads(line)
            self._running[facts["number"]].told(facts)
            if "status" in facts:
                del self._running[facts["number"]]
