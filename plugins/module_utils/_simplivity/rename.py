# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Renaming backups: which ones, whether the plan can work, in what order, and how one is carried out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from .._core.clock import Deadline
from .._core.errors import Failure, bad_input
from .._core.filters import checked_ids
from .._core.outcome import Planned
from .._core.schedule import Schedule, at_once
from .._core.tasks import Task
from .._core.text import is_encodable, listed, quoted
from .._core.transport import path_segment
from . import tasks
from .client import SimplivityClient
from .many import Again, Backup, Known, Scope, find_named, is_fatal, machine, read_backup

_SCOPE = ("virtual_machine_id", "virtual_machine_name", "omnistack_cluster_name")
_LONGEST_NAME = 255
# what ansible-core puts in the place of a secret, inside a text and for a whole one (reliability.md H14, K8)
_MASKED = re.compile(r"\*{8}|VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
_SHOWN_CANDIDATES = 20


class Wanted(NamedTuple):
    """One rename as the user wrote it. where: how messages point at its options: ``, or `renames[3].`."""

    where: str
    id: str | None
    name: str | None
    scope: tuple[tuple[str, str], ...]
    new_name: str

    @property
    def position(self) -> str:
        return self.where.rstrip(".")

    @property
    def label(self) -> str:
        if self.id:
            return f"backup {quoted(self.id)}"
        scope = "".join(f", {option} {quoted(value)}" for option, value in self.scope)
        return f"backup {quoted(self.name)}{scope}"


def _entry_spec() -> dict[str, Any]:
    return {
        "id": {"type": "str"},
        "name": {"type": "str"},
        **{option: {"type": "str"} for option in _SCOPE},
        "new_name": {"type": "str"},
    }


def argument_spec() -> dict[str, Any]:
    """The options that say which backups get which names."""
    entry = _entry_spec()
    entry["new_name"]["required"] = True
    rules = {
        "required_one_of": [["id", "name"]],
        "mutually_exclusive": [["id", option] for option in ("name", *_SCOPE)],
    }
    return {
        **_entry_spec(),
        "renames": {"type": "list", "elements": "dict", "options": entry, **rules},
    }


RULES: dict[str, Any] = {
    "required_one_of": [["id", "name", "renames"]],
    "mutually_exclusive": [
        ["id", "name", "renames"],
        ["new_name", "renames"],
        *(["id", option] for option in _SCOPE),
        *(["renames", option] for option in _SCOPE),
    ],
    "required_by": {"id": ["new_name"], "name": ["new_name"]},
}


class RenameBackups:
    """The change that svt_backup_rename makes, for the change shape."""

    key = "backup"
    done = "renamed"

    def argument_spec(self) -> dict[str, Any]:
        return argument_spec()

    def wanted(self, params: Mapping[str, Any]) -> list[Wanted]:
        """The renames asked for, checked among themselves. Raises a Failure of kind input; nothing is sent."""
        if params["renames"] is None:
            return [_wanted("", params)]
        if not params["renames"]:
            raise bad_input("renames: the list is empty; give at least one rename, or skip the task")
        found = [_wanted(f"renames[{number}].", entry) for number, entry in enumerate(params["renames"])]
        _refuse_repeats(found)
        return found

    def plan(self, client: SimplivityClient, wanted: Sequence[Wanted], schedule: Schedule) -> list[Planned]:
        """What each rename comes to, in the order of `wanted`: nothing to do, a change, or a failure.

        Reads only. Raises a Failure when the plan as a whole cannot work.
        """
        known = Known(client, schedule, len(wanted))
        known.expect(
            [item.id for item in wanted if item.id], [(item.scope, str(item.name)) for item in wanted if not item.id]
        )
        found = schedule.run_all([at_once(_catching(_resolve, known, item)) for item in wanted])
        _refuse_same_backup(wanted, found)
        todo = [
            number
            for number, item in enumerate(found)
            if not isinstance(item, Failure) and _differs(item, wanted[number])
        ]
        _refuse_same_name(wanted, found, todo)
        known.expect((), [(machine(found[number]), wanted[number].new_name) for number in todo])
        holders = schedule.run_all(
            [at_once(_catching(_holders, known.named, found[n], wanted[n].new_name)) for n in todo]
        )
        held = dict(zip(todo, holders))
        places = {found[number]["id"]: number for number in todo}
        again = known.again()
        return [
            _planned(client, again, item, found[number], held.get(number, ()), places)
            for number, item in enumerate(wanted)
        ]

    def replan(self, client: SimplivityClient, change: Planned, found: Backup) -> Planned:
        """The same rename of a backup that bears another name by now. Reads only."""
        anew = _change(client, found, change.about["new_name"])
        if anew.is_done:
            return anew
        try:
            holders = [other["id"] for other in _holders(partial(find_named, client), found, anew.about["new_name"])]
        except Failure as failure:
            return anew._replace(operation=None, failure=failure)
        if holders:
            label = f"backup {quoted(found['id'])}"
            return anew._replace(operation=None, failure=_taken(label, found, anew.about["new_name"], holders))
        return anew


def _wanted(where: str, entry: Mapping[str, Any]) -> Wanted:
    if entry.get("id") is None and entry.get("name") is None:
        raise bad_input(f"{where}id: is null, and no name is given; give one of them")
    for option in ("id", "name", *_SCOPE, "new_name"):
        value = entry.get(option)
        if value is None:
            continue
        if not value.strip():
            raise bad_input(f"{where}{option}: is empty; give it or leave it out")
        if not is_encodable(value):
            raise bad_input(f"{where}{option}: holds a character that cannot be sent as UTF-8; correct it")
        if option.endswith("id"):
            checked_ids(where + option, [value], in_address=option == "id")
    new_name = entry["new_name"]
    if re.search(r"[\x00-\x1f\x7f]", new_name):
        raise bad_input(f"{where}new_name: {quoted(new_name)} holds a control character; remove it")
    if _MASKED.search(new_name):
        raise bad_input(
            f"{where}new_name: {quoted(new_name)} holds the mask by which Ansible hides a secret, so it was made of a "
            "result in which a name holds the secret; use a longer password, or write the name out"
        )
    if len(new_name) > _LONGEST_NAME:
        raise bad_input(f"{where}new_name: has {len(new_name)} characters; use at most {_LONGEST_NAME}")
    scope = tuple((option, entry[option]) for option in _SCOPE if entry.get(option) is not None)
    return Wanted(where, entry.get("id"), entry.get("name"), scope, new_name)


def _refuse_repeats(found: Sequence[Wanted]) -> None:
    """What can be seen without asking the server: one backup twice, or one name twice for backups of one VM."""
    backups: dict[Any, Wanted] = {}
    names: dict[Any, Wanted] = {}
    for item in found:
        backup = item.id or (item.name, item.scope)
        if backup in backups:
            raise bad_input(
                f"{item.position}: {item.label} is named twice, in {backups[backup].position} too; keep one of them"
            )
        backups[backup] = item
        if any(option.startswith("virtual_machine") for option, _value in item.scope):
            name = (item.scope, item.new_name)
            if name in names:
                raise bad_input(
                    f"{item.where}new_name: {quoted(item.new_name)} is given to two backups of one virtual machine, in "
                    f"{names[name].position} too; give each its own name"
                )
            names[name] = item


def _catching(call: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    def caught() -> Any:
        try:
            return call(*args)
        except Failure as failure:
            if is_fatal(failure):
                raise
            return failure

    return caught


def _differs(backup: Backup, wanted: Wanted) -> bool:
    return bool(backup["name"] != wanted.new_name)


def _resolve(known: Known, wanted: Wanted) -> Backup:
    """The one backup that is meant. One that already bears the new name is it too, when the old name is gone."""
    if wanted.id:
        backup = known.one(wanted.id)
        if backup is None:
            raise Failure("not_found", f"{wanted.label} does not exist; list the ids with svt_backup_info", sent=False)
        return backup
    found = known.named(wanted.scope, str(wanted.name))
    if not found:
        renamed = known.named(wanted.scope, wanted.new_name)
        if len(renamed) == 1:
            return renamed[0]
        if renamed:
            raise _ambiguous(
                f"{wanted.label} does not exist, and {len(renamed)} backups already bear the new name", renamed
            )
        raise Failure("not_found", f"{wanted.label} does not exist; list the names with svt_backup_info", sent=False)
    if len(found) > 1:
        raise _ambiguous(f"{wanted.label} means {len(found)} backups", found)
    return found[0]


def _ambiguous(what: str, found: Sequence[Backup]) -> Failure:
    shown = [
        {key: backup.get(key) for key in ("id", "name", "virtual_machine_name", "omnistack_cluster_name", "created_at")}
        for backup in found[:_SHOWN_CANDIDATES]
    ]
    return Failure(
        "ambiguous",
        f"{what} (ids {listed(backup['id'] for backup in found)}); give the id, or narrow it with "
        "virtual_machine_name, virtual_machine_id or omnistack_cluster_name",
        sent=False,
        result={"candidates": shown},
    )


def _refuse_same_backup(wanted: Sequence[Wanted], found: Sequence[Any]) -> None:
    seen: dict[str, Wanted] = {}
    for item, backup in zip(wanted, found):
        if isinstance(backup, Failure):
            continue
        if backup["id"] in seen:
            raise bad_input(
                f"renames: {seen[backup['id']].label} and {item.label} are the same backup {quoted(backup['id'])}; "
                "keep one of them"
            )
        seen[backup["id"]] = item


def _place(backup: Backup) -> tuple[Any, Any, Any]:
    """Where a name must be unique: copies of a backup on other clusters and stores bear the same name."""
    return (
        backup.get("virtual_machine_id"),
        backup.get("omnistack_cluster_id"),
        backup.get("external_store_name") or "",
    )


def _refuse_same_name(wanted: Sequence[Wanted], found: Sequence[Any], todo: Sequence[int]) -> None:
    seen: dict[Any, Wanted] = {}
    for number in todo:
        key = (_place(found[number]), wanted[number].new_name)
        if key in seen:
            raise bad_input(
                f"renames: {seen[key].label} and {wanted[number].label} belong to virtual machine "
                f"{quoted(found[number].get('virtual_machine_name'))} and would both be named "
                f"{quoted(wanted[number].new_name)}; give each its own name"
            )
        seen[key] = wanted[number]


def _holders(named: Callable[[Scope, str], Sequence[Backup]], backup: Backup, new_name: str) -> Sequence[Backup]:
    """The other backups that bear the new name where it must be unique."""
    found = named(machine(backup), new_name)
    return [other for other in found if other["id"] != backup["id"] and _place(other) == _place(backup)]


def _planned(
    client: SimplivityClient,
    again: Again,
    item: Wanted,
    backup: Any,
    holders: Any,
    places: Mapping[str, int],
) -> Planned:
    """What one rename comes to. holders: of the new name now. places: in the plan, of those that it renames, by id."""
    if isinstance(backup, Failure):
        return Planned({"id": item.id, "old_name": item.name, "new_name": item.new_name}, failure=backup)
    change = _change(client, backup, item.new_name, again)
    if isinstance(holders, Failure):
        return change._replace(operation=None, failure=holders)
    taken = [other["id"] for other in holders if other["id"] not in places]
    if taken:
        return change._replace(operation=None, failure=_taken(item.label, backup, item.new_name, taken))
    return change._replace(after=tuple(places[other["id"]] for other in holders))


def _change(client: SimplivityClient, backup: Backup, new_name: str, again: Again | None = None) -> Planned:
    about = {
        "id": backup["id"],
        "old_name": backup["name"],
        "new_name": new_name,
        "virtual_machine_name": backup.get("virtual_machine_name"),
    }
    return Planned(about, object=backup, operation=Rename(client, backup, new_name, again))


def _taken(label: str, backup: Backup, new_name: str, holders: Sequence[str]) -> Failure:
    return Failure(
        "conflict",
        f"{label}: virtual machine {quoted(backup.get('virtual_machine_name'))} already has a backup named "
        f"{quoted(new_name)} (id {listed(holders)}); choose another name",
        sent=False,
    )


class Rename:
    """POST /backups/{id}/rename (simplivity.md 2.1). again: reads many of a plan at a time, when it is of one."""

    def __init__(self, client: SimplivityClient, backup: Backup, new_name: str, again: Again | None = None) -> None:
        self._client = client
        self._backup = backup
        self._again = again
        self._id: str = backup["id"]
        self._old_name: str = backup["name"]
        # other systems may hold a backup with the same id, as a federation restored from another does
        self.target = f"{client.transport.base_url.lower()}/backups/{self._id}"
        self.wanted = new_name
        self.result: Backup = {**backup, "name": new_name}
        self.subject = f"rename of backup {quoted(self._old_name)} (id {quoted(self._id)}) to {quoted(new_name)}"
        self.aim = f"a rename to {quoted(new_name)}"

    def to(self, wanted: str) -> Rename:
        return Rename(self._client, self._backup, wanted)

    def submit(self, deadline: Deadline) -> Task | None:
        path = f"/backups/{path_segment(self._id)}/rename"
        answer = self._client.post_json(path, {"backup_name": self.wanted}, deadline)
        if answer is None:
            return None
        try:
            return tasks.as_task(answer, self._client, path)
        except Failure:
            if isinstance(answer, dict) and isinstance(answer.get("task"), dict):
                return None  # it was taken, and which task that is was not said
            raise

    def look(self, task_id: str, deadline: Deadline) -> Task | None:
        return tasks.read(self._client, task_id, deadline)

    def read(self, deadline: Deadline) -> Backup | None:
        return read_backup(self._client, self._id, deadline)

    def read_many(self, operations: Sequence[Any], deadline: Deadline) -> Mapping[str, Backup]:
        if self._again is None:
            return {}
        found = self._again([operation._backup for operation in operations], deadline)
        return {one.target: found[one._id] for one in operations if one._id in found}

    def is_gone(self, deadline: Deadline) -> bool:
        if "," in self._id:
            return False  # the server would take it for two (simplivity.md 4.5)
        body = self._client.get("/backups", [("id", self._id), ("limit", "1")], deadline)
        return isinstance(body, dict) and body.get("backups") == [] and body.get("count") == 0

    def is_applied(self, found: Backup) -> bool:
        return bool(found["name"] == self.wanted)

    def is_expected(self, found: Backup) -> bool:
        return bool(found["name"] == self._old_name)


RENAME_BACKUPS = RenameBackups()
