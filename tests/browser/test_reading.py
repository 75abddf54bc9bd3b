# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody reads, searches, sorts and prints."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open

Evidence = dict[str, Any]


def names(page: Page) -> list[str]:
    """The machines that the table shows, from the top."""
    return page.locator("#machines-table tbody th").all_inner_texts()


def said(page: Page) -> str:
    """What the table says of itself, on the screen and to those who hear it."""
    return page.locator("#machines-below [role=status]").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_verdict_and_counts(opened: Open, evidence: Evidence, scripts: bool) -> None:
    page = opened("sample", java_script_enabled=scripts)
    verdict = evidence["sample"]["verdict"]
    parts = [page.locator(f".verdict {part}").inner_text() for part in ("h2", "p")]
    assert ": ".join(parts).lower() == verdict["text"].lower()
    assert page.locator(".verdict").get_by_role("img", name="Critical").is_visible()
    counts = {
        row.split("\n")[1].strip(): int(row.split("\n")[0]) for row in page.locator(".counts li").all_inner_texts()
    }
    told = verdict["counts"]
    assert counts == {
        "Need attention": told["critical"],
        "With a warning": told["warning"],
        "Protected": told["protected"],
        "Stale": told["stale"],
        "Failed": told["failed"],
        "Never backed up": told["never"],
        "Excluded": told["excluded"],
    }
    assert page.title().startswith("Backups of <Example> & Sons: 11 of 20")


def test_without_scripts_the_worst_machines_and_causes_are_there(opened: Open, evidence: Evidence) -> None:
    page = opened("sample", java_script_enabled=False)
    bad = {one["name"] for one in evidence["sample"]["machines"] if one["level"] in ("critical", "warning")}
    assert set(names(page)) == bad
    assert "there is no off-site copy" in page.locator("#machines-table").inner_text()
    assert "The cloud storage cannot be reached" in page.locator("#by-cause").inner_text()
    assert "need a script of the page itself" in page.locator("footer").inner_text()


def test_worst_first(opened: Open) -> None:
    page = opened("sample")
    shown = names(page)
    assert len(shown) == 11
    assert set(shown[:2]) == {"KIOSK-2", "intranet-new"}
    assert set(shown[2:4]) == {"XRAY-SRV", "web02"}
    assert said(page) == "11 of 20 machines"


def test_search(opened: Open) -> None:
    page = opened("sample")
    page.get_by_text(re.compile("^All ?20$")).click()
    search = page.get_by_label("Search names, places, policies and causes")
    search.press_sequentially("hotel spa")
    assert names(page) == ["HOTEL-SPA"]
    assert said(page) == "1 of 20 machines"
    search.fill("quota")
    assert names(page) == ["HOTEL-PMS"], "the cause of an earlier failure is searched too"
    search.fill("東京")
    assert names(page) == ["Büro-Server 東京"]
    search.fill("nothing of the kind")
    assert said(page) == "None of 20 machines matches."


def test_sort(opened: Open) -> None:
    page = opened("many")
    page.get_by_text(re.compile("^All")).click()
    for column, first, then in [("Machine", "vm-000", "vm-119"), ("Size", "vm-119", "vm-000")]:
        head = page.get_by_role("columnheader", name=column, exact=True).first
        head.get_by_role("button").click()
        assert names(page)[0] == first
        assert head.get_attribute("aria-sort") == ("ascending" if column == "Machine" else "descending")
        head.get_by_role("button").click()
        assert names(page)[0] == then
        assert head.get_attribute("aria-sort") == ("descending" if column == "Machine" else "ascending")
    assert page.locator("#machines-table [aria-sort]").count() == 1


def test_pages(opened: Open) -> None:
    page = opened("many")
    page.get_by_label("Search names, places, policies and causes").fill("vm-")
    assert said(page) == "12 of 120 machines"
    page.get_by_text(re.compile("^All")).click()
    page.get_by_label("Search names, places, policies and causes").fill("vm-0")
    assert said(page) == "1–25 of 100 that match, of 120 machines"
    page.get_by_label("Search names, places, policies and causes").fill("")
    pages = page.get_by_role("navigation", name="Pages of machines")
    forward, back = (pages.get_by_role("button", name=name) for name in ("Next", "Previous"))
    expect(back).to_be_disabled()
    seen = names(page)
    for _page in range(4):
        forward.focus()
        page.keyboard.press("Enter")
        seen += names(page)
    assert len(seen) == len(set(seen)) == 120
    assert said(page) == "101–120 of 120 machines"
    expect(forward).to_be_disabled()
    expect(back).to_be_focused()


