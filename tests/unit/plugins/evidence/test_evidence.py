# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evidence: what facts mean, and that two halves of an estate tell the same as the whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.build import build, judge, merge
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.history import streaks
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.text import dumped, loaded
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.times import text
from ansible_collections.safehold.backup.tests.evidence import estate
from ansible_collections.safehold.backup.tests.evidence.estate import DAY, HOUR, NOW
from ansible_collections.safehold.backup.tests.evidence.facts import (
    FAILED,
    VALIDATOR,
    acronis,
    of,
    ran,
    resource,
    result,
    runs_of,
    svt,
    texts,
)
from hypothesis import given
from hypothesis import strategies as st

WORDS = {"p": "PROTECTED", "f": "FAILED", "d": "DEGRADED", "r": "SAVING"}


def one_machine(signs: str, **options: Any) -> dict[str, Any]:
    """A machine with a backup for each sign, a day apart, the last one an hour ago."""
    backups = estate.nightly("vm", "Boston", 1000, signs, hour=1)
    (machine,) = of(svt([estate.machine("vm", "Boston")], backups), **options)["machines"]
    return machine


def test_the_sample_is_what_the_engine_makes() -> None:
    assert json.loads(estate.SAMPLE.read_text(encoding="utf-8")) == estate.sample()
    VALIDATOR.validate(estate.sample())


@pytest.mark.parametrize(
    ("signs", "status", "level", "codes"),
    [
        ("pppp", "protected", "ok", []),
        ("ppp-", "protected", "ok", []),  # 25 hours, 26 are allowed
        ("pp--", "stale", "critical", ["stale"]),
        ("pppf", "failed", "critical", ["failed"]),
        ("ppff", "failed", "critical", ["failed", "stale"]),
        ("ffff", "never", "critical", ["never", "failed"]),
        ("r", "never", "critical", ["never"]),
        ("", "never", "critical", ["never"]),
        ("fffp", "protected", "ok", []),
        ("pppd", "protected", "warning", ["warned"]),
    ],
)
def test_what_a_history_means(signs: str, status: str, level: str, codes: list[str]) -> None:
    machine = one_machine(signs)
    assert (machine["status"], machine["level"]) == (status, level)
    assert [finding["code"] for finding in machine["findings"]] == codes


def test_a_machine_without_any_backup_is_red() -> None:
    found = of(svt([estate.machine("new", "Boston")]))
    assert found["verdict"]["level"] == "critical"
    assert found["verdict"]["text"] == "1 of 1 machine needs attention: 1 never backed up."


def test_three_failures_and_one_success_read_as_recovered() -> None:
    assert one_machine("pfffp")["streak"] == {"failures": 0, "recovered": True, "failures_before": 3}
    assert one_machine("pfff")["streak"] == {"failures": 3, "recovered": False, "failures_before": 0}
    assert one_machine("f" + "p" * 20)["streak"]["recovered"] is False  # longer ago than the window


def test_failures_are_tolerated_as_far_as_they_are() -> None:
    objectives = [{"max_age": "4d", "failures_tolerated": 2}]
    assert one_machine("pff", objectives=objectives)["status"] == "protected"
    assert one_machine("pff", objectives=objectives)["level"] == "warning"
    assert one_machine("pfff", objectives=objectives)["status"] == "failed"


def test_failures_without_any_success_are_failures_too() -> None:
    machine = one_machine("ff", objectives=[{"max_age": "4d", "failures_tolerated": 1}])
    assert [(one["code"], one["text"]) for one in machine["findings"]] == [
        ("never", "there is no good backup"),
        ("failed", "the last 2 attempts failed: the backup failed; SimpliVity keeps no cause, "
         "the events of the vCenter at that time may tell it"),
    ]  # fmt: skip
    machine = one_machine("f", objectives=[{"max_age": "4d", "failures_tolerated": 1}])
    assert [one["code"] for one in machine["findings"]] == ["never", "failing"]


def codes(machine: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in machine["findings"]]


@pytest.mark.parametrize(
    ("ahead", "found"),
    [(-HOUR, []), (300, []), (301, ["never", "future"]), (400 * DAY, ["never", "future"])],
)
def test_a_backup_of_the_future_does_not_count(ahead: int, found: list[str]) -> None:
    (machine,) = of(svt([estate.machine("vm", "Boston")], [estate.backup("vm", NOW + ahead, "Boston")]))["machines"]
    assert codes(machine) == found
    assert (machine["last_success"] is None) is bool(found)


def test_a_backup_of_the_future_hides_no_failure() -> None:
    wrong = estate.backup("vm", NOW + 400 * DAY, "Boston", size=7)
    known = estate.nightly("vm", "Boston", 1000, "pfff", hour=1)
    (machine,) = of(svt([estate.machine("vm", "Boston")], [wrong, *known]))["machines"]
    assert (machine["status"], codes(machine)) == ("failed", ["failed", "stale", "future"])
    assert (machine["age"], machine["size"], machine["streak"]["failures"]) == (3 * DAY + HOUR, 1000, 3)
    assert (machine["days"][-4:], machine["size_history"][-1]) == ("sfff", None)
    assert texts(machine)[-1] == "an attempt is dated 2027-04-20T06:00:00Z, which was yet to come; look at the clocks"
    good = estate.nightly("vm", "Boston", 1000, "pppp", hour=1)
    (machine,) = of(svt([estate.machine("vm", "Boston")], [wrong, *good]))["machines"]
    assert (machine["status"], machine["level"], codes(machine)) == ("protected", "warning", ["future"])


