# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that lacks what the commands need is told so in one line with the remedy, and nothing is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A search path with the few programs that make's own lines use, and nothing else."""
    for program in ("sh", "test", "echo"):
        found = shutil.which(program)
        assert found
        (tmp_path / program).symlink_to(found)
    return tmp_path


def run(path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    makes = ("MAKEFLAGS", "MAKELEVEL", "PYTHON")
    environment = {**{name: value for name, value in os.environ.items() if name not in makes}, "PATH": str(path)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_no_python(path: Path) -> None:
    make = shutil.which("make")
    assert make
    done = run(path, make, "demo")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "error: Python 3.11 or newer is needed and was not found: apt-get install python3 python3-venv, "
        "or make PYTHON=/path/to/it"
    )
    assert done.stdout == ""


def test_no_git(path: Path) -> None:
    done = run(path, sys.executable, "scripts/bootstrap.py")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: git is needed and was not found: apt-get install git\n"


def test_no_venv(tmp_path: Path) -> None:
    """Debian's python3 without python3-venv."""
    (tmp_path / "ensurepip.py").write_text("raise ImportError\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "scripts/bootstrap.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: {sys.executable} has no venv/ensurepip module: apt-get install {version}-venv\n"
