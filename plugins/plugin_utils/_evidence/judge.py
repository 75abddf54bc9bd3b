# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What a machine's backups mean against its objective at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .times import SKEW, moment, spoken

OK, WARNING, CRITICAL, NONE = "ok", "warning", "critical", "none"
RANK = {NONE: 0, OK: 1, WARNING: 2, CRITICAL: 3}
STATUSES = ("protected", "stale", "failed", "never", "excluded")  # each worse than the one before, but for the last
# After so long without an attempt a plan is given up, where Acronis does not say by which plans a machine is protected.
GIVEN_UP = 14 * 86400
_ROW = ("last_success", "last_failure", "running_since", "streak", "age", "objective")

_Row = Mapping[str, Any]  # a plan of a machine, or the machine itself, with its attempts, objective and exclusion


class BackupPlans(NamedTuple):
    """What is known of plans beside a single machine. ran: tenants, and names of plans that back up machines of theirs.
    named: names of plans that an objective asks for."""

    ran: frozenset[tuple[str | None, str]]
    named: frozenset[str]

    def hold(self, plan: _Row, tenant: str | None) -> bool:
        """Whether a plan is one that backs up: the list of resources does not say what a plan is for."""
        return bool(plan["is_backup"]) or (tenant, plan["name"]) in self.ran or plan["name"] in self.named


def judged(machine: Mapping[str, Any], now: int, known: BackupPlans) -> dict[str, Any]:
    """The machine with what follows from its facts, its objectives and its exclusions at `now`, in Unix seconds."""
    offsite = machine["offsite"]
    if offsite:
        offsite = {**offsite, "age": _age(offsite["last_success_at"], now)}
    plans = [_as_of(plan, now) for plan in machine["plans"]]
    counted = [plan for plan in plans if known.hold(plan, machine["tenant"])]
    asked, others = _asked(machine, plans, counted, known, now)
    rows = sorted((_judged_row(row, len(counted) > 1) for row in asked), key=_badness, reverse=True)
    all_rows: Sequence[_Row] = rows or counted or plans or [_as_of(machine, now)]
    statuses = {row["name"]: row["status"] for row in rows} if counted else {}
    names = [plan["name"] for plan in counted or plans if plan["name"]]
    told = {
        **machine,
        **{name: all_rows[0][name] for name in _ROW},
        "policy": next(iter(names), None) if plans else machine["policy"],
        "policies": names if plans else machine["policies"],
        "plans": [{**plan, "status": statuses.get(plan["name"])} for plan in plans],
        "offsite": offsite,
        "exclusion": next((row["exclusion"] for row in all_rows if row["exclusion"]), None),
    }
    if not rows:
        return {**told, "status": "excluded", "level": NONE, "findings": []}
    findings = [finding for row in rows for finding in row["findings"]]
    findings += [_finding("failing", WARNING, _whose(row) + _failures(row)) for row in others]
    findings += _findings(told, [row["objective"] for row in rows], now)
    findings.sort(key=lambda one: -RANK[one["level"]])
    level = findings[0]["level"] if findings else OK
    return {**told, "status": rows[0]["status"], "level": level, "findings": findings}


def worst(levels: Any) -> str:
    """The worst of some levels, none for none."""
    return max(levels, key=RANK.__getitem__, default=NONE)


def _as_of(row: _Row, now: int) -> dict[str, Any]:
    exclusion = row["exclusion"]
    if exclusion:
        exclusion = {**exclusion, "expired": (moment(exclusion["expires"]) or 0) <= now}
    return {**row, "age": _age(row["last_success"] and row["last_success"]["at"], now), "exclusion": exclusion}


def _asked(
    machine: Mapping[str, Any], plans: Sequence[_Row], counted: Sequence[_Row], known: BackupPlans, now: int
) -> tuple[Sequence[_Row], Sequence[_Row]]:
    """What is judged: the plans that protect the machine today, or else all that back up. Beside them the others that
    fail of late. Nothing where all is excluded. counted: those of the plans that back up."""
    left = [plan for plan in counted or plans if not _is_excluded(plan)]
    if not counted:
        row = _as_of(_never_run(machine, left) if left else machine, now)
        return ([] if _is_excluded(row) or (plans and not left) else [row]), []
    current = [plan for plan in left if _is_current(plan, known, now)]
    asked = [plan for plan in current if plan["name"]] or current or left
    listed = machine["listed_success"]
    if len(asked) == 1 and listed and not asked[0]["last_success"]:
        # the list of resources does not say of which plan it was
        asked = [_as_of(_with_success(asked[0], listed), now)]
    names = [plan["name"] for plan in asked]
    others = [plan for plan in left if plan["name"] not in names and plan["streak"]["failures"]]
    return asked, [plan for plan in others if _is_of_late(plan, now)]