def test_evidence_that_is_newer_than_the_moment_it_is_judged_at_says_so() -> None:
    found = of(svt([estate.machine("vm", "Boston")], [estate.backup("vm", NOW - HOUR, "Boston")]))
    (machine,) = judge(found, [], now=NOW - DAY)["machines"]
    assert codes(machine) == ["future"]


def test_the_verdict_counts_in_good_grammar() -> None:
    def said(*signs: str, **options: Any) -> str:
        names = [f"vm{n}" for n in range(len(signs))]
        backups = [
            one for name, row in zip(names, signs, strict=True) for one in estate.nightly(name, "Boston", 5, row)
        ]
        machines = [estate.machine(name, "Boston") for name in names]
        return str(of(svt(machines, backups), **options)["verdict"]["text"])

    assert said("p") == "The one machine is protected."
    assert said("p", "d") == "All 2 machines are protected, 1 with a warning."
    assert said("", "p") == "1 of 2 machines needs attention: 1 never backed up."
    assert said("", "") == "2 of 2 machines need attention: 2 never backed up."
    excluded = [{"name": "vm0", "reason": "scratch", "expires": "2026-12-31"}]
    assert said("", "p", exclusions=excluded) == "The one machine is protected; 1 excluded."
    assert said("", exclusions=excluded) == "Every machine is excluded, so none is watched."


def test_an_estate_that_is_wholly_excluded_is_not_green() -> None:
    exclusions = [{"name": "*", "reason": "scratch", "expires": "2026-12-31"}]
    assert of(svt([estate.machine("vm", "Boston")]), exclusions=exclusions)["verdict"]["level"] == "warning"


def test_a_size_that_is_not_known_is_none() -> None:
    found = of(svt([estate.machine("vm", "Boston")]))
    assert (found["totals"]["size"], found["groups"]["cluster"][0]["size"]) == (None, None)


def test_an_exclusion_holds_until_it_expires_and_is_red_then() -> None:
    def machine(expires: Any, signs: str = "") -> dict[str, Any]:
        return one_machine(signs, exclusions=[{"name": "V*", "reason": "scratch", "expires": expires}])

    assert machine("2026-03-16")["status"] == "excluded"  # the whole day counts
    assert machine("2026-03-16")["level"] == "none"
    assert machine(text(NOW + 1))["status"] == "excluded"
    for expired in ("2026-03-15", text(NOW)):
        assert machine(expired)["status"] == "never"
        assert machine(expired, "pppp")["status"] == "protected"
        assert machine(expired, "pppp")["level"] == "critical"
        assert machine(expired, "pppp")["findings"][0]["code"] == "exclusion_expired"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_an_exclusion_may_hold_as_long_as_there_are_dates(zone: str) -> None:
    exclusions = [{"name": "vm", "reason": "scratch", "expires": "9999-12-31"}]
    assert one_machine("", exclusions=exclusions, time_zone=zone)["exclusion"]["expires"] == "9999-12-31T23:59:59Z"


def test_an_exclusion_ends_with_its_day_where_the_day_is() -> None:
    exclusions = [{"name": "vm", "reason": "scratch", "expires": "2026-03-15"}]
    assert one_machine("", exclusions=exclusions, time_zone="Pacific/Honolulu")["status"] == "excluded"
    assert one_machine("", exclusions=exclusions, time_zone="Asia/Tokyo")["status"] == "never"


def test_the_first_objective_that_fits_holds() -> None:
    objectives = [
        {"cluster": "worc*", "max_age": "1h"},
        {"policy": ["gold", "SILVER"], "max_age": "2h"},
        {"tenant": "*", "max_age": "3h"},
        {"max_age": "4h"},
    ]
    machines = [estate.machine("a", "Worcester"), estate.machine("b", "Boston"), estate.machine("c", "Boston", "Tin")]
    found = of(svt(machines), objectives=objectives)["machines"]
    assert {one["name"]: one["objective"]["max_age"] for one in found} == {"a": HOUR, "b": 2 * HOUR, "c": 4 * HOUR}


def test_an_off_site_copy_is_asked_for() -> None:
    def machine(*copies: dict[str, Any]) -> dict[str, Any]:
        backups = [estate.backup("vm", NOW - HOUR, "Boston", 1), *copies]
        found = of(
            svt([estate.machine("vm", "Boston")], backups), objectives=[{"max_age": "1d", "offsite_max_age": "2d"}]
        )
        return found["machines"][0]

    other = estate.backup("vm", NOW - HOUR, "Worcester", 1)
    store = {**other, "omnistack_cluster_id": "", "omnistack_cluster_name": "", "external_store_name": "StoreOnce"}
    assert codes(machine()) == ["offsite_missing"]
    assert codes(machine(other)) == []
    assert machine(store)["offsite"]["places"] == ["StoreOnce"]
    assert codes(machine({**other, "created_at": text(NOW - 3 * DAY)})) == ["offsite_stale"]
    assert codes(machine({**other, "state": "FAILED"})) == ["offsite_missing", "offsite_failing"]
    assert machine({**other, "state": "FAILED"})["streak"]["failures"] == 0  # the backup itself is good
    assert codes(machine({**other, "created_at": text(NOW + HOUR)})) == ["offsite_missing", "future"]


