# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change that an earlier run submitted and did not see end is followed, not submitted again (reliability.md I9,
J9)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import change_failures
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock
from ansible_collections.safehold.backup.plugins.module_utils._core.journal import Journal
from ansible_collections.safehold.backup.plugins.module_utils._core.outcome import (
    CHANGED,
    DOUBTFUL,
    FAILED,
    SUBMITTED,
    UNCHANGED,
)
from ansible_collections.safehold.backup.plugins.module_utils._core.tasks import FAILURE, PENDING, SUCCESS, UNKNOWN
from ansible_collections.safehold.backup.plugins.module_utils._core.timestamps import NANOSECONDS, format_utc
from ansible_collections.safehold.backup.tests.unit.plugins.module_utils.core.test_change import (
    LOST,
    NEW,
    OLD,
    OTHER,
    Scripted,
    applied,
    failure,
    task,
    tracked,
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


# What another run wanted, and takes effect when its task has ended.
def in_flight(fake_time: Any, journal: Journal, submits: Any = (), ended: Any = None) -> Scripted:
    journal.note(Scripted.target, "other", "t1")
    looks = [task(PENDING), ended or task(SUCCESS), task(SUCCESS)]

    def read() -> Any:
        looked = operation.log.count("look")
        return NEW if "submit" in operation.log else operation.before if looked < 2 or ended else OTHER

    operation = Scripted(fake_time, submits, looks, [read])
    operation.before = OLD
    return operation


@pytest.mark.parametrize("found", [OLD, NEW])
def test_i9_one_that_wants_something_else_is_waited_for_and_followed_by_this_one(
    fake_time: Any, journal: Journal, found: Any
) -> None:
    operation = in_flight(fake_time, journal, [task(SUCCESS)])
    track = tracked(operation, found)
    outcome = applied(operation, journal=journal, track=track)
    assert (outcome.state, outcome.object, outcome.failure) == (CHANGED, NEW, None)
    assert "an earlier run had submitted a rename to 'other' (task 't1'); this comes after it" in str(outcome.warning)
    assert operation.log == ["look", "look", "read", "submit", "read"]
    assert track.planned.object == OTHER
    assert noted(journal) is None


def test_i9_one_that_failed_leaves_what_is_as_wanted_as_it_is(fake_time: Any, journal: Journal) -> None:
    operation = in_flight(fake_time, journal, ended=task(FAILURE))
    operation.before = NEW
    outcome = applied(operation, journal=journal, track=tracked(operation, NEW))
    assert (outcome.state, outcome.failure, outcome.warning) == (UNCHANGED, None, None)
    assert noted(journal) is None


def test_i9_without_waiting_one_that_wants_something_else_is_no_success(fake_time: Any, journal: Journal) -> None:
    operation = in_flight(fake_time, journal)
    outcome = applied(operation, wait=False, journal=journal, track=tracked(operation, NEW))
    assert outcome.state == FAILED
    assert outcome.failure is not None and outcome.failure.kind == "conflict"
    assert outcome.failure.task == task(PENDING).data
    assert outcome.failure.message.endswith(
        "nothing was sent; wait for it with the task_info module, id 't1', wait: true, then run this again"
    )
    assert operation.log == ["look"]
    assert noted(journal).task_id == "t1"


@pytest.mark.parametrize("looks", [[task(PENDING)], [LOST], [task(UNKNOWN)]])
def test_i9_one_that_wants_something_else_and_is_not_seen_to_end_is_no_success(
    fake_time: Any, journal: Journal, looks: Any
) -> None:
    journal.note(Scripted.target, "other", "t1")
    operation = Scripted(fake_time, looks=looks, reads=[NEW])
    outcome = applied(operation, timeout=5, journal=journal, track=tracked(operation, NEW))
    assert outcome.state == FAILED
    assert outcome.failure is not None and outcome.failure.kind == "conflict"
    assert "has not been seen to end" in outcome.failure.message
    assert noted(journal).task_id == "t1"


def test_f3_one_that_wants_something_else_and_is_in_a_state_that_nobody_knows_has_a_way_out(
    fake_time: Any, journal: Journal
) -> None:
    """To wait for its task would never help."""
    journal.note(Scripted.target, "other", "t1")
    outcome = applied(Scripted(fake_time, looks=[task(UNKNOWN)], reads=[OLD]), journal=journal)
    assert outcome.failure is not None
    assert outcome.failure.message.endswith(
        "it has not been seen to end; nothing was sent; look at it on the system, and once that change has shown or "
        f"cannot come any more remove {journal.path(Scripted.target)} and run this again"
    )
    assert "wait: true" not in outcome.failure.message
    Path(journal.path(Scripted.target)).unlink()
    assert applied(Scripted(fake_time, [task(SUCCESS)], reads=[NEW]), journal=journal).state == CHANGED


@pytest.mark.parametrize("found", [NEW, OLD])
@pytest.mark.parametrize("ended", [task(FAILURE), None])
def test_one_that_came_to_nothing_costs_a_look_and_a_read(
    fake_time: Any, journal: Journal, ended: Any, found: Any
) -> None:
    journal.note(Scripted.target, "other", "t1")
    fake_time.advance(60)
    reads = [lambda: NEW if "submit" in operation.log else found]
    operation = Scripted(fake_time, [task(SUCCESS)], [ended], reads)
    outcome = applied(operation, journal=journal, track=tracked(operation, found))
    assert outcome.state == (UNCHANGED if found is NEW else CHANGED)
    assert operation.log == ["look", "read"] + ["submit", "read"] * (found is OLD)
    assert fake_time.slept == []
    assert noted(journal) is None


@pytest.mark.parametrize("found", [NEW, OLD, OTHER])
def test_one_that_has_ended_with_another_state_costs_a_look_and_a_read(
    fake_time: Any, journal: Journal, found: Any
) -> None:
    journal.note(Scripted.target, "other", "t1")
    operation = Scripted(fake_time, [task(SUCCESS)], [task(SUCCESS)], [OTHER, NEW])
    outcome = applied(operation, journal=journal, track=tracked(operation, found))
    assert outcome.state == CHANGED
    assert operation.log == ["look", "read", "submit", "read"]
    assert fake_time.slept == []
    assert ("comes after it" in str(outcome.warning)) is (found is not OTHER)


@pytest.mark.parametrize("ended", [task(SUCCESS), task(FAILURE)])
def test_i5_what_somebody_else_made_of_it_since_is_a_conflict(fake_time: Any, journal: Journal, ended: Any) -> None:
    journal.note(Scripted.target, "other", "t1")
    third = {"name": "third"}
    operation = Scripted(fake_time, looks=[task(PENDING), ended], reads=[third])
    outcome = applied(operation, journal=journal, track=tracked(operation, NEW))
    assert (outcome.state, outcome.object) == (FAILED, third)
    assert outcome.failure is not None and outcome.failure.kind == "conflict"
    assert "somebody else changed the object meanwhile; this change was not made" in outcome.failure.message
    assert "submit" not in operation.log
    assert noted(journal) is None


def test_f24_one_that_has_just_ended_is_given_time_to_show(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "other", "t1")
    operation = Scripted(fake_time, [task(SUCCESS)], [task(SUCCESS)], [NEW, NEW, OTHER, NEW])
    outcome = applied(operation, journal=journal, track=tracked(operation, NEW))
    assert outcome.state == CHANGED
    assert operation.log == ["look", "read", "read", "read", "submit", "read"]


def test_what_is_as_wanted_costs_nothing_when_an_earlier_run_wanted_the_same(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new", "t1")
    operation = Scripted(fake_time)
    assert applied(operation, journal=journal, track=tracked(operation, NEW)).state == UNCHANGED
    assert operation.log == []


def test_i7_a_lost_answer_to_something_else_is_watched_for(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "other")
    operation = Scripted(fake_time, [task(SUCCESS)], reads=[NEW, NEW, OTHER, NEW])
    outcome = applied(operation, journal=journal, track=tracked(operation, NEW))
    assert (outcome.state, operation.log) == (CHANGED, ["read"] * 3 + ["submit", "read"])
    assert "an earlier run had submitted a rename to 'other'" in str(outcome.warning)


def test_i8_something_else_that_shows_nothing_for_long_enough_was_not_taken(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "other")
    operation = Scripted(fake_time, reads=[NEW])
    begun = fake_time.monotonic()
    assert applied(operation, journal=journal, track=tracked(operation, NEW)).state == UNCHANGED
    assert fake_time.monotonic() - begun >= 10
    assert noted(journal) is None


def test_i8_a_limit_below_the_watch_is_no_success(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "other")
    operation = Scripted(fake_time, reads=[NEW])
    outcome = applied(operation, timeout=3, journal=journal, track=tracked(operation, NEW))
    assert outcome.failure is not None and outcome.failure.kind == "conflict"
    assert "nothing was sent; wait a moment and run this again" in outcome.failure.message
    assert noted(journal) is not None


@pytest.mark.parametrize("wanted", ["new", "other"])
def test_j1_check_mode_looks_once_and_forgets_nothing(fake_time: Any, journal: Journal, wanted: str) -> None:
    journal.note(Scripted.target, wanted, "t1")
    for found in (OLD, NEW):
        operation = Scripted(fake_time, looks=[task(PENDING)])
        track = tracked(operation, found)
        outcome = applied(operation, journal=journal, track=track, check_mode=True)
        same = found is NEW and wanted == "new"
        assert (outcome.state, outcome.object) == (UNCHANGED if same else CHANGED, NEW)
        assert track.planned.object == (OTHER if wanted == "other" else found)
        assert operation.log == [] if same else ["look"]
        assert noted(journal).task_id == "t1"
    assert fake_time.slept == []


@pytest.mark.parametrize("ended", [task(SUCCESS), task(FAILURE), None])
def test_j1_check_mode_reads_what_came_of_one_that_has_ended(fake_time: Any, journal: Journal, ended: Any) -> None:
    journal.note(Scripted.target, "other", "t1")
    fake_time.advance(60)
    found = OTHER if ended == task(SUCCESS) else NEW
    operation = Scripted(fake_time, looks=[ended], reads=[found])
    outcome = applied(operation, journal=journal, track=tracked(operation, NEW), check_mode=True)
    assert outcome.state == (UNCHANGED if found is NEW else CHANGED)
    assert operation.log == ["look", "read"]
    assert fake_time.slept == []
    assert noted(journal).task_id == "t1"


@pytest.mark.parametrize("check_mode", [True, False])
def test_j1_what_cannot_be_foreseen_fails_in_check_mode_too(fake_time: Any, journal: Journal, check_mode: bool) -> None:
    journal.note(Scripted.target, "other", "t1")
    for wait, look in ((False, task(PENDING)), (True, failure("permission", 403))):
        operation = Scripted(fake_time, looks=[look])
        outcome = applied(operation, wait=wait, journal=journal, track=tracked(operation, NEW), check_mode=check_mode)
        assert outcome.state == FAILED
        assert operation.log == ["look"]


def test_j1_check_mode_notes_nothing(fake_time: Any, journal: Journal) -> None:
    assert applied(Scripted(fake_time), journal=journal, check_mode=True).state == CHANGED
    assert noted(journal) is None


def test_i15_a_run_that_is_quicker_by_a_moment_is_followed(
    fake_time: Any, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = journal.claim

    def late(target: str, wanted: str) -> bool:
        monkeypatch.setattr(journal, "claim", claim)
        journal.note(target, wanted, "t1")
        return claim(target, wanted)

    monkeypatch.setattr(journal, "claim", late)
    operation = Scripted(fake_time, looks=[task(PENDING), task(SUCCESS)], reads=[NEW])
    outcome = applied(operation, journal=journal)
    assert (outcome.state, operation.log) == (CHANGED, ["look", "look", "read"])
    assert EARLIER in str(outcome.warning)


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
    operation = Scripted(fake_time, looks=[task(PENDING)])
    track = tracked(operation)
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


@pytest.mark.parametrize("kind", ["auth", "permission", "input"])
def test_one_that_cannot_be_looked_at_stays_noted(fake_time: Any, journal: Journal, kind: str) -> None:
    journal.note(Scripted.target, "other", "t1")
    operation = Scripted(fake_time, looks=[failure(kind, 403)])
    track = tracked(operation, NEW)
    outcome = applied(operation, journal=journal, track=track)
    assert outcome.state == FAILED
    assert not track.submitted
    assert operation.log == ["look"]
    assert noted(journal).task_id == "t1"
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.http_status) == (kind, 403)


def test_one_that_cannot_be_looked_at_says_so_and_names_the_way_out(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "other", "t1")
    fake_time.advance(90)
    operation = Scripted(fake_time, looks=[failure("permission", 403)])
    failed = applied(operation, journal=journal).failure
    assert failed is not None
    assert failed.task == {"id": "t1"}
    submitted = format_utc(int(fake_time.wall() - 90) * NANOSECONDS)
    for part in (
        f"an earlier run submitted a rename to 'other' at {submitted}, and its task 't1' cannot be looked at",
        "nothing was sent",
        "run this again as a user who may read that task",
        f"remove {journal.path(Scripted.target)} and run this again",
        "the words of permission",
    ):
        assert part in failed.message
    Path(journal.path(Scripted.target)).unlink()
    assert applied(Scripted(fake_time, [task(SUCCESS)], reads=[NEW]), journal=journal).state == CHANGED


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
    assert operation.submitted_at[0] - begun == pytest.approx(30, abs=0.1)


def test_j9_a_run_with_a_short_limit_comes_after_one_that_was_killed_in_the_end(
    fake_time: Any, journal: Journal
) -> None:
    journal.note(Scripted.target, "new")
    waiting = Scripted(fake_time, reads=[OLD])
    outcome = applied(waiting, timeout=20, journal=journal)
    assert outcome.failure is not None and outcome.failure.kind == "conflict"
    assert "submit" not in waiting.log
    fake_time.advance(60)
    operation = Scripted(fake_time, [task(SUCCESS)], reads=[NEW])
    assert applied(operation, timeout=20, journal=journal).state == CHANGED
    assert operation.log == ["submit", "read"]


def test_j9_one_of_a_moment_ago_may_still_show(fake_time: Any, journal: Journal) -> None:
    journal.note(Scripted.target, "new")
    fake_time.advance(30)
    operation = Scripted(fake_time, reads=[OLD] * 8 + [NEW])
    assert applied(operation, journal=journal).state == CHANGED
    assert set(operation.log) == {"read"}


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


def test_i9_one_whose_task_is_not_known_is_told_in_a_clean_sentence(fake_time: Any) -> None:
    failure = change_failures.other_change(Scripted(fake_time), Scripted(fake_time))
    assert failure.message.endswith(
        " and it has not been seen to end; nothing was sent; wait a moment and run this again"
    )
    assert "and and" not in failure.message
