# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a list of SimpliVity: the questions that are sent, and every object exactly once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.listing import Listing
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.backups import BACKUPS
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.datastores import DATASTORES
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.hosts import HOSTS
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.resource import (
    Resource,
    unchanged_or_raise,
)
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.virtual_machines import VIRTUAL_MACHINES
from ansible_collections.safehold.backup.tests.unit.controller import Controller
from ansible_collections.safehold.backup.tests.unit.samples import backup
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_773_435_826.0
RESOURCES = [BACKUPS, DATASTORES, HOSTS, VIRTUAL_MACHINES]


def query(resource: Resource = BACKUPS, **params: Any) -> Any:
    given_params = {name: option.get("default") for name, option in resource.argument_spec().items()}
    return resource.query({**given_params, **params}, NOW)


def read(controller: Controller, **params: Any) -> Listing:
    return BACKUPS.read(controller, query(**params))


def ids(listing: Listing) -> list[str]:
    return [found["id"] for found in listing.objects]


def refusal(resource: Resource = BACKUPS, **params: Any) -> str:
    with pytest.raises(Failure) as refused:
        query(resource, **params)
    assert (refused.value.kind, refused.value.sent) == ("input", False)
    return refused.value.message


# pages


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (35, 4)])
def test_g9_every_page_is_read_and_no_more(count: int, pages: int) -> None:
    controller = Controller.with_backups(count)
    listing = read(controller, page_size=10)
    assert ids(listing) == sorted(controller.backups)
    assert (listing.matching, listing.truncated, listing.warning) == (count, False, None)
    assert [page["offset"] for page in controller.pages()] == [str(10 * number) for number in range(pages)]
    assert all(page["limit"] == "10" for page in controller.pages())


def test_g5_a_page_that_the_server_caps_leaves_no_gap() -> None:
    controller = Controller.with_backups(25, cap=7)
    listing = read(controller, page_size=10)
    assert ids(listing) == sorted(controller.backups)
    assert [page["offset"] for page in controller.pages()] == ["0", "7", "14", "21"]
    assert listing.warning is None


@given(
    st.integers(min_value=0, max_value=60),
    st.integers(min_value=1, max_value=15),
    st.integers(min_value=1, max_value=15),
)
def test_g9_any_split_into_pages_gives_every_object_once(count: int, page_size: int, cap: int) -> None:
    listing = read(Controller.with_backups(count, cap=cap), page_size=page_size)
    assert ids(listing) == [f"id-{number:05}" for number in range(count)]
    assert listing.warning is None


@given(
    st.integers(min_value=0, max_value=40),
    st.integers(min_value=1, max_value=45),
    st.integers(min_value=1, max_value=15),
    st.integers(min_value=1, max_value=15),
)
def test_a_limit_gives_the_first_ones_and_says_whether_there_are_more(
    count: int, limit: int, page_size: int, cap: int
) -> None:
    controller = Controller.with_backups(count, cap=cap)
    listing = read(controller, limit=limit, page_size=page_size)
    assert ids(listing) == [f"id-{number:05}" for number in range(min(count, limit))]
    assert (listing.matching, listing.truncated) == (count, count > limit)
    assert sum(min(int(page["limit"]), cap) for page in controller.pages()) < limit + page_size + cap


def test_g1_g3_a_list_that_shrinks_once_is_read_again() -> None:
    controller = Controller.with_backups(20)
    controller.before_page = lambda number: controller.backups.pop("id-00003", None) if number == 2 else None
    listing = read(controller, page_size=10)
    assert ids(listing) == sorted(controller.backups)
    assert (listing.matching, listing.warning) == (19, None)
    assert [page["offset"] for page in controller.pages()] == ["0", "10", "0", "10"]


def test_g2_a_list_that_grows_once_is_read_again_and_nothing_comes_twice() -> None:
    controller = Controller.with_backups(20)

    def grow(number: int) -> None:
        if number == 2:
            controller.backups["new"] = backup("new", "a-first")

    controller.before_page = grow
    listing = read(controller, page_size=10)
    assert ids(listing) == ["new", *sorted(set(controller.backups) - {"new"})]
    assert listing.warning is None


def test_g1_a_list_that_never_holds_still_is_given_with_a_warning() -> None:
    controller = Controller.with_backups(20)

    def grow(number: int) -> None:
        controller.backups[f"new-{number}"] = backup(f"new-{number}", f"a-{number}")

    controller.before_page = grow
    listing = read(controller, page_size=10)
    assert listing.warning is not None and "changed while it was read" in listing.warning
    assert len(set(ids(listing))) == len(ids(listing))


