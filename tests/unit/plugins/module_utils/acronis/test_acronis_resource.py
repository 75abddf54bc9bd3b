# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a list of Task Manager v2: the questions that are sent, and every object exactly once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._acronis.activities import ACTIVITIES
from ansible_collections.safehold.backup.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.safehold.backup.plugins.module_utils._acronis.resource import IDS_A_REQUEST
from ansible_collections.safehold.backup.plugins.module_utils._acronis.tasks import CATEGORIES, TASKS
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.listing import Listing
from ansible_collections.safehold.backup.tests.unit.controller import silent_runtime
from ansible_collections.safehold.backup.tests.unit.samples import acronis_task
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_773_435_826.0
FIRST_ID = 944455285181775872
UUID = "c3cd9b4e-4fd0-4aa3-8b4c-7c0f2ee0a1a0"
Pairs = Sequence["tuple[str, str]"]


class Pages(AcronisClient):
    """Answers questions from a list of tasks, page by page.

    at_top: whether the page token stands at the top of the answer instead of below `paging`. cap: the most objects that
    a page holds. asked: every question.
    """

    def __init__(self, tasks: Sequence[dict[str, Any]] = (), cap: int = 5000, at_top: bool = False) -> None:
        super().__init__(None, silent_runtime(), 60, "client", "secret")
        self.asked: list[list[tuple[str, str]]] = []
        self.paths: list[str] = []
        self._tasks = list(tasks)
        self._cap = cap
        self._at_top = at_top
        self._cursors: dict[str, tuple[list[dict[str, Any]], int]] = {}

    def get(self, path: str, query: Any = (), deadline: Any = None) -> Any:
        self.asked.append(list(query))
        self.paths.append(path)
        asked = dict(query)
        if "after" in asked:
            assert sorted(asked) == ["after", "limit"], f"a page token with {sorted(asked)}"
            tasks, offset = self._cursors[asked["after"]]
        else:
            tasks, offset = self._matching(query), 0
        size = min(int(asked["limit"]), self._cap)
        body: dict[str, Any] = {"items": tasks[offset : offset + size], "size": size}
        cursors = {}
        if offset + size < len(tasks):
            cursors["after"] = f"0A8+/{len(self._cursors)}=="
            self._cursors[cursors["after"]] = (tasks, offset + size)
        return {**body, **({"cursors": cursors} if self._at_top else {"paging": {"cursors": cursors}})}

    def _matching(self, query: Pairs) -> list[dict[str, Any]]:
        wanted = {value for name, value in query if name == "id"}
        return [task for task in self._tasks if not wanted or str(task["id"]) in wanted]


def tasks(count: int) -> list[dict[str, Any]]:
    return [acronis_task(FIRST_ID + number) for number in range(count)]


def query(resource: Any = TASKS, **params: Any) -> Any:
    given_params = {name: option.get("default") for name, option in resource.argument_spec().items()}
    return resource.query({**given_params, **params}, NOW)


def read(client: AcronisClient, resource: Any = TASKS, **params: Any) -> Listing:
    return resource.read(client, query(resource, **params))


def ids(listing: Listing) -> list[str]:
    return [found["id"] for found in listing.objects]


def wire(resource: Any = TASKS, **params: Any) -> list[tuple[str, str]]:
    """The filters that are sent, without order, detail and page size."""
    client = Pages()
    read(client, resource, **params)
    return [pair for pair in client.asked[0] if pair[0] not in ("order", "lod", "limit")]


def refusal(resource: Any = TASKS, **params: Any) -> str:
    with pytest.raises(Failure) as refused:
        query(resource, **params)
    assert (refused.value.kind, refused.value.sent) == ("input", False)
    return refused.value.message


# pages


@pytest.mark.parametrize("at_top", [False, True])
@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (10, 1), (11, 2), (35, 4)])
def test_g9_every_page_is_read_wherever_the_token_stands(count: int, pages: int, at_top: bool) -> None:
    client = Pages(tasks(count), at_top=at_top)
    listing = read(client, page_size=10)
    assert ids(listing) == [str(FIRST_ID + number) for number in range(count)]
    assert (listing.matching, listing.truncated) == (count, False)
    assert len(client.asked) == pages


