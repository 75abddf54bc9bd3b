# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules of the collection, found by listing their directory."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
COLLECTION = "safehold.backup"
# prefix of the modules, name of the action group
GROUPS = {"svt_": "simplivity", "acronis_": "acronis"}
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py") if path.stem != "__init__")

every_module = pytest.mark.parametrize("module", MODULES)


def group_of(module: str) -> str:
    """The action group that a module's name puts it in."""
    (group,) = (group for prefix, group in GROUPS.items() if module.startswith(prefix))
    return group


class _Handed(Exception):
    """Ends a module as soon as it makes its AnsibleModule."""


def handed_to_ansible(module: str) -> dict[str, Any]:
    """The keyword arguments that a module makes its AnsibleModule with."""
    base = f"ansible_collections.{COLLECTION}.plugins"
    adapter = importlib.import_module(f"{base}.module_utils._shapes.ansible_module")
    program = importlib.import_module(f"{base}.modules.{module}")
    with mock.patch.object(adapter, "_Module", side_effect=_Handed) as made, pytest.raises(_Handed):
        program.main()
    return dict(made.call_args.kwargs)


def ansible_doc(home: Path) -> str:
    """The output of `ansible-doc --json` for all modules."""
    names = [f"{COLLECTION}.{module}" for module in MODULES]
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "doc", "--type", "module", "--json", *names],
        env={**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "true"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip(), done.stderr
    return done.stdout
