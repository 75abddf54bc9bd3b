# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups that are planned with: by few requests when they are many, and by the same answers whatever they cost."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from types import FrameType
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.outcome import Planned
from ansible_collections.safehold.backup.plugins.module_utils._core.schedule import Schedule
from ansible_collections.safehold.backup.plugins.module_utils._core.tasks import MANY
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import many
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.rename import RENAME_BACKUPS, Wanted
from ansible_collections.safehold.backup.tests.unit.controller import Controller
from ansible_collections.safehold.backup.tests.unit.samples import backup

controllers = pytest.mark.parametrize("lists", [True, False], ids=["appliance", "controller"])


def machines(count: int, backups: int) -> list[dict[str, Any]]:
    """So many backups of each of so many machines. The numbers of the ids go round the machines."""
    return [
        backup(
            f"id-{night * count + number:05}",
            f"night {night}",
            virtual_machine_id=f"vm-{number}",
            virtual_machine_name=f"machine {number}",
        )
        for night in range(backups)
        for number in range(count)
    ]


def plan(controller: Controller, renames: Iterable[tuple[str, str]]) -> Sequence[Planned]:
    """The plan for new names by id."""
    return plan_all(controller, [Wanted(f"renames[{n}].", id, None, (), new) for n, (id, new) in enumerate(renames)])


def plan_all(controller: Controller, wanted: Sequence[Wanted]) -> Sequence[Planned]:
    return RENAME_BACKUPS.plan(controller, wanted, Schedule(Clock(), 1))


def asked(controller: Controller) -> Counter[str]:
    """How often what was asked of the list, by its filters; of single backups; and of anything else, by its path."""
    paging = ("sort", "order", "case", "limit", "offset")
    return Counter(
        "+".join(key for key in sorted(query) if key not in paging) or "all"
        if path == "/backups"
        else "one"
        if path.startswith("/backups/")
        else path
        for path, query in controller.reads
    )


def new_names(backups: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["id"], f"new {one['id']}") for one in backups]


@controllers
def test_few_are_asked_for_one_by_one(lists: bool) -> None:
    backups = machines(1, 20)
    controller = Controller(backups, lists=lists)
    plan(controller, new_names(backups[: MANY - 1]))
    assert asked(controller) == {"one": MANY - 1, "name+virtual_machine_id": MANY - 1}


@pytest.mark.parametrize(
    ("stock", "wanted", "requests"),
    [
        (machines(20, 50), slice(1000), {"/version": 1, "all": 3}),
        (machines(20, 50), slice(100), {"/version": 1, "all": 3}),
        # the issue's own: 60 of 1,203
        (machines(1, 1203), slice(60), {"/version": 1, "all": 4}),
        # all of one machine among many: one of them shows the machine, and the machine shows the rest
        (machines(200, 50), slice(0, 200 * 20, 200), {"/version": 1, "all": 1, "one": 1, "virtual_machine_id": 1}),
    ],
)
def test_a_virtual_controller_shows_many_by_whole_lists(stock: Any, wanted: slice, requests: dict[str, int]) -> None:
    chosen = stock[wanted]
    controller = Controller(stock, lists=False)
    planned = plan(controller, new_names(chosen))
    assert [one.about["id"] for one in planned] == [one["id"] for one in chosen]
    assert all(one.failure is None and not one.after for one in planned)
    assert asked(controller) == requests


@controllers
def test_what_planning_costs_grows_with_the_changes_alone(lists: bool) -> None:
    assert calls_of_a_plan(800, lists) <= 4.4 * calls_of_a_plan(200, lists)