def test_a_page_token_goes_with_the_limit_alone() -> None:
    client = Pages(tasks(25))
    read(client, page_size=10, state=["completed"], order=["started_at descending"])
    assert client.asked[0] == [
        ("state", "completed"),
        ("order", "desc(startedAt)"),
        ("order", "asc(id)"),
        ("lod", "full"),
        ("limit", "10"),
    ]
    assert [sorted(dict(asked)) for asked in client.asked[1:]] == [["after", "limit"]] * 2


@given(
    st.integers(min_value=0, max_value=50),
    st.integers(min_value=1, max_value=12),
    st.integers(min_value=1, max_value=12),
)
def test_g9_any_split_into_pages_gives_every_object_once(count: int, page_size: int, cap: int) -> None:
    assert ids(read(Pages(tasks(count), cap=cap), page_size=page_size)) == [str(FIRST_ID + n) for n in range(count)]


@given(
    st.integers(min_value=0, max_value=30),
    st.integers(min_value=1, max_value=32),
    st.integers(min_value=1, max_value=12),
)
def test_a_limit_gives_the_first_ones_and_says_whether_there_are_more(count: int, limit: int, page_size: int) -> None:
    listing = read(Pages(tasks(count)), limit=limit, page_size=page_size)
    assert ids(listing) == [str(FIRST_ID + number) for number in range(min(count, limit))]
    assert (listing.matching, listing.truncated) == (min(count, limit), count > limit)


