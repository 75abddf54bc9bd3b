# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the report in the documentation. SAFEHOLD_PICTURES=1 takes them anew."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Page

import workspace
from browser.conftest import Open

KEPT = workspace.ROOT / "docs" / "docsite" / "images"
LARGEST = 300_000


def overview(page: Page) -> FloatRect:
    """From the top to the end of the charts."""
    box = page.locator(".panels").bounding_box()
    assert box
    return {"x": 0, "y": 0, "width": 1280, "height": box["y"] + box["height"] + 32}


def machines(page: Page) -> FloatRect:
    """The table with a machine unfolded."""
    page.get_by_role("button", name="XRAY-SRV").click()
    top = page.locator("#machines").bounding_box()
    end = page.get_by_role("row", name="mail01").bounding_box()
    assert top and end
    return {"x": 0, "y": top["y"] - 24, "width": 1280, "height": end["y"] - top["y"] + 24}


def phone(_page: Page) -> FloatRect:
    """A screen of a phone."""
    return {"x": 0, "y": 0, "width": 390, "height": 844}


def phone_machines(page: Page) -> FloatRect:
    """Another one, further down."""
    top = page.get_by_role("row", name="XRAY-SRV").bounding_box()
    assert top
    return {"x": 0, "y": top["y"] - 24, "width": 390, "height": 844}


@pytest.mark.parametrize(
    ("name", "colours", "width", "part"),
    [
        ("report-light", "light", 1280, overview),
        ("report-dark", "dark", 1280, overview),
        ("report-machines", "light", 1280, machines),
        ("report-phone-light", "light", 390, phone),
        ("report-phone-dark", "dark", 390, phone_machines),
    ],
)
def test_pictures(
    opened: Open, tmp_path: Path, name: str, colours: str, width: int, part: Callable[[Page], FloatRect]
) -> None:
    page = opened("sample", width=width, height=8000, color_scheme=colours, reduced_motion="reduce")
    page.evaluate("document.querySelector('h1').textContent = 'Backup report'")
    directory = KEPT if os.environ.get("SAFEHOLD_PICTURES") else tmp_path
    clip = part(page)
    taken = directory / f"{name}.png"
    page.screenshot(path=taken, clip=clip)
    for picture in (taken, KEPT / f"{name}.png"):
        content = picture.read_bytes()
        assert content.startswith(b"\x89PNG\r\n")
        assert struct.unpack(">I", content[16:20])[0] == width
        assert 10_000 < len(content) < LARGEST


def test_every_picture_is_shown() -> None:
    texts = [workspace.ROOT / "README.md", *(workspace.ROOT / "docs" / "docsite" / "rst").glob("*.rst")]
    shown = {name for path in texts for name in re.findall(r"images/([\w-]+\.png)", path.read_text(encoding="utf-8"))}
    assert shown == {path.name for path in KEPT.glob("*.png")}
