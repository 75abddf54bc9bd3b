# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator saw and did: every request, and every change it accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Entry:
    """One request; ``status`` stays None when the answer was dropped, ``ended`` while it is in progress."""

    n: int
    api: str
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    body: str
    concurrent: int
    started: float
    ended: float | None = None
    status: int | None = None
    fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The entry as the control API shows it."""
        return {name: getattr(self, name) for name in self.__slots__}


class Ledger:
    """Requests and accepted changes in the order in which they arrived; held: numbers of requests whose answer is
    held back now."""

    def __init__(self) -> None:
        self.held: set[int] = set()
        self.entries: list[Entry] = []
        self.changes: list[dict[str, Any]] = []
        self._next = 1

    def begin(self, **facts: Any) -> Entry:
        """Notes a request that has just been read."""
        entry = Entry(n=self._next, **facts)
        self._next += 1
        self.entries.append(entry)
        return entry

    def accept(self, facts: Mapping[str, Any]) -> None:
        """Notes a change of state that an API accepted."""
        self.changes.append(dict(facts))

    def since(self, n: int) -> list[dict[str, Any]]:
        """All requests numbered above n."""
        return [entry.as_json() for entry in self.entries if entry.n > n]

    def clear(self) -> None:
        """Forgets requests and changes; numbering goes on."""
        self.entries.clear()
        self.changes.clear()
