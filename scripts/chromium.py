# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the Chromium that the tests of the HTML report drive, or unpacks Debian's into .build/chromium.

Nothing is installed outside of the checkout, and no root is needed: apt checks and fetches the packages that the
machine lacks, and dpkg-deb unpacks them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import workspace

VARIABLE = "SAFEHOLD_CHROMIUM"
REMEDY = f"apt-get install chromium, or {VARIABLE}=/path/to/chromium"

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_LONGEST = 300  # seconds for one command, the download included
_HERE = workspace.BUILD / "chromium"
_OWN = _HERE / "chromium"
_START = """#!/bin/sh
# Made by scripts/chromium.py: the libraries and fonts that the machine lacks lie beside the browser.
here='{root}'
export LD_LIBRARY_PATH='{libraries}'
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_SYSROOT="$here"
exec "$here/usr/lib/chromium/chromium" "$@"
"""


def find() -> Path | None:
    """The Chromium of the machine, or the unpacked one."""
    told = os.environ.get(VARIABLE)
    if told:
        return Path(told)
    named = (shutil.which(name) for name in _NAMES)
    return next((Path(path) for path in named if path), _OWN if _OWN.exists() else None)


def unpack() -> str | None:
    """Makes the one in .build; what was in the way, in a line, if it could not."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return "this is no Debian"
    start = time.monotonic()
    shutil.rmtree(_HERE, ignore_errors=True)
    for name in ("state/lists/partial", "cache/archives/partial", "root"):
        (_HERE / name).mkdir(parents=True)
    print("no Chromium was found: unpacking Debian's into .build/chromium", flush=True)
    for command in (["update"], ["install", "--download-only", "--yes", "--no-install-recommends", "chromium"]):
        done = _run(["apt-get", *_settings(), *command])
        if done.returncode:
            return f"apt-get {command[0]} failed: {(done.stdout.strip() or 'no word').splitlines()[-1]}"
    for package in sorted((_HERE / "cache" / "archives").glob("*.deb")):
        done = _run(["dpkg-deb", "--extract", str(package), str(_HERE / "root")])
        if done.returncode:
            return f"{package.name} could not be unpacked"
    for name in ("state", "cache"):
        shutil.rmtree(_HERE / name)
    if not (_HERE / "root" / "usr" / "lib" / "chromium" / "chromium").exists():
        return "the package chromium of this system holds no browser"
    libraries = ":".join(sorted({str(path.parent) for path in (_HERE / "root").rglob("*.so*")}))
    _OWN.write_text(_START.format(root=_HERE / "root", libraries=libraries), encoding="utf-8")
    _OWN.chmod(0o755)
    done = _run([str(_OWN), "--version"])
    if done.returncode:
        _OWN.unlink()
        return f"the unpacked one does not start: {(done.stdout.strip() or 'no word').splitlines()[-1]}"
    print(f".build/chromium: ready after {time.monotonic() - start:.0f} s", flush=True)
    return None


def _settings() -> list[str]:
    """apt with a state of its own, which needs no root."""
    settings = {
        "Dir::State": _HERE / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": _HERE / "cache",
        "Dir::Log": _HERE / "state",
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Its end and what it printed; the status is 124, as of timeout(1), when it takes too long."""
    clean = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(
            command,
            env=clean,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=_LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, f"it took longer than {_LONGEST} s")


def main() -> int:
    """Runs the program. Without a browser the tests are left out, which the summary says."""
    reason = None if find() else unpack()
    if reason:
        print(f"no Chromium was found, and none could be unpacked: {reason}; {REMEDY}")
        return 0
    print(find())
    return 0


if __name__ == "__main__":
    sys.exit(main())
