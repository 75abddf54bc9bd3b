# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svt_backup_info against the simulator."""

from __future__ import annotations

from typing import Any

import pytest

from integration.modules.harness.runs import Ansible, Case, Done
from integration.modules.harness.simplivity import BAD_CONNECTIONS, BAD_LISTS, FAILING_READS

GUIDES_BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
NIGHT = "2016-03-14T22:00:00-04:00"


def case(**options: Any) -> Case:
    return Case("svt_backup_info", options)


def names(done: Done) -> list[str]:
    return [backup["name"] for backup in done.succeeded()["backups"]]


@pytest.mark.smoke
def test_check_run_again(ansible: Ansible) -> None:
    """The seed's query: the manual backups sorted by name. Check mode and a second run show the same."""
    query = {"type": "MANUAL", "fields": ["name", "id"], "sort": "name", "order": "ascending", "limit": 500}
    run = ansible.play(
        {
            "check": Case("svt_backup_info", query, check=True, diff=True),
            "run": Case("svt_backup_info", query),
            "again": Case("svt_backup_info", query),
        }
    )
    shown = run["run"].succeeded()["backups"]
    assert [one["name"] for one in shown] == sorted((one["name"] for one in shown), key=str.casefold)
    assert {"name": "vm32_A_6-backup-2016-03-13T21:03:46-04:00", "id": GUIDES_BACKUP} in shown
    assert all(set(backup) == {"name", "id"} for backup in shown)
    assert (run["run"]["count"], run["run"]["truncated"]) == (8, False)
    for name in ("check", "again"):
        assert run[name].succeeded()["backups"] == shown
        assert not run[name].writes
        assert run[name].logins == 1
        assert run[name].state["simplivity"]["open_sessions"] == 0
    (asked,) = run["run"].requests("GET", "/backups")
    assert ["type", "MANUAL"] in asked["query"]
    assert ["fields", "name,id,type"] in asked["query"]
    assert ["sort", "name"] in asked["query"]


def test_bad_input(ansible: Ansible) -> None:
    run = ansible.play(
        {
            **{name: Case("svt_backup_info", options) for name, (options, _words) in BAD_CONNECTIONS.items()},
            **{name: Case("svt_backup_info", options) for name, (options, _words) in BAD_LISTS.items()},
            "name and pattern": case(name="a", name_pattern="b*"),
            "unknown type": case(type="AUTOMATIC"),
            "unknown option": case(colour="red"),
            "no zone": case(created_after="2026-03-13T21:03:46"),
            "no date": case(created_before="yesterday"),
            "13th month": case(created_after="2026-13-01T00:00:00Z"),
            "empty window": case(created_after="2026-03-14T00:00:00Z", created_before="2026-03-13T00:00:00Z"),
            "size": case(size_min=10, size_max=5),
            "negative": case(sent_min=-1),
        }
    )
    for name, (_options, words) in {**BAD_CONNECTIONS, **BAD_LISTS}.items():
        run[name].refused(*words)
    run["name and pattern"].refused("name", "name_pattern")
    run["unknown type"].refused("type", "MANUAL, POLICY")
    run["unknown option"].refused("colour", "Supported parameters")
    run["no zone"].refused("created_after", "time zone", "Z or an offset")
    run["no date"].refused("created_before", "RFC 3339", "24h")
    run["13th month"].refused("created_after", "RFC 3339")
    run["empty window"].refused("created_after and created_before", "exchange or widen")
    run["size"].refused("size_min and size_max")
    run["negative"].refused("sent_min", "from 0 to")


def test_failures(ansible: Ansible) -> None:
    run = ansible.play(
        {name: Case("svt_backup_info", {}, before=broken) for name, (broken, *_rest) in FAILING_READS.items()},
        each_fresh=True,
    )
    for name, (_broken, kind, words, facts) in FAILING_READS.items():
        run[name].failed_as(kind, *words, **facts)


