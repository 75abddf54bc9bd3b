# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page for those who use a keyboard or hear it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.conftest import Open


@pytest.mark.parametrize(
    ("report", "width", "colours"),
    [
        ("sample", 1280, "light"),
        ("sample", 1280, "dark"),
        ("sample", 390, "light"),
        ("sample", 390, "dark"),
        ("hostile", 1280, "light"),
        ("well", 390, "dark"),
    ],
)
def test_axe_finds_nothing(opened: Open, report: str, width: int, colours: str) -> None:
    page = opened(report, width=width, color_scheme=colours)
    page.locator("#machines-table .open").first.click()
    page.get_by_text("As a table").first.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_by_keyboard_alone(opened: Open) -> None:
    page = opened("sample")
    press = page.keyboard.press
    press("Tab")
    skip = page.get_by_role("link", name="To the machines")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["y"] >= 0, "it shows itself"
    press("Enter")
    expect(page.locator("#machines")).to_be_focused()
    press("Tab")
    expect(page.get_by_role("radio", name="Need attention 11")).to_be_focused()
    press("ArrowRight")
    expect(page.get_by_role("radio", name="With a warning 2")).to_be_checked()
    assert page.locator("#machines-table tbody tr").count() == 2
    press("Tab")
    page.keyboard.type("file01")
    assert page.locator("#machines-table tbody tr").count() == 1
    machine = page.get_by_role("button", name="file01")
    for _tab in range(20):
        press("Tab")
        ring = page.evaluate(
            """(() => {
              const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
              return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
            })()"""
        )
        assert ring, "where one is can be seen"
        if machine.evaluate("(one) => one === document.activeElement"):
            break
    press("Space")
    expect(machine).to_have_attribute("aria-expanded", "true")


def test_the_table_is_one(opened: Open) -> None:
    for width in (1280, 390):
        page = opened("sample", width=width)
        table = page.get_by_role("table", name="Machines", exact=True)
        assert table.get_by_role("columnheader").count() == 6
        row = table.get_by_role("row", name="XRAY-SRV")
        assert row.get_by_role("rowheader").count() == 1
        assert row.get_by_role("cell").count() == 5


def test_results_are_announced(opened: Open) -> None:
    page = opened("sample")
    live = page.locator("#machines-below").get_by_role("status")
    handle = live.element_handle()
    page.get_by_label("Search names, places, policies and causes").fill("web")
    assert handle.is_visible() and handle.inner_text() == "1 of 20 machines", "the same element says the new text"
