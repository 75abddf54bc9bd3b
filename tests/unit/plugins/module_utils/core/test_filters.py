# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters: from options to checked conditions, and the check of what the server sent."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import filters
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.filters import Condition, Filter
from ansible_collections.safehold.backup.plugins.module_utils._core.timestamps import parse_rfc3339
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_773_435_826.0
NAMES = Filter("name")
PATTERN = Filter("name_pattern", filters.PATTERNS, field="name")
CONTAINS = Filter("name_contains", filters.CONTAINS, field="name")
ONE = Filter("owner", filters.TEXT)
SMALLEST = Filter("size_min", filters.MINIMUM, field="size")
LARGEST = Filter("size_max", filters.MAXIMUM, field="size")
FLAG = Filter("consistent", filters.FLAG)
AFTER = Filter("created_after", filters.AFTER, field="created_at")
BEFORE = Filter("created_before", filters.BEFORE, field="created_at")
ID = Filter("id")
GROUP = Filter("group_id", field="group_ids", many=True)
HYPERVISOR = Filter("hypervisor_object_id", filters.PATTERNS, wildcard=True)
OWNER = Filter("owner_id", filters.TEXT, field="owner.id")
IDS = (ID, GROUP, HYPERVISOR, OWNER)
ALL = (*IDS, NAMES, PATTERN, CONTAINS, ONE, SMALLEST, LARGEST, FLAG, AFTER, BEFORE)


def only(**params: Any) -> list[Condition]:
    return filters.conditions(ALL, params, NOW)


def refusal(**params: Any) -> str:
    with pytest.raises(Failure) as refused:
        only(**params)
    assert refused.value.kind == "input"
    assert refused.value.sent is False
    return refused.value.message


def test_each_kind_gives_the_option_that_fits_it() -> None:
    spec = filters.argument_spec([*ALL, Filter("state", choices=("A", "B"))])
    assert spec["name"] == spec["name_pattern"] == spec["name_contains"] == {"type": "list", "elements": "str"}
    assert spec["owner"] == spec["created_after"] == {"type": "str"}
    assert spec["size_min"] == spec["size_max"] == {"type": "int"}
    assert spec["consistent"] == {"type": "bool"}
    assert spec["state"] == {"type": "list", "elements": "str", "choices": ["A", "B"]}


def test_only_what_is_set_becomes_a_condition() -> None:
    assert only(name=None, consistent=None) == []
    assert only(consistent=False) == [Condition(FLAG, False)]
    assert only(size_min=0) == [Condition(SMALLEST, 0)]
    assert only(name=["b", "a", "b"]) == [Condition(NAMES, ("b", "a"))]


def test_times_become_instants() -> None:
    (condition,) = only(created_after="2026-03-13T21:03:46Z")
    assert condition.value == parse_rfc3339("2026-03-13T21:03:46Z")


def test_an_empty_list_is_refused_since_it_would_mean_everything() -> None:
    assert refusal(name=[]).startswith("name: the list is empty")


def test_an_empty_text_is_refused() -> None:
    assert refusal(name=["a", ""]).startswith("name: holds an empty text")
    assert refusal(owner="").startswith("owner: holds an empty text")


def test_l7_a_text_that_is_no_utf_8_is_refused() -> None:
    assert refusal(name=["a\udcff"]).startswith("name: 'a\\udcff' holds a character that cannot be sent")


NO_IDS = [
    "{'id': 'f6d5980c', 'name': 'x'}",
    "['f6d5980c']",
    '"f6d5980c"',
    "{{ id }}",
    "f6d5980c,f6d5980d",
    "f6d5980c ",
    " f6d5980c",
    "f6d5980c\n",
    "f6d5980c\u00a0",
    "not an id",
    "a\x00b",
]


@pytest.mark.parametrize("text", NO_IDS)
@pytest.mark.parametrize("filter", IDS, ids=lambda filter: filter.option)
def test_l5_what_no_id_holds_is_refused_wherever_an_id_is_asked_for(filter: Filter, text: str) -> None:
    """Sent, it would find nothing, and look like an answer."""
    message = refusal(**{filter.option: text if filter.kind == filters.TEXT else ["f6d5980c", text]})
    assert message.startswith(f"{filter.option}: '") and "is not an id; give ids as they were returned" in message
    assert "map(attribute='id')" in message


