# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge: what a run reports against what the server knows.

A report says one of three things. *Done*: it did not fail. *Not done*: it failed with `changed: false`. *Open*: it
failed with `changed: true`, which says that the change was sent and may yet happen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .single_faults import BACKUP, NEW, OLD, SLOWER_THAN_DOUBT, STUCK
from .world import WAITING, Happened

# How long the engine watches the backup before it sends a second time, and the statuses that mean that the server was
# too busy to take it.
DOUBT_SECONDS, BUSY_SECONDS = 10.0, 2.0
BUSY = (429, 502)
TAKEN_WITHOUT_A_TASK = (
    "B4-post-taken-cut",
    "B17-post-taken-not-gzip",
    "D24-post-taken-204",
    "E1-post-taken-empty",
    "F13-post-taken-no-task-id",
)
# Why nobody can know the end of a rename whose object shows the old name. SimpliVity has no list of tasks, names a task
# nowhere but in the answer to the submission, and a backup says nothing of what is under way. So that the old name is
# still there says the same of what was never taken, of what failed, and of what is yet to come; and no watch is long
# enough to tell them apart, as a stuck task has no end. Whatever else the engine could say here would be a guess.
TRULY_UNKNOWN = {
    "both_lost": "the answers to both submissions were lost; a third one is never sent",
    "lost_and_refused": "the answer to the first submission was lost, and that the second was refused says nothing of "
    "the first: it may be the reason",
    "task_not_named": "the server took it, its task was not named, and the old name was shown for all of wait_timeout",
    "task_forgotten": "the server took it, forgot its task, and showed the old name to the end of the watch",
}
# What a report that leaves the end open may be called; others must name the task that goes on.
OPEN_KINDS = ("unknown_outcome", "task_timeout", "task_unknown_state")


def crashes(happened: Happened) -> list[str]:
    """Failures that nobody foresaw."""
    ran = happened.seen.ran
    said = [ran.msg, *ran.warnings] if ran.failed else ran.warnings
    return [text for text in said if "this should not happen" in text]


def wrong(happened: Happened) -> list[str]:
    """What the report says and the server knows otherwise."""
    touched = [f"{id} is now {name!r}" for id, name in happened.truth.others.items() if name in (NEW, OLD)]
    if not happened.seen.failed:
        return touched + _wrongly_done(happened)
    if not happened.seen.result["changed"]:
        return touched + _wrongly_not_done(happened)
    return touched + _wrongly_open(happened)


def _wrongly_done(happened: Happened) -> list[str]:
    seen, truth = happened.seen, happened.truth
    found = []
    if truth.name != NEW:
        found.append(f"told done, and the name is {truth.name!r}")
    if truth.later != truth.name:
        found.append(f"told done, and later the name is {truth.later!r}")
    if (seen.result["backup"] or {}).get("name") != truth.name:
        found.append(f"shows {seen.result['backup']}")
    if seen.result["changed"] is not bool(truth.accepted):
        found.append(f"changed is {seen.result['changed']} with {len(truth.accepted)} submissions taken")
    return found


def _wrongly_not_done(happened: Happened) -> list[str]:
    seen, truth = happened.seen, happened.truth
    found = []
    if truth.later == NEW:
        found.append(f"told not done ({seen.kind}), and the name is {truth.name!r}, later {truth.later!r}")
    if seen.kind in OPEN_KINDS:
        found.append(f"told not done, and called {seen.kind}")
    if was_applied(happened):
        found.append(f"told not done ({seen.kind}), and it was done before the name became {truth.later!r}")
    return found


def _wrongly_open(happened: Happened) -> list[str]:
    seen, failure = happened.seen, happened.seen.ran.failure
    found = []
    if not failure["submitted"]:
        found.append("told open, and submitted is false")
    if not happened.truth.posts:
        found.append("told open, and nothing was sent")
    if seen.kind == "conflict":
        # ours was sent, and what others did after it, or instead of it, is what counts now
        if happened.truth.later in (OLD, NEW):
            found.append(f"told that others changed it, and the name is {happened.truth.later!r}")
    elif seen.kind == "not_found":
        if happened.truth.later is not None:
            found.append(f"told deleted, and the name is {happened.truth.later!r}")
    elif seen.kind not in OPEN_KINDS and not (failure["task"] and _says_how_to_go_on(seen.ran.msg)):
        found.append(f"told open, called {seen.kind}, without a task to follow")
    if seen.kind not in ("unknown_outcome", "conflict", "not_found") and not failure["task"]:
        found.append(f"{seen.kind} without a task")
    return found


def _says_how_to_go_on(message: str) -> bool:
    return "goes on by itself" in message or "reading it back was refused" in message


