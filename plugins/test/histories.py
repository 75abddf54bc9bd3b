# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of histories of backups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.safehold.backup.plugins.plugin_utils._ansible import as_filter
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence import history


def fresh(value: Any, max_age: Any, now: Any = None) -> bool:
    """See fresh.yml."""
    return bool(history.freshness(value, max_age, now)["fresh"])


def recovered(
    attempts: Any,
    at: str = "created_at",
    outcome: str = "state",
    good: Sequence[str] = history.GOOD_WORDS,
    bad: Sequence[str] = history.BAD_WORDS,
) -> bool:
    """See recovered.yml."""
    return bool(history.row_of(attempts, at, outcome, good, bad)["recovered"])


class TestModule:
    """The tests by their names."""

    def tests(self) -> dict[str, Callable[..., Any]]:
        return {function.__name__: as_filter(function.__name__, function) for function in (fresh, recovered)}
