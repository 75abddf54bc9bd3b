# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of links of the documentation's site."""

from __future__ import annotations

from pathlib import Path

import links


def test_only_links_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "picture one.png").write_bytes(b"")
    (tmp_path / "index.html").write_text(
        '<h1 id="top"></h1><a href="guide/a.html#x"></a><a href="guide/a.html#y"></a><a href="#top"></a>'
        '<a href="#bottom"></a><img src="picture%20one.png"><img src="two.png"><a href="guide"></a>'
        '<a href="https://example.com/none"></a><a href="mailto:all@example.com"></a>',
        encoding="utf-8",
    )
    (tmp_path / "guide" / "a.html").write_text('<p id="x"><a href="../index.html#top"></a></p>', encoding="utf-8")
    assert links.dead(tmp_path) == [
        "index.html: #bottom",
        "index.html: guide",
        "index.html: guide/a.html#y",
        "index.html: two.png",
    ]
