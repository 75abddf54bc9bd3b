# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns of the user's that make a careless matcher run for ever: they take as long as any other."""

from __future__ import annotations

import time

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.filters import is_like

from faults.harness.running import run
from faults.harness.targets import connection, secrets
from simulator.process import Simulator

LONG = "a" * 250
PATTERNS = {
    "stars-between": "*a" * 30 + "*b",
    "stars-only": "*" * 255,
    "stars-and-end": "a*" * 60 + "b",
    "question-marks": "*?" * 40,
    "brackets": "(a+)+*" * 10 + "$",
}


@pytest.mark.parametrize(
    "pattern",
    [pytest.param(pattern, id=f"L6-{name}") for name, pattern in PATTERNS.items()],
)
def test_a_pattern_of_many_stars_ends_at_once(simulator: Simulator, pattern: str) -> None:
    """The server ignores the filter, so that every name meets the pattern on our side too."""
    simulator.control.set("simplivity", ignore_filters=["name"])
    simulator.control.add_many("simplivity", "backups", [{"name": LONG}] * 5)
    given = {**connection(simulator, "svt_backup_info"), "name_pattern": [pattern], "request_timeout": 5}
    seen = run("svt_backup_info", given, secrets=secrets(simulator, given), limit=3)
    assert not seen.failed, seen.result["msg"]
    found = {one["name"] for one in seen.result["backups"]}
    assert (LONG in found) is (pattern in ("*" * 255,))


@pytest.mark.parametrize("name", [pytest.param("a" * 100_000, id="L6-linear")])
def test_the_time_grows_with_the_length_and_not_with_its_power(name: str) -> None:
    began = time.process_time()
    assert is_like(name, "*a*a*")
    assert not is_like(name, "a*b")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "pattern", "fits"),
    [
        pytest.param(text, pattern, fits, id=f"L6-{text}-{pattern}")
        for text, pattern, fits in (
            ("abc", "*", True),
            ("", "*", True),
            ("", "**", True),
            ("abc", "abc", True),
            ("abc", "ab", False),
            ("abc", "a*c", True),
            ("ac", "a*c", True),
            ("a", "a*a", False),
            ("aba", "*b*", True),
            ("aXbXc", "a*b*c", True),
            ("acb", "a*b*c", False),
            ("aab", "*ab", True),
            ("abab", "a*b", True),
            ("a.c", "a.c", True),
            ("abc", "a.c", False),
            ("a\nb", "a*b", True),
        )
    ],
)
def test_a_star_stands_for_any_text_and_nothing_else_is_special(text: str, pattern: str, fits: bool) -> None:
    assert is_like(text, pattern) is fits
