# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports written by the real Ansible, opened in a real Chromium in which every request and every message counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import chromium
from browser import rendering
from browser.estates import evidence as all_evidence

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
    return rendering.write(tmp_path_factory.mktemp("reports"), "Backups of <Example> & Sons", evidence)


@pytest.fixture(scope="session")
def running() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = chromium.find()
    if path is None:
        pytest.skip(f"there is no Chromium: {chromium.REMEDY}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=rendering.SWITCHES)
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
        context.on("request", lambda asked: asked.url.startswith((address, "data:")) or found.append(asked.url))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert found == []