def test_g1_a_delete_and_an_insert_that_cancel_out_are_noticed_by_the_repeat() -> None:
    controller = Controller.with_backups(20)

    def insert(number: int) -> None:
        if number == 2:
            controller.backups["new"] = backup("new", "a-first")
            del controller.backups["id-00019"]

    controller.before_page = insert
    listing = read(controller, page_size=10)
    assert "new" in ids(listing)


class Torn(Controller):
    """Objects that are equal in what is sorted by change places with every page, and none has an id of another."""

    def _page(self, asked: Any) -> Any:
        turn = len(self.pages())
        if asked["sort"] != "id":
            self.backups = {id: self.backups[id] for id in sorted(self.backups, key=lambda id: hash((id, turn)))}
        found = sorted(self.backups.values(), key=lambda one: str(one[asked["sort"]]))
        offset = int(asked["offset"])
        return {"count": len(found), "backups": found[offset : offset + int(asked["limit"])]}


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_g15_what_changes_places_with_its_equals_is_all_there_and_in_order(order: str) -> None:
    """The API sorts by one field. A list that was torn by that is read by the id, and sorted here."""
    controller = Torn([backup(f"id-{number:05}", f"Name-{number % 3}") for number in range(60)])
    listing = read(controller, page_size=7, sort="name", order=order)
    assert (len(listing.objects), listing.matching, listing.warning) == (60, 60, None)
    names = [found["name"] for found in listing.objects]
    assert names == sorted(names, reverse=order == "descending")
    assert [page["sort"] for page in controller.pages() if page["offset"] == "0"] == ["name", "id"]


def test_g15_what_is_to_stop_early_is_asked_for_in_the_order_that_the_user_wants() -> None:
    controller = Torn([backup(f"id-{number:05}", "name") for number in range(60)])
    read(controller, page_size=7, limit=20)
    assert {page["sort"] for page in controller.pages()} == {"name"}


class Overlapping(Controller):
    """Ignores filters, and gives one object on two pages instead of another."""

    def _page(self, asked: Any) -> Any:
        pages = {"0": ["a", "b"], "2": ["b", "c"]}
        return {"count": 4, "backups": [backup(id, f"name of {id}") for id in pages[asked["offset"]]]}


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_g2_g13_what_comes_twice_is_noticed_even_when_it_is_not_what_is_asked_for(name: str) -> None:
    """Something else did not come at all, and may be what is asked for."""
    listing = read(Overlapping(), name=[f"name of {name}"], page_size=2)
    assert ids(listing) == [name]
    assert listing.warning is not None


class Stuck(Controller):
    """Answers every page with the same objects."""

    def __init__(self, count: int, page: int) -> None:
        super().__init__()
        self._answer = {"count": count, "backups": [backup(f"b{number}", "x") for number in range(page)]}

    def _page(self, asked: Any) -> Any:
        return self._answer


def test_g7_the_same_page_for_ever_ends() -> None:
    controller = Stuck(count=1_000_000_000, page=5)
    listing = read(controller)
    assert len(listing.objects) == 5
    assert listing.warning is not None
    assert len(controller.pages()) == 3 * (1 + 4)


def test_g2_g7_a_list_that_grows_faster_than_it_is_read_ends() -> None:
    controller = Controller.with_backups(20)

    def grow(number: int) -> None:
        for extra in range(20):
            controller.backups[f"new-{number}-{extra}"] = backup(f"new-{number}-{extra}", "z")

    controller.before_page = grow
    listing = read(controller, page_size=10)
    assert listing.warning is not None
    assert len(controller.pages()) < 150


@pytest.mark.parametrize("cap", [10, 7])
def test_g9_many_pages_are_read_at_once_and_keep_their_order(cap: int) -> None:
    controller = Controller.with_backups(700, cap=cap)
    threads: set[threading.Thread] = set()
    controller.before_page = lambda number: threads.add(threading.current_thread())
    listing = read(controller, page_size=10)
    assert ids(listing) == sorted(controller.backups)
    assert (listing.matching, listing.truncated, listing.warning) == (700, False, None)
    assert sorted(int(page["offset"]) for page in controller.pages()) == list(range(0, 700, cap))
    # the first page alone, then batches
    assert len(threads) > 4


