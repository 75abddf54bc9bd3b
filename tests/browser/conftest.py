# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports written by the real Ansible, opened in a real Chromium in which every request and every message counts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.text import dumped
from playwright.sync_api import Browser, Page, expect, sync_playwright

import chromium
import workspace
from browser.estates import evidence as all_evidence

TEMPLATE = workspace.ROOT / "roles" / "backup_report" / "templates" / "report.html.j2"
# Nothing of the browser's own goes out, and the tests may run as root.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# A busy machine is no failure.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def evidence() -> dict[str, Any]:
    """The evidence of all estates by their names."""
    return all_evidence()


@pytest.fixture(scope="session")
def reports(evidence: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The reports by the names of the estates, written as the role backup_report writes them."""
    directory = tmp_path_factory.mktemp("reports")
    for name, one in evidence.items():
        (directory / f"{name}.json").write_text(dumped(one), encoding="utf-8")
    title = "Backups of <Example> & Sons"
    task = {
        "ansible.builtin.template": {"src": str(TEMPLATE), "dest": f"{directory}/{{{{ item }}}}.html"},
        "loop": list(evidence),
        "vars": {
            "backup_report_title": title,
            "backup_report_json": f"{{{{ lookup('ansible.builtin.file', '{directory}/' ~ item ~ '.json') }}}}",
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
    return {name: directory / f"{name}.html" for name in evidence}


@pytest.fixture(scope="session")
def running() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = chromium.find()
    if path is None:
        pytest.skip(f"there is no Chromium: {chromium.REMEDY}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield started
        started.close()


@pytest.fixture
def opened(running: Browser, reports: dict[str, Path]) -> Iterator[Open]:
    """Opens a report by the name of its estate, or of a file. No request may leave it, and no error be told."""
    contexts, found = [], []

    def open_(report: str, width: int = 1280, height: int = 900, **settings: Any) -> Page:
        address = reports[report].as_uri()
        context = running.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", timezone_id="America/New_York", **settings
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: found.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: found.append(f"error: {error}"))
        page.on("dialog", lambda dialog: found.append(f"dialog: {dialog.message}"))
        context.on("request", lambda asked: asked.url in (address, "data:") or found.append(f"request: {asked.url}"))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not [one for one in found if not one.startswith("request: data:")]
