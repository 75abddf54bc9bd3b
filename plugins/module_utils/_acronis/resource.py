# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""A list of Task Manager v2: its filters and order as data, its pages read to the end (acronis.md 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from .._core import filters as core
from .._core import list_results
from .._core.clock import Deadline
from .._core.errors import bad_input
from .._core.filters import Condition, Filter
from .._core.listing import Listing, changed_meanwhile
from .._core.options import whole_number
from .._core.text import listed, quoted
from .._core.timestamps import format_utc, parse_rfc3339
from .client import UUID, AcronisClient

PAGE_SIZE, LARGEST_PAGE = 500, 5000
LEVELS = ("tiny", "short", "long", "full", "debug")
IDS_A_REQUEST = 100
_BASE = "/api/task_manager/v2"
_MOST_PAGES = 100_000
_SMALL_LEVELS = ("tiny", "short")  # objects without the fields that filters look at (acronis.md 3.1)
STATES = ("enqueued", "assigned", "started", "paused", "completed")
PRIORITIES = ("low", "belowNormal", "normal", "aboveNormal", "high")
EXCLUSIVE = [[name, f"{name}_contains"] for name in ("policy_name", "resource_name", "started_by")]
_COUNTED = {
    "state": "state",
    "result_code": "result.code",
    "type": "type",
    "tenant": "tenant.name",
    "policy": "policy.name",
    "resource": "resource.name",
}
_RANKS: Mapping[str, Sequence[str]] = {"state": STATES, "priority": PRIORITIES}


class Term(NamedTuple):
    """One field to sort by. option: the user's word for it. field: the API's."""

    option: str
    field: str
    descending: bool

    @property
    def wire(self) -> str:
        return f"{'desc' if self.descending else 'asc'}({self.field})"


class Query(NamedTuple):
    """A checked question. limit: the user's cap, none for all."""

    conditions: Sequence[Condition]
    order: Sequence[Term]
    level_of_detail: str
    limit: int | None
    page_size: int


