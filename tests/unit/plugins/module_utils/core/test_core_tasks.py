# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Following tasks: every state is pending, success or failure, and no error that may pass ends a wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import tasks
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.schedule import run
from ansible_collections.safehold.backup.plugins.module_utils._core.tasks import (
    FAILURE,
    PENDING,
    SUCCESS,
    UNKNOWN,
    Task,
    Waiting,
    ended_badly,
    follow,
    follow_all,
    not_ended,
)

BUSY = Failure("server", "busy", http_status=503)
NO_LONGER = Failure("auth", "refused", http_status=401)


def task(
    outcome: str = PENDING, id: str = "t1", percent: Any = None, reason: str = "", code: str | None = None
) -> Task:
    state = {PENDING: "IN_PROGRESS", SUCCESS: "COMPLETED", FAILURE: "FAILED"}.get(outcome, "ODD")
    return Task(id, state, outcome, reason, code, {"id": id, "state": state, "percent_complete": percent})


class Looks:
    """Answers looks from a list; the last answer stays. None: unknown to the server. A Failure is raised."""

    def __init__(self, fake_time: Any, *answers: Any) -> None:
        self.at: list[float] = []
        self._time = fake_time
        self._begun = fake_time.monotonic()
        self._answers = list(answers)

    def __call__(self, deadline: Deadline) -> Task | None:
        self.at.append(self._time.monotonic() - self._begun)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Failure):
            raise answer
        return answer


def followed(looks: Looks, timeout: float = 60, interval: float = 10) -> Task | None:
    clock = Clock()
    work = follow(task(), looks, Waiting(True, timeout, interval), clock, Deadline(clock, timeout))
    found: Task | None = run(work, clock)
    return found


@pytest.mark.parametrize("outcome", [SUCCESS, FAILURE])
def test_a_wait_ends_with_the_task(fake_time: Any, outcome: str) -> None:
    looks = Looks(fake_time, task(), task(), task(outcome))
    ended = followed(looks)
    assert ended is not None and ended.outcome == outcome
    assert len(looks.at) == 3


def test_f12_a_task_that_has_ended_is_not_looked_at(fake_time: Any) -> None:
    clock = Clock()
    looks = Looks(fake_time, task())
    work = follow(task(SUCCESS), looks, Waiting(True, 60, 10), clock, Deadline(clock, 60))
    assert run(work, clock) == task(SUCCESS)
    assert looks.at == [] and fake_time.slept == []


def test_f3_a_state_that_nobody_knows_ends_the_wait_at_once(fake_time: Any) -> None:
    looks = Looks(fake_time, task(UNKNOWN))
    ended = followed(looks)
    assert ended is not None and ended.outcome == UNKNOWN
    assert len(looks.at) == 1


def test_f1_a_task_that_never_ends_is_given_up_at_the_limit_and_never_slept_past_it(fake_time: Any) -> None:
    looks = Looks(fake_time, task(percent=40))
    ended = followed(looks, timeout=25)
    assert ended == task(percent=40)
    assert looks.at[-1] == pytest.approx(25)
    assert sum(fake_time.slept) == pytest.approx(25)


def test_f2_a_task_that_ends_at_the_very_limit_is_seen(fake_time: Any) -> None:
    clock = Clock()
    begun = fake_time.monotonic()

    def look(deadline: Deadline) -> Task:
        assert deadline.remaining() >= 1
        return task(SUCCESS) if fake_time.monotonic() - begun >= 7 else task()

    ended = run(follow(task(), look, Waiting(True, 7, 10), clock, Deadline(clock, 7)), clock)
    assert ended is not None and ended.outcome == SUCCESS


def test_short_tasks_cost_little_time_and_long_ones_few_looks(fake_time: Any) -> None:
    looks = Looks(fake_time, task())
    followed(looks, timeout=3600)
    assert looks.at[0] == pytest.approx(0.15)
    assert len(looks.at) < 420
    assert max(fake_time.slept) == 10


