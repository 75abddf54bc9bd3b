# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the figures come from: versions and the size of the machine."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("ansible-core", "requests", "urllib3", "simplivity")


def versions() -> str:
    """Python and the packages that take part."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()}, {packages}"


def size() -> str:
    """Processors, memory and system; what is not known is left out."""
    return ", ".join(part for part in (_processors(), _memory(), f"{platform.system()} {platform.machine()}") if part)


def load() -> str:
    """How many processes wanted to run in the last minute, as a mean."""
    return f"{os.getloadavg()[0]:.1f}"


def _processors() -> str:
    model = _line_of("/proc/cpuinfo", "model name")
    return f"{len(os.sched_getaffinity(0))} processors" + (f" ({model})" if model else "")


def _memory() -> str:
    kib = _line_of("/proc/meminfo", "MemTotal").removesuffix(" kB")
    return f"{int(kib) / 1024**2:.0f} GiB of memory" if kib else ""


def _line_of(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