class Answers(AcronisClient):
    """Answers from a list; the last answer stays."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(None, silent_runtime(), 60, "client", "secret")
        self.asked: list[Any] = []
        self._answers = list(answers)

    def get(self, path: str, query: Any = (), deadline: Any = None) -> Any:
        self.asked.append(list(query))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def page(*ids: int, after: Any = None) -> dict[str, Any]:
    return {"items": [acronis_task(id) for id in ids], "paging": {"cursors": {"after": after} if after else {}}}


def test_g2_g4_an_object_on_two_pages_comes_once_and_as_it_was_last() -> None:
    first, second = page(1, 2, after="x"), page(2, 3)
    second["items"][0]["state"] = "started"
    listing = read(Answers(first, second))
    assert ids(listing) == ["1", "2", "3"]
    assert listing.objects[1]["state"] == "started"
    assert listing.warning is not None and "changed while it was read" in listing.warning
    assert read(Answers(page(1, 2, after="x"), page(3))).warning is None


def test_g8_an_empty_page_in_the_middle_is_gone_through() -> None:
    assert ids(read(Answers(page(1, after="x"), page(after="y"), page(2)))) == ["1", "2"]


def test_g7_a_page_token_that_comes_again_ends_the_read() -> None:
    client = Answers(page(1, after="x"), page(2, after="y"), page(3, after="x"))
    with pytest.raises(Failure, match="same page again and again") as raised:
        read(client)
    assert raised.value.kind == "bad_response"


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"items": None},
        {"items": {}},
        {"items": ["x"]},
        {"items": [{"state": "completed"}]},
        {"items": [{"id": True}]},
        {"items": [{"id": 1.5}]},
        {"items": [{"id": None}]},
        {"items": [], "paging": {"cursors": {"after": 5}}},
    ],
)
def test_e1_e3_e4_what_is_no_list_is_refused(body: Any) -> None:
    with pytest.raises(Failure) as refused:
        read(Answers(body))
    assert refused.value.kind == "bad_response"


@pytest.mark.parametrize(
    "body", [{"items": []}, {"items": [], "paging": None}, {"items": [], "paging": {}}, {"items": [], "cursors": None}]
)
def test_a_list_ends_where_no_token_is(body: Any) -> None:
    assert ids(read(Answers(body))) == []


def test_g11_a_page_that_fails_fails_the_whole() -> None:
    client = Pages(tasks(20))
    get: Callable[..., Any] = client.get

    def fail(path: str, query: Any = (), deadline: Any = None) -> Any:
        if "after" in dict(query):
            raise Failure("server", "page 2 is broken", http_status=500)
        return get(path, query, deadline)

    client.get = fail
    with pytest.raises(Failure, match="page 2 is broken"):
        read(client, page_size=10)


# many ids


def test_d14_many_ids_are_asked_for_in_parts() -> None:
    count = 2 * IDS_A_REQUEST + 5
    client = Pages(tasks(count))
    wanted = [str(FIRST_ID + number) for number in range(count)]
    assert ids(read(client, id=wanted)) == wanted
    assert [len([pair for pair in asked if pair[0] == "id"]) for asked in client.asked] == [100, 100, 5]


@pytest.mark.parametrize("descending", [False, True])
def test_parts_are_merged_in_the_order_asked_for(descending: bool) -> None:
    count = IDS_A_REQUEST + 50
    found = [
        acronis_task(FIRST_ID + n, startedAt=f"2026-03-{1 + n * 7 % 28:02}T00:00:00Z", priority=["high", "low"][n % 2])
        for n in range(count)
    ]
    wanted = [str(task["id"]) for task in found]
    order = ["priority", "started_at descending"] if descending else ["started_at"]
    listing = read(Pages(found), id=wanted, order=order, limit=20)
    if descending:
        expected = sorted(found, key=lambda task: task["id"])
        expected.sort(key=lambda task: task["startedAt"], reverse=True)
        expected.sort(key=lambda task: task["priority"] == "high")
    else:
        expected = sorted(found, key=lambda task: (task["startedAt"], task["id"]))
    assert ids(listing) == [str(task["id"]) for task in expected[:20]]
    assert listing.truncated


def test_tasks_are_looked_at_by_the_hundred_in_the_order_asked() -> None:
    client = Pages(tasks(250))
    wanted = [str(FIRST_ID + number) for number in reversed(range(250))] + ["7"]
    found = TASKS.look(client, query(), wanted, Deadline(Clock(), 60))
    assert list(found) == wanted[:-1]
    assert len(client.asked) == 3
    assert all(dict(asked)["lod"] == "full" for asked in client.asked)


# questions


def test_every_plain_filter_is_sent_under_the_names_of_the_api() -> None:
    assert wire(
        uuid=[UUID],
        type=["A", "B"],
        state=["started", "paused"],
        result_code=["ok"],
        priority=["low"],
        queue=["q"],
        policy_id=["p"],
        resource_type=["resource.machine"],
        started_by=["me"],
        workflow_id=["7"],
        executor_id="e",
        affinity_agent_id="a",
        affinity_cluster_id="c",
        tag=["t"],
        allow_deleted=False,
    ) == [
        ("uuid", UUID),
        ("type", "A"),
        ("type", "B"),
        ("state", "started"),
        ("state", "paused"),
        ("resultCode", "ok"),
        ("priority", "low"),
        ("queue", "q"),
        ("policyId", "p"),
        ("resourceType", "resource.machine"),
        ("startedBy", "me"),
        ("workflowId", "7"),
        ("executorId", "e"),
        ("affinityAgentId", "a"),
        ("affinityClusterId", "c"),
        ("tag", "t"),
        ("allow_deleted", "false"),
    ]


def test_activities_have_their_own_names_and_path() -> None:
    client = Pages()
    read(client, ACTIVITIES, task_id=["5"], parent_activity_id=["6"], sustainable=True, created_after="24h")
    assert client.paths == ["/api/task_manager/v2/activities"]
    assert client.asked[0][:4] == [
        ("taskId", "5"),
        ("parentActivityId", "6"),
        ("sustainable", "true"),
        ("createdAt", "gt(2026-03-12T21:03:46Z)"),
    ]


def test_the_category_stands_for_its_types() -> None:
    assert wire(category="office365") == [("type", name) for name in CATEGORIES["office365"]]


def test_a_part_of_a_name_is_the_servers_to_find() -> None:
    assert wire(policy_name_contains=["plan", "b"]) == [("policyName", "like(plan)"), ("policyName", "like(b)")]


def test_one_bound_of_a_time_is_sent_with_nanoseconds() -> None:
    assert wire(completed_before="2020-04-22T13:34:03.290396913+02:00") == [
        ("completedAt", "lt(2020-04-22T11:34:03.290396913Z)")
    ]


def timed(*times: str) -> list[dict[str, Any]]:
    return [acronis_task(number, completedAt=time) for number, time in enumerate(times)]


def test_g13_of_two_bounds_one_is_sent_and_both_are_checked() -> None:
    bounds = {"completed_after": "2026-01-01T00:00:00Z", "completed_before": "2026-01-02T00:00:00Z"}
    assert wire(**bounds) == [("completedAt", "gt(2026-01-01T00:00:00Z)")]
    found = timed(
        "2025-12-31T23:59:59.999999999Z",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.000000001Z",
        "2026-01-02T01:00:00+02:00",
        "2026-01-02T00:00:00Z",
        "2026-01-03T00:00:00Z",
    )
    assert ids(read(Pages(found), **bounds)) == ["2", "3"]


def test_a_task_without_the_time_is_not_within_two_bounds() -> None:
    bounds = {"completed_after": "2026-01-01T00:00:00Z", "completed_before": "2026-01-02T00:00:00Z"}
    found = [acronis_task(1), acronis_task(2, completedAt=""), acronis_task(3, completedAt="2026-01-01T12:00:00Z")]
    assert ids(read(Pages(found), **bounds)) == ["3"]


@pytest.mark.parametrize("name", ["Backup (daily)", "(", ")", "gt(5)"])
def test_g14_a_value_with_brackets_is_compared_on_our_side(name: str) -> None:
    assert wire(policy_name=[name]) == []
    found = [acronis_task(1, policy={"name": name}), acronis_task(2, policy={"name": "Backup"}), acronis_task(3)]
    assert ids(read(Pages(found), policy_name=[name])) == ["1"]
    assert ids(read(Pages(found), policy_name=[name], limit=1)) == ["1"]


@pytest.mark.parametrize("level", ["tiny", "short"])
def test_a_value_with_brackets_needs_objects_that_hold_the_field(level: str) -> None:
    message = refusal(policy_name=["Backup (daily)"], level_of_detail=level)
    assert message.startswith("policy_name: a value with round brackets")


@pytest.mark.parametrize("option", ["id", "workflow_id"])
@pytest.mark.parametrize(
    "value", ["abc", "1.5", "-1", "1e3", "²", "٣", "", "944455285181775872 ", "9223372036854775808"]
)
def test_l5_e15_an_id_is_a_number_written_as_a_text(option: str, value: str) -> None:
    assert refusal(**{option: ["1", value]}).startswith(f"{option}: ")


@pytest.mark.parametrize("value", ["u", "5", UUID[:-1], f"{UUID} ", f"{{{UUID}}}", UUID.replace("-", "")])
def test_l5_a_uuid_is_one(value: str) -> None:
    assert refusal(uuid=[UUID, value]).startswith(f"uuid: {value!r} is not a UUID")


@pytest.mark.parametrize("term", ["size", "started_at up", "startedAt", "", "desc(startedAt)", "started_at,id"])
def test_l8_an_order_that_the_api_does_not_have_is_refused_with_the_list(term: str) -> None:
    message = refusal(order=[term])
    assert message.startswith("order: ")
    assert "the fields are id, uuid, type, priority" in message


def test_an_order_by_id_needs_no_other_id() -> None:
    client = Pages()
    read(client, order=["id descending", "type ascending"])
    assert [value for name, value in client.asked[0] if name == "order"] == ["desc(id)", "asc(type)"]


@pytest.mark.parametrize(("option", "value"), [("limit", 0), ("page_size", 0), ("page_size", 5001)])
def test_l2_numbers_out_of_range_are_refused(option: str, value: int) -> None:
    assert refusal(**{option: value}).startswith(f"{option}: {value} is out of range")


def test_l3_bounds_that_leave_nothing_are_refused() -> None:
    assert "leave nothing" in refusal(started_after="1h", started_before="2h")


def test_a_limit_asks_for_one_more_to_know_whether_there_are_more() -> None:
    client = Pages(tasks(3))
    assert read(client, limit=3).truncated is False
    assert dict(client.asked[0])["limit"] == "4"
    assert len(client.asked) == 1


@pytest.mark.parametrize(
    "params",
    [
        {"policy_name": ["Backup (daily)"]},
        {"completed_after": "2026-01-01T00:00:00Z", "completed_before": "2026-02-01T00:00:00Z"},
        {"id": [str(FIRST_ID + number) for number in range(2 * IDS_A_REQUEST)]},
    ],
    ids=["brackets", "two-bounds", "many-ids"],
)
def test_a_limit_takes_whole_pages_where_not_everything_that_comes_is_wanted(params: Any) -> None:
    """Else it would take one small request after the other to find a few among thousands."""
    client = Pages(tasks(300))
    read(client, limit=3, **params)
    assert {dict(asked)["limit"] for asked in client.asked} == {"500"}
