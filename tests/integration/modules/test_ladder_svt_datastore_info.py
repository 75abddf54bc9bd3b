# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svt_datastore_info against the simulator."""

from __future__ import annotations

from typing import Any

from integration.modules.harness.runs import Ansible, Case
from integration.modules.harness.simplivity import SOME_BAD, SOME_FAILING


def case(**options: Any) -> Case:
    return Case("svt_datastore_info", options)


def test_check_run_again(ansible: Ansible) -> None:
    query = {"name": ["ds1", "ds2"], "fields": ["name", "id"]}
    run = ansible.play(
        {
            "check": Case("svt_datastore_info", query, check=True, diff=True),
            "run": Case("svt_datastore_info", query),
            "again": Case("svt_datastore_info", query),
        }
    )
    shown = run["run"].succeeded()["datastores"]
    assert [one["name"] for one in shown] == ["ds1", "ds2"]
    for done in run.values():
        assert done.succeeded()["datastores"] == shown
        assert (done["count"], done["truncated"]) == (len(shown), False)
        assert not done.writes and done.logins == 1
        assert done.state["simplivity"]["open_sessions"] == 0


def test_bad_input(ansible: Ansible) -> None:
    cases = {
        **SOME_BAD,
        "sizes": ({"min_size": 9, "max_size": 1}, ("min_size and max_size", "exchange or widen")),
        "no zone": ({"created_after": "2016-01-02T00:00:00"}, ("created_after", "time zone")),
        "name and pattern": ({"name": "a", "name_pattern": "b*"}, ("name", "name_pattern")),
    }
    run = ansible.play({name: Case("svt_datastore_info", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)


def test_failures(ansible: Ansible) -> None:
    run = ansible.play(
        {name: Case("svt_datastore_info", before=broken) for name, (broken, *_rest) in SOME_FAILING.items()},
        each_fresh=True,
    )
    for name, (_broken, kind, words, facts) in SOME_FAILING.items():
        run[name].failed_as(kind, *words, **facts)


def test_filters(ansible: Ansible) -> None:
    run = ansible.play(
        {
            "size": case(min_size=2199023255552, sort="size", order="descending"),
            "policy": case(policy_name="Silver"),
            "pattern": case(name_pattern="d*3"),
            "window": case(created_after="2016-01-02T00:00:00Z", created_before="2016-01-02T23:59:59Z"),
            "single_replica": case(single_replica=True),
            "optional": case(show_optional_fields=True, limit=1),
        }
    )
    assert [one["name"] for one in run["size"].succeeded()["datastores"]] == ["ds3", "ds2"]
    assert [one["name"] for one in run["policy"].succeeded()["datastores"]] == ["ds1", "ds2"]
    assert [one["name"] for one in run["pattern"].succeeded()["datastores"]] == ["ds3"]
    assert [one["name"] for one in run["window"].succeeded()["datastores"]] == ["ds2"]
    assert run["single_replica"].succeeded()["datastores"] == []
    assert "hypervisor_free_space" not in run["size"]["datastores"][0]
    assert "hypervisor_free_space" in run["optional"].succeeded()["datastores"][0]
