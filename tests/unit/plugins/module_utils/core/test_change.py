# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One change of one object, against a scripted back end: what is read back decides what is reported."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import read_back, submission
from ansible_collections.safehold.backup.plugins.module_utils._core.change import Changes
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.journal import Journal
from ansible_collections.safehold.backup.plugins.module_utils._core.outcome import (
    CHANGED,
    DOUBTFUL,
    FAILED,
    SUBMITTED,
    Outcome,
    Planned,
    Track,
)
from ansible_collections.safehold.backup.plugins.module_utils._core.schedule import run
from ansible_collections.safehold.backup.plugins.module_utils._core.tasks import (
    FAILURE,
    PENDING,
    SUCCESS,
    UNKNOWN,
    Task,
    Waiting,
)

OLD, NEW, OTHER = {"name": "old"}, {"name": "new"}, {"name": "other"}
GONE = None


def task(outcome: str) -> Task:
    state = {PENDING: "IN_PROGRESS", SUCCESS: "COMPLETED", FAILURE: "FAILED"}.get(outcome, "ODD")
    reason, code = ("Duplicate name exists.", "13") if outcome == FAILURE else ("", None)
    return Task("t1", state, outcome, reason, code, {"id": "t1", "state": state})


def failure(kind: str, status: int | None = None, sent: bool = True, retry_after: float | None = None) -> Failure:
    return Failure(kind, f"the words of {kind}", http_status=status, sent=sent, retry_after=retry_after)


LOST = failure("timeout")
REFUSED_CONNECTION = failure("connect", sent=False)
BUSY = failure("server", 502)
BROKEN = failure("server", 500)
SLOW = failure("server", 504)


class Scripted:
    """An Operation that answers from lists; the last answer of each list stays. A function is called for its answer,
    and a Failure is raised."""

    subject = "rename of backup 'old'"
    target = "backups/1"
    old, wanted = "old", "new"

    @property
    def aim(self) -> str:
        return f"a rename to '{self.wanted}'"

    @property
    def result(self) -> Mapping[str, Any]:
        return {"name": self.wanted}

    def __init__(
        self, fake_time: Any, submits: Any = (), looks: Any = (), reads: Any = (OLD,), listed: Any = False
    ) -> None:
        self.log: list[str] = []
        self.submitted_at: list[float] = []
        self._time = fake_time
        self._answers = {"submit": list(submits), "look": list(looks), "read": list(reads), "listed": [listed]}

    def _next(self, what: str) -> Any:
        self.log.append(what)
        answers = self._answers[what]
        assert answers, f"{what} was not expected"
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            answer = answer()
        if isinstance(answer, (Failure, AssertionError)):
            raise answer
        return answer

    def to(self, wanted: str) -> Scripted:
        other = copy.copy(self)
        other.wanted = wanted
        return other

    def begun_from(self, found: Mapping[str, Any]) -> Scripted:
        other = copy.copy(self)
        other.old = found["name"]
        return other

    def submit(self, deadline: Deadline) -> Task | None:
        self.submitted_at.append(self._time.monotonic())
        return self._next("submit")

    def look(self, task_id: str, deadline: Deadline) -> Task | None:
        assert task_id == "t1"
        return self._next("look")

    def read(self, deadline: Deadline) -> Mapping[str, Any] | None:
        assert not deadline.expired
        return self._next("read")

    def is_gone(self, deadline: Deadline) -> bool:
        return not self._next("listed")

    def is_applied(self, found: Mapping[str, Any]) -> bool:
        return found["name"] == self.wanted

    def is_expected(self, found: Mapping[str, Any]) -> bool:
        return found["name"] == self.old


def tracked(operation: Scripted, found: Mapping[str, Any] | None = None) -> Track:
    """The change as it is planned for an object like this, or the old one."""
    found = found or OLD
    return Track(Planned({}, found, operation.begun_from(found)))


def planned_anew(change: Planned, found: Mapping[str, Any]) -> Planned:
    assert isinstance(change.operation, Scripted)
    return Planned(change.about, found, change.operation.begun_from(found))


