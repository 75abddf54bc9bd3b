# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many pieces of work at once."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock
from ansible_collections.safehold.backup.plugins.module_utils._core.schedule import Schedule, at_once, run

Pauses = Generator[float, None, Any]


def pausing(result: Any, *pauses: float, log: list[Any] | None = None) -> Pauses:
    yield from pauses
    if log is not None:
        log.append(result)
    return result


def test_one_piece_of_work_sleeps_what_it_asks_for(fake_time: Any) -> None:
    assert run(pausing("done", 1.0, 2.0), Clock()) == "done"
    assert fake_time.slept == [1.0, 2.0]


@pytest.mark.parametrize("threads", [1, 4])
def test_results_come_in_the_order_of_the_works(threads: int, fake_time: Any) -> None:
    works = [pausing(number, *[0.5] * (5 - number)) for number in range(5)]
    assert Schedule(Clock(), threads).run_all(works) == [0, 1, 2, 3, 4]


def test_nothing_to_do_is_done_at_once(fake_time: Any) -> None:
    assert Schedule(Clock(), 4).run_all([]) == []
    assert fake_time.slept == []


def test_pauses_of_many_works_pass_together(fake_time: Any) -> None:
    begun = fake_time.monotonic()
    Schedule(Clock(), 1).run_all([pausing(number, 10.0) for number in range(100)])
    assert fake_time.monotonic() - begun == pytest.approx(10)


def test_what_is_due_first_is_done_first() -> None:
    log: list[Any] = []
    Schedule(Clock(), 1).run_all([pausing("slow", 5.0, log=log), pausing("quick", 1.0, log=log)])
    assert log == ["quick", "slow"]


def test_i16_no_more_than_the_window_are_under_way() -> None:
    under_way = most = 0

    def work() -> Pauses:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        yield 1.0
        under_way -= 1

    Schedule(Clock(), 1, window=3).run_all([work() for _number in range(10)])
    assert most == 3


def test_an_exception_ends_the_run_and_is_raised() -> None:
    log: list[Any] = []

    def fails() -> Pauses:
        yield 0.5
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        Schedule(Clock(), 1).run_all([fails(), pausing("late", 9.0, log=log)])
    assert log == []


def test_threads_raise_the_exception_of_a_work_too() -> None:
    def fails() -> Any:
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        Schedule(Clock(), 4).run_all([at_once(fails), at_once(lambda: 1)])


def test_threads_really_work_at_the_same_time(fake_time: Any) -> None:
    together = threading.Barrier(4)
    met = Schedule(Clock(), 4).run_all([at_once(lambda: together.wait(5)) for _number in range(4)])
    assert sorted(met) == [0, 1, 2, 3]
    assert fake_time.slept == []


def test_a_thread_carries_others_while_one_pauses() -> None:
    log: list[Any] = []
    works = [pausing(number, 60.0 if number == 0 else 0.0, log=log) for number in range(20)]
    Schedule(Clock(), 2).run_all(works)
    assert log[-1] == 0
    assert sorted(log) == list(range(20))


def test_at_once_never_pauses() -> None:
    with pytest.raises(StopIteration) as end:
        next(at_once(lambda: "result"))
    assert end.value.value == "result"
