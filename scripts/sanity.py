# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`ansible-test sanity` on a copy of the checkout, without a container, with no ignored finding."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import workspace

# The releases of pip that ansible-test wants for its own environments, by ansible-core and Python.
_PIP_RELEASES = ("20_3_4", "21_3_1", "23_1_2", "24_2", "25_2", "25_3", "26_0", "26_1")
_INSTALLS_PIP = "import ensurepip\n\nensurepip.bootstrap(default_pip=True)\n"


def main() -> int:
    """Runs the program. Arguments are handed on: names of files, --test, --python."""
    return run(workspace.VENV, sys.argv[1:])


def run(venv: Path, arguments: Sequence[str] = ()) -> int:
    """The exit code of the sanity tests of this environment's ansible-core."""
    ignored = sorted(path.name for path in (workspace.ROOT / "tests" / "sanity").glob("ignore*"))
    if ignored:
        print(f"error: no finding may be ignored: tests/sanity/{', '.join(ignored)}")
        return 1
    collection = workspace.copy_tree(workspace.BUILD / "sanity" / venv.name)
    env = workspace.environment(venv)
    _provide_pip(Path(env["HOME"]) / ".ansible" / "test" / "cache")
    env.pop("ANSIBLE_COLLECTIONS_PATH")  # the copy is at its place already
    command = ["ansible-test", "sanity", "--color", "no", *arguments]
    with subprocess.Popen(
        command, cwd=collection, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        missing = dict.fromkeys(_missing_python(line) for line in _shown(process))
    if numbers := [number for number in missing if number]:
        print(f"NOTE: not checked by ansible-test, as the Python is not there: {', '.join(numbers)}", flush=True)
    return process.returncode


def _shown(process: subprocess.Popen[str]) -> Iterator[str]:
    for line in process.stdout or ():
        print(line, end="", flush=True)
        yield line


def _missing_python(line: str) -> str | None:
    found = re.search(r"Skipping sanity test .* on Python (\S+) because it could not be found", line)
    return found[1] if found else None


def _provide_pip(cache: Path) -> None:
    """Puts Python's own pip where ansible-test looks before it downloads one from elsewhere than PyPI."""
    cache.mkdir(parents=True, exist_ok=True)
    for release in _PIP_RELEASES:
        (cache / f"get_pip_{release}.py").write_text(_INSTALLS_PIP, encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
