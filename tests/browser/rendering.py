# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports as the role backup_report writes them, and the switches of the Chromium that opens them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.text import dumped

import workspace

TEMPLATES = workspace.ROOT / "roles" / "backup_report" / "templates"
# Nothing of the browser's own goes out, and the tests may run as root.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def write(directory: Path, title: str, evidence: Mapping[str, Any]) -> dict[str, Path]:
    """Lets Ansible write a report of each evidence, and one for mail; their files by the names of the evidence, and by
    those with `.mail` behind."""
    read = f"lookup('ansible.builtin.file', '{directory}/' ~ item | split('.') | first ~ '.json')"
    for name, one in evidence.items():
        (directory / f"{name}.json").write_text(dumped(one), encoding="utf-8")
    files = {f"{name}{behind}": directory / f"{name}{behind}.html" for name in evidence for behind in ("", ".mail")}
    task = {
        "ansible.builtin.template": {
            "src": f"{TEMPLATES}/{{{{ 'mail' if item.endswith('.mail') else 'report' }}}}.html.j2",
            "dest": f"{directory}/{{{{ item }}}}.html",
            "mode": "0640",
        },
        "loop": list(files),
        "vars": {
            "ansible_python_interpreter": sys.executable,
            "backup_report_title": title,
            "backup_report_json": f"{{{{ {read} }}}}",
            "backup_report_outline": "{{ backup_report_json | safehold.backup.evidence_outline }}",
        },
    }
    play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}]
    (directory / "play.json").write_text(json.dumps(play), encoding="utf-8")
    command = ["ansible-playbook", "-i", "localhost,", "play.json"]
    done = subprocess.run(
        command, cwd=directory, env=workspace.environment(), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return files
