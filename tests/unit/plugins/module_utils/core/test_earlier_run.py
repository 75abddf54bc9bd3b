# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change that an earlier run submitted and did not see end is followed, not submitted again (reliability.md I9,
J9)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock
from ansible_collections.safehold.backup.plugins.module_utils._core.journal import Journal
from ansible_collections.safehold.backup.plugins.module_utils._core.outcome import (
    CHANGED,
    DOUBTFUL,
    FAILED,
    SUBMITTED,
    Track,
)
from ansible_collections.safehold.backup.plugins.module_utils._core.tasks import FAILURE, PENDING, SUCCESS, UNKNOWN
from ansible_collections.safehold.backup.tests.unit.plugins.module_utils.core.test_change import (
    LOST,
    NEW,
    OLD,
    OTHER,
    Scripted,
    applied,
    failure,
    task,
)

EARLIER = "had been submitted by an earlier run"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(Clock(), str(tmp_path / "journal"))


def noted(journal: Journal) -> Any:
    return journal.entry(Scripted.target)


def test_j9_a_task_in_flight_is_followed(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new", "t1")
    operation = Scripted(fake_time, looks=[task(PENDING), task(PENDING), task(SUCCESS)], reads=[NEW])
    outcome = applied(operation, journal=journal)
    assert (outcome.state, outcome.object, outcome.failure) == (CHANGED, NEW, None)
    assert EARLIER in str(outcome.warning)
    assert operation.log == ["look", "look", "look", "read"]
    assert noted(journal) is None


def test_without_waiting_a_task_in_flight_is_returned(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new", "t1")
    operation = Scripted(fake_time, looks=[task(PENDING)])
    outcome = applied(operation, wait=False, journal=journal)
    assert (outcome.state, outcome.task) == (SUBMITTED, task(PENDING).data)
    assert EARLIER in str(outcome.warning)
    assert operation.log == ["look"]
    assert noted(journal).task_id == "t1"


@pytest.mark.parametrize("ended", [task(FAILURE), task(SUCCESS), None])
def test_one_that_came_to_nothing_is_submitted_anew(fake_time: Any, journal: Journal, ended: Any) -> None:
    journal.note(Scripted.target, "new", "t1")
    fake_time.advance(60)
    looks = [ended] if ended is None else [ended, task(PENDING), task(SUCCESS)]
    submitted = task(SUCCESS) if ended is None else task(PENDING)
    operation = Scripted(fake_time, [submitted], looks, [lambda: NEW if "submit" in operation.log else OLD])
    outcome = applied(operation, journal=journal)
    assert (outcome.state, outcome.warning) == (CHANGED, None)
    assert operation.log.count("submit") == 1
    assert noted(journal) is None


def test_f9_one_that_is_not_visible_yet_is_waited_for(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new", "t1")
    operation = Scripted(fake_time, looks=[None, None, task(PENDING), task(SUCCESS)], reads=[NEW])
    assert applied(operation, journal=journal).state == CHANGED
    assert "submit" not in operation.log


def test_i5_one_that_wanted_something_else_is_a_conflict_after_it_has_ended(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "other", "t1")
    operation = Scripted(fake_time, looks=[task(PENDING), task(SUCCESS)], reads=[OTHER])
    outcome = applied(operation, journal=journal)
    assert (outcome.state, outcome.object) == (FAILED, OTHER)
    assert outcome.failure is not None and outcome.failure.kind == "conflict"
    assert "submit" not in operation.log
    assert noted(journal) is None


def test_i5_one_that_wants_something_else_is_a_conflict_when_it_is_not_waited_for(
    fake_time: Any, journal: Journal
) -> None:
    journal.note(Scripted.target, "other", "t1")
    operation = Scripted(fake_time, looks=[task(PENDING)])
    outcome = applied(operation, wait=False, journal=journal)
    assert outcome.state == FAILED
    assert outcome.failure is not None and outcome.failure.kind == "conflict"
    assert operation.log == ["look"]
    assert noted(journal).task_id == "t1"


def test_i5_one_that_wants_something_else_and_never_ends_is_not_called_ours(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "other", "t1")
    track = Track()
    operation = Scripted(fake_time, looks=[task(PENDING)])
    outcome = applied(operation, timeout=5, journal=journal, track=track)
    assert outcome.state == FAILED and not track.submitted
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.submitted) == ("conflict", False)
    assert "submit" not in operation.log
    assert noted(journal).task_id == "t1"


def test_f1_one_that_never_ends_is_told_and_stays_noted(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new", "t1")
    operation = Scripted(fake_time, looks=[task(PENDING)])
    outcome = applied(operation, timeout=5, journal=journal)
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None and outcome.failure.kind == "task_timeout"
    assert "submit" not in operation.log
    assert noted(journal).task_id == "t1"


def test_one_in_a_state_that_nobody_knows_is_told(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new", "t1")
    operation = Scripted(fake_time, looks=[task(UNKNOWN)])
    outcome = applied(operation, journal=journal)
    assert outcome.failure is not None and outcome.failure.kind == "task_unknown_state"
    assert "submit" not in operation.log


@pytest.mark.parametrize("kind", ["auth", "permission"])
def test_one_that_cannot_be_looked_at_stays_noted(fake_time: Any, journal: Journal, kind: str) -> None:
    journal.note(Scripted.target, "new", "t1")
    track = Track()
    operation = Scripted(fake_time, looks=[failure(kind, 403)])
    outcome = applied(operation, journal=journal, track=track)
    assert outcome.state == FAILED
    assert not track.submitted
    assert operation.log == ["look"]
    assert noted(journal).task_id == "t1"


def test_f15_errors_that_pass_do_not_end_it(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new", "t1")
    operation = Scripted(fake_time, looks=[failure("server", 503), LOST, task(SUCCESS)], reads=[NEW])
    assert applied(operation, journal=journal).state == CHANGED
    assert "submit" not in operation.log


def test_i7_a_lost_answer_of_an_earlier_run_is_watched_for(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new")
    operation = Scripted(fake_time, reads=[OLD, OLD, OLD, NEW])
    outcome = applied(operation, journal=journal)
    assert (outcome.state, operation.log) == (CHANGED, ["read"] * 4)
    assert EARLIER in str(outcome.warning)


def test_i8_a_submission_that_shows_nothing_for_long_enough_was_not_taken(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new")
    operation = Scripted(fake_time, [task(SUCCESS)], reads=[lambda: NEW if "submit" in operation.log else OLD])
    begun = Clock().monotonic()
    assert applied(operation, journal=journal).state == CHANGED
    assert operation.submitted_at[0] - begun >= 10


def test_one_of_long_ago_is_not_watched_for(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new")
    fake_time.advance(60)
    operation = Scripted(fake_time, [task(SUCCESS)], reads=[NEW])
    applied(operation, journal=journal)
    assert operation.log == ["submit", "read"]


def test_i15_a_run_beside_this_one_may_note_its_task_meanwhile(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new")

    def read() -> Any:
        journal.note(Scripted.target, "new", "t1")
        return OLD

    operation = Scripted(fake_time, looks=[task(PENDING), task(SUCCESS)], reads=[read, NEW])
    assert applied(operation, journal=journal).state == CHANGED
    assert "submit" not in operation.log


@pytest.mark.parametrize("answer", [task(PENDING), LOST])
def test_what_is_not_seen_to_end_stays_noted(fake_time: Any, journal: Journal, answer: Any) -> None:
    operation = Scripted(fake_time, [answer], [task(PENDING)])
    assert applied(operation, timeout=5, journal=journal).state == DOUBTFUL
    assert noted(journal).wanted == "new"


def test_a_refusal_leaves_nothing_noted(fake_time: Any, journal: Journal) -> None:
    operation = Scripted(fake_time, [failure("permission", 403)])
    assert applied(operation, journal=journal).state == FAILED
    assert noted(journal) is None
