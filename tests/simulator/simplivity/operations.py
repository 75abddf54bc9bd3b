# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes on backups: what is checked before there is a task, and what it does (simplivity.md 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from ..clock import iso_seconds, parse_iso
from ..ledger import Ledger
from ..store import Record
from . import errors
from .state import SimplivityState
from .tasks import Failure, Task, Work

DUPLICATE = (13, "Duplicate name exists.")
NEVER = "NA"


@dataclass(frozen=True)
class Caller:
    """Who asks: the number of the request in the ledger, and the token."""

    n: int
    token: str


class Operations:
    """Accepts changes on backups."""

    def __init__(self, state: SimplivityState, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger

    def rename(self, backup_id: str, body: Mapping[str, Any], caller: Caller) -> Task:
        """POST /backups/{id}/rename."""
        new_name = _text(body, "backup_name")
        backup = self._backup(backup_id)
        old_name = backup.get("name")
        if self._state.settings.duplicate_name == "400" and self._is_taken(backup_id, new_name):
            raise errors.refused(*DUPLICATE)

        def check() -> Failure | None:
            if backup_id not in self._state.backups:
                return Failure(1, f"Object type: backup id: {backup_id} could not be found")
            if self._state.settings.duplicate_name == "task" and self._is_taken(backup_id, new_name):
                return Failure(*DUPLICATE)
            return None

        def apply(_due: float) -> None:
            if backup_id in self._state.backups:
                self._state.backups.change(backup_id, {"name": new_name})

        facts = {"backup_id": backup_id, "old_name": old_name, "new_name": new_name}
        return self._start("rename", [backup_id], apply, caller, facts, check)

    def lock(self, backup_id: str, caller: Caller) -> Task:
        """POST /backups/{id}/lock: the backup never expires."""
        self._backup(backup_id)

        def apply(_due: float) -> None:
            if backup_id in self._state.backups:
                self._state.backups.change(backup_id, {"expiration_time": NEVER})

        return self._start("lock", [backup_id], apply, caller, {"backup_id": backup_id})

    def set_retention(self, body: Mapping[str, Any], caller: Caller) -> Task | list[Record]:
        """POST /backups/set_retention: a task, or the backups that it would delete and nothing done."""
        backups = self._backups(body)
        minutes = body.get("retention")
        if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes < 0:
            raise errors.invalid_body("retention is required and is a number of minutes")
        forever = body.get("forever") is True or minutes == 0
        now = iso_seconds(self._state.clock.wall())
        ends = {row.get("id"): NEVER if forever else _later(row.get("created_at"), minutes) for row in backups}
        doomed = [row for row in backups if ends[row.get("id")] != NEVER and ends[row.get("id")] <= now]
        if doomed and body.get("force") is not True:
            return doomed

        def apply(_due: float) -> None:
            for backup_id, end in ends.items():
                if end != NEVER and end <= now:
                    self._state.backups.remove(backup_id)
                elif backup_id in self._state.backups:
                    self._state.backups.change(backup_id, {"expiration_time": end})

        return self._start("set_retention", list(ends), apply, caller, {"backup_id": list(ends), "ends": ends})

    def delete(self, ids: list[str], caller: Caller) -> Task:
        """POST /backups/delete and DELETE /backups/{id}: one task for all ids."""
        for backup_id in ids:
            self._backup(backup_id)

        def apply(_due: float) -> None:
            for backup_id in ids:
                self._state.backups.remove(backup_id)

        return self._start("delete", ids, apply, caller, {"backup_id": ids})

    def delete_many(self, body: Mapping[str, Any], caller: Caller) -> Task:
        """POST /backups/delete."""
        return self.delete([row.get("id") for row in self._backups(body)], caller)

    def _start(
        self,
        operation: str,
        ids: list[str],
        apply: Any,
        caller: Caller,
        facts: dict[str, Any],
        check: Any = lambda: None,
    ) -> Task:
        affected = [{"object_type": "backup", "object_id": backup_id} for backup_id in ids]
        task = self._state.tasks.start(Work(operation, affected, apply, check))
        self._ledger.accept(
            {
                "n": caller.n,
                "api": "simplivity",
                "operation": operation,
                "task_id": task.id,
                "token": caller.token,
                "at": task.started,
                **facts,
            }
        )
        return task

    def _backup(self, backup_id: str) -> Record:
        backup = self._state.backups.get(backup_id)
        if backup is None:
            raise errors.not_found("backup", backup_id)
        return backup

    def _backups(self, body: Mapping[str, Any]) -> list[Record]:
        ids = body.get("backup_id")
        if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
            raise errors.invalid_body("backup_id is required and is a list of ids")
        return [self._backup(backup_id) for backup_id in dict.fromkeys(ids)]

    def _is_taken(self, backup_id: str, name: str) -> bool:
        """Whether another backup of the same machine bears that name."""
        backup = self._backup(backup_id)
        return bool(self._state.backups.sharing((backup.get("virtual_machine_id"), name)) - {backup_id})


def read_body(content: bytes) -> Mapping[str, Any]:
    """The JSON object of a request."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise errors.invalid_body("The request body could not be read") from None
    if not isinstance(body, dict):
        raise errors.invalid_body("The request body is not an object")
    return body


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise errors.invalid_body(f"{key} is required and is a text")
    if not value:
        raise errors.invalid_parameter(f"{key} must not be empty")
    return value


def _later(created_at: str, minutes: int) -> str:
    return iso_seconds((parse_iso(created_at) + timedelta(minutes=minutes)).timestamp())
