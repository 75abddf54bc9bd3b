# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of either API in memory: light records, kept by id, with remembered query results."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

REMEMBERED_QUERIES = 64


class Record:
    """One object: what it shares with its siblings (by reference) and what is its own."""

    __slots__ = ("own", "shared")

    def __init__(self, own: dict[str, Any], shared: Mapping[str, Any] | None = None) -> None:
        self.own = own
        self.shared: Mapping[str, Any] = {} if shared is None else shared

    def get(self, field: str, default: Any = None) -> Any:
        """One field."""
        if field in self.own:
            return self.own[field]
        return self.shared.get(field, default)

    def at(self, path: tuple[str, ...]) -> Any:
        """A field below other fields, None when any of them is missing."""
        value = self.get(path[0])
        for step in path[1:]:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def view(self) -> dict[str, Any]:
        """The whole object as it goes over the wire."""
        return {**self.shared, **self.own}


class Collection:
    """Records by id, one optional index, and the ordered result of each query until something changes."""

    def __init__(self, key: str = "id", index: Callable[[Record], Hashable] | None = None) -> None:
        self.key = key
        self._records: dict[Any, Record] = {}
        self._index_of = index
        self._index: defaultdict[Hashable, set[Any]] = defaultdict(set)
        self._results: OrderedDict[Hashable, list[Record]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records.values())

    def __contains__(self, key: object) -> bool:
        return key in self._records

    def get(self, key: Any) -> Record | None:
        """The record of that id."""
        return self._records.get(key)

    def some(self, keys: Iterable[Any]) -> list[Record]:
        """The records of those ids that exist."""
        return [self._records[key] for key in dict.fromkeys(keys) if key in self._records]

    def sharing(self, index_key: Hashable) -> set[Any]:
        """Ids of all records with that index key."""
        return self._index.get(index_key, set())

    def add(self, record: Record) -> Record:
        """Adds a record or replaces the one of the same id."""
        key = record.get(self.key)
        if key in self._records:
            self._unindex(key, self._records[key])
        self._records[key] = record
        self._enter(key, record)
        self._results.clear()
        return record

    def change(self, key: Any, fields: Mapping[str, Any]) -> Record:
        """Sets fields of a record."""
        record = self._records[key]
        self._unindex(key, record)
        record.own.update(fields)
        self._enter(key, record)
        self._results.clear()
        return record

    def unset(self, key: Any, fields: Iterable[str]) -> None:
        """Takes fields away from a record, those it shares with its siblings as well."""
        record = self._records[key]
        gone = set(fields)
        record.own = {name: value for name, value in record.own.items() if name not in gone}
        if gone & record.shared.keys():
            record.shared = {name: value for name, value in record.shared.items() if name not in gone}
        self._results.clear()

    def remove(self, key: Any) -> Record | None:
        """Takes a record out."""
        record = self._records.pop(key, None)
        if record is not None:
            self._unindex(key, record)
            self._results.clear()
        return record

    def clear(self) -> None:
        """Takes all records out."""
        self._records.clear()
        self._index.clear()
        self._results.clear()

    def result(self, query: Hashable, make: Callable[[], list[Record]]) -> list[Record]:
        """The ordered result of a query, computed once until the collection changes."""
        found = self._results.get(query)
        if found is None:
            found = self._results[query] = make()
            if len(self._results) > REMEMBERED_QUERIES:
                self._results.popitem(last=False)
        else:
            self._results.move_to_end(query)
        return found

    def _enter(self, key: Any, record: Record) -> None:
        if self._index_of is not None:
            self._index[self._index_of(record)].add(key)

    def _unindex(self, key: Any, record: Record) -> None:
        if self._index_of is not None:
            index_key = self._index_of(record)
            self._index[index_key].discard(key)
            if not self._index[index_key]:
                del self._index[index_key]
