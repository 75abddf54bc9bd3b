# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every file and the collection as a whole must have."""

from __future__ import annotations

import fnmatch
import subprocess
import tomllib
from pathlib import Path

import yaml
from ansible_collections.safehold.backup.plugins.module_utils._core.version import VERSION

from properties.catalogue import GROUPS, MODULES, ROOT, group_of

LADDERS = ROOT / "tests" / "integration" / "modules"
# Every rung is a test of that name in the module's file; the last one where there is an option `wait`.
RUNGS = ["test_check_run_again", "test_bad_input", "test_failures"]
WAITING_RUNG = "test_start_and_pick_up"


def files() -> list[Path]:
    """The files that belong to the repository, committed or not."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found = [Path(name.decode()) for name in listed.stdout.split(b"\0") if name]
    return [path for path in found if (ROOT / path).is_file()]


def test_every_file_has_its_licence() -> None:
    rules = tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))["annotations"]
    covered = [pattern for rule in rules if "SPDX-License-Identifier" in rule for pattern in _patterns(rule["path"])]
    lacking = []
    for path in files():
        if path.parts[0] == "LICENSES" or path.name in ("LICENSE", "COPYING") or path.suffix == ".license":
            continue
        if any(fnmatch.fnmatch(str(path), pattern) for pattern in covered):
            continue
        head = (ROOT / path).read_bytes()[:1000]
        if not head:  # an __init__.py of a plugin directory must be empty, says ansible-test
            continue
        beside = (ROOT / path).with_name(path.name + ".license")
        if b"SPDX-License-" + b"Identifier: GPL-3.0-or-later" not in head and not beside.exists():
            lacking.append(str(path))
    assert not lacking


def _patterns(path: str | list[str]) -> list[str]:
    """The globs of REUSE.toml as those of fnmatch, in which a star crosses directories."""
    return [one.replace("**/", "*").replace("**", "*") for one in ([path] if isinstance(path, str) else path)]


def test_one_version() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    assert galaxy["version"] == VERSION
    assert galaxy["dependencies"] == {}


def test_every_module_is_in_its_action_group() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    assert set(groups) == set(GROUPS.values())
    for group, members in groups.items():
        assert members == [module for module in MODULES if group_of(module) == group]


def test_every_module_has_its_ladder() -> None:
    for module in MODULES:
        text = (LADDERS / f"test_ladder_{module}.py").read_text(encoding="utf-8")
        waits = "_wait" in (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
        rungs = [*RUNGS, *([WAITING_RUNG] if waits else [])]
        missing = [rung for rung in rungs if f"def {rung}(" not in text]
        assert not missing, f"{module} lacks {missing}"
    strangers = {path.stem for path in LADDERS.glob("test_ladder_*.py")} - {
        f"test_ladder_{module}" for module in MODULES
    }
    assert not strangers