def test_off_site_copies_that_fail_are_told_of_and_counted() -> None:
    def found(here: str, copies: str, **more: Any) -> dict[str, Any]:
        backups = [*estate.nightly("vm", "Boston", 1, here), *estate.nightly("vm", "Worcester", 1, copies)]
        backups += [{**one, **more, "id": f"{one['id']} 2"} for one in backups[-2:] if more]
        return of(svt([estate.machine("vm", "Boston")], backups))

    failing = found("pppp", "pfff")
    (machine,) = failing["machines"]
    cause = "the backup failed; SimpliVity keeps no cause, the events of the vCenter at that time may tell it"
    assert (machine["status"], machine["level"], codes(machine)) == ("protected", "warning", ["offsite_failing"])
    assert texts(machine) == [f"the last 3 copies to Worcester failed: {cause}"]
    assert [(one["cause"], one["count"]) for one in failing["failures"]] == [(f"off-site copy: {cause}", 3)]
    assert [(one["cause"], one["count"]) for one in found("pppf", "pppf")["failures"]] == [(cause, 1)]
    (machine,) = found("pppp", "pffp")["machines"]
    assert (codes(machine), machine["offsite"]["last_success_at"]) == ([], text(NOW - 8 * HOUR))
    # one place is no help to the other
    store = {"omnistack_cluster_id": "", "external_store_name": "StoreOnce", "state": "FAILED"}
    (machine,) = found("pppp", "pppp", **store)["machines"]
    assert texts(machine) == [f"the last 2 copies to StoreOnce failed: {cause}"]
    (machine,) = found("p" * 30, "f" + "-" * 29)["machines"]
    assert codes(machine) == []  # longer ago than the window


def test_backups_that_say_nothing_make_the_facts_incomplete() -> None:
    (good, *odd) = (estate.backup("vm", NOW - n * HOUR, "Boston") for n in range(1, 8))
    states = ("BROKEN", "BROKEN", "DELETED", "UNKNOWN")
    changes = [*({"state": state} for state in states), {"created_at": "NA"}, {"state": "QUEUED", "created_at": "NA"}]
    backups = [good, *({**one, **change} for one, change in zip(odd, changes, strict=True))]
    found = of(svt([estate.machine("vm", "Boston")], backups))
    assert found["sources"][0]["problems"] == [
        "2 backups in a state that is not known: BROKEN",
        "1 backup in a state that is not known: UNKNOWN",
        "1 backup without a time",
    ]
    assert (found["complete"], found["machines"][0]["status"]) == (False, "protected")


def test_runs_that_say_nothing_make_the_facts_incomplete() -> None:
    runs = estate.runs("srv", "1496265", "Daily", 1, "oee")
    runs[1] |= {"state": "aborted\x1b"}
    runs[2] |= {"enqueued_at": None, "started_at": ""}
    (source,) = of(acronis(runs))["sources"]
    assert source["problems"] == [
        r"1 attempt in a state that is not known: aborted\x1b",
        "1 attempt without a time",
    ]


def test_failures_are_counted_by_cause() -> None:
    found = of(estate.simplivity(), estate.acronis())
    assert [(one["system"], one["code"], one["count"]) for one in found["failures"][:2]] == [
        ("simplivity", "FAILED", 6),
        ("acronis", "CloudStorageUnavailable", 4),
    ]
    assert found["failures"][1]["cause"] == "The backup was not created: The cloud storage cannot be reached"
    assert len(found["failures"][0]["machines"]) == 2


def test_what_a_registered_result_says_of_itself_is_told() -> None:
    failed = {"failed": True, "msg": "svt.example.com does not answer"}
    found = of(svt([], name="a") | {"backups": failed}, svt([]) | {"backups": {"backups": [], "truncated": True}})
    assert not found["complete"]
    assert found["verdict"]["level"] == "warning"
    assert [one["problems"] for one in found["sources"]] == [
        ["backups could not be read: svt.example.com does not answer"],
        ["backups: the limit left some of them out"],
    ]
    skipped = {"skipped": True, "changed": False, "skip_reason": "Conditional result was False"}
    (source,) = of(svt([]) | {"virtual_machines": failed, "backups": skipped})["sources"]
    assert source["problems"] == [
        "backups were not read",
        "virtual_machines could not be read: svt.example.com does not answer",
    ]


def test_machines_whose_backups_cannot_be_read_are_not_called_never_backed_up() -> None:
    machines = [estate.machine("a", "Boston"), estate.machine("b", "Boston")]
    found = of(svt(machines) | {"backups": FAILED})
    assert (found["machines"], found["complete"], found["verdict"]["level"]) == ([], False, "warning")
    assert found["sources"][0]["problems"] == [
        "backups could not be read: svt.example.com does not answer",
        "machines left out, since nothing is known of their backups: 2",
    ]


def test_tasks_of_acronis_that_cannot_be_read_make_no_resource_never_backed_up() -> None:
    found = of({"system": "acronis", "tasks": FAILED, "resources": [resource("srv1")]})
    assert found["machines"] == [] and not found["complete"]


