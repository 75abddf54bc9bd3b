# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Virtual machines of SimpliVity and their backups, joined by the machine's ID (simplivity.md 2.1, 7.2, 7.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import attempts as tries
from .attempts import Attempt
from .source import Source
from .times import Days, moment, text_or_none

LISTS = ("virtual_machines", "backups")
# Which states can be restored, which are under way, and which are none of them (simplivity.md 2.1).
_OUTCOMES = {
    "PROTECTED": tries.SUCCEEDED,
    "DEGRADED": tries.WARNED,
    "REBUILDING": tries.WARNED,
    "FAILED": tries.FAILED,
    "CANCELED": tries.FAILED,
    "NEW": tries.RUNNING,
    "QUEUED": tries.RUNNING,
    "SAVING": tries.RUNNING,
    "CANCELING": tries.RUNNING,
}
_WHY = {
    "FAILED": "the backup failed; SimpliVity keeps no cause, the events of the vCenter at that time may tell it",
    "CANCELED": "the backup was cancelled",
    "DEGRADED": "the backup is held once, not twice",
    "REBUILDING": "the second copy of the backup is being made again",
    "FAILEDVSS": "the backup is not consistent for applications, since VSS failed",
}
# A copy that is under way saves no backup that failed.
_RANK = {tries.SUCCEEDED: 3, tries.WARNED: 2, tries.FAILED: 1, tries.RUNNING: 0}
_NO_MACHINES = "virtual machines were not listed, so one without a backup is not seen"


def machines(source: Source, days: Days) -> tuple[list[dict[str, Any]], int]:
    """The machines without their verdicts, and how many backups were looked at."""
    backups = source.objects("backups")
    by_machine: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for backup in backups:
        by_machine[backup.get("virtual_machine_id") or ""].append(backup)
    if source.has("virtual_machines"):
        listed = source.objects("virtual_machines")
    else:
        listed = _from_backups(by_machine)
        source.problems.append(_NO_MACHINES)
    left_out: list[str] = []
    every = [_machine(one, by_machine.get(str(one["id"]), ()), days, left_out) for one in listed]
    source.left_out("backup", left_out)
    return every, len(backups)


def _from_backups(by_machine: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    found = []
    for id, backups in by_machine.items():
        newest = max(backups, key=lambda one: str(one.get("created_at")))
        if id and newest.get("virtual_machine_state") == "ALIVE":
            found.append({"id": id, "name": newest.get("virtual_machine_name")})
    return found


def _machine(
    machine: Mapping[str, Any], backups: Iterable[Mapping[str, Any]], days: Days, left_out: list[str]
) -> dict[str, Any]:
    here: dict[int, Attempt] = {}
    copies: dict[str, list[Attempt]] = defaultdict(list)
    restorable = 0
    home = machine.get("omnistack_cluster_id")
    for backup in backups:
        attempt = _attempt(backup, left_out)
        if attempt is None:
            continue
        restorable += attempt.outcome in tries.GOOD
        place = _place_elsewhere(backup, home)
        if place is not None:
            copies[place].append(attempt)
        # A backup and its copies were taken at one moment: it is one attempt, as good as the best of them.
        other = here.get(attempt.at)
        if other is None or _RANK[attempt.outcome] > _RANK[other.outcome]:
            here[attempt.at] = attempt
    elsewhere = {place: tries.counted(copies[place], days) for place in sorted(copies)}
    found = tries.facts(here.values(), days)
    # Where the backup itself failed, that is counted already.
    lost = [
        one._replace(why=f"off-site copy: {one.why}")
        for ordered in elsewhere.values()
        for one in ordered
        if one.at >= days.start and here[one.at].outcome != tries.FAILED
    ]
    return {
        "key": f"simplivity:{machine['id']}",
        "name": str(machine.get("name") or machine["id"]),
        "system": "simplivity",
        "kind": "virtual_machine",
        "tenant": None,
        "cluster": machine.get("omnistack_cluster_name") or None,
        "policy": machine.get("policy_name") or None,
        "policies": [machine["policy_name"]] if machine.get("policy_name") else [],
        **found,
        "causes": tries.causes([*found["causes"], *tries.failures(lost)]),
        "plans": [],
        "listed_success": None,
        "backups": restorable,
        "offsite": _offsite(elsewhere, days),
    }


def _offsite(elsewhere: Mapping[str, Sequence[Attempt]], days: Days) -> dict[str, Any]:
    """What the attempts to copy backups say, of each place the newest first."""
    good = [(one.at, place) for place, copies in elsewhere.items() for one in copies if one.outcome in tries.GOOD]
    rows = {place: tries.row(copies, days) for place, copies in elsewhere.items()}
    return {
        "copies": len(good),
        "places": sorted({place for _at, place in good}),
        "last_success_at": text_or_none(max((at for at, _place in good), default=None)),
        "failing": [
            {"place": place, "failures": row["streak"]["failures"], "last_failure": row["last_failure"]}
            for place, row in rows.items()
            if row["streak"]["failures"] and (moment(row["last_failure"]["at"]) or 0) >= days.start
        ],
    }


def _attempt(backup: Mapping[str, Any], left_out: list[str]) -> Attempt | None:
    state = backup.get("state")
    outcome, at = _OUTCOMES.get(str(state)), moment(backup.get("created_at"))
    if outcome is None:
        if state != "DELETED":
            left_out.append(f"in a state that is not known: {state}")
        return None
    if at is None:
        if outcome != tries.RUNNING:
            left_out.append("without a time")
        return None
    size = backup.get("size")
    reason = state
    if outcome == tries.SUCCEEDED and backup.get("consistency_type") == "FAILEDVSS":
        outcome, reason = tries.WARNED, "FAILEDVSS"
    return Attempt(
        at=at,
        outcome=outcome,
        id=str(backup["id"]),
        name=backup.get("name"),
        size=size if isinstance(size, int) else None,
        code=str(reason) if outcome == tries.FAILED else None,
        why=_WHY.get(str(reason)),
    )


def _place_elsewhere(backup: Mapping[str, Any], home: str | None) -> str | None:
    """Where a backup lies that does not lie in the machine's own cluster, whose ID is `home`."""
    if backup.get("external_store_name"):
        return str(backup["external_store_name"])
    cluster = backup.get("omnistack_cluster_id")
    if not cluster or not home or cluster == home:
        return None
    return str(backup.get("omnistack_cluster_name") or cluster)