def applied(
    operation: Scripted,
    timeout: float = 60,
    wait: bool = True,
    track: Track | None = None,
    journal: Journal | None = None,
    check_mode: bool = False,
) -> Outcome:
    clock = Clock()
    begun = clock.monotonic()
    journal = journal or Journal(clock, None)
    changes = Changes(Waiting(wait, timeout, 10), clock, journal, planned_anew, look_only=check_mode)
    outcome: Outcome = run(changes.apply(track or tracked(operation)), clock)
    assert clock.monotonic() - begun <= timeout + read_back.APPLIED_SECONDS + 1
    return outcome


def submissions(operation: Scripted) -> int:
    return operation.log.count("submit")


def test_a_change_is_submitted_once_followed_and_read_back(fake_time: Any) -> None:
    operation = Scripted(fake_time, [task(PENDING)], [task(PENDING), task(SUCCESS)], [NEW])
    outcome = applied(operation)
    assert outcome == Outcome(CHANGED, NEW, task(SUCCESS).data)
    assert operation.log == ["submit", "look", "look", "read"]


def test_f12_a_task_that_is_done_at_once_is_not_looked_at(fake_time: Any) -> None:
    operation = Scripted(fake_time, [task(SUCCESS)], reads=[NEW])
    assert applied(operation).state == CHANGED
    assert operation.log == ["submit", "read"]
    assert fake_time.slept == []


def test_f19_without_waiting_the_task_is_returned(fake_time: Any) -> None:
    operation = Scripted(fake_time, [task(PENDING)])
    assert applied(operation, wait=False) == Outcome(SUBMITTED, task=task(PENDING).data)
    assert operation.log == ["submit"]


def test_without_waiting_a_task_that_failed_at_once_is_a_failure(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(FAILURE)]), wait=False)
    assert outcome.state == FAILED
    assert outcome.failure is not None and outcome.failure.kind == "task_failed"


def test_f24_a_change_may_show_only_seconds_after_its_task(fake_time: Any) -> None:
    operation = Scripted(fake_time, [task(SUCCESS)], reads=[OLD, OLD, OLD, NEW])
    assert applied(operation).state == CHANGED


def test_i10_a_completed_task_that_changed_nothing_is_a_failure(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(SUCCESS)], [task(SUCCESS)], [OLD]))
    assert outcome.state == FAILED
    assert outcome.object == OLD
    assert outcome.failure is not None
    assert outcome.failure.kind == "task_failed" and outcome.failure.submitted
    assert "says that it is done, but the object is as before" in outcome.failure.message


def test_f5_a_failed_task_is_a_failure_with_its_reason(fake_time: Any) -> None:
    operation = Scripted(fake_time, [task(PENDING)], [task(FAILURE)])
    outcome = applied(operation)
    assert outcome.state == FAILED
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.code) == ("task_failed", "13")
    assert "Duplicate name exists." in outcome.failure.message
    # looked at for as long as a change may take to show, but not as often as where it is expected
    assert set(operation.log[2:]) == {"read"} and len(operation.log[2:]) <= 7


@pytest.mark.parametrize("reads", [[OLD, OLD, NEW], [BROKEN, GONE, NEW]])
def test_i11_i13_f24_a_failed_task_that_changed_the_object_may_show_it_later(fake_time: Any, reads: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [task(FAILURE)], reads))
    assert (outcome.state, outcome.failure) == (CHANGED, None)
    assert "did not end well" in str(outcome.warning)


def test_f8_a_task_that_only_seemed_to_have_ended_is_followed_on(fake_time: Any) -> None:
    looks = [task(SUCCESS), *[task(PENDING)] * 4, task(SUCCESS)]
    operation = Scripted(fake_time, [task(PENDING)], looks, [lambda: NEW if operation.log.count("look") > 5 else OLD])
    outcome = applied(operation)
    assert (outcome.state, outcome.failure) == (CHANGED, None)
    assert submissions(operation) == 1


