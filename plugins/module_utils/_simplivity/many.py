# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Reading backups that are to be changed: one, those of a name, or many by few requests.

A Management Virtual Appliance takes lists of ids and names. A Virtual Controller takes one value at a time
(simplivity.md 4.6): of it a whole list is read, of all backups or of a machine's, where that costs less than to ask for
each. Lists only save requests: what they do not show is asked for by itself.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from .._core.clock import Deadline
from .._core.errors import Failure
from .._core.filters import Condition, checked_texts
from .._core.schedule import Schedule, at_once
from .._core.tasks import MANY
from .._core.transport import path_segment
from .backups import BACKUPS
from .client import SimplivityClient
from .resource import PAGE_SIZE, Query, unchanged_or_raise

T = TypeVar("T")
Backup = Mapping[str, Any]
# Filters with their values, and a name that is asked for within them.
Scope = tuple[tuple[str, str], ...]
Question = tuple[Scope, str]

_IDS_A_QUERY, _NAMES_A_QUERY = 100, 50  # far below the limit of a request line
_SEVERAL = 4  # names in one machine for which it is worth asking how many backups it has
_WORTH_A_REQUEST = 25  # backups in a page: carrying them costs about what one more request does
_ALL: Scope = ()


def read_backup(client: SimplivityClient, id: str, deadline: Deadline | None = None) -> Backup | None:
    """The backup now; None when the controller does not have it."""
    path = f"/backups/{path_segment(id)}"
    backup = client.get_object(path, "backup", deadline)
    if backup is not None and (backup.get("id") != id or not isinstance(backup.get("name"), str)):
        raise client.bad_response("another backup than the one asked for, or one without a name", "GET", path)
    return backup


def find_backups(client: SimplivityClient, **filters: Sequence[str]) -> Sequence[Backup]:
    """The backups whose fields equal one of these values each."""
    conditions = [
        # what the server itself has given is asked for as it is
        Condition(filter, checked_texts(filter.option, filters[filter.option]))
        for filter in BACKUPS.filters
        if filter.option in filters
    ]
    query = Query(conditions, (), "name", False, None, PAGE_SIZE, case_sensitive=True)
    return unchanged_or_raise(BACKUPS.read(client, query))


def find_named(client: SimplivityClient, scope: Scope, name: str) -> Sequence[Backup]:
    """The backups of a name within the filters."""
    return find_backups(client, name=[name], **{option: [value] for option, value in scope})


def machine(backup: Backup) -> Scope:
    """The filter for the backups of the same virtual machine; none for a backup without one."""
    id = backup.get("virtual_machine_id")
    return (("virtual_machine_id", str(id)),) if id else _ALL


def or_none(call: Callable[[], T]) -> T | None:
    """What the call returns; None when it failed in a way that another request may not."""
    try:
        return call()
    except Failure as failure:
        if is_fatal(failure):
            raise
        return None


def is_fatal(failure: Failure) -> bool:
    """Whether every other request would fail the same way."""
    return failure.kind in ("auth", "connect", "tls")


