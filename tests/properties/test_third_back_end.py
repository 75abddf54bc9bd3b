# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A back end that the shapes have never heard of runs through them: info, tasks that are waited for, and changes.

It is a shelf of tapes in memory. What it needs is all in this file: a client, a list, a change.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import tasks as core_tasks
from ansible_collections.safehold.backup.plugins.module_utils._core import wait_options
from ansible_collections.safehold.backup.plugins.module_utils._core.client import Runtime
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure, bad_input
from ansible_collections.safehold.backup.plugins.module_utils._core.listing import Listing
from ansible_collections.safehold.backup.plugins.module_utils._core.outcome import Planned
from ansible_collections.safehold.backup.plugins.module_utils._core.tasks import PENDING, SUCCESS, Task
from ansible_collections.safehold.backup.plugins.module_utils._core.throttle import Throttle
from ansible_collections.safehold.backup.plugins.module_utils._shapes import change, host, info, token


class StoppedClock(Clock):
    """Time passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(0.0, seconds)


class Shelf:
    """The server: tapes by number, and jobs that take a while."""

    def __init__(self) -> None:
        self.labels = {"1": "monday", "2": "tuesday", "3": "friday"}
        self.jobs: dict[str, tuple[float, str, str]] = {}
        self.writes = 0
        self.sessions = 0


class Client:
    """What a back end's `connect` returns."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self.shelf = shelf
        self.clock = clock
        self.throttle = Throttle(1)

    def __enter__(self) -> Client:
        self.shelf.sessions += 1
        return self

    def __exit__(self, *error: object) -> None:
        self.shelf.sessions -= 1

    def can_login(self) -> bool:
        return True

    def issue(self, deadline: Deadline) -> dict[str, Any]:
        return {"access_token": "tape", "expires_in": None}

    def end(self, text: str, deadline: Deadline) -> bool:
        return text == "tape"

    def relabel(self, number: str, label: str) -> Task:
        self.shelf.writes += 1
        self.shelf.jobs[f"job-{number}"] = (self.clock.monotonic() + 3, number, label)
        return self.job(f"job-{number}")

    def job(self, id: str) -> Task:
        due, number, label = self.shelf.jobs[id]
        if self.clock.monotonic() >= due:
            self.shelf.labels[number] = label
            return Task(id, "there", SUCCESS, "", None, {"id": id})
        return Task(id, "on its way", PENDING, "", None, {"id": id})