def test_i14_a_name_that_others_gave_after_the_task_is_a_conflict_and_a_change(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [task(SUCCESS)], [OTHER]))
    assert (outcome.state, outcome.object) == (DOUBTFUL, OTHER)
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.submitted) == ("conflict", True)
    assert "somebody else changed the object" in outcome.failure.message


@pytest.mark.parametrize(
    ("answer", "state", "submitted"),
    [
        (LOST, DOUBTFUL, True),
        (BROKEN, DOUBTFUL, True),
        (BUSY, DOUBTFUL, True),
        (failure("rate_limited", 429), FAILED, False),
        (REFUSED_CONNECTION, FAILED, False),
    ],
)
def test_i5_a_name_that_others_gave_is_not_overwritten_by_a_second_submission(
    fake_time: Any, answer: Any, state: str, submitted: bool
) -> None:
    operation = Scripted(fake_time, [answer], reads=[OTHER])
    outcome = applied(operation)
    assert (outcome.state, outcome.object) == (state, OTHER)
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.submitted) == ("conflict", submitted)
    assert submissions(operation) == 1


@pytest.mark.parametrize("status", [501, 505, 507])
def test_d22_what_the_server_cannot_do_at_all_is_not_sent_again(fake_time: Any, status: int) -> None:
    operation = Scripted(fake_time, [failure("server", status)])
    assert applied(operation).state == FAILED
    assert operation.log == ["submit"]


def test_i11_a_failed_task_that_did_change_the_object_is_a_success_with_a_warning(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [task(FAILURE)], [NEW]))
    assert (outcome.state, outcome.object, outcome.failure) == (CHANGED, NEW, None)
    assert outcome.warning is not None and "did not end well" in outcome.warning


def test_f3_an_unknown_state_is_unknown(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [task(UNKNOWN)]))
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None
    assert outcome.failure.kind == "task_unknown_state" and outcome.failure.submitted


def test_f3_an_unknown_state_of_a_change_that_shows_is_a_success_with_a_warning(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(UNKNOWN)], reads=[NEW]))
    assert outcome.state == CHANGED and outcome.warning


def test_f1_a_task_that_never_ends_is_unknown_and_names_what_was_seen_last(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [task(PENDING)]), timeout=30)
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None
    assert outcome.failure.kind == "task_timeout" and outcome.failure.submitted
    assert outcome.failure.message.startswith("rename of backup 'old': task 't1' (state IN_PROGRESS)")
    assert outcome.task == task(PENDING).data


def test_f2_a_change_that_shows_at_the_limit_is_a_success(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [task(PENDING)], [NEW]), timeout=30)
    assert outcome.state == CHANGED and outcome.warning


def test_f9_a_task_that_is_visible_only_later_is_followed(fake_time: Any) -> None:
    operation = Scripted(fake_time, [task(PENDING)], [None, None, task(SUCCESS)], [NEW])
    assert applied(operation).state == CHANGED


@pytest.mark.parametrize(
    ("reads", "kind"), [([NEW], None), ([OLD], "unknown_outcome"), ([GONE], "not_found"), ([BROKEN], "unknown_outcome")]
)
def test_f10_f23_when_a_task_is_gone_reading_back_decides(fake_time: Any, reads: Any, kind: str | None) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [task(PENDING), None], reads))
    assert outcome.state == (DOUBTFUL if kind else CHANGED)
    assert (outcome.failure.kind if outcome.failure else None) == kind


@pytest.mark.parametrize("reads", [[NEW], [OLD, NEW], [BROKEN, GONE, NEW]])
def test_d24_f13_without_a_task_reading_back_decides(fake_time: Any, reads: Any) -> None:
    operation = Scripted(fake_time, [None], reads=reads)
    assert applied(operation).state == CHANGED
    assert submissions(operation) == 1


def test_d24_without_a_task_and_without_the_change_it_is_unknown_and_not_sent_again(fake_time: Any) -> None:
    operation = Scripted(fake_time, [None], reads=[OLD])
    outcome = applied(operation)
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None and outcome.failure.kind == "unknown_outcome"
    assert submissions(operation) == 1


