# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that make, judge, merge and shorten evidence of backups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.safehold.backup.plugins.plugin_utils._ansible import as_filter
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence import build
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.history import now_or
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.objectives import DEFAULT_MAX_AGE
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.outline import outline
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.text import dumped, loaded


def evidence(
    sources: Sequence[Any],
    objectives: Sequence[Any] = (),
    exclusions: Sequence[Any] = (),
    max_age: Any = None,
    days: int = 14,
    time_zone: str = "UTC",
    previous: Any = None,
    now: Any = None,
    as_text: bool = False,
) -> Any:
    """See evidence.yml."""
    if not isinstance(sources, list):
        raise ValueError("the input is not a list of sources")
    found = build.build(
        sources,
        now_or(now),
        objectives=objectives,
        exclusions=exclusions,
        default_max_age=max_age or DEFAULT_MAX_AGE,
        days=days,
        time_zone=time_zone,
        previous=loaded(previous) if previous else None,
    )
    return _given(found, as_text)


def evidence_judge(
    value: Any,
    objectives: Sequence[Any] | None = None,
    exclusions: Sequence[Any] | None = None,
    max_age: Any = None,
    now: Any = None,
    as_text: bool = False,
) -> Any:
    """See evidence_judge.yml."""
    moment = now_or(now) if now else None
    return _given(build.judge(loaded(value), objectives or None, exclusions or None, max_age, moment), as_text)


def evidence_merge(many: Sequence[Any], as_text: bool = False) -> Any:
    """See evidence_merge.yml."""
    if not isinstance(many, list):
        raise ValueError("the input is not a list of evidence")
    return _given(build.merge([_numbered(n, one) for n, one in enumerate(many)]), as_text)


def evidence_outline(value: Any, rows: int = 200) -> dict[str, Any]:
    """See evidence_outline.yml."""
    return outline(loaded(value), rows)


def _numbered(n: int, given: Any) -> dict[str, Any]:
    try:
        return loaded(given)
    except ValueError as problem:
        raise ValueError(f"entry {n + 1}: {problem}") from None


def _given(found: Mapping[str, Any], as_text: bool) -> Any:
    return dumped(found) if as_text else found


class FilterModule:
    """The filters by their names."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        mine = (evidence, evidence_judge, evidence_merge, evidence_outline)
        return {function.__name__: as_filter(function.__name__, function) for function in mine}
