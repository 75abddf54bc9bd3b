# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""acronis_task_info against the simulator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integration.modules.harness.acronis import BAD_CONNECTIONS, BAD_LISTS, FAILING_READS
from integration.modules.harness.runs import Ansible, Case, Done
from integration.modules.harness.ways import both_ways
from simulator import timelines
from simulator.process import Control

GUIDES_TASK = "944455285181775872"
LOOKS_FINISHED = "944455285181775873"
NEW = 944455285182000000
JOHNDOE, SECOND = "ede9f834-70b3-476c-83d9-736f9f8c7dae", "0d9f3c52-3b1f-4a4e-8c55-6f7a8b9c0d02"
OFFICE365 = {
    "UserMailboxBackup", "SPBackup", "ODBackup", "GSBackupGMail", "GSBackupGDrive",
    "UserMailboxRestore", "SPRestore", "ODRestore", "GSRestoreGMail", "GSRestoreGDrive",
}  # fmt: skip


def case(**options: Any) -> Case:
    return Case("acronis_task_info", options)


def waiting(*lives: list[dict[str, Any]], before: Callable[[Control], object] | None = None, **options: Any) -> Case:
    """Waits for new tasks with these lives, which begin when the case does."""

    def begin(control: Control) -> None:
        if before is not None:
            before(control)
        control.add_many(
            "acronis", "tasks", [{"id": NEW + number, "timeline": life} for number, life in enumerate(lives)]
        )

    ids = [str(NEW + number) for number in range(len(lives))]
    return Case("acronis_task_info", {"id": ids, "wait": True, "wait_interval": 0.5, **options}, before=begin)


def _expires_while_waiting(control: Control) -> None:
    """The task looks as if it ran for three looks, and the token is refused at the second."""
    control.fault(
        {"api": "acronis", "method": "GET", "skip": 1, "times": 1, "action": {"status": 401, "body": "<html>"}},
        {"api": "acronis", "method": "GET", "times": 3, "action": {"mutate": {"items.0.state": "started"}}},
    )


def ids(done: Done) -> list[str]:
    return [one["id"] for one in done.succeeded()["tasks"]]


@pytest.mark.smoke
@both_ways
def test_check_run_again(ansible: Ansible) -> None:
    query = {"state": ["started", "paused"], "order": "id descending"}
    run = ansible.play(
        {
            "check": Case("acronis_task_info", query, check=True, diff=True),
            "run": Case("acronis_task_info", query),
            "again": Case("acronis_task_info", query),
        }
    )
    shown = run["run"].succeeded()["tasks"]
    assert {one["state"] for one in shown} == {"started", "paused"}
    assert [one["id"] for one in shown] == sorted((one["id"] for one in shown), reverse=True)
    assert LOOKS_FINISHED in ids(run["run"])
    for done in run.values():
        assert done.succeeded()["tasks"] == shown
        assert (done["count"], done["truncated"]) == (len(shown), False)
        assert not done.writes and done.logins == 1


