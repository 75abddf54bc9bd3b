# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What a machine's backups mean against its objective at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .objectives import fits
from .times import SKEW, moment, spoken

OK, WARNING, CRITICAL, NONE = "ok", "warning", "critical", "none"
RANK = {NONE: 0, OK: 1, WARNING: 2, CRITICAL: 3}
STATUSES = ("protected", "stale", "failed", "never", "excluded")  # each worse than the one before, but for the last
_ROW = ("last_success", "last_failure", "running_since", "streak", "age")


def judged(machine: Mapping[str, Any], now: int, since: int) -> dict[str, Any]:
    """The machine with what follows from its facts, its objective and its exclusion at `now`.

    since: when the days of the evidence begin. Both in Unix seconds.
    """
    offsite, exclusion = machine["offsite"], machine["exclusion"]
    if offsite:
        offsite = {**offsite, "age": _age(offsite["last_success_at"], now)}
    if exclusion:
        exclusion = {**exclusion, "expired": (moment(exclusion["expires"]) or 0) <= now}
    objective = machine["objective"]
    asked, others = _plans(machine, since)
    rows = sorted((_judged_row(one, objective, now) for one in asked), key=_badness, reverse=True)
    told = {
        **machine,
        **{name: rows[0][name] for name in _ROW},
        "plans": [{**one, "age": _age_of(one, now)} for one in machine["plans"]],
        "offsite": offsite,
        "exclusion": exclusion,
    }
    if exclusion and not exclusion["expired"]:
        return {**told, "status": "excluded", "level": NONE, "findings": []}
    findings = [finding for row in rows for finding in row["findings"]]
    findings += [_finding("failing", WARNING, _whose(one) + _failures(one)) for one in others]
    findings += _findings(told, now)
    findings.sort(key=lambda one: -RANK[one["level"]])
    level = findings[0]["level"] if findings else OK
    return {**told, "status": rows[0]["status"], "level": level, "findings": findings}


def worst(levels: Any) -> str:
    """The worst of some levels, none for none."""
    return max(levels, key=RANK.__getitem__, default=NONE)


def _plans(machine: Mapping[str, Any], since: int) -> tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]:
    """What the objective is for: the plans that it names, or else those that ran of late, as one that was given up is
    nobody's fault. A machine without several plans is its own only one. Beside them the others that fail of late."""
    plans = machine["plans"]
    if not plans:
        return [machine], []
    of_late = [one for one in plans if _last(one) >= since]
    named = machine["objective"]["match"].get("policy")
    if named:
        asked = [one for one in plans if one["name"] and fits({"policy": named}, {"policies": [one["name"]]})]
    else:
        asked = [one for one in of_late if one["name"]]
    asked = asked or of_late or plans
    return asked, [one for one in of_late if one not in asked and one["streak"]["failures"]]


def _last(row: Mapping[str, Any]) -> int:
    ends = (row["last_success"], row["last_failure"])
    return max(moment(at) or 0 for at in (row["running_since"], *(end and end["at"] for end in ends)))


def _judged_row(row: Mapping[str, Any], objective: Mapping[str, Any], now: int) -> dict[str, Any]:
    told = {**row, "age": _age_of(row, now)}
    status = _status(told, objective)
    return {**told, "status": status, "findings": list(_findings_of_row(told, status, objective))}


def _badness(row: Mapping[str, Any]) -> tuple[int, int, int]:
    return STATUSES.index(row["status"]), len(row["findings"]), row["age"] or 0


def _age_of(row: Mapping[str, Any], now: int) -> int | None:
    return _age(row["last_success"] and row["last_success"]["at"], now)


def _age(at: str | None, now: int) -> int | None:
    seconds = moment(at)
    return None if seconds is None else max(0, now - seconds)


def _status(row: Mapping[str, Any], objective: Mapping[str, Any]) -> str:
    if row["last_success"] is None:
        return "never"
    if row["streak"]["failures"] > objective["failures_tolerated"]:
        return "failed"
    return "stale" if row["age"] > objective["max_age"] else "protected"


def _findings_of_row(row: Mapping[str, Any], status: str, objective: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    whose, failures = _whose(row), row["streak"]["failures"]
    if status == "never":
        yield _finding("never", CRITICAL, whose + "there is no good backup")
    if failures > objective["failures_tolerated"]:
        yield _finding("failed", CRITICAL, whose + _failures(row))
    elif failures:
        yield _finding("failing", WARNING, whose + _failures(row))
    if status != "never" and row["age"] > objective["max_age"]:
        old = f"the newest good backup is {spoken(row['age'])} old, {spoken(objective['max_age'])} are allowed"
        yield _finding("stale", CRITICAL, whose + old)
    if status in ("protected", "stale") and row["last_success"]["warning"]:
        yield _finding("warned", WARNING, whose + row["last_success"]["warning"])


def _whose(row: Mapping[str, Any]) -> str:
    """What stands before a finding of one of several plans."""
    if "key" in row:  # it is the machine itself
        return ""
    return f"plan {row['name']}: " if row["name"] else "attempts without a plan: "


def _failures(row: Mapping[str, Any]) -> str:
    number, cause = row["streak"]["failures"], row["last_failure"] and row["last_failure"]["cause"]
    tries = "the last attempt failed" if number == 1 else f"the last {number} attempts failed"
    return f"{tries}: {cause}" if cause else tries


def _findings(machine: Mapping[str, Any], now: int) -> Iterable[dict[str, str]]:
    """What is found of the machine as a whole."""
    success, exclusion, objective = machine["last_success"], machine["exclusion"], machine["objective"]
    ahead = machine["dated_ahead"] or (success["at"] if success and (moment(success["at"]) or 0) > now + SKEW else None)
    if ahead:
        yield _finding("future", WARNING, f"an attempt is dated {ahead}, which was yet to come; look at the clocks")
    if objective["offsite_max_age"] is not None:
        yield from _offsite(machine["offsite"], objective["offsite_max_age"])
    for one in machine["offsite"]["failing"] if machine["offsite"] else ():
        copies = "copy" if one["failures"] == 1 else f"{one['failures']} copies"
        said = f"the last {copies} to {one['place']} failed: {one['last_failure']['cause']}"
        yield _finding("offsite_failing", WARNING, said)
    if exclusion:
        said = f"the exclusion expired at {exclusion['expires']} ({exclusion['reason']}); renew it or take it away"
        yield _finding("exclusion_expired", CRITICAL, said)


def _offsite(offsite: Mapping[str, Any] | None, max_age: int) -> list[dict[str, str]]:
    if offsite is None:
        return [_finding("offsite_unknown", WARNING, "the system does not tell of off-site copies")]
    if offsite["age"] is None:
        return [_finding("offsite_missing", CRITICAL, "there is no off-site copy")]
    if offsite["age"] > max_age:
        told = f"the newest off-site copy is {spoken(offsite['age'])} old, {spoken(max_age)} are allowed"
        return [_finding("offsite_stale", CRITICAL, told)]
    return []


def _finding(code: str, level: str, said: str) -> dict[str, str]:
    return {"code": code, "level": level, "text": said}
