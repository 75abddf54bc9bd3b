# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of tables D, E and F that a submitted change can meet, before and after the server has carried it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .answers import BROKEN_BODIES, REASON, SPOILED_BODIES, Action, document, not_found, refusal, spoiled, status

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Write:
    """One row. when: whether the change is carried out all the same. kind: of the failure, None when the run goes well.

    posts: submissions that the server saw. changes: those that it took. warned: whether the user is told that success
    was only seen by reading back.
    """

    id: str
    action: Action
    when: str = BEFORE
    kind: str | None = None
    posts: int = 1
    changes: int = 0
    says: str = ""
    times: int | None = None
    warned: bool = False


def _refused() -> Iterator[Write]:
    for row, number, kind in (
        ("D15", 400, "input"),
        ("D9", 403, "permission"),
        ("D12", 405, "bad_response"),
        ("D12", 406, "bad_response"),
        ("D13", 409, "conflict"),
        ("D14", 412, "input"),
        ("D14", 413, "input"),
        ("D14", 414, "input"),
        ("D12", 415, "bad_response"),
        ("D15", 422, "input"),
        ("D13", 423, "conflict"),
    ):
        yield Write(f"{row}-{number}", refusal(number), kind=kind, says=REASON)
    yield Write("D10-404", not_found(), kind="not_found", says="could not be found")
    yield Write("D11-404-page", status(404), kind="not_found", says="API version")
    yield Write("D4-401-for-ever", refusal(401), kind="auth", posts=2)
    for number in (501, 505, 507):
        yield Write(f"D22-{number}", refusal(number), kind="server", says=REASON)


def _passing() -> Iterator[Write]:
    yield Write("D4-401-once", refusal(401), posts=2, changes=1, times=1)
    for number in (429, 502, 503):
        yield Write(f"D21-{number}-once", status(number), posts=2, changes=1, times=1)
    for number in (500, 504):
        yield Write(f"D21-{number}-once", status(number), posts=2, changes=1, times=1)
        yield Write(f"D21-{number}-for-ever", status(number), kind="unknown_outcome", posts=2, says=f"status {number}")
    for number in (502, 503):
        # the server says that it was too busy to begin, so this is tried more often; what a proxy says is no proof
        yield Write(f"D21-{number}-for-ever", status(number), kind="unknown_outcome", posts=5, says=f"status {number}")
    yield Write("D16-429-retry-after", status(429, {"Retry-After": "3"}), posts=2, changes=1, times=1)
    # nothing was begun, says a 429
    yield Write("D19-429-for-ever", status(429), kind="rate_limited", posts=5)
    for number in (429, 500, 502, 503, 504):
        yield Write(f"D21-{number}-after-it-was-done", status(number), AFTER, changes=1, times=1, warned=True)


def _answers() -> Iterator[Write]:
    for number in (200, 201, 203):
        yield Write(f"D24-{number}", {"relabel": number}, AFTER, changes=1)
    yield Write("D24-204-after-it-was-done", status(204, body=""), AFTER, changes=1)
    yield Write("D24-204-and-nothing-done", status(204, body=""), kind="unknown_outcome", says="its task is not known")
    silent = ("E1-empty", "E1-blanks", "E3-null")  # an answer that says nothing is as good as a 204
    for name, action in BROKEN_BODIES.items():
        yield Write(f"{name}-after-it-was-done", action, AFTER, changes=1, times=1, warned=name not in silent)
        if name not in silent and name[:2] != "E9":
            yield Write(f"{name}-once-and-nothing-done", action, posts=2, changes=1, times=1)
    for name in ("D23-error-object", "D23-exception-object", "D25-maintenance-page"):
        yield Write(f"{name}-for-ever", BROKEN_BODIES[name], kind="unknown_outcome", posts=2)
    for name in SPOILED_BODIES:
        yield Write(f"{name}-after-it-was-done", spoiled(name, "task"), AFTER, changes=1, times=1, warned=True)
    yield Write("E6-byte-order-mark", {"edit": [["{", "\xef\xbb\xbf{"]]}, AFTER, changes=1)
    for name, action in {
        "F13-no-task-id": {"remove": ["task.id"]},
        "F13-no-task": {"remove": ["task"]},
        "E4-task-null": {"mutate": {"task": None}},
        "E4-task-id-null": {"mutate": {"task.id": None}},
        "E4-task-id-number": {"mutate": {"task.id": 5}},
        "E4-task-id-empty": {"mutate": {"task.id": ""}},
        "F14-list-of-tasks": {"mutate": {"task": []}},
        "F14-empty-list": document([]),
    }.items():
        # an answer that says that there is a task, but not which, says that the change was taken
        yield Write(name, action, AFTER, changes=1, times=1, warned="task-id" not in name)


WRITES: Sequence[Write] = (*_refused(), *_passing(), *_answers())