def test_bad_input(ansible: Ansible) -> None:
    cases: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        **BAD_CONNECTIONS,
        **BAD_LISTS,
        "type and category": ({"type": "backup", "category": "office365"}, ("type", "category")),
        "name twice": ({"resource_name": "a", "resource_name_contains": "b"}, ("resource_name",)),
        "unknown category": ({"category": "google"}, ("category", "office365")),
        "unknown success code": ({"success_codes": "fine"}, ("success_codes", "ok, error")),
        "wait_timeout": ({"wait": True, "wait_timeout": 0}, ("wait_timeout", "from 1 to")),
        "brackets in brief": ({"policy_name": "a (b)", "level_of_detail": "tiny"}, ("policy_name", "level_of_detail")),
    }
    run = ansible.play({name: Case("acronis_task_info", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)
    assert "word" not in run["user in URL"]["msg"].replace("password", "")


def test_failures(ansible: Ansible) -> None:
    run = ansible.play(
        {name: Case("acronis_task_info", before=broken) for name, (broken, *_rest) in FAILING_READS.items()},
        each_fresh=True,
    )
    for name, (_broken, kind, words, facts) in FAILING_READS.items():
        run[name].failed_as(kind, *words, **facts)


def test_filters(ansible: Ansible) -> None:
    run = ansible.play(
        {
            "id": case(id=[GUIDES_TASK, "1"]),
            "office365": case(category="office365"),
            "office365 of one": case(category="office365", tenant_id=SECOND),
            "results": case(result_code=["cancelled", "abandoned"]),
            "policy": case(policy_name="Daily backup (cloud)", state="paused"),
            "contains": case(policy_name_contains="Daily", resource_name_contains="DESKTOP", state="paused"),
            "user": case(started_by="DESKTOP-GFT9S1R\\AMS User", limit=1),
            "since": case(completed_after="2020-04-22T12:34:00Z", order="completed_at descending"),
            "both bounds": case(completed_after="2020-04-22T12:10:00Z", completed_before="2020-04-22T14:13:00+02:00"),
            "offset": case(enqueued_before="2020-04-22T13:34:03.290396914+02:00"),
            "brief": case(level_of_detail="tiny", id=GUIDES_TASK),
            "none": case(uuid="00000000-0000-4000-8000-000000000000"),
        }
    )
    (guide,) = run["id"].succeeded()["tasks"]
    assert guide["id"] == GUIDES_TASK and guide["context"]["Persistent"]["AgentType"] == "agent"
    assert guide["completed_at"] == "2020-04-22T11:34:03.290396913Z"
    assert {one["type"] for one in run["office365"].succeeded()["tasks"]} == OFFICE365
    assert (run["office365"]["count"], run["office365 of one"].succeeded()["count"]) == (13, 3)
    assert {one["result"]["code"] for one in run["results"].succeeded()["tasks"]} == {"cancelled", "abandoned"}
    assert ids(run["policy"]) == ids(run["contains"]) and len(ids(run["policy"])) == 1
    assert (run["user"].succeeded()["count"], run["user"]["truncated"]) == (1, True)
    since = [one["completed_at"] for one in run["since"].succeeded()["tasks"]]
    assert since == sorted(since, reverse=True) and min(since) > "2020-04-22T12:34:00"
    within = sorted(one["completed_at"][:16] for one in run["both bounds"].succeeded()["tasks"])
    assert within == ["2020-04-22T12:11", "2020-04-22T12:12"]
    (asked,) = run["both bounds"].requests("GET")
    assert [name for name, _value in asked["query"]].count("completedAt") == 1, "the API takes one bound"
    assert GUIDES_TASK in ids(run["offset"])
    assert "context" not in run["brief"].succeeded()["tasks"][0]
    assert run["none"].succeeded()["tasks"] == []


def test_tenants(ansible: Ansible) -> None:
    """The token is narrowed to the tenant, so that nothing of others is seen."""
    run = ansible.play(
        {
            "all": case(),
            "johndoe": case(tenant_id=JOHNDOE),
            "second": case(tenant_id=SECOND),
            "not ours": case(tenant_id="11111111-2222-4333-8444-555555555555"),
        }
    )
    assert run["all"].succeeded()["count"] == 25
    assert (run["johndoe"].succeeded()["count"], run["second"].succeeded()["count"]) == (22, 3)
    assert {one["tenant"]["uuid"] for one in run["second"]["tasks"]} == {SECOND}
    run["not ours"].failed_as("auth", "tenant_id", "below the API client's own")


def test_all_pages(ansible: Ansible) -> None:
    """Page tokens that hold `+/=`, ids beyond 2^53, both places of the cursor; a list that is cut is not whole."""
    run = ansible.play(
        {
            "three pages": Case(
                "acronis_task_info", {"level_of_detail": "tiny"}, before=lambda control: control.fill(tasks=1203)
            ),
            "at the top": Case(
                "acronis_task_info",
                {"level_of_detail": "tiny", "state": "completed"},
                before=lambda control: control.set("acronis", cursor_place="top"),
            ),
            "capped": Case(
                "acronis_task_info",
                {"level_of_detail": "tiny"},
                before=lambda control: control.set("acronis", page_cap=400),
            ),
            "limit": case(limit=600, level_of_detail="tiny"),
            "expired between pages": Case(
                "acronis_task_info",
                {"level_of_detail": "tiny"},
                before=lambda control: control.fault(
                    {
                        "api": "acronis",
                        "method": "GET",
                        "skip": 1,
                        "times": 1,
                        "action": {"status": 401, "body": "<html>"},
                    }
                ),
            ),
        }
    )
    for name, pages in (("three pages", 3), ("capped", 4)):
        assert len(set(ids(run[name]))) == 1203 == run[name]["count"]
        asked = run[name].requests("GET")
        assert len(asked) == pages
        assert all({pair[0] for pair in one["query"]} == {"limit", "after"} for one in asked[1:])
    assert run["at the top"].succeeded()["count"] == 1203 - 6
    assert (run["limit"].succeeded()["count"], run["limit"]["truncated"]) == (600, True)
    assert len(set(ids(run["expired between pages"]))) == 1203
    assert run["expired between pages"].logins == 2


def test_start_and_pick_up(ansible: Ansible) -> None:
    """wait: only `completed` ends a task, and only a code of success_codes is good."""
    run = ansible.play(
        {
            "ends well": waiting(timelines.ends("ok", after=0.5), timelines.ends("warning", after=1)),
            "in check mode": Case(
                "acronis_task_info",
                {"id": str(NEW), "wait": True, "wait_interval": 0.5},
                before=lambda c: c.add("acronis", "tasks", id=NEW, timeline=timelines.ends("ok", after=0.5)),
                check=True,
            ),
            "re-queued": waiting(timelines.requeued(0.3, 0.6, 1.2)),
            "looks finished": waiting(timelines.looks_finished(end=1)),
            "paused and resumed": waiting(timelines.paused(0.2, resumed=0.6, end=1)),
            "ends badly": waiting(
                timelines.ends("ok", after=0.2),
                timelines.ends("error", after=0.3, error={"domain": "Backup", "code": "CloudStorageUnavailable"}),
            ),
            "cancelled": waiting(timelines.cancelled(0.2, 0.5)),
            "cancelled is fine": waiting(timelines.cancelled(0.2, 0.5), success_codes=["ok", "cancelled"]),
            "paused for ever": waiting(timelines.paused(0.2), wait_timeout=1),
            "unknown state": waiting([timelines.at(0.2, state="melted")]),
            "unknown code": waiting(timelines.ends("splendid", after=0.2)),
            "missing": case(id=[GUIDES_TASK, "1"], wait=True, wait_timeout=1),
            "by filter": case(state="completed", category="office365", wait=True),
            "nothing to wait for": case(uuid="00000000-0000-4000-8000-000000000000", wait=True),
            "token expires": waiting(timelines.ends("ok", after=0), before=_expires_while_waiting),
            "not told to wait": Case(
                "acronis_task_info",
                {"id": str(NEW)},
                before=lambda c: c.add("acronis", "tasks", id=NEW, timeline=timelines.ends("error", after=0)),
            ),
        },
        each_fresh=True,
    )
    for name in ("ends well", "in check mode", "re-queued", "looks finished", "paused and resumed", "token expires"):
        assert {one["state"] for one in run[name].succeeded()["tasks"]} == {"completed"}, name
    assert [one["result"]["code"] for one in run["ends well"]["tasks"]] == ["ok", "warning"]
    assert run["re-queued"]["tasks"][0]["assign_count"] == 2
    assert run["token expires"].logins == 2
    failure = run["ends badly"].failed_as(
        "task_failed", "1 of 2 tasks", str(NEW + 1), "CloudStorageUnavailable", code="error"
    )
    assert failure["task"]["id"] == str(NEW + 1) and len(run["ends badly"]["tasks"]) == 2
    run["cancelled"].failed_as("task_failed", "cancelled", code="cancelled", submitted=False)
    assert run["cancelled is fine"].succeeded()["tasks"][0]["result"]["code"] == "cancelled"
    failure = run["paused for ever"].failed_as("task_timeout", "paused", "1 s (wait_timeout)", "wait: true")
    assert 1 <= failure["elapsed"] < 5 and failure["task"]["state"] == "paused"
    run["unknown state"].failed_as("task_unknown_state", "melted")
    run["unknown code"].failed_as("task_unknown_state", "splendid")
    run["missing"].failed_as("not_found", "'1'", "what became of it is not known")
    assert run["by filter"].succeeded()["count"] == 13
    assert run["nothing to wait for"].succeeded()["tasks"] == []
    assert run["not told to wait"].succeeded()["tasks"][0]["result"]["code"] == "error"