@pytest.mark.parametrize("doubt", [LOST, failure("connect"), BROKEN, SLOW, failure("bad_response", 200)])
def test_i7_b2_d21_in_doubt_a_change_that_shows_is_a_success_and_not_sent_again(fake_time: Any, doubt: Any) -> None:
    operation = Scripted(fake_time, [doubt], reads=[OLD, OLD, NEW])
    outcome = applied(operation)
    assert outcome.state == CHANGED
    assert outcome.warning is not None and "the words of" in outcome.warning
    assert submissions(operation) == 1


@pytest.mark.parametrize("doubt", [LOST, failure("connect"), BROKEN, SLOW])
def test_i8_in_doubt_the_object_is_watched_before_the_one_more_submission(fake_time: Any, doubt: Any) -> None:
    operation = Scripted(fake_time, [doubt, task(SUCCESS)])
    operation._answers["read"] = [lambda: NEW if submissions(operation) == 2 else OLD]
    outcome = applied(operation)
    assert outcome == Outcome(CHANGED, NEW, task(SUCCESS).data)
    first, second = operation.submitted_at
    assert second - first >= read_back.DOUBT_SECONDS


def test_i8_two_doubts_are_unknown_and_never_a_third_submission(fake_time: Any) -> None:
    operation = Scripted(fake_time, [LOST])
    outcome = applied(operation)
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None
    assert outcome.failure.kind == "unknown_outcome" and outcome.failure.submitted
    assert "run this again" in outcome.failure.message
    assert submissions(operation) == 2


def test_i12_one_404_on_reading_back_is_doubted(fake_time: Any) -> None:
    operation = Scripted(fake_time, [task(SUCCESS)], reads=[GONE, NEW])
    assert applied(operation).state == CHANGED


@pytest.mark.parametrize("submit", [LOST, task(SUCCESS), None])
@pytest.mark.parametrize(
    ("listed", "kind"), [(False, "not_found"), (True, "unknown_outcome"), (LOST, "unknown_outcome")]
)
def test_i4_i12_an_object_that_stays_gone_is_only_deleted_when_the_list_says_so_too(
    fake_time: Any, submit: Any, listed: Any, kind: str
) -> None:
    operation = Scripted(fake_time, [submit], [task(SUCCESS)], [GONE], listed=listed)
    outcome = applied(operation)
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None and outcome.failure.kind == kind and outcome.failure.submitted
    assert submissions(operation) == 1


def test_i12_an_object_that_was_gone_for_a_moment_only_is_not_looked_for_in_the_list(fake_time: Any) -> None:
    operation = Scripted(fake_time, [LOST], reads=[GONE, BROKEN], listed=AssertionError("asked"))
    outcome = applied(operation)
    assert outcome.failure is not None and outcome.failure.kind == "unknown_outcome"


@pytest.mark.parametrize("first", [BROKEN, OLD])
@pytest.mark.parametrize(("submit", "kind"), [(LOST, "not_found"), (task(FAILURE), "task_failed")])
def test_i4_an_object_that_is_gone_after_another_answer_is_deleted(
    fake_time: Any, submit: Any, kind: str, first: Any
) -> None:
    outcome = applied(Scripted(fake_time, [submit], reads=[first, GONE]))
    assert outcome.failure is not None and outcome.failure.kind == kind


def test_d3_f8_a_refusal_to_show_what_the_task_says_is_done_is_told(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(SUCCESS)], [task(SUCCESS)], [failure("auth", 401)]))
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None and outcome.failure.kind == "auth" and outcome.failure.submitted
    assert "reading it back was refused" in outcome.failure.message


def test_f10_i14_a_third_name_after_a_task_that_is_gone_is_a_conflict(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [task(PENDING), None], [OTHER]))
    assert outcome.failure is not None and outcome.failure.kind == "conflict" and outcome.failure.submitted


