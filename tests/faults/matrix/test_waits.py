# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a task that go wrong, and how the task ends (table F), for every module that waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from simulator import timelines
from simulator.process import Control

from .answers import BROKEN_BODIES, REASON, Action, not_found, refusal, spoiled, status
from .bench import Bench, Played
from .paging import HOLD
from .places import OBJECT, WAITERS, Place
from .waits import Waiter, waiter

every_waiter = pytest.mark.parametrize("place", [pytest.param(place, id=place.module) for place in WAITERS])
ACRONIS = next(place for place in WAITERS if place.api == "acronis")

BROKEN = ("D23-error-object", "D25-maintenance-page", "E1-empty", "E3-null", "E3-number", "E6-utf-16")
PASSING: Mapping[str, tuple[Action, int]] = {
    **{f"F15-{number}-three-times": (status(number), 3) for number in (429, 500, 502, 503, 504)},
    "F15-503-twelve-times": (status(503), 12),
    "F15-reset-three-times": ({"reset": True}, 3),
    "D2-401-once": (refusal(401), 1),
    "D16-429-retry-after": (status(429, {"Retry-After": "2"}), 1),
    "F14-list-instead-of-one": ({"mutate": {"task": [], "items": {}}}, 2),
    "F14-many-tasks": ({"replace_json": {"tasks": [], "count": 0}}, 2),
    **{f"{name}-once": (action, 1) for name, action in BROKEN_BODIES.items() if name in BROKEN},
}


@every_waiter
@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault) for fault in PASSING])
def test_a_look_that_goes_wrong_ends_no_wait(fault: str, place: Place, bench: Bench) -> None:
    action, times = PASSING[fault]
    wait = waiter(bench, place, seconds=6.0)
    played = wait.play(wait.rule(action, times))
    _assert_well(played, place)
    assert played.hits[0] > times, "the fault was not met"


SPOILED = ("E6-invalid-utf-8", "E7-nan", "E8-duplicate-key", "E10-two-documents")


@every_waiter
@pytest.mark.parametrize("fault", [pytest.param(name, id=name) for name in SPOILED])
def test_a_spoiled_look_ends_no_wait(fault: str, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place)
    played = wait.play(wait.rule(spoiled(fault, place.key if place.answers != OBJECT else "task"), 1))
    _assert_well(played, place)


STAYING: Mapping[str, Action] = {
    "F15-503-for-ever": status(503),
    "D25-page-for-ever": BROKEN_BODIES["D25-maintenance-page"],
    "F14-no-task-for-ever": {"replace_json": {"offset": 0}},
    "E1-empty-for-ever": BROKEN_BODIES["E1-empty"],
}


@every_waiter
@pytest.mark.parametrize("fault", [pytest.param(name, id=name) for name in STAYING])
def test_looks_that_never_go_well_again(fault: str, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, wait_timeout=10)
    played = wait.play(wait.rule(STAYING[fault]))
    if place.answers == OBJECT:
        _assert_well(played, place, warned=True)  # reading the backup back decides
        return
    _assert_undecided(played, wait, "task_timeout")


@every_waiter
@pytest.mark.parametrize(
    ("action", "kind"),
    [
        pytest.param(refusal(401), "auth", id="D3-401-again-after-the-login"),
        pytest.param(refusal(403), "permission", id="D9-403"),
        pytest.param(status(501), "server", id="D22-501"),
        pytest.param(refusal(400), "input", id="D15-400"),
    ],
)
def test_a_refusal_ends_the_wait_and_names_the_task(action: Action, kind: str, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, seconds=None)
    played = wait.play(wait.rule(action))
    _assert_undecided(played, wait, kind)
    assert len(played.logins) == (2 if kind == "auth" else 1)


@every_waiter
@pytest.mark.parametrize("what", [pytest.param("password", id="D8-password-changed")])
def test_credentials_that_stop_to_work(what: str, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, seconds=None)

    def change(control: Control) -> None:
        control.set(place.api, **{what if place.api == "simplivity" else "client_secret": "another one"})
        control.expire_tokens(place.api, "age")

    with bench.meanwhile(wait.polls, 3, change):
        played = wait.play(wait.rule(HOLD, times=1, skip=2))
    _assert_undecided(played, wait, "auth")
    assert [entry["status"] for entry in played.logins][1:] in ([400], [401]), "one try, and not another"


