# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines of several protection plans: each is judged against what is asked of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.build import build, judge, merge
from ansible_collections.safehold.backup.tests.evidence import estate
from ansible_collections.safehold.backup.tests.evidence.estate import DAY, NOW
from ansible_collections.safehold.backup.tests.evidence.facts import (
    acronis,
    of,
    ran,
    resource,
    result,
    runs_of,
    texts,
)
from hypothesis import given
from hypothesis import strategies as st


def test_an_objective_for_any_plan_of_a_resource_holds() -> None:
    listed = [
        resource("idle", plans=["Antivirus", "Daily"]),  # others are backed up by one of them
        resource("odd", plans=["Patches", "Archive"]),  # nobody knows which one it is
        resource("two plans"),
    ]
    tasks = [
        *estate.runs("srv", "1496265", "Daily", 1, "o"),
        *estate.runs("two plans", "1496265", "Weekly", 1, "o-"),
        *estate.runs("two plans", "1496265", "Daily", 1, "o"),
    ]
    objectives = [{"policy": "arch*", "max_age": "1d"}, {"policy": "weekly", "max_age": "2d"},
                  {"policy": "daily", "max_age": "3d"}]  # fmt: skip
    found = of({"system": "acronis", "tasks": tasks, "resources": listed}, objectives=objectives)
    assert {one["name"]: (one["policy"], one["policies"], one["objective"]["name"]) for one in found["machines"]} == {
        "idle": ("Daily", ["Daily"], "policy daily"),
        "odd": ("Archive", ["Archive"], "policy arch*"),
        "srv": ("Daily", ["Daily"], "policy daily"),
        "two plans": ("Daily", ["Daily", "Weekly"], "policy weekly"),
    }
    assert [group["name"] for group in found["groups"]["policy"]] == ["Archive", "Daily"]


ASKED = [{"policy": "db", "max_age": "26h"}, {"max_age": "7d"}]
CLOUD = "The backup was not created: The cloud storage cannot be reached"


@pytest.mark.parametrize(
    ("signs", "objectives", "status", "said"),
    [
        # a good plan hides neither one that fails nor one that no longer runs, asked for by name or not
        ({"DB": "oeee", "Files": "oooo"}, ASKED, "failed",
         [f"plan DB: the last 3 attempts failed: {CLOUD}",
          "plan DB: the newest good backup is 3 d 5 h old, 1 d 2 h are allowed"]),
        ({"DB": "oeee", "Files": "oooo"}, [], "failed",
         [f"plan DB: the last 3 attempts failed: {CLOUD}",
          "plan DB: the newest good backup is 3 d 5 h old, 1 d 2 h are allowed"]),
        ({"DB": "eee", "Files": "ooo"}, ASKED, "never",
         ["plan DB: there is no good backup", f"plan DB: the last 3 attempts failed: {CLOUD}"]),
        ({"DB": "o---------", "Files": "oooooooooo"}, ASKED, "stale",
         ["plan DB: the newest good backup is 9 d 5 h old, 1 d 2 h are allowed"]),
        ({"DB": "o---------", "Files": "oooooooooo"}, [], "stale",
         ["plan DB: the newest good backup is 9 d 5 h old, 1 d 2 h are allowed"]),
        # given up before the window: who asks for it by name still gets it
        ({"DB": "o" + "-" * 20, "Files": "oooooo"}, ASKED, "stale",
         ["plan DB: the newest good backup is 20 d 5 h old, 1 d 2 h are allowed"]),
        ({"Old": "e" + "-" * 20, "Files": "oooooo"}, [], "protected", []),
        ({"Old": "o" + "-" * 20, "Older": "o" + "-" * 25}, [], "stale",
         ["plan Older: the newest good backup is 25 d 5 h old, 1 d 2 h are allowed",
          "plan Old: the newest good backup is 20 d 5 h old, 1 d 2 h are allowed"]),
        # the others do not go unsaid
        ({"DB": "oo", "Files": "oe"}, ASKED, "failed", [f"plan Files: the last attempt failed: {CLOUD}"]),
        ({"DB": "oo", "_": "oe"}, [], "protected", [f"attempts without a plan: the last attempt failed: {CLOUD}"]),
        ({"DB": "oo", "_": "o---"}, [], "protected", []),
        ({"DB": "ow", "Files": "oo"}, [], "protected", ["plan DB: FilesSkipped"]),
    ],
)  # fmt: skip
def test_plans_of_one_machine_are_judged_each(
    signs: dict[str, str], objectives: list[dict[str, Any]], status: str, said: list[str]
) -> None:
    found = of({"system": "acronis", "tasks": runs_of(**signs)}, objectives=objectives)
    (machine,) = found["machines"]
    assert (machine["status"], texts(machine)) == (status, said)
    if status != "protected":
        worst = said[0].removeprefix("plan ").partition(":")[0]
        (plan,) = [one for one in machine["plans"] if one["name"] == worst]
        told = ("status", "age", "objective", "last_success", "last_failure", "streak")
        assert [plan[name] for name in told] == [machine[name] for name in told]
    assert judge(of({"system": "acronis", "tasks": runs_of(**signs)}), objectives) == found


