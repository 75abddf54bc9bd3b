# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks that a scenario makes up: JSON is YAML too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import payload


def write(name: str, tasks: Sequence[Mapping[str, Any]], **play: Any) -> Path:
    """A playbook of one play; on localhost unless `hosts` says otherwise."""
    return _write(f"{name}.yml", [{"name": name, "hosts": "localhost", "gather_facts": False, **play, "tasks": tasks}])


def inventory(hosts: int) -> Path:
    """So many hosts, all of them this machine."""
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    return _write("inventory.yml", {"all": {"hosts": {f"host{n:02d}": {} for n in range(hosts)}, "vars": local}})


def _write(name: str, content: Any) -> Path:
    payload.DIRECTORY.mkdir(parents=True, exist_ok=True)
    path = payload.DIRECTORY / name
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path
