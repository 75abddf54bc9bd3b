# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svt_host_info against the simulator."""

from __future__ import annotations

from typing import Any

from integration.modules.harness.runs import Ansible, Case
from integration.modules.harness.simplivity import SOME_BAD, SOME_FAILING


def case(**options: Any) -> Case:
    return Case("svt_host_info", options)


def test_check_run_again(ansible: Ansible) -> None:
    query = {"omnistack_cluster_id": "0bf3988b-b684-4002-a04d-55bb8831b8c4", "fields": ["name", "management_ip"]}
    run = ansible.play(
        {
            "check": Case("svt_host_info", query, check=True, diff=True),
            "run": Case("svt_host_info", query),
            "again": Case("svt_host_info", query),
        }
    )
    shown = run["run"].succeeded()["hosts"]
    assert [one["name"] for one in shown] == ["srvr1.sg.com", "srvr2.sg.com"]
    for done in run.values():
        assert done.succeeded()["hosts"] == shown
        assert (done["count"], done["truncated"]) == (len(shown), False)
        assert not done.writes and done.logins == 1
        assert done.state["simplivity"]["open_sessions"] == 0


def test_bad_input(ansible: Ansible) -> None:
    cases = {
        **SOME_BAD,
        "unknown state": ({"state": "BROKEN"}, ("state", "ALIVE, FAULTY")),
        "levels": ({"current_feature_level_min": 9, "current_feature_level_max": 1}, ("current_feature_level_min",)),
    }
    run = ansible.play({name: Case("svt_host_info", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)


def test_failures(ansible: Ansible) -> None:
    run = ansible.play(
        {name: Case("svt_host_info", before=broken) for name, (broken, *_rest) in SOME_FAILING.items()},
        each_fresh=True,
    )
    for name, (_broken, kind, words, facts) in SOME_FAILING.items():
        run[name].failed_as(kind, *words, **facts)


def test_filters(ansible: Ansible) -> None:
    run = ansible.play(
        {
            "all": case(),
            "optional": case(show_optional_fields=True, limit=1),
            "optional by field": case(fields=["name", "free_space"], limit=1),
            "pattern": case(management_ip="192.168.1.1*", name="srvr1.sg.com"),
            "states one at a time": Case(
                "svt_host_info",
                {"state": ["ALIVE", "FAULTY"]},
                before=lambda control: control.set("simplivity", mode="mva"),
            ),
        }
    )
    assert run["all"].succeeded()["count"] == 4
    assert "free_space" not in run["all"]["hosts"][0]
    assert run["optional"].succeeded()["hosts"][0]["free_space"] > 0
    assert set(run["optional by field"].succeeded()["hosts"][0]) == {"name", "free_space"}
    assert [one["name"] for one in run["pattern"].succeeded()["hosts"]] == ["srvr1.sg.com"]
    assert run["states one at a time"].succeeded()["count"] == 4
    asked = run["states one at a time"].requests("GET", "/hosts")
    assert [value for one in asked for name, value in one["query"] if name == "state"] == ["ALIVE", "FAULTY"]