def test_every_filter(ansible: Ansible) -> None:
    """Each filter of the list reaches the server under its API name, and what it shows is right."""
    run = ansible.play(
        {
            "id": case(id=GUIDES_BACKUP),
            "name": case(name=NIGHT),
            "name_pattern": case(name_pattern="nightly*"),
            "type": case(type="POLICY"),
            "state": case(state="FAILED"),
            "virtual_machine_name": case(virtual_machine_name="web01"),
            "virtual_machine_state": case(virtual_machine_state="REMOVED"),
            "omnistack_cluster_name": case(omnistack_cluster_name="Worcester"),
            "datastore_name": case(datastore_name="ds3"),
            "external_store_name": case(external_store_name="StoreOnce*"),
            "application_consistent": case(application_consistent=True),
            "consistency_type": case(consistency_type="VSS"),
            "size_min": case(size_min=700000000, size_max=800000000),
            "created": case(created_after="2016-03-15T08:00:00-04:00", created_before="2016-03-15T14:00:00+01:00"),
            "none": case(name="nobody has this name"),
            "fewer letters": case(name="BEFORE UPGRADE", case_sensitive=False),
            "sorted": case(sort="created_at", order="descending", limit=1),
        }
    )
    assert [backup["id"] for backup in run["id"]["backups"]] == [GUIDES_BACKUP]
    assert names(run["name"]) == [NIGHT] * 5
    assert names(run["name_pattern"]) == ["nightly*full", "nightly-extra-full"]
    assert run["type"]["count"] == 13
    assert names(run["state"]) == ["aborted"]
    assert {backup["virtual_machine_name"] for backup in run["virtual_machine_name"]["backups"]} == {"web01"}
    assert names(run["virtual_machine_state"]) == [NIGHT]
    assert {one["omnistack_cluster_name"] for one in run["omnistack_cluster_name"]["backups"]} == {"Worcester"}
    assert run["datastore_name"]["count"] == 3
    assert names(run["external_store_name"]) == ["offsite-2016-03-16"]
    assert names(run["application_consistent"]) == names(run["consistency_type"]) == ["Before upgrade"]
    assert names(run["size_min"]) == ["nightly-extra-full"]
    assert sorted(names(run["created"])) == ["Before upgrade", "aborted", "before upgrade, phase 1"]
    (asked,) = run["created"].requests("GET", "/backups")
    assert ["created_after", "2016-03-15T12:00:00Z"] in asked["query"]
    assert ["created_before", "2016-03-15T13:00:00Z"] in asked["query"]
    assert run["none"].succeeded()["backups"] == [] and run["none"]["count"] == 0
    assert names(run["fewer letters"]) == ["Before upgrade"]
    assert len(run["sorted"]["backups"]) == 1 and run["sorted"]["truncated"] and run["sorted"]["count"] == 21


def test_names_that_mean_something_to_the_server(ansible: Ansible) -> None:
    """A comma splits and `*` matches on the server (simplivity.md 4.6); `name` is exact all the same."""
    run = ansible.play(
        {
            "comma": case(name=["before upgrade, phase 1"]),
            "star": case(name=["nightly*full"]),
            "both": case(name=["before upgrade, phase 1", "nightly*full", "Before upgrade"]),
            "unicode": case(name=["Sicherung №1 für Büro"]),
            "mva comma": Case(
                "svt_backup_info",
                {"name": ["before upgrade, phase 1", "nightly*full"]},
                before=lambda control: control.set("simplivity", mode="mva"),
            ),
        }
    )
    assert names(run["comma"]) == ["before upgrade, phase 1"]
    assert names(run["star"]) == ["nightly*full"]
    assert sorted(names(run["both"])) == ["Before upgrade", "before upgrade, phase 1", "nightly*full"]
    assert names(run["unicode"]) == ["Sicherung №1 für Büro"]
    assert sorted(names(run["mva comma"])) == ["before upgrade, phase 1", "nightly*full"]


