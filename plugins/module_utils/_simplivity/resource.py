# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""A list of SimpliVity: its filters and fields as data, its pages read to the end (simplivity.md 2.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from math import prod
from typing import Any, NamedTuple

from .._core import filters as core
from .._core import list_results
from .._core.clock import Deadline
from .._core.errors import Failure, bad_input
from .._core.filters import Condition, Filter
from .._core.listing import Listing, changed_meanwhile
from .._core.options import whole_number
from .._core.schedule import Schedule, at_once
from .._core.text import listed
from .._core.timestamps import LATEST, NANOSECONDS, format_utc
from .client import SimplivityClient

PAGE_SIZE, LARGEST_PAGE = 500, 5000
_READINGS = 3
_FEWEST_AT_ONCE, _MOST_AT_ONCE = 4, 64  # pages in one batch
_MOST_COMBINATIONS = 500  # requests for one list
_LONGEST_FILTER = 4000  # characters in one query, below the usual limit of 8 KiB for a request line


_Read = tuple[Sequence[Mapping[str, Any]], int]


class Query(NamedTuple):
    """A checked question. fields: what the user wants to see, none for all. limit: the user's cap, none for all."""

    conditions: Sequence[Condition]
    fields: Sequence[str]
    sort: str
    descending: bool
    limit: int | None
    page_size: int
    case_sensitive: bool
    optional_fields: bool = False


