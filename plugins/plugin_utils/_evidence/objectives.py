# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Which objective and which exclusion hold for a machine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import Any

from ...module_utils._core.text import quoted
from .times import duration, end_moment, text

PROPERTIES = ("name", "system", "tenant", "cluster", "policy")
DEFAULT_MAX_AGE = "26h"  # a day, and time for a backup that takes longer than the one before
DEFAULT = "default"  # the name of the objective that nobody asked for


def parse_objectives(given: Sequence[Any], default_max_age: Any = DEFAULT_MAX_AGE) -> list[dict[str, Any]]:
    """The user's objectives as the evidence holds them, and one at the end that fits everything. Raises ValueError."""
    found = [_objective(f"objectives[{n}]", entry) for n, entry in enumerate(given)]
    if all(objective["match"] for objective in found):
        every = {"match": {}, "max_age": duration("max_age", default_max_age)}
        found.append({"name": DEFAULT, **every, "offsite_max_age": None, "failures_tolerated": 0})
    return found


def is_default(objective: Mapping[str, Any]) -> bool:
    """Whether it is the one for machines that no entry of the user's fits."""
    return not objective["match"] and objective["name"] == DEFAULT


def parse_exclusions(given: Sequence[Any], zone: tzinfo, now: int) -> list[dict[str, Any]]:
    """The user's exclusions as the evidence holds them. Raises ValueError."""
    found = []
    for n, entry in enumerate(given):
        where = f"exclusions[{n}]"
        _check(where, entry, (*PROPERTIES, "reason", "expires"))
        match = _match(where, entry)
        if not match:
            raise ValueError(f"{where}: it would exclude everything; give one of {', '.join(PROPERTIES)}")
        if not str(entry.get("reason") or "").strip():
            raise ValueError(f"{where}: reason is missing; say why nothing needs to be backed up")
        if entry.get("expires") in (None, ""):
            raise ValueError(f"{where}: expires is missing; give the last day that it holds, such as 2026-12-31")
        expires = end_moment(f"{where}.expires", entry["expires"], zone)
        found.append(
            {"match": match, "reason": str(entry["reason"]), "expires": text(expires), "expired": expires <= now}
        )
    return found


def fits(match: Mapping[str, Sequence[str]], machine: Mapping[str, Any]) -> bool:
    """Whether all that is given fits, of several policies one. A machine without a tenant fits no pattern of a tenant,
    not even `*`."""
    return all(
        any(_compiled(pattern).match(value) for pattern in patterns for value in _values(name, machine))
        for name, patterns in match.items()
    )


def exclusion_for(machine: Mapping[str, Any], exclusions: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The one in force that lasts longest, or else the one that expired last."""
    found = [one for one in exclusions if fits(one["match"], machine)]
    if not found:
        return None
    last = max(found, key=lambda one: (one["expires"], one["reason"]))
    return {name: last[name] for name in ("reason", "expires", "expired")}


def _values(name: str, machine: Mapping[str, Any]) -> Sequence[str]:
    if name == "policy":
        return machine["policies"]  # type: ignore[no-any-return]
    return () if machine[name] is None else (machine[name],)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")) + r"\Z", re.IGNORECASE | re.DOTALL)


def _objective(where: str, entry: Any) -> dict[str, Any]:
    _check(where, entry, (*PROPERTIES, "label", "max_age", "offsite_max_age", "failures_tolerated"))
    if entry.get("max_age") is None:
        raise ValueError(f"{where}: max_age is missing; say how old the newest backup may be, such as 26h")
    tolerated = entry.get("failures_tolerated", 0)
    if isinstance(tolerated, bool) or not str(tolerated).isdecimal():
        raise ValueError(f"{where}.failures_tolerated: {quoted(tolerated)} is not a number from 0 on")
    offsite = entry.get("offsite_max_age")
    match = _match(where, entry)
    said = ", ".join(f"{name} {' or '.join(patterns)}" for name, patterns in match.items())
    return {
        "name": str(entry.get("label") or said or "every machine"),
        "match": match,
        "max_age": duration(f"{where}.max_age", entry["max_age"]),
        "offsite_max_age": None if offsite is None else duration(f"{where}.offsite_max_age", offsite),
        "failures_tolerated": int(tolerated),
    }


def _match(where: str, entry: Mapping[str, Any]) -> dict[str, list[str]]:
    found = {}
    for name in PROPERTIES:
        if name not in entry:
            continue
        value = entry[name]
        patterns = [value] if isinstance(value, str) else value
        if not isinstance(patterns, (list, tuple)) or not patterns or not all(isinstance(one, str) for one in patterns):
            raise ValueError(f"{where}.{name}: write a pattern, or a list of patterns; * stands for any text")
        found[name] = [str(one) for one in patterns]
    return found


def _check(where: str, entry: Any, known: Sequence[str]) -> None:
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where}: it is not a dictionary with {', '.join(known)}")
    unknown = [str(key) for key in entry if key not in known]
    if unknown:
        raise ValueError(f"{where}: {quoted(unknown[0])} is not known; there are {', '.join(known)}")
