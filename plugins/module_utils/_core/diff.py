# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""`changed` and the diff from one object, so that they cannot disagree."""

from __future__ import annotations

from typing import Any

from .text import safe_data


class Differences:
    """Collects what is and what will be, a line for each object that differs."""

    def __init__(self) -> None:
        self._before: dict[str, Any] = {}
        self._after: dict[str, Any] = {}

    def add(self, name: str, before: Any, after: Any) -> None:
        """One thing's state; equal states are no difference."""
        if before != after:
            self._before[name] = before
            self._after[name] = after

    def as_diff(self) -> dict[str, Any]:
        """The dictionary that Ansible shows under --diff. The names of objects are keys in it."""
        return {"before": safe_data(self._before), "after": safe_data(self._after)}
