# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pins every requirements/*.in with hashes, for all Pythons from the oldest that the set is for.

What is pinned stays as it is where it can; --upgrade takes the newest releases.
"""

from __future__ import annotations

import subprocess
import sys

import workspace
from environments import REQUIREMENTS
from versions import HOST, SETS

OLDEST = {"bootstrap": "3.11", "dev": "3.11", **{one.pins: one.pythons[0] for one in (*SETS, HOST)}}


def main() -> int:
    """Runs the program."""
    for pins, python in OLDEST.items():
        command = [
            "uv",
            "pip",
            "compile",
            "-q",
            "--universal",
            "--generate-hashes",
            "--python-version",
            python,
        ]
        command += ["--custom-compile-command", "make lock", f"{pins}.in", "-o", f"{pins}.txt", *sys.argv[1:]]
        print(f"requirements/{pins}.txt", flush=True)
        done = subprocess.run(
            command, cwd=REQUIREMENTS, env=workspace.environment(), stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
