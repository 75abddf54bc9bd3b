# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svt_virtual_machine_info against the simulator."""

from __future__ import annotations

from typing import Any

from integration.modules.harness.runs import Ansible, Case
from integration.modules.harness.simplivity import SOME_BAD, SOME_FAILING


def case(**options: Any) -> Case:
    return Case("svt_virtual_machine_info", options)


def test_check_run_again(ansible: Ansible) -> None:
    query = {"name": "vm32_A_6"}
    run = ansible.play(
        {
            "check": Case("svt_virtual_machine_info", query, check=True, diff=True),
            "run": Case("svt_virtual_machine_info", query),
            "again": Case("svt_virtual_machine_info", query),
        }
    )
    shown = run["run"].succeeded()["virtual_machines"]
    assert [one["id"] for one in shown] == ["729861fd-a006-4849-bf08-b232551989c0"]
    for done in run.values():
        assert done.succeeded()["virtual_machines"] == shown
        assert (done["count"], done["truncated"]) == (len(shown), False)
        assert not done.writes and done.logins == 1
        assert done.state["simplivity"]["open_sessions"] == 0


def test_bad_input(ansible: Ansible) -> None:
    cases = {
        **SOME_BAD,
        "unknown state": ({"state": "ASLEEP"}, ("state", "ALIVE, REMOVED, DELETED")),
        "name and pattern": ({"name": "a", "name_pattern": "b*"}, ("name", "name_pattern")),
    }
    run = ansible.play({name: Case("svt_virtual_machine_info", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)


def test_failures(ansible: Ansible) -> None:
    run = ansible.play(
        {name: Case("svt_virtual_machine_info", before=broken) for name, (broken, *_rest) in SOME_FAILING.items()},
        each_fresh=True,
    )
    for name, (_broken, kind, words, facts) in SOME_FAILING.items():
        run[name].failed_as(kind, *words, **facts)


def test_filters(ansible: Ansible) -> None:
    run = ansible.play(
        {
            "datastores": case(datastore_name=["ds1", "ds2"], fields=["name"]),
            "gone": case(state=["REMOVED", "DELETED"]),
            "host": case(host_id="422ac72f-8437-6e09-eb44-6ffc8bde0aad", fields=["name"]),
            "pattern": case(name_pattern="*0*", fields=["name"]),
            "many": Case(
                "svt_virtual_machine_info",
                {"fields": ["id"], "page_size": 10},
                before=lambda control: control.fill(backups=1203),
            ),
        }
    )
    names = {name: [one["name"] for one in run[name].succeeded()["virtual_machines"]] for name in list(run)[:4]}
    assert names["datastores"] == ["db01", "vm32_A_6", "web01"]
    assert names["gone"] == ["retired01"]
    assert names["host"] == ["vm32_A_6", "web01"]
    assert names["pattern"] == ["db01", "web01"]  # without a state the server shows those that are alive
    many = run["many"].succeeded()["virtual_machines"]
    assert len({one["id"] for one in many}) == len(many) == run["many"]["count"] == 28
    assert len(run["many"].requests("GET", "/virtual_machines")) == 3
