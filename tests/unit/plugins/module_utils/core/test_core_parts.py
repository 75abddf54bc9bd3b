# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The small parts of the core: failures, differences, number options, waiting options, the throttle, deadlines."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import options, wait_options
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.diff import Differences
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import KINDS, Failure, bad_input
from ansible_collections.safehold.backup.plugins.module_utils._core.tasks import Waiting
from ansible_collections.safehold.backup.plugins.module_utils._core.throttle import Throttle

# as they are before the tests put their own in their place
MONOTONIC, WALL, SLEEP = Clock.monotonic, Clock.wall, Clock.sleep


def test_f16_the_real_clock_is_the_monotonic_one_and_sleeps_no_negative_time() -> None:
    clock = Clock()
    begun = time.monotonic()
    assert begun <= MONOTONIC(clock) <= time.monotonic()
    assert abs(WALL(clock) - time.time()) < 5
    SLEEP(clock, -1)
    SLEEP(clock, 0.01)
    assert time.monotonic() - begun >= 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_every_failure_has_the_same_keys(kind: str) -> None:
    keys = ["kind", "http_status", "code", "detail", "method", "path", "task", "submitted", "elapsed", "requests"]
    assert list(Failure(kind, "x").as_dict()) == keys


def test_a_failure_tells_what_it_was_told() -> None:
    failure = Failure(
        "server", "broken", http_status=500, code="13", detail="d", method="GET", path="/x", task={"id": "t"}
    )
    told = failure.as_dict()
    assert (told["kind"], told["http_status"], told["code"], told["detail"]) == ("server", 500, "13", "d")
    assert (told["method"], told["path"], told["task"], told["submitted"]) == ("GET", "/x", {"id": "t"}, False)
    assert str(failure) == failure.message == "broken"


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="strange"):
        raise Failure("strange", "x")


def test_bad_input_was_not_sent() -> None:
    failure = bad_input("host: wrong")
    assert (failure.kind, failure.message, failure.sent, failure.submitted) == ("input", "host: wrong", False, False)


def test_equal_states_are_no_difference() -> None:
    differences = Differences()
    differences.add("b1", {"name": "a"}, {"name": "a"})
    assert differences.as_diff() == {"before": {}, "after": {}}


def test_j3_differences_are_kept_by_their_names() -> None:
    differences = Differences()
    differences.add("b1", {"name": "a"}, {"name": "b"})
    differences.add("b2", {"name": "c"}, {"name": "c"})
    assert differences.as_diff() == {"before": {"b1": {"name": "a"}}, "after": {"b1": {"name": "b"}}}


def test_e13_an_id_is_no_reserved_key_of_the_diff() -> None:
    differences = Differences()
    differences.add("__ansible_type", {"name": "a"}, {"name": "b"})
    assert differences.as_diff() == {
        "before": {"api__ansible_type": {"name": "a"}},
        "after": {"api__ansible_type": {"name": "b"}},
    }


@pytest.mark.parametrize("value", [0, -1, 11, 10**22])
def test_l2_whole_numbers_out_of_range_are_refused(value: int) -> None:
    with pytest.raises(Failure, match=f"limit: {value} is out of range; give a whole number from 1 to 10"):
        options.whole_number({"limit": value}, "limit", 1, 10)


def test_l2_whole_numbers_in_range_are_taken() -> None:
    assert options.whole_number({"limit": 1}, "limit", 1, 10) == 1
    assert options.whole_number({"limit": 10}, "limit", 1, 10) == 10
    assert options.whole_number({"limit": None}, "limit", 1, 10) is None


def test_the_waiting_options_become_a_waiting() -> None:
    spec = wait_options.argument_spec(True)
    params = {name: option["default"] for name, option in spec.items()}
    assert wait_options.waiting(params) == Waiting(True, 600.0, 10.0)
    assert wait_options.argument_spec(False)["wait"]["default"] is False


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("wait_timeout", 0),
        ("wait_timeout", -5),
        ("wait_timeout", 604801),
        ("wait_timeout", float("nan")),
        ("wait_interval", 0),
        ("wait_interval", -1),
        ("wait_interval", float("inf")),
    ],
)
def test_f18_l2_waiting_options_out_of_range_are_refused(option: str, value: float) -> None:
    params = {"wait": True, "wait_timeout": 600.0, "wait_interval": 10.0, option: value}
    with pytest.raises(Failure, match=f"^{option}: .* is out of range"):
        wait_options.waiting(params)


def test_a_pause_starts_short_grows_with_the_wait_and_ends_at_the_interval() -> None:
    waiting = Waiting(True, 600, 10)
    assert waiting.pause(0) == 0.15
    assert waiting.pause(30) == 3
    assert waiting.pause(3000) == 10
    assert Waiting(True, 600, 0.1).pause(3000) == 0.1


@pytest.mark.parametrize(
    ("percent", "pause"),
    [
        pytest.param(10, 5, id="far from its end: a quarter of the time waited"),
        pytest.param(90, 2, id="near its end: nearly all that is left"),
        pytest.param(99.9, 20 / 22, id="at its end: often"),
        *[pytest.param(number, 2, id=f"F7 {number}") for number in (0, -5, 100, 250, 1.5e300, float("nan"))],
    ],
)
def test_a_pause_follows_how_far_the_task_is(percent: float, pause: float) -> None:
    assert Waiting(True, 600, 10).pause(20, percent) == pytest.approx(pause)


def test_f16_a_deadline_follows_the_monotonic_clock_only(fake_time: Any) -> None:
    deadline = Deadline(Clock(), 10)
    fake_time.jump_wall(3600)
    assert deadline.remaining() == 10
    fake_time.jump_wall(-7200)
    fake_time.advance(4)
    assert deadline.remaining() == 6
    assert deadline.within(3).remaining() == 3
    assert deadline.within(60).remaining() == 6
    fake_time.advance(60)
    assert deadline.remaining() == 0
    assert deadline.expired


def test_a_throttle_lets_in_who_came_first() -> None:
    throttle = Throttle(1)
    came: list[int] = []

    def work(number: int) -> None:
        with throttle:
            came.append(number)

    with throttle:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
        for number, thread in enumerate(threads):
            thread.start()
            while len(throttle._queue) <= number:
                pass
    # who has just left does not push in
    work(5)
    for thread in threads:
        thread.join(5)
    assert came == [0, 1, 2, 3, 4, 5]


def test_a_throttle_lets_no_more_through_than_its_limit() -> None:
    throttle = Throttle(2)
    inside = most = 0
    lock = threading.Lock()
    full = threading.Barrier(2)

    def work() -> None:
        nonlocal inside, most
        with throttle:
            with lock:
                inside += 1
                most = max(most, inside)
            full.wait(5)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert most == 2


def test_a_throttle_is_halved_once_for_all_that_were_refused_together() -> None:
    throttle = Throttle(8)
    throttle.slow_down(8)
    throttle.slow_down(8)
    assert throttle.limit == 4
    throttle.slow_down(4)
    assert throttle.limit == 2
    throttle.slow_down(8)
    assert throttle.limit == 2


def test_a_throttle_always_lets_one_through() -> None:
    throttle = Throttle(1)
    throttle.slow_down(1)
    assert throttle.limit == 1
    with throttle as limit:
        assert limit == 1


def test_a_throttle_gives_the_place_back_when_the_work_fails() -> None:
    throttle = Throttle(1)
    with pytest.raises(KeyError), throttle:
        raise KeyError
    with throttle:
        pass
