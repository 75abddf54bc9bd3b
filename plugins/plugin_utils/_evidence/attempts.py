# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Attempts to back a machine up, and what a row of them says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .times import Days, text, text_or_none

SUCCEEDED, WARNED, FAILED, RUNNING = "succeeded", "warned", "failed", "running"
GOOD = (SUCCEEDED, WARNED)


class Attempt(NamedTuple):
    """One attempt. at: Unix seconds of the moment whose data it holds. why: what was not well with it."""

    at: int
    outcome: str
    id: str
    name: str | None = None
    size: int | None = None
    code: str | None = None
    why: str | None = None


class Streak(NamedTuple):
    """failures: how many of the newest failed in a row. failures_before: how many did before the newest good ones."""

    failures: int
    failures_before: int


def streak(is_good: Iterable[bool]) -> Streak:
    """What a row of ended attempts says, the newest first."""
    newest: bool | None = None
    failures, before, goods = 0, 0, 0
    for good in is_good:
        newest = good if newest is None else newest
        if not newest:
            if good:
                break
            failures += 1
        elif good:
            if before:
                break
            goods += 1
        else:
            before += 1
    return Streak(failures, before)


def facts(attempts: Iterable[Attempt], days: Days) -> dict[str, Any]:
    """What attempts say of their machine: the part of a machine's evidence that needs no objective."""
    every = list(attempts)
    ordered = counted(every, days)
    ended = [one for one in ordered if one.outcome != RUNNING]
    in_window = [one for one in ended if one.at >= days.start]
    good = next((one for one in ended if one.outcome in GOOD), None)
    return {
        **row(ordered, days),
        "dated_ahead": text_or_none(max((one.at for one in every if one.at > days.latest), default=None)),
        "attempts": {
            outcome: sum(one.outcome == outcome for one in in_window) for outcome in (SUCCEEDED, WARNED, FAILED)
        },
        "causes": failures(in_window),
        "days": strip(ordered, days),
        "size": good.size if good else None,
        "size_history": sizes(ended, days),
    }


def counted(attempts: Iterable[Attempt], days: Days) -> list[Attempt]:
    """The newest first, without those dated ahead: they would hide all that comes after them."""
    return sorted((one for one in attempts if one.at <= days.latest), key=lambda one: (one.at, one.id), reverse=True)


def row(ordered: Sequence[Attempt], days: Days) -> dict[str, Any]:
    """How the newest of some `counted` attempts ended: what a machine, or one of its plans, is judged by."""
    ended = [one for one in ordered if one.outcome != RUNNING]
    good = next((one for one in ended if one.outcome in GOOD), None)
    bad = next((one for one in ended if one.outcome == FAILED), None)
    running = ordered[0] if ordered and ordered[0].outcome == RUNNING else None
    return {
        "last_success": good
        and {
            "at": text(good.at),
            "id": good.id,
            "name": good.name,
            "size": good.size,
            "warning": good.why if good.outcome == WARNED else None,
        },
        "last_failure": bad
        and {"at": text(bad.at), "id": bad.id, "name": bad.name, "code": bad.code, "cause": bad.why or ""},
        "running_since": text(running.at) if running else None,
        "streak": _streak(streak(one.outcome in GOOD for one in ended), bool(bad and bad.at >= days.start)),
    }


def _streak(found: Streak, failed_in_window: bool) -> dict[str, Any]:
    """A failure that nobody is shown any more is not worth calling the machine recovered."""
    before = found.failures_before if failed_in_window else 0
    return {"failures": found.failures, "recovered": before > 0, "failures_before": before}


def failures(attempts: Iterable[Attempt]) -> list[dict[str, Any]]:
    """Why some of the attempts failed."""
    return causes(
        {"code": one.code, "cause": one.why or "", "count": 1, "last_at": text(one.at)}
        for one in attempts
        if one.outcome == FAILED
    )


def causes(given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same cause counted once, the most frequent first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in given:
        entry = found.setdefault((one["code"] or "", one["cause"]), {**one, "count": 0})
        entry["count"] += one["count"]
        entry["last_at"] = max(entry["last_at"], one["last_at"])
    return sorted(found.values(), key=lambda entry: (-entry["count"], entry["code"] or "", entry["cause"]))


def strip(attempts: Iterable[Attempt], days: Days) -> str:
    """One character a day: see `days` in the schema."""
    seen: list[set[str]] = [set() for _day in days.names]
    for one in attempts:
        index = days.index(one.at)
        if index is not None:
            seen[index].add(one.outcome)
    return "".join(_sign(outcomes) for outcomes in seen)


def _sign(outcomes: set[str]) -> str:
    if outcomes & set(GOOD):
        return "w" if outcomes & {WARNED, FAILED} else "s"
    return "f" if FAILED in outcomes else "r" if outcomes else "-"


def sizes(newest_first: Iterable[Attempt], days: Days) -> Sequence[int | None]:
    """For each day the size of its newest good attempt."""
    found: list[int | None] = [None] * len(days.names)
    for one in newest_first:
        index = days.index(one.at)
        if index is None:
            break
        if one.outcome in GOOD and found[index] is None:
            found[index] = one.size
    return found