class Resource(NamedTuple):
    """One list. key: its name in the API and in the result. summary: the fields that a summary counts.
    optional_fields: read only with show_optional_fields."""

    key: str
    path: str
    filters: Sequence[Filter]
    fields: Sequence[str]
    summary: Sequence[str]
    optional_fields: Sequence[str] = ()

    @property
    def counted(self) -> Mapping[str, str]:
        return {field: field for field in self.summary}

    def argument_spec(self) -> dict[str, Any]:
        """The options of the module that reads this list."""
        spec = core.argument_spec(self.filters)
        spec.update(
            fields={"type": "list", "elements": "str"},
            sort={"type": "str", "default": "name"},
            order={"type": "str", "choices": ["ascending", "descending"], "default": "ascending"},
            limit={"type": "int"},
            page_size={"type": "int", "default": PAGE_SIZE},
            case_sensitive={"type": "bool", "default": True},
            **list_results.argument_spec(),
        )
        if self.optional_fields:
            spec["show_optional_fields"] = {"type": "bool", "default": False}
        return spec

    def query(self, params: Mapping[str, Any], now: float) -> Query:
        """The checked options. now: Unix seconds. Raises a Failure of kind input that names the option."""
        known = (*self.fields, *self.optional_fields)
        fields = [field.strip() for field in params["fields"]] if params["fields"] is not None else []
        if params["fields"] is not None:
            if params["summary"]:
                raise bad_input("fields: has no meaning beside summary, which counts fields of its own; leave one out")
            core.checked_texts("fields", fields, if_empty="leave the option out to see all fields")
        elif params["summary"] and params["output_file"] is None:
            fields = list(self.summary)
        for option, names in (("fields", fields), ("sort", [params["sort"]])):
            unknown = [name for name in names if name not in known]
            if unknown:
                raise bad_input(f"{option}: there is no field {listed(unknown)}; the fields are {', '.join(known)}")
        conditions = core.conditions(self.filters, params, now)
        _refuse_too_many({condition: len(condition.texts) for condition in conditions if condition.filter.single})
        return Query(
            conditions=conditions,
            fields=fields,
            sort=params["sort"],
            descending=params["order"] == "descending",
            limit=whole_number(params, "limit", 1, 2**31 - 1),
            page_size=whole_number(params, "page_size", 1, LARGEST_PAGE) or PAGE_SIZE,
            case_sensitive=params["case_sensitive"],
            optional_fields=bool(params.get("show_optional_fields"))
            or any(name in self.optional_fields for name in (*fields, params["sort"])),
        )

    def read(self, client: SimplivityClient, query: Query) -> Listing:
        """All that match, in the order asked for, each once. A list that changes while it is read is read again, in
        the order of the ids; when it keeps changing the listing carries a warning. Raises a Failure of kind input for a
        filter that the controller is too old for: it may ignore what it does not know, and answer with everything."""
        _refuse_newer(client, query.conditions)
        for reading in range(_READINGS):
            listing = self._read_once(client, query, again=reading > 0)
            if listing.warning is None:
                break
        return listing

    def _read_once(self, client: SimplivityClient, query: Query, again: bool) -> Listing:
        wires = list(self._requests(client, query))
        # what our own sieve drops, or several requests give, can only be counted when all is read
        may_stop = query.limit is not None and all(
            _is_sent_whole(condition) and (len(wires) == 1 or _is_apart(condition, query.case_sensitive))
            for condition in query.conditions
        )
        # objects that are equal in the field that is sorted by may stand on another page each time (reliability.md G15)
        by_id = again and not may_stop
        if by_id:
            wires = [[("sort", "id") if name == "sort" else (name, value) for name, value in wire] for wire in wires]
        parts = [self._read_part(client, query, wire, may_stop) for wire in wires]
        found = {thing["id"]: thing for part in parts for thing in part.objects}
        objects = list(found.values())
        if len(parts) > 1 or by_id:
            objects = _sorted(objects, query.sort, query.descending)
        whole = all(part.whole for part in parts)
        count = len(objects) if whole else max(len(objects), sum(part.matching for part in parts))
        kept = objects[: query.limit]
        return Listing(
            [_shown(thing, query.fields) for thing in kept],
            count,
            count > len(kept),
            changed_meanwhile(self.key) if any(part.changed for part in parts) else None,
        )

    def _read_part(
        self, client: SimplivityClient, query: Query, wire: Sequence[tuple[str, str]], may_stop: bool
    ) -> _Part:
        """What one query string gives: to its end, or up to the user's limit when that will do."""
        found: dict[str, Mapping[str, Any]] = {}
        count = dropped = 0
        changed = False
        size = min(query.page_size, query.limit) if may_stop and query.limit else query.page_size
        for page in self._pages(client, wire, size, ahead=not may_stop):
            count = page.matching
            changed = changed or page.changed
            matching = _sieved(page.objects, query)
            found.update((thing["id"], thing) for thing in matching)
            dropped += len(page.objects) - len(matching)
            if may_stop and query.limit is not None and len(found) >= query.limit and not page.last:
                return _Part(list(found.values()), count - dropped, changed, False)
        return _Part(list(found.values()), len(found), changed, True)

    def _requests(self, client: SimplivityClient, query: Query) -> Iterator[list[tuple[str, str]]]:
        """The query strings, without paging, that together ask the question: one, unless a list must be split."""
        single: list[tuple[str, str]] = []
        lists: dict[Condition, list[tuple[str, str]]] = {}
        for condition in query.conditions:
            values = _wire_values(condition)
            if values is None:
                continue
            if len(values) == 1:
                single.append((condition.filter.name, values[0]))
            else:
                split = values if condition.filter.single else self._split(client, values)
                lists[condition] = [(condition.filter.name, value) for value in split]
        _refuse_too_many({condition: len(values) for condition, values in lists.items()})
        fields = self._wire_fields(query)
        common = [
            *([("fields", ",".join(fields))] if fields else []),
            ("sort", query.sort),
            ("order", "descending" if query.descending else "ascending"),
            ("case", "sensitive" if query.case_sensitive else "insensitive"),
            *([("show_optional_fields", "true")] if query.optional_fields else []),
        ]
        for combination in product(*lists.values()):
            yield [*single, *combination, *common]

    def _split(self, client: SimplivityClient, values: Sequence[str]) -> Iterator[str]:
        """Comma lists as long as the server takes them (simplivity.md 4.6)."""
        if not client.takes_lists():
            yield from values
            return
        part: list[str] = []
        for value in values:
            if part and sum(len(text) + 1 for text in part) + len(value) > _LONGEST_FILTER:
                yield ",".join(part)
                part = []
            part.append(value)
        yield ",".join(part)

    def _wire_fields(self, query: Query) -> list[str]:
        """The user's fields and those that we need: the id to tell objects apart, the rest to check and to sort."""
        if not query.fields:
            return []
        needed = ["id", query.sort, *(condition.filter.path for condition in query.conditions)]
        known = {*self.fields, *(self.optional_fields if query.optional_fields else ())}
        return list(dict.fromkeys([*query.fields, *(field for field in needed if field in known)]))

    def _pages(
        self, client: SimplivityClient, wire: Sequence[tuple[str, str]], size: int, ahead: bool
    ) -> Iterator[_Page]:
        """Page after page, stepping by what came, since a server may cap the page size below the one asked for. A page
        without anything new, or a list that has doubled meanwhile, ends it (reliability.md G7). ahead: the whole list
        is wanted, so that once the first page has told how long it is, the others are read several at once, in batches
        that grow, as a server may be wrong about that."""

        def read(offset: int) -> _Read:
            return self.page(client, [*wire, ("limit", str(size)), ("offset", str(offset))])

        offset = 0
        count = first = -1
        seen: set[str] = set()
        step, batch = 0, _FEWEST_AT_ONCE
        others: dict[int, _Read] = {}
        while True:
            if offset not in others and step:
                # pages that are not where they were expected are asked for one by one
                step = 0 if others else step
                offsets = range(offset, first, step)[:batch] if step else range(0)
                others = {}
                if len(offsets) >= _FEWEST_AT_ONCE:
                    works = [at_once(partial(read, number)) for number in offsets]
                    try:
                        others = dict(zip(offsets, Schedule(client.clock, client.throttle.limit).run_all(works)))
                    except Failure as failure:
                        if failure.kind != "timeout":
                            raise
                        # a server that takes one request after the other may have time for each of them alone
                        step = 0
                    batch = min(2 * batch, _MOST_AT_ONCE)
            objects, now = others.pop(offset) if offset in others else read(offset)
            if count < 0:
                first, step = now, len(objects) if ahead else 0
            offset += len(objects)
            known = len(seen)
            seen.update(thing["id"] for thing in objects)
            last = offset >= now or len(seen) == known or offset > 2 * first + size
            # where one comes twice, another does not come at all
            changed = (count >= 0 and now != count) or (last and offset != now) or len(seen) < known + len(objects)
            count = now
            yield _Page(objects, now, changed, last)
            if last:
                return

    def page(
        self, client: SimplivityClient, wire: Sequence[tuple[str, str]], deadline: Deadline | None = None
    ) -> _Read:
        """The objects that a query string gives, and how many match it on the server."""
        body = client.get(self.path, wire, deadline)
        objects = body.get(self.key) if isinstance(body, dict) else None
        count = body.get("count") if isinstance(body, dict) else None
        if not isinstance(objects, list) or not all(
            isinstance(thing, dict) and isinstance(thing.get("id"), str) for thing in objects
        ):
            raise client.bad_response(f"a list without {self.key} and their ids", "GET", self.path)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise client.bad_response("a list without its count", "GET", self.path)
        return objects, count


