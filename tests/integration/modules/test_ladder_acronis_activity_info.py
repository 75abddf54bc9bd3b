# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""acronis_activity_info against the simulator."""

from __future__ import annotations

from typing import Any

from integration.modules.harness.acronis import SOME_BAD, SOME_FAILING
from integration.modules.harness.runs import Ansible, Case

GUIDES_TASK = "944455285181775872"


def case(**options: Any) -> Case:
    return Case("acronis_activity_info", options)


def test_check_run_again(ansible: Ansible) -> None:
    query = {"task_id": GUIDES_TASK, "order": "id descending"}
    run = ansible.play(
        {
            "check": Case("acronis_activity_info", query, check=True, diff=True),
            "run": Case("acronis_activity_info", query),
            "again": Case("acronis_activity_info", query),
        }
    )
    shown = run["run"].succeeded()["activities"]
    assert [one["id"] for one in shown] == ["944455285181776873", "944455285181776872"]
    assert shown[0]["parent_activity_id"] == shown[1]["id"]
    assert shown[0]["task_id"] == GUIDES_TASK
    for done in run.values():
        assert done.succeeded()["activities"] == shown
        assert (done["count"], done["truncated"]) == (2, False)
        assert not done.writes and done.logins == 1


def test_bad_input(ansible: Ansible) -> None:
    cases = {
        **SOME_BAD,
        "task_id is a word": ({"task_id": "first"}, ("task_id", "not a number")),
        "policy twice": ({"policy_name": "a", "policy_name_contains": "b"}, ("policy_name", "policy_name_contains")),
    }
    run = ansible.play({name: Case("acronis_activity_info", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)


def test_failures(ansible: Ansible) -> None:
    run = ansible.play(
        {name: Case("acronis_activity_info", before=broken) for name, (broken, *_rest) in SOME_FAILING.items()},
        each_fresh=True,
    )
    for name, (_broken, kind, words, facts) in SOME_FAILING.items():
        run[name].failed_as(kind, *words, **facts)


def test_filters(ansible: Ansible) -> None:
    run = ansible.play(
        {
            "all": case(),
            "results": case(result_code=["error", "timedout"]),
            "window": case(completed_after="2020-04-22T12:31:00Z", completed_before="2020-04-22T12:32:00Z"),
            "brackets": case(policy_name="Daily backup (cloud)", state="paused"),
            "pages": Case(
                "acronis_activity_info",
                {"page_size": 100, "level_of_detail": "short"},
                before=lambda control: control.fill(activities=350),
            ),
            "limit": case(limit=120, page_size=100),
        }
    )
    assert run["all"].succeeded()["count"] == 50
    assert {one["result"]["code"] for one in run["results"].succeeded()["activities"]} == {"error", "timedout"}
    assert {one["result"]["code"] for one in run["window"].succeeded()["activities"]} == {"error"}
    assert run["brackets"].succeeded()["count"] == 2
    assert len({one["id"] for one in run["pages"].succeeded()["activities"]}) == 350
    assert len(run["pages"].requests("GET")) == 4
    assert (run["limit"].succeeded()["count"], run["limit"]["truncated"]) == (120, True)
