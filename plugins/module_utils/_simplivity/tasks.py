# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""SimpliVity's tasks (simplivity.md 3): a long id, three states, and the error text under one of two names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core import tasks as core
from .._core.clock import Deadline
from .._core.errors import Failure
from .._core.filters import checked_ids
from .._core.listing import Listing
from .._core.tasks import Task
from .._core.text import clean
from .._core.transport import path_segment
from .client import SimplivityClient

OUTCOMES = {"IN_PROGRESS": core.PENDING, "COMPLETED": core.SUCCESS, "FAILED": core.FAILURE}


def serialize(data: Mapping[str, Any]) -> dict[str, Any]:
    """A task as every module returns it: the API's fields, the error text always as `error_message`
    (it is `message` up to API 1.11, simplivity.md 3)."""
    task = {key: value for key, value in data.items() if key != "message"}
    task["error_message"] = data.get("error_message") or data.get("message") or ""
    return task


def as_task(data: Any, client: SimplivityClient, path: str, wanted: str | None = None) -> Task:
    """The task of an answer. wanted: the id asked for. Raises a Failure of kind bad_response for anything else."""
    found = data.get("task") if isinstance(data, dict) else None
    if not isinstance(found, dict) or not isinstance(found.get("id"), str) or not found["id"]:
        raise client.bad_response("an answer without a task and its id", "GET" if wanted else "POST", path)
    if wanted is not None and found["id"] != wanted:
        raise client.bad_response("a task other than the one asked for", "GET", path)
    state = found.get("state")
    name = state.strip().upper() if isinstance(state, str) else ""
    raw_code = found.get("error_code")
    code = str(raw_code) if isinstance(raw_code, (int, str)) and raw_code not in (0, "0", "") else None
    outcome = OUTCOMES.get(name, core.UNKNOWN)
    redact = client.runtime.redact
    return Task(
        id=found["id"],
        # secrets are taken out before anything is cut, or the half of one would be left
        state=redact(state) if isinstance(state, str) and state else "none",
        # one that completed with an error has not done all of its work (reliability.md F6)
        outcome=core.FAILURE if outcome == core.SUCCESS and code else outcome,
        reason=clean(redact(str(found.get("error_message") or found.get("message") or "")), 300),
        code=code,
        data=serialize(found),
        module="svt_task_info",
    )


def read(client: SimplivityClient, task_id: str, deadline: Deadline | None = None, first: bool = False) -> Task | None:
    """The task now; None when the controller does not know it. first: no task was ever read from this controller, so
    that a 404 without a word about an object may mean that it does not know the address."""
    path = f"/tasks/{path_segment(task_id)}"
    try:
        body = client.get(path, deadline=deadline)
    except Failure as failure:
        if failure.kind == "not_found" and (failure.detail or not first):
            return None
        raise
    return as_task(body, client, path, task_id)


class Tasks:
    """Tasks by id: there is no list of them (simplivity.md 2.7)."""

    key = "tasks"

    def argument_spec(self) -> dict[str, Any]:
        return {"id": {"type": "list", "elements": "str", "required": True}}

    def query(self, params: Mapping[str, Any], now: float) -> Sequence[str]:
        return checked_ids("id", params["id"], in_address=True, if_empty="give the id of a task at least, or skip this")

    def read(self, client: SimplivityClient, query: Sequence[str]) -> Listing:
        """The tasks that the controller knows, in the order of their ids."""
        found = [task for task in (read(client, id, first=True) for id in query) if task is not None]
        return Listing([task.data for task in found], len(found), False)

    def task(self, data: Mapping[str, Any], client: SimplivityClient) -> Task:
        """A task that was read, seen as one that can be waited for."""
        return as_task({"task": data}, client, "/tasks")

    def look(
        self, client: SimplivityClient, query: Sequence[str], ids: Sequence[str], deadline: Deadline
    ) -> Mapping[str, Task]:
        """These tasks now; the unknown ones are left out."""
        found = {id: read(client, id, deadline) for id in ids}
        return {id: task for id, task in found.items() if task is not None}

    def is_success(self, task: Task, params: Mapping[str, Any]) -> bool:
        return task.outcome == core.SUCCESS


TASKS = Tasks()
