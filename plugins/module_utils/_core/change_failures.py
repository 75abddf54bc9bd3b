# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The sentences about changes that did not go as they should."""

from __future__ import annotations

from .errors import Failure
from .outcome import Operation
from .tasks import Task, ended_badly
from .text import clean, quoted
from .timestamps import NANOSECONDS, format_utc


def about(operation: Operation, failure: Failure) -> Failure:
    """The failure, its message begun with what was to be done."""
    failure.message = f"{operation.subject}: {failure.message}"
    return failure


def although(operation: Operation, why: str) -> str:
    """The warning that something is done although it did not look so."""
    return f"{operation.subject} is done, as reading it back shows, although {why}"


def by_earlier_run(operation: Operation, task: Task | None) -> str:
    """The warning that nothing was submitted because an earlier run had done so."""
    by = f" ({task.summary})" if task else ""
    return f"{operation.subject} had been submitted by an earlier run{by}; it was followed, not submitted again"


def waited_for(operation: Operation, theirs: Operation, task: Task | None) -> str:
    """The warning that an earlier run made something else of the object. theirs: what it had submitted."""
    by = f" (task {quoted(task.id)})" if task else ""
    return f"{operation.subject}: an earlier run had submitted {theirs.aim}{by}; this comes after it"


def other_change(operation: Operation, theirs: Operation, task: Task | None = None, note: str | None = None) -> Failure:
    """What an earlier run submitted is not seen to end, so that nothing can be said or sent. theirs: what it was.
    note: the file that remembers it, when to wait would not help."""
    by = f", {task.summary}," if task else ""
    wait = f"wait for it with {task.module}, id {quoted(task.id)}, wait: true, then" if task else "wait a moment and"
    if note is not None:
        wait = (
            f"look at it on the system, and once that change has shown or cannot come any more remove {clean(note)} and"
        )
    return Failure(
        "conflict",
        f"{operation.subject}: an earlier run had submitted {theirs.aim}{by} and it has not been seen to end; "
        f"nothing was sent; {wait} run this again",
        task=task.data if task else None,
        sent=False,
    )


def still_open(at: float, note: str, failure: Failure) -> Failure:
    """How the change that an earlier run sent ended cannot be told by this one either. at: when it was sent, Unix
    seconds. note: the file that remembers it."""
    sent = format_utc(int(at) * NANOSECONDS)
    failure.message += (
        f"; an earlier run had sent this change at {sent}, and nothing was sent again; once it has shown or cannot "
        f"come any more, remove {clean(note)} and run this again"
    )
    return failure


def not_visible(
    operation: Operation, theirs: Operation, task_id: str, at: float, note: str, failure: Failure
) -> Failure:
    """The task of an earlier run cannot be looked at. at: when it was submitted, Unix seconds. note: the file that
    remembers it."""
    if failure.kind in ("auth", "tls"):
        return about(operation, failure)
    failure.message = (
        f"{operation.subject}: an earlier run submitted {theirs.aim} at {format_utc(int(at) * NANOSECONDS)}, and its "
        f"task {quoted(task_id)} cannot be looked at; nothing was sent; run this again as a user who may read that "
        f"task, or look at the object, and once that change has shown or cannot come any more remove {clean(note)} "
        f"and run this again; the reason: {failure.message}"
    )
    failure.task = {"id": task_id}
    return failure


def changed_by_others(operation: Operation, submitted: bool, task: Task | None = None) -> Failure:
    """The object is neither as it was nor as it was to be. submitted: whether our change may have been made before."""
    ours = "was sent, and may have been made before that" if submitted else "was not made"
    if task is not None:
        ours += f" ({task.summary})"
    return Failure(
        "conflict",
        f"{operation.subject}: somebody else changed the object meanwhile; this change {ours}; look at the object, "
        "then run this again",
        task=task.data if task else None,
        sent=submitted,
        submitted=submitted,
    )


def deleted(operation: Operation) -> Failure:
    """The object is gone before anything was sent."""
    return Failure("not_found", f"{operation.subject}: it was deleted meanwhile; nothing was sent", sent=False)


def deleted_since(operation: Operation, task: Task | None = None) -> Failure:
    """The object is gone after the change was sent."""
    by = f" ({task.summary})" if task is not None else ""
    return Failure(
        "not_found",
        f"{operation.subject}: it was deleted meanwhile, as reading it back and the list show; this change was sent, "
        f"and may have been made before that{by}",
        task=task.data if task else None,
        submitted=True,
    )


def not_shown(operation: Operation, task: Task, refusal: Failure) -> Failure:
    """The task has ended well, and the server refuses to show the object."""
    refusal.message = (
        f"{operation.subject}: {task.summary} says that it is done, but reading it back was refused, so it is not "
        f"known; read the object, then run this again: what is already done stays untouched; the reason: "
        f"{refusal.message}"
    )
    refusal.task, refusal.submitted = task.data, True
    return refusal


def failed_unseen(operation: Operation, task: Task) -> Failure:
    """The task has failed, and the object could not be seen: such a task may have changed it (reliability.md I11)."""
    failure = ended_badly(task, operation.subject, submitted=True)
    failure.kind = "unknown_outcome"
    failure.message += (
        "; the object could not be seen, and may have changed all the same; read it, then run this again: what is "
        "already done stays untouched"
    )
    return failure


def not_applied(operation: Operation, task: Task) -> Failure:
    """The task has ended well and the object is as before."""
    return Failure(
        "task_failed",
        f"{operation.subject}: {task.summary} says that it is done, but the object is as before; "
        "look at it on the system and run this again",
        task=task.data,
        submitted=True,
    )


def unknown(
    operation: Operation, *, cause: Failure | None = None, task: Task | None = None, history: str | None = None
) -> Failure:
    """It cannot be told whether the change was made. cause: what went wrong with sending it last. history: what is told
    of all the times that it was sent. task: what it became."""
    if history is not None:
        why = history
    elif cause is not None:
        why = cause.message
    elif task is not None:
        why = f"{task.summary} ended, or is no longer known, and the object could not be seen changed"
    else:
        why = "the server took it, its task is not known, and the object did not change"
    return Failure(
        "unknown_outcome",
        f"{operation.subject}: it is not known whether it happened: {why}; read the object, then run this again: "
        "what is already done stays untouched",
        http_status=cause.http_status if cause else None,
        code=cause.code if cause else None,
        detail=cause.detail if cause else None,
        method=cause.method if cause else None,
        path=cause.path if cause else None,
        task=task.data if task else None,
        submitted=True,
    )
