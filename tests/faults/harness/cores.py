# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The releases of ansible-core that this machine can run: the oldest, the one of the checkout, the newest."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import environments
import versions
import workspace

OLDEST, CHECKOUT, NEWEST = "oldest", "checkout", "newest"


class NotHere(Exception):
    """This core cannot be had here; the text says why."""


@dataclass(frozen=True)
class Core:
    """An ansible-core. version: such as (2, 19)."""

    python: Path
    version: tuple[int, ...]

    @property
    def shows_tracebacks(self) -> bool:
        """Whether it knows ANSIBLE_DISPLAY_TRACEBACK."""
        return self.version >= (2, 19)


def core(which: str) -> Core:
    """The core, in an environment that is made when it is missing. Raises NotHere."""
    if which == CHECKOUT:
        return _of(Path(sys.executable))
    found = workspace.interpreters()
    possible = [(one, python) for one in versions.SETS for python in one.pythons if python in found]
    if not possible:
        raise NotHere(f"no Python for the {which} ansible-core")
    if which == OLDEST:
        pins, python = possible[0]
    else:
        pins = possible[-1][0]
        python = next(python for one, python in possible if one is pins)
    main = core(CHECKOUT)
    if pins.pins == f"core-{main.version[0]}.{main.version[1]}":
        return main
    venv = workspace.BUILD / "versions" / pins.pins
    venv.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _of(environments.ensure(venv, found[python], pins.pins))
    except environments.NotInstalled as problem:
        raise NotHere(f"{pins.what}: {problem}") from None


def _of(python: Path) -> Core:
    code = "from ansible.release import __version__; print(__version__)"
    done = subprocess.run(
        [str(python), "-c", code],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    major, minor = done.stdout.split(".")[:2]
    return Core(python, (int(major), int(minor)))