@pytest.mark.parametrize("unread", [("backups",), ("virtual_machines",), ("virtual_machines", "backups")])
def test_an_outage_makes_no_machine_gone_or_new(unread: tuple[str, ...]) -> None:
    machines = [estate.machine("a", "Boston"), estate.machine("b", "Boston")]
    backups = estate.nightly("a", "Boston", 1000, "pp", hour=1)
    whole = svt(machines, backups)
    first = of(whole, now=NOW)
    down = of(whole | dict.fromkeys(unread, FAILED), now=NOW + HOUR, previous=first)
    assert not down["complete"] and down["changes"]["gone"] == down["changes"]["new"] == []
    told = {one["name"]: (one["status"], one["age"]) for one in down["machines"]}
    assert told == {"a": ("protected", 2 * HOUR), "b": ("never", None)}
    after = of(whole, now=NOW + 2 * HOUR, previous=down)
    assert after["changes"]["gone"] == after["changes"]["new"] == after["changes"]["broke"] == []
    assert [one["days"] for one in after["machines"]] == [one["days"] for one in first["machines"]]


def test_what_holds_on_through_an_outage_gets_old() -> None:
    first = of(svt([estate.machine("a", "Boston")], estate.nightly("a", "Boston", 1000, "pp", hour=1)), now=NOW)
    down = of(svt([]) | {"virtual_machines": FAILED, "backups": FAILED}, now=NOW + 2 * DAY, previous=first)
    assert [one["status"] for one in down["machines"]] == ["stale"]
    assert down["changes"]["broke"] == [down["machines"][0]["key"]]


def test_acronis_counts_backups_of_resources_alone() -> None:
    run = estate.runs("srv", "1496265", "Daily", 1, "o")[0]
    others = [
        {**run, "id": "2", "type": "Restore", "resource": {"id": "other"}},
        {**run, "id": "3", "parent_activity_id": "1", "resource": {"id": "other"}},
        {**run, "id": "4", "context": {"IsProcessRoot": False}, "resource": {"id": "other"}},
        {**run, "id": "5", "type": "WinScan", "resource": {"id": "other"}},
        {**run, "id": "8", "type": "SendBackupReport", "resource": {"id": "other"}},
        {**run, "id": "9", "type": "backup_browse_mount", "resource": {"id": "other"}},
        {**run, "id": "10", "policy": {"type": "policy.protection.antimalware"}, "resource": {"id": "other"}},
    ]
    untold = [
        {**run, "id": "11", "policy": policy, "resource": {"id": f"untold{n}"}}
        for n, policy in enumerate([None, {"type": "policy.protection.total"}])
    ]
    nameless = {**run, "id": "6", "resource": None, "context": None}
    by_policy = {**run, "id": "7", "type": "0016750A-EE56-49E6-BF59-7C768C9869AC", "resource": {"id": "m365"}}
    found = of(acronis([run, *others, *untold, nameless, by_policy]))
    names = [f"acronis:{name}" for name in ("m365", estate.id_of("srv"), "untold0", "untold1")]
    assert sorted(one["key"] for one in found["machines"]) == sorted(names)
    assert found["sources"][0]["problems"] == ["1 attempt does not say what was backed up"]


def test_a_started_task_is_no_success_whatever_else_it_says() -> None:
    run = {**estate.runs("srv", "1496265", "Daily", 1, "o")[0], "state": "started"}
    (machine,) = of({"system": "acronis", "tasks": [run]})["machines"]
    assert (machine["status"], machine["days"][-1]) == ("never", "r")


def test_a_started_task_ends_no_streak() -> None:
    """Its result may say ok (acronis.md 3.3)."""
    runs = [*runs_of(Daily="eee-"), {**runs_of(Daily="o")[0], "state": "started"}]
    (row,) = streaks(runs, "resource.id", at="started_at", outcome="result.code")
    assert (row["failures"], row["recovered"]) == (3, False)


def test_a_resource_that_was_never_tried_is_seen_when_it_is_named() -> None:
    found = of(estate.acronis())
    assert [one["name"] for one in found["machines"] if one["status"] == "never"] == ["KIOSK-2"]


def test_a_listed_resource_without_a_backup_is_red_without_being_named() -> None:
    listed = [resource("srv"), resource("bare"), resource("all", type="resource.group.computers"),
              resource("old pc", deleted_at=text(NOW))]  # fmt: skip
    found = of({"system": "acronis", "tasks": estate.runs("srv", "1496265", "Daily", 1, "o"), "resources": listed})
    assert {one["name"]: (one["status"], one["level"], one["tenant"]) for one in found["machines"]} == {
        "srv": ("protected", "ok", "Northwind Dental"),
        "bare": ("never", "critical", "Northwind Dental"),
    }


def test_a_good_run_before_all_tasks_makes_a_resource_stale_and_not_never_backed_up() -> None:
    listed = [
        resource("off", plans=["Antivirus", "Daily"], policies=[ran(NOW - 40 * DAY), ran(NOW - 50 * DAY)]),
        resource("scanned", policies=[ran(NOW, "policy.protection.antimalware"), None]),
        resource("failing", policies=[ran(NOW - 40 * DAY)]),
        resource("good", policies=[ran(NOW - 40 * DAY)]),
    ]
    tasks = [*estate.runs("failing", "1496265", "Daily", 1, "ee"), *estate.runs("good", "1496265", "Daily", 1, "oe")]
    machines = {one["name"]: one for one in of({"system": "acronis", "tasks": tasks, "resources": listed})["machines"]}
    assert {name: one["status"] for name, one in machines.items()} == {
        "off": "stale", "scanned": "never", "failing": "failed", "good": "failed",
    }  # fmt: skip
    assert machines["off"]["last_success"]["at"] == text(NOW - 40 * DAY)
    assert machines["off"]["policy"] == "Daily"
    assert machines["good"]["last_success"]["at"] != text(NOW - 40 * DAY)


