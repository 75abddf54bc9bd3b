# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What follows from the machines: counts, groups, causes, changes, and the verdict."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .attempts import causes
from .judge import CRITICAL, NONE, OK, RANK, STATUSES, WARNING, worst

# What makes a machine red, the first one that it has: the finding, and how a sentence says it.
_PROBLEMS = {
    "never": "never backed up",
    "failed": "failed",
    "stale": "stale",
    "offsite_missing": "without an off-site copy",
    "offsite_stale": "with an old off-site copy",
    "exclusion_expired": "with an expired exclusion",
}
GROUPED_BY = ("system", "tenant", "cluster", "policy")

Machine = Mapping[str, Any]


def summary(
    machines: Sequence[Machine], complete: bool, since: str | None, gone: Sequence[Mapping[str, Any]], days: int
) -> dict[str, Any]:
    """The parts of the evidence that follow from its machines."""
    return {
        "verdict": _verdict(machines, complete),
        "totals": {
            "backups": sum(one["backups"] or 0 for one in machines),
            "size": _size(machines),
            "size_history": _size_history(machines, days),
        },
        "groups": {name: _groups(machines, name) for name in GROUPED_BY},
        "failures": _failures(machines),
        "changes": _changes(machines, since, gone),
    }


def counts(machines: Iterable[Machine]) -> dict[str, int]:
    """How many machines there are of each status and level."""
    found = dict.fromkeys(("machines", *STATUSES, OK, WARNING, CRITICAL), 0)
    for one in machines:
        found["machines"] += 1
        found[one["status"]] += 1
        if one["level"] != NONE:
            found[one["level"]] += 1
    return found


def _verdict(machines: Sequence[Machine], complete: bool) -> dict[str, Any]:
    counted = counts(machines)
    level = worst(one["level"] for one in machines)
    if level in (NONE, OK):
        level = OK if complete and counted["machines"] > counted["excluded"] else WARNING
    return {"level": level, "text": _sentence(machines, counted, complete), "counts": counted}


def _sentence(machines: Iterable[Machine], counted: Mapping[str, int], complete: bool) -> str:
    every, excluded, red, amber = (counted[name] for name in ("machines", "excluded", CRITICAL, WARNING))
    parts = []
    if not every:
        parts.append("No machine was found")
    elif red:
        why = Counter(one["findings"][0]["code"] for one in machines if one["level"] == CRITICAL)
        told = [f"{why[code]} {word}" for code, word in _PROBLEMS.items() if why[code]]
        need = "needs" if red == 1 else "need"
        parts.append(f"{red} of {_machines(every)} {need} attention: {', '.join(told)}")
    elif excluded == every:
        parts.append("Every machine is excluded, so none is watched")
    else:
        judged = every - excluded
        warned = f", {amber} with a warning" if amber else ""
        parts.append((f"All {judged} machines are" if judged > 1 else "The one machine is") + f" protected{warned}")
    if excluded and excluded != every:
        parts.append(f"{excluded} excluded")
    if not complete:
        parts.append("the facts are not complete")
    return "; ".join(parts) + "."


def _machines(number: int) -> str:
    return f"{number} machine" if number == 1 else f"{number} machines"


def _size(machines: Iterable[Machine]) -> int | None:
    """Of those whose size is known; none when it is of none."""
    known = [one["size"] for one in machines if one["size"] is not None]
    return sum(known) if known else None


def _size_history(machines: Iterable[Machine], days: int) -> list[int]:
    """Where a day tells nothing the day before holds, and before the first known day that one: backups that expired
    leave no trace, which is no growth."""
    totals = [0] * days
    for one in machines:
        history = one["size_history"]
        known = next((size for size in history if size is not None), one["size"])
        if known is None:
            continue
        for n, size in enumerate(history):
            known = known if size is None else size
            totals[n] += known
    return totals


def _groups(machines: Iterable[Machine], by: str) -> list[dict[str, Any]]:
    members: dict[str | None, list[Machine]] = defaultdict(list)
    for one in machines:
        members[one[by]].append(one)
    return [
        {
            "name": name,
            "level": worst(one["level"] for one in group),
            "counts": counts(group),
            "size": _size(group),
            "oldest_age": max(
                (one["age"] for one in group if one["age"] is not None and one["status"] != "excluded"), default=None
            ),
        }
        for name, group in sorted(members.items(), key=lambda item: (item[0] is None, item[0] or ""))
    ]


def _failures(machines: Iterable[Machine]) -> list[dict[str, Any]]:
    given: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    keys: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in machines:
        for cause in one["causes"]:
            given[one["system"]].append(cause)
            keys[one["system"], cause["code"] or "", cause["cause"]].append(one["key"])
    found = [
        {"system": system, **cause, "machines": sorted(keys[system, cause["code"] or "", cause["cause"]])}
        for system, many in given.items()
        for cause in causes(many)
    ]
    return sorted(found, key=lambda one: (-one["count"], one["system"], one["code"] or "", one["cause"]))


def _changes(machines: Sequence[Machine], since: str | None, gone: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    known = [one for one in machines if one["previous"] and one["status"] != "excluded"] if since else []
    red = RANK[CRITICAL]
    return {
        "since": since,
        "new": [one["key"] for one in machines if not one["previous"]] if since else [],
        "gone": sorted(gone, key=lambda one: str(one["key"])),
        "broke": [one["key"] for one in known if RANK[one["level"]] == red > RANK[one["previous"]["level"]]],
        "recovered": [one["key"] for one in known if RANK[one["level"]] < red == RANK[one["previous"]["level"]]],
    }
