# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A terminal of the simplest kind, to see what somebody would see."""

from __future__ import annotations


class Terminal:
    """What is to be seen of a text with carriage returns, line feeds, cursor up and erasing."""

    def __init__(self, text: str) -> None:
        self.rows = [""]
        self.row = self.column = 0
        for part in text.replace("\x1b", "\0\x1b").split("\0"):
            self._take(part)

    def _take(self, part: str) -> None:
        if part.startswith("\x1b["):
            end = next(n for n, character in enumerate(part) if character.isalpha())
            count, code, part = int(part[2:end] or 0), part[end], part[end + 1 :]
            if code == "A":
                self.row -= count
            elif code in "KJ":
                self.rows[self.row] = self.rows[self.row][: self.column]
                del self.rows[self.row + 1 if code == "J" else len(self.rows) :]
        for character in part:
            if character == "\n":
                self.row, self.column = self.row + 1, 0
                self.rows += [""] * (self.row + 1 - len(self.rows))
            elif character == "\r":
                self.column = 0
            else:
                line = self.rows[self.row].ljust(self.column)
                self.rows[self.row] = line[: self.column] + character + line[self.column + 1 :]
                self.column += 1

    @property
    def text(self) -> str:
        return "\n".join(self.rows).rstrip("\n")