def test_b4_f13_what_the_server_began_to_say_yes_to_is_not_sent_again(fake_time: Any) -> None:
    cut = failure("connect")
    cut.taken = True
    operation = Scripted(fake_time, [cut], reads=[OLD] * 12 + [NEW])
    outcome = applied(operation)
    assert outcome.state == CHANGED
    assert submissions(operation) == 1


def test_i13_a_stale_node_is_waited_for(fake_time: Any) -> None:
    operation = Scripted(fake_time, [task(SUCCESS)], reads=[OLD] * 4 + [NEW])
    assert applied(operation).state == CHANGED


def test_f15_reading_back_survives_errors_that_may_pass(fake_time: Any) -> None:
    operation = Scripted(fake_time, [task(SUCCESS)], reads=[BROKEN, LOST, NEW])
    assert applied(operation).state == CHANGED


@pytest.mark.parametrize(
    ("kind", "status"),
    [("permission", 403), ("bad_response", 302), ("bad_response", 406), ("server", 501), ("not_found", 404)],
)
@pytest.mark.parametrize("submit", [task(SUCCESS), LOST])
def test_c1_d9_d12_d22_one_refusal_does_not_end_reading_back(
    fake_time: Any, submit: Any, kind: str, status: int
) -> None:
    operation = Scripted(fake_time, [submit], reads=[failure(kind, status), NEW])
    assert applied(operation).state == CHANGED
    assert submissions(operation) == 1


@pytest.mark.parametrize("failed", [failure("auth", 401), failure("tls")])
def test_d3_a14_what_every_look_would_meet_ends_reading_back(fake_time: Any, failed: Failure) -> None:
    operation = Scripted(fake_time, [task(SUCCESS)], [task(SUCCESS)], [failed])
    assert applied(operation).state == DOUBTFUL
    assert operation.log.count("read") == 1


def test_d9_an_object_that_is_refused_to_the_end_is_told(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(SUCCESS)], [task(SUCCESS)], [failure("permission", 403)]))
    assert outcome.failure is not None and outcome.failure.kind == "permission"
    assert "reading it back was refused" in outcome.failure.message


@pytest.mark.parametrize("failed", [failure("auth", 401), BROKEN])
def test_i11_a_failed_task_of_an_object_that_nobody_shows_is_unknown(fake_time: Any, failed: Failure) -> None:
    outcome = applied(Scripted(fake_time, [task(FAILURE)], reads=[failed]))
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None and outcome.failure.kind == "unknown_outcome" and outcome.failure.submitted
    assert "Duplicate name exists." in outcome.failure.message and "could not be seen" in outcome.failure.message


def test_i13_an_old_state_before_a_refusal_says_nothing(fake_time: Any) -> None:
    refused = failure("auth", 401)
    outcome = applied(Scripted(fake_time, [task(SUCCESS)], [task(SUCCESS)], [OLD, refused]))
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None and outcome.failure.kind == "auth"
    operation = Scripted(fake_time, [LOST], reads=[OLD, refused])
    assert applied(operation).state == DOUBTFUL
    assert submissions(operation) == 1


def late(fake_time: Any, seconds: float, answer: Any) -> Any:
    """A read that takes so long, and ends with this."""

    def read() -> Any:
        fake_time.sleep(seconds)
        return answer

    return read


@pytest.mark.parametrize("reads", ["-+", "-o+", "-?+", "o-+", "?-+", "--+", "-o-+"])
@pytest.mark.parametrize("submit", [task(SUCCESS), BUSY, LOST])
def test_a7_i12_i13_the_time_of_looks_without_an_answer_does_not_count(fake_time: Any, submit: Any, reads: str) -> None:
    answers = {"-": late(fake_time, 12, LOST), "o": OLD, "?": GONE, "+": NEW}
    operation = Scripted(fake_time, [submit], [task(SUCCESS)], [answers[read] for read in reads])
    assert applied(operation).state == CHANGED
    assert submissions(operation) == 1


