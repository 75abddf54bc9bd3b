# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repeats of reads: when, how long after, how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import retry
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.retry import Retrier, is_passing, retry_after
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 13, 21, 3, 46, tzinfo=UTC)
WALL = NOW.timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("120", 120, id="D16-seconds"),
        pytest.param(" 0 ", 0, id="D16-zero"),
        pytest.param(format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90, id="D17-date"),
        pytest.param(format_datetime(NOW - timedelta(days=1), usegmt=True), 0, id="D17-past"),
        pytest.param("Fri, 13 Mar 2026 23:04:46 +0200", 60, id="D17-zone"),
        pytest.param("Fri, 13 Mar 2026 21:04:46 -0000", 60, id="D17-no-zone"),
        pytest.param("", None, id="D18-empty"),
        pytest.param("-5", None, id="D18-negative"),
        pytest.param("1.5", None, id="D18-decimal"),
        pytest.param("soon", None, id="D18-garbage"),
        pytest.param("²", None, id="D18-superscript"),
        pytest.param("٣", None, id="D18-arabic-digit"),
        pytest.param("9" * 400, None, id="D18-huge"),
        pytest.param("Fri, 99 Mar 2026 21:04:46 GMT", None, id="D18-bad-date"),
        pytest.param("Fri, 13 Mar 2026 21:04:46 +9999", None, id="D18-bad-zone"),
    ],
)
def test_retry_after_is_read_or_ignored(text: str, seconds: float | None) -> None:
    assert retry_after(text, WALL) == seconds


@given(
    st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{1,6} \d\d:\d\d:\d\d [+-]?\w{1,6}")
)
def test_d18_no_retry_after_crashes_or_is_negative(text: str) -> None:
    seconds = retry_after(text, WALL)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_d20_statuses_that_pass(status: int) -> None:
    assert is_passing(Failure("server", "x", http_status=status))


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 405, 409, 415, 501, 505, 507])
def test_d12_d22_statuses_that_stay(status: int) -> None:
    assert not is_passing(Failure("server", "x", http_status=status))


@pytest.mark.parametrize(
    ("kind", "status", "passes"),
    [
        ("connect", None, True),
        ("timeout", None, True),
        ("bad_response", None, True),
        ("bad_response", 200, True),
        ("tls", None, False),
        ("input", None, False),
        ("auth", None, False),
    ],
)
def test_failures_without_a_status_are_judged_by_their_kind(kind: str, status: Any, passes: bool) -> None:
    assert is_passing(Failure(kind, "x", http_status=status)) is passes


class Attempt:
    """Fails as it is told, then succeeds."""

    def __init__(self, *failures: Failure, for_ever: bool = False) -> None:
        self.calls = 0
        self._failures = list(failures)
        self._for_ever = for_ever

    def __call__(self) -> str:
        self.calls += 1
        if self._failures:
            raise self._failures[0] if self._for_ever else self._failures.pop(0)
        return "done"


def busy(retry_after: float | None = None) -> Failure:
    return Failure("server", "busy", http_status=503, retry_after=retry_after)


def test_a_read_is_repeated_with_growing_pauses_and_jitter(fake_time: Any) -> None:
    attempt = Attempt(busy(), busy(), busy())
    clock = Clock()
    assert Retrier(clock)(attempt, Deadline(clock, 60)) == "done"
    assert attempt.calls == 4
    first, second, third = fake_time.slept
    assert 0.1 <= first <= 0.2 <= second <= 0.4 <= third <= 0.8


def test_d26_the_pauses_of_two_runs_differ(fake_time: Any) -> None:
    for _run in range(2):
        clock = Clock()
        Retrier(clock)(Attempt(busy(), busy(), busy()), Deadline(clock, 60))
    assert fake_time.slept[:3] != fake_time.slept[3:]


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_server_that_is_busy_is_asked_until_the_time_is_up(fake_time: Any, status: int) -> None:
    attempt = Attempt(Failure("server", "busy", http_status=status), for_ever=True)
    with pytest.raises(Failure, match="busy"):
        Retrier(Clock())(attempt, Deadline(Clock(), 60))
    assert retry.TRIES < attempt.calls < 20
    assert 50 < sum(fake_time.slept) <= 60


def test_a_read_that_keeps_failing_ends_after_its_tries(fake_time: Any) -> None:
    attempt = Attempt(Failure("server", "failed", http_status=500), for_ever=True)
    with pytest.raises(Failure, match="failed"):
        Retrier(Clock())(attempt, Deadline(Clock(), 60))
    assert attempt.calls == retry.TRIES
    assert len(fake_time.slept) == retry.TRIES - 1


def test_a_failure_that_stays_is_not_tried_again(fake_time: Any) -> None:
    attempt = Attempt(Failure("auth", "no", http_status=401), for_ever=True)
    with pytest.raises(Failure, match="no"):
        Retrier(Clock())(attempt, Deadline(Clock(), 60))
    assert attempt.calls == 1
    assert fake_time.slept == []


def test_d16_the_server_says_how_long_to_wait(fake_time: Any) -> None:
    Retrier(Clock())(Attempt(busy(7.0)), Deadline(Clock(), 60))
    assert fake_time.slept == [7.0]


def test_d16_d19_a_wait_of_six_hours_is_cut_to_what_is_left(fake_time: Any) -> None:
    deadline = Deadline(Clock(), 60)
    with pytest.raises(Failure):
        Retrier(Clock())(Attempt(busy(21600.0), for_ever=True), deadline)
    assert sum(fake_time.slept) <= 60
    assert deadline.remaining() > 0


def test_nothing_is_tried_when_the_time_is_up(fake_time: Any) -> None:
    deadline = Deadline(Clock(), 1)
    fake_time.advance(1)
    attempt = Attempt(busy(), for_ever=True)
    with pytest.raises(Failure):
        Retrier(Clock())(attempt, deadline)
    assert attempt.calls == 1


def test_d26_a_run_has_a_budget_of_repeats() -> None:
    retrier = Retrier(Clock())
    calls = 0
    for _read in range(40):
        attempt = Attempt(busy(), for_ever=True)
        with pytest.raises(Failure):
            retrier(attempt, Deadline(Clock(), 60))
        calls += attempt.calls
    assert calls == 40 + retry.BUDGET