@every_waiter
@pytest.mark.parametrize("seconds", [pytest.param(3.0, id="D2-token-dies-again-and-again")])
def test_a_token_that_dies_during_the_wait(seconds: float, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, seconds=10.0)
    bench.control.set(place.api, **{"token_age_seconds" if place.api == "simplivity" else "token_seconds": seconds})
    played = wait.play()
    _assert_well(played, place)
    dead = [entry for entry in played.to(wait.polls) if entry["status"] == 401]
    assert len(dead) >= 2
    assert len(played.logins) == 1 + len(dead)


@every_waiter
@pytest.mark.parametrize("limit", [pytest.param(20, id="F1-never-ends")])
def test_a_task_that_never_ends(limit: int, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, seconds=None, wait_timeout=limit)
    played = wait.play(limit=limit + 1)
    _assert_undecided(played, wait, "task_timeout")
    assert f"not ended after {limit} s" in played.msg
    assert ("IN_PROGRESS, 0 %" if place.api == "simplivity" else "state started") in played.msg
    assert played.seen.seconds >= limit
    looks = played.to(wait.polls)
    assert looks[-1]["started"] - looks[0]["started"] > limit * 0.9, "there was no last look at the limit"


@every_waiter
@pytest.mark.parametrize("interval", [pytest.param(3600, id="F2-F18-interval-beyond-the-limit")])
def test_a_task_that_ends_before_the_last_look(interval: float, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, seconds=38.0, wait_timeout=45, wait_interval=interval)
    played = wait.play()
    _assert_well(played, place)
    assert len(played.to(wait.polls)) < 80


@every_waiter
@pytest.mark.parametrize("limit", [pytest.param(10, id="F2-ends-at-the-limit")])
def test_a_task_that_ends_at_the_limit(limit: int, place: Place, bench: Bench) -> None:
    """Only the look at the limit itself can see it, and that has a moment of its own: an answer takes time."""
    wait = waiter(bench, place, seconds=limit - 0.001, wait_timeout=limit, wait_interval=3600)
    played = wait.play(wait.rule({"delay": 0.5}, skip=0), limit=limit + 1)
    _assert_well(played, place)


@every_waiter
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"wait_interval": 0}, id="F18-interval-0"),
        pytest.param({"wait_interval": -1}, id="F18-interval-negative"),
        pytest.param({"wait_interval": 1e300}, id="F18-interval-huge"),
        pytest.param({"wait_timeout": 0}, id="F19-limit-0"),
        pytest.param({"wait_timeout": -5}, id="F19-limit-negative"),
        pytest.param({"wait_timeout": float("inf")}, id="F19-limit-infinite"),
    ],
)
def test_limits_that_make_no_sense(options: dict[str, Any], place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, **options)
    played = wait.play()
    assert played.seen.kind == "input" and next(iter(options)) in played.msg
    assert played.ledger == []


@every_waiter
@pytest.mark.parametrize("wait", [pytest.param(False, id="F19-not-to-wait")])
def test_without_waiting(wait: bool, place: Place, bench: Bench) -> None:
    one = waiter(bench, place, seconds=None, wait=wait)
    played = one.play()
    assert not played.seen.failed
    assert str(one.shown(played)["state"]).upper() in ("IN_PROGRESS", "STARTED")
    assert len(played.to(one.polls)) == (0 if place.answers == OBJECT else 1)
    assert played.open == 0 and len(played.writes) == int(place.answers == OBJECT)


# How tasks end: settings of SimpliVity's tasks, the timeline of Acronis' ones, the kind of the failure, words.
def _ends(**changes: Any) -> list[dict[str, Any]]:
    return [*timelines.runs(), timelines.at(1.0, **{"completedAt": "$now", **changes})]


