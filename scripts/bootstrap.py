# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes .venv from the hashed pins, or brings it up to date; does nothing when the pins have not changed.

Run by the system's Python, so it needs nothing but the standard library.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import environments
import workspace


def main() -> int:
    """Runs the program."""
    missing = _missing_prerequisite()
    if missing:
        print(f"error: {missing}", file=sys.stderr)
        return 1
    try:
        environments.ensure(workspace.VENV, Path(sys.executable), "dev")
    except environments.NotInstalled as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _missing_prerequisite() -> str | None:
    """What is missing, and the remedy, in one line."""
    if not shutil.which("git"):
        return "git is needed and was not found: apt-get install git"
    # Debian's python3 has the venv module, but not the ensurepip that it needs.
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode:
        minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return f"{sys.executable} has no venv/ensurepip module: apt-get install {minor}-venv"
    return None


if __name__ == "__main__":
    sys.exit(main())