def test_filters(opened: Open) -> None:
    page = opened("sample")
    page.get_by_role("link", name="Stale").click()
    assert len(names(page)) == 6
    page.get_by_role("combobox", name="Tenant", exact=True).select_option("Northwind Dental")
    assert names(page) == ["LAPTOP-ANNA"]
    page.get_by_role("button", name="The cloud storage cannot be reached").click()
    assert names(page) == ["XRAY-SRV"], "a cause leads to its machines, and the other filters are gone"
    page.get_by_role("button", name="Show all").click()
    assert len(names(page)) == 20
    page.get_by_role("radio", name="Cluster").check()
    page.locator("#groups-table").get_by_role("button", name="Worcester").click()
    assert set(names(page)) == {"Büro-Server 東京", "file01", "sql-reporting", "legacy-erp", "app01"}


def test_a_machine_unfolds(opened: Open) -> None:
    page = opened("sample")
    button = page.get_by_role("button", name="web02")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    told = page.locator("tr.details").inner_text()
    for part in ("The last 3 attempts failed", "everything else, daily", "Last failure", "In the report before"):
        assert part in told
    button.click()
    assert page.locator("tr.details").count() == 0


def test_charts_say_the_same_as_text(opened: Open, evidence: Evidence) -> None:
    page = opened("sample")
    days = page.locator("#by-day")
    days.get_by_text("As a table").click()
    last = [int(cell) for cell in days.locator("tbody tr").last.locator("td").all_inner_texts()]
    judged = [one["days"][-1] for one in evidence["sample"]["machines"] if one["status"] != "excluded"]
    assert last == [judged.count(sign) for sign in "swfr-"]
    assert "10 of 19 machines are past the age allowed" in page.locator("#by-age").inner_text()
    size = page.locator("#by-size").inner_text().replace("\u00a0", " ")
    assert "in 14 days: Acronis 233 GB, saved by single runs; SimpliVity 1.8 TB, before deduplication" in size
    strip = page.locator("tr", has_text="XRAY-SRV").locator(".strip")
    assert strip.get_attribute("aria-label") == "14 days: 10 good, 4 failed; last failed on 16 Mar"


def test_times_are_in_the_time_zone_of_the_evidence(opened: Open) -> None:
    page = opened("many")
    assert "As of 16 Mar 2026, 07:00 CET" in page.locator(".facts").inner_text()


def test_all_is_well(opened: Open) -> None:
    page = opened("well")
    assert page.locator(".verdict").get_by_role("img", name="All is well").is_visible()
    assert len(names(page)) == 3
    assert "No attempt failed." in page.locator("#by-cause").inner_text()
    assert not page.locator("#changes").is_visible()


def test_no_machine_at_all(opened: Open) -> None:
    page = opened("empty")
    assert said(page) == "No machine."


def test_what_is_not_known_is_said(opened: Open) -> None:
    page = opened("hostile")
    assert "Machines may be missing from this report." in page.locator(".notice").inner_text()


def test_colours(opened: Open) -> None:
    page = opened("sample", color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light colours").click()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark, light) == ("rgb(15, 19, 23)", "rgb(248, 248, 246)")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light, "the choice is kept"


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_wider_than_the_screen(opened: Open, width: int) -> None:
    for report in ("sample", "hostile", "many"):
        page = opened(report, width=width, height=800)
        page.locator("#machines-table .open").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        # Where a box clips what is in it, that is not seen above.
        wide = page.evaluate(
            """[...document.querySelectorAll(".sheet, .sheet td, .sheet th, .panel")]
              .filter((one) => one.getClientRects().length && one.scrollWidth > one.clientWidth + 1)
              .map((one) => one.outerHTML.slice(0, 200))"""
        )
        assert not wide


def test_print(opened: Open) -> None:
    page = opened("many", color_scheme="dark")
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#search").is_visible()
    assert page.locator(".verdict").is_visible()
    page.get_by_text(re.compile("^All")).evaluate("(one) => one.click()")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(names(page)) == 120, "no page of a table is left out on paper"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(names(page)) == 25
