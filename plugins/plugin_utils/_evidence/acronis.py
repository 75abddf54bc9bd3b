# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Resources of Acronis: as their backup tasks or activities name them, and as the list of resources has them
(acronis.md 3, 5.1)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...module_utils._acronis.reason import words
from . import attempts as tries
from .attempts import Attempt
from .source import Source
from .times import Days, moment

_Run = tuple[Mapping[str, Any], Attempt]

LISTS = ("tasks", "activities", "resources", "expected")
_STATES = ("enqueued", "assigned", "started", "paused", "completed")
_OUTCOMES = {"ok": tries.SUCCEEDED, "warning": tries.WARNED}
_WHY = {
    "error": "Acronis calls the attempt failed and gives no cause",
    "cancelled": "the attempt was cancelled",
    "abandoned": "the agent was lost while it worked",
    "timedout": "the attempt took longer than it was allowed to",
    "warning": "Acronis ended it with a warning and gives no cause",
}
# No list of all types is public (acronis.md 3.6). What is known is called after what it does, but for some that have a
# GUID, which only the type of their policy tells apart.
_IS_BACKUP = re.compile(r"backup", re.IGNORECASE)
_IS_OTHER = re.compile(
    r"restore|recover|validat|verif|clean|retention|replicat|delet|consolidat|convert|export|index|scan|browse|mount"
    r"|report|notif|update|upgrade|apply|deploy|revoke|install|check|test|cancel|move",
    re.IGNORECASE,
)
# A plan as a whole, of which backup may be a part (acronis.md 5.1).
_TELLS_NOTHING = ("", "policy.protection.total")
_NOT_LISTED = "resources were not listed, so one that was never tried is not seen"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def machines(source: Source, days: Days) -> tuple[list[dict[str, Any]], int]:
    """The resources without their verdicts, and how many attempts were looked at."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    left_out: list[str] = []
    nameless, count = 0, 0
    for run in (*source.objects("tasks"), *source.objects("activities")):
        if not _is_backup(run):
            continue
        count += 1
        key = _key(run)
        if key:
            found[key].append(run)
        else:
            nameless += 1
    if nameless:
        do = "attempt does" if nameless == 1 else "attempts do"
        source.problems.append(f"{nameless} {do} not say what was backed up")
    estate = _Estate(source)
    estate.join(found)
    known = {key: _known(runs, left_out) for key, runs in found.items()}
    source.left_out("attempt", left_out)
    names = _plan_names(run for runs in known.values() for run in runs)
    every = [
        _machine(key, runs, estate.resources.get(key), names, days)
        for key, runs in known.items()
        if not estate.is_gone(key, runs)
    ]
    every += [_machine(key, [], one, names, days) for key, one in estate.resources.items() if key not in known]
    return every, count


def _known(runs: Iterable[Mapping[str, Any]], left_out: list[str]) -> list[_Run]:
    """The runs that say something, the newest first."""
    known = [(run, attempt) for run in runs if (attempt := _attempt(run, left_out))]
    return sorted(known, key=lambda pair: (pair[1].at, pair[1].id), reverse=True)


class _Estate:
    """What should be backed up: the resources that Acronis lists, and what was named besides, by key."""

    def __init__(self, source: Source) -> None:
        listed, expected = source.objects("resources"), source.objects("expected")
        if not source.has("resources"):
            source.problems.append(_NOT_LISTED)
        there = [one for one in listed if not one.get("deleted_at") and not _is_group(one)]
        # of what is listed as a whole, one that is not in the list is not there any more
        self._types = {str(one["type"]) for one in there if one.get("type")} if source.is_whole("resources") else set()
        self._deleted = {key for one in listed if one.get("deleted_at") for key in (_key_of(one), *_aliases(one))}
        self.resources: dict[str, Mapping[str, Any]] = {}
        for one in (*there, *(one for one in expected if not _is_group(one))):
            key = _key_of(one)
            known = self.resources.get(key, {})
            policy = _text(one.get("policy"))
            self.resources[key] = {
                **one,
                **known,
                "expected": [*known.get("expected", ()), *([policy] if policy else ())],
            }

    def join(self, found: dict[str, list[Mapping[str, Any]]]) -> None:
        """Give a resource also the runs that name it otherwise than by its ID. A name that two of them bear is no
        help."""
        shared = Counter(alias for one in self.resources.values() for alias in _aliases(one))
        for key, one in self.resources.items():
            for alias in _aliases(one):
                if shared[alias] == 1 and alias in found and alias not in self.resources:
                    found[key].extend(found.pop(alias))

    def is_gone(self, key: str, newest_first: Sequence[_Run]) -> bool:
        """Whether a machine that was backed up is there no more."""
        if key in self.resources:
            return False
        # one that is told by its name alone may be any of those that are listed
        newest = _part(newest_first[0][0], "resource") if newest_first else {}
        return key in self._deleted or bool(newest.get("id") and str(newest.get("type")) in self._types)


def _key_of(resource: Mapping[str, Any]) -> str:
    return f"acronis:{resource['id']}"


def _is_group(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("type") or "").startswith("resource.group")


def _aliases(resource: Mapping[str, Any]) -> Iterator[str]:
    """The ID in the system that it comes from, which stands before an `@`, and tenant and name."""
    external = str(resource.get("external_id") or "").partition("@")[0]
    if external:
        yield f"acronis:{external}"
    if resource.get("tenant_id") and resource.get("name"):
        yield f"acronis:{resource['tenant_id']}:{resource['name']}"


def _is_backup(run: Mapping[str, Any]) -> bool:
    """Whether it is a run of a backup as a whole: an activity below another one is a part of it."""
    if run.get("parent_activity_id") or _context(run).get("IsProcessRoot") is False:
        return False
    kind = str(run.get("type") or "")
    is_guid = bool(_GUID.match(kind))
    if _IS_OTHER.search(str(_context(run).get("title") or "") if is_guid else kind):
        return False
    policy = str(_part(run, "policy").get("type") or "")
    if policy in _TELLS_NOTHING:
        return bool(_IS_BACKUP.search(kind))
    of_backup = policy == "backup" or policy.startswith("policy.backup")
    return of_backup and (is_guid or bool(_IS_BACKUP.search(kind)))


def _key(run: Mapping[str, Any]) -> str | None:
    resource = _part(run, "resource")
    if resource.get("id"):
        return f"acronis:{resource['id']}"
    name = resource.get("name") or _context(run).get("MachineName")
    return f"acronis:{_part(run, 'tenant').get('id') or ''}:{name}" if name else None


def _machine(
    key: str,
    known: Sequence[_Run],
    resource: Mapping[str, Any] | None,
    plan_names: Mapping[str, str],
    days: Days,
) -> dict[str, Any]:
    newest = known[0][0] if known else {}
    told, given = _part(newest, "resource"), resource or {}
    plans = _plans(known, given, plan_names, days)
    names = [plan["name"] for plan in plans if plan["name"]]
    attempts = [attempt for _run, attempt in known]
    is_good = any(one.outcome in tries.GOOD for one in tries.counted(attempts, days))
    listed = [] if is_good else _success_told_of(given)
    name = given.get("name") or told.get("name") or _context(newest).get("MachineName")
    return {
        "key": key,
        "name": str(name or key.partition(":")[2]),
        "system": "acronis",
        "kind": _text(told.get("type") or given.get("type")),
        "tenant": _text(_part(newest, "tenant").get("name") or given.get("tenant") or given.get("tenant_name")),
        "cluster": None,
        "policy": next(iter(names), None),
        "policies": names,
        **tries.facts([*attempts, *listed], days),
        "plans": plans,
        "listed_success": tries.row(tries.counted(listed, days), days)["last_success"],
        "backups": None,
        "offsite": None,
    }


def _plans(
    newest_first: Sequence[_Run], resource: Mapping[str, Any], plan_names: Mapping[str, str], days: Days
) -> list[dict[str, Any]]:
    """A row for each plan of the runs, that of the newest first, and for each that the resource bears."""
    rows: dict[str | None, list[Attempt]] = {}
    for run, attempt in newest_first:
        policy = _part(run, "policy")
        rows.setdefault(plan_names.get(str(policy.get("id"))) or _text(policy.get("name")), []).append(attempt)
    expected: Sequence[str] = resource.get("expected") or ()
    listed = [name for one in _list(resource.get("plans")) if (name := _text(one))]
    return [
        {
            "name": name,
            # the list of resources does not say what a plan is for
            "is_backup": name in rows or name in expected,
            "is_applied": True if name in expected else name in listed if listed else None,
            **tries.row(tries.counted(rows.get(name, ()), days), days),
        }
        for name in dict.fromkeys([*rows, *expected, *listed])
    ]


def _plan_names(runs: Iterable[_Run]) -> dict[str, str]:
    """How each plan is called by its newest run: one that was renamed is still the same."""
    found: dict[str, str] = {}
    for run, _attempt in sorted(runs, key=lambda pair: (pair[1].at, pair[1].id)):
        policy = _part(run, "policy")
        if policy.get("id") and policy.get("name"):
            found[str(policy["id"])] = str(policy["name"])
    return found


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def _success_told_of(resource: Mapping[str, Any]) -> list[Attempt]:
    """The last good run that the list of resources tells of, which may be older than all tasks that were read."""
    ran = [
        at
        for policy in _list(resource.get("policies"))
        if isinstance(policy, Mapping)
        and str(policy.get("type")).startswith("policy.backup")
        and (at := moment(policy.get("last_success_run")))
    ]
    return [Attempt(at=max(ran), outcome=tries.SUCCEEDED, id=str(resource["id"]))] if ran else []


def _attempt(run: Mapping[str, Any], left_out: list[str]) -> Attempt | None:
    if run.get("state") not in _STATES:
        left_out.append(f"in a state that is not known: {run.get('state')}")
        return None
    at = next((at for name in ("started_at", "enqueued_at", "created_at") if (at := moment(run.get(name)))), None)
    if at is None:
        left_out.append("without a time")
        return None
    result, progress = _part(run, "result"), _part(run, "progress")
    outcome, code, why = tries.RUNNING, None, None
    if run.get("state") == "completed":  # whatever completed_at and result say (acronis.md 3.3)
        ended = str(result.get("code"))
        outcome = _OUTCOMES.get(ended, tries.FAILED)
        if outcome != tries.SUCCEEDED:
            why = _why(result) or _WHY.get(ended, "Acronis ended it in a way that is not known")
        if outcome == tries.FAILED:
            code = str(_part(result, "error").get("code") or ended)
    sizes = [progress[name] for name in ("bytes_saved", "bytes_processed") if isinstance(progress.get(name), int)]
    name = _context(run).get("title")
    return Attempt(
        at=at,
        outcome=outcome,
        id=str(run["id"]),
        name=name if isinstance(name, str) else None,
        size=sizes[0] if sizes else None,
        code=code,
        why=why,
    )


def _why(result: Mapping[str, Any]) -> str:
    """The cause in words; its code, which stands beside it, only where there are none."""
    code = _part(result, "error").get("code")
    said = words(result)
    return ": ".join(word for word in said if word != code) or ": ".join(said)


def _part(thing: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = thing.get(name)
    return value if isinstance(value, Mapping) else {}


def _context(run: Mapping[str, Any]) -> Mapping[str, Any]:
    return _part(run, "context")
