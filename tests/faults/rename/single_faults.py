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
NOT_HTTP = {"raw": "SSH-2.0-OpenSSH_9.6\r\n"}
NOT_GZIP = {"headers": {"Content-Encoding": "gzip"}}
STATUS_999 = {"raw": "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}
SILENT = {"hang": 5}
DRIPPING = {"raw": "HTTP/1.1 200 OK\r\n\r\n", "pause": 0.05}
TWO_DOCUMENTS = {"edit": [["{", '{"a":1}{']]}
NAME_TWICE = {"edit": [['"name":', '"name":"another","name":']]}


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


def _slow_down(retry_after: str) -> Mapping[str, Any]:
    return {"status": 429, "headers": {"Retry-After": retry_after}}


def _redirect(status: int) -> Mapping[str, Any]:
    return {"status": status, "headers": {"Location": "/elsewhere"}}


def _refused(id: str, path: str, action: Mapping[str, Any], kind: str, **facts: Any) -> Fault:
    return _once(id, path, action, ends_as=kind, changed=False, accepted=0, **facts)


def _out_of_sight(id: str, action: Mapping[str, Any], kind: str) -> Fault:
    """The task cannot be looked at any more, and goes on."""
    return _once(id, TASK, action, ends_as=kind)


def _read_back(id: str, action: Mapping[str, Any], when: str = "before", **facts: Any) -> Fault:
    return Fault(id, (_rule(OBJECT, action, when, armed_by=RENAME),), **facts)


def _world(id: str, **settings: Any) -> Fault:
    facts = {name: settings.pop(name) for name in ("ends_as", "changed") if name in settings}
    return Fault(id, settings=settings, **facts)


def _somebody(doing: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"meanwhile": doing}


RENAMED_BY_OTHERS = _somebody({"patch": {BACKUP: {"name": THEIRS}}})
DELETED_BY_OTHERS = _somebody({"delete": [BACKUP]})

# Rows that a rename can meet, where it meets them: what goes wrong with one read stands at others only where something
# else comes of it. Rows that take a server on raw sockets are in ../wire.
FAULTS: tuple[Fault, ...] = (
    # login
    _once("D20-login-503", LOGIN, {"status": 503}),
    _once("B2-login-answer-lost", LOGIN, {"reset": True}, "after", loses_session=True),
    _refused("D1-login-refused", LOGIN, {"status": 400, "json": {"error": "invalid_grant"}}, "auth"),
    _refused("A7-login-silent", LOGIN, SILENT, "timeout"),
    _refused("B17-login-not-gzip", LOGIN, NOT_GZIP, "bad_response", loses_session=True),
    _refused("C3-login-307", LOGIN, _redirect(307), "bad_response"),
    _refused(
        "D5-login-token-of-two-lines",
        LOGIN,
        {"mutate": {"access_token": "one\ntwo"}},
        "bad_response",
        loses_session=True,
    ),
    _once("D6-login-lifetime-negative", LOGIN, {"mutate": {"expires_in": -5}}),
    _once("D18-login-429-negative", LOGIN, _slow_down("-5")),
    _refused("E1-login-empty", LOGIN, {"status": 200}, "bad_response"),
    # the reads of the plan
    _once("D20-plan-500", OBJECT, {"status": 500}),
    _once("B3-plan-cut", OBJECT, {"truncate": 20}),
    _once("D25-plan-html", OBJECT, HTML),
    _once("D7-plan-401", OBJECT, UNAUTHORIZED, loses_session=True),
    _refused("D10-plan-404", OBJECT, NOT_FOUND, "not_found"),
    _once("B5-plan-cut-without-length", OBJECT, {"raw": 'HTTP/1.1 200 OK\r\n\r\n{"backup": {"id": "'}),
    _once("B7-plan-chunk-of-no-length", OBJECT, {"raw": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}),
    _refused("B14-plan-999", OBJECT, STATUS_999, "bad_response"),
    _once("B18-plan-closed", OBJECT, {"close": True}),
    _refused("D9-plan-403", OBJECT, {"status": 403}, "permission"),
    _once("D17-plan-429-past", OBJECT, _slow_down("Wed, 21 Oct 2015 07:28:00 GMT")),
    _refused("E4-plan-no-name", OBJECT, {"remove": ["backup.name"]}, "bad_response"),
    _once("E6-plan-not-utf-8", OBJECT, {"edit": [['"name":"', '"name":"\xff']]}),
    _once("E8-plan-name-twice", OBJECT, NAME_TWICE),
    _once("E13-plan-key-of-ansible", OBJECT, {"mutate": {"backup.__ansible_type": "x"}}),
    _once("D16-search-429", SEARCH, _slow_down("1")),
    _refused("B9-search-drips", SEARCH, DRIPPING, "timeout"),
    _once("B12-search-not-http", SEARCH, NOT_HTTP),
    _once("D2-search-401", SEARCH, _somebody({"expire": "idle"})),
    # all of the time but a little is waited for what is asked
    _once("D17-search-429-far-off", SEARCH, _slow_down("Fri, 31 Dec 2100 23:59:59 GMT")),
    _refused("D22-search-507", SEARCH, {"status": 507}, "server"),
    _once("E10-search-two-documents", SEARCH, TWO_DOCUMENTS),
    _once("G3-search-count-too-high", SEARCH, {"mutate": {"count": 3}}),
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
    _lost("I8-post-hangs", SILENT, "before"),
    _lost("D21-post-500", {"status": 500}, "before"),
    _lost("D21-post-502", {"status": 502}, "before"),
    _lost("D21-post-503", {"status": 503}, "before"),
    _lost("D21-post-504", {"status": 504}, "before"),
    _lost("D16-post-429", _slow_down("1"), "before"),
    _lost("D18-post-429-garbage", _slow_down("soon"), "before"),
    _lost("B12-post-not-http", NOT_HTTP, "before"),
    _once("D4-post-401", RENAME, UNAUTHORIZED, loses_session=True),
    _refused("D13-post-409", RENAME, {"status": 409}, "conflict"),
    _refused("C2-post-302", RENAME, _redirect(302), "bad_response"),
    _refused("D9-post-403", RENAME, {"status": 403}, "permission"),
    _refused("D12-post-415", RENAME, {"status": 415}, "bad_response"),
    _refused("D22-post-507", RENAME, {"status": 507}, "server"),
    # the submission: taken, and the answer lost
    _lost("B2-post-taken-reset", {"reset": True}, "after"),
    _lost("I7-post-taken-hangs", SILENT, "after"),
    _lost("D21-post-taken-500", {"status": 500}, "after"),
    _lost("D21-post-taken-503", {"status": 503}, "after"),
    _lost("D21-post-taken-504", {"status": 504}, "after"),
    _lost("B4-post-taken-cut", {"truncate": 10}, "after"),
    _lost("B9-post-taken-drips", {"raw": "HTTP/1.1 202 Accepted\r\n\r\n", "pause": 0.05}, "after"),
    _lost("F13-post-taken-no-task-id", {"remove": ["task.id"]}, "after"),
    _lost("D24-post-taken-204", {"status": 204}, "after"),
    _lost("E2-post-taken-html", HTML, "after"),
    _lost("B17-post-taken-not-gzip", NOT_GZIP, "after"),
    _lost("E1-post-taken-empty", {"status": 202}, "after"),
    _lost("E10-post-taken-two-documents", TWO_DOCUMENTS, "after"),
    # the submission: taken, with an odd answer that says enough
    _once("D24-post-taken-200", RENAME, {"relabel": 200}),
    # the task
    _world("F12-task-ends-at-once", task_seconds=0),
    _world("I9-task-slower-than-busy", task_seconds=SLOWER_THAN_BUSY),
    _world("I9-task-slower-than-doubt", task_seconds=SLOWER_THAN_DOUBT),
    _world("F1-task-stuck", task_seconds=STUCK, ends_as="task_timeout"),
    _world("F5-task-failed", task_end_state="FAILED", ends_as="task_failed", changed=False),
    _world("I10-task-completed-for-nothing", task_applies=False, ends_as="task_failed", changed=False),
    _world("I11-task-failed-but-applied", task_end_state="FAILED", task_applies=True),
    _world("F6-task-completed-with-an-error", task_error_code=7),
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
    _once("A7-poll-silent", TASK, SILENT),
    _once("B10-poll-drips", TASK, DRIPPING),
    _once("B17-poll-not-gzip", TASK, NOT_GZIP),
    _out_of_sight("C1-poll-302", _redirect(302), "bad_response"),
    _out_of_sight("D9-poll-403", {"status": 403}, "permission"),
    _out_of_sight("D12-poll-406", {"status": 406}, "bad_response"),
    _once("D18-poll-429-empty", TASK, _slow_down("")),
    # nothing is seen of the task, and the object shows what became of it
    Fault("D19-poll-429-for-ever", (_rule(TASK, _slow_down("1"), times=None),)),
    _out_of_sight("D22-poll-501", {"status": 501}, "server"),
    _once("D25-poll-html", TASK, HTML),
    _once("E4-poll-no-id", TASK, {"mutate": {"task.id": None}}),
    _once("E9-poll-nested-deeply", TASK, {"status": 200, "body": "[" * 100_000}),
    _once("F4-poll-state-in-other-letters", TASK, {"mutate": {"task.state": " in_progress "}}),
    _once("F4-poll-no-state", TASK, {"remove": ["task.state"]}),
    _once("F7-poll-percent-negative", TASK, {"mutate": {"task.percent_complete": -5}}),
    _once("F14-poll-empty-list", TASK, {"replace_json": []}),
    _once("F20-poll-paused", TASK, {"mutate": {"task.state": "PAUSED"}}),
    _once("F22-poll-of-the-future", TASK, {"mutate": {"task.start_time": "2100-01-01T00:00:00Z"}}),
    _once("F23-poll-404", TASK, NOT_FOUND),
    _once("I14-renamed-during-task", TASK, RENAMED_BY_OTHERS),
    _once("I4-deleted-during-task", TASK, DELETED_BY_OTHERS, ends_as="task_failed", changed=False),
    # reading back
    _read_back("I12-read-back-404", NOT_FOUND),
    _read_back("I13-read-back-stale", {"mutate": {"backup.name": OLD}}),
    _read_back("D20-read-back-503", {"status": 503}),
    _read_back("B3-read-back-cut", {"truncate": 20}),
    _read_back("D2-read-back-401", UNAUTHORIZED, loses_session=True),
    _read_back("A7-read-back-silent", SILENT),
    _read_back("B12-read-back-not-http", NOT_HTTP),
    _read_back("C1-read-back-302", _redirect(302)),
    _read_back("D9-read-back-403", {"status": 403}),
    _read_back("D11-read-back-404-page", {"status": 404}),
    _read_back("D17-read-back-429-far-off", _slow_down("Fri, 31 Dec 2100 23:59:59 GMT")),
    _read_back("D22-read-back-501", {"status": 501}),
    _read_back("E3-read-back-null", {"replace_json": None}),
    _read_back("E4-read-back-no-name", {"remove": ["backup.name"]}),
    _read_back("E7-read-back-nan", {"edit": [["{", '{"n":NaN,']]}),
    _read_back("E8-read-back-name-twice", NAME_TWICE),
    # somebody else renames it when the task has ended: the change was made, and it is not theirs to lose unnoticed
    _read_back("I14-renamed-after-task", RENAMED_BY_OTHERS, ends_as="conflict"),
    # the end of the session
    _once("D20-revoke-500", REVOKE, {"status": 500}, loses_session=True),
    _once("B1-revoke-reset", REVOKE, {"reset": True}, loses_session=True),
    _once("A7-revoke-silent", REVOKE, SILENT, loses_session=True),
    _once("B12-revoke-not-http", REVOKE, NOT_HTTP, loses_session=True),
    _once("C1-revoke-302", REVOKE, _redirect(302), loses_session=True),
    _once("D2-revoke-401", REVOKE, _somebody({"expire": "idle"})),
    _once("E2-revoke-html", REVOKE, HTML, "after"),
)