def test_g1_g5_pages_that_are_not_where_they_were_expected_leave_no_gap() -> None:
    controller = Controller.with_backups(200)

    def shorten(number: int) -> None:
        controller.cap = 10 if number < 8 else 3

    controller.before_page = shorten
    listing = read(controller, page_size=10)
    assert ids(listing) == sorted(controller.backups)
    assert listing.warning is None


def test_a_limit_reads_no_page_ahead() -> None:
    controller = Controller.with_backups(700)
    assert len(read(controller, page_size=10, limit=25).objects) == 25
    assert [page["offset"] for page in controller.pages()] == ["0", "10", "20"]


def test_g11_a_page_that_fails_among_others_fails_the_whole() -> None:
    controller = Controller.with_backups(700)

    def fail(number: int) -> None:
        if number == 9:
            raise Failure("server", "page 9 is broken", http_status=500)

    controller.before_page = fail
    with pytest.raises(Failure, match="page 9 is broken"):
        read(controller, page_size=10)


def test_a7_a_server_without_time_for_several_pages_at_once_is_asked_one_by_one() -> None:
    controller = Controller.with_backups(100)

    def fail(number: int) -> None:
        if number == 3:
            raise Failure("timeout", "gave no complete answer in time")

    controller.before_page = fail
    listing = read(controller, page_size=10)
    assert ids(listing) == sorted(controller.backups)
    assert listing.warning is None


def test_g6_b6_a_page_that_is_empty_too_early_is_noticed() -> None:
    listing = read(Stuck(count=20, page=0))
    assert listing.objects == [] and listing.warning is not None


def test_g3_more_than_were_counted_is_noticed() -> None:
    listing = read(Stuck(count=3, page=5))
    assert len(listing.objects) == 5 and listing.warning is not None


def test_g11_a_page_that_fails_fails_the_whole() -> None:
    controller = Controller.with_backups(20)

    def fail(number: int) -> None:
        if number == 2:
            raise Failure("server", "page 2 is broken", http_status=500)

    controller.before_page = fail
    with pytest.raises(Failure, match="page 2 is broken"):
        read(controller, page_size=10)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"count": 0},
        {"backups": []},
        {"backups": {}, "count": 0},
        {"backups": [], "count": None},
        {"backups": [], "count": True},
        {"backups": [], "count": -1},
        {"backups": [], "count": "0"},
        {"backups": ["x"], "count": 1},
        {"backups": [{"name": "no id"}], "count": 1},
        {"backups": [{"id": 5}], "count": 1},
    ],
)
def test_e1_e3_e4_what_is_no_list_is_refused(body: Any) -> None:
    controller = Controller()
    controller.get = lambda path, query=(), deadline=None: body
    with pytest.raises(Failure) as refused:
        read(controller)
    assert refused.value.kind == "bad_response"


def test_i20_a_change_relies_on_no_list_that_moved() -> None:
    whole = Listing([backup()], 1, False)
    assert unchanged_or_raise(whole) == [backup()]
    with pytest.raises(Failure) as refused:
        unchanged_or_raise(whole._replace(warning="the list changed"))
    assert (refused.value.kind, refused.value.sent) == ("conflict", False)


# questions


def test_the_question_has_its_order_always() -> None:
    controller = Controller()
    read(controller)
    read(controller, sort="created_at", order="descending", case_sensitive=False, limit=3)
    first, second = controller.pages()
    assert first == {"sort": "name", "order": "ascending", "case": "sensitive", "limit": "500", "offset": "0"}
    assert second == {"sort": "created_at", "order": "descending", "case": "insensitive", "limit": "3", "offset": "0"}


def test_fields_are_asked_for_with_those_that_we_need_and_only_the_users_are_shown() -> None:
    controller = Controller([backup("b1", "a", state="PROTECTED")])
    listing = read(controller, fields=["size"], sort="created_at", state=["PROTECTED"])
    assert controller.pages()[0]["fields"] == "size,id,created_at,state"
    assert listing.objects == [{"size": 1024}]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.key)
def test_l8_unknown_fields_are_refused_with_the_list_of_them(resource: Resource) -> None:
    for option, value in (("fields", ["id", "nmae"]), ("sort", "nmae")):
        message = refusal(resource, **{option: value})
        assert message.startswith(f"{option}: there is no field 'nmae'")
        assert "omnistack_cluster_id" in message


def test_an_empty_list_of_fields_is_refused() -> None:
    assert refusal(fields=[]).startswith("fields: the list is empty; leave the option out to see all fields")


