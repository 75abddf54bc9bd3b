# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single faults of one rename, and what each of them alone must come to (reliability.md 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The backup that the simulator has from its start.
BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
OLD, NEW, THEIRS = "vm32_A_6-backup-2016-03-13T21:03:46-04:00", "renamed", "theirs"

LOGIN, REVOKE = "/oauth/token$", "/oauth/revoke$"
OBJECT, SEARCH = f"/backups/{BACKUP}$", r"/backups\?"
RENAME, TASK = "/rename$", "/tasks/"

# In the engine's seconds: a task usually takes one, and some rules of the engine end in 2 s, 10 s and 30 s.
STUCK = None
SLOWER_THAN_BUSY = 6.0
SLOWER_THAN_DOUBT = 14.0

HTML = {"status": 200, "body": "<html>maintenance</html>"}
NOT_FOUND = {
    "status": 404,
    "json": {
        "exception": "com.simplivity.restapi.exceptions.ObjectNotFoundException",
        "message": "Object type: backup could not be found",
    },
}
UNAUTHORIZED = {"status": 401, "json": {"error": "invalid_token", "error_description": "Access token expired"}}


@dataclass(frozen=True, repr=False)
class Fault:
    """One thing that goes wrong. id: begins with its row of the catalogue.

    rules, settings: the simulator's. ends_as: the kind of failure it alone ends in, None when the rename succeeds.
    changed: what is reported then. accepted: how many submissions the server takes. loses_answer: the answer to the
    submission does not arrive, or says nothing of its task. loses_session: nobody can end the session that was opened.
    """

    id: str
    rules: tuple[Mapping[str, Any], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    ends_as: str | None = None
    changed: bool = True
    accepted: int = 1
    loses_answer: bool = False
    loses_session: bool = False

    def __repr__(self) -> str:
        return self.id


def _rule(path: str, action: Mapping[str, Any], when: str = "before", **more: Any) -> Mapping[str, Any]:
    return {"api": "simplivity", "path": path, "when": when, "times": 1, "action": action, **more}


def _once(id: str, path: str, action: Mapping[str, Any], when: str = "before", **facts: Any) -> Fault:
    return Fault(id, (_rule(path, action, when),), **facts)


def _lost(id: str, action: Mapping[str, Any], when: str) -> Fault:
    """The answer to the submission is lost, before or after the server took it."""
    return Fault(id, (_rule(RENAME, action, when),), loses_answer=True)


def _refused(id: str, path: str, action: Mapping[str, Any], kind: str, **facts: Any) -> Fault:
    return _once(id, path, action, ends_as=kind, changed=False, accepted=0, **facts)


def _read_back(id: str, action: Mapping[str, Any], when: str = "before", **facts: Any) -> Fault:
    return Fault(id, (_rule(OBJECT, action, when, armed_by=RENAME),), **facts)


def _world(id: str, **settings: Any) -> Fault:
    facts = {name: settings.pop(name) for name in ("ends_as", "changed") if name in settings}
    return Fault(id, settings=settings, **facts)


def _somebody(doing: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"meanwhile": doing}


RENAMED_BY_OTHERS = _somebody({"patch": {BACKUP: {"name": THEIRS}}})
DELETED_BY_OTHERS = _somebody({"delete": [BACKUP]})

FAULTS: tuple[Fault, ...] = (
    # login
    _once("D20-login-503", LOGIN, {"status": 503}),
    _once("B2-login-answer-lost", LOGIN, {"reset": True}, "after", loses_session=True),
    _refused("D1-login-refused", LOGIN, {"status": 400, "json": {"error": "invalid_grant"}}, "auth"),
    # the reads of the plan
    _once("D20-plan-500", OBJECT, {"status": 500}),
    _once("B3-plan-cut", OBJECT, {"truncate": 20}),
    _once("D25-plan-html", OBJECT, HTML),
    _once("D7-plan-401", OBJECT, UNAUTHORIZED, loses_session=True),
    _refused("D10-plan-404", OBJECT, NOT_FOUND, "not_found"),
    _once("D16-search-429", SEARCH, {"status": 429, "headers": {"Retry-After": "1"}}),
    # somebody else, between the plan and the submission
    # Decided otherwise than in the catalogue (conflict): the backup is not read again when it was read less than five
    # seconds ago. A read right before the submission would make the gap smaller and not close it, as SimpliVity takes
    # no condition with a rename; the price would be a request more for each.
    _once("I5-renamed-before-post", SEARCH, RENAMED_BY_OTHERS, "after"),
    Fault(
        "I4-deleted-before-post",
        (_rule(SEARCH, DELETED_BY_OTHERS, "after"),),
        ends_as="not_found",
        changed=False,
        accepted=0,
    ),
    # the submission: not taken
    _lost("B1-post-reset", {"reset": True}, "before"),
    _lost("I8-post-hangs", {"hang": 5}, "before"),
    _lost("D21-post-500", {"status": 500}, "before"),
    _lost("D21-post-502", {"status": 502}, "before"),
    _lost("D21-post-503", {"status": 503}, "before"),
    _lost("D21-post-504", {"status": 504}, "before"),
    _lost("D16-post-429", {"status": 429, "headers": {"Retry-After": "1"}}, "before"),
    _once("D4-post-401", RENAME, UNAUTHORIZED, loses_session=True),
    _refused("D13-post-409", RENAME, {"status": 409}, "conflict"),
    _refused("C2-post-302", RENAME, {"status": 302, "headers": {"Location": "/elsewhere"}}, "bad_response"),
    # the submission: taken, and the answer lost
    _lost("B2-post-taken-reset", {"reset": True}, "after"),
    _lost("I7-post-taken-hangs", {"hang": 5}, "after"),
    _lost("D21-post-taken-500", {"status": 500}, "after"),
    _lost("D21-post-taken-503", {"status": 503}, "after"),
    _lost("D21-post-taken-504", {"status": 504}, "after"),
    _lost("B4-post-taken-cut", {"truncate": 10}, "after"),
    _lost("B9-post-taken-drips", {"raw": "HTTP/1.1 202 Accepted\r\n\r\n", "pause": 0.05}, "after"),
    _lost("F13-post-taken-no-task-id", {"remove": ["task.id"]}, "after"),
    _lost("D24-post-taken-204", {"status": 204}, "after"),
    _lost("E2-post-taken-html", HTML, "after"),
    # the task
    _world("F12-task-ends-at-once", task_seconds=0),
    _world("I9-task-slower-than-busy", task_seconds=SLOWER_THAN_BUSY),
    _world("I9-task-slower-than-doubt", task_seconds=SLOWER_THAN_DOUBT),
    _world("F1-task-stuck", task_seconds=STUCK, ends_as="task_timeout"),
    _world("F5-task-failed", task_end_state="FAILED", ends_as="task_failed", changed=False),
    _world("I10-task-completed-for-nothing", task_applies=False, ends_as="task_failed", changed=False),
    _world("I11-task-failed-but-applied", task_end_state="FAILED", task_applies=True),
    _world("F24-applied-later", apply_delay=3.0),
    _world("F9-task-invisible-at-first", task_visible_after=3.0),
    _world("F10-task-forgotten", task_forgotten_after=0.0),
    _world("F3-task-in-unknown-state", task_end_state="EXPLODED", task_applies=False, ends_as="task_unknown_state"),
    Fault("F15-poll-503-three-times", (_rule(TASK, {"status": 503}, times=3),)),
    _once("B18-poll-closed", TASK, {"close": True}),
    _once("D2-poll-401", TASK, _somebody({"expire": "idle"})),
    Fault(
        "D3-poll-401-for-ever",
        (_rule(TASK, UNAUTHORIZED, times=None),),
        ends_as="auth",
        loses_session=True,
    ),
    _once("F8-poll-completed-too-early", TASK, {"mutate": {"task.state": "COMPLETED"}}),
    _once("F11-poll-another-task", TASK, {"mutate": {"task.id": "another"}}),
    _once("I14-renamed-during-task", TASK, RENAMED_BY_OTHERS),
    _once("I4-deleted-during-task", TASK, DELETED_BY_OTHERS, ends_as="task_failed", changed=False),
    # reading back
    _read_back("I12-read-back-404", NOT_FOUND),
    _read_back("I13-read-back-stale", {"mutate": {"backup.name": OLD}}),
    _read_back("D20-read-back-503", {"status": 503}),
    _read_back("B3-read-back-cut", {"truncate": 20}),
    _read_back("D2-read-back-401", UNAUTHORIZED, loses_session=True),
    # somebody else renames it when the task has ended: the change was made, and it is not theirs to lose unnoticed
    _read_back("I14-renamed-after-task", RENAMED_BY_OTHERS, ends_as="conflict"),
    # the end of the session
    _once("D20-revoke-500", REVOKE, {"status": 500}, loses_session=True),
    _once("B1-revoke-reset", REVOKE, {"reset": True}, loses_session=True),
)
