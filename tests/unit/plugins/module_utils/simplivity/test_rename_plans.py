# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans of renames: which are refused, in what order the others are done, and what is reported of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any
from unittest import mock

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import read_back, tasks
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.outcome import Planned
from ansible_collections.safehold.backup.plugins.module_utils._core.schedule import Schedule
from ansible_collections.safehold.backup.plugins.module_utils._shapes.change import (
    _in_order,
    argument_spec,
    change_objects,
)
from ansible_collections.safehold.backup.plugins.module_utils._shapes.host import Interrupted
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import many
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.rename import RENAME_BACKUPS, Wanted
from ansible_collections.safehold.backup.tests.unit.controller import Controller, silent_runtime
from ansible_collections.safehold.backup.tests.unit.samples import backup
from hypothesis import event, given
from hypothesis import strategies as st

PLACE = ("virtual_machine_id", "omnistack_cluster_id", "external_store_name")


class Watched(Controller):
    """A controller on which no rename may give two backups of one virtual machine in one place one name."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.clashes: list[str] = []

    def post_json(self, path: str, body: Mapping[str, Any], deadline: Any = None) -> Any:
        answer = super().post_json(path, body, deadline)
        id, name = self.renames[-1]
        renamed = self.backups[id]
        twins = [
            found["id"]
            for found in self.backups.values()
            if found["name"] == name and found["id"] != id and all(found.get(key) == renamed.get(key) for key in PLACE)
        ]
        self.clashes += [f"{id} was given the name {name} that {twin} had" for twin in twins]
        return answer


class Host:
    """Whoever runs the shape."""

    def __init__(self, params: Mapping[str, Any], check_mode: bool, diff: bool) -> None:
        self.params = params
        self.check_mode = check_mode
        self.diff = diff
        self.no_log = False
        self.runtime = silent_runtime()


class BackEnd:
    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def argument_spec(self) -> dict[str, Any]:
        return {}

    def connect(self, params: Mapping[str, Any], runtime: Any) -> Controller:
        return self._controller


def rename(controller: Controller, check_mode: bool = False, diff: bool = False, **params: Any) -> dict[str, Any]:
    """What the module would return, or its Failure."""
    given_params = {name: option.get("default") for name, option in argument_spec(RENAME_BACKUPS).items()}
    given_params.update(parallel=1, **params)
    host = Host(given_params, check_mode, diff)
    try:
        return change_objects(RENAME_BACKUPS, bulk="renames")(host, BackEnd(controller))
    finally:
        assert getattr(controller, "clashes", []) == []


def refused(controller: Controller, **params: Any) -> Failure:
    with pytest.raises(Failure) as raised:
        rename(controller, **params)
    assert controller.renames == []
    return raised.value


def outcomes(result: Mapping[str, Any]) -> list[str]:
    return [entry["outcome"] for entry in result["results"]]


def of_vm(id: str, name: str, vm: str = "vm1", cluster: str = "c1", **fields: Any) -> dict[str, Any]:
    return backup(
        id,
        name,
        virtual_machine_id=f"id-of-{vm}",
        virtual_machine_name=vm,
        omnistack_cluster_id=cluster,
        omnistack_cluster_name=f"name-of-{cluster}",
        **fields,
    )


def by_id(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"id": id, "new_name": name} for id, name in pairs]


# one rename


def test_i1_a_backup_that_bears_the_name_is_unchanged() -> None:
    controller = Watched([of_vm("b1", "a")])
    result = rename(controller, id="b1", new_name="a")
    assert (result["changed"], result["task"], controller.renames) == (False, None, [])
    assert len(controller.reads) == 1


def test_i2_a_name_that_is_taken_is_refused_before_anything_is_sent() -> None:
    failure = refused(Watched([of_vm("b1", "a"), of_vm("b2", "b")]), id="b1", new_name="b")
    assert failure.kind == "conflict"
    assert "already has a backup named 'b' (id 'b2')" in failure.message


@pytest.mark.parametrize(
    "other", [of_vm("b2", "b", vm="vm2"), of_vm("b2", "b", cluster="c2"), of_vm("b2", "b", external_store_name="store")]
)
def test_i2_the_same_name_elsewhere_is_no_obstacle(other: Any) -> None:
    controller = Watched([of_vm("b1", "a"), other])
    assert rename(controller, id="b1", new_name="b")["changed"]
    assert controller.renames == [("b1", "b")]


def test_i4_d10_a_backup_that_does_not_exist_is_told() -> None:
    failure = refused(Watched([]), id="b1", new_name="b")
    assert failure.kind == "not_found"
    assert failure.message.startswith("backup 'b1' does not exist")


def test_h17_a_name_that_means_several_is_refused_with_the_candidates() -> None:
    backups = [of_vm("b1", "a"), of_vm("b2", "a", vm="vm2"), of_vm("b3", "a", cluster="c2")]
    failure = refused(Watched(backups), name="a", new_name="b")
    assert failure.kind == "ambiguous"
    assert "means 3 backups" in failure.message
    assert [found["id"] for found in failure.result["candidates"]] == ["b1", "b2", "b3"]


def test_i22_not_all_of_very_many_candidates_are_shown() -> None:
    failure = refused(
        Watched([of_vm(f"b{number}", "a", vm=f"vm{number}") for number in range(50)]), name="a", new_name="b"
    )
    assert len(failure.result["candidates"]) == 20
    assert "means 50 backups" in failure.message and "45 more" in failure.message


@pytest.mark.parametrize(
    ("scope", "id"),
    [
        ({"virtual_machine_name": "vm2"}, "b2"),
        ({"virtual_machine_id": "id-of-vm2"}, "b2"),
        ({"virtual_machine_name": "vm1", "omnistack_cluster_name": "name-of-c2"}, "b3"),
    ],
)
def test_h18_a_name_is_made_unique_by_its_place(scope: Any, id: str) -> None:
    backups = [of_vm("b1", "a"), of_vm("b2", "a", vm="vm2"), of_vm("b3", "a", cluster="c2")]
    controller = Watched(backups)
    result = rename(controller, name="a", new_name="b", **scope)
    assert result["changed"]
    assert controller.renames == [(id, "b")]


@pytest.mark.parametrize("name", ["a*", "A", "a,b", " a", "a "])
def test_h7_h8_g14_names_are_compared_exactly(name: str) -> None:
    failure = refused(Watched([of_vm("b1", "ab"), of_vm("b2", "a"), of_vm("b3", "b")]), name=name, new_name="n")
    assert failure.kind == "not_found"


def test_g14_a_name_with_a_comma_and_a_star_is_found_and_may_be_given() -> None:
    controller = Watched([of_vm("b1", "a,*b"), of_vm("b2", "a,xb")])
    assert rename(controller, name="a,*b", new_name="c,*d")["changed"]
    assert controller.renames == [("b1", "c,*d")]


def test_i15_a_name_that_is_gone_and_one_that_bears_the_new_one_is_unchanged() -> None:
    controller = Watched([of_vm("b1", "new")])
    result = rename(controller, name="old", virtual_machine_name="vm1", new_name="new")
    assert (result["changed"], result["backup"]["id"], controller.renames) == (False, "b1", [])


def test_i15_several_that_bear_the_new_name_are_ambiguous() -> None:
    failure = refused(Watched([of_vm("b1", "new"), of_vm("b2", "new", vm="vm2")]), name="old", new_name="new")
    assert failure.kind == "ambiguous"
    assert "2 backups already bear the new name" in failure.message


@pytest.mark.parametrize(
    ("entry", "option"),
    [
        ({"id": "b1", "new_name": ""}, "new_name"),
        ({"id": "b1", "new_name": "  "}, "new_name"),
        ({"id": "b1", "new_name": "x" * 256}, "new_name"),
        ({"id": "b1", "new_name": "a\nb"}, "new_name"),
        ({"id": "b1", "new_name": "a\x00"}, "new_name"),
        ({"id": "b1", "new_name": "a\udcff"}, "new_name"),
        ({"id": "", "new_name": "b"}, "id"),
        ({"id": "a b", "new_name": "b"}, "id"),
        ({"id": "..", "new_name": "b"}, "id"),
        ({"id": "a\r\nX: y", "new_name": "b"}, "id"),
        ({"name": "", "new_name": "b"}, "name"),
        ({"name": "a", "virtual_machine_name": "", "new_name": "b"}, "virtual_machine_name"),
    ],
)
def test_i3_c13_names_and_ids_that_cannot_be_are_refused_unsent(entry: Any, option: str) -> None:
    for params, where in ((entry, ""), ({"renames": [{"id": "x", "new_name": "y"}, entry]}, r"renames\[1\]\.")):
        controller = Watched([of_vm("b1", "a")])
        failure = refused(controller, **params)
        assert failure.kind == "input"
        assert re.match(f"{where}{option}: ", failure.message), failure.message
        assert failure.message.isprintable()
        assert controller.reads == []


@pytest.mark.parametrize(
    "name", ["{{ lookup('pipe', 'id') }}", "2019-05-09T22:00:00-04:00", "日本 😀", "007", "x" * 255]
)
def test_h1_h6_h16_names_go_and_come_exactly(name: str) -> None:
    controller = Watched([of_vm("b1", "a")])
    result = rename(controller, id="b1", new_name=name)
    assert result["backup"]["name"] == name
    assert controller.renames == [("b1", name)]


@pytest.mark.parametrize("body", [{"id": "other", "name": "a"}, {"id": "b1"}, {"id": "b1", "name": None}, {}, None])
def test_e4_i6_the_backup_of_somebody_else_is_refused(body: Any) -> None:
    controller = Watched([])
    controller.get = lambda path, query=(), deadline=None: {"backup": body}
    assert refused(controller, id="b1", new_name="b").kind == "bad_response"


def test_d11_an_address_that_is_not_known_is_not_called_a_deleted_backup() -> None:
    controller = Watched([])

    def unknown(path: str, query: Any = (), deadline: Any = None) -> Any:
        raise Failure("not_found", "does not know this address", http_status=404)

    controller.get = unknown
    assert "does not know this address" in refused(controller, id="b1", new_name="b").message


# many


def test_many_are_done_in_one_call_and_reported_in_their_order() -> None:
    controller = Watched([of_vm(f"b{number}", f"a{number}", vm=f"vm{number}") for number in range(5)])
    result = rename(controller, diff=True, renames=by_id(*((f"b{number}", f"n{number}") for number in range(5))))
    assert result["changed"]
    assert outcomes(result) == ["renamed"] * 5
    assert [entry["id"] for entry in result["results"]] == ["b0", "b1", "b2", "b3", "b4"]
    assert result["diff"]["before"]["b3"] == {"name": "a3"}
    assert result["diff"]["after"]["b3"] == {"name": "n3"}


def test_i23_every_result_is_enough_to_undo_it() -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b")])
    done = rename(controller, renames=by_id(("b1", "x"), ("b2", "y")))["results"]
    undone = rename(controller, renames=by_id(*((entry["id"], entry["old_name"]) for entry in done)))
    assert outcomes(undone) == ["renamed", "renamed"]
    assert [found["name"] for found in controller.backups.values()] == ["a", "b"]


@pytest.mark.parametrize(
    "renames",
    [
        by_id(("b1", "x"), ("b1", "y")),
        [{"name": "a", "new_name": "x"}, {"name": "a", "new_name": "y"}],
        [
            {"name": "a", "virtual_machine_name": "vm1", "new_name": "x"},
            {"name": "b", "virtual_machine_name": "vm1", "new_name": "x"},
        ],
    ],
)
def test_i19_what_can_be_seen_without_asking_is_refused_without_asking(renames: Any) -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b")])
    assert refused(controller, renames=renames).kind == "input"
    assert controller.reads == []


def test_i19_one_name_in_one_cluster_for_backups_of_two_machines_is_fine() -> None:
    controller = Watched([of_vm("b1", "a", vm="vm1"), of_vm("b2", "b", vm="vm2")])
    cluster = {"omnistack_cluster_name": "name-of-c1", "new_name": "x"}
    result = rename(controller, renames=[{"name": "a", **cluster}, {"name": "b", **cluster}])
    assert outcomes(result) == ["renamed", "renamed"]


@pytest.mark.parametrize(
    "renames",
    [
        by_id(("b1", "x"), ("b2", "x")),
        [{"id": "b1", "new_name": "x"}, {"name": "a", "new_name": "y"}],
        [{"id": "b1", "new_name": "x"}, {"name": "b", "new_name": "x"}],
    ],
)
def test_i19_one_backup_twice_or_one_name_for_two_is_refused_before_any_change(renames: Any) -> None:
    failure = refused(Watched([of_vm("b1", "a"), of_vm("b2", "b")]), renames=renames)
    assert failure.kind == "input"
    assert failure.message.startswith("renames: ")


def test_j9_what_is_remembered_of_a_backup_is_of_one_system() -> None:
    def target(id: str, host: str) -> str:
        controller = Controller([of_vm(id, "a")], base_url=f"https://{host}/api")
        (planned,) = RENAME_BACKUPS.plan(controller, [Wanted("", id, None, (), "b")], Schedule(controller.clock, 1))
        assert planned.operation is not None
        return planned.operation.target

    assert target("b1", "svt1.example.com:443") == target("b1", "SVT1.example.com:443")
    assert len({target(id, host) for id in ("b1", "b2") for host in ("svt1:443", "svt2:443", "svt1:8443")}) == 6


def test_an_empty_list_is_refused() -> None:
    assert refused(Watched([]), renames=[]).message.startswith("renames: the list is empty")


@pytest.mark.parametrize("order", [1, -1])
def test_i18_a_chain_is_done_from_its_free_end(order: int) -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b"), of_vm("b3", "c")])
    result = rename(controller, renames=by_id(("b1", "b"), ("b2", "c"), ("b3", "d"))[::order])
    assert outcomes(result) == ["renamed"] * 3
    assert controller.renames == [("b3", "d"), ("b2", "c"), ("b1", "b")]


def test_i18_a_chain_may_be_longer_than_a_function_can_call_itself() -> None:
    count = 5000
    chain = [Planned({"old_name": f"n{number}"}, after=(number + 1,)) for number in range(count - 1)]
    assert _in_order([*chain, Planned({"old_name": "last"})]) == list(reversed(range(count)))


@pytest.mark.parametrize(
    "pairs",
    [[("b1", "b"), ("b2", "a")], [("b1", "b"), ("b2", "c"), ("b3", "a")], [("b4", "e"), ("b1", "b"), ("b2", "a")]],
)
def test_i18_a_circle_is_refused_before_any_change(pairs: Any) -> None:
    backups = [of_vm("b1", "a"), of_vm("b2", "b"), of_vm("b3", "c"), of_vm("b4", "d")]
    failure = refused(Watched(backups), renames=by_id(*pairs))
    assert failure.kind == "input"
    assert "circle" in failure.message


def test_i18_a_swap_between_two_machines_is_none() -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b", vm="vm2")])
    assert outcomes(rename(controller, renames=by_id(("b1", "b"), ("b2", "a")))) == ["renamed", "renamed"]


def test_i16_with_stop_a_rename_that_cannot_be_leaves_all_untouched() -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b3", "c")])
    failure = refused(controller, renames=by_id(("b1", "x"), ("gone", "y"), ("b3", "c")))
    assert failure.kind == "not_found"
    assert failure.message.startswith("of 3: 1 not tried, 1 failed, 1 unchanged; first failure: backup 'gone'")
    assert outcomes(failure.result) == ["not_tried", "failed", "unchanged"]
    assert failure.result["changed"] is False


@pytest.mark.parametrize(("check_mode", "told"), [(True, "1 would be renamed"), (False, "1 renamed")])
def test_j1_i16_in_check_mode_nothing_is_said_to_be_done(check_mode: bool, told: str) -> None:
    controller = Watched([of_vm("b1", "a")])
    with pytest.raises(Failure) as raised:
        rename(controller, check_mode, renames=by_id(("gone", "y"), ("b1", "x")), on_error="continue")
    assert raised.value.message.startswith(f"of 2: 1 failed, {told}; first failure: ")


def test_i16_with_continue_the_others_are_done() -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b3", "c")])
    with pytest.raises(Failure) as raised:
        rename(controller, renames=by_id(("b1", "x"), ("gone", "y"), ("b3", "z")), on_error="continue")
    assert outcomes(raised.value.result) == ["renamed", "failed", "renamed"]
    assert raised.value.result["changed"] is True
    assert controller.renames == [("b1", "x"), ("b3", "z")]
    assert raised.value.result["results"][1]["failure"]["kind"] == "not_found"


def test_i16_what_needed_a_failed_one_is_not_tried() -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b"), of_vm("b3", "taken"), of_vm("b4", "d", vm="vm2")])
    with pytest.raises(Failure) as raised:
        rename(controller, renames=by_id(("b1", "b"), ("b2", "taken"), ("b4", "e")), on_error="continue")
    assert outcomes(raised.value.result) == ["not_tried", "failed", "renamed"]


def test_i16_i18_nor_is_what_needed_one_that_was_not_tried() -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b"), of_vm("b3", "c"), of_vm("b4", "taken")])
    with pytest.raises(Failure) as raised:
        rename(controller, renames=by_id(("b1", "b"), ("b2", "c"), ("b3", "taken")), on_error="continue")
    assert outcomes(raised.value.result) == ["not_tried", "not_tried", "failed"]
    assert controller.renames == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_i18_a_chain_cannot_be_left_to_itself(check_mode: bool) -> None:
    backups = [of_vm("b1", "a"), of_vm("b2", "b")]
    controller = Watched(backups)
    with pytest.raises(Failure) as raised:
        rename(controller, check_mode, renames=by_id(("b1", "b"), ("b2", "c")), wait=False)
    assert raised.value.kind == "input" and raised.value.message.startswith("wait: ")
    assert controller.renames == []
    assert rename(controller, check_mode, renames=by_id(("b1", "x"), ("b2", "y")), wait=False)["changed"]


@pytest.mark.parametrize("on_error", ["stop", "continue"])
def test_i16_a_rename_that_fails_on_the_way_stops_the_rest_only_with_stop(on_error: str) -> None:
    controller = Watched([of_vm(f"b{number}", f"a{number}") for number in range(5)])
    send = controller.post_json

    def post(path: str, body: Any, deadline: Any = None) -> Any:
        if "/b1/" in path:
            raise Failure("permission", "no", http_status=403)
        return send(path, body, deadline)

    controller.post_json = post
    with pytest.raises(Failure) as raised:
        rename(controller, renames=by_id(*((f"b{number}", f"n{number}") for number in range(5))), on_error=on_error)
    rest = "not_tried" if on_error == "stop" else "renamed"
    assert outcomes(raised.value.result) == ["renamed", "failed", rest, rest, rest]
    assert raised.value.kind == "permission"


def test_i17_a_second_run_finishes_the_rest_and_leaves_the_done_ones() -> None:
    controller = Watched([of_vm("b1", "x"), of_vm("b2", "b"), of_vm("b3", "z")])
    result = rename(controller, renames=by_id(("b1", "x"), ("b2", "y"), ("b3", "z")))
    assert outcomes(result) == ["unchanged", "renamed", "unchanged"]
    assert controller.renames == [("b2", "y")]


def test_i5_a_backup_that_changed_while_others_were_done_is_looked_at_again(fake_time: Any) -> None:
    controller = Watched([of_vm(f"b{number}", f"a{number}") for number in range(4)])
    send = controller.post_json

    def slow(path: str, body: Any, deadline: Any = None) -> Any:
        fake_time.advance(10)
        controller.backups["b1"]["name"] = "somebody else's"
        controller.backups["b2"]["name"] = "n2"
        controller.backups.pop("b3", None)
        return send(path, body, deadline)

    controller.post_json = slow
    with pytest.raises(Failure) as raised:
        rename(controller, renames=by_id(*((f"b{n}", f"n{n}") for n in range(4))), on_error="continue")
    assert outcomes(raised.value.result) == ["renamed", "failed", "unchanged", "failed"]
    kinds = [entry["failure"] and entry["failure"]["kind"] for entry in raised.value.result["results"]]
    assert kinds == [None, "conflict", None, "not_found"]
    assert controller.renames == [("b0", "n0")]


def late(controller: Controller, fake_time: Any, fault: BaseException) -> None:
    """The first rename takes so long that the next backup is read again, and that read meets a fault."""
    send, get = controller.post_json, controller.get

    def slow(path: str, body: Any, deadline: Any = None) -> Any:
        fake_time.advance(10)
        return send(path, body, deadline)

    def read(path: str, query: Any = (), deadline: Any = None) -> Any:
        if path == "/backups/b2" and controller.renames:
            raise fault
        return get(path, query, deadline)

    controller.post_json, controller.get = slow, read


def test_j4_a_look_that_fails_before_a_late_rename_sends_nothing(fake_time: Any) -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b")])
    late(controller, fake_time, Failure("permission", "no longer", http_status=403))
    with pytest.raises(Failure) as raised:
        rename(controller, renames=by_id(("b1", "x"), ("b2", "y")))
    assert outcomes(raised.value.result) == ["renamed", "failed"]
    assert controller.renames == [("b1", "x")]


def test_j8_a_stop_before_the_rest_was_begun_is_no_success(fake_time: Any) -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b")])
    late(controller, fake_time, Interrupted())
    with pytest.raises(Failure) as raised:
        rename(controller, renames=by_id(("b1", "x"), ("b2", "y")))
    assert outcomes(raised.value.result) == ["renamed", "not_tried"]
    assert raised.value.result["changed"] is True
    assert "SIGTERM" in raised.value.message


def test_i2_whether_a_name_is_free_that_cannot_be_read_fails_that_rename_only() -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b")])
    get = controller.get

    def read(path: str, query: Any = (), deadline: Any = None) -> Any:
        if dict(query).get("name") == "x":
            raise Failure("server", "broken", http_status=500)
        return get(path, query, deadline)

    controller.get = read
    with pytest.raises(Failure) as raised:
        rename(controller, renames=by_id(("b1", "x"), ("b2", "y")), on_error="continue")
    assert outcomes(raised.value.result) == ["failed", "renamed"]


def test_i20_g1_a_plan_on_a_list_that_moves_is_refused() -> None:
    controller = Watched([of_vm("b1", "a")])
    controller.get = lambda path, query=(), deadline=None: {"count": 5, "backups": [of_vm("b1", "a")]}
    failure = refused(controller, name="a", new_name="b")
    assert failure.kind == "conflict"
    assert "nothing was changed" in failure.message


@pytest.mark.parametrize("kind", ["auth", "connect", "tls"])
def test_a_plan_that_cannot_be_read_at_all_is_one_failure(kind: str) -> None:
    controller = Watched([])

    def broken(path: str, query: Any = (), deadline: Any = None) -> Any:
        raise Failure(kind, "broken", sent=False)

    controller.get = broken
    failure = refused(controller, renames=by_id(("b1", "x"), ("b2", "y")), on_error="continue")
    assert failure.kind == kind and failure.result == {}


def test_an_error_that_nobody_foresaw_loses_nothing_of_the_others() -> None:
    controller = Watched([of_vm("b1", "a"), of_vm("b2", "b"), of_vm("b3", "c")])
    send = controller.post_json

    def post(path: str, body: Any, deadline: Any = None) -> Any:
        if "/b2/" in path:
            raise ZeroDivisionError("secret words")
        return send(path, body, deadline)

    controller.post_json = post
    with pytest.raises(Failure) as raised:
        rename(controller, renames=by_id(("b1", "x"), ("b2", "y"), ("b3", "z")), on_error="continue")
    assert outcomes(raised.value.result) == ["renamed", "unknown", "renamed"]
    assert "ZeroDivisionError" in raised.value.message and "secret words" not in raised.value.message


# any plan

NAMES = st.sampled_from("abcde")
BACKUPS = st.lists(
    st.tuples(st.sampled_from(["vm1", "vm2"]), st.sampled_from(["c1", "c2"]), NAMES), min_size=1, max_size=6
)


@st.composite
def plans(draw: Any) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    backups = [of_vm(f"b{n}", name, vm, cluster) for n, (vm, cluster, name) in enumerate(draw(BACKUPS))]
    chosen = draw(st.lists(st.sampled_from(backups), min_size=1, max_size=6, unique_by=lambda found: found["id"]))
    return backups, [{"id": found["id"], "new_name": draw(NAMES)} for found in chosen]


@given(plans(), st.sampled_from(["stop", "continue"]))
def test_i18_i19_any_plan_is_carried_out_whole_or_told_why_not(plan: Any, on_error: str) -> None:
    backups, renames = plan
    before = {found["id"]: found["name"] for found in backups}
    asked = {entry["id"]: entry["new_name"] for entry in renames}
    controller = Watched(backups)
    refused: Failure | None = None
    try:
        result = rename(controller, renames=renames, on_error=on_error)
    except Failure as failure:
        refused, result = failure, failure.result
    event(f"{refused.kind if refused else 'done'}, {on_error}")
    if refused is None:
        assert {id: controller.backups[id]["name"] for id in asked} == asked
    elif refused.kind == "input" or on_error == "stop":
        assert controller.renames == []
    else:
        assert refused.kind == "conflict"
    told = {entry["id"]: entry["outcome"] for entry in result.get("results", ())}
    for id, found in controller.backups.items():
        outcome = told.get(id)
        assert found["name"] == (asked[id] if outcome in ("renamed", "unchanged") else before[id])
    assert len(controller.renames) == list(told.values()).count("renamed")
    assert len({id for id, _name in controller.renames}) == len(controller.renames)


@given(plans())
def test_j1_check_mode_sends_nothing_and_predicts_what_the_real_run_does(plan: Any) -> None:
    backups, renames = plan
    told = []
    for check_mode in (True, False):
        controller = Watched(backups)
        try:
            result = rename(controller, check_mode, diff=True, renames=renames, on_error="continue")
        except Failure as failure:
            result = {**failure.result, "msg": failure.message.replace("would be renamed", "renamed")}
        if check_mode:
            assert controller.renames == []
        told.append({**result, "results": [{**entry, "task": None} for entry in result.get("results", ())]})
    assert told[0] == told[1]


def carried_out(plan: Any, on_error: str, lists: bool) -> tuple[Any, list[tuple[str, str]]]:
    """What is reported of a plan, and what was sent, in whatever order."""
    backups, renames = plan
    controller = Watched(backups, lists=lists)
    try:
        result = rename(controller, renames=renames, on_error=on_error)
    except Failure as failure:
        result = {**failure.result, "msg": failure.message, "kind": failure.kind}
    return result, sorted(controller.renames)


@given(plans(), st.sampled_from(["stop", "continue"]), st.booleans())
def test_any_plan_comes_to_the_same_from_lists_as_from_single_backups(plan: Any, on_error: str, lists: bool) -> None:
    few = carried_out(plan, on_error, lists)
    with ExitStack() as stack:
        for module in (many, read_back, tasks):
            stack.enter_context(mock.patch.object(module, "MANY", 1))
        # then a list is always worth reading
        stack.enter_context(mock.patch.object(many, "cost", return_value=0.0))
        assert carried_out(plan, on_error, lists) == few


@given(plans())
def test_j14_a_second_run_of_any_plan_by_id_changes_nothing(plan: Any) -> None:
    backups, renames = plan
    controller = Watched(backups)
    try:
        rename(controller, renames=renames)
    except Failure:
        return
    sent = list(controller.renames)
    assert rename(controller, renames=renames)["changed"] is False
    assert controller.renames == sent