def test_lists_of_both_kinds_of_controllers(ansible: Ansible) -> None:
    """A Virtual Controller gets one value at a time, a Management Virtual Appliance the list."""
    query = {"virtual_machine_name": ["web01", "db01"], "state": ["PROTECTED", "FAILED"]}
    run = ansible.play(
        {
            "sva": Case("svt_backup_info", query),
            "mva": Case("svt_backup_info", query, before=lambda control: control.set("simplivity", mode="mva")),
        }
    )
    assert run["sva"].succeeded()["backups"] == run["mva"].succeeded()["backups"]
    assert run["sva"]["count"] == run["mva"]["count"] == len(run["sva"]["backups"]) == 14
    one_by_one = run["sva"].requests("GET", "/backups")
    assert len(one_by_one) == 4
    assert not any("," in value for one in one_by_one for name, value in one["query"] if name in query)
    (together,) = run["mva"].requests("GET", "/backups")
    assert ["virtual_machine_name", "web01,db01"] in together["query"]


def test_all_pages(ansible: Ansible) -> None:
    """1,203 backups are three pages of the usual 500; a cap of the server below that loses none (G5)."""
    run = ansible.play(
        {
            "three pages": Case(
                "svt_backup_info", {"fields": ["id"]}, before=lambda control: control.fill(backups=1203)
            ),
            "limit": case(fields=["id"], limit=700),
            "at the limit": case(fields=["id"], limit=1203),
            "page_size": case(fields=["id"], page_size=1000, limit=1200),
            "capped": Case(
                "svt_backup_info", {"fields": ["id"]}, before=lambda control: control.set("simplivity", page_cap=300)
            ),
        }
    )
    for name, pages in (("three pages", 3), ("capped", 5)):
        ids = {backup["id"] for backup in run[name].succeeded()["backups"]}
        assert (len(ids), run[name]["count"], run[name]["truncated"]) == (1203, 1203, False)
        assert len(run[name].requests("GET", "/backups")) == pages
        assert run[name].logins == 1
    assert (len(run["limit"]["backups"]), run["limit"]["count"], run["limit"]["truncated"]) == (700, 1203, True)
    assert len(run["limit"].requests("GET", "/backups")) == 2
    assert (len(run["at the limit"]["backups"]), run["at the limit"]["truncated"]) == (1203, False)
    assert (len(run["page_size"]["backups"]), run["page_size"]["truncated"]) == (1200, True)


def test_a_server_that_ignores_a_filter(ansible: Ansible) -> None:
    """G13: what comes is checked again, so nothing that was not asked for is shown."""
    run = ansible.play(
        {
            "ignored": Case(
                "svt_backup_info",
                {"type": "MANUAL", "virtual_machine_name": "web01", "created_after": "2016-03-15T12:15:00Z"},
                before=lambda control: control.set(
                    "simplivity", ignore_filters=["type", "virtual_machine_name", "created_after"]
                ),
            )
        }
    )
    assert sorted(names(run["ignored"])) == ["Before upgrade", "aborted"]
    assert run["ignored"]["count"] == 2


def test_trouble_that_passes(ansible: Ansible) -> None:
    """Reads are repeated (B1, D16, D20), a token that expires between pages is renewed once (G12)."""
    fault = {"path": "/api/backups", "method": "GET"}
    run = ansible.play(
        {
            "busy": Case(
                "svt_backup_info",
                before=lambda c: c.fault({**fault, "times": 2, "action": {"status": 502, "body": "<html>"}}),
            ),
            "reset": Case(
                "svt_backup_info", before=lambda c: c.fault({**fault, "times": 1, "action": {"reset": True}})
            ),
            "cut": Case("svt_backup_info", before=lambda c: c.fault({**fault, "times": 1, "action": {"truncate": 40}})),
            "slow down": Case(
                "svt_backup_info",
                before=lambda c: c.fault(
                    {**fault, "times": 1, "action": {"status": 429, "headers": {"Retry-After": "1"}, "json": {}}}
                ),
            ),
            "expired between pages": Case(
                "svt_backup_info",
                {"page_size": 10},
                before=lambda c: c.fault({**fault, "skip": 1, "times": 1, "action": {"status": 401, "json": {}}}),
            ),
        },
        each_fresh=True,
    )
    for name in run:
        assert run[name].succeeded()["count"] == 21, name
    assert run["slow down"].ledger[-1]["ended"] - run["slow down"].ledger[0]["started"] >= 1
    assert run["expired between pages"].logins == 2
    assert len({backup["id"] for backup in run["expired between pages"]["backups"]}) == 21
