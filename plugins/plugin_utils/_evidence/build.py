# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The evidence: made of facts, judged anew, or merged. roles/backup_report/files has the schema of its shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...module_utils._core.text import quoted
from ...module_utils._core.version import VERSION
from . import acronis, simplivity
from .judge import BackupPlans, judged
from .objectives import DEFAULT_MAX_AGE, exclusion_for, fits, is_default, parse_exclusions, parse_objectives
from .source import Source
from .summary import summary
from .times import Days, duration, moment, text, zone_of

SCHEMA, SCHEMA_VERSION = "safehold.backup.evidence", "1.0"
MOST_DAYS = 366
OLD = DEFAULT_MAX_AGE  # of a source; who reports every morning has none that is older
_PARTS = {
    "generated_at": str,
    "time_zone": str,
    "window": Mapping,
    "machines": list,
    "sources": list,
    "changes": Mapping,
}
_MACHINE = frozenset(
    "key name system kind tenant cluster policy policies gathered_at status level objective exclusion age last_success "
    "last_failure running_since dated_ahead streak plans listed_success attempts causes days size size_history backups "
    "offsite previous".split()
)
_ATTEMPTS = ("backups", "tasks", "activities")
_SYSTEMS = {"simplivity": simplivity, "acronis": acronis}

_RAN = ("is_backup", "last_success", "last_failure", "streak")  # what is known of a plan that ran

Evidence = dict[str, Any]


def build(
    sources: Sequence[Any],
    now: int,
    *,
    objectives: Sequence[Any] = (),
    exclusions: Sequence[Any] = (),
    default_max_age: Any = DEFAULT_MAX_AGE,
    days: int = 14,
    time_zone: str = "UTC",
    previous: Mapping[str, Any] | None = None,
) -> Evidence:
    """The evidence of some sources at `now`, in Unix seconds. Raises ValueError for what cannot be used."""
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"days: {days} is not between 1 and {MOST_DAYS}")
    window = Days(now, days, time_zone)
    before = _before(previous, now)
    found: dict[str, dict[str, Any]] = {}
    held: dict[str, dict[str, Any]] = {}
    told = []
    for given in (*sources, *_missing(sources, before)):
        system = given.get("system") if isinstance(given, Mapping) else None
        if system not in _SYSTEMS:
            raise ValueError(f"a source's system is {quoted(system)}; it is one of {', '.join(_SYSTEMS)}")
        source = Source(given, _SYSTEMS[system].LISTS)
        machines, attempts = _SYSTEMS[system].machines(source, window)
        machines = [{**one, "gathered_at": text(now)} for one in machines]
        if source.unread:
            if "resources" in source.unread:
                machines = [_still_applied(one, before) for one in machines]
            if any(key in _ATTEMPTS for key in source.unread):
                machines = _tried(machines, source, before)
            held.update(_held(machines, source, before, window))
        found.update((one["key"], one) for one in machines)
        told.append(source.evidence(text(now), len(machines), attempts))
    asked = parse_objectives(objectives, default_max_age)
    excluded = parse_exclusions(exclusions, zone_of(time_zone), now)
    machines = [
        _with(
            _remembering(one, before, window),
            lambda row: {"objective": _objective_for(row, asked), "exclusion": exclusion_for(row, excluded)},
        )
        for one in {**held, **found}.values()
    ]
    return _evidence(machines, now, window, told, asked, excluded, before)


