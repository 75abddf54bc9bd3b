# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in Markdown, read by GitHub's own parser: in a cell they are text, and nothing but text."""

from __future__ import annotations

import html
import itertools
import re

import cmarkgfm
import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.text import clean
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.outline import markdown
from hypothesis import example, given, settings
from hypothesis import strategies as st

LINKS = ["http://evil.com", "HTTPS://e.com", "ftp://e.com", "www.evil.com", "mailto:x@y.de", "xmpp:a/b@c.d", "a@b.de"]
BEFORE = ["", "_", "1", "é", "*", "~", "(", "中", "a", "\u017f", "\u0301", "-", "srv_", "://"]
PIECES = st.sampled_from(
    [*"a_*`~<>|[]()\\#-+=!&;:./@\"'{}$^ 1.0", *LINKS, "é", "&lt;", "&#64;", "<!--", "![", "](", "\\|"]
)


def cell(name: str) -> str:
    """The name as GitHub shows it in a table, as HTML."""
    shown = cmarkgfm.github_flavored_markdown_to_html(f"| a | b |\n| --- | --- |\n| x | {markdown(name)} |\n")
    cells = re.findall(r"<td>(.*?)</td>", shown, re.DOTALL)
    assert len(cells) == 2, shown
    return str(cells[1])


@pytest.mark.parametrize("name", [before + link for before, link in itertools.product(BEFORE, LINKS)])
def test_a_name_is_no_link(name: str) -> None:
    assert "<" not in cell(name)


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=2000)
@example("- a")
@example("1. a")
def test_a_name_is_shown_as_it_is(name: str) -> None:
    shown = cell(name)
    assert "<" not in shown
    assert html.unescape(shown).replace("\u2060", "").strip() == clean(name).strip()
