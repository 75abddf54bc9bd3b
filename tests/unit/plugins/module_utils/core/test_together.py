# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many changes of one plan: their objects are read together, and their tasks are not looked at before they can have
ended. What a list does not show is found out as for a single change."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.change import FRESH_SECONDS, Changes
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.journal import Journal
from ansible_collections.safehold.backup.plugins.module_utils._core.outcome import (
    CHANGED,
    FAILED,
    UNCHANGED,
    Outcome,
    Planned,
    Track,
)
from ansible_collections.safehold.backup.plugins.module_utils._core.schedule import Schedule
from ansible_collections.safehold.backup.plugins.module_utils._core.tasks import (
    MANY,
    PENDING,
    SUCCESS,
    Task,
    Waiting,
)

NUMBER = 20


class Server:
    """Objects by number, and what was asked for: `submit 3`, `look 3`, `read 3`, `list 3 4 5`.

    seconds: how long the task of each takes. percent: whether tasks say how far they are. lists: what becomes of a list
    on its way.
    """

    def __init__(self, fake_time: Any, seconds: Callable[[int], float] = lambda n: 0.0, percent: bool = True) -> None:
        self.time = fake_time
        self.seconds = seconds
        self.percent = percent
        self.names = dict.fromkeys(range(NUMBER), "old")
        self.begun: dict[int, float] = {}
        self.noticed: dict[int, float] = {}
        self.asked: list[str] = []
        self.lists: Callable[[dict[str, Any]], dict[str, Any]] = lambda found: found
        self.submitting: Callable[[int], None] = lambda number: None

    def task(self, number: int) -> Task:
        passed = self.time.monotonic() - self.begun[number]
        if passed >= self.seconds(number):
            self.names[number] = "new"
            self.noticed.setdefault(number, passed)
            return Task(f"t{number}", "COMPLETED", SUCCESS, "", None, {"id": f"t{number}"})
        data = {"id": f"t{number}"}
        if self.percent:
            data["percent_complete"] = int(100 * passed / self.seconds(number))
        return Task(f"t{number}", "IN_PROGRESS", PENDING, "", None, data)

    def count(self, what: str) -> int:
        return len([one for one in self.asked if one.startswith(what)])


class Change:
    """An Operation on one object of the server."""

    subject, aim, wanted = "rename", "a rename", "new"

    def __init__(self, server: Server, number: int) -> None:
        self.server = server
        self.number = number
        self.target = f"objects/{number}"
        self.result: Mapping[str, Any] = {"name": "new"}

    def submit(self, deadline: Deadline) -> Task:
        self.server.asked.append(f"submit {self.number}")
        self.server.submitting(self.number)
        self.server.begun[self.number] = self.server.time.monotonic()
        return self.server.task(self.number)

    def look(self, task_id: str, deadline: Deadline) -> Task:
        self.server.asked.append(f"look {self.number}")
        return self.server.task(self.number)

    def read(self, deadline: Deadline) -> Mapping[str, Any]:
        self.server.asked.append(f"read {self.number}")
        return {"name": self.server.names[self.number]}

    def read_many(self, operations: Sequence[Change], deadline: Deadline) -> Mapping[str, Mapping[str, Any]]:
        self.server.asked.append(" ".join(["list", *(str(one.number) for one in operations)]))
        return self.server.lists({one.target: {"name": self.server.names[one.number]} for one in operations})

    def is_applied(self, found: Mapping[str, Any]) -> bool:
        return bool(found["name"] == "new")

    def is_expected(self, found: Mapping[str, Any]) -> bool:
        return bool(found["name"] == "old")


def carried_out(server: Server, number: int = NUMBER, interval: float = 10) -> list[Outcome]:
    clock = Clock()
    changes = Changes(
        Waiting(True, 600, interval), clock, Journal(clock, None), lambda change, found: change, number=number
    )

    def work(track: Track) -> Generator[float, None, Outcome]:
        yield from changes.freshen(track)
        return (yield from changes.apply(track))

    tracks = [Track(Planned({}, {"name": "old"}, Change(server, one))) for one in range(number)]
    return Schedule(clock, 1).run_all([work(track) for track in tracks])


def test_what_ended_at_about_the_same_time_is_read_back_by_one_list(fake_time: Any) -> None:
    server = Server(fake_time)
    outcomes = carried_out(server)
    assert [one.state for one in outcomes] == [CHANGED] * NUMBER
    assert [one.object for one in outcomes] == [{"name": "new"}] * NUMBER
    assert [one.task for one in outcomes] == [{"id": f"t{number}"} for number in range(NUMBER)]
    assert (server.count("list"), server.count("read")) == (1, 0)


