# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every filter and test is documented, and its examples hold: they are tasks that assert, and all of them are run."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

import workspace

PLUGINS = workspace.ROOT / "plugins"
SIDECARS = sorted([*PLUGINS.glob("filter/*.yml"), *PLUGINS.glob("test/*.yml")])


def names(kind: str, class_name: str) -> set[str]:
    """The filters or tests that the Python files of a directory bring."""
    found: set[str] = set()
    for path in (PLUGINS / kind).glob("*.py"):
        module = importlib.import_module(f"ansible_collections.safehold.backup.plugins.{kind}.{path.stem}")
        found.update(getattr(getattr(module, class_name)(), f"{kind}s")())
    return found


@pytest.mark.parametrize(("kind", "class_name"), [("filter", "FilterModule"), ("test", "TestModule")])
def test_each_is_documented(kind: str, class_name: str) -> None:
    documented = {path.stem for path in SIDECARS if path.parent.name == kind}
    assert documented == names(kind, class_name)


@pytest.mark.slow
@pytest.mark.smoke
def test_the_examples_hold(tmp_path: Path) -> None:
    tasks = []
    for path in SIDECARS:
        examples = yaml.safe_load(yaml.safe_load(path.read_text(encoding="utf-8"))["EXAMPLES"])
        assert examples and all("ansible.builtin.assert" in task for task in examples), path
        assert f"safehold.backup.{path.stem}" in json.dumps(examples), path
        tasks += examples
    play = tmp_path / "examples.yml"
    play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    ran = subprocess.run(
        ["ansible-playbook", str(play)], env=workspace.environment(), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(rf"ok={len(tasks)} ", ran.stdout)
    assert "DEPRECATION" not in ran.stderr