@pytest.mark.parametrize(("option", "value"), [("limit", 0), ("limit", -1), ("page_size", 0), ("page_size", 5001)])
def test_l2_numbers_out_of_range_are_refused(option: str, value: int) -> None:
    assert refusal(**{option: value}).startswith(f"{option}: {value} is out of range")


def test_l2_a_number_is_no_larger_than_the_api_takes() -> None:
    assert query(HOSTS, current_feature_level_max=2**31 - 1).conditions[0].number == 2**31 - 1
    message = refusal(HOSTS, current_feature_level_max=2**31)
    assert message == "current_feature_level_max: 2147483648 is out of range; give a whole number from 0 to 2147483647"
    assert query(BACKUPS, size_max=2**31).conditions[0].number == 2**31


@pytest.mark.parametrize("resource", [HOSTS, DATASTORES, VIRTUAL_MACHINES], ids=lambda resource: resource.key)
def test_optional_fields_are_asked_for_when_they_are_named(resource: Resource) -> None:
    name = resource.optional_fields[0]
    assert query(resource).optional_fields is False
    assert query(resource, show_optional_fields=True).optional_fields is True
    assert query(resource, fields=[name]).optional_fields is True
    assert query(resource, sort=name).optional_fields is True


def test_backups_have_no_optional_fields() -> None:
    assert "show_optional_fields" not in BACKUPS.argument_spec()


@pytest.mark.parametrize(
    ("option", "value", "version"),
    [
        ("external_store_name", ["store"], "1.14"),
        ("associated_cluster", ["cluster"], "1.17"),
        ("backup_store_type", ["StoreOnceCloud"], "1.17"),
    ],
)
def test_a_filter_that_the_controller_is_too_old_for_is_refused(option: str, value: list[str], version: str) -> None:
    old = Controller([backup()], version="1.9")
    with pytest.raises(Failure) as refused:
        read(old, **{option: value})
    assert (refused.value.kind, refused.value.sent, old.pages()) == ("input", False, [])
    assert refused.value.message == (
        f"{option}: came with version {version} of the REST API, and the controller has 1.9; "
        "leave it out, or upgrade the controller"
    )
    for new in (version, "2.0", "", "unknown"):
        controller = Controller([backup(**{option: value[0]})], version=new)
        assert ids(read(controller, **{option: value})) == ["b1"]
        assert [path for path, _query in controller.reads] == ["/version", "/backups"]


def test_g14_a_list_is_sent_with_commas_to_an_appliance() -> None:
    controller = Controller([backup("b1", "a"), backup("b2", "b"), backup("b3", "c")], lists=True)
    assert ids(read(controller, name=["a", "b"])) == ["b1", "b2"]
    assert [page["name"] for page in controller.pages()] == ["a,b"]
    assert controller.reads[0][0] == "/version"


def test_g14_a_list_is_sent_value_by_value_to_a_controller_and_merged_in_order() -> None:
    backups = [backup("b1", "b", state="FAILED"), backup("b2", "A"), backup("b3", "c"), backup("b4", "a", state="NEW")]
    controller = Controller(backups, lists=False)
    listing = read(controller, name=["b", "A", "a"], state=["FAILED", "PROTECTED"])
    assert [found["name"] for found in listing.objects] == ["A", "b"]
    assert (listing.matching, listing.truncated) == (2, False)
    asked = [(page["name"], page["state"]) for page in controller.pages()]
    assert asked == [(name, state) for name in ("b", "A", "a") for state in ("FAILED", "PROTECTED")]


def test_a_single_value_needs_no_look_at_the_version() -> None:
    controller = Controller([backup()], lists=False)
    read(controller, name=["old"], state=["PROTECTED"])
    assert [path for path, _query in controller.reads] == ["/backups"]


def test_merged_answers_honour_the_limit_and_count_what_is_there() -> None:
    backups = [backup(f"b{number}", name) for number, name in enumerate("abcabc")]
    listing = read(Controller(backups, lists=False), name=["c", "b", "a"], limit=2)
    assert [found["name"] for found in listing.objects] == ["a", "a"]
    assert (listing.matching, listing.truncated) == (6, True)


