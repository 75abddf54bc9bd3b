# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module as a process of its own, as Ansible starts it, the most memory that it ever held and the time it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from unit.module_runner import MODULES

# VmHWM begins at nothing with the program; ru_maxrss would begin at what the test process holds.
_PROGRAM = """
import atexit, os, re, runpy, sys

def tell():
    with open("/proc/self/status") as status, open(sys.argv[1], "w") as told:
        peak = re.search(r"VmHWM:\\s+(\\d+) kB", status.read()).group(1)
        told.write(f"{peak} {sum(os.times()[:2])}")

atexit.register(tell)
import ansible.module_utils.basic as basic
basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
runpy.run_module(sys.argv[2], run_name="__main__")
"""


class Ended(NamedTuple):
    """How it ended. peak_mb: the most resident memory, in MB of 10^6 bytes. cpu_seconds: processor time."""

    result: dict[str, Any]
    output: str
    peak_mb: float
    cpu_seconds: float


def can_measure() -> bool:
    return Path("/proc/self/status").exists()


def run_process(module: str, options: Mapping[str, Any], directory: Path, seconds: float) -> Ended:
    told = directory / "peak"
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(told), MODULES + module],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": dict(options)}),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    assert done.stderr == "", done.stderr
    peak_kib, cpu_seconds = told.read_text(encoding="ascii").split()
    return Ended(json.loads(done.stdout), done.stdout, int(peak_kib) * 1024 / 1e6, float(cpu_seconds))
