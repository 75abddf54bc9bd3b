# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Page tokens: opaque, with the characters that a careless client forgets to encode (acronis.md 2.4)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from itertools import count
from typing import Any

from ..store import Record
from .errors import bad_request

KEPT = 256
MARK = b"\xfb\xef\xff"  # "++//" in base 64; the length of what follows gives the "="


@dataclass(frozen=True)
class Cursor:
    """Where a listing goes on; with rows it is the listing as it was, without them it is made anew."""

    plural: str
    query: Any
    position: int
    rows: list[Record] | None


class Cursors:
    """Cursors by their text; the oldest are forgotten, for each may hold a whole listing."""

    def __init__(self) -> None:
        self._by_text: dict[str, Cursor] = {}
        self._next = count(1)

    def keep(self, cursor: Cursor) -> str:
        """Gives a cursor its text."""
        text = base64.b64encode(MARK + next(self._next).to_bytes(7, "big")).decode()
        self._by_text[text] = cursor
        if len(self._by_text) > KEPT:
            del self._by_text[next(iter(self._by_text))]
        return text

    def find(self, plural: str, text: str) -> Cursor:
        """The cursor of that text, of that list only."""
        cursor = self._by_text.get(text)
        if cursor is None or cursor.plural != plural:
            raise bad_request("bad value on field 'after'")
        return cursor
