# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One list request: reads its parameters, finds the objects, cuts the page (simplivity.md 2.0)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from zlib import crc32

from ..clock import iso_seconds, parse_iso
from ..settings import SimplivitySettings
from ..store import Collection, Record
from . import errors
from .filters import (
    AFTER,
    BACKUPS,
    BEFORE,
    BOOL,
    ENUMERATED,
    INT_MAX,
    INT_MIN,
    PATTERN,
    Filter,
    Resource,
    missing_fields,
)
from .media import minor_version

MAX_LIMIT = 5000
DEFAULT_LIMIT = 500
INT32 = 2**31 - 1
INT64 = 2**63 - 1
NO_TIME = "NA"
PAGING = ("fields", "limit", "offset", "case", "sort", "order")

Predicate = Callable[[Record], bool]
_draw = count()


@dataclass
class Query:
    """The parameters of a list request, understood."""

    resource: Resource
    given: list[tuple[Filter, str]] = field(default_factory=list)
    fields: list[str] | None = None
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    sort: str = "name"
    descending: bool = True
    ignore_case: bool = False
    show_optional: bool = False


def read(
    resource: Resource, pairs: Iterable[tuple[str, str]], known: frozenset[str], settings: SimplivitySettings
) -> Query:
    """Understands the query string or refuses it."""
    merged: dict[str, str] = {}
    for name, value in pairs:  # a repeated key is joined by commas, as Spring does
        merged[name] = f"{merged[name]},{value}" if name in merged else value
    absent = missing_fields(resource.plural, minor_version(settings.api_version))
    query = Query(resource)
    given = dict(resource.defaults or {})
    for name, value in merged.items():
        one = resource.filters.get(name)
        if one is not None and one.field not in absent:
            given[name] = value
        elif name in PAGING or (name == "show_optional_fields" and resource.optional is not None):
            continue
        elif settings.strict_params:
            raise errors.invalid_parameter(f"Unknown query parameter: {name}")
    query.given = [(resource.filters[n], v) for n, v in given.items() if n not in settings.ignore_filters]
    _refuse_lists(query, settings)
    known = known - absent
    _read_paging(query, merged, known)
    if "fields" in merged:
        query.fields = [name.strip() for name in merged["fields"].split(",")]
        unknown = [name for name in query.fields if name not in known]
        if unknown and settings.strict_params:
            raise errors.invalid_parameter(f"Unknown field: {unknown[0]}")
    elif absent:
        query.fields = [name for name in known if name not in absent]
    return query


def _refuse_lists(query: Query, settings: SimplivitySettings) -> None:
    """A Virtual Controller fails on comma lists at GET /backups, a management appliance does not (4.6)."""
    if settings.mode != "sva" or query.resource is not BACKUPS:
        return
    for one, value in query.given:
        if one.takes_list and "," in value:
            raise errors.invalid_parameter(f"Parameter {one.name} does not accept a list of values")


def _read_paging(query: Query, merged: dict[str, str], known: frozenset[str]) -> None:
    query.limit = _integer("limit", merged.get("limit", str(DEFAULT_LIMIT)), INT32)
    query.offset = _integer("offset", merged.get("offset", "0"), INT32)
    if not 1 <= query.limit <= MAX_LIMIT:
        raise errors.invalid_sort(f"The limit must be from 1 to {MAX_LIMIT}")
    if query.offset < 0:
        raise errors.invalid_sort("The offset must not be negative")
    query.sort = merged.get("sort", "name")
    if query.sort not in known:
        raise errors.invalid_sort(f"Invalid sort field: {query.sort}")
    order = merged.get("order", "descending")
    if order not in ("ascending", "descending"):
        raise errors.invalid_sort(f"Invalid sort order: {order}")
    query.descending = order == "descending"
    case = merged.get("case", "sensitive")
    if case not in ("sensitive", "insensitive"):
        raise errors.invalid_parameter(f"Invalid value for case: {case}")
    query.ignore_case = case == "insensitive"
    query.show_optional = _boolean("show_optional_fields", merged.get("show_optional_fields", "false"))


def find(query: Query, collection: Collection, settings: SimplivitySettings) -> list[Record]:
    """All matching records in order; computed once until the collection changes."""

    def make() -> list[Record]:
        rows: Iterable[Record] = collection
        for one, value in query.given:
            if one.name == "id" and not query.ignore_case:
                rows = collection.some(value.split(","))
        for one, value in query.given:
            wanted = _predicate(one, value, query, settings)
            rows = [row for row in rows if wanted(row)]
        return _ordered(rows, query, collection.key)

    asked = tuple(sorted((one.name, value) for one, value in query.given))
    key = (asked, query.sort, query.descending, query.ignore_case, settings.mode)
    rows = collection.result(key, make)
    return _shuffle_ties(rows, query) if settings.unstable_ties else rows