class BackEnd:
    """The package of a back end, as modules hand it to the shapes."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def argument_spec(self) -> dict[str, Any]:
        return {"shelf": {"type": "str"}}

    def connect(self, params: Mapping[str, Any], runtime: Runtime) -> Client:
        return Client(self.shelf, runtime.clock)


class Tapes:
    key = "tapes"

    def query(self, params: Mapping[str, Any], now: float) -> str:
        if params["label"] == "":
            raise bad_input("label: is empty; leave it out")
        return str(params["label"] or "")

    def read(self, client: Client, query: str) -> Listing:
        found = [{"id": id, "label": label} for id, label in client.shelf.labels.items() if query in label]
        return Listing(found, len(found), False)


class Jobs:
    key = "jobs"

    def query(self, params: Mapping[str, Any], now: float) -> Sequence[str]:
        return list(params["id"])

    def read(self, client: Client, query: Sequence[str]) -> Listing:
        found = [client.job(id).data for id in query if id in client.shelf.jobs]
        return Listing(found, len(found), False)

    def task(self, data: Mapping[str, Any], client: Client) -> Task:
        return client.job(data["id"])

    def look(self, client: Client, query: Any, ids: Sequence[str], deadline: Deadline) -> Mapping[str, Task]:
        return {id: client.job(id) for id in ids if id in client.shelf.jobs}

    def is_success(self, task: Task, params: Mapping[str, Any]) -> bool:
        return task.outcome == SUCCESS


class Relabel:
    def __init__(self, client: Client, number: str, label: str) -> None:
        self.client, self.number, self.label = client, number, label
        self.old = client.shelf.labels[number]
        self.subject = f"label of tape {number}"
        self.aim = f"a label {label}"
        self.target = f"tapes/{number}"
        self.wanted = label
        self.result: Mapping[str, Any] = {"id": number, "label": label}

    def to(self, wanted: str) -> Relabel:
        return Relabel(self.client, self.number, wanted)

    def submit(self, deadline: Deadline) -> Task | None:
        return self.client.relabel(self.number, self.label)

    def look(self, task_id: str, deadline: Deadline) -> Task | None:
        return self.client.job(task_id)

    def read(self, deadline: Deadline) -> Mapping[str, Any] | None:
        return {"id": self.number, "label": self.client.shelf.labels[self.number]}

    def is_applied(self, found: Mapping[str, Any]) -> bool:
        return bool(found["label"] == self.label)

    def is_expected(self, found: Mapping[str, Any]) -> bool:
        return bool(found["label"] == self.old)


class Labels:
    key = "tape"
    done = "relabelled"

    def argument_spec(self) -> dict[str, Any]:
        return {"tape": {"type": "str"}, "label": {"type": "str"}, "labels": {"type": "list", "elements": "dict"}}

    def wanted(self, params: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        if params["labels"] is None:
            return [(params["tape"], params["label"])]
        return [(one["tape"], one["label"]) for one in params["labels"]]

    def plan(self, client: Client, wanted: Sequence[tuple[str, str]], schedule: Any) -> Sequence[Planned]:
        planned = []
        for number, label in wanted:
            about = {"id": number, "new_label": label}
            if number not in client.shelf.labels:
                failure = Failure("not_found", f"tape {number} is not there", sent=False)
                planned.append(Planned(about, failure=failure))
                continue
            now = {"id": number, "label": client.shelf.labels[number]}
            planned.append(Planned(about, now, Relabel(client, number, label)))
        return planned

    def replan(self, client: Client, change: Planned, found: Mapping[str, Any]) -> Planned:
        return Planned(change.about, found, Relabel(client, found["id"], change.about["new_label"]))


class FakeHost:
    """What runs a shape: not Ansible."""

    no_log = False

    def __init__(self, params: Mapping[str, Any], check_mode: bool = False, state: str | None = None) -> None:
        self.params = params
        self.check_mode = check_mode
        self.diff = True
        self.warnings: list[str] = []
        self.runtime = Runtime(StoppedClock(), lambda secret: None, self.warnings.append, state)


def run(shape: host.Shape, shelf: Shelf, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    params = {"wait": True, "wait_timeout": 60.0, "wait_interval": 5.0, "request_timeout": 60.0, **options}
    return shape(FakeHost(params, check_mode, params.pop("remembers", None)), BackEnd(shelf))


def change_labels(shelf: Shelf, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    shape = change.change_objects(Labels(), bulk="labels")
    given = {"tape": None, "label": None, "labels": None, "parallel": 1, "on_error": "stop", **options}
    return run(shape, shelf, check_mode, **given)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_info(shelf: Shelf) -> None:
    result = run(info.read_list(Tapes()), shelf, label="day")
    assert (result["count"], result["truncated"], result["changed"]) == (3, False, False)
    assert result["tapes"][0] == {"id": "1", "label": "monday"}
    with pytest.raises(Failure, match="label: is empty"):
        run(info.read_list(Tapes()), shelf, label="")
    assert shelf.sessions == 0


def test_change(shelf: Shelf) -> None:
    check = change_labels(shelf, check_mode=True, tape="1", label="sunday")
    assert shelf.writes == 0
    done = change_labels(shelf, tape="1", label="sunday")
    assert shelf.writes == 1 and shelf.labels["1"] == "sunday"
    assert check["changed"] is done["changed"] is True
    assert check["diff"] == done["diff"]
    assert check["tape"] == done["tape"] == {"id": "1", "label": "sunday"}
    again = change_labels(shelf, tape="1", label="sunday")
    assert again["changed"] is False and shelf.writes == 1
    assert shelf.sessions == 0


def test_many_changes(shelf: Shelf) -> None:
    labels = [
        {"tape": number, "label": label} for number, label in (("1", "a"), ("9", "b"), ("2", "c"), ("3", "friday"))
    ]
    with pytest.raises(Failure) as stopped:
        change_labels(shelf, labels=labels)
    assert [one["outcome"] for one in stopped.value.result["results"]] == [
        "not_tried",
        "failed",
        "not_tried",
        "unchanged",
    ]
    assert shelf.writes == 0
    with pytest.raises(Failure) as went_on:
        change_labels(shelf, labels=labels, on_error="continue")
    results = went_on.value.result["results"]
    assert [one["outcome"] for one in results] == ["relabelled", "failed", "relabelled", "unchanged"]
    assert results[0]["tape"] == {"id": "1", "label": "a"}
    assert shelf.writes == 2


def test_waiting_is_done_by_the_shape(shelf: Shelf) -> None:
    started = change_labels(shelf, tape="2", label="later", wait=False)
    assert started["task"] == {"id": "job-2"} and shelf.labels["2"] == "tuesday"
    with pytest.raises(Failure) as missing:
        run(info.read_tasks(Jobs()), shelf, id=["job-7"], wait_timeout=5.0)
    assert missing.value.kind == "not_found"
    # every host has a clock of its own, so the job is as young for this one as when it was started
    done = run(info.read_tasks(Jobs()), shelf, id=["job-2"])
    assert done["jobs"] == [{"id": "job-2"}]
    assert shelf.labels["2"] == "later"


def test_what_an_earlier_run_submitted_is_waited_for_by_the_shape(shelf: Shelf, tmp_path: Path) -> None:
    place = str(tmp_path / "place")
    change_labels(shelf, tape="2", label="later", wait=False, remembers=place)
    check = change_labels(shelf, check_mode=True, tape="2", label="tuesday", remembers=place)
    assert shelf.labels["2"] == "tuesday" and shelf.writes == 1
    done = change_labels(shelf, tape="2", label="tuesday", remembers=place)
    assert shelf.labels["2"] == "tuesday" and shelf.writes == 2
    assert check["changed"] is done["changed"] is True
    assert check["diff"] == done["diff"] == {"before": {"2": {"label": "later"}}, "after": {"2": {"label": "tuesday"}}}


def test_token(shelf: Shelf) -> None:
    issued = run(token.manage_token, shelf, state="present", access_token=None)
    assert issued["access_token"] == "tape"
    ended = run(token.manage_token, shelf, state="absent", access_token="tape")
    assert ended == {"changed": False, "ended": True}


def test_the_shapes_name_no_back_end() -> None:
    for shape in (change, host, info, token, wait_options, core_tasks):
        source = inspect.getsource(shape).lower()
        assert "simplivity" not in source and "acronis" not in source, shape.__name__