def test_a_machine_of_one_plan_is_told_of_without_its_name() -> None:
    (machine,) = of({"system": "acronis", "tasks": runs_of(DB="oe")})["machines"]
    assert texts(machine)[0] == f"the last attempt failed: {CLOUD}"


def test_a_plan_of_a_resource_that_never_ran_there_is_missed_by_who_asks_for_it() -> None:
    other = [{**run, "resource": {"id": "other"}} for run in runs_of(DB="o")]
    source = {
        "system": "acronis",
        "tasks": [*runs_of(Files="oo"), *other],
        "resources": [resource("srv", plans=["DB"])],
    }
    (machine,) = [one for one in of(source, objectives=ASKED)["machines"] if one["name"] == "srv"]
    assert (machine["policies"], texts(machine)) == (["Files", "DB"], ["plan DB: there is no good backup"])
    (machine,) = [one for one in of(source)["machines"] if one["name"] == "srv"]
    assert texts(machine) == ["plan DB: there is no good backup"]


OLD = "o" + "-" * 10
DB_FIRST = [{"policy": "db", "max_age": "26h"}, {"policy": "files", "max_age": "26h"}]


@pytest.mark.parametrize("objectives", [DB_FIRST, DB_FIRST[::-1]])
def test_an_objective_for_one_plan_does_not_stand_in_for_that_of_another(objectives: list[dict[str, Any]]) -> None:
    (machine,) = of(acronis(runs_of(DB="ooo", Files=OLD)), objectives=objectives)["machines"]
    assert (machine["status"], texts(machine)) == (
        "stale",
        ["plan Files: the newest good backup is 10 d 5 h old, 1 d 2 h are allowed"],
    )
    assert machine["objective"]["name"] == "policy files"
    assert {plan["name"]: plan["status"] for plan in machine["plans"]} == {"DB": "protected", "Files": "stale"}


def test_daily_and_weekly_plans_have_an_age_each() -> None:
    objectives = [{"policy": "weekly", "max_age": "8d"}, {"policy": "daily", "max_age": "26h"}]
    (good,) = of(acronis(runs_of(Daily="ooooooo", Weekly="o---")), objectives=objectives)["machines"]
    assert (good["status"], good["findings"]) == ("protected", [])
    (bad,) = of(acronis(runs_of(Daily="o---", Weekly="o--")), objectives=objectives)["machines"]
    assert (bad["status"], bad["objective"]["name"]) == ("stale", "policy daily")