class Known:
    """The backups that a plan asks for. number: of the changes in it."""

    def __init__(self, client: SimplivityClient, schedule: Schedule, number: int) -> None:
        self._client = client
        self._schedule = schedule
        self._few = number < MANY
        self._lists_taken = False
        self._expected: set[str] = set()
        self._by_id: dict[str, Backup] = {}
        self._by_name: dict[Question, list[Backup]] = {}
        self._whole: dict[Scope, list[Backup] | None] = {}  # None: not worth it
        self._names: dict[Scope, Mapping[str, Sequence[Backup]]] = {}
        self._trust = 2  # in finding more backups that are asked for beside one of them
        self._lock = threading.Lock()

    def expect(self, ids: Sequence[str], questions: Sequence[Question]) -> None:
        """These will be asked for: read them ahead, as far as few requests do it."""
        if self._few or not (ids or questions):
            return
        self._expected.update(ids)
        self._lists_taken = bool(or_none(self._client.takes_lists))
        if self._lists_taken:
            self._read_ids(ids)
            self._read_names(questions)
        elif self._all_of(_ALL, len(ids) + len(questions)) is None:
            for scope, count in Counter(scope for scope, _name in questions if _is_plain(scope)).items():
                if count >= _SEVERAL:
                    self._all_of(scope, count)

    def one(self, id: str) -> Backup | None:
        """A backup; None when the controller does not have it."""
        if id in self._by_id:
            return self._by_id[id]
        backup = read_backup(self._client, id)
        if backup is not None and not (self._few or self._lists_taken or self._whole.get(_ALL)):
            self._look_beside(backup)
        return backup

    def named(self, scope: Scope, name: str) -> Sequence[Backup]:
        """The backups of a name within the filters."""
        if (scope, name) in self._by_name:
            return self._by_name[scope, name]
        whole = scope
        if self._whole.get(scope) is None and _is_plain(scope):
            whole = _ALL
        if self._whole.get(whole) is None:
            return find_named(self._client, scope, name)
        return [backup for backup in self._names_of(whole).get(name, ()) if _answers(backup, scope, name)]

    def again(self) -> Again:
        """What reads them again later."""
        sizes = {scope: len(listed) for scope, listed in self._whole.items() if listed is not None}
        sizes.update(Counter(machine(backup) for backup in self._whole.get(_ALL) or () if machine(backup)))
        return Again(self._client, self._lists_taken, sizes)

    def _names_of(self, scope: Scope) -> Mapping[str, Sequence[Backup]]:
        """The backups of a scope that was read as a whole, by name: in a plan of thousands each name is asked for."""
        if scope not in self._names:
            names: dict[str, list[Backup]] = {}
            for backup in self._whole[scope] or ():
                names.setdefault(str(backup.get("name")), []).append(backup)
            self._names[scope] = names
        return self._names[scope]

    def _read_ids(self, ids: Sequence[str]) -> None:
        parts = _parts([id for id in ids if "," not in id], _IDS_A_QUERY)
        for found in self._at_once([partial(find_backups, self._client, id=part) for part in parts]):
            self._keep(found or ())

    def _read_names(self, questions: Sequence[Question]) -> None:
        """Names in scopes of one kind are asked for together: what fits any of them comes, and is told apart here."""
        kinds: dict[tuple[str, ...], list[Question]] = {}
        for scope, name in dict.fromkeys(questions):
            # the server takes `*` for any text, and a comma has to be sent as one
            if _is_plain(scope) and not {",", "*"} & set(name):
                kinds.setdefault(tuple(option for option, _value in scope), []).append((scope, name))
        parts = [part for same in kinds.values() for part in _parts(sorted(same), _NAMES_A_QUERY)]
        for part, found in zip(parts, self._at_once([partial(self._ask_names, part) for part in parts])):
            if found is not None:
                self._by_name.update({one: [backup for backup in found if _answers(backup, *one)] for one in part})

    def _ask_names(self, part: Sequence[Question]) -> Sequence[Backup]:
        filters: dict[str, list[str]] = {"name": [name for _scope, name in part]}
        for scope, _name in part:
            for option, value in scope:
                filters.setdefault(option, []).append(value)
        return find_backups(self._client, **filters)

    def _look_beside(self, backup: Backup) -> None:
        """Read all backups of its machine, for as long as others that are asked for are found among them."""
        with self._lock:
            scope = machine(backup)
            missing = self._expected - self._by_id.keys() - {backup["id"]}
            if scope and missing and self._trust > 0 and scope not in self._whole:
                beside = self._all_of(scope, len(missing)) or ()
                self._trust += sum(other["id"] in missing for other in beside) - 1

    def _all_of(self, scope: Scope, worth: int) -> list[Backup] | None:
        """All backups of a scope; None when so many single requests cost less."""
        if scope not in self._whole:
            self._whole[scope] = or_none(partial(self._read_all, scope, worth))
            self._keep(self._whole[scope] or ())
        return self._whole[scope]

    def _read_all(self, scope: Scope, worth: int) -> list[Backup] | None:
        # of all backups it is asked first how many there are; those of a machine are few
        size = min(PAGE_SIZE, worth * _WORTH_A_REQUEST) if scope else 1
        first, count = _page(self._client, scope, 0, size)
        if cost(count) > worth:
            return None
        calls = [partial(_page, self._client, scope, offset) for offset in range(len(first), count, PAGE_SIZE)]
        rest = [call() for call in calls] if scope else self._schedule.run_all([at_once(call) for call in calls])
        pages = [(first, count), *rest]
        found = {backup["id"]: backup for objects, _count in pages for backup in objects}
        # a list that did not hold still is not good enough to plan with
        return list(found.values()) if {len(found), *(now for _objects, now in pages)} == {count} else None

    def _at_once(self, calls: Sequence[Callable[[], T]]) -> list[T | None]:
        return self._schedule.run_all([at_once(partial(or_none, call)) for call in calls])

    def _keep(self, found: Sequence[Backup]) -> None:
        self._by_id.update((backup["id"], backup) for backup in found if isinstance(backup.get("name"), str))