def calls_of_a_plan(number: int, lists: bool) -> int:
    """How many functions of the back end are called for so many renames, of all backups that there are."""
    backups = machines(10, number // 10)
    controller = Controller(backups, lists=lists)
    calls = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call" and "/_simplivity/" in frame.f_code.co_filename

    sys.setprofile(count)
    try:
        plan(controller, new_names(backups))
    finally:
        sys.setprofile(None)
    return calls


def test_a_virtual_controller_shows_all_of_some_machines_by_their_lists() -> None:
    stock = machines(100, 100)
    controller = Controller(stock, lists=False)
    plan(controller, new_names([one for one in stock if one["virtual_machine_name"] in ("machine 1", "machine 2")]))
    assert asked(controller) == {"/version": 1, "all": 1, "one": 2, "virtual_machine_id": 2}


def test_a_virtual_controller_with_very_many_is_not_read_for_a_few(fake_time: Any) -> None:
    """As many requests as without any list, and a handful more that show that lists are no use."""
    stock = machines(2000, 10)
    controller = Controller(stock, lists=False)
    plan(controller, new_names(stock[:60]))
    assert asked(controller) == {
        "/version": 1,
        "all": 1,
        "one": 60,
        "virtual_machine_id": 2,
        "name+virtual_machine_id": 58,
    }
    assert sum(int(query["limit"]) for query in controller.pages() if "name" not in query) <= 1 + 2 * many.PAGE_SIZE


@pytest.mark.parametrize("total", [60, 1000])
def test_an_appliance_shows_many_by_lists_of_ids_and_names(total: int) -> None:
    stock = machines(2000, 10)
    controller = Controller(stock)
    planned = plan(controller, new_names(stock[:total]))
    assert all(one.failure is None for one in planned)
    assert asked(controller) == {"/version": 1, "id": -(-total // 100), "name+virtual_machine_id": -(-total // 50)}
    assert max(sum(map(len, query.values())) for query in controller.pages()) < 8000


@controllers
def test_many_of_a_machine_by_name(lists: bool) -> None:
    stock = machines(50, 100)
    controller = Controller(stock, lists=lists)
    scope = (("virtual_machine_name", "machine 7"),)
    wanted = [Wanted(f"renames[{n}].", None, f"night {n}", scope, f"new {n}") for n in range(60)]
    planned = plan_all(controller, wanted)
    assert [one.about["old_name"] for one in planned] == [f"night {n}" for n in range(60)]
    assert {one.about["virtual_machine_name"] for one in planned} == {"machine 7"}
    assert sum(asked(controller).values()) <= 6


@controllers
@pytest.mark.parametrize("taken", ["night 19", "other"])
def test_i2_a_name_that_is_taken_is_found_in_whatever_was_read(lists: bool, taken: str) -> None:
    stock = machines(2, 20)
    stock += [backup("elsewhere", "other", virtual_machine_id="vm-0", omnistack_cluster_id="another")]
    stock += [backup("there", "other", virtual_machine_id="vm-0")]
    controller = Controller(stock, lists=lists)
    first, *rest = stock[0:20:2]
    planned = plan(controller, [(first["id"], taken), *new_names(rest)])
    failure = planned[0].failure
    assert failure is not None and failure.kind == "conflict"
    assert ("there" if taken == "other" else "id-00038") in failure.message and "elsewhere" not in failure.message
    assert all(one.failure is None for one in planned[1:])


@controllers
def test_d10_one_of_many_that_does_not_exist_is_told(lists: bool) -> None:
    stock = machines(1, 20)
    controller = Controller(stock, lists=lists)
    planned = plan(controller, [*new_names(stock[:10]), ("gone", "x"), ("a,b", "y")])
    kinds = [one.failure and one.failure.kind for one in planned]
    assert kinds == [None] * 10 + ["not_found"] * 2
    assert asked(controller)["one"] == 2


@controllers
@pytest.mark.parametrize("name", ["a,b", "a*", "*", ","])
def test_g14_names_with_signs_that_the_server_reads_otherwise(lists: bool, name: str) -> None:
    stock = [*machines(1, 20), backup("b1", name, virtual_machine_id="vm-0"), backup("b2", "axb")]
    controller = Controller(stock, lists=lists)
    planned = plan(controller, [("id-00000", name), *new_names(stock[1:12])])
    assert planned[0].failure is not None and "(id 'b1')" in planned[0].failure.message
    assert all(one.failure is None for one in planned[1:])


@controllers
@pytest.mark.parametrize("status", [400, 500, 504])
def test_a_server_that_fails_on_lists_is_asked_one_by_one(lists: bool, status: int, fake_time: Any) -> None:
    stock = machines(1, 20)
    controller = Controller(stock, lists=lists)
    get = controller.get

    def no_lists(path: str, query: Any = (), deadline: Any = None) -> Any:
        found = dict(query)
        if path == "/version" or (path == "/backups" and ("name" not in found or "," in found["name"])):
            raise Failure("server", "no", http_status=status)
        return get(path, query, deadline)

    controller.get = no_lists
    planned = plan(controller, new_names(stock[:10]))
    assert all(one.failure is None for one in planned)
    assert asked(controller) == {"one": 10, "name+virtual_machine_id": 10}


@pytest.mark.parametrize("kind", ["auth", "connect", "tls"])
def test_what_no_other_request_can_mend_is_raised_at_once(kind: str) -> None:
    controller = Controller(machines(1, 20), lists=False)

    def broken(path: str, query: Any = (), deadline: Any = None) -> Any:
        controller.reads.append((path, {}))
        raise Failure(kind, "broken")

    controller.get = broken
    with pytest.raises(Failure, match="broken"):
        plan(controller, new_names(machines(1, 20)))
    assert len(controller.reads) == 1


def test_g1_a_list_that_moves_is_not_planned_with() -> None:
    stock = machines(1, 1200)
    controller = Controller(stock, lists=False)

    def one_more(page: int) -> None:
        controller.backups[f"id-0000{page}x"] = backup(f"id-0000{page}x", "later", virtual_machine_id="vm-0")

    controller.before_page = one_more
    planned = plan(controller, new_names(stock[:100]))
    assert all(one.failure is None for one in planned)
    assert asked(controller)["one"] == 100


# read again


def again(controller: Controller, backups: Sequence[dict[str, Any]], chosen: Sequence[dict[str, Any]]) -> set[str]:
    """The ids that are read again by lists, after a plan for the backups."""
    operation = plan(controller, new_names(backups))[0].operation
    assert operation is not None
    controller.reads.clear()
    found = operation._again(chosen, Deadline(Clock(), 60))
    assert all(found[one["id"]] == one for one in chosen if one["id"] in found)
    return found.keys() & {one["id"] for one in chosen}


@pytest.mark.parametrize(
    ("chosen", "requests"),
    [
        # most of all
        (slice(0, 1000), {"all": 2}),
        # ten of each of two machines, five of them, and one
        (slice(0, 20), {}),
        (slice(0, 20 * 20, 20), {"virtual_machine_id": 1}),
        (slice(0, 1), {}),
    ],
)
def test_a_virtual_controller_shows_them_again_if_that_is_cheaper(chosen: slice, requests: dict[str, int]) -> None:
    stock = machines(20, 50)
    controller = Controller(stock, lists=False)
    found = again(controller, stock, stock[chosen])
    assert asked(controller) == requests
    assert len(found) == (len(stock[chosen]) if requests else 0)


@pytest.mark.parametrize(("number", "requests"), [(1, 0), (2, 1), (100, 1), (101, 1), (350, 4)])
def test_an_appliance_shows_them_again_by_their_ids(number: int, requests: int) -> None:
    stock = machines(20, 50)
    controller = Controller(stock)
    found = again(controller, stock, stock[:number])
    assert asked(controller) == ({"id": requests} if requests else {})
    assert len(found) == (number - number % 100 if number % 100 == 1 else number)