def test_a_plan_that_nobody_ran_is_missed_by_who_asks_for_it_by_its_name() -> None:
    """The list of resources does not say what a plan is for, so that one that runs nowhere may be for anything else."""
    source = acronis(runs_of(Files="oo"), resources=[resource("srv", plans=["DB", "Antivirus", "Files"])])
    (machine,) = of(source)["machines"]
    assert (machine["level"], machine["policies"]) == ("ok", ["Files"])
    (machine,) = of(source, objectives=[{"policy": "*", "max_age": "26h"}])["machines"]
    assert machine["level"] == "ok"
    (machine,) = of(source, objectives=[{"policy": "db", "max_age": "26h"}])["machines"]
    assert texts(machine) == ["plan DB: there is no good backup"]
    named = {"id": estate.id_of("srv"), "policy": "DB"}
    (machine,) = of(acronis(runs_of(Files="oo"), expected=[named]))["machines"]
    assert texts(machine) == ["plan DB: there is no good backup"]


@pytest.mark.parametrize("days", [1, 14, 60])
def test_the_length_of_the_history_changes_no_verdict(days: int) -> None:
    source = acronis(runs_of(DB="o--------ee", Files="oooo"))
    (machine,) = of(source, days=days)["machines"]
    assert (machine["status"], len(machine["findings"])) == ("failed", 2)


def test_a_plan_is_given_up_where_acronis_says_so_and_after_two_weeks_where_it_does_not_say() -> None:
    silent = runs_of(DB="o" + "-" * 20, Files="ooo")

    def said(*plans: str, objectives: Any = ()) -> list[str]:
        (machine,) = of(acronis(silent, resources=[resource("srv", plans=list(plans))]), objectives=objectives)[
            "machines"
        ]
        return texts(machine)

    stale = ["plan DB: the newest good backup is 20 d 5 h old, 1 d 2 h are allowed"]
    assert said() == said("Files") == []
    assert said("DB", "Files") == stale
    assert said("Files", objectives=[{"policy": "db", "max_age": "26h"}]) == []
    assert said(objectives=[{"policy": "db", "max_age": "26h"}]) == stale
    # a monthly plan is not given up after two weeks
    monthly = runs_of(Monthly="o--e" + "-" * 16, Daily="ooo")
    (machine,) = of(acronis(monthly), objectives=[{"policy": "daily", "max_age": "26h"}, {"max_age": "35d"}])[
        "machines"
    ]
    assert machine["status"] == "failed"


def test_a_plan_that_was_renamed_is_the_same_and_one_for_once_is_over() -> None:
    daily = runs_of(Daily="ooooo--")
    renamed = [{**run, "policy": {**run["policy"], "id": daily[0]["policy"]["id"]}} for run in runs_of(Nightly="oo")]
    once = runs_of(Before="o-----")
    source = acronis([*daily, *renamed, *once], resources=[resource("srv", plans=["Nightly"])])
    (machine,) = of(source)["machines"]
    assert (machine["status"], machine["findings"], machine["policies"]) == ("protected", [], ["Nightly", "Before"])
    # what was taken off and fails is not hidden
    (machine,) = of(acronis([*daily, *renamed, *runs_of(Before="oe")],
                            resources=[resource("srv", plans=["Nightly"])]))["machines"]  # fmt: skip
    assert (machine["level"], texts(machine)) == ("warning", [f"plan Before: the last attempt failed: {CLOUD}"])