def test_f15_errors_that_may_pass_do_not_end_the_wait(fake_time: Any) -> None:
    odd = Failure("bad_response", "html", http_status=200)
    looks = Looks(fake_time, BUSY, BUSY, BUSY, Failure("timeout", "slow"), odd, task(SUCCESS))
    ended = followed(looks)
    assert ended is not None and ended.outcome == SUCCESS


def test_d3_an_error_that_stays_is_raised_with_the_task(fake_time: Any) -> None:
    with pytest.raises(Failure) as raised:
        followed(Looks(fake_time, task(percent=50), NO_LONGER))
    assert raised.value.kind == "auth"
    assert raised.value.task == task(percent=50).data


def test_f9_a_task_may_be_invisible_for_a_moment(fake_time: Any) -> None:
    ended = followed(Looks(fake_time, None, None, task(), task(SUCCESS)))
    assert ended is not None and ended.outcome == SUCCESS


def test_f9_a_task_that_stays_invisible_is_given_up(fake_time: Any) -> None:
    looks = Looks(fake_time, None)
    assert followed(looks, timeout=600, interval=1) is None
    assert tasks.MISSING_SECONDS <= looks.at[-1] - looks.at[0] <= tasks.MISSING_SECONDS + 1


def test_f9_being_seen_resets_the_time_of_being_missed(fake_time: Any) -> None:
    clock = Clock()
    begun = fake_time.monotonic()

    def look(deadline: Deadline) -> Task | None:
        age = fake_time.monotonic() - begun
        hidden = age < 8 or 10 < age < 18
        return None if hidden else task(SUCCESS if age >= 18 else PENDING)

    ended = run(follow(task(), look, Waiting(True, 60, 1), clock, Deadline(clock, 60)), clock)
    assert ended == task(SUCCESS)


def test_f16_a_jump_of_the_wall_clock_does_not_touch_a_wait(fake_time: Any) -> None:
    looks = Looks(fake_time, task())
    fake_time.jump_wall(3600)
    followed(looks, timeout=3)
    assert looks.at[-1] == pytest.approx(3)


class Server:
    """Tasks that end after so many seconds; None stands for a task that nobody knows."""

    def __init__(self, fake_time: Any, lives: Mapping[str, float | None]) -> None:
        self.asked: list[Sequence[str]] = []
        self._time = fake_time
        self._begun = fake_time.monotonic()
        self._lives = lives

    def look(self, ids: Sequence[str], deadline: Deadline) -> dict[str, Task]:
        self.asked.append(list(ids))
        age = self._time.monotonic() - self._begun
        found = {}
        for id in ids:
            life = self._lives[id]
            if life is not None:
                found[id] = task(SUCCESS if age >= life else PENDING, id)
        return found


def test_many_tasks_are_followed_in_rounds_that_leave_out_the_ended_ones(fake_time: Any) -> None:
    server = Server(fake_time, {"a": 0, "b": 3, "c": 50})
    known = follow_all(["a", "b", "c"], server.look, Waiting(True, 60, 10), Clock())
    assert {id: found.outcome for id, found in known.items()} == {"a": SUCCESS, "b": SUCCESS, "c": SUCCESS}
    assert server.asked[0] == ["a", "b", "c"]
    assert server.asked[1] == ["b", "c"]
    assert server.asked[-1] == ["c"]


def test_f1_many_tasks_are_given_up_at_the_limit(fake_time: Any) -> None:
    server = Server(fake_time, {"a": 1, "b": 1000})
    known = follow_all(["a", "b"], server.look, Waiting(True, 20, 10), Clock())
    assert known["a"].outcome == SUCCESS and known["b"].outcome == PENDING
    assert sum(fake_time.slept) == pytest.approx(20)


def test_nothing_to_follow_asks_nothing(fake_time: Any) -> None:
    server = Server(fake_time, {})
    assert follow_all([], server.look, Waiting(True, 20, 10), Clock()) == {}
    assert server.asked == [] and fake_time.slept == []