FAILED = {"task_end_state": "FAILED", "task_error_code": 130, "task_error_message": REASON}
ERROR = {"domain": "x", "code": "TheCode", "context": {"cause_str": REASON}}
OK = {"code": "ok"}


@every_waiter
@pytest.mark.parametrize(
    ("settings", "timeline", "kind", "says"),
    [
        pytest.param(FAILED, timelines.ends("error", 1, error=ERROR), "task_failed", REASON, id="F5-failed"),
        pytest.param(
            {"task_end_state": "SUSPENDED", "task_applies": False},
            _ends(state="hibernating"),
            "task_unknown_state",
            ("SUSPENDED", "hibernating"),
            id="F3-unknown-state",
        ),
        pytest.param(
            {"task_end_state": "completed "},
            _ends(state=" COMPLETED", result=OK),
            None,
            "",
            id="F4-another-case-and-blanks",
        ),
        pytest.param(
            {"task_end_state": "CANCELED", "task_applies": False},
            timelines.cancelled(0.5, 1.0),
            ("task_unknown_state", "task_failed"),  # SimpliVity has no such state (simplivity.md 3)
            ("CANCELED", "cancelled"),
            id="F21-cancelled",
        ),
        pytest.param(
            {"task_error_code": 130, "task_applies": False},
            timelines.ends("abandoned", 1),
            "task_failed",
            ("code 130", "abandoned"),
            id="F6-completed-with-an-error-code",
        ),
        pytest.param(
            {"apply_delay": 3.0}, timelines.looks_finished(3.0), None, "", id="F24-done-but-shown-seconds-later"
        ),
        pytest.param(
            {"task_applies": False},
            _ends(state="completed", result={"code": "splendid"}),
            ("task_failed", None, "task_unknown_state"),
            ("is as before", "", "splendid"),
            id="F6-completed-without-effect",
        ),
    ],
)
def test_how_a_task_ends(
    settings: dict[str, Any], timeline: list[Any], kind: Any, says: Any, place: Place, bench: Bench
) -> None:
    number = {"svt_backup_rename": 0, "svt_task_info": 1, "acronis_task_info": 2}[place.module]
    wait = waiter(bench, place, timeline=timeline, settings=settings)
    played = wait.play()
    expected, words = _pick(kind, number), _pick(says, number)
    if expected is None:
        _assert_well(played, place)
        return
    assert played.seen.kind == expected, played.msg
    assert words in played.msg
    assert played.open == 0 and played.failure["task"]["id"] == wait.shown(played)["id"]
    _assert_one_change(played, place)