class _Page(NamedTuple):
    """One page. matching: how many match on the server. changed: the list did not stay the same up to here."""

    objects: Sequence[Mapping[str, Any]]
    matching: int
    changed: bool
    last: bool


class _Part(NamedTuple):
    """The answer to one query string. whole: read to its end."""

    objects: Sequence[Mapping[str, Any]]
    matching: int
    changed: bool
    whole: bool


def _wire_values(condition: Condition) -> list[str] | None:
    """What is sent for a condition. The filter grammar has no escape (simplivity.md 4.5): where a value holds a comma,
    `*` stands for it if the server takes that, else the filter stays on our side (None)."""
    kind = condition.filter.kind
    if isinstance(condition.value, tuple):
        if all("," not in value for value in condition.texts):
            return list(condition.texts)
        if condition.filter.wildcard:
            return [value.replace(",", "*") for value in condition.texts]
        return None
    if kind in (core.AFTER, core.BEFORE):
        return [_whole_seconds(condition)]
    return [str(condition.value).lower()]


def _sieved(objects: Sequence[Mapping[str, Any]], query: Query) -> Sequence[Mapping[str, Any]]:
    """Those that fit all conditions, as the server does not know each of them, or not exactly."""
    for condition in query.conditions:
        was_sent = _wire_values(condition) is not None
        objects = [thing for thing in objects if core.matches(condition, thing, query.case_sensitive, was_sent)]
    return objects