def test_f9_an_unknown_id_is_asked_for_a_while_and_then_left(fake_time: Any) -> None:
    server = Server(fake_time, {"a": 30, "ghost": None})
    known = follow_all(["a", "ghost"], server.look, Waiting(True, 600, 1), Clock())
    assert list(known) == ["a"]
    assert server.asked[-1] == ["a"]
    assert len([ids for ids in server.asked if "ghost" in ids]) > 3


def test_f15_a_failing_round_does_not_end_the_wait_but_a_refused_one_does(fake_time: Any) -> None:
    answers: list[Any] = [BUSY, BUSY, {"a": task(SUCCESS, "a")}]

    def look(ids: Sequence[str], deadline: Deadline) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Failure):
            raise answer
        return answer

    assert follow_all(["a"], look, Waiting(True, 60, 10), Clock())["a"].outcome == SUCCESS
    answers = [{"a": task(PENDING, "a")}, Failure("auth", "refused", http_status=401)]
    with pytest.raises(Failure) as raised:
        follow_all(["a"], look, Waiting(True, 60, 10), Clock())
    assert "refused; the work goes on by itself: follow it with id 'a'" in raised.value.message
    assert raised.value.task is not None and raised.value.task["state"] == "IN_PROGRESS"
    answers = [Failure("auth", "refused", http_status=401)]
    with pytest.raises(Failure) as raised:
        follow_all(["a"], look, Waiting(True, 60, 10), Clock())
    assert raised.value.task == {"id": "a"}


def test_f10_a_task_that_vanishes_is_gone_and_not_called_pending(fake_time: Any) -> None:
    answers: list[Any] = [{"a": task(PENDING, "a")}]

    def look(ids: Sequence[str], deadline: Deadline) -> Any:
        return answers.pop(0) if answers else {}

    gone = follow_all(["a"], look, Waiting(True, 600, 1), Clock())["a"]
    assert gone.outcome == tasks.GONE
    assert sum(fake_time.slept) < 30
    failure = ended_badly(gone, "1 of 1 tasks", submitted=False)
    assert failure.kind == "unknown_outcome"
    assert "no longer knows task 'a' (state IN_PROGRESS)" in failure.message


@pytest.mark.parametrize(
    ("percent", "shown"),
    [(40, ", 40 %"), (140, ", 140 %"), (-1, ", -1 %"), (0, ", 0 %"), (None, ""), ("half", ""), (True, ""), ([], "")],
)
def test_f7_a_percentage_is_only_shown(percent: Any, shown: str) -> None:
    assert task(percent=percent).summary == f"task 't1' (state IN_PROGRESS{shown})"


def test_f5_a_failed_task_is_told_with_its_code_and_reason() -> None:
    failure = ended_badly(task(FAILURE, reason="Duplicate name exists.", code="13"), "rename", submitted=True)
    assert failure.kind == "task_failed"
    assert failure.message == "rename: task 't1' (state FAILED) failed, code 13: Duplicate name exists."
    assert (failure.code, failure.detail, failure.submitted) == ("13", "Duplicate name exists.", True)
    assert failure.task == task(FAILURE).data
    assert "no reason" in ended_badly(task(FAILURE), "rename", submitted=True).message


def test_f3_an_unknown_state_is_told_by_its_name() -> None:
    failure = ended_badly(task(UNKNOWN), "rename", submitted=False)
    assert failure.kind == "task_unknown_state"
    assert "state ODD" in failure.message


def test_f1_a_timeout_tells_the_last_state_and_how_to_go_on() -> None:
    failure = not_ended([task(percent=40), task(id="t2")], Waiting(True, 30, 10))
    assert failure.kind == "task_timeout"
    assert "state IN_PROGRESS, 40 %" in failure.message
    assert "after 30 s (wait_timeout)" in failure.message
    assert "id 't1', 't2', wait: true" in failure.message
    assert failure.task == task(percent=40).data
