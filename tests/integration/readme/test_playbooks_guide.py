# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to the playbooks names all of them, and all of their variables with their defaults."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from integration.modules.harness.runs import ROOT

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_playbooks.rst"
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
# what a playbook works out by itself, and is not meant to be given
INNER = {"ansible_python_interpreter", "first", "new_name", "task_lines"}
SAID = {"as_of": "the present", "systems": "those in the environment"}


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_its_variables_are_in_the_guide(path: Path) -> None:
    _before, title, rest = GUIDE.read_text(encoding="utf-8").partition(f"\nsafehold.backup.{path.stem}\n---")
    assert title, f"{path.stem} is not in the guide"
    section = rest.partition("\nsafehold.backup.")[0]
    told = dict(re.findall(r"^   \* - ``(\w+)``\n     -(?: (.+))?$", section, re.M))
    (play,) = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, default in play["vars"].items():
        if name not in INNER:
            assert told.pop(name, None) == SAID.get(name, f"``{_written(default)}``"), name
    optional = set(re.findall(r"when: (\w+) is defined", path.read_text(encoding="utf-8")))
    assert all(name in optional or default == "required" for name, default in told.items()), told


def _written(value: object) -> str:
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)