def _is_sent_whole(condition: Condition) -> bool:
    """Whether the server's answer to this condition needs no second sieve."""
    if not isinstance(condition.value, tuple):
        return True
    special = "," if condition.filter.kind == core.PATTERNS else ",*"
    return not any(character in value for value in condition.value for character in special)


def _is_apart(condition: Condition, case_sensitive: bool) -> bool:
    """Whether no object fits two of the values."""
    texts = condition.texts
    if len(texts) == 1:
        return True
    differ = case_sensitive or len({text.casefold() for text in texts}) == len(texts)
    return condition.filter.kind in (core.TEXT, core.TEXTS) and not condition.filter.many and differ


def _refuse_too_many(values: Mapping[Condition, int]) -> None:
    """Lists that are sent one value at a time multiply. values: how many of each are sent. Raises a Failure of kind
    input."""
    several = [condition.filter.option for condition, count in values.items() if count > 1]
    requests = prod(values.values())
    if len(several) > 1 and requests > _MOST_COMBINATIONS:
        raise bad_input(
            f"{', '.join(several)}: the controller takes one value of each at a time, so all combinations of them "
            f"take {requests} requests; give fewer values, for {_MOST_COMBINATIONS} at most, or ask in several tasks"
        )


def _refuse_newer(client: SimplivityClient, conditions: Sequence[Condition]) -> None:
    for condition in conditions:
        option, since = condition.filter.option, condition.filter.since
        version = client.api_version() if since else None
        if since and version and version < since:
            raise bad_input(
                f"{option}: came with version {since[0]}.{since[1]} of the REST API, and the controller has "
                f"{version[0]}.{version[1]}; leave it out, or upgrade the controller"
            )


def _whole_seconds(condition: Condition) -> str:
    """UTC in whole seconds, as the API has them; rounded inwards, so that the server counts nothing that is outside."""
    seconds = condition.number // NANOSECONDS
    if condition.filter.kind == core.AFTER and condition.number % NANOSECONDS and seconds < LATEST:
        seconds += 1
    return format_utc(seconds * NANOSECONDS)


def _sorted(objects: list[Mapping[str, Any]], field: str, descending: bool) -> list[Mapping[str, Any]]:
    """What was merged, or read in another order, as one answer would have it: names without regard to case
    (simplivity.md 2.0)."""

    def key(thing: Mapping[str, Any]) -> tuple[int, float, str, str]:
        value = thing.get(field)
        if isinstance(value, (int, float)):
            return (0, float(value), "", str(thing["id"]))
        text = str(value or "")
        return (1, 0.0, text.casefold() if field == "name" else text, str(thing["id"]))

    return sorted(objects, key=key, reverse=descending)


def _shown(thing: Mapping[str, Any], fields: Sequence[str]) -> Mapping[str, Any]:
    return {field: thing[field] for field in fields if field in thing} if fields else thing


def unchanged_or_raise(listing: Listing) -> Sequence[Mapping[str, Any]]:
    """The objects of a listing that a change will rely on: a list that did not hold still is not good enough."""
    if listing.warning:
        raise Failure("conflict", f"{listing.warning}; nothing was changed", sent=False)
    return listing.objects
