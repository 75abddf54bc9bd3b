# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs html-validate, as requirements/npm pins it, into .build/npm; the tests of the HTML reports run it.

npm brings it there, and the Node.js that comes with Playwright runs it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import playwright

import workspace

REMEDY = "apt-get install npm"

_PINS = workspace.ROOT / "requirements" / "npm"
_HERE = workspace.BUILD / "npm"
_PROGRAM = _HERE / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
_NODE = Path(playwright.__file__).parent / "driver" / "node"
_PRESETS = "standard,a11y,document"
_LONGEST = 300  # seconds


def is_installed() -> bool:
    """Whether it is there, as pinned."""
    lock = _HERE / "package-lock.json"
    is_whole = (_HERE / "node_modules" / ".package-lock.json").exists()  # npm writes it when all the rest is there
    return is_whole and lock.read_bytes() == (_PINS / lock.name).read_bytes()


def install() -> str | None:
    """Installs it; what was in the way, in a line, if that could not be done."""
    if not shutil.which("npm"):
        return "there is no npm"
    shutil.rmtree(_HERE, ignore_errors=True)
    shutil.copytree(_PINS, _HERE)
    done = _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    return None if is_installed() else f"npm ci failed: {(done.stdout.strip() or 'no word').splitlines()[-1]}"


def findings(pages: Iterable[Path]) -> list[str]:
    """What is wrong with the pages, a line each."""
    done = _run([str(_NODE), str(_PROGRAM), "--preset", _PRESETS, "--formatter", "text", *map(str, pages)])
    lines = done.stdout.splitlines()
    return lines or [f"it ended with {done.returncode}"] if done.returncode else []


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=_HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=_LONGEST,
        check=False,
    )


def main() -> int:
    """Runs the program. Without the validator its tests are left out, which the summary says."""
    reason = None if is_installed() else install()
    print(f"html-validate could not be installed: {reason}; {REMEDY}" if reason else _PROGRAM)
    return 0


if __name__ == "__main__":
    sys.exit(main())
