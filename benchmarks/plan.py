# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much is measured in a run of the program."""

from __future__ import annotations

from typing import NamedTuple


class Plan(NamedTuple):
    """runs: of each contestant, after one that does not count. quick: smaller sizes, to see that all works."""

    runs: int = 5
    quick: bool = False

    @property
    def few(self) -> int:
        """Runs of what takes most of a minute, where the differences are large."""
        return 1 if self.quick else max(1, self.runs // 2)

    def sizes(self, *sizes: int) -> list[int]:
        """The sizes to measure: the first two when it must be quick."""
        return list(sizes[:2] if self.quick else sizes)
