# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments from the hashed pins in requirements/."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import workspace

REQUIREMENTS = workspace.ROOT / "requirements"


class NotInstalled(Exception):
    """The environment could not be made."""


def ensure(venv: Path, interpreter: Path, pins: str) -> Path:
    """The Python of an environment that holds exactly the pins of requirements/<pins>.txt."""
    python = venv / "bin" / "python"
    locks = [REQUIREMENTS / "bootstrap.txt", REQUIREMENTS / f"{pins}.txt"]
    with _alone(venv):
        stamp, wanted = venv / "pins.sha256", _fingerprint(locks, interpreter)
        if python.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
            return python
        start = time.monotonic()
        print(f"{_shown(venv)}: installing requirements/{pins}.txt", file=sys.stderr, flush=True)
        if not (python.exists() and _version(python) == _version(interpreter)):
            shutil.rmtree(venv, ignore_errors=True)
            _run([str(interpreter), "-m", "venv", str(venv)])
        stamp.unlink(missing_ok=True)
        if not (venv / "bin" / "uv").exists():
            _run([str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(locks[0])])
        sync = ["pip", "sync", "-q", "--require-hashes", "--python", str(python)]
        _run([str(venv / "bin" / "uv"), *sync, *map(str, locks)])
        stamp.write_text(wanted, encoding="ascii")
        print(f"{_shown(venv)}: ready after {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return python


@contextmanager
def _alone(venv: Path) -> Iterator[None]:
    """Two runs at once make an environment one after the other."""
    workspace.BUILD.mkdir(exist_ok=True)
    with (workspace.BUILD / f"{venv.name}.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(locks: list[Path], interpreter: Path) -> str:
    digest = hashlib.sha256(_version(interpreter).encode())
    for lock in locks:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def _version(interpreter: Path) -> str:
    """Version and place of an interpreter: an environment is bound to both."""
    code = "import sys; print(sys.version_info[:3], sys.base_prefix)"
    done = subprocess.run([str(interpreter), "-c", code], capture_output=True, encoding="utf-8", check=False)
    return done.stdout.strip()


def _run(command: list[str]) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run(command, env=clean, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise NotInstalled(f"{' '.join(command[:4])} … failed: see above; PyPI or a mirror of it must be reachable")


def _shown(path: Path) -> str:
    return str(path.relative_to(workspace.ROOT)) if path.is_relative_to(workspace.ROOT) else str(path)
