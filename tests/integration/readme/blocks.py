# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of code in the documents."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from integration.modules.harness.runs import ROOT

_FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.M | re.S)
_RST = re.compile(r"^\.\. code-block:: (\S+)\n\n((?:    .*\n|\n)+)", re.M)


class Block(NamedTuple):
    """document: its path in the checkout. line: where the block begins. language: as it is written there."""

    document: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def documents() -> list[Path]:
    """What users and contributors read."""
    return [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
        *sorted((ROOT / "roles").glob("*/README.md")),
        *sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst")),
    ]


def blocks() -> Iterator[Block]:
    """All of them."""
    for document in documents():
        text = document.read_text(encoding="utf-8")
        for found in (_RST if document.suffix == ".rst" else _FENCE).finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Block(str(document.relative_to(ROOT)), line, found[1], textwrap.dedent(found[2]))
