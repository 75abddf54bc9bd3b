# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What a change is, and how it can end; the same for every back end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from .clock import Deadline
from .errors import Failure
from .tasks import Task

CHANGED, UNCHANGED, SUBMITTED, FAILED, DOUBTFUL, NOT_TRIED = (
    "changed",
    "unchanged",
    "submitted",
    "failed",
    "unknown",
    "not_tried",
)


class Operation(Protocol):
    """What a back end must be able to do for one change.

    subject: `rename of backup 'a' (id 1) to 'b'`, clean. aim: `a rename to 'b'`, clean. target: names the object, the
    same in every run, and no object of another system. wanted: the state that is asked for, to tell one change of the
    object from another. result: the object as it will be.
    """

    subject: str
    aim: str
    target: str
    wanted: str
    result: Mapping[str, Any]

    def to(self, wanted: str) -> Operation:
        """The change of the same object to another state."""

    def submit(self, deadline: Deadline) -> Task | None:
        """Send the change once; None when the server gave no task."""

    def look(self, task_id: str, deadline: Deadline) -> Task | None:
        """The task now; None when the server does not know it."""

    def read(self, deadline: Deadline) -> Mapping[str, Any] | None:
        """The object now; None when the server does not have it."""

    def read_many(self, operations: Sequence[Operation], deadline: Deadline) -> Mapping[str, Mapping[str, Any]]:
        """The objects of these operations now, by target, those of them that few requests show. Raises a Failure."""

    def is_gone(self, deadline: Deadline) -> bool:
        """Whether the server does not list the object any more. Raises a Failure."""

    def is_applied(self, found: Mapping[str, Any]) -> bool:
        """Whether the object is as the change wants it."""

    def is_expected(self, found: Mapping[str, Any]) -> bool:
        """Whether the object is still as it was when the change was planned."""


class Planned(NamedTuple):
    """One change as planned. about: what the result says of it in any case (id, names). object: as it is now.

    operation: None when it cannot be done, and failure says why. after: the positions of the changes that must have
    been made before this one.
    """

    about: Mapping[str, Any]
    object: Mapping[str, Any] | None = None
    operation: Operation | None = None
    failure: Failure | None = None
    after: tuple[int, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether the object is as wanted already."""
        return self.operation is not None and self.object is not None and self.operation.is_applied(self.object)


class Track:
    """What is known of a change while it is under way, also for the report of a run that is told to stop.

    planned: the change, planned anew when an earlier run turns out to have changed the object. seen_at: when the object
    was seen as planned once more.
    """

    def __init__(self, planned: Planned) -> None:
        self.planned = planned
        self.seen_at: float | None = None
        self.submitted = False
        self.task: Mapping[str, Any] | None = None


class Outcome(NamedTuple):
    """How one change ended. object: as read last. failure: set for failed and unknown. warning: one sentence."""

    state: str
    object: Mapping[str, Any] | None = None
    task: Mapping[str, Any] | None = None
    failure: Failure | None = None
    warning: str | None = None
