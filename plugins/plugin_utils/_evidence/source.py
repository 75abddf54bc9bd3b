# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""One source of facts: the lists that were read from one system, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...module_utils._core.text import clean, quoted


class Source:
    """given: a dictionary with `system`, `name`, `filters` and the lists, each as it is or as a module returned it.

    problems: why the lists may lack something, in words. unread: the lists that could not be read at all.
    """

    def __init__(self, given: Mapping[str, Any], known: Sequence[str]) -> None:
        unknown = [str(key) for key in given if key not in ("system", "name", "filters", *known)]
        if unknown:
            raise ValueError(f"a source of {given['system']} has no {quoted(unknown[0])}; it has {', '.join(known)}")
        self.system = str(given["system"])
        self.name = str(given.get("name") or given["system"])
        self.filters: Mapping[str, Any] = given.get("filters") or {}
        self.problems: list[str] = []
        self.unread: list[str] = []
        self._given = given

    def has(self, key: str) -> bool:
        """Whether the list was read at all."""
        return self._given.get(key) is not None

    def is_whole(self, key: str) -> bool:
        """Whether a module says that this is all of the list."""
        value = self._given.get(key)
        return isinstance(value, Mapping) and key not in self.unread and not value.get("truncated")

    def objects(self, key: str) -> Sequence[Mapping[str, Any]]:
        """The objects. Raises ValueError when it is neither a list of objects nor the result of a module."""
        value = self._given.get(key)
        if isinstance(value, Mapping):
            if value.get("failed") or not isinstance(value.get(key), (list, tuple)):
                told = clean(value.get("msg") or "no reason was given")
                skipped = value.get("skipped")  # since another list could not be read, which says why
                self.problems.append(f"{key} were not read" if skipped else f"{key} could not be read: {told}")
                self.unread.append(key)
                return []
            if value.get("truncated"):
                self.problems.append(f"{key}: the limit left some of them out")
            value = value.get(key)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)) or not all(isinstance(one, Mapping) for one in value):
            raise ValueError(f"{key} of {self.system} is neither a list of objects nor the result of a module")
        nameless = next((n for n, one in enumerate(value) if one.get("id") in (None, "")), None)
        if nameless is not None:
            raise ValueError(f"{key}[{nameless}] of {self.system} has no id")
        return value

    def left_out(self, noun: str, whys: Iterable[str]) -> None:
        """Tell of attempts that say nothing, since they were in a state that nobody knows or at no time."""
        for why, number in sorted(Counter(whys).items()):
            self.problems.append(f"{number} {noun}{'s' if number > 1 else ''} {clean(why)}")

    def evidence(self, gathered_at: str, machines: int, attempts: int) -> dict[str, Any]:
        """The source as the evidence shows it."""
        return {
            "system": self.system,
            "name": self.name,
            "gathered_at": gathered_at,
            "filters": dict(self.filters),
            "complete": not self.problems,
            "problems": self.problems,
            "machines": machines,
            "attempts": attempts,
        }