def was_applied(happened: Happened) -> bool:
    """Whether a submission of the run was carried out, whatever the name is by now."""
    settings = the_settings(happened)
    truth = happened.truth
    if truth.name is None:
        return False
    if settings.get("task_applies") is not None:
        return bool(settings["task_applies"] and truth.accepted)
    return "COMPLETED" in truth.states.values()


def the_settings(happened: Happened) -> Mapping[str, Any]:
    """The settings of the world."""
    return {name: value for fault in happened.faults for name, value in fault.settings.items()}


def losers(happened: Happened) -> set[str]:
    """Names of the rules whose hit left the client without the answer to its submission."""
    return {fault.id for fault in happened.faults if fault.loses_answer}


def repeats(happened: Happened) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each submission that was sent after another one had been taken, behind the last one that was."""
    taken = {one["n"] for one in happened.truth.accepted}
    found, last = [], None
    for post in happened.truth.posts:
        if last is not None:
            found.append((last, post))
        if post["n"] in taken:
            last = post
    return found


def without_proof(happened: Happened) -> list[str]:
    """Submissions sent a second time although nothing showed that the first had not been taken."""
    found = []
    for first, second in repeats(happened):
        if first["fault"] not in losers(happened):
            found.append("sent again although the task of the first was known")
        elif not _was_watched(happened, first, second):
            found.append(f"sent again {second['started'] - first['started']:.1f} s after the first, unwatched")
    return found


def _was_watched(happened: Happened, first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether the old name was read until the watch was nearly over."""
    seconds = BUSY_SECONDS if first["status"] in BUSY else DOUBT_SECONDS
    reads = [
        one["started"] - first["started"]
        for one in happened.truth.ledger
        if first["n"] < one["n"] < second["n"] and _shows_the_backup(one)
    ]
    return bool(reads) and max(reads) >= seconds


def _shows_the_backup(request: Mapping[str, Any]) -> bool:
    return request["method"] == "GET" and request["path"].endswith(f"/backups/{BACKUP}") and request["status"] == 200


def beyond_knowledge(happened: Happened) -> str | None:
    """Why nobody could tell from the API what became of a lost submission; None when it could be told.

    SimpliVity has no list of tasks: a task whose id was lost shows only in what it does.
    """
    seconds = the_settings(happened).get("task_seconds", 1.0)
    statuses = {first["status"] for first, _second in repeats(happened)}
    if seconds is STUCK:
        return "the task is stuck"
    if seconds >= SLOWER_THAN_DOUBT:
        return "the task takes longer than the watch"
    if statuses & set(BUSY) and seconds > BUSY_SECONDS:
        return "the task takes longer than the watch after a busy answer"
    return None


def truly_unknown(happened: Happened) -> str | None:
    """Why `unknown` is all that can be said, one of TRULY_UNKNOWN; None when more was to be known."""
    truth = happened.truth
    lost = [post for post in truth.posts if post["fault"] in losers(happened)]
    if len(lost) > 1:
        return "both_lost"
    if lost and len(truth.posts) > 1:
        return "lost_and_refused"
    if truth.later != OLD:
        return None
    if any(post["fault"] in TAKEN_WITHOUT_A_TASK for post in truth.posts):
        return "task_not_named"
    if the_settings(happened).get("task_forgotten_after") is not None:
        return "task_forgotten"
    return None


def too_little_said(happened: Happened) -> list[str]:
    """What a report of an unknown end could have known or said."""
    why, seen = truly_unknown(happened), happened.seen
    if why is None:
        return [f"more was to be known: {seen.ran.msg}"]
    if why == "task_not_named" and seen.seconds < WAITING["wait_timeout"]:
        return [f"gave up after {seen.seconds:.1f} s"]
    if why in ("both_lost", "lost_and_refused") and "it was sent 2 times" not in seen.ran.msg:
        return [f"does not say that it was sent twice: {seen.ran.msg}"]
    return []


def overwrote_knowingly(happened: Happened) -> bool:
    """Whether a submission followed on a read that showed the name that somebody else had given."""
    theirs = [fault.id for fault in happened.faults if "-renamed-" in fault.id]
    done = next((one["n"] for one in happened.truth.ledger if one["fault"] in theirs), None)
    if done is None:
        return False
    shown = next((one["n"] for one in happened.truth.ledger if one["n"] > done and _shows_the_backup(one)), None)
    return shown is not None and any(post["n"] > shown for post in happened.truth.posts)


def sessions_left(happened: Happened) -> int:
    """Sessions still open that the run could have ended."""
    return 0 if any(fault.loses_session for fault in happened.faults) else happened.truth.sessions


def describe(faults: Sequence[Any]) -> str:
    """The ids of the faults."""
    return " + ".join(fault.id for fault in faults)
