# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and ends the simulator of a scenario.

simulator.json in the scenario's directory says where the simulator is, and the id of its process. It is there as
long as the simulator is.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[3] / "tests" / "simulator"
SECONDS_TO_START = 30
SECONDS_TO_END = 10


def main() -> int:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("directory", type=Path, help="of the scenario, as molecule gives it")
    options = parser.parse_args()
    facts = options.directory / "simulator.json"
    problem = _start(options.directory, facts) if options.action == "start" else _stop(facts)
    if problem:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if problem else 0


def _start(directory: Path, facts: Path) -> str | None:
    """Starts a simulator that outlives this program. What went wrong, if anything did."""
    output, log = directory / "simulator.out", directory / "simulator.log"
    with output.open("w", encoding="utf-8") as stdout, log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    end = time.monotonic() + SECONDS_TO_START
    while not (line := output.read_text(encoding="utf-8")).endswith("\n"):
        if process.poll() is not None:
            return f"the simulator ended with {process.returncode}: {log.read_text(encoding='utf-8')}"
        if time.monotonic() > end:
            process.kill()
            process.wait()
            return f"the simulator was not ready after {SECONDS_TO_START} s: {log.read_text(encoding='utf-8')}"
        time.sleep(0.05)
    output.unlink()  # it holds the passwords; the facts are for their owner only
    descriptor = os.open(facts, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({**json.loads(line), "pid": process.pid}, file)
    return None


def _stop(facts: Path) -> str | None:
    """Ends the simulator. What went wrong, if anything did."""
    pid = int(json.loads(facts.read_text(encoding="utf-8"))["pid"])
    for number in (signal.SIGTERM, signal.SIGKILL):
        if _is_gone_after(pid, number):
            facts.unlink()
            return None
    return f"the simulator, process {pid}, is still there"


def _is_gone_after(pid: int, number: signal.Signals) -> bool:
    end = time.monotonic() + SECONDS_TO_END
    while _is_simulator(pid):
        if time.monotonic() > end:
            return False
        os.kill(pid, number)
        time.sleep(0.1)
    return True


def _is_simulator(pid: int) -> bool:
    """Whether the process is there and is ours: its number may have been given to another one since."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(PROGRAM) in command.split(b"\0")


if __name__ == "__main__":
    sys.exit(main())
