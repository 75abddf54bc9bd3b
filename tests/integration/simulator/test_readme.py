# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's README: its commands and its code run, and its tables name what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields

import pytest

from simulator.faults import SINGLE_KEYS
from simulator.process import PROGRAM, Simulator
from simulator.settings import AcronisSettings, SimplivitySettings

README = (PROGRAM / "README.md").read_text(encoding="utf-8")


def test_the_command_prints_the_line_that_is_shown() -> None:
    (command,) = re.findall(r"^\$ python tests/simulator (.*)$", README, re.M)
    with Simulator(*command.split()) as simulator:
        assert all(f'"{key}":' in README for key in simulator.announcement)
        assert len(simulator.control.objects("simplivity", "backups")) == 1000


def test_the_code_runs() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.M | re.S)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROGRAM.parent, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_all_actions_are_listed() -> None:
    section = README.partition("## Fault rules")[2].partition("\n## ")[0]
    listed = set(re.findall(r'^\| `\{"(\w+)"', section, re.M))
    assert set(SINGLE_KEYS) <= listed
    assert {"status", "raw", "mutate"} <= listed


@pytest.mark.parametrize("settings", [SimplivitySettings, AcronisSettings])
def test_all_settings_are_listed(settings: type) -> None:
    section = README.partition("## Settings")[2].partition("\n## ")[0]
    listed = {name.strip() for cell in re.findall(r"^\| `([\w, ]+)` \|", section, re.M) for name in cell.split(",")}
    missing = {field.name for field in fields(settings)} - listed
    assert not missing