@pytest.mark.parametrize("limit", [1, 3, 6, 7, None])
@pytest.mark.parametrize(
    ("filters", "many"),
    [
        ({"name_pattern": ["web*", "*01"]}, 6),
        ({"name": ["web01", "WEB01"], "case_sensitive": False}, 2),
        ({"cluster_group_id": ["g1", "g2"]}, 7),
    ],
)
def test_values_that_overlap_count_each_object_once(filters: Any, many: int, limit: int | None) -> None:
    names = ["web01", "web02", "web03", "db01", "app01", "web01"]
    backups = [backup(f"b{number}", name, cluster_group_ids=["g1", "g2"]) for number, name in enumerate(names)]
    backups.append(backup("b9", "db", cluster_group_ids=["g2"]))
    listing = read(Controller(backups, lists=False), **filters)
    capped = read(Controller(backups, lists=False), **filters, limit=limit)
    assert listing.matching == capped.matching == many
    assert capped.objects == listing.objects[:limit]
    assert capped.truncated is (limit is not None and limit < many)


def test_values_that_cannot_overlap_are_read_up_to_the_limit_only() -> None:
    backups = [backup(f"b{number:02}", "x", state=state) for number, state in enumerate(["FAILED", "NEW"] * 30)]
    controller = Controller(backups, lists=False)
    listing = read(controller, state=["FAILED", "NEW"], limit=5)
    assert (listing.matching, listing.truncated) == (60, True)
    assert [page["limit"] for page in controller.pages()] == ["5", "5"]


def test_many_values_of_many_lists_are_refused_before_the_first_list_is_read() -> None:
    controller = Controller([backup()], lists=False)
    filters = {"name": [f"n{number}" for number in range(50)], "virtual_machine_name": [f"v{n}" for n in range(50)]}
    with pytest.raises(Failure) as refused:
        read(controller, **filters)
    assert refused.value.kind == "input"
    assert refused.value.message.startswith("name, virtual_machine_name: the controller takes one value of each at a ")
    assert "2500 requests" in refused.value.message and "give fewer values" in refused.value.message
    assert controller.pages() == []
    assert read(Controller([backup()], lists=True), **filters).matching == 0


def test_many_values_of_one_list_are_what_the_user_wrote() -> None:
    controller = Controller([backup()], lists=False)
    assert read(controller, name=[f"n{number}" for number in range(600)], state=["NEW"]).matching == 0
    assert len(controller.pages()) == 600


def test_what_is_sent_value_by_value_everywhere_is_refused_before_anything_is_sent() -> None:
    zones = [f"z{number}" for number in range(30)]
    message = refusal(HOSTS, availability_zone_planned=zones, availability_zone_effective=zones)
    assert message.startswith("availability_zone_planned, availability_zone_effective: ")
    assert "900 requests" in message


@pytest.mark.parametrize("descending", [False, True])
def test_merged_answers_are_sorted_by_numbers_too(descending: bool) -> None:
    backups = [backup("b1", "a", size=5), backup("b2", "b", size=100), backup("b3", "a", size=20)]
    order = "descending" if descending else "ascending"
    listing = read(Controller(backups, lists=False), name=["a", "b"], sort="size", order=order)
    sizes = [found["size"] for found in listing.objects]
    assert sizes == sorted(sizes, reverse=descending)


def test_h17_g14_a_name_with_a_star_is_exact_on_our_side() -> None:
    controller = Controller([backup("b1", "we*b"), backup("b2", "wexxb"), backup("b3", "we")])
    listing = read(controller, name=["we*b"])
    assert ids(listing) == ["b1"]
    assert (listing.matching, listing.truncated) == (1, False)


def test_g14_a_name_with_a_comma_is_found_through_a_star() -> None:
    controller = Controller([backup("b1", "a,b"), backup("b2", "a"), backup("b3", "b"), backup("b4", "axb")])
    assert ids(read(controller, name=["a,b"])) == ["b1"]
    assert controller.pages()[0]["name"] == "a*b"


def test_g14_a_comma_in_a_filter_without_stars_is_compared_on_our_side_only() -> None:
    controller = Controller([backup("b1", "x", virtual_machine_name="vm,1"), backup("b2", "y")])
    listing = read(controller, virtual_machine_name=["vm,1"])
    assert ids(listing) == ["b1"]
    assert (listing.matching, listing.warning) == (1, None)
    assert "virtual_machine_name" not in controller.pages()[0]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_limit_counts_what_is_left_on_our_side(limit: int) -> None:
    backups = [backup(f"b{number}", "we*b" if number % 2 else "wexb") for number in range(6)]
    listing = read(Controller(backups), name=["we*b"], limit=limit)
    assert [found["name"] for found in listing.objects] == ["we*b"] * limit
    assert (listing.matching, listing.truncated) == (3, limit < 3)