class Resource(NamedTuple):
    """One list. key: its name in the API's path and in the result. sortable: option words and the API's field for each.

    serialize: an API object as the modules return it. counted: what a summary counts, by the paths of the fields.
    """

    key: str
    filters: Sequence[Filter]
    sortable: Mapping[str, str]
    serialize: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    counted: Mapping[str, str] = _COUNTED

    def argument_spec(self) -> dict[str, Any]:
        """The options of the module that reads this list."""
        return {
            **core.argument_spec(self.filters),
            "order": {"type": "list", "elements": "str"},
            "level_of_detail": {"type": "str", "choices": list(LEVELS), "default": "full"},
            "limit": {"type": "int"},
            "page_size": {"type": "int", "default": PAGE_SIZE},
            **list_results.argument_spec(),
        }

    def query(self, params: Mapping[str, Any], now: float) -> Query:
        """The checked options. now: Unix seconds. Raises a Failure of kind input that names the option."""
        for option in ("id", "task_id", "parent_activity_id", "workflow_id"):
            bad = [value for value in params.get(option) or () if not _is_id(value)]
            if bad:
                raise bad_input(f"{option}: {listed(bad)} is not a number; give the id as it was returned, as a text")
        bad = [value for value in params.get("uuid") or () if not UUID.match(value)]
        if bad:
            raise bad_input(f"uuid: {listed(bad)} is not a UUID; give the uuid as it was returned, or id for a number")
        conditions = core.conditions(self.filters, params, now)
        if params["level_of_detail"] in _SMALL_LEVELS:
            if params["summary"]:
                raise bad_input("level_of_detail: leaves out what summary counts; set it to long, full or debug")
            for condition in conditions:
                if isinstance(condition.value, tuple) and _reads_as_function(condition):
                    raise bad_input(
                        f"{condition.filter.option}: a value with round brackets is compared by the module, which "
                        "needs level_of_detail long, full or debug"
                    )
        return Query(
            conditions=conditions,
            order=self._order(params.get("order") or ()),
            level_of_detail=params["level_of_detail"],
            limit=whole_number(params, "limit", 1, 2**31 - 1),
            page_size=whole_number(params, "page_size", 1, LARGEST_PAGE) or PAGE_SIZE,
        )

    def _order(self, terms: Sequence[str]) -> list[Term]:
        """The user's order, made definite by the id at its end, so that no page overlaps the next."""
        order = [self._order_term(term) for term in terms]
        return order if any(term.field == "id" for term in order) else [*order, Term("id", "id", False)]

    def _order_term(self, term: str) -> Term:
        field, _blank, direction = term.strip().partition(" ")
        direction = direction.strip() or "ascending"
        if field not in self.sortable or direction not in ("ascending", "descending"):
            raise bad_input(
                f"order: {quoted(term)} is not an order; write a field, and descending after it if wanted, such as "
                f"'{next(iter(self.sortable))} descending'; the fields are {', '.join(self.sortable)}"
            )
        return Term(field, self.sortable[field], direction == "descending")

    def read(self, client: AcronisClient, query: Query) -> Listing:
        """All that match, each once, in the order asked for, up to the user's limit."""
        wire, checks = _divided(query.conditions)
        parts = _chunked(wire)
        size = query.page_size
        if query.limit is not None and len(parts) == 1 and all(sent for _condition, sent in checks):
            # one more, to know whether there are more; where much of a page is dropped here, whole pages are needed
            size = min(size, query.limit + 1)
        found: dict[str, Mapping[str, Any]] = {}
        changed = False
        for part in parts:
            for raw in self._items(client, query, part, size):
                thing = self.serialize(raw)
                changed = changed or thing["id"] in found
                if all(core.matches(condition, thing, was_sent=sent) for condition, sent in checks):
                    found[thing["id"]] = thing
                if len(parts) == 1 and query.limit is not None and len(found) > query.limit:
                    break
        objects = list(found.values())
        if len(parts) > 1:
            for term in reversed(query.order):
                objects.sort(key=partial(_rank, option=term.option), reverse=term.descending)
        kept = objects[: query.limit]
        return Listing(kept, len(kept), len(objects) > len(kept), changed_meanwhile(self.key) if changed else None)

    def read_ids(
        self, client: AcronisClient, ids: Sequence[str], level_of_detail: str, deadline: Deadline | None = None
    ) -> dict[str, Mapping[str, Any]]:
        """The objects with these ids: a request for every hundred, not one for each."""
        query = Query((), (), level_of_detail, None, IDS_A_REQUEST)
        found = {}
        for start in range(0, len(ids), IDS_A_REQUEST):
            wire = [("id", id) for id in ids[start : start + IDS_A_REQUEST]]
            for raw in self._items(client, query, wire, query.page_size, deadline):
                thing = self.serialize(raw)
                found[thing["id"]] = thing
        return {id: found[id] for id in ids if id in found}

    def _items(
        self,
        client: AcronisClient,
        query: Query,
        wire: Sequence[tuple[str, str]],
        size: int,
        deadline: Deadline | None = None,
    ) -> Iterator[Mapping[str, Any]]:
        asked: list[tuple[str, str]] = [
            *wire,
            *(("order", term.wire) for term in query.order),
            ("lod", query.level_of_detail),
            ("limit", str(size)),
        ]
        return pages(client, f"{_BASE}/{self.key}", asked, _has_id, deadline)


def pages(
    client: AcronisClient,
    path: str,
    asked: Sequence[tuple[str, str]],
    is_whole: Callable[[Mapping[str, Any]], bool],
    deadline: Deadline | None = None,
) -> Iterator[Mapping[str, Any]]:
    """The items of all pages. asked: the question, `limit` last. is_whole: whether an item can be one of the list."""
    size = asked[-1]
    seen = set()
    for _page in range(_MOST_PAGES):
        items, after = _page_of(client, path, client.get(path, asked, deadline), is_whole)
        yield from items
        if not after:
            return
        if after in seen:
            raise client.bad_response(
                "the same page again and again, so the list cannot be read to its end", "GET", path
            )
        seen.add(after)
        # a page token holds the question already, and the API takes it with `limit` alone (acronis.md 2.4)
        asked = [size, ("after", after)]
    raise client.bad_response("a list that never ends", "GET", path)


