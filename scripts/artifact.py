# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the artifact, installs it from the tarball with no server asked, and uses what was installed."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import workspace

HERE = workspace.BUILD / "artifact"
# What a tarball must never hold: leftovers, environments, what only a checkout needs.
UNWANTED = {".git", ".build", ".venv", ".ansible", ".ci", "__pycache__", "collections", "dist", "output"}
WANTED = {"README.md", "LICENSE", "CHANGELOG.rst", "meta/runtime.yml", "meta/execution-environment.yml"}


def main() -> int:
    """Runs the program."""
    artifact = workspace.build_artifact(HERE / "dist", workspace.environment())
    names = _names(artifact)
    print(f"{artifact.name}: {artifact.stat().st_size // 1024} KiB, {len(names)} files", flush=True)
    installed = workspace.install_artifact(artifact, HERE / "collections", workspace.environment())
    problems = [f"in the tarball: {name}" for name in sorted(names) if UNWANTED & set(Path(name).parts)]
    problems += [f"not in the tarball: {name}" for name in sorted(WANTED - names)]
    problems += _documented_differs(installed)
    for problem in problems:
        print(f"error: {problem}")
    env = {
        **workspace.environment(collections=HERE / "collections"),
        "SAFEHOLD_COLLECTIONS_PATH": str(HERE / "collections"),
    }
    smoke = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "smoke", "tests/integration"]
    code = subprocess.run(smoke, cwd=workspace.ROOT, env=env, check=False).returncode
    return 1 if problems or code else 0


def _names(artifact: Path) -> set[str]:
    with tarfile.open(artifact) as tarball:
        return {member.name for member in tarball.getmembers() if member.isfile()}


def _documented_differs(installed: Path) -> list[str]:
    """Ansible finds each module of the checkout in the installed collection, from there and with its documentation."""
    env = workspace.environment(collections=HERE / "collections")
    command = ["ansible-doc", "--json", "--type", "module", "--metadata-dump", "--no-fail-on-errors"]
    done = subprocess.run(
        [*command, workspace.COLLECTION], env=env, cwd=HERE, capture_output=True, encoding="utf-8", check=True
    )
    found = json.loads(done.stdout)["all"]["module"]
    expected = sorted(path.stem for path in (workspace.ROOT / "plugins" / "modules").glob("[!_]*.py"))
    problems = [] if expected else ["no modules"]
    for name in expected:
        entry = found.get(f"{workspace.COLLECTION}.{name}", {})
        if not entry.get("doc"):
            problems.append(f"{name}: no documentation: {entry}")
        elif not Path(entry["doc"]["filename"]).is_relative_to(installed):
            problems.append(f"{name}: read from {entry['doc']['filename']}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