@pytest.mark.parametrize("found", [OLD, GONE])
@pytest.mark.parametrize("submit", [task(SUCCESS), BUSY, LOST])
def test_d17_i12_i13_a_first_answer_that_comes_late_is_not_the_last(fake_time: Any, submit: Any, found: Any) -> None:
    operation = Scripted(fake_time, [submit], [task(SUCCESS)], [late(fake_time, 12, found), NEW])
    assert applied(operation).state == CHANGED
    assert submissions(operation) == 1


def test_a7_a_server_that_answers_no_look_is_not_asked_for_all_of_the_time(fake_time: Any) -> None:
    operation = Scripted(fake_time, [LOST], reads=[late(fake_time, 12, LOST)])
    outcome = applied(operation, timeout=600)
    assert outcome.failure is not None and outcome.failure.kind == "unknown_outcome"
    assert operation.log == ["submit", "read", "read", "read"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("input", 400),
        ("auth", 401),
        ("permission", 403),
        ("not_found", 404),
        ("bad_response", 405),
        ("conflict", 409),
        ("bad_response", 415),
        ("conflict", 423),
        ("bad_response", 302),
        ("bad_response", 307),
        ("tls", None),
    ],
)
def test_d9_d12_d13_c2_c4_a_refusal_is_a_failure_at_once(fake_time: Any, kind: str, status: int | None) -> None:
    operation = Scripted(fake_time, [failure(kind, status)])
    outcome = applied(operation)
    assert outcome.state == FAILED
    assert outcome.failure is not None
    assert outcome.failure.kind == kind and not outcome.failure.submitted
    assert outcome.failure.message == f"rename of backup 'old': the words of {kind}"
    assert operation.log == ["submit"]


def test_a1_a_submission_that_was_not_sent_is_repeated(fake_time: Any) -> None:
    operation = Scripted(fake_time, [REFUSED_CONNECTION, REFUSED_CONNECTION, task(SUCCESS)])
    operation._answers["read"] = [lambda: NEW if submissions(operation) == 3 else OLD]
    assert applied(operation).state == CHANGED
    assert submissions(operation) == 3


def test_a1_a_submission_that_can_never_be_sent_is_a_plain_failure(fake_time: Any) -> None:
    operation = Scripted(fake_time, [REFUSED_CONNECTION])
    outcome = applied(operation)
    assert outcome.state == FAILED
    assert outcome.failure is not None
    assert outcome.failure.kind == "connect" and not outcome.failure.submitted
    assert submissions(operation) == submission.MOST_BUSY_ANSWERS + 1


@pytest.mark.parametrize("status", [429, 502, 503])
def test_d16_d21_a_busy_server_is_asked_again_after_a_look(fake_time: Any, status: int) -> None:
    operation = Scripted(fake_time, [failure("server", status), failure("server", status), task(SUCCESS)])
    operation._answers["read"] = [lambda: NEW if submissions(operation) == 3 else OLD]
    assert applied(operation).state == CHANGED
    for before, after in itertools.pairwise(operation.submitted_at):
        assert after - before >= read_back.BUSY_SECONDS


def test_d16_a_busy_server_says_how_long_to_wait(fake_time: Any) -> None:
    operation = Scripted(fake_time, [failure("rate_limited", 429, retry_after=7), task(SUCCESS)])
    operation._answers["read"] = [lambda: NEW if submissions(operation) == 2 else OLD]
    assert applied(operation).state == CHANGED
    assert 7 in fake_time.slept


def test_d19_a_server_that_is_always_busy_ends_unknown_after_a_few_submissions(fake_time: Any) -> None:
    operation = Scripted(fake_time, [BUSY])
    outcome = applied(operation)
    assert outcome.state == DOUBTFUL
    assert submissions(operation) == submission.MOST_BUSY_ANSWERS + 1


@pytest.mark.parametrize(
    "second", [failure("conflict", 409), failure("not_found", 404), failure("auth", 401), REFUSED_CONNECTION]
)
def test_i8_after_a_doubt_no_refusal_can_say_that_nothing_happened(fake_time: Any, second: Failure) -> None:
    operation = Scripted(fake_time, [LOST, second])
    outcome = applied(operation)
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None
    assert outcome.failure.kind == "unknown_outcome" and outcome.failure.submitted