def test_a_limit_does_not_make_pages_small_when_we_must_sift_ourselves() -> None:
    controller = Controller([backup(f"b{number}", "wexb") for number in range(40)])
    read(controller, name=["we*b"], limit=1, page_size=20)
    assert len(controller.pages()) == 2


def test_patterns_are_the_servers_and_are_checked() -> None:
    controller = Controller([backup("b1", "web01"), backup("b2", "db01"), backup("b3", "web02")])
    assert ids(read(controller, name_pattern=["web*"])) == ["b1", "b3"]
    assert controller.pages()[0]["name"] == "web*"


def test_g13_objects_that_the_server_should_not_have_sent_are_dropped() -> None:
    controller = Stuck(count=3, page=3)
    controller._answer["backups"][1]["name"] = "y"
    listing = read(controller, name=["x"])
    assert ids(listing) == ["b0", "b2"]
    assert listing.matching == 2


@pytest.mark.parametrize(
    ("option", "text", "name", "wire"),
    [
        ("created_after", "2026-03-13T23:03:46+02:00", "created_after", "2026-03-13T21:03:46Z"),
        ("created_after", "2026-03-13T21:03:46.1Z", "created_after", "2026-03-13T21:03:47Z"),
        ("created_before", "2026-03-13T21:03:46.9Z", "created_before", "2026-03-13T21:03:46Z"),
        ("created_before", "2026-03-13T21:03:46Z", "created_before", "2026-03-13T21:03:46Z"),
        ("created_after", "24h", "created_after", "2026-03-12T21:03:46Z"),
        ("expires_before", "+7d", "expires_before", "2026-03-20T21:03:46Z"),
        ("expires_after", "9999-12-31T23:59:59.5Z", "expires_after", "9999-12-31T23:59:59Z"),
        ("expires_before", "9999-12-31T23:59:59.5Z", "expires_before", "9999-12-31T23:59:59Z"),
    ],
)
def test_l4_times_are_sent_in_utc_and_whole_seconds_rounded_inwards(
    option: str, text: str, name: str, wire: str
) -> None:
    """So that the server's count is that of what fits, also where a limit lets it not be read."""
    controller = Stuck(count=0, page=0)
    read(controller, **{option: text})
    assert controller.pages()[0][name] == wire


def test_times_are_compared_exactly_on_our_side() -> None:
    controller = Stuck(count=2, page=2)
    controller._answer["backups"][0]["created_at"] = "2026-03-13T21:03:46Z"
    controller._answer["backups"][1]["created_at"] = "2026-03-13T21:03:47Z"
    assert ids(read(controller, created_after="2026-03-13T21:03:46.5Z")) == ["b1"]


def test_numbers_and_flags_are_sent_as_the_api_writes_them() -> None:
    controller = Stuck(count=0, page=0)
    read(controller, size_min=0, sent_max=5, application_consistent=False)
    sent = controller.pages()[0]
    assert (sent["size_min"], sent["sent_max"], sent["application_consistent"]) == ("0", "5", "false")


def test_d14_a_long_list_is_split_before_its_address_is_too_long() -> None:
    wanted = [f"{number:036}" for number in range(300)]
    controller = Controller([backup(id, f"name-{id}") for id in wanted])
    listing = read(controller, id=wanted)
    assert ids(listing) == wanted
    assert len(controller.pages()) == 3
    assert all(len(page["id"]) <= 4000 for page in controller.pages())
    assert [id for page in controller.pages() for id in page["id"].split(",")] == wanted


@pytest.mark.parametrize("version", [[], None, {}, "1.25", {"SVTFS_Version": "3.5"}])
def test_an_unclear_version_means_one_value_at_a_time(version: Any) -> None:
    controller = Controller()
    controller.get = lambda path, query=(), deadline=None: version
    assert controller.takes_lists() is False


@pytest.mark.parametrize("kind", ["not_found", "server"])
def test_only_a_version_that_is_not_there_means_one_value_at_a_time(kind: str) -> None:
    controller = Controller()

    def fail(path: str, query: Any = (), deadline: Any = None) -> Any:
        raise Failure(kind, "no version")

    controller.get = fail
    if kind == "not_found":
        assert controller.takes_lists() is False
    else:
        with pytest.raises(Failure, match="no version"):
            controller.takes_lists()