def test_a_list_is_read_after_the_last_task_in_it_has_ended(fake_time: Any) -> None:
    server = Server(fake_time, lambda number: 1.0 + number % 3)
    before = server.names.copy()
    server.lists = lambda found: before.update(server.names) or found
    assert {one.state for one in carried_out(server)} == {CHANGED}
    for place, one in enumerate(server.asked):
        for number in one.split()[1:] if one.startswith("list") else ():
            assert f"look {number}" in server.asked[:place]
            assert f"look {number}" not in server.asked[place:]


def test_few_are_read_one_by_one_and_wait_for_nobody(fake_time: Any) -> None:
    server = Server(fake_time)
    carried_out(server, MANY - 1)
    assert (server.count("list"), server.count("read")) == (0, MANY - 1)
    assert sum(fake_time.slept) == 0


@pytest.mark.parametrize("shown", [{"name": "old"}, {"name": "another"}, None])
def test_i10_what_a_list_does_not_show_as_wanted_is_read_by_itself(fake_time: Any, shown: Any) -> None:
    server = Server(fake_time)
    strange = {"objects/3": shown} if shown else {}
    server.lists = lambda found: {**{target: found[target] for target in found if target != "objects/3"}, **strange}
    assert [one.state for one in carried_out(server)] == [CHANGED] * NUMBER
    assert [one for one in server.asked if one.startswith("read")] == ["read 3"]


def test_i10_no_list_makes_a_change_that_did_not_happen(fake_time: Any) -> None:
    server = Server(fake_time)
    # somebody else, after the task and before the list
    server.lists = lambda found: server.names.update({5: "theirs"}) or {**found, "objects/5": {"name": "theirs"}}
    outcomes = carried_out(server)
    assert [n for n, one in enumerate(outcomes) if one.state != CHANGED] == [5]
    assert outcomes[5].failure is not None and outcomes[5].failure.kind == "conflict"


@pytest.mark.parametrize("kind", ["server", "timeout", "bad_response", "permission", "auth"])
def test_f15_a_list_that_fails_is_as_good_as_none(fake_time: Any, kind: str) -> None:
    server = Server(fake_time)

    def fails(found: Any) -> Any:
        raise Failure(kind, "no")

    server.lists = fails
    assert {one.state for one in carried_out(server)} == {CHANGED}
    assert server.count("read") == NUMBER


def test_i5_many_that_are_begun_late_are_looked_at_together_first(fake_time: Any) -> None:
    server = Server(fake_time)

    def slow(number: int) -> None:
        if number == 0:
            fake_time.advance(2 * FRESH_SECONDS)
            server.names.update({7: "theirs", 9: "new"})

    server.submitting = slow
    outcomes = carried_out(server)
    assert {number: one.state for number, one in enumerate(outcomes) if one.state != CHANGED} == {
        7: FAILED,
        9: UNCHANGED,
    }
    assert [one for one in server.asked if one.startswith("read")] == ["read 7", "read 9"]
    assert server.asked[:2] == ["submit 0", " ".join(["list", *map(str, range(NUMBER))])]
    assert not [one for one in server.asked if one in ("submit 7", "submit 9")]


def test_i5_a_list_that_takes_long_is_read_no_more_often_than_there_are_changes(fake_time: Any) -> None:
    """Each list lets at least the one begin that read it, so that all come to their end."""
    server = Server(fake_time)
    server.submitting = lambda number: fake_time.advance(2 * FRESH_SECONDS)
    server.lists = lambda found: fake_time.advance(2 * FRESH_SECONDS) or found
    assert {one.state for one in carried_out(server)} == {CHANGED}
    assert server.count("list") <= NUMBER
    assert server.count("submit") == NUMBER


# looks


@pytest.mark.parametrize("seconds", [0.2, 1.0, 2.0])
@pytest.mark.parametrize("percent", [True, False])
def test_tasks_that_take_as_long_as_another_are_looked_at_when_they_have_ended(
    fake_time: Any, seconds: float, percent: bool
) -> None:
    server = Server(fake_time, lambda number: seconds, percent)
    server.submitting = lambda number: fake_time.advance(0.01)
    carried_out(server)
    assert max(server.noticed.values()) - seconds <= 0.2
    if percent:
        assert server.count("look") <= 1.5 * NUMBER


def test_one_that_takes_long_does_not_make_the_others_be_noticed_late(fake_time: Any) -> None:
    server = Server(fake_time, lambda number: 300.0 if number == 0 else 0.3)
    server.submitting = lambda number: fake_time.advance(0.01)
    carried_out(server)
    assert max(noticed for number, noticed in server.noticed.items() if number) < 3
    assert server.noticed[0] == pytest.approx(300, rel=0.05)


def test_no_pause_is_longer_than_the_user_allows(fake_time: Any) -> None:
    server = Server(fake_time, lambda number: 2.0)
    carried_out(server, interval=0.5)
    assert max(fake_time.slept) <= 0.5


def test_few_are_looked_at_as_one_is(fake_time: Any) -> None:
    server = Server(fake_time, lambda number: 2.0)
    carried_out(server, MANY - 1)
    assert server.count("look") > 3 * MANY
