# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Modules that read: a list with its filters, or tasks by their ids, waited for when that is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from .._core import list_results, output_file, wait_options
from .._core.clock import Deadline
from .._core.errors import Failure
from .._core.listing import Listing
from .._core.progress import Progress
from .._core.tasks import PENDING, Task, Waiting, ended_badly, follow_all, not_ended
from .._core.text import listed, quoted
from .host import BackEnd, Host, Shape


class Readable(Protocol):
    """A list of a back end. key: its name in the result."""

    @property
    def key(self) -> str:
        """The result's key."""

    @property
    def counted(self) -> Mapping[str, str]:
        """What a summary counts: names in the result, and the paths of the fields."""

    def query(self, params: Mapping[str, Any], now: float) -> Any:
        """The checked question. now: Unix seconds."""

    def read(self, client: Any, query: Any) -> Listing:
        """What matches."""


class Awaitable(Readable, Protocol):
    """A list whose objects are tasks, so that they can be waited for."""

    def task(self, data: Mapping[str, Any], client: Any) -> Task:
        """An object that was read, as a task."""

    def look(self, client: Any, query: Any, ids: Sequence[str], deadline: Deadline) -> Mapping[str, Task]:
        """These tasks now; the unknown ones are left out."""

    def is_success(self, task: Task, params: Mapping[str, Any]) -> bool:
        """Whether a task that ended, ended as the user wants it."""


def read_list(resource: Readable) -> Shape:
    """The shape of an info module."""

    def shape(host: Host, back_end: BackEnd) -> dict[str, Any]:
        output_file.checked(host.params)
        query = resource.query(host.params, host.runtime.clock.wall())
        with back_end.connect(host.params, host.runtime) as client:
            return _result(host, resource, resource.read(client, query))

    return shape


def read_tasks(resource: Awaitable) -> Shape:
    """The shape of an info module whose objects are tasks: with `wait` it returns when all have ended well."""

    def shape(host: Host, back_end: BackEnd) -> dict[str, Any]:
        output_file.checked(host.params)
        waiting = wait_options.waiting(host.params)
        query = resource.query(host.params, host.runtime.clock.wall())
        with back_end.connect(host.params, host.runtime) as client:
            listing = resource.read(client, query)
            if not waiting.wait:
                return _result(host, resource, listing)
            tasks = _ended(host, resource, client, query, listing, waiting)
        failure = _not_well(host, resource, tasks, waiting)
        seen = listing._replace(objects=[task.data for task in tasks], matching=len(tasks))
        try:
            result = _result(host, resource, seen)
        except Failure as unwritten:
            if failure is None:
                raise
            # what became of the tasks matters more than the file
            failure.message += f"; {unwritten.message}"
            result = {"count": seen.matching, "truncated": seen.truncated}
        if failure is None:
            return result
        failure.result = result
        raise failure

    return shape


def _result(host: Host, resource: Readable, listing: Listing) -> dict[str, Any]:
    if listing.warning:
        host.runtime.warn(listing.warning)
    things = {resource.key: list(listing.objects)}
    facts: dict[str, Any] = {"count": listing.matching, "truncated": listing.truncated}
    path = host.params.get("output_file")
    is_summary = host.params.get("summary")
    changed = False
    if path is not None:
        changed = _written(host, path, {**things, **facts})
        facts["output_file"] = path
    if is_summary:
        facts["summary"] = list_results.summary(listing.objects, resource.counted)
    return {"changed": changed, **({} if is_summary or path is not None else things), **facts}


def _written(host: Host, path: str, document: Mapping[str, Any]) -> bool:
    """Whether the file had to be written, or would have to be."""
    text = host.as_json(document) + "\n"
    if output_file.is_written(path, text):
        return False
    if not host.check_mode:
        output_file.write(path, text)
    return True


def _ended(host: Host, resource: Awaitable, client: Any, query: Any, listing: Listing, waiting: Waiting) -> list[Task]:
    """The tasks as they were seen last: those of the listing, and those asked for by id that it lacks, which may be
    visible only a moment later."""
    tasks = {task.id: task for task in (resource.task(data, client) for data in listing.objects)}
    asked = list(dict.fromkeys(host.params["id"] or ())) if not listing.truncated else []
    follow = [
        id
        for id in (*tasks, *(id for id in asked if id not in tasks))
        if id not in tasks or tasks[id].outcome == PENDING
    ]
    clock, total = host.runtime.clock, len({*tasks, *follow})
    what = f"task {quoted(follow[0])}" if total == 1 and follow else ""
    with Progress(host.runtime.progress, clock, total, "done", what) as progress:

        def watch(task: Task) -> None:
            if task.outcome == PENDING:
                progress.saw(task)
            else:
                progress.ended(not resource.is_success(task, host.params), task.id)

        if follow:
            for task in tasks.values():
                watch(task)
        waiting = waiting._replace(watch=watch)
        tasks.update(follow_all(follow, lambda ids, limit: resource.look(client, query, ids, limit), waiting, clock))
    missing = [id for id in asked if id not in tasks]
    if missing:
        raise Failure(
            "not_found",
            f"id: the server does not know task {listed(missing)}, so what became of it is not known; "
            "check the id, or look at the object that the task was to change",
        )
    return list(tasks.values())


def _not_well(host: Host, resource: Awaitable, tasks: Sequence[Task], waiting: Waiting) -> Failure | None:
    """What to say of tasks that have not all ended well; None when they have."""
    pending = [task for task in tasks if task.outcome == PENDING]
    bad = [task for task in tasks if task.outcome != PENDING and not resource.is_success(task, host.params)]
    unfinished = not_ended(pending, waiting) if pending else None
    if not bad:
        return unfinished
    failure = ended_badly(bad[0], f"{len(bad)} of {len(tasks)} tasks", submitted=False)
    if unfinished is not None:
        failure.message += f"; {unfinished.message}"
    if len(bad) > 1:
        failure.message += f"; ended badly as well: {listed(f'{task.id} {task.state}' for task in bad[1:])}"
    return failure
