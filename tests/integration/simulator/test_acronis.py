# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Acronis side behaves as acronis.md says."""

from __future__ import annotations

import base64
import time

import pytest

from simulator import timelines

FIRST = 944455285181775872
JOHNDOE = "ede9f834-70b3-476c-83d9-736f9f8c7dae"
SECOND = "0d9f3c52-3b1f-4a4e-8c55-6f7a8b9c0d02"


# --- tokens (1) ---


def test_token_by_basic_or_body_and_its_expiry(cloud, control):
    answer = cloud.post_token().json()
    assert set(answer) == {"access_token", "expires_on", "id_token", "token_type"}
    assert 7100 < answer["expires_on"] - time.time() < 7300
    body = cloud.post_token(
        basic=False, client_id=cloud.access["client_id"], client_secret=cloud.access["client_secret"]
    )
    assert body.status_code == 200
    control.set("acronis", token_expires_in=True)
    assert cloud.post_token().json()["expires_in"] == 7200


def test_wrong_secret_and_wrong_scope(cloud, control):
    cloud.access = {**cloud.access, "client_secret": "wrong"}
    refused = cloud.post_token()
    assert refused.status_code == 401 and set(refused.json()) == {"error", "error_description"}
    assert control.state()["acronis"]["refused_logins"] == 1


def test_expired_unknown_and_html(cloud, control):
    control.advance(7201)
    assert cloud.get("/tasks").json() == {"domain": "Access", "code": "AuthenticationTimeout"}
    control.set("acronis", unauthorized_html=True)
    assert "401 Authorization Required" in cloud.get("/tasks").text
    control.set("acronis", unauthorized_html=False)
    cloud.login()
    control.expire_tokens("acronis", "unknown")
    assert cloud.get("/tasks").json()["code"] == "UnauthorizedRequest"


def test_revoke_and_own_client(cloud, control):
    token = cloud.session.headers["Authorization"].split()[1]
    own = cloud.session.get(f"{cloud.url}/api/2/clients/{cloud.access['client_id']}").json()
    assert own["tenant_id"]
    secret = cloud.access["client_id"], cloud.access["client_secret"]
    answer = cloud.session.post(f"{cloud.url}/api/2/idp/revoke_token", auth=secret, data={"token": token})
    assert (answer.status_code, answer.content) == (200, b"")
    cloud.session.headers["Authorization"] = f"Bearer {token}"
    assert cloud.get("/tasks").status_code == 401
    assert control.state()["acronis"]["open_sessions"] == 0


def test_missing_scope_is_named(cloud, control):
    control.set("acronis", scopes=["urn:acronis.com::alert_manager::viewer"])
    answer = cloud.get("/tasks")
    assert answer.status_code == 403
    assert answer.json()["context"]["required_scope"] == "urn:acronis.com::task_manager::viewer"


@pytest.mark.parametrize("exchange", [False, True])
def test_tokens_for_a_tenant_hide_the_others(cloud, exchange):
    scope = f"urn:acronis.com:tenant-id:{SECOND}"
    every = cloud.items("/tasks")
    if exchange:
        partner = cloud.session.headers["Authorization"].split()[1]
        answer = cloud.post_token(
            basic=False,
            grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
            assertion=partner,
            scope=scope,
        )
        cloud.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    else:
        cloud.login(scope=scope)
    assert {task["tenant"]["uuid"] for task in cloud.items("/tasks")} == {SECOND}
    assert len(cloud.items("/tasks")) < len(every)
    assert cloud.get(f"/tasks/{FIRST}").status_code == 403


# --- filters (2.2, 2.3) ---


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"tenant_id": "1"}, "bad condition field 'tenant_id'"),
        ({"id": "x"}, "strconv.ParseInt: parsing \"x\": invalid syntax on field 'id'"),
        ({"uuid": "abc"}, "bad uuid format: invalid UUID length: 3 on field 'uuid'"),
        ({"completedAt": "gt(2020"}, "bad function 'gt(2020', no closing bracket"),
        ({"completedAt": "gt(soon)"}, None),
        ({"type": "eq(x)"}, "unsupported function 'eq' on field 'type'"),
        ({"type": "like(x)"}, "like functions are unsupported on field 'type'"),
        ({"type": ""}, "field 'type' value is empty"),
        (
            {"policyName": "Daily backup (cloud)"},
            "unsupported function 'Daily backup ' on field 'policyName'",
        ),
        ({"order": "startedAt"}, "empty order function"),
        ({"state": "running"}, None),
        ({"lod": "medium"}, None),
        ({"limit": "0"}, None),
        ({"completedAt": ["gt(2020-01-01T00:00:00Z)", "lt(2021-01-01T00:00:00Z)"]}, None),
    ],
)
def test_refusals(cloud, params, message):
    said = cloud.refusal("/tasks", params)
    assert message is None or said == message


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"resultCode": ["error", "abandoned"]}, 2),
        ({"state": "ge(paused)"}, 20),
        ({"priority": "gt(normal)"}, 0),
        ({"policyName": "like(backup)", "type": "backup"}, 10),
        ({"type": "ne(backup)"}, 15),
        ({"startedBy": "like(AMS)", "queue": "legacySync"}, 25),
        ({"id": [str(FIRST), str(FIRST + 1)]}, 2),
        ({"id": [f"gt({FIRST})", f"lt({FIRST + 2})"]}, 1),
        ({"completedAt": "le(1587555243)"}, 0),
        ({"completedAt": "le(1587555244)"}, 3),
        ({"completedAt": "lt(1587555243290396914ns)"}, 3),
        ({"completedAt": "lt(1587555243290396913ns)"}, 0),
        ({"completedAt": "lt(Wed, 22 Apr 2020 11:34:04 GMT)"}, 3),
        ({"completedAt": "lt(Wed Apr 22 11:34:04 2020)"}, 3),
        ({"completedAt": "lt(2020-04-22T13:34:04+02:00)"}, 3),
    ],
)
def test_filters(cloud, params, count):
    assert len(cloud.items("/tasks", params)) == count