def judge(
    evidence: Mapping[str, Any],
    objectives: Sequence[Any] | None = None,
    exclusions: Sequence[Any] | None = None,
    default_max_age: Any = None,
    now: int | None = None,
) -> Evidence:
    """The same facts against other objectives, or at another moment. What is None stays as it was for each machine.

    default_max_age: for the machines that no objective fits. Raises ValueError.
    """
    checked(evidence)
    now = _moment_of(evidence) if now is None else now
    window = Days(now, len(evidence["window"]["days"]), evidence["time_zone"])
    machines = [_aligned(one, evidence, window) for one in evidence["machines"]]
    asked, excluded = evidence["objectives"], evidence["exclusions"]
    if objectives is not None:
        asked = parse_objectives(objectives, default_max_age or DEFAULT_MAX_AGE)
        if is_default(asked[-1]) and not default_max_age:
            # of merged evidence there may be several; who has none of its own keeps to the strictest
            kept = sorted((one for one in evidence["objectives"] if not one["match"]), key=lambda one: one["max_age"])
            asked = [*asked[:-1], *kept] if kept else asked
        machines = [_with(one, lambda row: {"objective": _objective_for(row, asked)}) for one in machines]
    elif default_max_age:
        seconds = duration("max_age", default_max_age)
        asked = _distinct(_or_at_most(one, seconds) for one in asked)
        machines = [_with(one, lambda row: {"objective": _or_at_most(row["objective"], seconds)}) for one in machines]
    if exclusions is not None:
        excluded = parse_exclusions(exclusions, zone_of(evidence["time_zone"]), now)
        machines = [_with(one, lambda row: {"exclusion": exclusion_for(row, excluded)}) for one in machines]
    return _evidence(machines, now, window, evidence["sources"], asked, excluded, evidence["changes"])