def _page_of(
    client: AcronisClient, path: str, body: Any, is_whole: Callable[[Mapping[str, Any]], bool]
) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """The items and the next page token, which stands below `paging` or at the top (acronis.md 2.4)."""
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) and is_whole(item) for item in items):
        raise client.bad_response("a list without items and their ids", "GET", path)
    paging = body.get("paging")
    holder = paging if isinstance(paging, dict) else body
    cursors = holder.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    if after is not None and not isinstance(after, str):
        raise client.bad_response("a page token that is no text", "GET", path)
    return items, after


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) < 2**63


def _has_id(item: Mapping[str, Any]) -> bool:
    number = item.get("id")
    return isinstance(item.get("idString"), str) or (isinstance(number, (int, str)) and not isinstance(number, bool))


def _divided(conditions: Sequence[Condition]) -> tuple[list[tuple[str, str]], list[tuple[Condition, bool]]]:
    """What the server is asked, and what is checked on our side: each condition, and whether it was sent as well.

    A time takes one bound (acronis.md 2.2), and a value with brackets is read as a function call (2.3), so those are
    left to us.
    """
    wire: list[tuple[str, str]] = []
    checks: list[tuple[Condition, bool]] = []
    timed: set[str] = set()
    for condition in conditions:
        kind, name = condition.filter.kind, condition.filter.name
        sent = True
        if kind in (core.AFTER, core.BEFORE):
            sent = name not in timed
            if sent:
                timed.add(name)
                operator = "gt" if kind == core.AFTER else "lt"
                wire.append((name, f"{operator}({format_utc(condition.number)})"))
        elif kind == core.FLAG:
            wire.append((name, str(condition.value).lower()))
        elif _reads_as_function(condition):
            sent = False
        elif kind == core.CONTAINS:
            # whether its like() regards case is the server's to say
            wire.extend((name, f"like({text})") for text in condition.texts)
            continue
        else:
            wire.extend((name, text) for text in condition.texts)
        checks.append((condition, sent))
    return wire, checks


def _reads_as_function(condition: Condition) -> bool:
    return any(bracket in text for text in condition.texts for bracket in "()")


def _rank(thing: Mapping[str, Any], option: str) -> tuple[int, int, str]:
    """Where an object stands when answers are merged: ids are numbers, some words have an order of their own, times of
    one length and other texts sort as texts. What says nothing comes first."""
    value = thing.get("started_by_user" if option == "started_by" else option)
    if option == "id":
        return (1, int(thing["id"]), "")
    if option in _RANKS:
        return (1, _RANKS[option].index(value) if value in _RANKS[option] else -1, "")
    if option.endswith("_at"):
        return (1, parse_rfc3339(value) or 0 if isinstance(value, str) else 0, "")
    return (0, 0, "") if value is None else (1, 0, str(value))


def _chunked(wire: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """One request, or several when many ids would make its address too long."""
    for name in ("id", "uuid", "taskId"):
        values = [pair for pair in wire if pair[0] == name]
        if len(values) > IDS_A_REQUEST:
            rest = [pair for pair in wire if pair[0] != name]
            return [rest + values[n : n + IDS_A_REQUEST] for n in range(0, len(values), IDS_A_REQUEST)]
    return [list(wire)]


def time_filters(*names: str) -> tuple[Filter, ...]:
    """`<name>_after` and `<name>_before` for fields such as `startedAt`."""
    return tuple(
        Filter(f"{name}_{kind}", kind, wire=f"{name}At", field=f"{name}_at", strict=True)
        for name in names
        for kind in (core.AFTER, core.BEFORE)
    )
