# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unit and smoke tests on other releases of ansible-core and requests, each in an environment of its own, and the
modules on the oldest Python; or, with --faults, the faults of the wire and of HTTP on the oldest requests.

By default on the oldest and the newest that the Pythons of this machine allow. A Python that is missing for more
is said in a line that begins with NOTE:, which the summary of `make test` repeats.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import environments
import figures
import sanity
import workspace


@dataclass(frozen=True)
class Set:
    """Pins, requirements/<pins>.txt, and the Pythons that they are for, in the order of preference."""

    pins: str
    what: str
    pythons: tuple[str, ...]


# Of each kind one module: these send the same requests in the same way as svt_backup_info and acronis_task_info.
ALIKE = (
    "svt_host_info",
    "svt_datastore_info",
    "svt_virtual_machine_info",
    "acronis_activity_info",
    "acronis_resource_info",
)

SETS = (
    # urllib3 1.26.12 cannot be imported by Python 3.12.
    Set("oldest", "ansible-core 2.16 with requests 2.28.1", ("3.11",)),
    Set("core-2.16", "ansible-core 2.16", ("3.11", "3.12")),
    Set("core-2.17", "ansible-core 2.17", ("3.11", "3.12")),
    Set("core-2.18", "ansible-core 2.18", ("3.11", "3.12", "3.13")),
    Set("core-2.19", "ansible-core 2.19", ("3.11", "3.12", "3.13")),
    Set("core-2.20", "ansible-core 2.20", ("3.12", "3.13", "3.14")),
    Set("core-2.21", "ansible-core 2.21", ("3.12", "3.13", "3.14")),
)


# The oldest Python of a host; what runs the playbook there is our own ansible-core.
HOST = Set("host-3.9", "the modules", ("3.9",))


def main() -> int:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="on every release, not only on the oldest and the newest")
    parser.add_argument("--sanity", action="store_true", help="ansible-test sanity as well")
    parser.add_argument("--faults", action="store_true", help="the fault tests on the oldest requests, and no others")
    parser.add_argument("sets", nargs="*", choices=[[], *(one.pins for one in (*SETS, HOST))], help="only these pins")
    options = parser.parse_args()
    found = workspace.interpreters()
    print(f"Pythons of this machine: {', '.join(sorted(found, key=_number))}", flush=True)
    named = list(SETS[:1]) if options.faults else [one for one in (*SETS, HOST) if one.pins in options.sets]
    chosen = named or [*(SETS if options.all else _extremes(found)), HOST]
    failed = []
    for one in chosen:
        python = _best(one, found)
        if python is None:
            print(f"NOTE: not run: {one.what}: needs one of Python {', '.join(one.pythons)}", flush=True)
        elif not _passes(one, python, found[python], options):
            failed.append(one.what)
    if failed:
        print(f"failed: {'; '.join(failed)}")
    return 1 if failed or not chosen else 0


def _extremes(found: dict[str, Path]) -> list[Set]:
    """The oldest and the newest set that can be run here, and the ones beyond them, to be named."""
    possible = [one for one in SETS if _best(one, found)]
    if not possible:
        return list(SETS)
    first, last = SETS.index(possible[0]), SETS.index(possible[-1])
    return [*SETS[: first + 1], *SETS[max(last, first + 1) :]]


def _best(one: Set, found: dict[str, Path]) -> str | None:
    return next((python for python in one.pythons if python in found), None)


def _passes(one: Set, python: str, interpreter: Path, options: argparse.Namespace) -> bool:
    venv = workspace.BUILD / "versions" / one.pins
    venv.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    environments.ensure(venv, interpreter, one.pins)
    pytest = [str(venv / "bin" / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    what = one.what
    if one is HOST:
        command = [str(workspace.VENV / "bin" / "python"), *pytest[1:], "-m", "smoke", "tests/integration/modules"]
        steps = [_run(workspace.VENV, command, SAFEHOLD_MODULE_PYTHON=str(venv / "bin" / "python"))]
    elif options.faults:
        what = f"the faults of the wire and of HTTP on {what}"
        steps = [_meets_faults(venv, pytest)]
    else:
        steps = [_run(venv, [*pytest, "tests/unit"]), _run(venv, [*pytest, "-m", "smoke", "tests/integration"])]
    if options.sanity and one is not HOST:
        steps.append(sanity.run(venv) == 0)
    verdict = "passed" if all(steps) else "FAILED"
    print(f"NOTE: {verdict}: {what} on Python {python}, {time.monotonic() - start:.0f} s", flush=True)
    return all(steps)


def _meets_faults(venv: Path, pytest: Sequence[str]) -> bool:
    """Another requests, another urllib3: what the wire and HTTP can do to one module of each kind."""
    figures.begin(figures.OLDEST)
    others = " and ".join(f"not {module}" for module in ALIKE)
    only = ["-n", "2", "--dist", "worksteal", "-m", "not slow", "-k", others]
    passed = _run(
        venv, [*pytest, *only, "tests/faults/wire", "tests/faults/matrix"], SAFEHOLD_FIGURES=str(figures.OLDEST)
    )
    return figures.are_met(oldest=True) and passed


def _run(venv: Path, command: Sequence[str], **more: str) -> bool:
    done = subprocess.run(command, cwd=workspace.ROOT, env={**workspace.environment(venv), **more}, check=False)
    return done.returncode == 0


def _number(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split("."))


if __name__ == "__main__":
    sys.exit(main())