@pytest.mark.parametrize(
    "id",
    [
        "f6d5980c-478c-4292-aabf-67da627dbc57",
        "5a0f2c1e-6d0b-4d5e-9d0e-3a9b1c7d2e4f:Datacenter:datacenter-21",
        "944455285181775873",
        "F6D5980C",
        "5a0f*",
        "a_b.c~d+e",
    ],
)
def test_ids_of_any_form_are_taken(id: str) -> None:
    for filter in IDS:
        (condition,) = only(**{filter.option: id if filter.kind == filters.TEXT else [id]})
        assert condition.texts == (id,)


def test_names_may_hold_what_ids_may_not() -> None:
    assert only(name=NO_IDS)[0].texts == tuple(NO_IDS)


@pytest.mark.parametrize("id", ["a/b", "../tasks/x", "/", ".", ".."])
def test_c13_an_id_that_becomes_a_part_of_an_address_is_one_of_its_segments(id: str) -> None:
    with pytest.raises(Failure, match="is not an id"):
        filters.checked_ids("id", [id], in_address=True)
    assert filters.checked_ids("id", [id]) == (id,)


@pytest.mark.parametrize("number", [-1, 2**63, 10**22])
def test_l2_numbers_out_of_range_are_refused(number: int) -> None:
    assert refusal(size_max=number).startswith(f"size_max: {number} is out of range")


def test_the_largest_numbers_are_taken() -> None:
    assert only(size_max=2**63 - 1)[0].value == 2**63 - 1


@pytest.mark.parametrize(
    "params",
    [
        {"size_min": 2, "size_max": 1},
        {"created_after": "2026-01-02T00:00:00Z", "created_before": "2026-01-01T00:00:00Z"},
        {"created_after": "2026-01-01T00:00:00Z", "created_before": "2026-01-01T00:59:59+01:00"},
        {"created_after": "1h", "created_before": "2h"},
    ],
)
def test_l3_bounds_that_leave_nothing_between_them_are_refused(params: Any) -> None:
    low, high = params
    assert refusal(**params).startswith(f"{low} and {high} leave nothing between them")


def test_bounds_may_meet() -> None:
    assert len(only(size_min=2, size_max=2)) == 2
    assert len(only(created_after="2026-01-01T00:00:00Z", created_before="2026-01-01T01:00:00+01:00")) == 2


@pytest.mark.parametrize("prefix", [("min_size", "max_size"), ("level_min", "level_max")])
def test_bounds_are_recognised_by_either_end_of_their_names(prefix: Any) -> None:
    low, high = prefix
    pair = (Filter(low, filters.MINIMUM), Filter(high, filters.MAXIMUM))
    with pytest.raises(Failure, match="leave nothing"):
        filters.conditions(pair, {low: 5, high: 4}, NOW)


@pytest.mark.parametrize("silent", [None, "", "NA", []])
def test_a_field_that_says_nothing_is_for_the_server_to_judge(silent: Any) -> None:
    for condition in only(
        name=["x"], name_pattern=["x"], size_min=5, consistent=True, created_after="1h", owner="x", name_contains=["x"]
    ):
        # H16: a name says what it says, whatever it is
        fits = condition.filter.path != "name" or silent is None
        assert filters.matches(condition, {condition.filter.path: silent}) is fits
        assert filters.matches(condition, {})