class Again:
    """Reads backups of a plan again, many at a time. sizes: how many there are in a scope, where that is known."""

    def __init__(self, client: SimplivityClient, takes_lists: bool, sizes: Mapping[Scope, int]) -> None:
        self._client = client
        self._takes_lists = takes_lists
        self._sizes = sizes

    def __call__(self, backups: Sequence[Backup], deadline: Deadline) -> Mapping[str, Backup]:
        """These backups now by id, those that few requests show; the others are left out. Raises a Failure."""
        found: dict[str, Backup] = {}
        for scope, count in self._lists(backups):
            for offset in range(0, count, PAGE_SIZE):
                objects, _count = _page(self._client, scope, offset, deadline=deadline)
                found.update((backup["id"], backup) for backup in objects if isinstance(backup.get("name"), str))
        return found

    def _lists(self, backups: Sequence[Backup]) -> list[tuple[Scope, int]]:
        """The lists that cost less than to read each: their filters and lengths."""
        if self._takes_lists:
            parts = _parts([backup["id"] for backup in backups if "," not in backup["id"]], _IDS_A_QUERY)
            return [((("id", ",".join(part)),), len(part)) for part in parts if len(part) > 1]
        machines = {
            scope: number
            for scope, number in Counter(map(machine, backups)).items()
            if scope in self._sizes and cost(self._sizes[scope]) < number
        }
        one_by_one = len(backups) - sum(machines.values()) + sum(cost(self._sizes[scope]) for scope in machines)
        if _ALL in self._sizes and cost(self._sizes[_ALL]) < one_by_one:
            return [(_ALL, self._sizes[_ALL])]
        return [(scope, self._sizes[scope]) for scope in machines]


def cost(count: int) -> float:
    """What a list of so many backups costs, in requests."""
    return -(-count // PAGE_SIZE) + count / _WORTH_A_REQUEST


def _page(
    client: SimplivityClient, scope: Scope, offset: int, size: int = PAGE_SIZE, deadline: Deadline | None = None
) -> tuple[Sequence[Backup], int]:
    """A page in an order that no rename disturbs, and how many there are."""
    paging = {"sort": "id", "order": "ascending", "case": "sensitive", "limit": str(size), "offset": str(offset)}
    return BACKUPS.page(client, [*scope, *paging.items()], deadline)


def _is_plain(scope: Scope) -> bool:
    """Whether an object shows by its own fields that it is within the scope, and the server reads each value as one: a
    backup in an external store belongs to a cluster that it does not name (simplivity.md 4.6)."""
    return all(option.startswith("virtual_machine_") and "," not in value for option, value in scope)


def _answers(backup: Backup, scope: Scope, name: str) -> bool:
    return backup.get("name") == name and all(backup.get(option) == value for option, value in scope)


def _parts(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
