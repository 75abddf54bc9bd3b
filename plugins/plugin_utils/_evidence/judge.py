# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What a machine's backups mean against its objective at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .times import moment, spoken

OK, WARNING, CRITICAL, NONE = "ok", "warning", "critical", "none"
RANK = {NONE: 0, OK: 1, WARNING: 2, CRITICAL: 3}
STATUSES = ("protected", "stale", "failed", "never", "excluded")
SKEW = 300  # seconds by which two clocks may differ without a word


def judged(machine: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The machine with what follows from its facts, its objective and its exclusion at `now`, in Unix seconds."""
    success, offsite, exclusion = machine["last_success"], machine["offsite"], machine["exclusion"]
    age = _age(success and success["at"], now)
    if offsite:
        offsite = {**offsite, "age": _age(offsite["last_success_at"], now)}
    if exclusion:
        exclusion = {**exclusion, "expired": (moment(exclusion["expires"]) or 0) <= now}
    told = {**machine, "age": age, "offsite": offsite, "exclusion": exclusion}
    if exclusion and not exclusion["expired"]:
        return {**told, "status": "excluded", "level": NONE, "findings": []}
    status = _status(told)
    findings = sorted(_findings(told, status, now), key=lambda one: -RANK[one["level"]])
    return {**told, "status": status, "level": findings[0]["level"] if findings else OK, "findings": findings}


def worst(levels: Any) -> str:
    """The worst of some levels, none for none."""
    return max(levels, key=RANK.__getitem__, default=NONE)


def _age(at: str | None, now: int) -> int | None:
    seconds = moment(at)
    return None if seconds is None else max(0, now - seconds)


def _status(machine: Mapping[str, Any]) -> str:
    objective = machine["objective"]
    if machine["last_success"] is None:
        return "never"
    if machine["streak"]["failures"] > objective["failures_tolerated"]:
        return "failed"
    return "stale" if machine["age"] > objective["max_age"] else "protected"


def _findings(machine: Mapping[str, Any], status: str, now: int) -> list[dict[str, str]]:
    objective, failures = machine["objective"], machine["streak"]["failures"]
    success, failure = machine["last_success"], machine["last_failure"]
    cause = f": {failure['cause']}" if failure and failure["cause"] else ""
    tries = "the last attempt failed" if failures == 1 else f"the last {failures} attempts failed"
    old = f"the newest good backup is {spoken(machine['age'] or 0)} old, {spoken(objective['max_age'])} are allowed"
    found = []
    if status == "never":
        found.append(_finding("never", CRITICAL, "there is no good backup"))
    if failures > objective["failures_tolerated"]:
        found.append(_finding("failed", CRITICAL, tries + cause))
    elif failures:
        found.append(_finding("failing", WARNING, tries + cause))
    if status != "never" and machine["age"] > objective["max_age"]:
        found.append(_finding("stale", CRITICAL, old))
    ahead = (moment(success["at"]) or 0) - now if success else 0
    if ahead > SKEW:  # its age is 0, and says nothing
        said = f"the newest good backup is dated {spoken(ahead)} ahead, so its age is not known; look at the clocks"
        found.append(_finding("future", WARNING, said))
    if status in ("protected", "stale") and success["warning"]:
        found.append(_finding("warned", WARNING, success["warning"]))
    if objective["offsite_max_age"] is not None:
        found.extend(_offsite(machine["offsite"], objective["offsite_max_age"]))
    if machine["exclusion"]:
        found.append(
            _finding(
                "exclusion_expired",
                CRITICAL,
                f"the exclusion expired at {machine['exclusion']['expires']} ({machine['exclusion']['reason']}); "
                "renew it or take it away",
            )
        )
    return found


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
