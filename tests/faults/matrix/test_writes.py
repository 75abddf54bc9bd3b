# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of a submission on svt_backup_rename, the one module that submits changes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from .answers import refusal
from .bench import Bench, Played
from .writes import WRITES, Write

RENAME = r"/rename$"


def _rule(fault: Write) -> dict[str, Any]:
    return {
        "method": "POST",
        "path": RENAME,
        "when": fault.when,
        "times": fault.times,
        "action": fault.action,
    }


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.id) for fault in WRITES])
def test_submission(fault: Write, bench: Bench) -> None:
    # what the server took is watched for as long as the user waits
    options = bench.options("svt_backup_rename", wait_timeout=60)
    played = bench.play("svt_backup_rename", _rule(fault), options=options, limit=60)

    assert played.seen.kind == fault.kind, played.msg
    assert len(played.writes) == fault.posts
    assert len(played.changes) == fault.changes
    assert played.open == 0
    _assert_report_is_true(bench, options["id"], played)
    assert bool(played.seen.ran.warnings) == fault.warned, played.seen.ran.warnings
    if fault.kind is None:
        assert played.result["changed"] is True
        assert played.result["backup"]["name"] == "renamed"
        return
    assert fault.says in played.msg and "rename of backup" in played.msg
    in_doubt = fault.kind == "unknown_outcome"
    assert played.result["changed"] is played.failure["submitted"] is in_doubt


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.id) for fault in WRITES])
def test_submission_in_check_mode(fault: Write, bench: Bench) -> None:
    played = bench.play("svt_backup_rename", _rule(fault), check_mode=True)
    assert not played.seen.failed and played.result["changed"] is True
    assert played.hits == [0] and played.open == 0


def _assert_report_is_true(bench: Bench, id: str, played: Played) -> None:
    """Success means the new name, a failure the old one, and only "unknown" leaves it open. Between two submissions
    the backup was read."""
    name = bench.control.object("simplivity", "backups", id)["name"]
    if not played.seen.failed:
        assert name == "renamed"
    elif played.seen.kind != "unknown_outcome":
        assert name != "renamed"
    posts = [number for number, entry in enumerate(played.ledger) if entry in played.writes]
    for first, second in pairwise(posts):
        between = played.ledger[first + 1 : second]
        refused = played.ledger[first]["status"] == 401
        assert refused or any(entry["path"].endswith(id) for entry in between), "submitted again without reading"


@pytest.mark.parametrize("on_error", [pytest.param("stop", id="D9-stop"), pytest.param("continue", id="D9-continue")])
@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check"])
def test_one_of_many_is_refused(on_error: str, check_mode: bool, bench: Bench) -> None:
    backups = bench.control.objects("simplivity", "backups")[:3]
    refused = backups[1]["id"]
    renames = [{"id": backup["id"], "new_name": f"renamed {number}"} for number, backup in enumerate(backups)]
    given = bench.options("svt_backup_rename", id=None, new_name=None, renames=renames, on_error=on_error, parallel=1)
    rule = {"method": "POST", "path": rf"{refused}/rename$", "action": refusal(403)}
    played = bench.play("svt_backup_rename", rule, options=given, check_mode=check_mode)
    outcomes = [entry["outcome"] for entry in played.result["results"]]
    if check_mode:
        assert outcomes == ["renamed"] * 3
        return
    assert played.seen.kind == "permission", played.msg
    assert outcomes == ["renamed", "failed", "renamed" if on_error == "continue" else "not_tried"]
    assert played.result["results"][1]["failure"]["kind"] == "permission"
    assert played.result["changed"] is True and played.open == 0
    assert len(played.changes) == outcomes.count("renamed")


@pytest.mark.parametrize("tasks", [pytest.param(70, id="D26-70-failing-reads")])
def test_a_retry_budget_holds_for_the_whole_run(tasks: int, bench: Bench) -> None:
    """The first read of each task fails; a run repeats no more than 60 reads."""
    ids = [f"{number:08x}-1:2:3" for number in range(tasks)]
    page = {"status": 503, "headers": {}, "body": ""}
    once = [{"path": f"/tasks/{id}$", "times": 1, "action": page} for id in ids]
    options = bench.options("svt_task_info", id=ids, request_timeout=600)
    played = bench.play("svt_task_info", *once, options=options, limit=60)
    assert played.seen.kind == "server"
    assert len(played.to("/tasks/")) == 2 * 60 + 1
    assert played.open == 0