def page(query: Query, rows: list[Record], settings: SimplivitySettings) -> dict[str, Any]:
    """The envelope with one page; ``count`` is the number of all matches (simplivity.md 4.5)."""
    limit = min(query.limit, settings.page_cap or query.limit)
    views = [row.view() for row in rows[query.offset : query.offset + limit]]
    if query.resource.optional and not query.show_optional:
        for view in views:
            for name in query.resource.optional:
                view.pop(name, None)
    if query.fields is not None:
        views = [{name: view[name] for name in query.fields if name in view} for view in views]
    return {"offset": query.offset, "limit": limit, "count": len(rows), query.resource.plural: views}


def _predicate(one: Filter, value: str, query: Query, settings: SimplivitySettings) -> Predicate:
    name = one.field
    if one.kind == BOOL:
        flag = _boolean(one.name, value)
        return lambda row: row.get(name) is flag
    if one.kind in (INT_MIN, INT_MAX):
        bound = _integer(one.name, value, INT64)
        if one.kind == INT_MIN:
            return lambda row: row.get(name, 0) >= bound
        return lambda row: row.get(name, 0) <= bound
    if one.kind in (BEFORE, AFTER):
        moment = _moment(one.name, value)
        if one.kind == BEFORE:
            return lambda row: row.get(name, NO_TIME) not in (NO_TIME, "") and row.get(name) <= moment
        return lambda row: row.get(name, NO_TIME) not in (NO_TIME, "") and row.get(name) >= moment
    return _text_predicate(one, value, query, settings)


def _text_predicate(one: Filter, value: str, query: Query, settings: SimplivitySettings) -> Predicate:
    """Exact values, or patterns where the description says so; a list value matches by any member."""
    name = one.field
    fold = query.ignore_case and name not in ENUMERATED
    values = value.split(",") if one.takes_list else [value]
    exact = frozenset(v.casefold() if fold else v for v in values)
    patterns = [(v.casefold() if fold else v).split("*") for v in values if one.kind == PATTERN and "*" in v]

    def fits(text: Any) -> bool:
        text = str(text).casefold() if fold else str(text)
        return text in exact or any(_is_like(text, parts) for parts in patterns)

    if name == "cluster_group_ids":
        return lambda row: any(fits(member) for member in row.get(name) or ())
    if query.resource is BACKUPS and one.name == "omnistack_cluster_id" and settings.mode == "sva":
        # A Virtual Controller adds the backups that the cluster keeps in external stores (4.6).
        return lambda row: (
            fits(row.get(name)) or (bool(row.get("external_store_name")) and fits(row.get("associated_cluster")))
        )
    return lambda row: fits(row.get(name, ""))


def _is_like(text: str, parts: list[str]) -> bool:
    """Whether the parts stand in the text in their order, with anything between them; linear, unlike a regex."""
    first, *middle, last = parts
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _ordered(rows: Iterable[Record], query: Query, key: str) -> list[Record]:
    """Sorted by the field; backup names without regard to case, other text by code points (2.0)."""
    name = query.sort
    fold = name not in ENUMERATED and (query.ignore_case or (query.resource is BACKUPS and name == "name"))

    def rank(row: Record) -> tuple[bool, Any, Any]:
        value = row.get(name)
        if value is None:
            return False, "", row.get(key)
        if isinstance(value, (list, dict)):
            value = repr(value)
        return True, value.casefold() if fold and isinstance(value, str) else value, row.get(key)

    return sorted(rows, key=rank, reverse=query.descending)


def _shuffle_ties(rows: list[Record], query: Query) -> list[Record]:
    """Rows with equal sort values in another order each time (reliability.md G15)."""
    salt = next(_draw)

    def rank(row: Record) -> tuple[str, int]:
        return str(row.get(query.sort)).casefold(), crc32(f"{salt}{row.get('id')}".encode())

    return sorted(rows, key=rank, reverse=query.descending)


def _integer(name: str, value: str, largest: int) -> int:
    try:
        number = int(value)
    except ValueError:
        raise errors.type_mismatch(name, value) from None
    if abs(number) > largest:
        raise errors.type_mismatch(name, value)
    return number


def _boolean(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise errors.type_mismatch(name, value)
    return value.lower() == "true"


def _moment(name: str, value: str) -> str:
    try:
        return iso_seconds(parse_iso(value).timestamp())
    except (ValueError, OverflowError):
        raise errors.invalid_parameter(f"Parameter {name} is not an ISO-8601 time: {value}") from None
