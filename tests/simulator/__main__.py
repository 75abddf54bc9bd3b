# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets ``python tests/simulator`` and ``python -m simulator`` start the same program."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Run by path, Python puts this very directory first: the package itself has to be importable instead.
sys.path[:] = [str(HERE.parent)] + [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

from simulator.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