@pytest.mark.parametrize(
    ("params", "thing", "fits"),
    [
        ({"name": ["a", "b"]}, {"name": "b"}, True),
        ({"name": ["a"]}, {"name": "A"}, False),
        ({"name": ["a*"]}, {"name": "ab"}, False),
        ({"name": ["a"]}, {"name": ["x", "a"]}, True),
        ({"name": ["7"]}, {"name": 7}, True),
        ({"name_pattern": ["a*"]}, {"name": "ab"}, True),
        ({"name_pattern": ["a.c"]}, {"name": "abc"}, False),
        ({"name_pattern": ["*"]}, {"name": "a\nb"}, True),
        ({"name_pattern": ["a"]}, {"name": "ab"}, False),
        ({"name_contains": ["b"]}, {"name": "abc"}, True),
        ({"name_contains": ["x", "c"]}, {"name": "abc"}, True),
        ({"name_contains": ["x"]}, {"name": "abc"}, False),
        ({"owner": "me"}, {"owner": "me"}, True),
        ({"owner": "me"}, {"owner": "you"}, False),
        ({"size_min": 5}, {"size": 5}, True),
        ({"size_min": 5}, {"size": 4}, False),
        ({"size_max": 5}, {"size": 5}, True),
        ({"size_max": 5}, {"size": 6}, False),
        ({"consistent": True}, {"consistent": True}, True),
        ({"consistent": True}, {"consistent": False}, False),
        ({"consistent": False}, {"consistent": "no"}, True),
        ({"created_after": "2026-01-01T00:00:00Z"}, {"created_at": "2026-01-01T00:00:00+01:00"}, False),
        ({"created_after": "2026-01-01T00:00:00Z"}, {"created_at": "2026-01-01T00:00:00.000000001Z"}, True),
        ({"created_before": "2026-01-01T00:00:00Z"}, {"created_at": "2025-12-31T23:59:59Z"}, True),
        ({"created_before": "2026-01-01T00:00:00Z"}, {"created_at": "2026-01-01T00:00:01Z"}, False),
        ({"created_before": "2026-01-01T00:00:00Z"}, {"created_at": "some day"}, True),
    ],
)
def test_g13_the_server_is_checked(params: Any, thing: Any, fits: bool) -> None:
    (condition,) = only(**params)
    assert filters.matches(condition, thing) is fits


@pytest.mark.parametrize("path", ["id", "uuid", "resource.id", "parent_group_ids"])
def test_an_id_in_capitals_is_the_same(path: str) -> None:
    (condition,) = filters.conditions([Filter("x", field=path)], {"x": ["AB12-cd"]}, NOW)
    thing = {"parent_group_ids": ["ab12-CD"], "resource": {"id": "ab12-CD"}, "id": "ab12-CD", "uuid": "ab12-CD"}
    assert filters.matches(condition, thing)


def test_h8_case_counts_unless_it_is_told_not_to() -> None:
    (name,) = only(name=["Straße"])
    (pattern,) = only(name_pattern=["WEB*"])
    assert not filters.matches(name, {"name": "STRASSE"})
    assert filters.matches(name, {"name": "STRASSE"}, case_sensitive=False)
    assert filters.matches(pattern, {"name": "web01"}, case_sensitive=False)


@pytest.mark.parametrize(
    ("thing", "value"), [({"a": {"b": {"c": 1}}}, 1), ({"a": {"b": 5}}, None), ({"a": None}, None), ({}, None)]
)
def test_a_field_may_lie_deep(thing: Any, value: Any) -> None:
    assert filters.field_of(thing, "a.b.c") == value


TEXT = st.text(alphabet="aAbB*.[](){}\\?^$é", min_size=1, max_size=6)


@given(st.lists(TEXT, min_size=1, max_size=3), TEXT)
def test_g13_texts_agree_with_a_naive_model(wanted: list[str], value: str) -> None:
    (condition,) = only(name=wanted)
    assert filters.matches(condition, {"name": value}) is (value in wanted)
    (condition,) = only(name_contains=wanted)
    assert filters.matches(condition, {"name": value}) is any(part in value for part in wanted)


@given(st.text(alphabet="ab*.[", max_size=8), st.text(alphabet="ab.[", max_size=8))
def test_patterns_agree_with_a_naive_model(pattern: str, text: str) -> None:
    naive = re.match(fnmatch.translate(pattern.replace("[", "[[]")), text) is not None
    assert filters.is_like(text, pattern) is naive


@given(
    st.integers(min_value=0, max_value=20),
    st.none() | st.integers(min_value=0, max_value=20),
    st.none() | st.integers(min_value=0, max_value=20),
)
def test_bounds_agree_with_a_naive_model(value: int, low: int | None, high: int | None) -> None:
    if low is not None and high is not None and low > high:
        low, high = high, low
    naive = (low is None or value >= low) and (high is None or value <= high)
    found = only(size_min=low, size_max=high)
    assert all(filters.matches(condition, {"size": value}) for condition in found) is naive