@pytest.mark.parametrize(
    ("submits", "told"),
    [
        ([LOST], "it was sent 2 times: the words of timeout"),
        ([LOST, failure("conflict", 409)], "it was sent 2 times: the words of timeout; then: the words of conflict"),
        ([BUSY], "it was sent 5 times: the words of server"),
        # the second one did not leave this machine
        ([LOST, failure("connect", sent=False)], "it was sent once: the words of timeout; then: the words of connect"),
    ],
)
def test_i8_what_is_unknown_says_how_often_it_was_sent_and_what_became_of_each(
    fake_time: Any, submits: Any, told: str
) -> None:
    outcome = applied(Scripted(fake_time, submits))
    assert outcome.failure is not None
    assert outcome.failure.message == (
        f"rename of backup 'old': it is not known whether it happened: {told}; the object was still as before when it "
        "was read last; read the object, then run this again: what is already done stays untouched"
    )


def test_i8_one_lost_answer_is_all_there_is_to_say_when_the_object_is_not_shown(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [LOST], reads=[BROKEN]))
    assert outcome.failure is not None
    assert "it is not known whether it happened: the words of timeout; read the object" in outcome.failure.message


def test_i9_a_refused_second_submission_of_a_change_that_shows_is_a_success(fake_time: Any) -> None:
    operation = Scripted(fake_time, [LOST, failure("conflict", 409)])
    operation._answers["read"] = [lambda: NEW if submissions(operation) == 2 else OLD]
    assert applied(operation).state == CHANGED


def test_i5_in_doubt_a_name_that_somebody_else_gave_is_not_called_ours(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [LOST], reads=[OTHER]))
    assert outcome.state == DOUBTFUL
    assert outcome.object == OTHER


def test_d3_a_wait_that_may_not_go_on_is_unknown_and_names_the_task(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [task(PENDING), failure("auth", 401)]))
    assert outcome.state == DOUBTFUL
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.task) == ("auth", task(PENDING).data)
    assert outcome.failure.submitted
    assert "t1" in outcome.failure.message


def test_d3_a_wait_that_may_not_go_on_is_a_success_when_the_change_shows(fake_time: Any) -> None:
    outcome = applied(Scripted(fake_time, [task(PENDING)], [failure("auth", 401)], [NEW]))
    assert outcome.state == CHANGED and outcome.warning


@pytest.mark.parametrize("submit", [LOST, BUSY, REFUSED_CONNECTION])
def test_the_limit_of_the_wait_ends_the_doubts_too(fake_time: Any, submit: Failure) -> None:
    operation = Scripted(fake_time, [submit])
    begun = fake_time.monotonic()
    applied(operation, timeout=3)
    assert fake_time.monotonic() - begun <= 4
    assert submissions(operation) <= submission.MOST_BUSY_ANSWERS + 1
    assert all(at < begun + 3 for at in operation.submitted_at)


def test_d16_j4_a_busy_server_that_wants_more_time_than_there_is_gets_nothing_after_the_limit(fake_time: Any) -> None:
    operation = Scripted(fake_time, [failure("rate_limited", 429, retry_after=3600)])
    begun = fake_time.monotonic()
    outcome = applied(operation, timeout=30)
    # D19: 429 says that nothing was begun
    assert outcome.state == FAILED
    assert outcome.failure is not None and outcome.failure.kind == "rate_limited"
    assert submissions(operation) > 1
    assert all(at < begun + 30 for at in operation.submitted_at)


def test_j8_the_track_knows_what_was_submitted(fake_time: Any) -> None:
    track = tracked(Scripted(fake_time, [task(PENDING)]))
    work = Changes(Waiting(True, 60, 10), Clock(), Journal(Clock(), None), planned_anew).apply(track)
    assert not track.submitted
    next(work)
    assert track.submitted and track.task == task(PENDING).data