def _never_run(machine: Mapping[str, Any], plans: Sequence[_Row]) -> dict[str, Any]:
    """A machine as its own only plan: it has some, and none of them is known to back up."""
    return {
        **machine,
        "last_success": machine["listed_success"],
        "last_failure": None,
        "running_since": None,
        "streak": {"failures": 0, "recovered": False, "failures_before": 0},
        "exclusion": next((plan["exclusion"] for plan in plans if plan["exclusion"]), None),
    }


def _is_current(plan: _Row, known: BackupPlans, now: int) -> bool:
    is_applied: bool | None = plan["is_applied"]
    if is_applied is None:
        return plan["name"] in known.named or _is_of_late(plan, now)
    return is_applied


def _is_of_late(plan: _Row, now: int) -> bool:
    ends = (plan["last_success"], plan["last_failure"])
    last = max(moment(at) or 0 for at in (plan["running_since"], *(end and end["at"] for end in ends)))
    max_age: int = plan["objective"]["max_age"]
    return last >= now - max(max_age, GIVEN_UP)


def _with_success(plan: _Row, success: Mapping[str, Any]) -> _Row:
    failures, failure = plan["streak"]["failures"], plan["last_failure"]
    streak = plan["streak"]
    if failure and (moment(failure["at"]) or 0) < (moment(success["at"]) or 0):
        streak = {"failures": 0, "recovered": True, "failures_before": failures}
    return {**plan, "last_success": success, "streak": streak}


def _is_excluded(row: _Row) -> bool:
    return bool(row["exclusion"] and not row["exclusion"]["expired"])


def _judged_row(row: _Row, is_one_of_several: bool) -> dict[str, Any]:
    status = _status(row)
    whose = _whose(row) if is_one_of_several else ""
    return {**row, "status": status, "findings": list(_findings_of_row(row, status, whose))}


def _badness(row: _Row) -> tuple[int, int, int]:
    return STATUSES.index(row["status"]), len(row["findings"]), row["age"] or 0


def _age(at: str | None, now: int) -> int | None:
    seconds = moment(at)
    return None if seconds is None else max(0, now - seconds)


def _status(row: _Row) -> str:
    objective = row["objective"]
    if row["last_success"] is None:
        return "never"
    if row["streak"]["failures"] > objective["failures_tolerated"]:
        return "failed"
    return "stale" if row["age"] > objective["max_age"] else "protected"


def _findings_of_row(row: _Row, status: str, whose: str) -> Iterable[dict[str, str]]:
    failures, objective = row["streak"]["failures"], row["objective"]
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


def _whose(plan: _Row) -> str:
    """What stands before a finding of one of several plans."""
    return f"plan {plan['name']}: " if plan["name"] else "attempts without a plan: "


def _failures(row: _Row) -> str:
    number, cause = row["streak"]["failures"], row["last_failure"] and row["last_failure"]["cause"]
    tries = "the last attempt failed" if number == 1 else f"the last {number} attempts failed"
    return f"{tries}: {cause}" if cause else tries


def _findings(
    machine: Mapping[str, Any], objectives: Iterable[Mapping[str, Any]], now: int
) -> Iterable[dict[str, str]]:
    """What is found of the machine as a whole."""
    success, exclusion = machine["last_success"], machine["exclusion"]
    ahead = machine["dated_ahead"] or (success["at"] if success and (moment(success["at"]) or 0) > now + SKEW else None)
    if ahead:
        yield _finding("future", WARNING, f"an attempt is dated {ahead}, which was yet to come; look at the clocks")
    offsite_ages = [one["offsite_max_age"] for one in objectives if one["offsite_max_age"] is not None]
    if offsite_ages:
        yield from _offsite(machine["offsite"], min(offsite_ages))
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