def _with(machine: Mapping[str, Any], ask: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> dict[str, Any]:
    """The machine with what is asked of it, and of each of its plans as if it had no other."""
    names = [plan["name"] for plan in machine["plans"] if plan["name"]]
    machine = {**machine, "policies": names or machine["policies"]}
    plans = [
        {
            **plan,
            **ask({**machine, **plan, "policies": [plan["name"]] if plan["name"] else [], "name": machine["name"]}),
        }
        for plan in machine["plans"]
    ]
    return {**machine, **ask(machine), "plans": plans}


def _objective_for(row: Mapping[str, Any], objectives: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The first that fits; where that is only what is asked of all others, the one that was asked so far may stay."""
    fitting = [objective for objective in objectives if fits(objective["match"], row)]
    so_far: dict[str, Any] | None = row.get("objective")
    return so_far if so_far in fitting and so_far and not fitting[0]["match"] else fitting[0]


def _or_at_most(objective: Mapping[str, Any], max_age: int) -> dict[str, Any]:
    """An objective of the user's, or else the one for all others with this age."""
    return {**objective, "max_age": max_age if is_default(objective) else objective["max_age"]}


def merge(many: Sequence[Any]) -> Evidence:
    """One evidence of several, as of the newest. Of a machine in two, the newer facts count. Raises ValueError."""
    if not many:
        raise ValueError("there is no evidence to merge")
    for evidence in many:
        checked(evidence)
    zones = sorted({str(evidence["time_zone"]) for evidence in many})
    if len(zones) > 1:
        raise ValueError(f"evidence of the time zones {' and '.join(zones)} cannot be merged, since their days differ")
    ordered = sorted(many, key=lambda one: (_moment_of(one), str(one["sources"])))
    now = _moment_of(ordered[-1])
    window = Days(now, max(len(one["window"]["days"]) for one in ordered), zones[0])
    gone = {one["key"]: one for evidence in ordered for one in evidence["changes"]["gone"]}
    machines: dict[str, dict[str, Any]] = {}
    for evidence in ordered:
        for one in evidence["machines"]:
            key = one["key"]
            if key not in machines or one["gathered_at"] >= machines[key]["gathered_at"]:
                was = one["previous"] or machines.get(key, {}).get("previous") or _was(gone.get(key))
                machines[key] = {**_aligned(one, evidence, window), "previous": was}
    sinces = [one["changes"]["since"] for one in ordered if one["changes"]["since"]]
    return _evidence(
        machines.values(),
        now,
        window,
        _distinct(source for one in ordered for source in one["sources"]),
        _distinct((objective for one in ordered for objective in one["objectives"]), last=lambda one: not one["match"]),
        _distinct({**exclusion, "expired": False} for one in ordered for exclusion in one["exclusions"]),
        {"since": min(sinces, default=None), "gone": list(gone.values())},
    )


def _was(gone: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What was said before of a machine that went from one part to another."""
    return {"status": gone["status"], "level": gone["level"]} if gone else None


def checked(evidence: Any) -> None:
    """Raises ValueError when it is no evidence that this version can read."""
    if not isinstance(evidence, Mapping) or evidence.get("schema") != SCHEMA:
        raise ValueError("this is no backup evidence; give what the role backup_report wrote")
    version = str(evidence.get("schema_version"))
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise ValueError(f"the evidence is of version {quoted(version)}, this collection reads version 1")
    missing = [name for name in _PARTS if not isinstance(evidence.get(name), _PARTS[name])]
    if missing:
        raise ValueError(f"the evidence has no {missing[0]}; give what the role backup_report wrote, unchanged")
    length = len(evidence["window"].get("days") or ())
    keys = set()
    for n, machine in enumerate(evidence["machines"]):
        if not isinstance(machine, Mapping) or not machine.keys() >= _MACHINE or machine["key"] in keys:
            raise ValueError(
                f"machine {n} of the evidence lacks a part or is in it twice; "
                "give what the role backup_report wrote, unchanged"
            )
        if len(machine["days"] or "") != length or set(machine["days"]) - set("swfr-"):
            raise ValueError(f"the days of machine {n} of the evidence are none; give what the role wrote, unchanged")
        keys.add(machine["key"])
    _moment_of(evidence)


def _moment_of(evidence: Mapping[str, Any]) -> int:
    found = moment(evidence["generated_at"])
    if found is None:
        raise ValueError(f"generated_at of the evidence, {quoted(evidence['generated_at'])}, is not a time")
    return found


def _evidence(
    machines: Iterable[Mapping[str, Any]],
    now: int,
    window: Days,
    sources: Sequence[Any],
    objectives: Sequence[Any],
    exclusions: Sequence[Any],
    before: Mapping[str, Any],
) -> Evidence:
    facts = list(machines)
    known = _backup_plans(facts, objectives)
    every = sorted((judged(one, now, known) for one in facts), key=_order)
    sources = [_as_of(source, now) for source in sources]
    complete = bool(sources) and all(source["complete"] for source in sources)
    keys = {one["key"] for one in every}
    gone = [one for one in before["gone"] if one["key"] not in keys]
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "producer": {"name": "safehold.backup", "version": VERSION},
        "generated_at": text(now),
        "time_zone": window.zone_name,
        "window": {"days": list(window.names)},
        "complete": complete,
        "sources": sources,
        "objectives": list(objectives),
        "exclusions": [{**one, "expired": (moment(one["expires"]) or 0) <= now} for one in exclusions],
        **summary(every, complete, before["since"], gone, len(window.names)),
        "machines": every,
    }


def _backup_plans(machines: Iterable[Mapping[str, Any]], objectives: Sequence[Mapping[str, Any]]) -> BackupPlans:
    plans = [(one["tenant"], plan["name"], plan["is_backup"]) for one in machines for plan in one["plans"]]
    # `*` is for any plan, and names none
    asked = [name for one in objectives for name in one["match"].get("policy", ()) if name.strip("*")]
    names = {name for _tenant, name, _is_backup in plans if name}
    return BackupPlans(
        frozenset((tenant, name) for tenant, name, is_backup in plans if is_backup and name),
        frozenset(name for name in names if asked and fits({"policy": asked}, {"policies": [name]})),
    )


def _as_of(source: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The source with a word where it was read too long ago for what it says to be true of today."""
    late = f"not read since {source['gathered_at']}"
    if now - (moment(source["gathered_at"]) or 0) <= duration("", OLD) or late in source["problems"]:
        return dict(source)
    return {**source, "complete": False, "problems": [*source["problems"], late]}


def _order(machine: Mapping[str, Any]) -> tuple[str, ...]:
    names = (str(machine[name] or "") for name in ("system", "tenant", "cluster"))
    return (*names, machine["name"].casefold(), machine["name"], machine["key"])


def _before(previous: Mapping[str, Any] | None, now: int) -> dict[str, Any]:
    """What there was before: the moment, the machines that would be gone, and all of them by their keys.

    Evidence of the same moment is that of the same run, made once more: what was before it counts.
    """
    if previous is None:
        return {"since": None, "gone": [], "machines": {}, "days": [], "sources": []}
    checked(previous)
    machines, changes = previous["machines"], previous["changes"]
    again = _moment_of(previous) == now
    was = [one["previous"] if again else {"status": one["status"], "level": one["level"]} for one in machines]
    names = ("key", "name", "system", "tenant", "cluster", "policy", "status", "level")
    return {
        "since": changes["since"] if again else previous["generated_at"],
        "gone": changes["gone"] if again else [{name: one[name] for name in names} for one in machines],
        "machines": {one["key"]: (one, status) for one, status in zip(machines, was)},
        "days": previous["window"]["days"],
        "sources": previous["sources"],
    }


def _missing(sources: Sequence[Any], before: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The systems that the evidence before knows machines of, and that are not read now: as good as not readable."""
    there = {one.get("system") for one in sources if isinstance(one, Mapping)}
    known = {one["system"] for one, _status in before["machines"].values()}
    for system in sorted(known - there):
        name = next((one["name"] for one in before["sources"] if one["system"] == system), system)
        unread = {"failed": True, "msg": f"{system} is not among the systems of this run"}
        yield {"system": system, "name": name, _SYSTEMS[system].LISTS[0]: unread}


def _tried(machines: Sequence[dict[str, Any]], source: Source, before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The machines of a source of which a list could not be read, of which an attempt is known. One without an attempt
    is not one that was never backed up."""
    tried = [
        one
        for one in machines
        if any(one[sign] for sign in ("last_failure", "running_since", "dated_ahead"))
        or (
            one["last_success"]
            and (one["last_success"] != one["listed_success"] or one["key"] not in before["machines"])
        )
    ]
    unknown = len({one["key"] for one in machines} - {one["key"] for one in tried} - before["machines"].keys())
    if unknown:
        source.problems.append(f"machines left out, since nothing is known of their backups: {unknown}")
    return tried


def _held(
    tried: Sequence[dict[str, Any]], source: Source, before: Mapping[str, Any], window: Days
) -> dict[str, dict[str, Any]]:
    """What the evidence before knows of the source's system holds on: one that is not listed is not gone."""
    there = {one["key"] for one in tried}
    return {
        key: {**one, **_on_days(one, before["days"], window)}
        for key, (one, _status) in before["machines"].items()
        if one["system"] == source.system and key not in there
    }


def _still_applied(machine: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The machine with the plans that it had, where the list that tells them could not be read."""
    if machine["key"] not in before["machines"]:
        return machine
    known, _was = before["machines"][machine["key"]]
    had = {plan["name"]: plan for plan in known["plans"]}
    plans = [
        {**plan, "is_applied": had.get(plan["name"], plan)["is_applied"]} if plan["is_applied"] is None else plan
        for plan in machine["plans"]
    ]
    there = {plan["name"] for plan in plans}
    return {**machine, "plans": [*plans, *(plan for name, plan in had.items() if name not in there)]}


def _remembering(machine: dict[str, Any], before: Mapping[str, Any], window: Days) -> dict[str, Any]:
    """The machine with what the evidence before knows of it: backups that expired since can no longer be listed."""
    if machine["key"] not in before["machines"]:
        return {**machine, "previous": None}
    known, was = before["machines"][machine["key"]]
    old = _on_days(known, before["days"], window)
    ran = {plan["name"]: plan for plan in known["plans"] if plan["is_backup"]}
    return {
        **machine,
        "previous": was,
        "plans": [
            {**plan, **{name: ran[plan["name"]][name] for name in _RAN}}
            if plan["name"] in ran and not plan["is_backup"]
            else plan
            for plan in machine["plans"]
        ],
        "days": "".join(
            (past if past != "r" else "-") if sign == "-" else sign for sign, past in zip(machine["days"], old["days"])
        ),
        "size_history": [
            past if size is None else size for size, past in zip(machine["size_history"], old["size_history"])
        ],
    }


def _aligned(machine: Mapping[str, Any], evidence: Mapping[str, Any], window: Days) -> dict[str, Any]:
    return {**machine, **_on_days(machine, evidence["window"]["days"], window)}


def _on_days(machine: Mapping[str, Any], days: Sequence[str], window: Days) -> dict[str, Any]:
    if list(days) == list(window.names):
        return {"days": machine["days"], "size_history": list(machine["size_history"])}
    known = {day: (sign, size) for day, sign, size in zip(days, machine["days"], machine["size_history"])}
    found = [known.get(day, ("-", None)) for day in window.names]
    return {"days": "".join(sign for sign, _size in found), "size_history": [size for _sign, size in found]}


def _distinct(many: Iterable[Any], last: Any = lambda one: False) -> list[Any]:
    """Each once, in order, those that `last` finds at the end."""
    found: list[Any] = []
    for one in many:
        if one not in found:
            found.append(one)
    return sorted(found, key=last)