def test_two_bounds_on_a_time_can_be_allowed(cloud, control):
    control.set("acronis", two_time_bounds=True)
    bounds = ["gt(2020-04-22T12:30:00Z)", "lt(2020-04-22T12:32:00Z)"]
    assert len(cloud.items("/tasks", {"completedAt": bounds})) == 2


def test_several_orders_and_levels_of_detail(cloud):
    tasks = cloud.items("/tasks", {"order": ["desc(state)", "asc(completedAt)"], "lod": "tiny"})
    states = [task["state"] for task in tasks]
    assert states[0] == "completed" and states[-1] == "enqueued"
    done = [task["completedAt"] for task in tasks if task["state"] == "completed"]
    assert done == sorted(done)
    assert "context" not in tasks[0] and "result" in tasks[0]
    assert cloud.get("/tasks", {"lod": "count"}).json()["count"] == 25


# --- paging (2.4) ---


def pages(cloud, path, params, place=("paging", "cursors")):
    body = cloud.get(path, params).json()
    yield body["items"]
    while True:
        cursors = body
        for key in place:
            cursors = cursors[key]
        if not cursors:
            return
        body = cloud.get(path, {"limit": params["limit"], "after": cursors["after"]}).json()
        yield body["items"]


@pytest.mark.parametrize(("where", "place"), [("paging", ("paging", "cursors")), ("top", ("cursors",))])
@pytest.mark.parametrize("mode", ["snapshot", "offset"])
def test_cursors_keep_filters_and_reach_the_end(cloud, control, where, place, mode):
    control.set("acronis", cursor_place=where, paging_mode=mode, page_cap=4)
    got = list(pages(cloud, "/tasks", {"limit": 10, "state": "completed", "lod": "short"}, place))
    assert [len(page) for page in got] == [4, 4, 4, 4, 3]
    assert len({task["id"] for page in got for task in page}) == 19
    assert "context" not in got[-1][0]


def test_cursors_hold_characters_that_need_encoding_and_travel_alone(cloud):
    cursor = cloud.get("/tasks", {"limit": 3}).json()["paging"]["cursors"]["after"]
    assert all(character in cursor for character in "+/=") and base64.b64decode(cursor)
    assert "only with 'limit'" in cloud.refusal("/tasks", {"after": cursor})
    assert "only with 'limit'" in cloud.refusal("/tasks", {"after": cursor, "limit": 3, "lod": "full"})
    unencoded = cloud.session.get(f"{cloud.url}/api/task_manager/v2/tasks?limit=3&after={cursor}")
    assert unencoded.status_code == 400


@pytest.mark.parametrize(("mode", "repeated"), [("snapshot", 0), ("offset", 1)])
def test_a_task_that_arrives_between_pages(cloud, control, mode, repeated):
    control.set("acronis", paging_mode=mode)
    listing = pages(cloud, "/tasks", {"limit": 10, "order": "desc(id)"})
    first = next(listing)
    control.add("acronis", "tasks")
    rest = [task for page in listing for task in page]
    assert len({task["id"] for task in first} & {task["id"] for task in rest}) == repeated


# --- objects (3) ---


def test_ids_beyond_the_reach_of_floats(cloud, control):
    ids = [task["id"] for task in cloud.items("/tasks")]
    assert float(ids[0]) == float(ids[1]) and ids[0] != ids[1]
    assert cloud.get(f"/tasks/{ids[1]}").json()["idString"] == str(ids[1])
    control.set("acronis", id_string=False)
    task = control.add("acronis", "tasks")
    assert "idString" not in cloud.get(f"/tasks/{task['id']}").json()


def test_times_with_seven_digits(cloud, control):
    control.set("acronis", time_digits=7)
    assert cloud.get(f"/tasks/{FIRST}").json()["startedAt"] == "2020-04-22T11:34:03.2903969Z"


