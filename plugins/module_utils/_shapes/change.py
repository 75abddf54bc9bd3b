# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Modules that change objects through tasks: one change, or many in one call, done concurrently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from typing import Any, Protocol

from .._core import wait_options
from .._core.change import Changes
from .._core.diff import Differences
from .._core.errors import Failure, bad_input, unexpected
from .._core.options import whole_number
from .._core.outcome import (
    CHANGED,
    DOUBTFUL,
    FAILED,
    NOT_TRIED,
    SUBMITTED,
    UNCHANGED,
    Outcome,
    Planned,
    Track,
)
from .._core.progress import Progress
from .._core.schedule import Schedule
from .._core.tasks import Waiting
from .._core.text import quoted
from .host import BackEnd, Host, Interrupted, Shape


class Changer(Protocol):
    """A kind of change. key: the object's name in the result. done: the outcome's word for a change that was made."""

    key: str
    done: str

    def argument_spec(self) -> dict[str, Any]:
        """The options that say what to change."""

    def wanted(self, params: Mapping[str, Any]) -> Sequence[Any]:
        """What is asked for, checked without asking the server."""

    def plan(self, client: Any, wanted: Sequence[Any], schedule: Schedule) -> Sequence[Planned]:
        """What each of them comes to. Only reads."""

    def replan(self, client: Any, change: Planned, found: Mapping[str, Any]) -> Planned:
        """The same change of an object of which an earlier run has made something else: found. Only reads."""


def argument_spec(changer: Changer) -> dict[str, Any]:
    """The options of a module that changes objects."""
    return {
        **changer.argument_spec(),
        "parallel": {"type": "int", "default": 4},
        "on_error": {"type": "str", "choices": ["stop", "continue"], "default": "stop"},
        **wait_options.argument_spec(default=True),
    }


def change_objects(changer: Changer, bulk: str) -> Shape:
    """The shape. bulk: the option that holds many changes; without it there is one, and the result is about it."""

    def shape(host: Host, back_end: BackEnd) -> dict[str, Any]:
        waiting = wait_options.waiting(host.params)
        parallel = whole_number(host.params, "parallel", 1, 64) or 1
        wanted = changer.wanted(host.params)
        with back_end.connect(host.params, host.runtime) as client:
            client.throttle.limit = parallel
            run = _Run(host, changer, client, waiting, parallel)
            outcomes = run.carry_out(wanted)
        many = host.params[bulk] is not None
        return _report(host, changer, run.planned, outcomes, many)

    return shape


class _Run:
    """One call of the module: the plan, and what became of each change."""

    def __init__(self, host: Host, changer: Changer, client: Any, waiting: Waiting, parallel: int) -> None:
        self._host = host
        self._changer = changer
        self._client = client
        self._clock = host.runtime.clock
        self._waiting = waiting
        self._parallel = parallel
        self._stop_on_error = host.params["on_error"] == "stop"
        self._stopped = False
        self._outcomes: list[Outcome | None] = []
        self._tracks: list[Track] = []

    @property
    def planned(self) -> list[Planned]:
        """The changes as they were planned last."""
        return [track.planned for track in self._tracks]

    def carry_out(self, wanted: Sequence[Any]) -> list[Outcome]:
        """The outcome of each change, in the order of the plan."""
        planned = self._changer.plan(self._client, wanted, Schedule(self._clock, self._parallel))
        if not self._waiting.wait and any(change.after for change in planned):
            raise bad_input(
                "wait: some of the changes can only begin when others have ended, as one takes the name that another "
                "frees; set wait: true, or make those in a task of their own"
            )
        order = _in_order(planned)
        self._outcomes = [None] * len(planned)
        self._tracks = [Track(change) for change in planned]
        self._stopped = self._stop_on_error and any(change.failure for change in planned)
        # With `stop` no more than `parallel` changes are under way, so that a failure leaves the rest untouched.
        window = self._parallel if self._stop_on_error else None
        with self._progress(planned) as progress:
            changes = self._changes(min(len(planned), window or len(planned)), progress)
            try:
                Schedule(self._clock, self._parallel, window).run_all([self._work(n, changes, progress) for n in order])
            except Interrupted:
                self._stopped = True
        return [outcome or self._interrupted(n) for n, outcome in enumerate(self._outcomes)]

    def _progress(self, planned: Sequence[Planned]) -> Progress:
        tell = self._host.runtime.progress if self._waiting.wait and not self._host.check_mode else None
        only = planned[0].operation if len(planned) == 1 else None
        return Progress(tell, self._clock, len(planned), self._changer.done, only.subject if only else "")

    def _changes(self, number: int, progress: Progress) -> Changes:
        journal, check_mode = self._host.runtime.journal, self._host.check_mode
        if not check_mode:
            journal.sweep()

        def replan(change: Planned, found: Mapping[str, Any]) -> Planned:
            return self._changer.replan(self._client, change, found)

        waiting = self._waiting._replace(watch=progress.saw)
        return Changes(waiting, self._clock, journal, replan, check_mode, number)

    def _work(self, number: int, changes: Changes, progress: Progress) -> Generator[float, None, None]:
        track = self._tracks[number]
        while any(self._outcomes[other] is None for other in track.planned.after):
            yield 0.1
        outcome = yield from self._carried_out(track, changes)
        self._outcomes[number] = outcome
        if outcome.state != NOT_TRIED:
            progress.ended(outcome.failure is not None, track.task["id"] if track.task else None)
        if outcome.failure is not None and self._stop_on_error:
            self._stopped = True

    def _carried_out(self, track: Track, changes: Changes) -> Generator[float, None, Outcome]:
        try:
            if not self._stopped:
                yield from changes.freshen(track)
            return self._without_beginning(track.planned, changes) or (yield from changes.apply(track))
        except Exception as error:  # pylint: disable=broad-except
            # what became of the other changes must not be lost with this one
            failure = unexpected(error)
            if track.planned.operation is not None:
                failure.message = f"{track.planned.operation.subject}: {failure.message}"
            failure.submitted = track.submitted
            return Outcome(DOUBTFUL if track.submitted else FAILED, task=track.task, failure=failure)

    def _without_beginning(self, change: Planned, changes: Changes) -> Outcome | None:
        """How a change ends that needs nothing to be done, or must not be begun; None for others."""
        if change.failure is not None:
            return Outcome(FAILED, change.object, failure=change.failure)
        if changes.is_settled(change):
            return Outcome(UNCHANGED, change.object)
        earlier = [self._outcomes[other] for other in change.after]
        if self._stopped or any(other is None or other.state not in (CHANGED, UNCHANGED) for other in earlier):
            return Outcome(NOT_TRIED, change.object)
        return None

    def _interrupted(self, number: int) -> Outcome:
        track = self._tracks[number]
        change = track.planned
        if change.operation is None:
            return Outcome(NOT_TRIED, change.object)
        if not track.submitted:
            failure = Failure(
                "timeout",
                f"{change.operation.subject}: the module was told to stop (SIGTERM) before it began; run this again",
                sent=False,
            )
            return Outcome(NOT_TRIED, change.object, failure=failure)
        failure = Failure(
            "unknown_outcome",
            f"{change.operation.subject}: the module was told to stop (SIGTERM) while it was under way; "
            "run this again: what is already done stays untouched",
            task=track.task,
            submitted=True,
        )
        return Outcome(DOUBTFUL, change.object, track.task, failure=failure)


