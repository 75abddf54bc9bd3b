# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ready-made lives of Acronis tasks, for ``timeline`` of a new object (acronis.md 3.3)."""

from __future__ import annotations

from typing import Any

Step = dict[str, Any]


def at(seconds: float, **changes: Any) -> Step:
    """One step: so many seconds after creation these fields change."""
    return {"at": seconds, "changes": changes}


def runs(start: float = 0.0) -> list[Step]:
    """enqueued → assigned → started."""
    return [
        at(start, state="assigned", assignedAt="$now", assignCount=1),
        at(start, state="started", startedAt="$now"),
    ]


def ends(code: str = "ok", after: float = 2.0, **result: Any) -> list[Step]:
    """Runs at once and completes with that result code; ``error=…`` or ``warnings=…`` add to the result."""
    return [*runs(), at(after, state="completed", completedAt="$now", result={"code": code, **result})]


def requeued(first: float = 1.0, again: float = 2.0, end: float = 3.0) -> list[Step]:
    """Started, back to the queue, started again with one more assignment, completed ok."""
    back = at(first, state="enqueued")
    back["unset"] = ["startedAt", "assignedAt"]
    return [
        *runs(),
        back,
        at(again, state="started", assignedAt="$now", startedAt="$now", assignCount=2),
        at(end, state="completed", completedAt="$now", result={"code": "ok"}),
    ]


def looks_finished(end: float = 2.0) -> list[Step]:
    """Still started, yet with completedAt and a result, until it really completes (the guide's sample)."""
    return [*runs(), at(0, completedAt="$now", result={"code": "ok"}), at(end, state="completed")]


def paused(since: float = 0.5, resumed: float | None = None, end: float = 2.0) -> list[Step]:
    """Waits for an answer of a person; for ever if it is not resumed."""
    blocker = {
        "id": 1,
        "taskId": 1,
        "tenant": {"id": "1496265"},
        "issue": {"key": "NeedCredentials", "context": {}},
        "possibleSolutions": [{"key": "Retry"}, {"key": "Cancel"}],
    }
    steps = [*runs(), at(since, state="paused", blockers=[blocker])]
    if resumed is not None:
        steps.append(at(resumed, state="started", blockers=[]))
        steps.append(at(end, state="completed", completedAt="$now", result={"code": "ok"}))
    return steps


def stale() -> list[Step]:
    """Started, and never heard of again: updatedAt stands still."""
    return runs()


def cancelled(asked: float = 1.0, end: float = 2.0) -> list[Step]:
    """Asked to cancel, still running, cancelled."""
    error = {"domain": "Backup", "code": "OperationCanceledByUser"}
    return [
        *runs(),
        at(asked, cancelRequested=True),
        at(end, state="completed", completedAt="$now", result={"code": "cancelled", "error": error}),
    ]