def test_runs_that_name_a_resource_otherwise_are_its_own() -> None:
    (by_id,) = estate.runs("by id", "1496265", "Daily", 1, "o")
    listed = [resource("by external id", external_id="abc@1496265"), resource("legacy"), resource("twin"),
              resource("twin", id="twin-2", external_id="")]  # fmt: skip
    tasks = [
        {**by_id, "id": "1", "resource": {"id": "abc"}},
        {**by_id, "id": "2", "resource": None, "context": {"MachineName": "legacy"}},
        {**by_id, "id": "3", "resource": None, "context": {"MachineName": "twin"}},
    ]
    found = of({"system": "acronis", "tasks": tasks, "resources": listed})
    assert sorted((one["name"], one["status"]) for one in found["machines"]) == [
        ("by external id", "protected"),
        ("legacy", "protected"),
        ("twin", "never"),
        ("twin", "never"),
        ("twin", "protected"),
    ]


def test_what_is_expected_is_added_to_what_is_listed() -> None:
    expected = [{"id": estate.id_of("srv"), "policy": "Gold"}, {"id": "k2", "name": "KIOSK-2"}]
    found = of({"system": "acronis", "resources": [resource("srv")], "expected": expected})
    assert {one["name"]: one["policy"] for one in found["machines"]} == {"srv": "Gold", "KIOSK-2": None}


def test_changes_are_told() -> None:
    changes = estate.sample()["changes"]
    names = {one["key"]: one["name"] for one in estate.sample()["machines"]}
    assert [names[key] for key in changes["new"]] == ["intranet-new"]
    assert sorted(names[key] for key in changes["broke"]) == ["XRAY-SRV", "web02"]
    assert sorted(names[key] for key in changes["recovered"]) == ["Büro-Server 東京", "HOTEL-PMS"]
    assert [one["name"] for one in changes["gone"]] == ["printserver"]


def test_the_same_run_made_again_is_the_same() -> None:
    before = of(svt([estate.machine("a", "Boston")]), now=NOW - DAY)
    sources = [svt([estate.machine("b", "Boston")], estate.nightly("b", "Boston", 5, "pp"))]
    first = build(sources, NOW, previous=before)
    assert first["changes"]["since"] == text(NOW - DAY)
    assert build(sources, NOW, previous=first) == first


def test_days_whose_backups_expired_are_remembered() -> None:
    machine = [estate.machine("vm", "Boston")]
    early = of(svt(machine, estate.nightly("vm", "Boston", 1000, "ppf", hour=2)), now=NOW)
    kept = [estate.backup("vm", NOW + 2 * DAY, "Boston", 7)]
    late = of(svt(machine, kept), now=NOW + 2 * DAY + HOUR, previous=early)
    assert late["machines"][0]["days"].endswith("ssf-s")
    assert late["machines"][0]["size_history"][-5:] == [1000, 1000 + estate.GB, None, None, 7]


def test_other_objectives_for_the_same_facts() -> None:
    found = of(estate.simplivity(), estate.acronis())
    again = judge(found, estate.OBJECTIVES, estate.EXCLUSIONS)
    assert again == of(
        estate.simplivity(), estate.acronis(), objectives=estate.OBJECTIVES, exclusions=estate.EXCLUSIONS
    )
    later = judge(found, [], now=NOW + 30 * DAY)
    assert later["verdict"]["counts"]["protected"] == 0


def test_what_is_not_asked_anew_stays_as_it_was_for_each_machine() -> None:
    strict = {"objectives": [{"name": "db*", "max_age": "4h"}], "default_max_age": "7h"}
    lax = {"exclusions": [{"name": "lab", "reason": "a lab", "expires": "2030-01-01"}], "default_max_age": "3d"}

    def half(cluster: str, *names: str, **options: Any) -> dict[str, Any]:
        backups = [backup for name in names for backup in estate.nightly(name, cluster, 1000, "pp", hour=8)]
        return of(svt([estate.machine(name, cluster) for name in names], backups, name=cluster), **options)

    whole = merge([half("Boston", "db01", "web", **strict), half("Worcester", "file", "lab", **lax)])
    was = {one["name"]: one["status"] for one in whole["machines"]}
    assert was == {"db01": "stale", "web": "stale", "file": "protected", "lab": "excluded"}
    for asked in ({}, {"now": NOW + 60}, {"exclusions": [{"name": "x", "reason": "y", "expires": "2030-01-01"}]}):
        again = judge(whole, **asked)
        VALIDATOR.validate(again)
        freed = {"lab": "protected"} if "exclusions" in asked else {}
        assert {one["name"]: one["status"] for one in again["machines"]} == {**was, **freed}
    # an age for all others is none for those that an objective names
    again = judge(whole, default_max_age="30d")
    assert {one["name"]: one["status"] for one in again["machines"]} == {**was, "web": "protected"}
    assert [one["max_age"] for one in again["objectives"]] == [4 * HOUR, 30 * DAY]
    again = judge(whole, default_max_age="1h")
    assert {one["name"]: one["status"] for one in again["machines"]} == {**was, "file": "stale"}