def test_an_exclusion_of_a_plan_hides_no_other_plan() -> None:
    exclusions = [{"policy": "Test", "reason": "for tests", "expires": "2030-01-01"}]
    (machine,) = of(acronis(runs_of(DB="oee", Test="oeee")), exclusions=exclusions)["machines"]
    assert (machine["status"], {text.partition(":")[0] for text in texts(machine)}) == ("failed", {"plan DB"})
    assert machine["exclusion"] is None
    (machine,) = of(acronis(runs_of(Test="oeee")), exclusions=exclusions)["machines"]
    assert (machine["status"], machine["exclusion"]["reason"]) == ("excluded", "for tests")
    # one that never ran there excludes nothing
    listed = [resource("srv", plans=["Test"])]
    (machine,) = of(acronis(runs_of(DB="oee"), resources=listed), exclusions=exclusions)["machines"]
    assert machine["status"] == "failed"
    exclusions[0]["expires"] = "2020-01-01"
    (machine,) = of(acronis(runs_of(DB="ooo", Test="ooo")), exclusions=exclusions)["machines"]
    assert (machine["status"], [one["code"] for one in machine["findings"]]) == ("protected", ["exclusion_expired"])


def test_a_good_run_that_names_no_plan_counts_where_there_is_one_plan() -> None:
    ahead = [resource("srv", plans=["DB"], policies=[ran(NOW + DAY)])]
    (machine,) = of(acronis(runs_of(DB="ee"), resources=ahead))["machines"]
    assert machine["status"] == "never"
    listed = [resource("srv", policies=[ran(NOW - 3600)])]
    (machine,) = of(acronis(runs_of(DB="ee", Files="e"), resources=listed))["machines"]
    assert machine["status"] == "never"
    (machine,) = of(acronis(runs_of(DB="ee-"), resources=listed))["machines"]
    assert (machine["status"], machine["streak"]["recovered"]) == ("protected", True)