def _pick(choices: Any, number: int) -> Any:
    """One for all; one for each back end; one for each module."""
    if not isinstance(choices, tuple):
        return choices
    return choices[number] if len(choices) == 3 else choices[number // 2]


@every_waiter
@pytest.mark.parametrize(
    "state",
    [
        pytest.param(None, id="F4-null"),
        pytest.param("", id="F4-empty"),
        pytest.param(5, id="F4-number"),
        pytest.param({"remove": True}, id="F4-missing"),
    ],
)
def test_a_task_without_a_state(state: Any, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, settings={"task_applies": False})
    path = f"{wait.task}.state"
    played = wait.play(wait.rule({"remove": [path]} if isinstance(state, dict) else {"mutate": {path: state}}))
    assert played.seen.kind == "task_unknown_state", played.msg
    assert "state none" in played.msg and played.open == 0
    assert played.failure["task"]["id"]
    _assert_one_change(played, place)


@every_waiter
@pytest.mark.parametrize("applies", [pytest.param(True, id="F6-error-code-and-yet-renamed")])
def test_completed_with_an_error_code_is_never_plain_success(applies: bool, place: Place, bench: Bench) -> None:
    """SimpliVity shows a code beside COMPLETED, Acronis a warning: both are told."""
    timeline = timelines.ends("warning", 1, warnings=[ERROR])
    wait = waiter(bench, place, timeline=timeline, settings={"task_error_code": 7, "task_applies": applies})
    played = wait.play()
    if place.answers == OBJECT:
        _assert_well(played, place, warned=True)
    elif place.api == "simplivity":
        assert played.seen.kind == "task_failed", played.msg
    else:
        # `success_codes` decides, and its default takes warnings
        assert wait.shown(played)["result"]["code"] == "warning"
        strict = bench.play(place.module, options={**wait.options, "success_codes": ["ok"]}, after=_last(played))
        assert strict.seen.kind == "task_failed", strict.msg


@every_waiter
@pytest.mark.parametrize(
    ("name", "values"),
    [
        pytest.param("percent", [-5, 250, None, "half", 1.5e300, [1]], id="F7-percent"),
        pytest.param("start", ["2099-01-01T00:00:00Z", "0001-01-01T00:00:00Z", None, 5, "soon"], id="F22-times"),
    ],
)
def test_what_a_task_says_of_itself_decides_nothing(name: str, values: list[Any], place: Place, bench: Bench) -> None:
    """A percentage that runs back or is no number; an end before the start, in the future, or no time at all."""
    fields = {
        "percent": {"simplivity": ["percent_complete"], "acronis": ["progress"]},
        "start": {"simplivity": ["start_time"], "acronis": ["startedAt", "updatedAt", "enqueuedAt"]},
    }[name][place.api]
    wait = waiter(bench, place, seconds=12.0, wait_interval=0.3)
    rules = []
    for number, value in enumerate(values):
        action = {"mutate": {f"{wait.task}.{field}": value for field in fields}}
        rules.append(wait.rule(action, times=None if number == len(values) - 1 else 1, skip=0))
    played = wait.play(*rules)
    _assert_well(played, place)
    assert played.hits[-1] > 0


@every_waiter
@pytest.mark.parametrize("day", [pytest.param("Fri, 01 Jan 1999 00:00:00 GMT", id="F22-clock-of-the-server-is-wrong")])
def test_a_server_with_another_clock(day: str, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place)
    played = wait.play({"action": {"headers": {"Date": day, "Age": "-1", "Expires": "never"}}})
    _assert_well(played, place)


@every_waiter
@pytest.mark.parametrize("times", [pytest.param(1, id="F8-looks-completed-first")])
def test_completed_and_then_in_progress(times: int, place: Place, bench: Bench) -> None:
    """The first end that is shown ends the wait, and what is read back decides."""
    wait = waiter(bench, place)
    state = {"task.state": "COMPLETED"} if place.api == "simplivity" else {"items.0.state": "completed"}
    result = {} if place.api == "simplivity" else {"items.0.result": OK}
    played = wait.play(wait.rule({"mutate": {**state, **result}}, times))
    _assert_well(played, place)
    assert played.hits == [2]


@every_waiter
@pytest.mark.parametrize("seen", [pytest.param(3.0, id="F9-visible-after-3-s")])
def test_a_task_that_is_not_visible_at_once(seen: float, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, seconds=5.0, settings={"task_visible_after": seen})
    rules = []
    if place.api == "acronis":
        rules = [wait.rule({"replace_json": {"items": [], "paging": {"cursors": {}}}}, 3, skip=0)]
    played = wait.play(*rules)
    _assert_well(played, place)


@every_waiter
@pytest.mark.parametrize("times", [pytest.param(4, id="F23-another-node-answers")])
def test_a_node_that_does_not_know_the_task(times: int, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, seconds=4.0)
    unknown = not_found("task") if place.api == "simplivity" else {"replace_json": {"items": []}}
    played = wait.play(wait.rule(unknown, times))
    _assert_well(played, place)
    assert played.hits[0] > times


@every_waiter
@pytest.mark.parametrize("applied", [pytest.param(True, id="F10-gone"), pytest.param(False, id="F10-gone-in-vain")])
def test_a_task_that_vanishes(applied: bool, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, settings={"task_applies": applied})
    gone = not_found("task") if place.api == "simplivity" else {"replace_json": {"items": []}}
    played = wait.play(wait.rule(gone, skip=2))
    if place.answers == OBJECT and applied:
        _assert_well(played, place, warned=True)
        return
    assert played.seen.kind == "unknown_outcome", played.msg
    assert "no longer know" in played.msg and "not ended after" not in played.msg
    assert played.open == 0 and played.failure["task"]["id"]


@every_waiter
@pytest.mark.parametrize("id", [pytest.param("987654321", id="F9-never-visible")])
def test_a_task_that_nobody_knows(id: str, place: Place, bench: Bench) -> None:
    if place.answers == OBJECT:
        wait = waiter(bench, place, settings={"task_visible_after": 1e6})
        _assert_well(wait.play(), place, warned=True)
        return
    played = bench.play(place.module, options={**waiter(bench, place).options, "id": [id]})
    assert played.seen.kind == "not_found" and id in played.msg
    assert played.open == 0


@every_waiter
@pytest.mark.parametrize("other", [pytest.param("4711", id="F11-another-task-answers")])
def test_the_end_of_another_task(other: str, place: Place, bench: Bench) -> None:
    wait = waiter(bench, place, seconds=None, wait_timeout=15)
    ends = (
        {"task.id": other, "task.state": "COMPLETED"}
        if place.api == "simplivity"
        else {"items.0.id": 4711, "items.0.idString": other, "items.0.state": "completed", "items.0.result": OK}
    )
    played = wait.play(wait.rule({"mutate": ends}, skip=2))
    assert played.seen.failed and played.open == 0
    assert played.seen.kind == ("task_timeout" if place.api == "simplivity" else "unknown_outcome"), played.msg
    assert played.failure["task"]["id"] == wait.shown(played)["id"] != other
    _assert_one_change(played, place)


@pytest.mark.parametrize("seconds", [pytest.param(0.0, id="F12-ended-in-the-answer")])
def test_a_task_that_has_ended_when_it_is_submitted(seconds: float, bench: Bench) -> None:
    rename = next(place for place in WAITERS if place.answers == OBJECT)
    wait = waiter(bench, rename, seconds=seconds)
    played = wait.play()
    _assert_well(played, rename)
    assert played.to(wait.polls) == []


@pytest.mark.parametrize(
    ("timeline", "kind"),
    [
        pytest.param(timelines.paused(0.5, resumed=2.0, end=3.0), None, id="F20-paused-and-resumed"),
        pytest.param(timelines.paused(0.5), "task_timeout", id="F20-paused-for-ever"),
        pytest.param(timelines.requeued(), None, id="F8-back-to-the-queue"),
        pytest.param(timelines.looks_finished(2.0), None, id="F6-looks-finished"),
    ],
)
def test_states_that_only_acronis_has(timeline: list[Any], kind: str | None, bench: Bench) -> None:
    wait = waiter(bench, ACRONIS, timeline=timeline, wait_timeout=10)
    played = wait.play()
    if kind is None:
        _assert_well(played, ACRONIS)
        return
    _assert_undecided(played, wait, kind)
    assert "paused" in played.msg


def _assert_well(played: Played, place: Place, warned: bool = False) -> None:
    assert not played.seen.failed, played.msg
    assert bool(played.seen.ran.warnings) == warned, played.seen.ran.warnings
    assert played.open == 0
    assert played.result["changed"] is (place.answers == OBJECT)
    if place.answers == OBJECT:
        assert played.result["backup"]["name"] == "renamed"
    _assert_one_change(played, place)


def _assert_undecided(played: Played, wait: Waiter, kind: str) -> None:
    """The failure holds the task, says that it goes on, and how to follow it."""
    assert played.seen.kind == kind, played.msg
    assert played.open == 0
    task = played.failure["task"]
    assert task is not None, "the task is lost"
    assert wait.id in (None, str(task["id"])) and str(task["id"]) in played.msg
    is_rename = wait.place.answers == OBJECT
    assert played.failure["submitted"] is played.result["changed"] is is_rename
    _assert_one_change(played, wait.place)


def _assert_one_change(played: Played, place: Place) -> None:
    assert len(played.changes) == len(played.writes) == int(place.answers == OBJECT)


def _last(played: Played) -> int:
    return int(played.ledger[-1]["n"])
