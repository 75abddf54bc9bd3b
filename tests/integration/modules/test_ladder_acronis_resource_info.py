# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""acronis_resource_info against the simulator."""

from __future__ import annotations

from typing import Any

from integration.modules.harness.acronis import BAD_CONNECTIONS, FAILING_READS
from integration.modules.harness.runs import Ansible, Case
from simulator.process import Control

DESKTOP = "5c350066-2ba6-4eeb-aa91-1213dd35f033"
NEVER = "60458941-d9be-4121-8c9f-95aaa09e4a4b"
SCOPE = "urn:acronis.com::resource_management::read"


def case(**options: Any) -> Case:
    return Case("acronis_resource_info", options)


def test_check_run_again(ansible: Ansible) -> None:
    query = {"id": [DESKTOP, NEVER]}
    run = ansible.play(
        {
            "check": Case("acronis_resource_info", query, check=True, diff=True),
            "run": Case("acronis_resource_info", query),
            "again": Case("acronis_resource_info", query),
        }
    )
    backed_up, never = run["run"].succeeded()["resources"]
    assert (backed_up["id"], backed_up["status"], backed_up["plans"]) == (DESKTOP, "idle", ["Daily backup (cloud)"])
    assert [one["last_success_run"] for one in backed_up["policies"]] == ["2020-04-22T12:11:30Z"]
    assert (never["id"], never["status"], never["plans"], never["policies"]) == (NEVER, "not_protected", [], [])
    for done in run.values():
        assert done.succeeded()["resources"] == [backed_up, never]
        assert (done["count"], done["truncated"]) == (2, False)
        assert not done.writes and done.logins == 1


def test_bad_input(ansible: Ansible) -> None:
    cases: dict[str, Any] = {
        **{name: BAD_CONNECTIONS[name] for name in ("http", "secret with line break")},
        "empty list": ({"status": []}, ("status", "the list is empty")),
        "too many types": ({"type": [f"resource.t{n}" for n in range(11)]}, ("type", "10 values at most")),
        "a function": ({"type": "or(resource.machine,b)"}, ("type", "holds a bracket or a comma")),
        "limit 0": ({"limit": 0}, ("limit", "from 1 to")),
        "name twice": ({"name": "a", "name_contains": "b"}, ("name", "name_contains")),
    }
    run = ansible.play({name: Case("acronis_resource_info", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)


def test_failures(ansible: Ansible) -> None:
    failing: dict[str, Any] = {
        **{name: FAILING_READS[name] for name in ("wrong secret", "server error", "not JSON", "no items")},
        "no scope": (
            lambda control: control.set("acronis", scopes=["urn:acronis.com::task_manager::viewer"]),
            "permission",
            ("no permission", f"required scope {SCOPE}"),
            {"http_status": 403, "code": "AccessDeniedError"},
        ),
    }
    run = ansible.play(
        {name: Case("acronis_resource_info", before=broken) for name, (broken, *_rest) in failing.items()},
        each_fresh=True,
    )
    for name, (_broken, kind, words, facts) in failing.items():
        run[name].failed_as(kind, *words, **facts)


def test_filters(ansible: Ansible) -> None:
    def fill(control: Control) -> None:
        control.add_many("acronis", "resources", [{"name": f"pc{n:03}"} for n in range(250)])

    run = ansible.play(
        {
            "all": case(),
            "types": case(type=["resource.machine", "resource.virtual_machine.mshyperv"]),
            "members": case(parent_id="301d1574-849e-4714-859f-3a2ec12a218b", status=["idle", "running"]),
            "agent": case(agent_id="f7358a00-8469-45ae-a0c3-22952e9ed12f"),
            "name": case(name="SRV-ZWEI"),
            "one tenant": case(tenant_id="0d9f3c52-3b1f-4a4e-8c55-6f7a8b9c0d02"),
            "pages": Case("acronis_resource_info", {"page_size": 100, "name_contains": "pc"}, before=fill),
            "many ids": case(id=[DESKTOP, *(f"60458941-d9be-4121-8c9f-{n:012x}" for n in range(4, 154))]),
            "limit": case(limit=120, page_size=100),
            "summary": case(summary=True),
        }
    )
    names = {
        name: {one["name"] for one in done.succeeded()["resources"]} for name, done in run.items() if name != "summary"
    }
    assert names["all"] == {"DESKTOP-GFT9S1R", "DESKTOP-AQXOA6B", "Machines with agents", "SRV-ZWEI"}
    assert names["types"] == names["all"] - {"Machines with agents"}
    assert names["members"] == names["agent"] == {"DESKTOP-GFT9S1R", "SRV-ZWEI"}
    assert names["name"] == names["one tenant"] == {"SRV-ZWEI"}
    assert len(names["pages"]) == 250
    assert len(run["pages"].requests("GET")) == 3
    assert len(names["many ids"]) == 151
    assert len(run["many ids"].requests("GET")) == 2
    assert (run["limit"].succeeded()["count"], run["limit"]["truncated"]) == (120, True)
    assert run["summary"].succeeded()["summary"]["status"] == {"not_protected": 252, "idle": 1, "running": 1}
    (srv,) = run["name"]["resources"]
    assert srv["plans"] == ["Daily backup (cloud)", "Antivirus"]
    assert srv["policies"][0]["last_success_run"] == "2020-04-21T22:00:00Z"
