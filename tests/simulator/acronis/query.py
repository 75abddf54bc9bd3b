# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of a list request: which there are, what they look at, in which order (acronis.md 2.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..settings import AcronisSettings
from ..store import Record
from . import conditions
from .conditions import Call, Test
from .errors import bad_request

Kind = Callable[[str, Sequence[Call]], Test]
Pairs = Sequence[tuple[str, str]]

STATES = ("enqueued", "assigned", "started", "paused", "completed")
PRIORITIES = ("low", "belowNormal", "normal", "aboveNormal", "high")
RESULTS = ("ok", "error", "warning", "cancelled", "abandoned", "timedout")
LEVELS = ("tiny", "short", "long", "full", "debug", "count")
PAGING = ("lod", "limit", "after", "order", "allow_deleted")


@dataclass(frozen=True)
class Condition:
    """One filter: how its values are read, where it looks, whether it may be given several times."""

    kind: Kind
    path: tuple[str, ...]
    single: bool = False


@dataclass(frozen=True)
class Resource:
    """Tasks or activities."""

    plural: str
    singular: str
    conditions: dict[str, Condition]
    orders: tuple[str, ...]


def _common() -> dict[str, Condition]:
    found = {
        "id": Condition(conditions.integers, ("id",)),
        "uuid": Condition(conditions.uuids, ("uuid",)),
        "type": Condition(conditions.strings, ("type",)),
        "state": Condition(conditions.enumeration(STATES), ("state",)),
        "resultCode": Condition(conditions.enumeration(RESULTS), ("result", "code")),
        "startedBy": Condition(conditions.names, ("startedByUser",)),
        "workflowId": Condition(conditions.integers, ("workflowId",)),
        "tag": Condition(conditions.members, ("tags",)),
    }
    for thing in ("policy", "resource"):
        found[f"{thing}Id"] = Condition(conditions.strings, (thing, "id"))
        found[f"{thing}Type"] = Condition(conditions.strings, (thing, "type"))
        found[f"{thing}Name"] = Condition(conditions.names, (thing, "name"))
    return found


def _times(*fields: str) -> dict[str, Condition]:
    return {field: Condition(conditions.times, (field,), single=True) for field in fields}


TASKS = Resource(
    "tasks",
    "task",
    {
        **_common(),
        "queue": Condition(conditions.strings, ("queue",)),
        "priority": Condition(conditions.enumeration(PRIORITIES), ("priority",)),
        "executorId": Condition(conditions.strings, ("executor", "id"), single=True),
        "affinityAgentId": Condition(conditions.strings, ("affinity", "agentId"), single=True),
        "affinityClusterId": Condition(conditions.strings, ("affinity", "clusterId"), single=True),
        **_times("enqueuedAt", "assignedAt", "startedAt", "updatedAt", "completedAt"),
    },
    tuple("id uuid type priority startedByUser state enqueuedAt assignedAt startedAt updatedAt completedAt".split()),
)

ACTIVITIES = Resource(
    "activities",
    "activity",
    {
        **_common(),
        "taskId": Condition(conditions.integers, ("taskId",)),
        "parentActivityId": Condition(conditions.integers, ("parentActivityId",)),
        "sustainable": Condition(conditions.booleans, ("sustainable",), single=True),
        **_times("createdAt", "startedAt", "updatedAt", "completedAt"),
    },
    tuple("id uuid type startedByUser state createdAt startedAt updatedAt completedAt".split()),
)

RANKS: dict[str, Callable[[Any], Any]] = {
    "state": lambda word: STATES.index(word) if word in STATES else -1,
    "priority": lambda word: PRIORITIES.index(word) if word in PRIORITIES else -1,
}


@dataclass
class Query:
    """The parameters of a first page, understood."""

    asked: tuple[tuple[str, str], ...]
    tests: list[tuple[tuple[str, ...], Test]]
    ids: list[int] | None
    order: list[tuple[str, bool]]
    limit: int
    lod: str
    deleted: bool

    def select(self, rows: list[Record]) -> list[Record]:
        """The rows that pass all tests, in order; without an order by id."""
        for path, test in self.tests:
            rows = [row for row in rows if test(row.at(path))]
        for field, descending in reversed([*self.order, ("id", False)]):
            rows = sorted(rows, key=_rank(field), reverse=descending)
        return rows


def read(resource: Resource, pairs: Pairs, settings: AcronisSettings) -> Query:
    """Understands the query string of a first page or refuses it."""
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    for name in grouped:
        if name not in resource.conditions and name not in PAGING:
            raise bad_request(f"bad condition field '{name}'")
    tests = []
    ids = None
    for name, values in grouped.items():
        condition = resource.conditions.get(name)
        if condition is None or name in settings.ignore_filters:
            continue
        two_bounds = condition.kind is conditions.times and settings.two_time_bounds
        if condition.single and len(values) > 1 and not two_bounds:
            raise bad_request(f"single entry is accepted on field '{name}'")
        calls = [conditions.parse(name, value) for value in values]
        tests.append((condition.path, condition.kind(name, calls)))
        if name == "id" and all(call.function is None for call in calls):
            ids = [int(call.value) for call in calls]
    return Query(
        asked=tuple(sorted(pair for pair in pairs if pair[0] not in ("limit", "lod"))),
        tests=tests,
        ids=ids,
        order=[_read_order(resource, value) for value in grouped.get("order", [])],
        limit=read_limit(grouped.get("limit", []), settings),
        lod=read_lod(grouped.get("lod", []), LEVELS, settings),
        deleted=read_flag("allow_deleted", grouped.get("allow_deleted", [])),
    )


def read_limit(values: Sequence[str], settings: AcronisSettings) -> int:
    """The page size: asked for or the default, never above the server's cap."""
    if len(values) > 1:
        raise bad_request("single entry is accepted on field 'limit'")
    limit = settings.default_limit
    if values:
        if not values[0].isdigit():
            raise bad_request(f"strconv.ParseInt: parsing \"{values[0]}\": invalid syntax on field 'limit'")
        limit = int(values[0])
    if limit < 1:
        raise bad_request("bad value '0' on field 'limit'")
    return min(limit, settings.page_cap or limit)


def read_lod(values: Sequence[str], levels: Sequence[str], settings: AcronisSettings) -> str:
    """The level of detail."""
    if len(values) > 1 or (values and values[0] not in levels):
        raise bad_request(f"bad value '{','.join(values)}' on field 'lod'")
    return values[0] if values else settings.default_lod


def read_flag(name: str, values: Sequence[str]) -> bool:
    """true or false, given at most once."""
    if len(values) > 1 or (values and values[0].lower() not in ("true", "false")):
        raise bad_request(f"bad value '{','.join(values)}' on field '{name}'")
    return bool(values) and values[0].lower() == "true"


def _read_order(resource: Resource, text: str) -> tuple[str, bool]:
    for function, descending in (("asc", False), ("desc", True)):
        if text.startswith(function + "(") and text.endswith(")"):
            field = text[len(function) + 1 : -1]
            if field not in resource.orders:
                raise bad_request(f"bad order field '{field}'")
            return field, descending
    raise bad_request("empty order function" if "(" not in text else f"bad order function '{text}'")


def _rank(field: str) -> Callable[[Record], Any]:
    """The sort key of a field; records without the field come first."""
    rank = RANKS.get(field)

    def key(row: Record) -> tuple[bool, Any]:
        value = row.get(field)
        if value in (None, ""):
            return False, 0
        return True, value if rank is None else rank(value)

    return key