def _in_order(planned: Sequence[Planned]) -> list[int]:
    """The positions so that each comes after those it needs. Raises a Failure of kind input for a circle."""
    order: list[int] = []
    placed: dict[int, bool] = {}  # False while its needs are being placed
    for first in range(len(planned)):
        chain = [first]  # it may be longer than a function can call itself
        while chain:
            number = chain[-1]
            needed = next((other for other in planned[number].after if not placed.get(other)), None)
            if placed.get(number) or needed is None:
                if not placed.get(number):
                    order.append(number)
                placed[number] = True
                chain.pop()
            elif needed in placed:
                raise bad_input(
                    f"the changes go in a circle, {quoted(planned[needed].about['old_name'])} among them, so none can "
                    "be first; make one of them in a task of its own, with a name that is free, and then the others"
                )
            else:
                placed[number] = False
                chain.append(needed)
    return order


def _report(
    host: Host, changer: Changer, planned: Sequence[Planned], outcomes: Sequence[Outcome], many: bool
) -> dict[str, Any]:
    for outcome in outcomes:
        if outcome.warning:
            host.runtime.warn(outcome.warning)
    result: dict[str, Any] = {"changed": any(_is_change(outcome) for outcome in outcomes)}
    if host.diff:
        result["diff"] = _differences(planned, outcomes).as_diff()
    if many:
        result["results"] = [_entry(changer, change, outcome) for change, outcome in zip(planned, outcomes)]
    else:
        result[changer.key] = outcomes[0].object or planned[0].object
        result["task"] = outcomes[0].task
    failures = [outcome.failure for outcome in outcomes if outcome.failure is not None]
    if failures:
        failure = failures[0]
        if many:
            failure.message = (
                f"{_tally(result['results'], changer.done, host.check_mode)}; first failure: {failure.message}"
            )
        failure.result = {**failure.result, **result}
        raise failure
    return result


def _is_change(outcome: Outcome) -> bool:
    if outcome.state == DOUBTFUL:
        return outcome.failure is not None and outcome.failure.submitted
    return outcome.state in (CHANGED, SUBMITTED)


def _differences(planned: Sequence[Planned], outcomes: Sequence[Outcome]) -> Differences:
    differences = Differences()
    for change, outcome in zip(planned, outcomes):
        if _is_change(outcome) and change.object is not None and change.operation is not None:
            wanted = change.operation.result
            changed = [key for key in wanted if wanted[key] != change.object.get(key)]
            differences.add(
                str(change.about["id"]),
                {key: change.object.get(key) for key in changed},
                {key: wanted[key] for key in changed},
            )
    return differences


def _entry(changer: Changer, change: Planned, outcome: Outcome) -> dict[str, Any]:
    failure = outcome.failure
    return {
        **change.about,
        "outcome": changer.done if outcome.state == CHANGED else outcome.state,
        "msg": failure.message if failure else "",
        "failure": {**failure.as_dict(), **failure.result} if failure else None,
        changer.key: outcome.object or change.object,
        "task": outcome.task,
    }


def _tally(results: Sequence[Mapping[str, Any]], done: str, check_mode: bool) -> str:
    """`of 60: 12 renamed, 1 failed, 47 not tried`. done: the word for a change that was made, or would be."""
    words = {done: f"would be {done}"} if check_mode else {}
    counts = Counter(entry["outcome"] for entry in results)
    return f"of {len(results)}: " + ", ".join(
        f"{count} {words.get(outcome, outcome.replace('_', ' '))}" for outcome, count in counts.items()
    )
