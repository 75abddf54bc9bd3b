# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of the collection's playbooks, as documents and pipelines show them."""

from __future__ import annotations

import shlex
from itertools import pairwise
from typing import Any

import yaml

import workspace

ROLES = {"morning_report": "backup_report", "audit": "backup_audit", "rename_campaign": "svt_rename_backups"}


def check_call(command: str) -> None:
    """The playbook exists, and so do the variables that it is given."""
    words = shlex.split(command)
    playbook = next(word for word in words if word.startswith("safehold.backup.")).rpartition(".")[2]
    text = (workspace.ROOT / "playbooks" / f"{playbook}.yml").read_text(encoding="utf-8")
    (play,) = yaml.safe_load(text)
    specs = workspace.ROOT / "roles" / ROLES[playbook] / "meta" / "argument_specs.yml"
    options = yaml.safe_load(specs.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    for flag, value in pairwise(words):
        if flag != "-e" or value.startswith("@"):
            continue
        given: Any = yaml.safe_load(value) if value.startswith("{") else [value.partition("=")[0]]
        unknown = set(given) - {*play["vars"], *options}
        assert all(f"when: {name} is defined" in text for name in unknown), f"{command}: {unknown}"
