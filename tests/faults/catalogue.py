# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the fault catalogue (reliability.md 3), and why some of them have no test."""

from __future__ import annotations

import re

ROWS = {"A": 20, "B": 20, "C": 15, "D": 26, "E": 18, "F": 24, "G": 15, "H": 18, "I": 23, "J": 21, "K": 16, "L": 8}
ALL = {f"{letter}{number}" for letter, count in ROWS.items() for number in range(1, count + 1)}

NOT_TESTED: dict[str, str] = {}

_IN_PARAMETER = re.compile(r"(?<![A-Za-z0-9])([A-L]\d{1,2})(?![A-Za-z0-9])")
_IN_FUNCTION = re.compile(r"(?<![A-Za-z0-9])([a-lA-L]\d{1,2})(?![A-Za-z0-9])")


def named_in(test: str) -> set[str]:
    """The rows that a test's name carries: `test_d2_d7_…`, or a parameter's id such as `D2-idle`."""
    function, _bracket, parameter = test.rpartition("::")[2].partition("[")
    return {row.upper() for row in _IN_FUNCTION.findall(function)} | set(_IN_PARAMETER.findall(parameter))