def test_a_plan_whose_runs_are_no_longer_read_is_not_forgotten() -> None:
    listed = [resource("srv", plans=["DB", "Files"])]
    before = of(acronis(runs_of(DB="o" + "-" * 20, Files="ooo"), resources=listed))
    after = of(acronis(runs_of(Files="ooo"), resources=listed), now=NOW + DAY // 2, previous=before)
    (machine,) = after["machines"]
    assert texts(machine) == ["plan DB: the newest good backup is 20 d 17 h old, 1 d 2 h are allowed"]
    assert after["changes"]["recovered"] == []


def test_a_plan_that_was_renamed_is_the_same_on_a_machine_that_did_not_run_since() -> None:
    ran_since, not_since = runs_of("one", New="o"), runs_of("two", Old="o")
    policy = {**not_since[0]["policy"], "id": ran_since[0]["policy"]["id"]}
    not_since = [{**run, "policy": policy, "started_at": run["enqueued_at"]} for run in not_since]
    listed = [resource("one", plans=["New"]), resource("two", plans=["New"])]
    found = of(acronis([*ran_since, *not_since], resources=listed))
    assert [(one["status"], one["policies"]) for one in found["machines"]] == [("protected", ["New"])] * 2


LAB = [{"policy": "Lab", "reason": "a lab", "expires": "2030-01-01"}]


def test_an_exclusion_of_a_plan_leaves_all_that_is_left() -> None:
    stopped = acronis(runs_of(Lab="ooo", DB="o" + "-" * 15))
    nameless = acronis(runs_of(Lab="ooo", _="eeee"))
    never = acronis([], resources=[resource("srv", plans=["Lab", "Daily"])])
    for source, status in ((stopped, "stale"), (nameless, "never"), (never, "never")):
        found = of(source, exclusions=LAB)
        assert found["machines"][0]["status"] == status
        assert judge(of(source), exclusions=LAB) == found == judge(found)
    (machine,) = of(acronis([], resources=[resource("srv", plans=["Lab"])]), exclusions=LAB)["machines"]
    assert machine["status"] == "excluded"


def test_a_plan_is_asked_for_by_its_name_whichever_objective_comes_first() -> None:
    source = acronis(runs_of(Files="oo"), resources=[resource("srv", plans=["DB", "Files"])])
    asked = [{"name": "s*", "max_age": "26h"}, {"policy": "DB", "max_age": "4h"}]
    for objectives in (asked, asked[::-1]):
        (machine,) = of(source, objectives=objectives)["machines"]
        assert texts(machine) == ["plan DB: there is no good backup"]
    both = [{"id": estate.id_of("srv"), "policy": policy} for policy in ("DB", "Files")]
    (machine,) = of(acronis(runs_of(Files="oo"), expected=both))["machines"]
    assert texts(machine) == ["plan DB: there is no good backup"]
    # a plan of that name of another tenant may be for anything
    other = [{**run, "tenant": {"id": "1", "name": "other"}} for run in runs_of("other", DB="o")]
    found = of(acronis([*runs_of(Files="oo"), *other], resources=[resource("srv", plans=["DB", "Files"])]))
    assert {one["level"] for one in found["machines"]} == {"ok"}
    # what fits any plan names none, so that one that was given up is forgotten
    (machine,) = of(acronis(runs_of(Once="o" + "-" * 20, Files="oo")), objectives=[{"policy": "*", "max_age": "26h"}])[
        "machines"
    ]
    assert machine["level"] == "ok"


@pytest.mark.parametrize(
    "odd",
    [
        {"plans": 7}, {"plans": [5]}, {"plans": [{"name": "x"}]}, {"plans": "Daily;Weekly"}, {"policies": 7},
        {"tenant_name": 6, "tenant": 7}, {"type": 8}, {"expected": 9},
    ],
)  # fmt: skip
def test_what_the_api_may_send_otherwise_stops_no_report(odd: dict[str, Any]) -> None:
    run = runs_of(Daily="o")[0]
    runs = [{**run, "policy": {"id": ["x"], "name": 3}}, {**run, "id": "2", "tenant": {"name": 5}, "policy": {"id": 4}}]
    objectives = [{"policy": "3", "tenant": "*", "max_age": "1d"}]
    named = {"id": estate.id_of("srv"), "policy": 2024, "tenant": 1496265}
    of(acronis(runs, resources=[resource("srv", **odd), resource("other")], expected=[named]), objectives=objectives)


TENANTS = list(estate.TENANTS)
rows = st.text("oe-", max_size=4)
applied = st.lists(st.sampled_from(["DB", "Files", "Antivirus"]), unique=True)
clients = st.lists(st.tuples(st.booleans(), st.fixed_dictionaries({"DB": rows, "Files": rows}), applied), max_size=5)
POLICIES: list[dict[str, Any]] = [{"policy": "files", "max_age": "2d"}, {"name": "srv1", "max_age": "3d"}]


def clouds(many: list[tuple[bool, dict[str, str], list[str]]]) -> list[dict[str, Any]]:
    """Two tenants, each a source of its own."""
    found = []
    for number, tenant in enumerate(TENANTS):
        tasks, listed = [], []
        for n, (is_left, signs, plans) in enumerate(many):
            if is_left == bool(number):
                tasks += [{**run, "tenant": {"id": tenant, "name": tenant}} for run in runs_of(f"srv{n}", **signs)]
                listed.append(resource(f"srv{n}", plans=plans, tenant_id=tenant, tenant_name=tenant))
        found.append(acronis(tasks, resources=result("resources", listed), name=tenant))
    return found


@given(clients)
def test_two_tenants_tell_the_same_as_both_at_once(many: list[tuple[bool, dict[str, str], list[str]]]) -> None:
    options: dict[str, Any] = {
        "objectives": POLICIES,
        "exclusions": [{"policy": "db", "name": "srv2", "reason": "scratch", "expires": "2026-12-31"}],
    }
    left, right = clouds(many)
    both = build([left, right], NOW, **options)
    one = acronis([*left["tasks"], *right["tasks"]], resources=result(
        "resources", [*left["resources"]["resources"], *right["resources"]["resources"]]))  # fmt: skip
    merged = merge([build([half], NOW, **options) for half in (left, right)])
    for whole in (both, build([one], NOW, **options), judge(merged), judge(both, **options)):
        assert {**merged, "sources": None} == {**whole, "sources": None}