def test_a_source_that_was_read_long_ago_is_not_complete() -> None:
    early = of(svt([estate.machine("a", "Boston")], estate.nightly("a", "Boston", 5, "p"), name="Boston"), now=NOW)
    late = of(svt([], name="Worcester"), now=NOW + 2 * DAY)
    assert merge([early]) == early
    for found in (merge([early, late]), judge(merge([early, late]), now=NOW + 2 * DAY + HOUR)):
        assert [one["complete"] for one in found["sources"]] == [False, True]
        assert found["sources"][0]["problems"] == [f"not read since {text(NOW)}"]
        assert not found["complete"]


def test_text_and_back() -> None:
    found = estate.sample()
    assert loaded(dumped(found)) == found
    assert dumped(found)[0] == "\n"  # or ansible-core 2.16 reads it as Python


@pytest.mark.parametrize(
    ("given_options", "message"),
    [
        (
            {"objectives": [{"max_age": "soon"}]},
            "objectives[0].max_age: 'soon' is not a duration; write a number and its unit: 90m, 26h or 7d",
        ),
        ({"objectives": [{"max_age": 26}]}, "objectives[0].max_age: '26' is not a duration; write a number and its"),
        ({"objectives": [{"max_age": "0"}]}, "objectives[0].max_age: '0' is not a duration"),
        ({"objectives": [{"max_age": "0h"}]}, "objectives[0].max_age: '0h' is not a duration"),
        ({"objectives": [{"max_age": True}]}, "objectives[0].max_age: 'True' is not a duration"),
        ({"objectives": [{"max_age": "1d", "offsite_max_age": "48"}]}, "objectives[0].offsite_max_age: '48' is not"),
        ({"default_max_age": "26"}, "max_age: '26' is not a duration"),
        ({"objectives": [{"name": "x"}]}, "objectives[0]: max_age is missing"),
        ({"objectives": [{"names": "x", "max_age": 1}]}, "objectives[0]: 'names' is not known; there are name, system"),
        ({"objectives": ["x"]}, "objectives[0]: it is not a dictionary"),
        ({"objectives": [{"name": [], "max_age": 1}]}, "objectives[0].name: write a pattern"),
        ({"objectives": [{"max_age": 1, "failures_tolerated": -1}]}, "objectives[0].failures_tolerated: '-1' is not"),
        ({"exclusions": [{"name": "x", "expires": "2026-12-31"}]}, "exclusions[0]: reason is missing"),
        ({"exclusions": [{"name": "x", "reason": "y"}]}, "exclusions[0]: expires is missing"),
        ({"exclusions": [{"reason": "y", "expires": "2026-12-31"}]}, "exclusions[0]: it would exclude everything"),
        (
            {"exclusions": [{"name": "x", "reason": "y", "expires": "soon"}]},
            "exclusions[0].expires: 'soon' is not a date",
        ),
        ({"exclusions": [{"name": "x", "reason": "y", "expires": "2026-02-30"}]}, "'2026-02-30' is not a date"),
        ({"exclusions": [{"name": "x", "reason": "y", "expires": "9999-12-32"}]}, "'9999-12-32' is not a date"),
        ({"time_zone": "Mars/Olympus"}, "time_zone: 'Mars/Olympus' is not known"),
        ({"days": 0}, "days: 0 is not between 1 and 366"),
        ({"previous": {}}, "this is no backup evidence"),
        ({"previous": {"schema": "safehold.backup.evidence", "schema_version": "2.0"}}, "of version '2.0'"),
    ],
)
def test_bad_input_gets_one_clear_line(given_options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        build([], NOW, **given_options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"system": "veeam"}, "a source's system is 'veeam'; it is one of simplivity, acronis"),
        ("simplivity", "a source's system is"),
        ({"system": "simplivity", "tasks": []}, "a source of simplivity has no 'tasks'"),
        ({"system": "simplivity", "backups": [1]}, "backups of simplivity is neither a list of objects"),
        ({"system": "simplivity", "backups": [{"id": 0}, {"name": "x"}]}, "backups[1] of simplivity has no id"),
        ({"system": "acronis", "expected": [{"name": "x"}]}, "expected[0] of acronis has no id"),
    ],
)
def test_a_bad_source_is_named(source: Any, message: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        build([source], NOW)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"machines": None}, "the evidence has no machines"),
        ({"generated_at": 5}, "the evidence has no generated_at"),
        ({"machines": [{"name": "x"}]}, "machine 0 of the evidence lacks a part"),
        ({"machines": ["x"]}, "machine 0 of the evidence lacks a part"),
    ],
)
def test_evidence_that_was_changed_by_hand_is_refused_in_one_line(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        loaded({**estate.sample(), **change})
    machines = [{**one, "days": "<b>" * 14} for one in estate.sample()["machines"]]
    with pytest.raises(ValueError, match="the days of machine 0 of the evidence"):
        loaded({**estate.sample(), "machines": machines})


def test_evidence_of_two_time_zones_is_not_merged() -> None:
    with pytest.raises(ValueError, match="time zones Asia/Tokyo and UTC"):
        merge([of(svt([])), of(svt([]), time_zone="Asia/Tokyo")])


signs = st.text("pfdr-", max_size=8)
estates = st.lists(st.tuples(st.sampled_from(list(estate.CLUSTERS)), signs, signs, st.booleans()), max_size=8)


def halves(many: list[tuple[str, str, str, bool]]) -> list[dict[str, Any]]:
    """Two sources: the machines that go to the left and those that go to the right."""
    sources = [svt([], name="right"), svt([], name="left")]
    for n, (cluster, here, there, is_left) in enumerate(many):
        machines, backups = (sources[is_left][name] for name in ("virtual_machines", "backups"))
        machines.append(estate.machine(f"vm{n}", cluster))
        backups += estate.nightly(f"vm{n}", cluster, 100 * n, here)
        backups += estate.nightly(f"vm{n}", "Worcester", 100 * n, there)
    return sources


def without_sources(evidence: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in evidence.items() if name != "sources"}


@given(estates, estates)
def test_two_halves_tell_the_same_as_the_whole(
    before: list[tuple[str, str, str, bool]], many: list[tuple[str, str, str, bool]]
) -> None:
    options: dict[str, Any] = {
        "objectives": [{"name": "vm1", "max_age": "3d", "offsite_max_age": "2d"}],
        "exclusions": [{"name": "vm3", "reason": "scratch", "expires": "2026-12-31"}],
    }
    # a machine that changes the half would be new to the one and gone from the other
    sides = [one[3] for one in many]
    before = [(*one[:3], sides[n] if n < len(sides) else one[3]) for n, one in enumerate(before)]
    earlier, now = halves(before), halves(many)
    parts = [
        build([later], NOW, previous=build([first], NOW - DAY, **options), **options)
        for first, later in zip(earlier, now, strict=True)
    ]
    whole = build(now, NOW, previous=build(earlier, NOW - DAY, **options), **options)
    assert without_sources(merge(parts)) == without_sources(whole)
    assert merge(parts[::-1]) == merge(parts)
    assert merge([whole]) == whole


def test_merging_takes_the_newer_facts_and_aligns_the_days() -> None:
    machine = [estate.machine("vm", "Boston")]
    early = of(svt(machine, estate.nightly("vm", "Boston", 1, "pp--")), now=NOW - 2 * DAY)
    late = of(svt([estate.machine("other", "Boston")], estate.nightly("other", "Boston", 1, "pp")))
    merged = merge([late, early])
    assert merged["generated_at"] == text(NOW)
    assert merged["window"] == late["window"]
    assert {one["name"]: one["age"] for one in merged["machines"]} == {"vm": 2 * DAY + 8 * HOUR, "other": 8 * HOUR}
    newer = of(svt(machine, [estate.backup("vm", NOW - HOUR, "Boston", 1)]))
    assert merge([newer, early])["machines"] == newer["machines"]


def test_a_machine_that_acronis_lists_no_more_is_gone() -> None:
    tasks = [*runs_of("there", Daily="oo"), *runs_of("gone", Daily="o---"), *runs_of("deleted", Daily="o---"),
             *estate.runs("mail", "1496265", "Daily", 1, "o---", "UserMailboxBackup")]  # fmt: skip
    tasks[-1] = {**tasks[-1], "resource": {**tasks[-1]["resource"], "type": "mailbox"}}
    listed = [resource("there"), resource("deleted", type="other", deleted_at=text(NOW - DAY))]
    before = of(acronis(tasks), now=NOW - DAY)
    found = of(acronis(tasks, resources=result("resources", listed)), previous=before)
    # of a type that was not listed nothing is known
    assert [one["name"] for one in found["machines"]] == ["mail", "there"]
    assert sorted(one["name"] for one in found["changes"]["gone"]) == ["deleted", "gone"]
    # one that is told by its name alone may be either of two that are listed
    twins = result("resources", [resource("pc", id="1"), resource("pc", id="2")])
    nameless = [{**run, "resource": {"name": "pc", "type": "resource.machine"}} for run in runs_of(Daily="oe")]
    assert sorted(one["status"] for one in of(acronis(nameless, resources=twins))["machines"]) == [
        "failed", "never", "never",
    ]  # fmt: skip
    cut = {**result("resources", listed), "truncated": True}
    assert "gone" in [one["name"] for one in of(acronis(tasks, resources=cut))["machines"]]


def test_what_is_not_listed_is_not_complete() -> None:
    source = {"system": "acronis", "tasks": runs_of(Daily="oo")}
    found = of(source)
    assert (found["verdict"]["level"], found["sources"][0]["problems"]) == (
        "warning", ["resources were not listed, so one that was never tried is not seen"],
    )  # fmt: skip
    assert of({**source, "resources": []})["complete"]
    assert not of({**source, "expected": [{"id": "k2"}]})["complete"]


def test_what_one_source_cannot_read_hides_nothing_that_another_one_did() -> None:
    def half(name: str, signs: str) -> dict[str, Any]:
        return svt([estate.machine(name, "Boston")], estate.nightly(name, "Boston", 1, signs, hour=1), name=name)

    before = build([half("a", "pp"), half("b", "pp")], NOW - DAY)
    sources = [half("b", "ppf"), {"system": "simplivity", "name": "a", "virtual_machines": FAILED, "backups": FAILED}]
    for order in (sources, sources[::-1]):
        told = {one["name"]: one["status"] for one in of(*order, previous=before)["machines"]}
        assert told == {"a": "protected", "b": "failed"}


def test_a_good_run_from_a_list_hides_no_failures_that_cannot_be_read_today() -> None:
    listed = [resource("srv", policies=[ran(NOW - 25 * HOUR)])]
    before = of(acronis(runs_of(Daily="oee"), resources=listed), now=NOW - HOUR)
    down = of({"system": "acronis", "tasks": FAILED, "resources": listed}, previous=before)
    assert (down["machines"][0]["status"], down["changes"]["recovered"]) == ("failed", [])
    # the plans that it had hold on too, where the list that tells them cannot be read
    applied = [resource("srv", plans=["Daily", "DB"]), resource("db", plans=["DB"])]
    tasks = [*runs_of(Daily="oo"), *runs_of("db", DB="oo")]
    before = of(acronis(tasks, resources=applied), now=NOW - HOUR)
    down = of({"system": "acronis", "tasks": tasks, "resources": FAILED}, previous=before)
    assert {one["name"]: one["status"] for one in down["machines"]} == {"srv": "never", "db": "protected"}
    assert down["changes"]["recovered"] == []
    # and what is expected is missed, when its attempts were read
    down = of({"system": "acronis", "tasks": [], "resources": FAILED, "expected": [{"id": "k2", "name": "KIOSK-2"}]})
    assert [one["status"] for one in down["machines"]] == ["never"]
    # of one that is not known it is all there is
    down = of({"system": "acronis", "tasks": FAILED, "resources": listed})
    assert down["machines"][0]["status"] == "protected" and not down["complete"]


def test_a_system_that_is_not_read_any_more_is_not_gone_unseen() -> None:
    before = of(svt([estate.machine("a", "Boston")], estate.nightly("a", "Boston", 1, "pp")), acronis(runs_of(D="oo")))
    for n in (1, 2):
        before = of(acronis(runs_of(D="oo")), now=NOW + n * HOUR, previous=before)
        assert (before["complete"], before["changes"]["gone"], len(before["machines"])) == (False, [], 2)
        assert before["sources"][1]["problems"] == [
            "virtual_machines could not be read: simplivity is not among the systems of this run"
        ]


def test_the_age_of_the_evidence_stays_for_those_that_nobody_names() -> None:
    backups = [one for name in ("web", "db1") for one in estate.nightly(name, "Boston", 1, "p", hour=8)]
    machines = [estate.machine("web", "Boston"), estate.machine("db1", "Boston")]
    named = [{"name": "db*", "max_age": "1d"}]
    for asked in ({"default_max_age": "4h"}, {"objectives": [{"max_age": "4h"}]}):
        again = judge(of(svt(machines, backups), **asked), named)
        assert {one["name"]: one["status"] for one in again["machines"]} == {"web": "stale", "db1": "protected"}
        assert [one["max_age"] for one in again["objectives"]] == [DAY, 4 * HOUR]
        again = judge(of(svt(machines, backups), **asked), named, default_max_age="1d")
        assert again["verdict"]["counts"]["protected"] == 2
    # of merged evidence who has none of its own keeps to the strictest
    lax = of(svt(machines[:1], backups, name="a"), default_max_age="7d")
    own = of(svt(machines[1:], backups, name="b"), objectives=[{"name": "db1", "max_age": "12h"}], default_max_age="4h")
    again = judge(merge([lax, own]), [{"name": "zz", "max_age": "1d"}])
    assert {one["name"]: one["status"] for one in again["machines"]} == {"web": "protected", "db1": "stale"}
    # an age for all others is none for what the user asked of every machine
    again = judge(of(svt(machines, backups), objectives=[{"max_age": "4h"}]), default_max_age="7d")
    assert again["verdict"]["counts"]["stale"] == 2


def test_a_machine_that_goes_from_one_part_to_another_is_not_new() -> None:
    def part(cluster: str, signs: str, now: int, **options: Any) -> dict[str, Any]:
        backups = estate.nightly("vm", cluster, 1, signs, hour=1)
        return of(svt([estate.machine("vm", cluster)] if signs else [], backups, name=cluster), now=now, **options)

    boston, worcester = part("Boston", "pp", NOW - DAY), part("Worcester", "", NOW - DAY)
    merged = merge([part("Boston", "", NOW, previous=boston), part("Worcester", "pf", NOW, previous=worcester)])
    (machine,) = merged["machines"]
    assert merged["changes"] == {
        "since": text(NOW - DAY), "new": [], "gone": [], "broke": [machine["key"]], "recovered": [],
    }  # fmt: skip


def test_merging_prefers_what_was_read_to_what_was_kept() -> None:
    machine = [estate.machine("vm", "Boston")]
    old = of(svt(machine, estate.nightly("vm", "Boston", 1, "pp")), now=NOW - DAY)
    read = of(svt(machine, estate.nightly("vm", "Boston", 1, "ppf", hour=1)), now=NOW - 600)
    kept = of({"system": "simplivity", "virtual_machines": FAILED, "backups": FAILED}, previous=old)
    assert kept["machines"][0]["gathered_at"] == text(NOW - DAY)
    for order in ([read, kept], [kept, read]):
        assert [one["status"] for one in merge(order)["machines"]] == ["failed"]


def test_a_copy_under_way_saves_no_backup_that_failed() -> None:
    at = NOW - 2 * HOUR
    backups = [*estate.nightly("vm", "Boston", 1, "p-"), estate.backup("vm", at, "Boston", state="FAILED"),
               estate.backup("vm", at, "Worcester", state="QUEUED")]  # fmt: skip
    (machine,) = of(svt([estate.machine("vm", "Boston")], backups))["machines"]
    assert machine["status"] == "failed"