def test_single_objects_and_their_absence(cloud, control):
    assert cloud.get("/tasks/1").json()["debug"]["msg"] == "The task does not exist."
    assert cloud.get("/activities/1").status_code == 404
    assert cloud.get("/tasks/38045860-8901-426e-b51f-fc6d24d1cbe0").status_code == 400
    control.set("acronis", uuid_in_path=True)
    assert cloud.get("/tasks/38045860-8901-426e-b51f-fc6d24d1cbe0").json()["id"] == FIRST
    control.patch("acronis", "tasks", FIRST, **{"$deleted": True})
    assert cloud.get(f"/tasks/{FIRST}").status_code == 404
    assert cloud.get(f"/tasks/{FIRST}", {"allow_deleted": "true"}).status_code == 200


def test_activities_of_a_task(cloud):
    root, child = cloud.items("/activities", {"taskId": FIRST})
    assert child["parentActivityId"] == root["id"] and child["parentActivityIdString"]
    assert "queue" not in root and root["createdAt"]


def follow(cloud, control, timeline, moments, **fields):
    """The task as seen at the moments given."""
    task = control.add("acronis", "tasks", timeline=timeline, **fields)
    seen, now = [], 0.0
    for moment in moments:
        control.advance(moment - now)
        now = moment
        seen.append(cloud.get(f"/tasks/{task['id']}").json())
    return seen


def test_timeline_that_ends_well(cloud, control):
    before, after = follow(cloud, control, timelines.ends("ok", after=20), [10, 30])
    assert (before["state"], before["assignCount"]) == ("started", 1) and "result" not in before
    assert (after["state"], after["result"]["code"]) == ("completed", "ok")
    assert after["completedAt"] == after["updatedAt"] > before["updatedAt"]


def test_timeline_with_a_second_attempt(cloud, control):
    first, waiting, second, end = follow(cloud, control, timelines.requeued(10, 20, 30), [5, 15, 25, 35])
    assert [one["state"] for one in (first, waiting, second, end)] == [
        "started",
        "enqueued",
        "started",
        "completed",
    ]
    assert "startedAt" not in waiting and (first["assignCount"], second["assignCount"]) == (1, 2)


def test_timeline_that_only_looks_finished(cloud, control):
    looks, is_so = follow(cloud, control, timelines.looks_finished(20), [10, 30])
    assert looks["state"] == "started" and looks["completedAt"] and looks["result"]["code"] == "ok"
    assert is_so["state"] == "completed"


def test_timelines_paused_cancelled_and_stale(cloud, control):
    (paused,) = follow(cloud, control, timelines.paused(5), [10])
    assert paused["state"] == "paused" and paused["blockers"][0]["issue"]["key"] == "NeedCredentials"
    asked, ended = follow(cloud, control, timelines.cancelled(10, 20), [15, 25])
    assert asked["cancelRequested"] and asked["state"] == "started"
    assert ended["result"]["code"] == "cancelled"
    once, again = follow(cloud, control, timelines.stale(), [10, 1000])
    assert once["updatedAt"] == again["updatedAt"]
    once, again = follow(cloud, control, timelines.stale(), [10, 1000], heartbeat=5)
    assert once["updatedAt"] < again["updatedAt"]


# --- resources (5.1) ---


def _resources(cloud, query=""):
    return cloud.session.get(f"{cloud.url}/api/resource_management/v4/resource_statuses{query}")


def test_resources_as_the_guide_shows_them(cloud, control):
    page = _resources(cloud).json()
    items = {one["context"]["name"]: one for one in page["items"]}
    assert items["DESKTOP-AQXOA6B"]["aggregate"] == {"status": "not_protected"}
    assert "policies" not in items["DESKTOP-AQXOA6B"]
    assert items["DESKTOP-GFT9S1R"]["policies"][0]["type"] == "policy.backup.machine"
    assert page["paging"] == {"cursors": {}}
    control.set("acronis", scopes=["urn:acronis.com::task_manager::viewer"])
    refused = _resources(cloud)
    assert refused.status_code == 403
    assert refused.json()["context"]["required_scope"] == "urn:acronis.com::resource_management::read"


def test_filters_and_pages_of_resources(cloud, control):
    def names(query):
        return sorted(one["context"]["name"] for one in _resources(cloud, query).json()["items"])

    assert names("?type=resource.group.computers") == ["Machines with agents"]
    assert names("?type=or(resource.machine,resource.group.computers)&limit=10") == [
        "DESKTOP-GFT9S1R", "Machines with agents", "SRV-ZWEI",
    ]  # fmt: skip
    assert names("?type=not(resource.machine)") == ["DESKTOP-AQXOA6B", "Machines with agents"]
    after = _resources(cloud, "?limit=3").json()["paging"]["cursors"]["after"]
    rest = cloud.session.get(
        f"{cloud.url}/api/resource_management/v4/resource_statuses", params={"limit": 3, "after": after}
    ).json()
    assert [one["context"]["name"] for one in rest["items"]] == ["SRV-ZWEI"]
    control.add("acronis", "resources", name="gone", **{"$deleted": True})
    assert "gone" not in names("") and "gone" in names("?include_deleted=true")
    for wrong in ("?name=x", "?type=or(a", "?type=a&type=b", "?type=or(,)"):
        assert _resources(cloud, wrong).status_code == 400, wrong
