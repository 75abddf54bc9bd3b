# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""A list of Task Manager v2: its filters and order as data, its pages read to the end (acronis.md 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .._core import filters as core
from .._core.clock import Deadline
from .._core.errors import bad_input
from .._core.filters import Condition, Filter
from .._core.listing import Listing, whole_number
from .._core.text import listed
from .._core.timestamps import format_utc
from .client import AcronisClient

PAGE_SIZE, LARGEST_PAGE = 500, 5000
LEVELS = ("tiny", "short", "long", "full", "debug")
IDS_A_REQUEST = 100
_BASE = "/api/task_manager/v2"
_MOST_PAGES = 100_000


class Query(NamedTuple):
    """A checked question. order: wire terms such as `desc(startedAt)`. limit: the user's cap, none for all."""

    conditions: Sequence[Condition]
    order: Sequence[str]
    level_of_detail: str
    limit: int | None
    page_size: int


class Resource(NamedTuple):
    """One list. key: its name in the API's path and in the result. sortable: option words and the API's field for each.

    serialize: an API object as the modules return it.
    """

    key: str
    filters: Sequence[Filter]
    sortable: Mapping[str, str]
    serialize: Callable[[Mapping[str, Any]], Mapping[str, Any]]

    def argument_spec(self) -> dict[str, Any]:
        """The options of the module that reads this list."""
        return {
            **core.argument_spec(self.filters),
            "order": {"type": "list", "elements": "str"},
            "level_of_detail": {"type": "str", "choices": list(LEVELS), "default": "full"},
            "limit": {"type": "int"},
            "page_size": {"type": "int", "default": PAGE_SIZE},
        }

    def query(self, params: Mapping[str, Any], now: float) -> Query:
        """The checked options. now: Unix seconds. Raises a Failure of kind input that names the option."""
        for option in ("id", "task_id", "parent_activity_id", "workflow_id"):
            bad = [value for value in params.get(option) or () if not value.isascii() or not value.isdigit()]
            if bad:
                raise bad_input(f"{option}: {listed(bad)} is not a number; give the id as it was returned, as a text")
        return Query(
            conditions=core.conditions(self.filters, params, now),
            order=self._order(params.get("order") or ()),
            level_of_detail=params["level_of_detail"],
            limit=whole_number(params, "limit", 1, 2**31 - 1),
            page_size=whole_number(params, "page_size", 1, LARGEST_PAGE) or PAGE_SIZE,
        )

    def _order(self, terms: Sequence[str]) -> list[str]:
        """The user's order, made definite by the id at its end, so that no page overlaps the next."""
        order = [self._order_term(term) for term in terms]
        return order if any(term.endswith("(id)") for term in order) else [*order, "asc(id)"]

    def _order_term(self, term: str) -> str:
        field, _blank, direction = term.strip().partition(" ")
        direction = direction.strip() or "ascending"
        if field not in self.sortable or direction not in ("ascending", "descending"):
            raise bad_input(
                f"order: {term!r} is not an order; write a field, and descending after it if wanted, such as "
                f"'{next(iter(self.sortable))} descending'; the fields are {', '.join(self.sortable)}"
            )
        return f"{'desc' if direction == 'descending' else 'asc'}({self.sortable[field]})"

    def read(self, client: AcronisClient, query: Query) -> Listing:
        """All that match, each once, up to the user's limit."""
        wire, ours = _divided(query.conditions)
        parts = _chunked(wire)
        found: dict[str, Mapping[str, Any]] = {}
        for part in parts:
            for raw in self._items(client, query, part):
                thing = self.serialize(raw)
                if not all(core.matches(condition, thing) for condition in ours):
                    continue
                if query.limit is not None and len(found) == query.limit and thing["id"] not in found:
                    return Listing(list(found.values()), len(found), True)
                found[thing["id"]] = thing
        return Listing(list(found.values()), len(found), False)

    def read_ids(
        self, client: AcronisClient, ids: Sequence[str], level_of_detail: str, deadline: Deadline | None = None
    ) -> dict[str, Mapping[str, Any]]:
        """The objects with these ids: a request for every hundred, not one for each."""
        query = Query((), (), level_of_detail, None, IDS_A_REQUEST)
        found = {}
        for start in range(0, len(ids), IDS_A_REQUEST):
            wire = [("id", id) for id in ids[start : start + IDS_A_REQUEST]]
            for raw in self._items(client, query, wire, deadline):
                thing = self.serialize(raw)
                found[thing["id"]] = thing
        return {id: found[id] for id in ids if id in found}

    def _items(
        self,
        client: AcronisClient,
        query: Query,
        wire: Sequence[tuple[str, str]],
        deadline: Deadline | None = None,
    ) -> Iterator[Mapping[str, Any]]:
        path = f"{_BASE}/{self.key}"
        size = query.page_size if query.limit is None else min(query.page_size, query.limit + 1)
        asked: list[tuple[str, str]] = [
            *wire,
            *(("order", term) for term in query.order),
            ("lod", query.level_of_detail),
            ("limit", str(size)),
        ]
        seen = set()
        for _page in range(_MOST_PAGES):
            items, after = _page_of(client, path, client.get(path, asked, deadline))
            yield from items
            if not after:
                return
            if after in seen:
                raise client.bad_response(
                    "the same page again and again, so the list cannot be read to its end", "GET", path
                )
            seen.add(after)
            # a page token holds the question already, and the API takes it with `limit` alone (acronis.md 2.4)
            asked = [("limit", str(size)), ("after", after)]
        raise client.bad_response("a list that never ends", "GET", path)


def _page_of(client: AcronisClient, path: str, body: Any) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """The items and the next page token, which stands below `paging` or at the top (acronis.md 2.4)."""
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) and _has_id(item) for item in items):
        raise client.bad_response("a list without items and their ids", "GET", path)
    paging = body.get("paging")
    holder = paging if isinstance(paging, dict) else body
    cursors = holder.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    if after is not None and not isinstance(after, str):
        raise client.bad_response("a page token that is no text", "GET", path)
    return items, after


def _has_id(item: Mapping[str, Any]) -> bool:
    number = item.get("id")
    return isinstance(item.get("idString"), str) or (isinstance(number, (int, str)) and not isinstance(number, bool))


def _divided(conditions: Sequence[Condition]) -> tuple[list[tuple[str, str]], list[Condition]]:
    """What the server is asked, and the conditions that are checked on our side.

    A time takes one bound (acronis.md 2.2), and a value with brackets is read as a function call (2.3), so those are
    left to us. All others go to the server.
    """
    wire: list[tuple[str, str]] = []
    ours: list[Condition] = []
    timed: set[str] = set()
    for condition in conditions:
        kind, name = condition.filter.kind, condition.filter.name
        if kind in (core.AFTER, core.BEFORE):
            assert isinstance(condition.value, int)
            ours.append(condition)
            if name not in timed:
                timed.add(name)
                operator = "gt" if kind == core.AFTER else "lt"
                wire.append((name, f"{operator}({format_utc(condition.value)})"))
        elif kind == core.FLAG:
            wire.append((name, str(condition.value).lower()))
        elif any(bracket in text for text in condition.texts for bracket in "()"):
            ours.append(condition)
        elif kind == core.CONTAINS:
            wire.extend((name, f"like({text})") for text in condition.texts)
        else:
            wire.extend((name, text) for text in condition.texts)
    return wire, ours


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
        Filter(f"{name}_{kind}", kind, wire=f"{name}At", field=f"{name}_at")
        for name in names
        for kind in (core.AFTER, core.BEFORE)
    )
