# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names from elsewhere stay text, and nothing goes out."""

from __future__ import annotations

import re
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from justhtml import JustHTML
from playwright.sync_api import Browser

import html_validator
from browser.conftest import Open
from browser.estates import HOSTILE


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_hostile_names_are_shown_as_text(opened: Open, scripts: bool) -> None:
    page = opened("hostile", java_script_enabled=scripts)
    shown = [name.removeprefix("\n") for name in page.locator("#machines-table tbody th").all_inner_texts()]
    for name in HOSTILE[:9]:
        assert name in shown
    text = page.locator("body").inner_text()
    assert "\\u202e" in text and "\u202e" not in text
    assert page.title().startswith("Backups of <Example> & Sons")
    found = page.locator("body script, img, iframe, object, embed, a[href^=javascript]")
    assert found.count() == 2, "the evidence and the page's own script"


def test_hostile_names_stay_text_where_one_searches_and_unfolds(opened: Open) -> None:
    page = opened("hostile")
    page.get_by_label("Search names, places, policies and causes").fill("<script>document.title")
    assert page.locator("#machines-table tbody tr").count() >= 2
    for button in page.locator("#machines-table .open").all():
        button.click()
    told = page.locator("tr.details").first.inner_text()  # of both plans
    assert "the newest good backup is 5\u00a0h old" in told and "no good backup is known, the last one failed" in told
    page.locator("#by-cause .link").first.click()
    assert page.locator("body script, img").count() == 2
    assert page.title().startswith("Backups of <Example> & Sons")


def test_no_request_can_leave(running: Browser, reports: dict[str, Path]) -> None:
    """Even markup and script that were somehow in the page would be stopped by its own policy."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Nothing on the terminal."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page = running.new_page()
        page.goto(reports["sample"].as_uri())
        address = f"http://127.0.0.1:{server.server_port}"
        stopped = page.evaluate(
            """async (address) => {
              const stopped = [];
              addEventListener("securitypolicyviolation", (event) => stopped.push(event.effectiveDirective));
              const add = (tag, values) => document.body.append(Object.assign(document.createElement(tag), values));
              add("img", { src: `${address}/image` });
              add("script", { src: `${address}/script` });
              add("script", { textContent: "document.title = 'taken'" });
              add("iframe", { src: `${address}/frame` });
              add("style", { textContent: `@import url(${address}/style)` });
              add("link", { rel: "stylesheet", href: `${address}/link` });
              await fetch(`${address}/fetch`).catch(() => {});
              await new Promise((done) => setTimeout(done, 200));
              return stopped;
            }""",
            address,
        )
        title = page.title()
        page.close()
        server.shutdown()
    assert asked == []
    assert {"img-src", "script-src-elem", "frame-src", "style-src-elem", "connect-src"} <= set(stopped)
    assert title != "taken"


def test_a_validator_finds_nothing(opened: Open, reports: dict[str, Path], tmp_path: Path) -> None:
    if not html_validator.is_installed():
        pytest.skip(f"there is no html-validate: {html_validator.REMEDY}")
    broken = tmp_path / "broken.html"
    broken.write_text(reports["well.mail"].read_text(encoding="utf-8").replace("<tr>", "<tr><p>", 1), encoding="utf-8")
    assert any("<p>" in line for line in html_validator.findings([broken]))
    drawn = []
    for name in ("sample", "hostile"):
        page = opened(name)
        page.locator("#machines-table .open").first.click()
        drawn.append(tmp_path / f"{name}-drawn.html")
        drawn[-1].write_text(page.content(), encoding="utf-8")
    assert html_validator.findings([*reports.values(), *drawn]) == []


def test_the_page_is_valid_and_whole(reports: dict[str, Path]) -> None:
    for path in (path for name, path in reports.items() if not name.endswith(".mail")):
        text = path.read_text(encoding="utf-8")
        page = JustHTML(text, strict=True, sanitize=False)  # raises at the first error of the standard's parser
        for element in page.query("[src], link[href], [style], [onclick], form"):
            assert re.fullmatch(r"data:image/svg\+xml,[^\s<>\"]+", element.attrs.get("href", "")), element.name
        ids = [element.attrs["id"] for element in page.query("[id]")]
        assert len(ids) == len(set(ids))
        references = [element.attrs["aria-labelledby"] for element in page.query("[aria-labelledby]")]
        assert set(references) <= set(ids)
        assert "http:" not in text.replace("http://www.w3.org/2000/svg", "").split('id="evidence"')[0]
